-- The rows of a month are its state at the end; a quarter and a year take those of their last month.
with statussen as (
    select 'geen' as status union all select 'afweging' union all select 'gepland' union all select 'actief'
),

regiostatus as (
    select maand, status
    from status_per_maand
    where verbeteractiviteit = 'actieoverleg'
)

select maand, 'totaal' as dimensie, 'totaal' as categorie, 1 as n, cast(status = 'actief' as integer) as teller
from regiostatus
union all
select r.maand, 'status', s.status, 1, cast(r.status = s.status as integer)
from regiostatus as r
cross join statussen as s
