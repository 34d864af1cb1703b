"""A record without its event is refused when the transaction ends (architecture §6)."""

import pgtrigger

from roles.guards import refuse


def leaves_an_event(label: str) -> pgtrigger.Trigger:
    """Deferred trigger for a table whose every new row is the subject of a ledger event; `label` is app.model."""
    return pgtrigger.Trigger(
        name="leaves_an_event",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=f"""
            IF NOT EXISTS (SELECT FROM public.governance_ledgerevent
                           WHERE subject = '{label}' AND subject_id = NEW.id) THEN
              {refuse(f"A new {label} leaves an event in the ledger")}
            END IF;
            RETURN NULL;
        """,
    )
