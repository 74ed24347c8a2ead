select
    vt_regio,
    maand_van(amsterdam_datum(gemeld_op)) as maand,
    'totaal' as dimensie,
    'totaal' as categorie,
    1 as n,
    cast(sash_niveau is not null as integer) as teller
from incidenten
where soort = 'belaging' and hg_label
