"""Sessions of browsers, each with the account that is signed in."""

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.sessions.store import SessionStore


class AccountSession(AbstractBaseSession):
    """A session of a browser; `account_id` is None while nobody is signed in. It is no record, and is deleted."""

    account_id = models.BigIntegerField(_("account"), null=True, blank=True, db_index=True)

    class Meta(AbstractBaseSession.Meta):
        db_table = "account_session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Return the store that reads and writes these rows."""
        return SessionStore
