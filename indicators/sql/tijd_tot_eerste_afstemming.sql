with eerste_momenten as (
    select z.zaak_id, min(m.tijd) as tijd
    from zaken as z
    inner join momenten as m on z.zaak_id = m.zaak_id and m.tijd < z.einde_90_dagen
    where z.samenloop
    group by z.zaak_id
),

eenheden as (
    select
        z.vt_regio,
        z.maand,
        z.aard_geweld,
        hele_dagen(z.start, coalesce(m.tijd, z.einde_90_dagen)) as dag,
        m.tijd is not null as gebeurtenis,
        z.rijp_90_dagen as rijp,
        m.tijd is null and not z.rijp_90_dagen and z.volgende is null as open
    from zaken as z
    left join eerste_momenten as m on z.zaak_id = m.zaak_id
    where z.samenloop
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, dag, gebeurtenis, false as concurrerend, rijp, open
from eenheden
union all
select vt_regio, maand, 'aard_geweld', aard_geweld, dag, gebeurtenis, false, rijp, open from eenheden
