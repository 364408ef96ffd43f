"""Settings of the tests: their own folder and cluster inside KEXIE_HOME, quick and forgetful.

The environment must be set before the settings are read, hence the order below.
"""

import os
from pathlib import Path

# Worker processes of one run inherit the first process's answer.
os.environ.setdefault("KEXIE_TEST_HOME", str(Path(os.environ.get("KEXIE_HOME", "var")).absolute() / "test"))
os.environ["KEXIE_HOME"] = os.environ["KEXIE_TEST_HOME"]
os.environ["KEXIE_DATABASE_FAST"] = "1"
for _name in (
    "KEXIE_HTTPS",
    "KEXIE_DEBUG",
    "KEXIE_ALLOWED_HOSTS",
    "KEXIE_TRUSTED_ORIGINS",
    "KEXIE_TIME_ZONE",
):
    os.environ.pop(_name, None)

from kexie.config.settings import *  # noqa: E402, F403
from kexie.config.settings import STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of accounts sign in
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
