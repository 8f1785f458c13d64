"""The embedded installation: one machine, one folder, secrets made on the first run."""

from farelegami.config.settings.base import *
