-- Effort begun in the first 90 days of a zaak (or before its end), for zaken of at least 90 days; region and month are the zaak's.
select
    z.zaak_id,
    z.vt_regio,
    z.maand,
    z.met_actieoverleg,
    i.partner,
    i.verbeteractiviteit,
    i.soort_inzet,
    i.wijze,
    i.begonnen_op < z.start + interval 14 day as eerste_14_dagen,
    i.uren_honderdsten,
    i.kosten
from inzet_met_tarief as i
inner join zaken as z on i.zaak_id = z.zaak_id and i.begonnen_op < z.einde_90_dagen
where z.rijp_90_dagen
