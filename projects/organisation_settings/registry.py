"""Callbacks on a change of the settings and on a test mail, filled by the capabilities above."""

from collections.abc import Callable

from projects.ledger.models import LedgerEvent
from roles.models import User

#: Called within each change of the settings, with its event and the names of the changed fields.
ON_CHANGE: list[Callable[[LedgerEvent, list[str]], None]] = []
#: Called when the mail server took the test mail of this person.
ON_TEST_MAIL: list[Callable[[User], None]] = []
