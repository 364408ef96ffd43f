"""Settings of every deployment; what differs comes from the environment (docs/reference/settings.md)."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from kexie.config.settings import database, keys
from kexie.config.settings.declared import setting
from kexie.platform.maps import Tiles

PACKAGE = Path(__file__).resolve().parents[2]
KEXIE_HOME = setting("KEXIE_HOME").expanduser().absolute()
DEBUG = setting("KEXIE_DEBUG")
SECRET_KEY = setting("KEXIE_SECRET_KEY") or keys.secret_key(KEXIE_HOME / "keys")
CRYPTO_BACKEND = setting("KEXIE_CRYPTO")

# Applications

LOCAL_APPS = [
    "kexie.workbench",
    "kexie.workbench.packages",
    "kexie.portal",
    "kexie.api",
    "kexie.reporting.burden",
    "kexie.reporting.claims",
    "kexie.reporting.writing",
    "kexie.reporting.releases",
    "kexie.reporting.returns",
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
    "kexie.foundation.webhooks",
    "kexie.foundation.access",
    "kexie.foundation.visitors",
    "kexie.foundation.people",
    "kexie.foundation.places",
    "kexie.foundation.units",
    "kexie.foundation.areas",
    "kexie.platform.capacity",
    "kexie.platform.notify",
    "kexie.platform.files",
    "kexie.platform.audit",
    "kexie.platform.ties",
    "kexie.platform.outbox",
    "kexie.platform.tickets",
    "kexie.ui",
]
INSTALLED_APPS = [
    *LOCAL_APPS,
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kexie.foundation.access.web.middleware.AccessMiddleware",
]
ROOT_URLCONF = "kexie.config.urls"
WSGI_APPLICATION = "kexie.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django_cotton.cotton_loader.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kexie.ui.context.page",
                "kexie.portal.context.navigation",
            ],
        },
    }
]

# Data

DATABASE_URL = setting("DATABASE_URL")
EMBEDDED_POSTGRES = None
if DATABASE_URL:
    _default = database.from_url(DATABASE_URL)
else:
    _default, EMBEDDED_POSTGRES = database.embedded(KEXIE_HOME, fast=setting("KEXIE_DATABASE_FAST"))
DATABASES = {"default": _default}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MEDIA_ROOT = KEXIE_HOME / "files"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # bulk confirmation posts one field for each row
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

# Accounts and sessions

AUTH_USER_MODEL = "access.Account"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/work/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SIGN_IN_METHODS: list[str] = []  # besides the password: dotted paths of access.methods.SignInMethod
TRUSTED_PROXIES = setting("KEXIE_TRUSTED_PROXIES")
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "kexie_session"
CSRF_COOKIE_NAME = "kexie_csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Modules with the addresses that contexts add below /my/, in the namespace `my` (kexie.foundation.visitors.web.shell).
KEXIE_VISITOR_PAGES = ["kexie.contexts.museums.web.public.my_urls"]

# Messages to phones, and the address of the site in their links

KEXIE_ADDRESS = setting("KEXIE_ADDRESS")
KEXIE_SMS = setting("KEXIE_SMS")
KEXIE_SMS_URL = setting("KEXIE_SMS_URL")
KEXIE_SMS_TOKEN = setting("KEXIE_SMS_TOKEN")

# Vectors of texts

KEXIE_EMBEDDING_URL = setting("KEXIE_EMBEDDING_URL")
KEXIE_EMBEDDING_MODEL = setting("KEXIE_EMBEDDING_MODEL")
KEXIE_EMBEDDING_KEY = setting("KEXIE_EMBEDDING_KEY")
KEXIE_EMBEDDING_PREFIX = setting("KEXIE_EMBEDDING_PREFIX")

# Ways by road

KEXIE_ROUTING_URL = setting("KEXIE_ROUTING_URL")

# Maps

KEXIE_PAPER_FONTS = setting("KEXIE_PAPER_FONTS")
MAP_TILES = Tiles(tuple(setting("KEXIE_MAP_TILES")), setting("KEXIE_MAP_SYSTEM"), setting("KEXIE_MAP_CREDIT"))

# The web

HTTPS = setting("KEXIE_HTTPS")
ALLOWED_HOSTS = setting("KEXIE_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = setting("KEXIE_TRUSTED_ORIGINS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *MAP_TILES.origins],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
API_RATE = setting("KEXIE_API_RATE")
WEBHOOKS_PRIVATE = setting("KEXIE_WEBHOOKS_PRIVATE")
STATIC_URL = "/static/"
STATIC_ROOT = KEXIE_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# The site's identity: any field of kexie.ui.site.Site; what stays unset comes from the association's own unit

KEXIE_SITE: dict[str, Any] = {
    "site_code": setting("KEXIE_SITE_CODE"),
    "icp": setting("KEXIE_SITE_ICP"),
    "police_record": setting("KEXIE_SITE_POLICE"),
}
KEXIE_SITE_READER = "kexie.portal.site.complete"

# Language and time

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英语"))]
LANGUAGE_COOKIE_NAME = "kexie_language"
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = setting("KEXIE_TIME_ZONE")
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "audit": {
            "class": "kexie.platform.audit.stream.LineFile",
            "filename": KEXIE_HOME / "logs" / "audit.jsonl",
        },
    },
    "root": {"handlers": ["stderr"], "level": setting("KEXIE_LOG_LEVEL")},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        # Every entry of the audit log, for whoever collects logs outside the database.
        "kexie.audit": {"handlers": ["audit"], "level": "INFO", "propagate": False},
    },
}

# The rail of staff pages that lower layers show.
KEXIE_STAFF_RAIL = "kexie.workbench.navigation.rail_for"
