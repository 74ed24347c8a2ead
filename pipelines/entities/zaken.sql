-- Every zaak with what the indicators split by. samenloop and met_actieoverleg are null until the zaak is 28 days old.
with zorg_en_straf as (
    select gezin, ontvangen_op as tijd, true as zorg from meldingen
    union all
    select gezin, verzoek_op as tijd, true as zorg from onderzoeken
    union all
    select gezin, gemeld_op as tijd, false as zorg
    from incidenten
    where hg_label and (aangifte or aanhouding_op is not null)
    union all
    select gezin, instroom_op as tijd, false as zorg from zsm_zaken
    union all
    select gezin, aangemeld_op as tijd, false as zorg from trajecten
),

zijden as (
    select z.zaak_id, bool_or(f.zorg) as zorg, bool_or(not f.zorg) as straf
    from zaakreeks as z
    inner join zorg_en_straf as f
        on z.gezin = f.gezin and f.tijd >= z.start and f.tijd < z.start + interval 28 day
    group by z.zaak_id
),

overleggen as (
    select distinct z.zaak_id
    from zaakreeks as z
    inner join actieoverleggen as a
        on z.gezin = a.gezin and a.gehouden_op >= z.start and a.gehouden_op < z.start + interval 28 day
),

meldingen_in_zaak as (
    select
        z.zaak_id,
        m.aard_geweld,
        row_number() over (partition by z.zaak_id order by m.ontvangen_op, m.melding_id) as volgnummer
    from zaakreeks as z
    inner join meldingen as m on z.gezin = m.gezin and m.ontvangen_op >= z.start and m.ontvangen_op < z.einde
),

praktijkzaken as (
    select distinct z.zaak_id
    from zaakreeks as z
    inner join praktijklocaties as p
        on
            z.vt_regio = p.vt_regio
            and p.vanaf <= z.start_datum
            and (p.tot is null or z.start_datum <= p.tot)
)

select
    z.zaak_id,
    z.gezin,
    z.gezin_nr,
    z.start,
    z.start_datum,
    z.volgende,
    z.einde,
    z.vt_regio,
    maand_van(z.start_datum) as maand,
    z.eerste_acuut,
    z.eerste_ernstig,
    coalesce(m.aard_geweld, 'onbekend') as aard_geweld,
    case when p.zaak_id is null then 'nee' else 'ja' end as praktijklocatie,
    case
        when z.start + interval 28 day > w.einde then null
        else coalesce(s.zorg and s.straf, false)
    end as samenloop,
    case
        when z.start + interval 28 day > w.einde then null
        when o.zaak_id is null then 'nee'
        else 'ja'
    end as met_actieoverleg,
    z.start + interval 90 day <= w.einde as rijp_90_dagen,
    least(z.start + interval 90 day, z.einde) as einde_90_dagen,
    k.werkdag_5,
    k.werkdag_5_einde
from zaakreeks as z
cross join waarneming as w
inner join kalender as k on z.start_datum = k.datum
left join zijden as s on z.zaak_id = s.zaak_id
left join overleggen as o on z.zaak_id = o.zaak_id
left join praktijkzaken as p on z.zaak_id = p.zaak_id
left join meldingen_in_zaak as m on z.zaak_id = m.zaak_id and m.volgnummer = 1
