-- Every zaak stands in every category, with 0 where nothing was spent.
with eenheden as (
    select zaak_id, vt_regio, maand, met_actieoverleg
    from zaken
    where rijp_90_dagen
),

verdeeld as (
    select zaak_id, 'totaal' as dimensie, 'totaal' as categorie, coalesce(kosten, 0) as y, cast(kosten is null as integer) as zonder_tarief
    from inzet_90_dagen
    union all
    select zaak_id, 'met_actieoverleg', met_actieoverleg, coalesce(kosten, 0), cast(kosten is null as integer)
    from inzet_90_dagen
    where met_actieoverleg is not null
    union all
    select zaak_id, 'partner', partner, coalesce(kosten, 0), cast(kosten is null as integer)
    from inzet_90_dagen
    union all
    select zaak_id, 'verbeteractiviteit', verbeteractiviteit, coalesce(kosten, 0), cast(kosten is null as integer)
    from inzet_90_dagen
    union all
    select zaak_id, 'soort_inzet', soort_inzet, coalesce(kosten, 0), cast(kosten is null as integer)
    from inzet_90_dagen
),

per_zaak as (
    select
        zaak_id,
        dimensie,
        categorie,
        cast(sum(y) as bigint) as y,
        sum(zonder_tarief) as zonder_tarief
    from verdeeld
    group by zaak_id, dimensie, categorie
),

aantallen as (
    select vt_regio, maand, met_actieoverleg, count(*) as n
    from eenheden
    group by vt_regio, maand, met_actieoverleg
),

-- Splitting the effort leaves the number of zaken as it is; splitting the zaken does not.
noemers as (
    select a.vt_regio, a.maand, c.dimensie, c.categorie, a.n
    from aantallen as a
    cross join categorieen as c
    where c.dimensie <> 'met_actieoverleg'
    union all
    select vt_regio, maand, 'met_actieoverleg' as dimensie, met_actieoverleg as categorie, n
    from aantallen
    where met_actieoverleg is not null
)

select
    vt_regio, maand, dimensie, categorie, n, n as sum_x, 0 as sum_y, n as sum_xx, 0 as sum_xy, cast(0 as hugeint) as sum_yy,
    0 as zonder_tarief
from noemers
union all
select
    e.vt_regio, e.maand, p.dimensie, p.categorie, 0, 0, p.y, 0, p.y, cast(p.y as hugeint) * p.y, p.zonder_tarief
from per_zaak as p
inner join eenheden as e on p.zaak_id = e.zaak_id
