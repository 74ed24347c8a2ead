-- One row per signaal: an hg incident, or a melding that was not caused by such an incident of the same gezin.
-- tijd, acuut, ernstig, vt_regio; volgorde and bron_id order signalen of the same moment (incident before melding, then id).
with hg_incidenten as (
    select registratie_id, gezin, gemeld_op, vt_regio, acuut, ernst = 'ernstig' as ernstig
    from incidenten
    where hg_label
),

gekoppelde_meldingen as (
    select m.melding_id, i.registratie_id, m.onveiligheid in ('acuut', 'acuut_en_structureel') as acuut
    from meldingen as m
    inner join hg_incidenten as i on m.politie_registratie_id = i.registratie_id and m.gezin = i.gezin
),

koppelingen as (
    select registratie_id, bool_or(acuut) as acuut
    from gekoppelde_meldingen
    group by registratie_id
),

uit_incidenten as (
    select
        i.gezin,
        i.gemeld_op as tijd,
        0 as volgorde,
        i.registratie_id as bron_id,
        i.vt_regio,
        i.acuut or coalesce(k.acuut, false) as acuut,
        i.ernstig or i.acuut or coalesce(k.acuut, false) as ernstig
    from hg_incidenten as i
    left join koppelingen as k on i.registratie_id = k.registratie_id
),

uit_meldingen as (
    select
        m.gezin,
        m.ontvangen_op as tijd,
        1 as volgorde,
        m.melding_id as bron_id,
        m.vt_regio,
        m.onveiligheid in ('acuut', 'acuut_en_structureel') as acuut,
        m.onveiligheid in ('acuut', 'acuut_en_structureel') as ernstig
    from meldingen as m
    left join gekoppelde_meldingen as g on m.melding_id = g.melding_id
    where g.melding_id is null
)

select gezin, tijd, volgorde, bron_id, vt_regio, acuut, ernstig from uit_incidenten
union all
select gezin, tijd, volgorde, bron_id, vt_regio, acuut, ernstig from uit_meldingen
