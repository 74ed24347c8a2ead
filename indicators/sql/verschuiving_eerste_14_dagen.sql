with per_zaak as (
    select
        zaak_id,
        vt_regio,
        maand,
        case
            when grouping(partner) = 0 then 'partner'
            when grouping(soort_inzet) = 0 then 'soort_inzet'
            else 'totaal'
        end as dimensie,
        coalesce(partner, soort_inzet, 'totaal') as categorie,
        cast(sum(uren_honderdsten) as bigint) as x,
        cast(sum(uren_14_dagen) as bigint) as y
    from inzet_90_dagen
    group by
        grouping sets (
            (zaak_id, vt_regio, maand),
            (zaak_id, vt_regio, maand, partner),
            (zaak_id, vt_regio, maand, soort_inzet)
        )
)

select
    vt_regio,
    maand,
    dimensie,
    categorie,
    1 as n,
    x as sum_x,
    y as sum_y,
    cast(x as hugeint) * x as sum_xx,
    cast(x as hugeint) * y as sum_xy,
    cast(y as hugeint) * y as sum_yy
from per_zaak
