"""Read the facts of ledger events."""

import json

from projects.models import LedgerEvent

#: The facts of every event on the seals of rows (projects/ledger/row_seals.py).
ON_SEALS = {"rows", "shared"}


def facts_of(event: LedgerEvent) -> dict[str, str]:
    """Return the facts in the canonical bytes of an event, except those on the seals of rows."""
    facts: dict[str, str] = json.loads(bytes(event.body))["facts"]
    return {name: value for name, value in facts.items() if name not in ON_SEALS}
