"""The registry of triggers knows what pgtrigger's own would, and refuses what it refuses."""

import pgtrigger
import pytest
from pgtrigger import registry

from core.record.trigger_registry import TriggerRegistry, install
from roles.models import Organisation, User


def build_trigger(name: str = "toy") -> pgtrigger.Trigger:
    """Return a trigger that nothing installs."""
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=pgtrigger.Insert, func="RETURN NEW;")


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> TriggerRegistry:
    """Register one trigger on its own, away from those of the product."""
    toys = TriggerRegistry()
    monkeypatch.setattr(registry, "_registry", toys)
    build_trigger().register(User)
    return toys


def test_both_indexes_are_what_pgtrigger_would_build() -> None:
    known = registry._registry
    assert len(known) > 1_000
    assert known.by_db_table == registry._Registry.by_db_table.fget(known)
    assert known.pg_function_names == registry._Registry.pg_function_names.fget(known)


def test_another_trigger_of_a_known_name_is_refused_and_the_same_is_not(toys: TriggerRegistry) -> None:
    build_trigger().register(Organisation)
    [(_, [model, trigger])] = [(uri, value) for uri, value in toys.items() if "User" in uri]
    trigger.register(model)
    with pytest.raises(KeyError, match="already used"):
        build_trigger().register(User)
    assert len(toys) == 2


def test_a_trigger_taken_away_leaves_its_name_to_another(toys: TriggerRegistry) -> None:
    [(model, trigger)] = toys.values()
    trigger.unregister(model)
    assert not toys
    build_trigger().register(User)
    assert len(toys) == 1


def test_it_comes_before_every_trigger() -> None:
    with pytest.raises(RuntimeError, match="before its registry"):
        install()
