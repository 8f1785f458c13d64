"""The doors of the public site: open to everyone."""

from farelegami.access.doors import Door, Sight
from farelegami.kernel.errors import gettext_noop as _

DOORS = (
    Door("publicsite:home", _("leggere la pagina d’inizio"), public=True, sight=Sight.ALL),
    Door("publicsite:accessibility", _("leggere quanto il sito è accessibile"), public=True),
    Door("publicsite:privacy", _("leggere come sono trattati i dati"), public=True),
    Door("publicsite:health", _("chiedere se il sistema può lavorare"), public=True),
    Door("publicsite:how_we_count", _("leggere come si conta"), public=True),
)
