with eenheden as (
    select z.zaak_id, z.vt_regio, z.maand, z.start, z.werkdag_5_einde
    from zaken as z
    cross join waarneming as w
    where z.samenloop and z.aard_geweld = 'kindermishandeling' and z.werkdag_5 <= w.peildatum
),

op_tijd as (
    select distinct e.zaak_id
    from eenheden as e
    inner join momenten as m on e.zaak_id = m.zaak_id and m.tijd < e.werkdag_5_einde
)

select
    e.vt_regio,
    e.maand,
    'totaal' as dimensie,
    'totaal' as categorie,
    1 as n,
    cast(o.zaak_id is not null as integer) as teller
from eenheden as e
left join op_tijd as o on e.zaak_id = o.zaak_id
