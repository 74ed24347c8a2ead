with eerstvolgende_ernstige as (
    select
        zaak_id,
        min(case when eerste_ernstig then start end) over (
            partition by gezin
            order by start
            rows between 1 following and unbounded following
        ) as tijd
    from zaken
),

eenheden as (
    select
        z.vt_regio,
        z.maand,
        z.met_actieoverleg,
        hele_dagen(z.start, coalesce(e.tijd, w.einde)) as dag,
        e.tijd is not null as gebeurtenis,
        z.start + interval 548 day <= w.einde as rijp,
        e.tijd is null and z.start + interval 548 day > w.einde as open
    from zaken as z
    cross join waarneming as w
    inner join eerstvolgende_ernstige as e on z.zaak_id = e.zaak_id
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, dag, gebeurtenis, false as concurrerend, rijp, open
from eenheden
union all
select vt_regio, maand, 'met_actieoverleg', met_actieoverleg, dag, gebeurtenis, false, rijp, open
from eenheden
where met_actieoverleg is not null
