with eenheden as (
    select
        m.vt_regio,
        maand_van(amsterdam_datum(m.ontvangen_op)) as maand,
        case when m.melder = 'politie' then 'politie' else 'overig' end as melder,
        m.onveiligheid,
        coalesce(amsterdam_datum(m.veiligheidsbeoordeling_op) <= k.werkdag_5, false) as op_tijd
    from meldingen as m
    inner join kalender as k on amsterdam_datum(m.ontvangen_op) = k.datum
    cross join waarneming as w
    where k.werkdag_5 <= w.peildatum
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, 1 as n, cast(op_tijd as integer) as teller from eenheden
union all
select vt_regio, maand, 'melder', melder, 1, cast(op_tijd as integer) from eenheden
union all
select vt_regio, maand, 'onveiligheid', onveiligheid, 1, cast(op_tijd as integer) from eenheden
