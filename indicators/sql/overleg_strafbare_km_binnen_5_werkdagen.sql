-- samenloop is known of zaken of at least 28 days only, whose 5th werkdag has passed.
with eenheden as (
    select zaak_id, vt_regio, maand, werkdag_5_einde
    from zaken
    where samenloop and aard_geweld = 'kindermishandeling'
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
