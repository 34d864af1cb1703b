"""Triggers that require a ledger event for each change of a governed row."""

from typing import Any

import pgtrigger

from core.guards import refuse

#: pgtrigger formats `{meta.label_lower}` for each table.
UNRECORDED = "A change of {meta.label_lower} leaves an event in the ledger"


def leaves_an_event(operation: Any = pgtrigger.Insert) -> pgtrigger.Trigger:
    """Build a deferred trigger: a change needs an event about the row in the same transaction.

    An update may also be covered by the event of an erasure.
    """
    event = "subject = '{meta.label_lower}' AND subject_id = NEW.id"
    if operation != pgtrigger.Insert:
        event = f"""({event} OR subject = 'governance.erasure' AND subject_id IN (
                SELECT e.id FROM public.governance_erasure e
                WHERE e.subject = '{{meta.label_lower}}' AND e.subject_id = NEW.id::text))"""
    return _leaves(operation, event)


def leaves_an_event_of_its_proposal(proposal: str) -> pgtrigger.Trigger:
    """Build the trigger for rows of a dossier: any event of the proposal in column `proposal` will do."""
    return _leaves(pgtrigger.Insert | pgtrigger.Update, f"proposal_id = NEW.{proposal}")


def leaves_an_event_of_its_decision() -> pgtrigger.Trigger:
    """Build the trigger for rows that follow from a decision, from its last condition, or from a lapse."""
    decided = "(SELECT proposal_id FROM public.governance_decision WHERE id = NEW.decision_id)"
    return _leaves(pgtrigger.Insert, f"proposal_id = {decided} AND act IN ('decide', 'lift', 'waive', 'lapse')")


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
