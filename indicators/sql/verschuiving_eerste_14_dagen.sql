select
    vt_regio,
    maand,
    dimensie,
    categorie,
    1 as n,
    uren_honderdsten as sum_x,
    uren_14_dagen as sum_y,
    cast(uren_honderdsten as hugeint) * uren_honderdsten as sum_xx,
    cast(uren_honderdsten as hugeint) * uren_14_dagen as sum_xy,
    cast(uren_14_dagen as hugeint) * uren_14_dagen as sum_yy,
    gezin_nr as van_gezin
from inzet_per_indeling
where dimensie in ('totaal', 'partner', 'soort_inzet')
