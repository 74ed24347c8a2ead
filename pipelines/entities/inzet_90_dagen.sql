-- Effort begun in the first 90 days of a zaak (or before its end), for zaken of at least 90 days, summed by what it is split by.
-- Region and month are the zaak's; uren_14_dagen: of the rows begun in the first 14 days; zonder_tarief: rows without a rate.
select
    z.zaak_id,
    z.vt_regio,
    z.maand,
    z.met_actieoverleg,
    i.partner,
    i.verbeteractiviteit,
    i.soort_inzet,
    i.wijze,
    cast(sum(i.uren_honderdsten) as bigint) as uren_honderdsten,
    cast(sum(case when i.begonnen_op < z.start + interval 14 day then i.uren_honderdsten else 0 end) as bigint) as uren_14_dagen,
    cast(coalesce(sum(i.kosten), 0) as bigint) as kosten,
    sum(cast(i.kosten is null as integer)) as zonder_tarief
from inzet_met_tarief as i
inner join zaken as z on i.zaak_id = z.zaak_id and i.begonnen_op < z.einde_90_dagen
where z.rijp_90_dagen
group by
    z.zaak_id, z.vt_regio, z.maand, z.met_actieoverleg, i.partner, i.verbeteractiviteit, i.soort_inzet, i.wijze
