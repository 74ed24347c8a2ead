-- Effort without a tarief of its partner and functie on its day: rows, and hours.
with per_maand as (
    select
        partner,
        maand,
        count(*) filter (where kosten is null) as rijen_zonder,
        count(*) as rijen,
        coalesce(sum(uren_honderdsten) filter (where kosten is null), 0) as uren_zonder,
        sum(uren_honderdsten) as uren
    from inzet_met_tarief
    group by all
)

select
    partner,
    'inzet' as feed,
    maand,
    'zonder_tarief' as maat,
    'rijen' as onderdeel,
    rijen_zonder as teller,
    rijen as noemer
from per_maand
union all
select
    partner,
    'inzet' as feed,
    maand,
    'zonder_tarief' as maat,
    'uren' as onderdeel,
    cast(uren_zonder as double) / 100 as teller,
    cast(uren as double) / 100 as noemer
from per_maand
