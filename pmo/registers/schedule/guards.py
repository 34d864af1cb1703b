"""Database guards of the schedule: every forecast is recorded, and a change has a reason."""

import pgtrigger

from core.record.guards import deferred, guard, refuse
from governance.decide.decisions.seal_guards import APPROVALS_SQL, KEY, decided_terms
from projects.enums import Workspace
from roles.enums import DecisionKind

#: SQL query: the last decision on the end of the project `{project}`, with the day it set, while it is in force.
SET_THE_END = f"""
      SELECT d.id, e.after AS ends_on
      FROM (SELECT * FROM public.governance_effect last
            WHERE last.subject = 'projects.project' AND last.subject_id = {{project}} AND last.field = 'ends_on'
            ORDER BY last.id DESC LIMIT 1) AS e
      JOIN public.governance_decision d ON d.id = e.decision_id
      JOIN public.governance_proposalrevision r ON r.id = d.revision_id
      WHERE {decided_terms("d", "r").replace("{}", "{{}}")} ->> 'ends_on' = e.after
        AND NOT EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = d.id)"""

#: SQL condition of a seal break: a milestone of the project is expected after the end that was decided.
EXPECTED_AFTER_THE_END = f"""EXISTS (
      SELECT FROM public.pmo_milestoneforecast f
      CROSS JOIN LATERAL ({SET_THE_END.format(project="f.project_id")}) AS decided
      WHERE f.milestone_id = {KEY} AND f.acted_at = NEW.acted_at AND decided.id = NEW.decision_id
        AND decided.ends_on = NEW.before AND to_char(f.forecast_on, 'YYYY-MM-DD') = NEW.after
        AND NEW.after > NEW.before)"""

TELLS_WHAT_SET_THE_END = deferred(
    "tells_what_set_the_end",
    pgtrigger.Insert,
    f"""
        IF EXISTS (
             SELECT FROM ({SET_THE_END.format(project="NEW.project_id")}) AS decided
             WHERE to_char(NEW.forecast_on, 'YYYY-MM-DD') > decided.ends_on AND NOT EXISTS (
               SELECT FROM public.governance_sealbreak b
               WHERE b.decision_id = decided.id AND b.item = 'milestone:' || NEW.milestone_id
                 AND b.after = to_char(NEW.forecast_on, 'YYYY-MM-DD'))) THEN
          {refuse("A milestone after the decided end tells the decision that set it (R6)")}
        END IF;
    """,
)

KEEPS_ITS_FORECASTS = deferred(
    "keeps_its_forecasts",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
        IF (SELECT m.forecast_on FROM public.pmo_milestone m WHERE m.id = NEW.id) IS DISTINCT FROM (
             SELECT f.forecast_on FROM public.pmo_milestoneforecast f
             WHERE f.milestone_id = NEW.id ORDER BY f.id DESC LIMIT 1) THEN
          {refuse("Every forecast of a milestone is kept")}
        END IF;
    """,
)

SAYS_WHY_IT_MOVES = guard(
    "says_why_it_moves",
    pgtrigger.Insert,
    f"""
    IF NEW.reason = '' AND EXISTS (
         SELECT FROM public.pmo_milestoneforecast f WHERE f.milestone_id = NEW.milestone_id) THEN
      {refuse("A forecast that moves says why")}
    END IF;
    """,
)

PROVIDED_BY_THE_OTHER = guard(
    "is_provided_by_the_other_project",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF NEW.provided_by_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.pmo_milestone m WHERE m.id = NEW.provided_by_id AND m.project_id = NEW.needs_id) THEN
      {refuse("A dependency is provided by a milestone of the project it needs")}
    END IF;
    """,
)

#: SQL query: what a project `NEW.project_id` needs before the day on which the other one forecasts it, as of `today`
#: (pmo.registers.schedule.models.Dependency.is_late).
LATE_DEPENDENCIES = """
      SELECT d.id FROM public.pmo_dependency d LEFT JOIN public.pmo_milestone m ON m.id = d.provided_by_id
      WHERE d.project_id = NEW.project_id AND d.state = 'open' AND d.needed_on < CASE
        WHEN m.id IS NULL THEN d.provided_on ELSE coalesce(m.actual_on, greatest(m.forecast_on, today)) END"""

PLANNED_KNOWINGLY = guard(
    "says_a_word_on_each_late_dependency",
    pgtrigger.Insert,
    f"""
    IF NEW.outcome NOT IN ({APPROVALS_SQL}) OR NEW.changes_nothing OR public.ouvrage_back_entry() IS NOT NULL
       OR NOT EXISTS (
         SELECT FROM public.governance_proposal f JOIN public.projects_project p ON p.id = f.project_id
         WHERE f.id = NEW.proposal_id AND f.kind IN ('{DecisionKind.SCHEDULE}', '{DecisionKind.GATE}')
           AND '{Workspace.STEERING}' = ANY (p.workspaces)) THEN
      RETURN NEW;
    END IF;
    today := (NEW.acted_at AT TIME ZONE public.ouvrage_zone())::date;
    IF EXISTS (
         SELECT FROM ({LATE_DEPENDENCIES}) AS late
         WHERE NOT NEW.settled @> jsonb_build_array(jsonb_build_object('item', 'dependency:' || late.id))) THEN
      {refuse("What is needed before it is forecast passes only with the word of the owner on it")}
    END IF;
    """,
    today="date",
)
