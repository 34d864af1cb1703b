"""Engine of the attacks on triggers and constraints, whoever asks.

A test module declares its attacks beside the capability they belong to and proves them one by one:

    ATTACKS = Attacks(
        triggers=[("matrix.carries_its_hash", "another hash", lambda world: …, "A matrix carries the hash")],
        constraints={"one_matrix_per_number": lambda world: …},
        behind={"one_matrix_per_number": "matrix.carries_its_hash"},
    )

    @pytest.mark.parametrize("attack", ATTACKS, ids=str)
    def test_an_attack_is_refused_and_passes_without_its_trigger(attack: Attack, world: World) -> None:
        attack.prove(world)

tests/test_attacks.py checks that no trigger and no constraint is left out.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db import models

from tests.database import OWNER, RUNTIME, installed, our_models, refusal, triggers

#: trigger as "model.trigger", what is tried, the attempt, the words of the refusal
Declared = tuple[str, str, Callable[..., Any], str]


@dataclass(frozen=True)
class Attack:
    """An attempt that one trigger or one constraint refuses."""

    guard: str
    what: str
    attempt: Callable[..., Any]
    message: str
    #: Triggers that refuse the same row before, off during the attack.
    behind: tuple[str, ...] = ()
    is_on_trigger: bool = True
    roles: tuple[str, ...] = (RUNTIME,)

    def __str__(self) -> str:
        return f"{self.guard}: {self.what}" if self.what else self.guard

    def prove(self, *world: Any) -> None:
        """Assert that the attack is refused in the expected words, and otherwise or not at all without its trigger.

        The names of constraints are unique, so that their refusal needs no second attempt.
        """

        def attempt() -> None:
            self.attempt(*deepcopy(world))  # an attempt that was undone leaves nothing behind in memory either

        before = [switch(name) for name in self.behind]
        for role in self.roles:
            answer = refusal(attempt, role=role, without=before)
            assert self.message in answer, f"as the {role} role: {answer or 'let through'}"
        if self.is_on_trigger:
            answer = refusal(attempt, role=self.roles[-1], without=[*before, switch(self.guard)])
            assert self.message not in answer, "refused in the same words without the trigger"


class Attacks(tuple[Attack, ...]):
    """Attacks on the triggers and constraints of a capability; the owner role tries the first of each trigger too."""

    def __new__(
        cls,
        triggers: Iterable[Declared] = (),
        constraints: Mapping[str, Callable[..., Any]] | None = None,
        behind: Mapping[str, str] | None = None,
    ) -> "Attacks":
        """Collect declared attacks; `behind` names the trigger that would refuse first, by constraint or trigger."""
        before = {name: (trigger,) for name, trigger in (behind or {}).items()}
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
        return super().__new__(cls, declared)


@cache
def _switches() -> dict[str, str]:
    """The installed triggers by "model.trigger"; two models of one name would be mistaken for each other."""
    names = [model._meta.model_name for model in our_models()]
    assert len(names) == len(set(names)), "two models share a name"
    return {name.partition(".")[2]: installed(*found) for name, found in triggers().items()}


def switch(name: str) -> str:
    """The trigger "model.trigger" as `refusal(without=…)` wants it."""
    return _switches()[name]


def leaves(model: type[models.Model]) -> str:
    """The refusal of a change that leaves no event."""
    return f"A change of {model._meta.label_lower} leaves an event in the ledger"
