"""Settings, all from the environment (12-factor). An unsafe value in production stops the start."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg.conninfo
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from core.words.log_lines import FORMAT, FORMATTERS

ROOT = Path(__file__).resolve().parent.parent
#: The version, which pyproject.toml says.
VERSION = str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def env(name: str, default: str | None = None) -> str:
    """Return a variable. Raises ImproperlyConfigured when it is missing and has no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value


def flag(name: str, default: bool) -> bool:
    """Return a switch: 1 or 0, nothing else."""
    value = env(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} is 0 or 1, not {value!r}.")
    return value == "1"


def database(url: str) -> dict[str, Any]:
    """Return the Django settings of a postgresql:// URL.

    Of several hosts the one that writes is found: a server that is away costs two seconds, a silent one three.
    """
    parts: dict[str, Any] = psycopg.conninfo.conninfo_to_dict(url)
    if "," in str(parts.get("host", "")):
        parts = {"target_session_attrs": "read-write", "connect_timeout": 2, "tcp_user_timeout": 3000} | parts
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "") or ""),
        "OPTIONS": dict(parts),
    }


PRODUCTION, DEVELOPMENT, TEST = "production", "development", "test"
ENVIRONMENT = env("OUVRAGE_ENV", PRODUCTION)
if ENVIRONMENT not in {PRODUCTION, DEVELOPMENT, TEST}:
    raise ImproperlyConfigured("OUVRAGE_ENV is production, development or test.")
DEBUG = flag("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
if ENVIRONMENT == PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG stays off in production.")
if ENVIRONMENT == PRODUCTION and (
    len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("django-insecure-")
):
    raise ImproperlyConfigured("SECRET_KEY needs 50 random characters in production.")

BASE_URL = env("BASE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = [host for host in env("ALLOWED_HOSTS", "localhost,127.0.0.1").split(",") if host]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

#: Workspaces of this installation, both by default; governance needs neither.
WORKSPACES = [name for name in ("pmo", "amoa") if name in env("WORKSPACES", "amoa,pmo").split(",")]
#: Whether superusers, who operate the server, read rows on Django's admin site. Administrators have pages of their own.
DJANGO_ADMIN = flag("DJANGO_ADMIN", default=False)
INSTALLED_APPS = [
    "config",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    *(["demo"] if len(WORKSPACES) == 2 else []),
    *WORKSPACES,
    "governance",
    "projects",
    "roles",
    "core",
    "rules",
    "simple_history",
    "pgtrigger",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.pages.request_cache.RequestCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.pages.middleware.PrivateReplyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "roles.unsent.middleware.EndedSessionMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.pages.middleware.ReaderMiddleware",
    "core.pages.refusals.middleware.RefusalMiddleware",
    "core.files.limits.FileLimitMiddleware",
    "roles.reauthentication.middleware.ReauthenticationMiddleware",
    "projects.people.second_factors.middleware.SecondFactorMiddleware",
    "roles.unsent.middleware.UnsentPostMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "core.pages.template_backend.Templates",
        "NAME": "django",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["core.pages.template_loader.DedentingLoader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "governance.context_processors.shell",
            ],
            "builtins": [
                "core.templatetags.page",
                "core.templatetags.ui",
                "projects.templatetags.levels",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# PostgreSQL: the runtime role serves, the owner role migrates, the notary signs checkpoints (docs/database.md).
DATABASE_URLS = {"runtime": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "notary": "DATABASE_NOTARY_URL"}
# Triggers are installed from the code after `migrate` (config/triggers.py); migrations hold tables only.
PGTRIGGER_MIGRATIONS = False
DB_ROLE = env("OUVRAGE_DB_ROLE", "runtime")
if DB_ROLE not in DATABASE_URLS:
    raise ImproperlyConfigured("OUVRAGE_DB_ROLE is runtime, owner or notary.")
OWNS_DATABASE = DB_ROLE == "owner"
DATABASES = {"default": database(env(DATABASE_URLS[DB_ROLE]))}
# An act waits 1.5 s for another one on the same project, then reports "not recorded". Joins run in the written order:
# planning other orders takes longer than the query.
DATABASES["default"]["OPTIONS"].setdefault("options", "-c lock_timeout=1500 -c join_collapse_limit=4")
# Values are bound on the server and each connection plans a statement once: planning takes longer than most queries. It
# is prepared the second time that it is sent, then PostgreSQL still plans it five times for its values. A plan does not
# survive a change of its tables, so a release that migrates restarts its processes.
DATABASES["default"]["OPTIONS"].update(server_side_binding=True, prepare_threshold=1)
if DB_ROLE == "runtime" and ENVIRONMENT != TEST:
    # A page waits three seconds for a connection; the pool tries anew for each page rather than at longer intervals.
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 3, "reconnect_timeout": 4}
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # a connection that died with the server is not reused
RUNTIME_ROLE = database(env("DATABASE_URL"))["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Sessions, messages and counters live in PostgreSQL, so that Redis may stop unnoticed.
# Counters live as long as they count: with 300 entries, Django's own limit, guesses on many accounts would end them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "config_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Redis: only the queue of the worker.
REDIS_URL = env("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
# Only the thread that hands tasks to the worker waits for the broker, never a request (core/task_queue).
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.3,
    "socket_timeout": 5,
    "visibility_timeout": 600,
    "max_retries": 1,
    "interval_start": 0.1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "show-that-beat-runs": {"task": "config.heartbeat", "schedule": 60.0, "options": {"expires": 60}},
    "sweep-the-outbox": {
        "task": "projects.relay",
        "schedule": float(env("SWEEP_SECONDS", "30")),
        "options": {"expires": 60},
    },
    "store-records": {
        "task": "governance.store_records",
        "schedule": float(env("SWEEP_SECONDS", "30")),
        "options": {"expires": 60},
    },
    "take-up-imports": {
        "task": "amoa.resume_imports",
        "schedule": float(env("SWEEP_SECONDS", "30")),
        "options": {"expires": 60},
    },
    "cancel-abandoned-imports": {"task": "projects.cancel_abandoned_imports", "schedule": crontab("40", "4")},
    # Every night, in universal time. Snapshots are of the day that has begun in the time zone of the organisation.
    "take-snapshots": {
        "task": "pmo.take_snapshots",
        "schedule": float(env("SNAPSHOT_SECONDS", "0")) or crontab("10", env("SNAPSHOT_HOUR", "1")),
    },
    # Conditions that were due before that day.
    "apply-lapses": {"task": "governance.apply_lapses", "schedule": crontab("20", "0")},
    # Accounts whose last day is over in the time zone of the organisation.
    "close-departed": {"task": "projects.close_departed", "schedule": crontab("5", "*")},
    # Addresses to which nobody objected for 72 hours.
    "apply-employments": {"task": "projects.apply_employments", "schedule": crontab("5", "0")},
    "judge-independence": {"task": "governance.judge_independence", "schedule": crontab("15", "0")},
    "settle-addresses": {"task": "projects.settle_addresses", "schedule": crontab("15", "*")},
    # Accounts of owners that two people close, and one hand alone after 30 days.
    "settle-replacements": {"task": "projects.settle_replacements", "schedule": crontab("10", "*")},
    "follow-vouches": {"task": "projects.follow_vouches", "schedule": crontab("20", "*")},
    # Rights of administrators whose end nobody objected to for 72 hours.
    "settle-rights": {"task": "projects.settle_rights", "schedule": crontab("20", "*")},
    "clear-sessions": {"task": "projects.clear_sessions", "schedule": crontab("40", "4")},
    "erase-drafts": {"task": "core.erase_drafts", "schedule": crontab("45", "4")},
    "announce-ends": {"task": "projects.announce_ends", "schedule": crontab("20", "4")},
    "tell-of-late-conditions": {"task": "governance.announce_late_conditions", "schedule": crontab("25", "4")},
    "announce-second-looks": {"task": "governance.announce_second_looks", "schedule": crontab("27", "4")},
    "remind-of-tasks": {"task": "governance.remind_of_tasks", "schedule": crontab("30", "4")},
    "delete-past-snoozes": {"task": "governance.delete_past_snoozes", "schedule": crontab("35", "4")},
    "tell-of-waivers": {"task": "pmo.announce_waivers", "schedule": crontab("0", "4")},
    # Every night at that hour (UTC), or every so many seconds.
    "verify-the-ledger": {
        "task": "governance.verify_ledger",
        "schedule": float(env("LEDGER_VERIFY_SECONDS", "0")) or crontab("30", env("LEDGER_VERIFY_HOUR", "2")),
    },
}
CELERY_BEAT_SCHEDULE = {
    name: entry
    for name, entry in CELERY_BEAT_SCHEDULE.items()
    if str(entry["task"]).partition(".")[0] in {"config", "projects", "governance", *WORKSPACES}
}
# After that time without a heartbeat another worker takes up an import.
IMPORT_SILENT_SECONDS = float(env("IMPORT_SILENT_SECONDS", "60"))

# Notary: only its own process has these (docs/ledger.md).
NOTARY_KEY = env("OUVRAGE_NOTARY_KEY", "")
ANCHOR_DIR = env("OUVRAGE_ANCHOR_DIR", "")
# Time stamps of checkpoints (RFC 3161): the authority that the notary asks, and the file of the certificates it has.
TIMESTAMP_URL = env("TIMESTAMP_URL", "")
TIMESTAMP_CERTIFICATES = env("TIMESTAMP_CERTIFICATES", "")
if not re.match(r"(https://|http://(localhost|127\.0\.0\.1)[:/])[^@\s]*$|$", TIMESTAMP_URL):
    raise ImproperlyConfigured("TIMESTAMP_URL begins with https://, or names localhost, and holds no password.")
if TIMESTAMP_URL and not TIMESTAMP_CERTIFICATES:
    raise ImproperlyConfigured("TIMESTAMP_CERTIFICATES is the file of the certificates of the authority TIMESTAMP_URL.")

# Mail.
MAIL_DIR = env("MAIL_DIR", "")
MAIL_URL = env("MAIL_URL", "")


def _mailer() -> dict[str, Any]:
    if MAIL_DIR:
        return {"BACKEND": "core.words.mail.FolderBackend", "OPTIONS": {"file_path": MAIL_DIR}}
    url = urlsplit(MAIL_URL or "smtp://localhost:25")
    options = {
        "host": url.hostname,
        "port": url.port or 25,
        "username": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "use_tls": url.scheme == "smtps+starttls" or url.port == 587,
        "use_ssl": url.scheme == "smtps",
        "timeout": 10,
    }
    return {"BACKEND": "core.words.mail.ServerBackend", "OPTIONS": options}


MAILERS = {"default": _mailer()}
DEFAULT_FROM_EMAIL = env("MAIL_FROM", "Ouvrage <ouvrage@example.org>")

# People.
AUTH_USER_MODEL = "roles.User"
AUTHENTICATION_BACKENDS = ["roles.accounts.adapters.OpenAccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/start/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "roles.accounts.forms.SignInForm",
    "reset_password": "roles.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "roles.accounts.forms.NewPasswordForm",
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_ADAPTER = "projects.people.accounts.adapters.AccountAdapter"
# Sign-in by a provider (projects/people/sign_in_provider). What is set here counts before the settings page.
SOCIALACCOUNT_ADAPTER = "projects.people.sign_in_provider.provider.SocialAccountAdapter"
OIDC = {
    "kind": env("OIDC_KIND", ""),
    "issuer": env("OIDC_ISSUER", ""),
    "client_id": env("OIDC_CLIENT_ID", ""),
    "secret": env("OIDC_CLIENT_SECRET", ""),
    "name": env("OIDC_NAME", ""),
    "domain": env("OIDC_DOMAIN", ""),
}
if OIDC["kind"] not in {"", "openid_connect", "proconnect"}:
    raise ImproperlyConfigured("OIDC_KIND is openid_connect or proconnect.")
#: Hosts with their port that the server asks although they are on its own network, or not on port 443. The issuer of
#: the environment is one of them: whoever sets it operates the server.
OIDC_HOSTS = {
    (host if ":" in host else f"{host}:443").lower() for host in env("OIDC_HOSTS", "").replace(",", " ").split()
}
if OIDC["issuer"]:
    _issuer = urlsplit(OIDC["issuer"])
    OIDC_HOSTS.add(f"{_issuer.hostname}:{_issuer.port or 443}")
#: Hosts that may answer by http, on any port: this machine, for development and tests.
OIDC_LOCAL_HOSTS = frozenset() if ENVIRONMENT == PRODUCTION else frozenset({"localhost", "127.0.0.1", "::1"})
ACCOUNT_SESSION_REMEMBER = False
# A mailed link to choose a password works for a day.
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Wrong passwords and mailed links have limits of our own besides (roles/accounts/limits).
ACCOUNT_RATE_LIMITS = {
    "login": env("SIGN_IN_LIMIT", "30/m/ip"),
    "login_failed": None,
    "reset_password": None,
    "reauthenticate": "10/5m/user",
}

# Second factors; the pages are ours (roles/passkeys, roles/second_factors, projects/people/second_factors).
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_ADAPTER = "roles.second_factors.adapters.FactorAdapter"

# Languages and time, until administrators choose those of the organisation (projects/organisation_settings).
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# Files.
STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", str(ROOT / "var" / "static"))
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if ENVIRONMENT == TEST or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 1
EVIDENCE_MAX_BYTES = int(env("EVIDENCE_MAX_MIB", "10")) * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["projects.documents.uploads.BoundedUpload"]

# Browser.
HTTPS = flag("OUVRAGE_HTTPS", default=True)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
BEHIND_PROXY = flag("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Limits on attempts count the address that the last trusted proxy saw, not the proxy: else all people share one limit.
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXIES", "1" if BEHIND_PROXY else "0"))
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
# Both concern other sites of the domain too: only when asked for.
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and flag("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = HTTPS and flag("HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# With this prefix a browser takes a cookie from this host alone, over TLS alone.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
MESSAGE_STORAGE = "core.pages.cookies.MessageStorage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# From the sign-in on, whatever happens in the session (core/pages/sessions/store).
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "core.pages.sessions.store"
CSRF_FAILURE_VIEW = "roles.unsent.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

# Monitoring: who sends this token reads /metrics; without it there is no such page.
METRICS_TOKEN = env("METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured("METRICS_TOKEN needs 32 random characters.")

LOG_FORMAT = env("LOG_FORMAT", "line")
if LOG_FORMAT not in FORMATTERS:
    raise ImproperlyConfigured("LOG_FORMAT is line or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": f"core.words.log_lines.{FORMATTERS[LOG_FORMAT].__name__}", "format": FORMAT}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "INFO")},
}
