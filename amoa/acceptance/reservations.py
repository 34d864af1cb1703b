"""Triggers on conditions that name a defect: it must be open, and lifting the condition closes it."""

import pgtrigger

from amoa.acceptance.models import Defect
from core.record.guards import deferred, guard, refuse
from governance.decide.decisions.models import Condition
from governance.enums import Outcome

NAMES_A_DEFECT = f"subject = '{Defect._meta.label_lower}'"

RESERVES_A_DEFECT_OF_ITS_PROJECT = guard(
    "reserves_a_defect_of_its_project",
    pgtrigger.Insert,
    f"""
    IF NEW.{NAMES_A_DEFECT} AND NOT EXISTS (
         SELECT FROM public.amoa_defect f JOIN public.governance_decision d ON d.project_id = f.project_id
         WHERE f.id = NEW.subject_id AND f.state <> 'closed'
           AND d.id = NEW.decision_id AND d.outcome = '{Outcome.ACCEPTED_WITH_RESERVATIONS}') THEN
      {refuse("A reservation names a defect of its project that is not settled")}
    END IF;
    """,
)

CLOSES_ITS_DEFECT = deferred(
    "closes_its_defect_when_lifted",
    pgtrigger.Update,
    f"""
        IF NEW.state = 'met' AND NEW.{NAMES_A_DEFECT} AND EXISTS (
             SELECT FROM public.amoa_defect WHERE id = NEW.subject_id AND state <> 'closed') THEN
          {refuse("The defect that a reservation names is closed when the reservation is lifted")}
        END IF;
    """,
)


def register_triggers() -> None:
    """Register both triggers on Condition, a model of another app."""
    pgtrigger.register(RESERVES_A_DEFECT_OF_ITS_PROJECT, CLOSES_ITS_DEFECT)(Condition)
