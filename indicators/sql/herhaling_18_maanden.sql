-- A repetition is a vervolgmelding when Veilig Thuis was still involved on the day of the next start.
with betrokken as (
    select distinct z.zaak_id
    from zaken as z
    inner join meldingen as m on z.gezin = m.gezin and m.ontvangen_op < z.volgende
    where
        m.betrokkenheid_beeindigd_op is null
        or m.betrokkenheid_beeindigd_op > amsterdam_datum(z.volgende)
),

eenheden as (
    select
        z.vt_regio,
        z.maand,
        z.met_actieoverleg,
        z.praktijklocatie,
        z.aard_geweld,
        hele_dagen(z.start, z.einde) as dag,
        z.volgende is not null as gebeurtenis,
        b.zaak_id is not null as vervolgmelding,
        z.start + interval 548 day <= w.einde as rijp,
        z.volgende is null and z.start + interval 548 day > w.einde as open
    from zaken as z
    cross join waarneming as w
    left join betrokken as b on z.zaak_id = b.zaak_id
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, dag, gebeurtenis, false as concurrerend, rijp, open
from eenheden
union all
select vt_regio, maand, 'met_actieoverleg', met_actieoverleg, dag, gebeurtenis, false, rijp, open
from eenheden
where met_actieoverleg is not null
union all
select vt_regio, maand, 'praktijklocatie', praktijklocatie, dag, gebeurtenis, false, rijp, open from eenheden
union all
select vt_regio, maand, 'aard_geweld', aard_geweld, dag, gebeurtenis, false, rijp, open from eenheden
union all
select
    vt_regio, maand, 'soort', 'vervolgmelding', dag, gebeurtenis and vervolgmelding, gebeurtenis and not vervolgmelding, rijp, open
from eenheden
union all
select
    vt_regio, maand, 'soort', 'hermelding', dag, gebeurtenis and not vervolgmelding, gebeurtenis and vervolgmelding, rijp, open
from eenheden
