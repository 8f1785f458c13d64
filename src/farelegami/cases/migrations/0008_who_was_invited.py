"""Whoever is in a team already was called into one: their account says so from now on."""

from typing import Any

from django.db import migrations


def note(apps: Any, _schema_editor: Any) -> None:
    members = apps.get_model("cases", "TeamMember").objects.filter(account__isnull=False)
    accounts = apps.get_model("access", "Account").objects
    accounts.filter(pk__in=members.values("account_id")).update(is_invited=True)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_family_knows"),
        ("access", "0004_account_is_invited"),
    ]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
