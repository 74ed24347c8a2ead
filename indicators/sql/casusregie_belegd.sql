select
    vt_regio,
    maand_van(amsterdam_datum(gehouden_op)) as maand,
    'totaal' as dimensie,
    'totaal' as categorie,
    1 as n,
    cast(casusregie is not null as integer) as teller
from actieoverleggen
where gehouden_op is not null
