-- Facts before the first zaak of their gezin, or of a gezin without any: they belong to no zaak.
-- onderdeel: the column of the fact's moment.
with eerste_zaken as (
    select gezin, min(start) as start
    from zaakreeks
    group by gezin
),

feiten as (
    select 'veilig_thuis' as partner, 'meldingen' as feed, 'ontvangen_op' as onderdeel, gezin, ontvangen_op as tijd
    from meldingen
    union all
    select 'veilig_thuis' as partner, 'actieoverleggen' as feed, 'gehouden_op' as onderdeel, gezin, gehouden_op as tijd
    from actieoverleggen
    where gehouden_op is not null
    union all
    select 'politie' as partner, 'incidenten' as feed, 'gemeld_op' as onderdeel, gezin, gemeld_op as tijd
    from incidenten
    union all
    select 'politie' as partner, 'incidenten' as feed, 'vt_betrokken_op' as onderdeel, gezin, vt_betrokken_op as tijd
    from incidenten
    where hg_label and vt_betrokken_op is not null
    union all
    select 'openbaar_ministerie' as partner, 'zsm_zaken' as feed, 'instroom_op' as onderdeel, gezin, instroom_op as tijd
    from zsm_zaken
    union all
    select
        'openbaar_ministerie' as partner,
        'zsm_zaken' as feed,
        'vt_geraadpleegd_op' as onderdeel,
        gezin,
        vt_geraadpleegd_op as tijd
    from zsm_zaken
    where vt_geraadpleegd_op is not null
    union all
    select
        'raad_voor_de_kinderbescherming' as partner,
        'onderzoeken' as feed,
        'verzoek_op' as onderdeel,
        gezin,
        verzoek_op as tijd
    from onderzoeken
    union all
    select 'reclassering' as partner, 'trajecten' as feed, 'aangemeld_op' as onderdeel, gezin, aangemeld_op as tijd
    from trajecten
),

geplaatst as (
    select
        f.partner,
        f.feed,
        f.onderdeel,
        maand_van(amsterdam_datum(f.tijd)) as maand,
        e.start is null or f.tijd < e.start as ervoor
    from feiten as f
    left join eerste_zaken as e on f.gezin = e.gezin
    union all
    select partner, 'inzet' as feed, 'begonnen_op' as onderdeel, maand, zaak_id is null as ervoor
    from inzet_met_tarief
)

select
    partner,
    feed,
    maand,
    'voor_eerste_zaak' as maat,
    onderdeel,
    count(*) filter (where ervoor) as teller,
    count(*) as noemer
from geplaatst
group by all
