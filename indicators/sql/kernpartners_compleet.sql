with eenheden as (
    select
        vt_regio,
        maand_van(amsterdam_datum(gehouden_op)) as maand,
        coalesce(wijze, 'onbekend') as wijze,
        cast(
            aanwezig_veilig_thuis and aanwezig_politie and aanwezig_openbaar_ministerie and aanwezig_reclassering
            as integer
        ) as teller
    from actieoverleggen
    where gehouden_op is not null
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, 1 as n, teller from eenheden
union all
select vt_regio, maand, 'wijze', wijze, 1, teller from eenheden
