-- Intervals become a rise and a fall of their partner's counter; five counters of 12 bits are packed in one integer, so that
-- one running sum knows for every stretch of time which partners are active (at most 4,095 intervals of one partner at once).
with vensters as (
    select zaak_id, gezin_nr, vt_regio, maand, start, einde_90_dagen as einde
    from zaken
    where rijp_90_dagen
),

gewichten as (
    select 'veilig_thuis' as partner, cast(1 as bigint) as gewicht
    union all
    select 'raad_voor_de_kinderbescherming' as partner, cast(4096 as bigint) as gewicht
    union all
    select 'politie' as partner, cast(16777216 as bigint) as gewicht
    union all
    select 'openbaar_ministerie' as partner, cast(68719476736 as bigint) as gewicht
    union all
    select 'reclassering' as partner, cast(281474976710656 as bigint) as gewicht
),

delen as (
    select
        v.zaak_id,
        g.gewicht,
        greatest(i.begonnen_op, v.start) as van,
        least(coalesce(i.geeindigd_op, w.einde), v.einde) as tot
    from vensters as v
    cross join waarneming as w
    inner join inzet_met_tarief as i
        on v.gezin_nr = i.gezin_nr and i.begonnen_op < v.einde and coalesce(i.geeindigd_op, w.einde) > v.start
    inner join gewichten as g on i.partner = g.partner
),

punten as (
    select zaak_id, van as tijd, gewicht from delen where van < tot
    union all
    select zaak_id, tot as tijd, -gewicht as gewicht from delen where van < tot
),

-- The range frame takes all points of one moment together; between equal moments no time passes.
standen as (
    select
        zaak_id,
        seconden(tijd, lead(tijd) over (partition by zaak_id order by tijd)) as duur,
        cast(sum(gewicht) over (partition by zaak_id order by tijd range between unbounded preceding and current row) as bigint)
            as actief
    from punten
),

duren as (
    select
        zaak_id,
        duur,
        (actief & 16777215) > 0 as zorg,
        (actief >> 24) > 0 as straf
    from standen
    where duur > 0 and actief > 0
),

per_zaak as (
    select
        zaak_id,
        cast(sum(duur) as bigint) as x,
        cast(coalesce(sum(case when zorg and straf then duur end), 0) as bigint) as y
    from duren
    group by zaak_id
)

select
    v.vt_regio,
    v.maand,
    'totaal' as dimensie,
    'totaal' as categorie,
    1 as n,
    p.x as sum_x,
    p.y as sum_y,
    cast(p.x as hugeint) * p.x as sum_xx,
    cast(p.x as hugeint) * p.y as sum_xy,
    cast(p.y as hugeint) * p.y as sum_yy
from per_zaak as p
inner join vensters as v on p.zaak_id = v.zaak_id
