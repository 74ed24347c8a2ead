-- The status of every region for every verbeteractiviteit at the end of each month: the latest one known by then.
with activiteiten (verbeteractiviteit, regio_niveau) as (
    values
        ('samen_op_in_acuut', 'vt_regio'),
        ('actieoverleg', 'vt_regio'),
        ('strafbare_km', 'vt_regio'),
        ('hg_vt_zsm', 'arrondissement')
),

gevraagd as (
    select m.maand, m.maandeinde, a.verbeteractiviteit, a.regio_niveau, r.code as regio
    from maanden as m
    cross join activiteiten as a
    inner join regios as r on a.regio_niveau = r.niveau
),

bekend as (
    select
        g.maand,
        g.verbeteractiviteit,
        g.regio_niveau,
        g.regio,
        s.status,
        row_number() over (
            partition by g.maand, g.verbeteractiviteit, g.regio
            order by s.peildatum desc nulls last, s.status_id desc
        ) as volgnummer
    from gevraagd as g
    left join regio_status as s
        on g.verbeteractiviteit = s.verbeteractiviteit and g.regio = s.regio and s.peildatum <= g.maandeinde
)

select maand, verbeteractiviteit, regio_niveau, regio, coalesce(status, 'geen') as status
from bekend
where volgnummer = 1
