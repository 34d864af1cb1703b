"""Triggers that ask for an event of the ledger beside each change of a governed row."""

from typing import Any

import pgtrigger

from core.guards import refuse

#: Rendered for the table of each trigger.
UNRECORDED = "A change of {meta.label_lower} leaves an event in the ledger"


def leaves_an_event(operation: Any = pgtrigger.Insert) -> pgtrigger.Trigger:
    """Deferred trigger: each of these changes of a row is the subject of an event written beside it.

    A change may also be an erasure, which is the subject of its own event.
    """
    event = "subject = '{meta.label_lower}' AND subject_id = NEW.id"
    if operation != pgtrigger.Insert:
        event = f"""({event} OR subject = 'governance.erasure' AND subject_id IN (
                SELECT e.id FROM public.governance_erasure e
                WHERE e.subject = '{{meta.label_lower}}' AND e.subject_id = NEW.id::text))"""
    return _leaves(operation, event)


def leaves_an_event_of_its_proposal(proposal: str) -> pgtrigger.Trigger:
    """The same for a row of a decision file, whose changes follow from acts on other rows; `proposal` is its column."""
    return _leaves(pgtrigger.Insert | pgtrigger.Update, f"proposal_id = NEW.{proposal}")


def leaves_an_event_of_its_decision() -> pgtrigger.Trigger:
    """The same for a row that follows from a decision, at once or when its last condition is lifted or waived."""
    decided = "(SELECT proposal_id FROM public.governance_decision WHERE id = NEW.decision_id)"
    return _leaves(pgtrigger.Insert, f"proposal_id = {decided} AND act IN ('decide', 'lift', 'waive')")


def leaves_an_event_of_its_project() -> pgtrigger.Trigger:
    """The same for rows of which one act may change many: its event is the newest of the project."""
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


def _leaves(operation: Any, event: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="leaves_an_event",
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        func=pgtrigger.Func(  # type: ignore[no-untyped-call]
            f"""
            IF NOT EXISTS (SELECT FROM public.projects_ledgerevent
                           WHERE {event} AND xact = pg_current_xact_id()::text::bigint) THEN
              {refuse(UNRECORDED)}
            END IF;
            RETURN NULL;
        """
        ),
    )
