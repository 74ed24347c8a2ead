-- gezin_nr: a unit is a row, and protection counts the gezinnen behind them.
with eenheden as (
    select
        vt_regio,
        maand,
        gezin_nr,
        partner,
        verbeteractiviteit,
        uren_honderdsten as x,
        case when soort_inzet = 'extra' then uren_honderdsten else 0 end as y
    from inzet_met_tarief
),

verdeeld as (
    select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, x, y, gezin_nr from eenheden
    union all
    select vt_regio, maand, 'partner', partner, x, y, gezin_nr from eenheden
    union all
    select vt_regio, maand, 'verbeteractiviteit', verbeteractiviteit, x, y, gezin_nr from eenheden
)

select
    vt_regio,
    maand,
    dimensie,
    categorie,
    1 as n,
    x as sum_x,
    y as sum_y,
    x * x as sum_xx,
    x * y as sum_xy,
    y * y as sum_yy,
    gezin_nr,
    gezin_nr as van_gezin
from verdeeld
