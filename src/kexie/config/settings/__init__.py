"""Settings of every deployment; what differs comes from the environment (docs/reference/settings.md)."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

LOCAL_APPS = [
    "kexie.workbench",
    "kexie.portal",
    "kexie.reporting.claims",
    "kexie.contexts.museums",
    "kexie.contexts.touring",
    "kexie.contexts.facilities",
    "kexie.contexts.contests",
    "kexie.contexts.matching",
    "kexie.contexts.rural",
    "kexie.contexts.workers",
    "kexie.contexts.organisations",
    "kexie.contexts.governance",
    "kexie.ledger",
    "kexie.foundation.access",
    "kexie.foundation.people",
    "kexie.foundation.places",
    "kexie.foundation.units",
    "kexie.foundation.areas",
    "kexie.platform.files",
    "kexie.platform.audit",
    "kexie.ui",
]
INSTALLED_APPS = [
    *LOCAL_APPS,
    "django_cotton",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
AUTH_USER_MODEL = "access.Account"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英语"))]
LOCALE_PATHS = [Path(__file__).resolve().parents[2] / "locale"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
