select
    m.vt_regio,
    maand_van(m.overdracht_op) as maand,
    'totaal' as dimensie,
    'totaal' as categorie,
    1 as n,
    cast(coalesce(m.terugkoppeling_op <= m.overdracht_op + 28, false) as integer) as teller
from meldingen as m
cross join waarneming as w
where m.melder = 'politie' and m.overdracht_op + 28 <= w.peildatum
