with zaken_met_volgende as (
    select
        vt_regio,
        maand,
        met_actieoverleg,
        start,
        min(case when eerste_ernstig then start end) over (
            partition by gezin
            order by start
            rows between 1 following and unbounded following
        ) as volgende_ernstige
    from zaken
),

eenheden as (
    select
        z.vt_regio,
        z.maand,
        z.met_actieoverleg,
        hele_dagen(z.start, coalesce(z.volgende_ernstige, w.einde)) as dag,
        z.volgende_ernstige is not null as gebeurtenis,
        z.start + interval 548 day <= w.einde as rijp,
        z.volgende_ernstige is null and z.start + interval 548 day > w.einde as open
    from zaken_met_volgende as z
    cross join waarneming as w
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, dag, gebeurtenis, false as concurrerend, rijp, open
from eenheden
union all
select vt_regio, maand, 'met_actieoverleg', met_actieoverleg, dag, gebeurtenis, false, rijp, open
from eenheden
where met_actieoverleg is not null
