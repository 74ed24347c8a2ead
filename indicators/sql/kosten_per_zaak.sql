-- Every zaak stands in every category, with 0 where nothing was spent.
with eenheden as (
    select zaak_id, vt_regio, maand, met_actieoverleg
    from zaken
    where rijp_90_dagen
),

per_indeling as (
    select
        zaak_id,
        case
            when grouping(partner) = 0 then 'partner'
            when grouping(verbeteractiviteit) = 0 then 'verbeteractiviteit'
            when grouping(soort_inzet) = 0 then 'soort_inzet'
            else 'totaal'
        end as dimensie,
        coalesce(partner, verbeteractiviteit, soort_inzet, 'totaal') as categorie,
        cast(sum(kosten) as bigint) as y,
        sum(zonder_tarief) as zonder_tarief
    from inzet_90_dagen
    group by
        grouping sets (
            (zaak_id),
            (zaak_id, partner),
            (zaak_id, verbeteractiviteit),
            (zaak_id, soort_inzet)
        )
),

per_zaak as (
    select e.vt_regio, e.maand, p.dimensie, p.categorie, p.y, p.zonder_tarief
    from per_indeling as p
    inner join eenheden as e on p.zaak_id = e.zaak_id
    union all
    select e.vt_regio, e.maand, 'met_actieoverleg' as dimensie, e.met_actieoverleg as categorie, p.y, p.zonder_tarief
    from per_indeling as p
    inner join eenheden as e on p.zaak_id = e.zaak_id
    where p.dimensie = 'totaal' and e.met_actieoverleg is not null
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
select vt_regio, maand, dimensie, categorie, 0, 0, y, 0, y, cast(y as hugeint) * y, zonder_tarief
from per_zaak
