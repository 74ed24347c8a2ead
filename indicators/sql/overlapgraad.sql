select
    vt_regio,
    maand,
    'totaal' as dimensie,
    'totaal' as categorie,
    1 as n,
    actief as sum_x,
    meer_partners as sum_y,
    cast(actief as hugeint) * actief as sum_xx,
    cast(actief as hugeint) * meer_partners as sum_xy,
    cast(meer_partners as hugeint) * meer_partners as sum_yy,
    gezin_nr as van_gezin
from gelijktijdige_inzet
