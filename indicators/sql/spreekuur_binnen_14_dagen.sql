-- A zaak's first arrest: the smallest aanhouding_op of the hg incidents that belong to it; none is never ripe.
with aanhoudingen as (
    select z.zaak_id, z.gezin, z.vt_regio, z.maand, min(i.aanhouding_op) as aanhouding_op
    from zaken as z
    inner join incidenten as i on z.gezin = i.gezin and i.gemeld_op >= z.start and i.gemeld_op < z.einde
    where i.hg_label
    group by z.zaak_id, z.gezin, z.vt_regio, z.maand
),

rijp as (
    select a.zaak_id, a.gezin, a.vt_regio, a.maand, amsterdam_datum(a.aanhouding_op) as datum
    from aanhoudingen as a
    cross join waarneming as w
    where a.aanhouding_op + interval 14 day <= w.einde
),

gesproken as (
    select distinct r.zaak_id
    from rijp as r
    inner join trajecten as t
        on r.gezin = t.gezin
        and t.soort = 'spreekuur_hg'
        and t.gestart_op >= r.datum
        and t.gestart_op <= r.datum + 14
)

select
    r.vt_regio,
    r.maand,
    'totaal' as dimensie,
    'totaal' as categorie,
    1 as n,
    cast(g.zaak_id is not null as integer) as teller
from rijp as r
left join gesproken as g on r.zaak_id = g.zaak_id
