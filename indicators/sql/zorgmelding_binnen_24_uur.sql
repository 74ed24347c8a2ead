with eenheden as (
    select
        i.vt_regio,
        maand_van(k.datum) as maand,
        case
            when not k.werkdag then 'weekend_of_feestdag'
            when amsterdam_uur(i.gemeld_op) < 8 or amsterdam_uur(i.gemeld_op) >= 23 then 'nacht'
            when amsterdam_uur(i.gemeld_op) >= 18 then 'avond'
            else 'kantooruren'
        end as dagdeel,
        cast(coalesce(i.zorgmelding_op between i.gemeld_op and i.gemeld_op + interval 24 hour, false) as integer) as teller
    from incidenten as i
    inner join kalender as k on amsterdam_datum(i.gemeld_op) = k.datum
    cross join waarneming as w
    where i.hg_label and i.gemeld_op + interval 24 hour <= w.einde
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, 1 as n, teller from eenheden
union all
select vt_regio, maand, 'dagdeel', dagdeel, 1, teller from eenheden
