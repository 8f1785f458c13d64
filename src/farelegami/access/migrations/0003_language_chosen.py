from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget_what_nobody_chose(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("access", "Account").objects.filter(language="it", person=None).update(language="")


class Migration(migrations.Migration):
    dependencies = [("access", "0002_identities")]
    operations = [
        migrations.AlterField(
            "account", "language", models.CharField(blank=True, default="", max_length=5)
        ),
        migrations.RunPython(forget_what_nobody_chose, migrations.RunPython.noop),
    ]
