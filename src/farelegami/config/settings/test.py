"""Tests: fixed keys, quick hashing, SQLite in memory unless FARELEGAMI_DATABASE_URL says more."""

import atexit
import shutil
import tempfile
from pathlib import Path

from farelegami.config.settings.base import *

SECRET_KEY = "test-" * 12
FIELD_KEYS = {
    "b": "YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=",
    "a": "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=",
}
BLIND_INDEX_KEY = "Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2M="
ALLOWED_HOSTS = ["*"]
SECOND_FACTOR_REQUIRED = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A folder of its own for each process: two runs at once never meet.
DATA = Path(tempfile.mkdtemp(prefix="farelegami-test-"))
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
MEDIA_ROOT = DATA / "files"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOCAL_CACHE = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    "default": {"BACKEND": LOCAL_CACHE, "LOCATION": "default"},
    "process": {"BACKEND": LOCAL_CACHE, "LOCATION": "process"},
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Django makes and drops this one.
    DATABASES["default"]["ENGINE"] = "django.db.backends.sqlite3"
    # In a file, because races need two connections to one database; in no hurry to be safe.
    DATABASES["default"]["TEST"] = {"NAME": DATA / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
    }
