"""The base of every table whose rows the application names."""

from django.db import models

from farelegami.kernel.ids import new_id


class Row(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True
