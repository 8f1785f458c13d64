from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "farelegami.people"
    label = "people"
    keeping = "farelegami.people.keeping.KEEPING"
    # Found by a digest of what is sealed.
    blind_indexes = ("people.Person.tax_code",)
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
