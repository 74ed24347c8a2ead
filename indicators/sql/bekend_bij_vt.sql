with eerste_meldingen as (
    select gezin, min(ontvangen_op) as ontvangen_op
    from meldingen
    group by gezin
)

select
    z.vt_regio,
    maand_van(amsterdam_datum(z.instroom_op)) as maand,
    'totaal' as dimensie,
    'totaal' as categorie,
    1 as n,
    cast(coalesce(m.ontvangen_op < z.instroom_op, false) as integer) as teller
from zsm_zaken as z
left join eerste_meldingen as m on z.gezin = m.gezin
where z.hg_vastgesteld
