"""Test the acts and reasons that apps register: each code once, and no migration for another one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import override

from projects.ledger.enums import ACTS, LONGEST, LedgerAct, label_of_act, list_acts, register_acts
from projects.models import LedgerEvent, Notification
from projects.notices.enums import REASONS, NoticeReason, list_reasons, register_reasons

REGISTRIES: list[tuple[Any, Any, dict[str, Any]]] = [
    (LedgerAct, register_acts, ACTS),
    (NoticeReason, register_reasons, REASONS),
]
VALUES = pytest.mark.parametrize(("base", "register", "known"), REGISTRIES, ids=["acts", "reasons"])


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    """Keep what is registered."""
    before = [dict(known) for _base, _register, known in REGISTRIES]
    yield
    for (_base, _register, known), items in zip(REGISTRIES, before, strict=True):
        known.clear()
        known.update(items)


@VALUES
def test_a_code_is_registered_by_one_app(base: Any, register: Any, known: dict[str, Any]) -> None:
    taken = next(iter(known))
    with pytest.raises(ValueError, match="registered already"):
        register(base("Mine", {"OWN": ("an_own_one", "Own"), "TAKEN": (taken, "Taken")}))
    assert known[taken].label != "Taken"


@VALUES
def test_a_code_fits_its_column(base: Any, register: Any, known: dict[str, Any]) -> None:
    register(base("Mine", {"FITS": ("f" * LONGEST, "Fits")}))
    assert known["f" * LONGEST].label == "Fits"
    with pytest.raises(ValueError, match="longer than"):
        register(base("Mine", {"LONG": ("l" * (LONGEST + 1), "Long")}))


@pytest.mark.parametrize(
    ("column", "listed"),
    [(LedgerEvent._meta.get_field("act"), list_acts), (Notification._meta.get_field("reason"), list_reasons)],
    ids=["acts", "reasons"],
)
def test_another_value_is_no_migration(column: Any, listed: Any) -> None:
    _name, _path, _arguments, options = column.deconstruct()

    assert (options["choices"], options["max_length"]) == (listed, LONGEST)
    assert list(column.flatchoices) == listed()


def test_an_event_of_an_app_that_is_not_installed_shows_its_code() -> None:
    event = LedgerEvent(act="found")
    with override("en"):
        assert label_of_act("found") == event.get_act_display() == "Project opened"
    del ACTS["found"]
    assert label_of_act("found") == LedgerEvent(act="found").get_act_display() == "found"
