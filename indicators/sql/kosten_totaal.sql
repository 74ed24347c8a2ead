-- A row without a rate is no unit; it marks the cells that it would belong to.
-- gezin_nr: a unit is a row, and protection counts the gezinnen behind them.
with eenheden as (
    select
        vt_regio,
        maand,
        gezin_nr,
        gezin_nr as van_gezin,
        partner,
        verbeteractiviteit,
        soort_inzet,
        cast(kosten is not null as integer) as n,
        coalesce(kosten, 0) as sum_y,
        cast(kosten is null as integer) as zonder_tarief
    from inzet_met_tarief
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, n, sum_y, zonder_tarief, gezin_nr, van_gezin from eenheden
union all
select vt_regio, maand, 'partner', partner, n, sum_y, zonder_tarief, gezin_nr, van_gezin from eenheden
union all
select vt_regio, maand, 'verbeteractiviteit', verbeteractiviteit, n, sum_y, zonder_tarief, gezin_nr, van_gezin from eenheden
union all
select vt_regio, maand, 'soort_inzet', soort_inzet, n, sum_y, zonder_tarief, gezin_nr, van_gezin from eenheden
