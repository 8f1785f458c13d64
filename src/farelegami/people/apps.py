from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "farelegami.people"
    label = "people"
    # What follows a person when two registrations are merged (people/services/merging.py).
    person_columns = (
        "people.PersonLanguage.person",
        "people.HouseholdMember.person",
        "people.NoticeGiven.person",
        "people.Consent.person",
        "people.EcomapSnapshot.person",
        "people.Tie.other_person",
        "people.PersonSkill.person",
    )
