-- Every inzet row with its rate (hundredths of euros an hour, null: no rate) and the zaak it belongs to (null: before the first).
-- gezin_nr: null for a gezin without any zaak.
-- uren in hundredths of hours; kosten = uren x rate in ten-thousandths of euros.
with geldige_tarieven as (
    select
        partner,
        functie,
        geldig_vanaf,
        uurtarief,
        row_number() over (partition by partner, functie, geldig_vanaf order by tarief_id desc) as volgnummer
    from tarieven
),

tariefperioden as (
    select
        partner,
        functie,
        cast(uurtarief * 100 as bigint) as tarief_honderdsten,
        geldig_vanaf,
        lead(geldig_vanaf) over (partition by partner, functie order by geldig_vanaf) as geldig_tot
    from geldige_tarieven
    where volgnummer = 1
),

gedateerd as (
    select
        *,
        cast(uren * 100 as bigint) as uren_honderdsten,
        amsterdam_datum(begonnen_op) as begin_datum
    from inzet
)

select
    i.partner,
    g.gezin_nr,
    i.vt_regio,
    i.verbeteractiviteit,
    i.soort_inzet,
    i.wijze,
    i.begonnen_op,
    i.geeindigd_op,
    maand_van(i.begin_datum) as maand,
    i.uren_honderdsten,
    i.uren_honderdsten * t.tarief_honderdsten as kosten,
    z.zaak_id
from gedateerd as i
left join tariefperioden as t
    on
        i.partner = t.partner
        and i.functie = t.functie
        and i.begin_datum >= t.geldig_vanaf
        and (t.geldig_tot is null or i.begin_datum < t.geldig_tot)
left join gezinnen as g on i.gezin = g.gezin
left join zaakreeks as z
    on g.gezin_nr = z.gezin_nr and i.begonnen_op >= z.start and i.begonnen_op < z.einde
