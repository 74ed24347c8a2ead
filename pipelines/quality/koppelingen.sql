-- References from one partner to another: how many name an incident that the politie knows of the same gezin.
with verwijzingen as (
    select
        'veilig_thuis' as partner,
        'meldingen' as feed,
        'melding_incident' as onderdeel,
        gezin,
        ontvangen_op as tijd,
        politie_registratie_id as registratie_id
    from meldingen
    where politie_registratie_id is not null
    union all
    select
        'openbaar_ministerie' as partner,
        'zsm_zaken' as feed,
        'zaak_incident' as onderdeel,
        gezin,
        instroom_op as tijd,
        registratie_id
    from zsm_zaken
    where registratie_id is not null
)

select
    v.partner,
    v.feed,
    maand_van(amsterdam_datum(v.tijd)) as maand,
    'koppeling' as maat,
    v.onderdeel,
    count(i.registratie_id) as teller,
    count(*) as noemer
from verwijzingen as v
left join incidenten as i on v.registratie_id = i.registratie_id and v.gezin = i.gezin
group by all
