-- Per zaak of at least 90 days in which effort was made: seconds of its first 90 days (or until its end) with a partner active,
-- with two different ones, and with one of each side; all effort of the gezin counts, whichever zaak it began in.
-- Intervals become a rise and a fall of their partner's counter; five counters of 12 bits are packed in one integer, so that
-- one running sum knows for every stretch of time which partners are active (at most 4,095 intervals of one partner at once).
with vensters as (
    select zaak_id, gezin_nr, start, einde_90_dagen as einde
    from zaken
    where rijp_90_dagen
),

gewichten (partner, gewicht) as (
    values
        ('veilig_thuis', cast(1 as bigint)),
        ('raad_voor_de_kinderbescherming', 4096),
        ('politie', 16777216),
        ('openbaar_ministerie', 68719476736),
        ('reclassering', 281474976710656)
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
    select zaak_id, van as tijd, gewicht from delen
    union all
    select zaak_id, tot as tijd, -gewicht as gewicht from delen
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
        cast((actief & 4095) > 0 as integer)
        + cast((actief >> 12 & 4095) > 0 as integer)
        + cast((actief >> 24 & 4095) > 0 as integer)
        + cast((actief >> 36 & 4095) > 0 as integer)
        + cast((actief >> 48 & 4095) > 0 as integer) as partners,
        (actief & 16777215) > 0 as zorg,
        (actief >> 24) > 0 as straf
    from standen
    where actief > 0
),

per_zaak as (
    select
        zaak_id,
        cast(sum(duur) as bigint) as actief,
        cast(sum(case when partners >= 2 then duur else 0 end) as bigint) as meer_partners,
        cast(sum(case when zorg and straf then duur else 0 end) as bigint) as zorg_en_straf
    from duren
    group by zaak_id
)

select p.zaak_id, z.gezin_nr, z.vt_regio, z.maand, p.actief, p.meer_partners, p.zorg_en_straf
from per_zaak as p
inner join zaken as z on p.zaak_id = z.zaak_id
