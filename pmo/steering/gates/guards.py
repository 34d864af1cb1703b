"""Triggers of gates: a revision freezes each entry criterion that the rows tell is not met, and an approval answers it.

The SQL twin of criteria.py. What only Python computes, the automatic checks of standards, the service alone asks for.
"""

from collections.abc import Iterable

import pgtrigger

from core.record.guards import deferred, guard, refuse
from governance.decide.decisions.seal_guards import APPROVALS_SQL, decided_terms
from governance.enums import Settled
from pmo import business_side
from pmo.registers.risks.enums import DEFAULT, OPEN, RiskStatus
from pmo.standards.conformity.enums import FAILED
from pmo.steering.gates.enums import COVERED_FROM
from pmo.steering.gates.level_criteria import LEVEL_CRITERIA
from pmo.steering.gates.stages import REPEATED
from projects.enums import Level, Workspace
from projects.project.gates import level_gates_sql
from projects.project.guards import changed_duties_sql, lacking_sql
from roles.enums import DecisionKind


def _listed(values: object) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))  # type: ignore[call-overload]


#: No holder has accepted other responsibilities than those of now; of a provider who comes by a gate nobody asks it.
ACCEPTED = f"""AND (r ->> 'authority' = 'delivers' AND here.provider_gate <> ''
          OR NOT {changed_duties_sql("here.id", "here.matrix_id", "r ->> 'code'", "m.accepted_at")})"""
#: The roles are approved, or by the decision that passes the gate.
ROLES = f"""NOT (here.matrix_approved OR approving) OR EXISTS (
      {lacking_sql("here", "here.provider_gate <> '' AND here.provider_gate > passing", ACCEPTED)})"""

#: Standards of the nearest mandatory library, and their checkpoints that people check.
STANDARDS = f"""EXISTS (
      SELECT FROM (
        SELECT DISTINCT ON (s.code) v.id, v.from_gate FROM public.pmo_standardversion v
        JOIN public.pmo_standard s ON s.id = v.standard_id
        JOIN (VALUES (here.id, 0), (here.parent_id, 1),
                ((SELECT parent_id FROM public.projects_project WHERE id = here.parent_id), 2)) AS library(id, place)
          ON library.id = s.project_id
        WHERE v.mandatory AND v.state <> 'draft' AND v.effective_from <= today
          AND (v.effective_to IS NULL OR v.effective_to > today) AND here.level = ANY (v.levels)
          AND EXISTS (SELECT FROM public.pmo_standardcheckpoint c WHERE c.version_id = v.id)
        ORDER BY s.code, library.place DESC) AS held
      JOIN public.pmo_standardcheckpoint c ON c.version_id = held.id AND c.computed = ''
      WHERE held.from_gate <= passing
        AND NOT EXISTS (
          SELECT FROM public.pmo_waiver w
          WHERE w.project_id = here.id AND c.id = ANY (w.checkpoints) AND today BETWEEN w.starts_on AND w.ends_on
            AND NOT EXISTS (SELECT FROM public.pmo_waiverend e WHERE e.waiver_id = w.id AND e.ended_on <= today))
        AND coalesce((
          SELECT k.result FROM public.pmo_conformitycheck k WHERE k.project_id = here.id AND k.checkpoint_id = c.id
          ORDER BY k.id DESC LIMIT 1) IN ({_listed(FAILED)}), true))"""

RISKS = f"""EXISTS (
      SELECT FROM public.pmo_risk r LEFT JOIN public.pmo_riskscale s ON s.id = r.scale_id
      LEFT JOIN public.pmo_riskacceptance a ON a.id = r.acceptance_id
      WHERE r.project_id = here.id AND NOT r.opportunity AND r.status IN ({_listed(OPEN)})
        AND coalesce(r.residual_likelihood * r.residual_impact, r.likelihood * r.impact)
          >= coalesce(s.red_from, {DEFAULT.red_from})
        AND NOT (r.status = '{RiskStatus.ACCEPTED}' AND coalesce(a.valid_until >= today, false)))"""

#: SQL condition: the repeated gate of a programme, and no other one, ends a stage of its schedule.
ENDS_A_STAGE = f"""public.ouvrage_back_entry() IS NOT NULL OR EXISTS (
      SELECT FROM public.projects_project p WHERE p.id = file.project_id
        AND (NEW.terms ->> 'gate' = '{REPEATED}' AND p.level = '{Level.PROGRAMME}' AND {level_gates_sql("p")})
          = EXISTS (SELECT FROM public.pmo_milestone m WHERE m.project_id = p.id AND m.gate = '{REPEATED}'
                    AND m.code = NEW.terms ->> 'stage'))"""

#: Name of an entry criterion (criteria.py) → SQL condition that it is not met.
UNMET = (
    ("roles", ROLES),
    ("standards", f"'{Workspace.STANDARDS}' = ANY (here.workspaces) AND {STANDARDS}"),
    ("risks", f"'{Workspace.RISKS}' = ANY (here.workspaces) AND {RISKS}"),
    (
        "musts",
        f"""passing >= '{COVERED_FROM}' AND '{Workspace.REQUIREMENTS}' = ANY (here.workspaces)
      AND NOT {level_gates_sql("here")} AND {business_side.uncovered_sql("here.id")}""",
    ),
    *((criterion.name, criterion.unmet_sql) for criterion in LEVEL_CRITERIA if not criterion.strict),
)
#: Those that no word of the owner passes.
STRICT = tuple((criterion.name, criterion.unmet_sql) for criterion in LEVEL_CRITERIA if criterion.strict)

DECLARED = {
    "passing": "text",
    "approving": "boolean",
    "here": "public.projects_project",
    "said": "jsonb",
    "moment": "timestamptz",
    "today": "date",
    "criterion": "text",
}


def _refuse_unmet(criteria: Iterable[tuple[str, str]], but: str, sentence: str) -> str:
    """Return the statements that refuse one of these criteria of the gate `passing` that is not met, unless `but`.

    `but` reads the name in `criterion`; the project is in `here`.
    """
    unmet = ", ".join(f"('{name}', {sql})" for name, sql in criteria)
    return f"""
    SELECT content INTO said FROM public.projects_matrix WHERE id = here.matrix_id;
    moment := NEW.acted_at;
    today := (moment AT TIME ZONE public.ouvrage_zone())::date;
    FOR criterion IN SELECT unmet.name FROM (VALUES {unmet}) AS unmet(name, holds) WHERE unmet.holds LOOP
      IF NOT EXISTS ({but}) THEN
        {refuse(sentence)}
      END IF;
    END LOOP;
    """


SETTLED = f"""SELECT FROM jsonb_array_elements(NEW.settled) AS word
           WHERE word ->> 'item' = 'criterion:' || criterion AND word ->> 'fate' = '{Settled.WITHOUT}'"""
FROZEN = """SELECT FROM jsonb_array_elements(NEW.snapshot) AS part, jsonb_array_elements(part -> 'figures') AS figure
           WHERE part ->> 'name' = 'criteria' AND figure ->> 'name' = criterion AND figure ->> 'met' = 'no'"""

#: Reads the gate that a decision passes; nothing is asked of another decision.
READ_PASSING = f"""
    IF NEW.outcome NOT IN ({APPROVALS_SQL}) OR public.ouvrage_back_entry() IS NOT NULL THEN
      RETURN NEW;
    END IF;
    SELECT decided.terms ->> 'gate', jsonb_exists(decided.terms, 'matrix') INTO passing, approving FROM (
      SELECT f.kind, {decided_terms("NEW", "r")} AS terms FROM public.governance_proposalrevision r
    JOIN public.governance_proposal f ON f.id = r.proposal_id
      WHERE r.id = NEW.revision_id) AS decided
    WHERE decided.kind = '{DecisionKind.GATE}';
    IF passing IS NULL THEN
      RETURN NEW;
    END IF;
    SELECT * INTO here FROM public.projects_project WHERE id = NEW.project_id;
    """

PASSED_KNOWINGLY = guard(
    "says_a_word_on_each_unmet_criterion",
    pgtrigger.Insert,
    READ_PASSING
    + _refuse_unmet(
        UNMET, SETTLED, "A gate is passed without an entry criterion only with the word of the owner on it"
    ),
    **DECLARED,
)

PASSED_WITH_WHAT_IT_REQUIRES = deferred(
    "passes_with_what_it_requires",
    pgtrigger.Insert,
    READ_PASSING + _refuse_unmet(STRICT, "SELECT WHERE false", "No word passes a gate without what it requires"),
    **DECLARED,
)

SUBMITTED_WITH_ITS_GAPS = guard(
    "freezes_each_unmet_criterion",
    pgtrigger.Insert,
    f"""
    passing := NEW.terms ->> 'gate';
    approving := jsonb_exists(NEW.terms, 'matrix');
    IF passing IS NULL OR public.ouvrage_back_entry() IS NOT NULL THEN
      RETURN NEW;
    END IF;
    SELECT p.* INTO here FROM public.projects_project p JOIN public.governance_proposal f ON f.project_id = p.id
    WHERE f.id = NEW.proposal_id AND f.kind = '{DecisionKind.GATE}';
    IF here.id IS NULL THEN
      RETURN NEW;
    END IF;
    {_refuse_unmet([*UNMET, *STRICT], FROZEN, "A gate is submitted with each entry criterion that is not met")}
    """,
    **DECLARED,
)
