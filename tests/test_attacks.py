"""Check that every trigger and constraint has an attack, that every attack is proved, and that the engine can fail."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import ModuleType
from uuid import uuid4

import pytest

from roles.models import User
from tests.attacks import Attack, switch
from tests.database import constraints, owning, run, triggers, undone
from tests.generic_attacks import GENERIC
from tests.sources import ROOT

pytestmark = pytest.mark.django_db


def declaring() -> Iterator[ModuleType]:
    """Import each test module that declares attacks."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if re.search(r"^ATTACKS = Attacks\(", path.read_text(encoding="utf-8"), re.M):
            yield import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


@cache
def declared() -> tuple[Attack, ...]:
    """Collect the attacks of all test modules."""
    return tuple(attack for module in declaring() for attack in module.ATTACKS)


def test_every_trigger_that_is_not_shared_by_many_tables_is_attacked() -> None:
    ours = {name.partition(".")[2] for name in triggers() if name.rpartition(".")[2] not in GENERIC}
    attacked = {attack.guard for attack in declared() if attack.is_on_trigger}
    assert ours == {guard for guard in attacked if guard.rpartition(".")[2] not in GENERIC}


def test_every_constraint_is_attacked() -> None:
    assert constraints() == {attack.guard for attack in declared() if not attack.is_on_trigger}


def test_every_attack_is_proved_by_a_test_of_its_module() -> None:
    for module in declaring():
        proved = [
            mark.args[1]
            for test in vars(module).values()
            for mark in getattr(test, "pytestmark", [])
            if mark.name == "parametrize"
        ]
        assert any(guards is module.ATTACKS.by_guard for guards in proved), module.__name__


# — the engine —


def another_key() -> None:
    User.objects.filter(email="pmo@example.org").update(key=uuid4())


def taken_address() -> None:
    User.objects.bulk_create([User(email="Owner@Example.org", name="X")])


KEY, ADDRESS = "user.keeps_its_key", "one_account_per_email_whatever_the_case"


def test_an_attack_fails_where_its_trigger_is_gone() -> None:
    attack = Attack(KEY, "another key", another_key, "The key of an account never changes")
    attack.prove()
    trigger, table = switch(KEY).split(" ON ")
    with undone():
        with owning():
            run(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"')
        with pytest.raises(AssertionError, match="let through"):
            attack.prove()


def test_an_attack_fails_where_something_else_says_the_same() -> None:
    with pytest.raises(AssertionError, match="without the trigger"):
        Attack(KEY, "a taken address", taken_address, ADDRESS).prove()


def test_an_attack_fails_where_its_constraint_is_gone() -> None:
    attack = Attack(ADDRESS, "", taken_address, ADDRESS, is_on_trigger=False)
    attack.prove()
    with undone():
        with owning():
            run(f"DROP INDEX {ADDRESS}")
        with pytest.raises(AssertionError, match=r"one_account|let through|as the"):
            attack.prove()
