-- The rows of a month are its state at the end; a quarter and a year take those of their last month.
select
    s.maand,
    c.dimensie,
    c.categorie,
    1 as n,
    cast(s.status = case when c.dimensie = 'totaal' then 'actief' else c.categorie end as integer) as teller
from status_per_maand as s
cross join categorieen as c
where s.verbeteractiviteit = 'hg_vt_zsm'
