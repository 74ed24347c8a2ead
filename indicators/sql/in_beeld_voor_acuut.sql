select
    vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, 1 as n, cast(not eerste_ernstig as integer) as teller
from zaken
