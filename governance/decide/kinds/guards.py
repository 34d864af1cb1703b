"""Triggers generated from the registered kinds at installation."""

from collections.abc import Callable
from typing import Any

import pgtrigger

from core.record.guards import Guard, refuse
from governance.decide.kinds.registry import kinds, parts
from governance.enums import ACCEPTANCES, APPROVALS
from projects.enums import AT_REST


class RegistryGuard(Guard):
    """A BEFORE row trigger whose `body` is generated from the registry at each installation."""

    def __init__(self, name: str, operation: Any, body: Callable[[], str], **declare: str) -> None:
        super().__init__(name=name, operation=operation, declare=list(declare.items()))
        self.body = body

    def get_func(self, model: Any) -> str:
        self.func = f"{self.body()}\nRETURN NEW;"
        return super().get_func(model)


class DeferredRegistryGuard(pgtrigger.Trigger):
    """An AFTER row trigger at the end of the transaction, generated as RegistryGuard."""

    when = pgtrigger.After
    timing = pgtrigger.Deferred

    def __init__(self, name: str, operation: Any, body: Callable[[], str]) -> None:
        super().__init__(name=name, operation=operation)
        self.body = body

    def get_func(self, model: Any) -> str:
        """Return the trigger function."""
        return f"{self.body()}\nRETURN NULL;"


def _listed(texts: Any) -> str:
    return ", ".join(f"'{text}'" for text in sorted(texts)) or "NULL"


def _known_kind() -> str:
    return f"""
    IF (TG_OP = 'INSERT' OR NEW.kind <> OLD.kind) AND NEW.kind NOT IN ({_listed(kind.code for kind in kinds())}) THEN
      {refuse("A proposal is of a kind that the product knows")}
    END IF;
    """


def _words_of_its_kind() -> str:
    accepting = _listed(kind.code for kind in kinds() if set(ACCEPTANCES) & set(kind.outcomes))
    return f"""
    IF NEW.outcome IN ({_listed(APPROVALS)}) AND (NEW.outcome IN ({_listed(ACCEPTANCES)})) IS DISTINCT FROM (
         SELECT coalesce(kind IN ({accepting}), false) FROM public.governance_proposal WHERE id = NEW.proposal_id) THEN
      {refuse("What is delivered is accepted; anything else is approved")}
    END IF;
    """


def _known_part() -> str:
    known = _listed(f"{part.field} {part.subject._meta.label_lower}" for part in parts())
    return f"""
    IF split_part(NEW.field, ':', 1) || ' ' || NEW.subject NOT IN ({known}) THEN
      {refuse("An effect is on a part that a kind of decision changes")}
    END IF;
    """


def _of_each_option(sql: str) -> str:
    """Return a condition of a submission as one on the terms and the amount of an option."""
    return sql.replace("NEW.terms", "asked").replace("NEW.amount", "committed")


def _needs_of_its_kind() -> str:
    """Return the body of the trigger that asks for the terms of the kind, of each option that changes something."""
    checks = "".join(
        f"""
      IF file.kind = '{kind.code}' AND NOT coalesce(({_of_each_option(need.sql)}), false) THEN
        {refuse(need.refusal)}
      END IF;"""
        for kind in kinds()
        for need in kind.all_needs
    )
    return f"""
    SELECT * INTO file FROM public.governance_proposal WHERE id = NEW.proposal_id;
    FOR asked, committed IN
      SELECT NEW.terms, NEW.amount
      UNION ALL SELECT coalesce(own -> 'terms', '{{}}'), nullif(own ->> 'amount', '')::numeric
      FROM jsonb_each(NEW.alternatives) AS other(letter, own)
    LOOP{checks}
    END LOOP;
    """


def _of_a_kind_decided_at_rest() -> str:
    decided = {state: _listed(kind.code for kind in kinds() if state in kind.decides_at_rest) for state in AT_REST}
    waits = " OR ".join(f"p.state = '{state}' AND answered.kind NOT IN ({decided[state]})" for state in sorted(AT_REST))
    return f"""
    SELECT * INTO answered FROM public.governance_proposal WHERE id = NEW.proposal_id;
    SELECT {waits} INTO waits FROM public.projects_project p WHERE p.id = answered.project_id FOR SHARE;
    IF waits AND public.ouvrage_back_entry() IS NULL THEN
      {refuse("A project at rest decides only what leads out of it, and appointments while suspended")}
    END IF;
    """


def _waits_at_rest(name: str) -> RegistryGuard:
    """Build the trigger for what is submitted or decided on a proposal."""
    return RegistryGuard(
        name, pgtrigger.Insert, _of_a_kind_decided_at_rest, answered="public.governance_proposal", waits="boolean"
    )


DECIDED_WHILE_IT_GOES_ON = _waits_at_rest("is_decided_while_its_project_goes_on")
SUBMITTED_WHILE_IT_GOES_ON = _waits_at_rest("is_submitted_while_its_project_goes_on")

HAS_WHAT_ITS_KIND_NEEDS = RegistryGuard(
    "names_what_its_kind_needs",
    pgtrigger.Insert,
    _needs_of_its_kind,
    file="public.governance_proposal",
    asked="jsonb",
    committed="numeric",
)
OF_A_KNOWN_KIND = RegistryGuard("is_of_a_known_kind", pgtrigger.Insert | pgtrigger.Update, _known_kind)
ANSWERED_IN_THE_WORDS_OF_ITS_KIND = RegistryGuard("is_an_answer_of_its_kind", pgtrigger.Insert, _words_of_its_kind)
ON_A_KNOWN_PART = RegistryGuard("is_on_a_part_of_a_kind", pgtrigger.Insert, _known_part)
