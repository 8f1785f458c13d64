"""One row for each object that can be looked for, kept by the room that owns the object."""

from django.db import models

from farelegami.search.rules import EVERYWHERE


class Entry(models.Model):
    """What the search box knows of one object: where it belongs, its name, its folded words.

    It holds ids and no foreign keys: this room lies below those whose objects it lists. Its own
    number is only the row number of the full-text table of SQLite; nobody else refers to it.
    """

    object_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=40)
    # EVERYWHERE (0) and not NULL, so that one index condition covers both.
    district_id = models.IntegerField(default=EVERYWHERE)
    title = models.CharField(max_length=250)
    subtitle = models.CharField(max_length=250, blank=True)
    folded = models.TextField()

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"
