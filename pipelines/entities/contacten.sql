-- Evidence that a partner is involved in a zaak: partner and moment, one row per piece of evidence.
with feiten as (
    select gezin, 'veilig_thuis' as partner, ontvangen_op as tijd from meldingen
    union all
    select gezin, 'politie' as partner, gemeld_op as tijd from incidenten where hg_label
    union all
    select gezin, 'openbaar_ministerie' as partner, instroom_op as tijd from zsm_zaken
    union all
    select gezin, 'raad_voor_de_kinderbescherming' as partner, verzoek_op as tijd from onderzoeken
    union all
    select gezin, 'reclassering' as partner, aangemeld_op as tijd from trajecten
    union all
    select gezin, 'veilig_thuis' as partner, gehouden_op as tijd from actieoverleggen where aanwezig_veilig_thuis
    union all
    select gezin, 'politie' as partner, gehouden_op as tijd from actieoverleggen where aanwezig_politie
    union all
    select gezin, 'openbaar_ministerie' as partner, gehouden_op as tijd
    from actieoverleggen
    where aanwezig_openbaar_ministerie
    union all
    select gezin, 'reclassering' as partner, gehouden_op as tijd from actieoverleggen where aanwezig_reclassering
    union all
    select gezin, 'raad_voor_de_kinderbescherming' as partner, gehouden_op as tijd
    from actieoverleggen
    where aanwezig_raad_voor_de_kinderbescherming
)

select z.zaak_id, f.partner, f.tijd
from feiten as f
inner join zaakreeks as z on f.gezin = z.gezin and f.tijd >= z.start and f.tijd < z.einde
union all
select zaak_id, partner, begonnen_op as tijd
from inzet_met_tarief
where zaak_id is not null
