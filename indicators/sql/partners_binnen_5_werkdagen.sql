with eenheden as (
    select z.zaak_id, z.vt_regio, z.maand, z.werkdag_5_einde
    from zaken as z
    cross join waarneming as w
    where z.werkdag_5 <= w.peildatum
),

partners as (
    select e.zaak_id, count(distinct c.partner) as aantal
    from eenheden as e
    inner join contacten as c on e.zaak_id = c.zaak_id and c.tijd < e.werkdag_5_einde
    group by e.zaak_id
),

geteld as (
    select e.vt_regio, e.maand, coalesce(p.aantal, 0) as aantal
    from eenheden as e
    left join partners as p on e.zaak_id = p.zaak_id
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, 1 as n, cast(aantal >= 2 as integer) as teller from geteld
union all
select vt_regio, maand, 'minimum', '2', 1, cast(aantal >= 2 as integer) from geteld
union all
select vt_regio, maand, 'minimum', '3', 1, cast(aantal >= 3 as integer) from geteld
