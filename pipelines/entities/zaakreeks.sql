-- One row per zaak: a gezin's signalen chained while less than 28 days (of 24 hours) apart.
-- volgende = start of the gezin's next zaak (null: none); einde = volgende, else E.
with geordend as (
    select
        gezin,
        tijd,
        vt_regio,
        acuut,
        ernstig,
        lag(tijd) over (partition by gezin order by tijd, volgorde, bron_id) as vorige_tijd
    from signalen
),

eerste_signalen as (
    select gezin, tijd as start, vt_regio, acuut, ernstig
    from geordend
    where vorige_tijd is null or vorige_tijd + interval 28 day <= tijd
),

met_volgende as (
    select
        gezin,
        start,
        lead(start) over (partition by gezin order by start) as volgende,
        vt_regio,
        acuut as eerste_acuut,
        ernstig as eerste_ernstig,
        row_number() over (order by gezin, start) as zaak_id,
        dense_rank() over (order by gezin) as gezin_nr
    from eerste_signalen
)

select
    z.zaak_id,
    z.gezin,
    z.gezin_nr,
    z.start,
    z.volgende,
    coalesce(z.volgende, w.einde) as einde,
    z.vt_regio,
    z.eerste_acuut,
    z.eerste_ernstig,
    amsterdam_datum(z.start) as start_datum
from met_volgende as z
cross join waarneming as w
