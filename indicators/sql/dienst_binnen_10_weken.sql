with beoordeeld as (
    select vt_regio, besluit, amsterdam_datum(veiligheidsbeoordeling_op) as datum, dienst_afgerond_op
    from meldingen
    where besluit in ('onderzoek', 'voorwaarden_en_vervolg')
),

eenheden as (
    select
        b.vt_regio,
        maand_van(b.datum) as maand,
        b.besluit,
        cast(coalesce(b.dienst_afgerond_op <= b.datum + 70, false) as integer) as teller
    from beoordeeld as b
    cross join waarneming as w
    where b.datum + 70 <= w.peildatum
)

select vt_regio, maand, 'totaal' as dimensie, 'totaal' as categorie, 1 as n, teller from eenheden
union all
select vt_regio, maand, 'besluit', besluit, 1, teller from eenheden
