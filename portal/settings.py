"""Settings of the portal: one module, shaped by the environment (docs/reference/settings.md lists the variables)."""

from __future__ import annotations

import os

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal import environment

environment.read_secrets_file()

BASE_DIR = environment.ROOT
VAR_DIR = environment.VAR

# ---------------------------------------------------------------------------------------------- where and how
PORTAL_DOMAIN = environment.domain()
LOCAL = PORTAL_DOMAIN.endswith(".localhost")
"""On somebody's own machine. Anything else is production, and then nothing may be missing or weak."""
PORTAL_PORT = environment.number("PORTAL_PORT", 8000, least=1) if LOCAL else 443
PORTAL_SCHEME = "http" if LOCAL else "https"
PORTAL_NETLOC = f"{PORTAL_DOMAIN}:{PORTAL_PORT}" if LOCAL and PORTAL_PORT != 80 else PORTAL_DOMAIN
PORTAL_BASE_URL = f"{PORTAL_SCHEME}://{PORTAL_NETLOC}"
"""Address of the London-wide site, no trailing slash."""
PORTAL_DEMO = environment.flag("PORTAL_DEMO", default=LOCAL)
PORTAL_PROCESSES = max(
    environment.number(_name, 1, least=1, most=512) for _name in ("PORTAL_PROCESSES", "WEB_CONCURRENCY")
)
"""Web processes that serve this install (gunicorn and uvicorn read WEB_CONCURRENCY); more than one needs Redis."""
PORTAL_BENCH = environment.flag("PORTAL_BENCH", default=False)
"""Adds the bare views `make bench` measures against."""
MAINTENANCE_FILE = VAR_DIR / "maintenance"
"""While it exists, every page answers 503."""
SECURITY_CONTACT = os.environ.get("SECURITY_CONTACT") or f"mailto:security@{PORTAL_DOMAIN}"
"""Where a finder of a weakness writes: a mailto: or https: address, shown in security.txt."""
if not SECURITY_CONTACT.startswith(("mailto:", "https://")):
    raise ImproperlyConfigured("SECURITY_CONTACT must begin with mailto: or https://.")
DEBUG = False
if not LOCAL:
    if PORTAL_BENCH:
        raise ImproperlyConfigured("PORTAL_BENCH cannot be on where PORTAL_DOMAIN is public.")
    if PORTAL_DEMO:
        raise ImproperlyConfigured(
            "PORTAL_DEMO cannot be on where PORTAL_DOMAIN is public: demo accounts have a known password."
        )
    for _name in (
        "SECRET_KEY",
        "ENCRYPTION_KEYS",
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "DEFAULT_FROM_EMAIL",
    ):
        environment.secret(_name)

SECRET_KEY = environment.secret_key()
ENCRYPTION_KEYS = environment.encryption_keys()

# The list of Sites is the list of hosts: portal.middleware answers 404 to every other one before anything is served.
ALLOWED_HOSTS = [PORTAL_DOMAIN, f".{PORTAL_DOMAIN}"]
ROOT_URLCONF = "portal.urls"
BOARD_URLCONF = "portal.board_urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"
APPEND_SLASH = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "portal.desks.apps.DesksConfig",
    "cms.apps.CmsConfig",
    "wardpanels.apps.WardpanelsConfig",
    "payback.apps.PaybackConfig",
    "snb.meetings.apps.MeetingsConfig",
    "snb.notices.apps.NoticesConfig",
    "snb.boards.apps.BoardsConfig",
    "snb.people.apps.PeopleConfig",
    "snb.places.apps.PlacesConfig",
    "snb.charts.apps.ChartsConfig",
    "snb.disclosure.apps.DisclosureConfig",
    "snb.files.apps.FilesConfig",
    "snb.outbox.apps.OutboxConfig",
    "snb.privacy.apps.PrivacyConfig",
    "snb.audit.apps.AuditConfig",
    "wagtail.contrib.typed_table_block",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "channels",
    "django_tasks",
    "django_tasks_db",
    "rules.apps.AutodiscoverRulesConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "portal.middleware.PageCacheMiddleware",
    "portal.middleware.SecurityHeadersMiddleware",
    "portal.middleware.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "snb.people.middleware.SecondFactorMiddleware",
    "cms.middleware.AdminFenceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
if PORTAL_BENCH:
    MIDDLEWARE.insert(0, "portal.middleware.BenchMiddleware")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "portal.context_processors.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]
FORM_RENDERER = "portal.adapters.FormRenderer"

# ---------------------------------------------------------------------------------------------- data
DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'portal.sqlite3'}"
try:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=None, conn_health_checks=True)}
except Exception as error:
    raise ImproperlyConfigured(
        "DATABASE_URL is not an address of a database, such as postgres://user:password@host/name."
    ) from error
SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if not SQLITE and DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL or SQLite database.")
if SQLITE:
    if not LOCAL:
        raise ImproperlyConfigured(
            "DATABASE_URL must name a PostgreSQL database where PORTAL_DOMAIN is public."
        )
    DATABASES["default"]["OPTIONS"] = {
        # A confirmed vote survives a power cut (FULL), and what is deleted is gone from the file (secure_delete).
        "transaction_mode": "IMMEDIATE",
        "timeout": 15,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA secure_delete=ON;",
    }

REDIS_URL = os.environ.get("REDIS_URL", "")
CACHE_PREFIX = os.environ.get("PORTAL_CACHE_PREFIX", "snb")
if PORTAL_PROCESSES > 1 and not REDIS_URL and not PORTAL_BENCH:
    raise ImproperlyConfigured(
        "REDIS_URL is missing: more than one web process (PORTAL_PROCESSES) shares limits and live pages through Redis."
    )
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
CACHES = {
    # Shared by all processes: rate limits live here (never in local memory, which each process has its own of).
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": CACHE_PREFIX,
            "KEY_FUNCTION": "portal.adapters.sealed_key",
        }
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "portal_cache",
            "KEY_FUNCTION": "portal.adapters.sealed_key",
        }
    ),
    # Wagtail's renditions and site roots.
    "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
CHANNEL_LAYERS = {
    "default": (
        {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": CACHE_PREFIX},
        }
        if REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}

# Wagtail enqueues on the default alias for each saved page: at once. Ours wait for the worker on `durable`.
TASKS = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "durable": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]},
}

# ---------------------------------------------------------------------------------------------- people
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "snb.people.adapters.SignInBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = f"{PORTAL_BASE_URL}/accounts/login/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"

# One session for all sites: the cookie is the parent domain's, so it is shared by every borough and nobody else.
SESSION_COOKIE_DOMAIN = PORTAL_DOMAIN
SESSION_COOKIE_NAME = "snb_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = "csrftoken" if LOCAL else "__Host-csrftoken"
CSRF_COOKIE_SECURE = not LOCAL
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS: list[str] = []
FORM_COOKIE_NAME = "snb_form"
QUESTIONS_COOKIE_NAME = "snb_questions" if LOCAL else "__Host-snb_questions"
QUESTIONS_COOKIE_AGE = 90 * 24 * 3600
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
LANGUAGE_COOKIE_DOMAIN = PORTAL_DOMAIN
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = not LOCAL

# ---------------------------------------------------------------------------------------------- mail
EMAIL_URL = os.environ.get("EMAIL_URL", "")
DEFAULT_FROM_EMAIL = (
    os.environ.get("DEFAULT_FROM_EMAIL") or f"Neighbourhood portal <no-reply@{PORTAL_DOMAIN}>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
if EMAIL_URL:
    vars().update(environment.mail(EMAIL_URL))
else:
    # Local: mail is written to files; in demo mode /demo/inbox/ shows it.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"

# ---------------------------------------------------------------------------------------------- files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# Sources in static/css and static/js reach a browser only through the build (portal/assets.py).
STATICFILES_DIRS = [("img", BASE_DIR / "static" / "img"), VAR_DIR / "build"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
PRIVATE_ROOT = VAR_DIR / "private"
"""Originals and papers, under random names, outside anything a web server serves by itself."""
ERASURE_LOG = os.environ.get("ERASURE_LOG") or VAR_DIR / "erasures.log"
"""What was erased at a person's wish, as keyed hashes: outlasts a restored database. Copy it away from the backups."""
PRIVATE_ACCEL_PREFIX = os.environ.get("PRIVATE_ACCEL_PREFIX", "")
"""Set where nginx serves the private store behind `X-Accel-Redirect`."""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "snb.files.adapters.PrivateStorage"},
    "staticfiles": {"BACKEND": "portal.adapters.StaticStorage"},
}
if environment.flag("PORTAL_PLAIN_STATIC", default=False):
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # the editor posts each cell; 60 pages of minutes have 3,500
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# ---------------------------------------------------------------------------------------------- language and time
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# ---------------------------------------------------------------------------------------------- what a browser may do
SECURE_SSL_REDIRECT = not LOCAL
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 0 if LOCAL else 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SECURE_HSTS_PRELOAD = not LOCAL
SECURE_CONTENT_TYPE_NOSNIFF = True
# `no-referrer` would make Origin null, and Django answers 403 to that.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = None if LOCAL else ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Signing in on the London site may end on a borough's site: every Site, and nothing else.
        "form-action": [SELF, f"{PORTAL_SCHEME}://{PORTAL_NETLOC}", f"{PORTAL_SCHEME}://*.{PORTAL_NETLOC}"],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# ---------------------------------------------------------------------------------------------- Wagtail
WAGTAIL_SITE_NAME = "Safer Neighbourhood Boards"
WAGTAILADMIN_BASE_URL = PORTAL_BASE_URL
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_FRONTEND_LOGIN_URL = LOGIN_URL
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAILIMAGES_IMAGE_MODEL = "cms.PortalImage"
WAGTAILDOCS_DOCUMENT_MODEL = "cms.PortalDocument"
WAGTAILIMAGES_RENDITION_STORAGE = "private"
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.forms.PortalImageForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.forms.PortalDocumentForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 12 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 24_000_000
WAGTAILIMAGES_INDEX_PAGE_SIZE = 30
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "odt", "xlsx", "ods", "csv"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAIL_I18N_ENABLED = False
# Turning a typed address into a page link would tell the draft title of any board's page.
WAGTAILADMIN_EXTERNAL_LINK_CONVERSION = ""
# London's boards keep London's time.
WAGTAIL_USER_TIME_ZONES = ["Europe/London"]
TAGGIT_CASE_INSENSITIVE = True
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# ---------------------------------------------------------------------------------------------- look-ups outside
POSTCODES_API_URL = os.environ.get("POSTCODES_API_URL", "")
"""Base address of a postcodes.io-compatible service; empty (the default) means no look-up leaves this machine."""
if POSTCODES_API_URL and not POSTCODES_API_URL.startswith("https://") and not LOCAL:
    raise ImproperlyConfigured("POSTCODES_API_URL must begin with https://.")

EXIT_ADDRESS = os.environ.get("EXIT_ADDRESS") or "https://www.bbc.co.uk/weather"
"""Where “exit this page” leads: a page that anybody may have open."""
if not EXIT_ADDRESS.startswith("https://") and not LOCAL:
    raise ImproperlyConfigured("EXIT_ADDRESS must begin with https://.")

OUTBOUND_HOSTS = frozenset(
    filter(None, os.environ.get("OUTBOUND_HOSTS", "").replace(" ", "").lower().split(","))
)
"""Hosts the outbox may send to, `host` or `host:port`, parted by commas. Nothing else is ever contacted by it."""
PAYBACK_DESTINATIONS = environment.destinations(os.environ.get("PAYBACK_DESTINATIONS", ""))
"""Systems of providers of Community Payback by name: address, token address and the client's id and secret."""

# ---------------------------------------------------------------------------------------------- errors
DEFAULT_EXCEPTION_REPORTER_FILTER = "portal.errors.QuietReporterFilter"
DEFAULT_EXCEPTION_REPORTER = "portal.errors.QuietReporter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Each saved page would otherwise write half a dozen lines.
        "wagtail": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}

# ---------------------------------------------------------------------------------------------- sign-in
ACCOUNT_ADAPTER = "snb.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_FORMS = {
    "signup": "snb.people.forms.JoinForm",
    "login": "snb.people.forms.PasswordForm",
    "request_login_code": "snb.people.forms.EmailCodeForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_DEFAULT_HTTP_PROTOCOL = PORTAL_SCHEME
# Eight figures: a phone shows its number keys, and thirty guesses an hour are hopeless (1 in 3 million).
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": True, "length": 8}
# Strict for each account and address, generous for each IP address: sixty people in one hall share one.
ACCOUNT_RATE_LIMITS = {
    "signup": "90/m/ip,600/h/ip",
    "signup_address": "3/m/key,10/h/key",
    "login": "90/m/ip,600/h/ip",
    "login_failed": "60/m/ip,5/5m/key,50/d/key",
    "request_login_code": "90/m/ip,600/h/ip,3/m/key,10/h/key",
    "confirm_email": "1/10s/key,10/h/key",
    "reset_password": "60/m/ip,300/h/ip,3/m/key,10/h/key",
    "reset_password_from_key": "60/m/ip",
    "reauthenticate": "10/m/user,40/h/user",
    "reauthenticate_code": "3/m/user,10/h/user",
    "printed_code": "10/m/user,30/h/user",
    "printed_vote": "30/m/ip,200/h/ip",
    "email_proof": "90/m/ip,600/h/ip,3/m/key,10/h/key",
    "postcode": "20/m/user,60/h/user",
    # A whole hall asks and supports by one address; `new_browser` is for browsers that come without their mark.
    "question": "60/m/ip,300/h/ip,3/m/key,12/h/key",
    "question_support": "600/m/ip,30/m/key",
    "question_new_browser": "90/m/ip,400/h/ip",
    "speaker": "20/m/ip,90/h/ip",
    "payback_begin": "20/m/ip,100/h/ip",
    "payback_receipt": "10/m/ip,60/h/ip",
    "payback_photo": "30/m/ip,200/h/ip",
    "payback_unsigned": "60/m/ip,600/h/ip",
    "payback_event": "600/m/key",
}
# Behind a proxy every client would share one limit without this.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("PORTAL_PROXIES", 0 if LOCAL else 1, most=9)
MFA_ADAPTER = "snb.people.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = {"webauthn_login": "90/m/ip"}
# allauth knows one host without a port; our forms check the origin against the Sites instead (snb.people.adapters).
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
MFA_FORMS = {
    "add_webauthn": "snb.people.forms.AddPasskeyForm",
    "login_webauthn": "snb.people.forms.PasskeyLoginForm",
    "authenticate_webauthn": "snb.people.forms.PasskeyAuthenticateForm",
    "reauthenticate_webauthn": "snb.people.forms.PasskeyReauthenticateForm",
}
