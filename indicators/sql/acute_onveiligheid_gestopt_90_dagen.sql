with acuut as (
    select z.zaak_id, z.vt_regio, z.maand, z.start, min(s.tijd) as opnieuw
    from zaken as z
    left join signalen as s on z.gezin = s.gezin and s.acuut and s.tijd > z.start + interval 72 hour
    where z.eerste_acuut
    group by z.zaak_id, z.vt_regio, z.maand, z.start
)

select
    a.vt_regio,
    a.maand,
    'totaal' as dimensie,
    'totaal' as categorie,
    hele_dagen(a.start, coalesce(a.opnieuw, w.einde)) as dag,
    a.opnieuw is not null as gebeurtenis,
    false as concurrerend,
    a.start + interval 90 day <= w.einde as rijp,
    a.opnieuw is null and a.start + interval 90 day > w.einde as open
from acuut as a
cross join waarneming as w
