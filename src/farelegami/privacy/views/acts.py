"""The pages of single acts of this room."""

from functools import partial
from typing import Final

from farelegami.web import acts

act_page: Final = partial(acts.act_page, template="privacy/act.html")
