with eenheden as (
    select vt_regio, maand, aard_geweld, praktijklocatie, cast(met_actieoverleg = 'ja' as integer) as teller
    from zaken
    where samenloop
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, 1 as n, teller from eenheden
union all
select vt_regio, maand, 'aard_geweld', aard_geweld, 1, teller from eenheden
union all
select vt_regio, maand, 'praktijklocatie', praktijklocatie, 1, teller from eenheden
