-- Effort begun in the first 90 days of a zaak (or before its end), for zaken of at least 90 days: in total and by each dimension.
-- One row per zaak, dimension and category in which there is any. Region and month are the zaak's; uren and kosten as in
-- inzet_met_tarief; uren_14_dagen: of the rows begun in the first 14 days; zonder_tarief: rows without a rate.
with inzet_90_dagen as (
    select
        z.zaak_id,
        z.met_actieoverleg,
        i.partner,
        i.verbeteractiviteit,
        i.soort_inzet,
        i.wijze,
        i.uren_honderdsten,
        case when i.begonnen_op < z.start + interval 14 day then i.uren_honderdsten else 0 end as uren_14_dagen,
        i.kosten
    from inzet_met_tarief as i
    inner join zaken as z on i.zaak_id = z.zaak_id and i.begonnen_op < z.einde_90_dagen
    where z.rijp_90_dagen
),

-- Grouped by little, then the zaak's own columns: they would make six groupings as wide as its names.
per_indeling as (
    select
        zaak_id,
        case
            when grouping(partner) = 0 then 'partner'
            when grouping(verbeteractiviteit) = 0 then 'verbeteractiviteit'
            when grouping(soort_inzet) = 0 then 'soort_inzet'
            when grouping(wijze) = 0 then 'wijze'
            when grouping(met_actieoverleg) = 0 then 'met_actieoverleg'
            else 'totaal'
        end as dimensie,
        coalesce(partner, verbeteractiviteit, soort_inzet, wijze, met_actieoverleg, 'totaal') as categorie,
        cast(sum(uren_honderdsten) as bigint) as uren_honderdsten,
        cast(sum(uren_14_dagen) as bigint) as uren_14_dagen,
        cast(coalesce(sum(kosten), 0) as bigint) as kosten,
        count(*) - count(kosten) as zonder_tarief
    from inzet_90_dagen
    group by
        grouping sets (
            (zaak_id),
            (zaak_id, partner),
            (zaak_id, verbeteractiviteit),
            (zaak_id, soort_inzet),
            (zaak_id, wijze),
            (zaak_id, met_actieoverleg)
        )
)

select
    p.zaak_id,
    z.gezin_nr,
    z.vt_regio,
    z.maand,
    p.dimensie,
    p.categorie,
    p.uren_honderdsten,
    p.uren_14_dagen,
    p.kosten,
    p.zonder_tarief
from per_indeling as p
inner join zaken as z on p.zaak_id = z.zaak_id
