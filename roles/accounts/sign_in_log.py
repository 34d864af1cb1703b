"""Log of sign-ins: keys of accounts and addresses of browsers, never a name, an e-mail address or a password."""

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from core.allauth_internals import METHODS, get_client_ip
from roles.accounts.models import User

logger = logging.getLogger("ouvrage.sign_ins")


def connect() -> None:
    """Listen to Django's signals on signing in and out."""
    user_logged_in.connect(_note_sign_in, dispatch_uid="log_sign_in")
    user_logged_out.connect(_note_sign_out, dispatch_uid="log_sign_out")
    user_login_failed.connect(_note_failure, dispatch_uid="log_failed_sign_in")


def note_refusal(request: HttpRequest | None, email: str, because: str) -> None:
    """Log a refused sign-in: for which account, if there is one, from which address, and why."""
    key = User.objects.filter(email=email.strip().lower()).values_list("key", flat=True).first()
    logger.warning("sign-in refused to %s from %s: %s", key or "nobody", _address(request), because)


def _note_sign_in(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    methods = request.session.get(METHODS, [])
    names = [str(method.get("type") or method["method"]) for method in methods]
    logger.info("%s signed in from %s: %s", user.key, _address(request), " and ".join(names) or "by a link")


def _note_sign_out(*, request: HttpRequest, user: User | None, **_signal: Any) -> None:
    if user:
        logger.info("%s signed out from %s", user.key, _address(request))


def _note_failure(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_signal: Any) -> None:
    note_refusal(request, str(credentials.get("email") or credentials.get("username") or ""), "wrong password")


def _address(request: HttpRequest | None) -> str:
    return (get_client_ip(request) if request else None) or "-"
