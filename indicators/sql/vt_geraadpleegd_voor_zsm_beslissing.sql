with eenheden as (
    select
        z.vt_regio,
        maand_van(k.datum) as maand,
        case
            when not k.werkdag then 'weekend_of_feestdag'
            when amsterdam_uur(z.instroom_op) < 8 or amsterdam_uur(z.instroom_op) >= 23 then 'nacht'
            when amsterdam_uur(z.instroom_op) >= 18 then 'avond'
            else 'kantooruren'
        end as dagdeel,
        cast(coalesce(z.vt_geraadpleegd_op <= z.beslissing_op, false) as integer) as teller
    from zsm_zaken as z
    inner join kalender as k on amsterdam_datum(z.instroom_op) = k.datum
    where z.hg_vastgesteld and z.beslissing_op is not null
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, 1 as n, teller from eenheden
union all
select vt_regio, maand, 'dagdeel', dagdeel, 1, teller from eenheden
