with verdeeld as (
    select zaak_id, vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, uren_honderdsten, eerste_14_dagen
    from inzet_90_dagen
    union all
    select zaak_id, vt_regio, maand, 'partner', partner, uren_honderdsten, eerste_14_dagen from inzet_90_dagen
    union all
    select zaak_id, vt_regio, maand, 'soort_inzet', soort_inzet, uren_honderdsten, eerste_14_dagen from inzet_90_dagen
),

per_zaak as (
    select
        zaak_id,
        vt_regio,
        maand,
        dimensie,
        categorie,
        cast(sum(uren_honderdsten) as bigint) as x,
        cast(sum(case when eerste_14_dagen then uren_honderdsten else 0 end) as bigint) as y
    from verdeeld
    group by zaak_id, vt_regio, maand, dimensie, categorie
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
