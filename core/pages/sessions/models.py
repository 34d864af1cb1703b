"""Sessions of browsers, each with the account that is signed in."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.pages.sessions.store import SessionStore


class AccountSessionManager(BaseSessionManager["AccountSession"]):
    """Reads each session with its account, in one query."""

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet["AccountSession"]:
        """Return the sessions joined to their accounts."""
        return super().get_queryset().select_related("account")


class AccountSession(AbstractBaseSession):
    """A session of a browser; `account` is None while nobody is signed in. It is no record, and is deleted."""

    REPEATS = ("*",)

    account: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        db_constraint=False,  # every request locks no account; accounts are never deleted
        related_name="+",
        verbose_name=_("account"),
    )

    objects: ClassVar[AccountSessionManager] = AccountSessionManager()

    class Meta(AbstractBaseSession.Meta):
        db_table = "account_session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Return the store that reads and writes these rows."""
        return SessionStore
