select
    vt_regio,
    maand_van(amsterdam_datum(instroom_op)) as maand,
    'totaal' as dimensie,
    'totaal' as categorie,
    1 as n,
    cast(hg_label_instroom as integer) as teller
from zsm_zaken
where hg_vastgesteld
