"""The doors of the desk's own pages."""

from farelegami.access.doors import Door, Sight
from farelegami.kernel.errors import gettext_noop as _

DOORS = (Door("desk:home", _("vedere la propria Scrivania"), sight=Sight.OWN),)
