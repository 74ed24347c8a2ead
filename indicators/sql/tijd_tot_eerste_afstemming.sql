with samenloopzaken as (
    select
        z.zaak_id, z.vt_regio, z.maand, z.aard_geweld, z.start, z.volgende, z.rijp_90_dagen, z.einde_90_dagen,
        min(m.tijd) as afstemming
    from zaken as z
    left join momenten as m on z.zaak_id = m.zaak_id and m.tijd < z.einde_90_dagen
    where z.samenloop
    group by
        z.zaak_id, z.vt_regio, z.maand, z.aard_geweld, z.start, z.volgende, z.rijp_90_dagen, z.einde_90_dagen
),

eenheden as (
    select
        vt_regio,
        maand,
        aard_geweld,
        hele_dagen(start, coalesce(afstemming, einde_90_dagen)) as dag,
        afstemming is not null as gebeurtenis,
        rijp_90_dagen as rijp,
        afstemming is null and not rijp_90_dagen and volgende is null as open
    from samenloopzaken
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, dag, gebeurtenis, false as concurrerend, rijp, open
from eenheden
union all
select vt_regio, maand, 'aard_geweld', aard_geweld, dag, gebeurtenis, false, rijp, open from eenheden
