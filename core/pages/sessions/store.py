"""Session engine (SESSION_ENGINE): sessions in the database that know their account."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from core.acts import Kept, cached

#: What `sign_ins` notes in the session; its time is when the person signed in.
SIGN_IN = "sign_in"


class SessionStore(db.SessionStore):
    """Store that writes the account beside the data, so that a person's sessions are found without decoding all."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Return the model; looked up late, because it names this store."""
        return apps.get_model("core", "AccountSession")

    def _get_session_from_db(self) -> Any:
        """Return the row of this session, and keep its account for `read_account`."""
        session: Any = super()._get_session_from_db()  # type: ignore[misc]
        if session and (account := session.account):
            read_account(account.pk, lambda: account)
        return session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row of these data, with their account. Nothing done in a session makes it last longer."""
        session: Any = super().create_model_instance(data)
        session.account_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        if began := data.get(SIGN_IN, {}).get("at"):
            end = datetime.fromisoformat(began) + timedelta(seconds=self.get_session_cookie_age())
            session.expire_date = min(session.expire_date, end)
        return session


def read_account(account_id: int, read: Callable[[], Any]) -> Any:
    """Return the account of this key as it was read with the session of the request, else by `read`."""
    return cached(Kept(f"account {account_id}"), read)
