-- Splitting the effort leaves the number of zaken as it is, with 0 where nothing was spent; splitting the zaken does not.
with rijpe_zaken as (
    select vt_regio, maand, met_actieoverleg, count(*) as n
    from zaken
    where rijp_90_dagen
    group by vt_regio, maand, met_actieoverleg
)

select
    z.vt_regio,
    z.maand,
    c.dimensie,
    c.categorie,
    z.n,
    z.n as sum_x,
    0 as sum_y,
    z.n as sum_xx,
    0 as sum_xy,
    cast(0 as hugeint) as sum_yy,
    null as van_gezin
from rijpe_zaken as z
cross join categorieen as c
where c.dimensie <> 'met_actieoverleg' or c.categorie = z.met_actieoverleg
union all
select
    vt_regio,
    maand,
    dimensie,
    categorie,
    0 as n,
    0 as sum_x,
    uren_honderdsten as sum_y,
    0 as sum_xx,
    uren_honderdsten as sum_xy,
    cast(uren_honderdsten as hugeint) * uren_honderdsten as sum_yy,
    gezin_nr as van_gezin
from inzet_per_indeling
