"""Whose account wrote an offer down; of those written before, the log says it."""

from typing import Any

from django.db import migrations, models


def fill(apps: Any, _schema_editor: Any) -> None:
    written = (
        apps.get_model("audit", "Entry")
        .objects.filter(kind="giveback.offer", verb="created", object_id=models.OuterRef("pk"))
        .order_by("pk")
    )
    offers = apps.get_model("giveback", "Offer").objects.filter(offered_by_id=None)
    offers.update(offered_by_id=models.Subquery(written.values("account_id")[:1]))


class Migration(migrations.Migration):
    dependencies = [("giveback", "0001_initial"), ("audit", "0001_initial")]

    operations = [
        migrations.AddField("offer", "offered_by_id", models.UUIDField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
