with acuut as (
    select zaak_id, gezin, vt_regio, maand, start
    from zaken
    where eerste_acuut
),

opnieuw as (
    select a.zaak_id, min(s.tijd) as tijd
    from acuut as a
    inner join signalen as s on a.gezin = s.gezin and s.acuut and s.tijd > a.start + interval 72 hour
    group by a.zaak_id
)

select
    a.vt_regio,
    a.maand,
    'totaal' as dimensie,
    'totaal' as categorie,
    hele_dagen(a.start, coalesce(o.tijd, w.einde)) as dag,
    o.tijd is not null as gebeurtenis,
    false as concurrerend,
    a.start + interval 90 day <= w.einde as rijp,
    o.tijd is null and a.start + interval 90 day > w.einde as open
from acuut as a
cross join waarneming as w
left join opnieuw as o on a.zaak_id = o.zaak_id
