-- The first signaal is a contact itself, so that every zaak has at least one partner.
with geteld as (
    select z.zaak_id, z.vt_regio, z.maand, count(distinct c.partner) as aantal
    from zaken as z
    cross join waarneming as w
    inner join contacten as c on z.zaak_id = c.zaak_id and c.tijd < z.werkdag_5_einde
    where z.werkdag_5 <= w.peildatum
    group by z.zaak_id, z.vt_regio, z.maand
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, 1 as n, cast(aantal >= 2 as integer) as teller from geteld
union all
select vt_regio, maand, 'minimum', '2', 1, cast(aantal >= 2 as integer) from geteld
union all
select vt_regio, maand, 'minimum', '3', 1, cast(aantal >= 3 as integer) from geteld
