"""What is told of a change of the settings; the capability that tells it is above this one."""

from collections.abc import Callable

from projects.ledger.models import LedgerEvent

#: Called within each change of the settings, with its event and the names of the changed fields.
ON_CHANGE: list[Callable[[LedgerEvent, list[str]], None]] = []
