from typing import Final

from django.urls import path

from farelegami.desk.views import (
    capabilities,
    home,
    households,
    log,
    merging,
    organisations,
    people,
    person,
    privacy,
    registering,
    results,
    search,
    ties,
)

app_name = "desk"
_P: Final = "persone/<uuid:person_id>/"
_N: Final = "persone/nuclei/<uuid:household_id>/"
_E: Final = "enti/<uuid:organisation_id>/"

urlpatterns = [
    path("", home.home_page, name="home"),
    path("cerca/", search.search_page, name="search"),
    path("persone/", people.people_page, name="people"),
    path("persone/nuova/", registering.register_page, name="register_person"),
    path("persone/luoghi-di-nascita/", registering.birth_places_page, name="birth_places"),
    path(_P, person.summary_page, name="person"),
    path(f"{_P}nucleo/", person.household_page, name="person_household"),
    path(f"{_P}legami/", person.ties_page, name="person_ties"),
    path(f"{_P}patti/", person.pacts_page, name="person_pacts"),
    path(f"{_P}accessi/", person.access_page, name="person_access"),
    path(f"{_P}modifica/", registering.change_page, name="change_person"),
    path(f"{_P}legami/disegna/", ties.draw_page, name="draw_ecomap"),
    path(f"{_P}capacita/", capabilities.skills_page, name="person_skills"),
    path(f"{_P}settimana/", capabilities.week_page, name="person_week"),
    path(f"{_P}condizioni/", capabilities.conditions_page, name="person_conditions"),
    path(f"{_P}informativa/", privacy.notice_page, name="give_notice"),
    path(f"{_P}consenso/", privacy.consent_page, name="give_consent"),
    path(f"{_P}consenso/<slug:purpose>/ritiro/", privacy.withdraw_page, name="withdraw_consent"),
    path(f"{_P}limitazione/", privacy.lift_page, name="lift_restriction"),
    path(f"{_P}unisci/", merging.merge_page, name="merge_people"),
    path("persone/unioni/<uuid:merge_id>/annulla/", merging.unmerge_page, name="unmerge"),
    path("persone/nuclei/nuovo/", households.form_page, name="form_household"),
    path(_N, households.household_page, name="household"),
    path(f"{_N}ingresso/", households.add_page, name="add_member"),
    path(f"{_N}uscita/<uuid:person_id>/", households.leave_page, name="leave_household"),
    path(f"{_N}nome/", households.rename_page, name="rename_household"),
    path(f"{_N}scioglimento/", households.dissolve_page, name="dissolve_household"),
    path("enti/", organisations.organisations_page, name="organisations"),
    path("enti/nuovo/", organisations.register_page, name="register_organisation"),
    path(_E, organisations.organisation_page, name="organisation"),
    path(f"{_E}modifica/", organisations.change_page, name="change_organisation"),
    path(f"{_E}chiusura/", organisations.close_page, name="close_organisation"),
    path(f"{_E}referenti/nuovo/", organisations.add_contact_page, name="add_contact"),
    path(
        f"{_E}referenti/<uuid:contact_id>/fine/", organisations.end_contact_page, name="end_contact"
    ),
    path(f"{_E}ruoli/nuovo/", organisations.write_role_page, name="write_role"),
    path(f"{_E}collegamenti/nuovo/", organisations.link_page, name="link_organisations"),
    path(f"{_E}collegamenti/<uuid:link_id>/fine/", organisations.end_link_page, name="end_link"),
    path("registro/", log.log_page, name="log"),
    path("risultati/", results.results_page, name="results"),
]
