select
    vt_regio,
    maand,
    'totaal' as dimensie,
    'totaal' as categorie,
    1 as n,
    actief as sum_x,
    zorg_en_straf as sum_y,
    cast(actief as hugeint) * actief as sum_xx,
    cast(actief as hugeint) * zorg_en_straf as sum_xy,
    cast(zorg_en_straf as hugeint) * zorg_en_straf as sum_yy,
    gezin_nr as van_gezin
from gelijktijdige_inzet
