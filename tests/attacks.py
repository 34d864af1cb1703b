"""Prove that triggers and constraints refuse attacks by any role.

A test module declares the attacks of its capability and proves those on each guard together, on one world:

    ATTACKS = Attacks(
        triggers=[("matrix.carries_its_hash", "another hash", lambda world: …, "A matrix carries the hash")],
        constraints={"one_matrix_per_number": lambda world: …},
        behind={"one_matrix_per_number": "matrix.carries_its_hash"},
    )

    @pytest.mark.parametrize("guard", ATTACKS.by_guard)
    def test_attacks_are_refused_and_pass_without_their_trigger(guard: str, world: World) -> None:
        ATTACKS.prove(guard, world)

tests/test_attacks.py checks that no trigger and no constraint is left out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models

from tests.database import OWNER, RUNTIME, disabled, fire_deferred_triggers, installed, our_models, refusal, triggers

#: trigger as "model.trigger", label of the attempt, the attempt, the words of the refusal
Declared = tuple[str, str, Callable[..., Any], str]
#: Types of column values that nothing changes in place.
UNCHANGING = {bool, int, str, bytes, float, Decimal, date, datetime, UUID, type(None)}


def _copy_row(row: models.Model, memo: dict[int, Any]) -> models.Model:
    """Copy a row deeply, as `copy` does, but leave what nothing changes: the copy of a world takes a tenth."""
    copied = memo[id(row)] = type(row).__new__(type(row))
    for name, value in vars(row).items():
        vars(copied)[name] = value if type(value) in UNCHANGING else deepcopy(value, memo)
    return copied


models.Model.__deepcopy__ = _copy_row


@dataclass(frozen=True)
class Attack:
    """One attempt that a trigger or a constraint refuses."""

    guard: str
    what: str
    attempt: Callable[..., Any]
    message: str
    #: Triggers that refuse the same row first; they are disabled during the attack.
    behind: tuple[str, ...] = ()
    is_on_trigger: bool = True
    roles: tuple[str, ...] = (RUNTIME,)

    def __str__(self) -> str:
        return f"{self.guard}: {self.what}" if self.what else self.guard

    def prove(self, *world: Any) -> None:
        """Assert that the attack is refused in the expected words, and not without its trigger."""
        prove([self], *world)

    def answer(self, role: str, *world: Any) -> str:
        """Return the refusal of the attempt; on a copy, as one rolled back leaves its values on the instances."""
        return refusal(lambda: self.attempt(*deepcopy(world)), role=role)


def prove(attacks: Sequence[Attack], *world: Any) -> None:
    """Assert that attacks on one guard, or on constraints, are refused in their words, and not without the trigger.

    Names of constraints are unique, so their refusal needs no second attempt.
    """
    faults, before = [], [switch(name) for name in attacks[0].behind]
    fire_deferred_triggers()  # those of the world: no trigger is disabled on a table with pending events
    with disabled(before):
        for attack in attacks:
            for role in attack.roles:
                answer = attack.answer(role, *world)
                if attack.message not in answer:
                    faults.append(f"{attack}: as the {role} role: {answer or 'let through'}")
    if attacks[0].is_on_trigger:
        with disabled([*before, switch(attacks[0].guard)]):
            for attack in attacks:
                if attack.message in attack.answer(attack.roles[-1], *world):
                    faults.append(f"{attack}: refused in the same words without the trigger")
    assert not faults, "\n".join(faults)


class Attacks(tuple[Attack, ...]):
    """Attacks on the triggers and constraints of a capability; the owner role tries the first of each trigger too."""

    #: The attacks that one test proves on one world, by trigger or by the triggers before constraints.
    by_guard: dict[str, list[Attack]]

    def __new__(
        cls,
        triggers: Iterable[Declared] = (),
        constraints: Mapping[str, Callable[..., Any]] | None = None,
        behind: Mapping[str, str | tuple[str, ...]] | None = None,
    ) -> "Attacks":
        """Collect declared attacks; `behind` names the triggers that would refuse first, by constraint or trigger."""
        before = {name: (guards,) if isinstance(guards, str) else guards for name, guards in (behind or {}).items()}
        declared = [
            *(Attack(guard, what, attempt, said, before.get(guard, ())) for guard, what, attempt, said in triggers),
            *(
                Attack(name, "", attempt, name, before.get(name, ()), False)
                for name, attempt in (constraints or {}).items()
            ),
        ]
        met: set[str] = set()
        for place, attack in enumerate(declared):
            if attack.guard not in met:
                declared[place] = replace(attack, roles=(RUNTIME, OWNER))
            met.add(attack.guard)
        attacks = super().__new__(cls, declared)
        attacks.by_guard = {}
        for attack in attacks:
            guard = attack.guard if attack.is_on_trigger else " ".join(("constraints", *attack.behind))
            attacks.by_guard.setdefault(guard, []).append(attack)
        return attacks

    def prove(self, guard: str, *world: Any) -> None:
        """Assert that the attacks on a guard are refused, and not without it."""
        prove(self.by_guard[guard], *world)


@cache
def _switches() -> dict[str, str]:
    """Map "model.trigger" to each installed trigger. Asserts that no two models share a name."""
    names = [model._meta.model_name for model in our_models()]
    assert len(names) == len(set(names)), "two models share a name"
    return {name.partition(".")[2]: installed(*found) for name, found in triggers().items()}


def switch(name: str) -> str:
    """Return the trigger "model.trigger" in the form that `refusal(without=…)` takes."""
    return _switches()[name]


def leaves(model: type[models.Model]) -> str:
    """Return the refusal of a change without an event."""
    return f"A change of {model._meta.label_lower} leaves an event in the ledger"
