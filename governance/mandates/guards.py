"""Who holds what, and the project itself, change only with an event in the ledger (architecture §6)."""

import pgtrigger

from governance.ledger.guards import leaves_an_event
from projects.models import Bidder, Delegation, Interest, Mandate, Matrix, Project
from roles.guards import refuse
from roles.models import RoleTemplate

CHANGED = pgtrigger.Insert | pgtrigger.Update

PUBLISHED_WITH_AN_EVENT = pgtrigger.Trigger(
    name="leaves_an_event",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.state <> OLD.state AND NOT (OLD.state = 'draft' AND NEW.state = 'retired') AND NOT EXISTS (
             SELECT FROM public.governance_ledgerevent
             WHERE subject = 'roles.roletemplate' AND subject_id = NEW.id AND xact = pg_current_xact_id()::text::bigint)
        THEN
          {refuse("A publication leaves an event in the ledger")}
        END IF;
        RETURN NULL;
    """,
)


def watch() -> None:
    """Register the triggers on the tables of the layer below."""
    pgtrigger.register(leaves_an_event("projects.project"))(Project)
    pgtrigger.register(leaves_an_event("projects.mandate", CHANGED))(Mandate)
    pgtrigger.register(leaves_an_event("projects.delegation", CHANGED))(Delegation)
    pgtrigger.register(leaves_an_event("projects.matrix"))(Matrix)
    pgtrigger.register(leaves_an_event("projects.bidder"))(Bidder)
    pgtrigger.register(leaves_an_event("projects.interest", CHANGED))(Interest)
    pgtrigger.register(PUBLISHED_WITH_AN_EVENT)(RoleTemplate)
