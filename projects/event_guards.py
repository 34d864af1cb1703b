"""Triggers that require a ledger event for each change of a governed row."""

from collections.abc import Callable
from typing import Any

import pgtrigger
from django.db import models

from core.record.guards import refuse

#: pgtrigger formats `{meta.label_lower}` for each table.
UNRECORDED = "A change of {meta.label_lower} leaves an event in the ledger"
#: Conditions in SQL that an event covers an update without being about its row, from the label of the model in
#: `{subject}`; an app above adds its own before triggers are installed.
ALSO_COVERING: list[str] = []


def leaves_an_event(operation: Any = pgtrigger.Insert) -> pgtrigger.Trigger:
    """Build a deferred trigger: a change needs an event about the row in the same transaction.

    An update may also be covered by what an app above adds, such as the event of an erasure.
    """

    def describe(model: type[models.Model]) -> str:
        events = [f"subject = '{model._meta.label_lower}' AND subject_id = NEW.id"]
        if operation != pgtrigger.Insert:
            events += [condition.format(subject=model._meta.label_lower) for condition in ALSO_COVERING]
        return f"({' OR '.join(events)})"

    return LeavesAnEvent(operation, describe)


def leaves_an_event_of_its_proposal(proposal: str) -> pgtrigger.Trigger:
    """Build the trigger for rows of a dossier: any event of the proposal in column `proposal` will do."""
    return LeavesAnEvent(pgtrigger.Insert | pgtrigger.Update, lambda _model: f"proposal_id = NEW.{proposal}")


def leaves_an_event_of_its_project() -> pgtrigger.Trigger:
    """Build the trigger for bulk changes: the newest event of the project must be of this transaction."""
    return pgtrigger.Trigger(
        name="leaves_an_event",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        func=pgtrigger.Func(  # type: ignore[no-untyped-call]
            f"""
            IF pg_current_xact_id()::text::bigint IS DISTINCT FROM (
                 SELECT xact FROM public.projects_ledgerevent
                 WHERE project_id = NEW.project_id ORDER BY seq DESC LIMIT 1) THEN
              {refuse(UNRECORDED)}
            END IF;
            RETURN NULL;
        """
        ),
    )


class LeavesAnEvent(pgtrigger.Trigger):
    """A deferred trigger: a change needs an event of its transaction for which `describe` gives the condition in SQL.

    The condition is written when triggers are installed, once every app has added its own.
    """

    when = pgtrigger.After
    timing = pgtrigger.Deferred

    def __init__(self, operation: Any, describe: Callable[[type[models.Model]], str]) -> None:
        super().__init__(name="leaves_an_event", operation=operation)
        self.describe = describe

    def get_func(self, model: Any) -> str:
        """Return the body of the trigger on the table of `model`."""
        return f"""
            IF NOT EXISTS (SELECT FROM public.projects_ledgerevent
                           WHERE {self.describe(model)} AND xact = pg_current_xact_id()::text::bigint) THEN
              {refuse(UNRECORDED.format(meta=model._meta))}
            END IF;
            RETURN NULL;
        """
