-- Joint moments (afstemmingsmomenten) with the zaak they belong to.
with feiten as (
    select gezin, gehouden_op as tijd from actieoverleggen
    union all
    select gezin, vt_geraadpleegd_op as tijd from zsm_zaken
    union all
    select gezin, vt_betrokken_op as tijd from incidenten where hg_label
)

select z.zaak_id, f.tijd
from feiten as f
inner join zaakreeks as z on f.gezin = z.gezin and f.tijd >= z.start and f.tijd < z.einde
