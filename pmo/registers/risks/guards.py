"""Database guards of the risk register: scale, transitions, ratings, acceptances."""

from collections.abc import Mapping, Sequence

import pgtrigger

from core.record.guards import guard, refuse
from governance.decide.decisions.effect_guards import noted_effect
from governance.decide.decisions.seal_guards import KEY
from pmo.registers.risks.enums import DEFAULT, FOLLOWS, ISSUE_FOLLOWS


def _pairs[S: str](table: Mapping[S, Sequence[S]]) -> str:
    """Return the transitions of a table as SQL values."""
    return ", ".join(f"('{start}', '{end}')" for start, ends in table.items() for end in ends)


#: First amber level on the scale of the risk.
AMBER_FROM = f"""coalesce((SELECT s.amber_from FROM public.pmo_riskscale s WHERE s.id = NEW.scale_id),
    {DEFAULT.amber_from})"""
#: Current level of a risk: the residual one, else the initial one.
LEVEL = "coalesce(NEW.residual_likelihood * NEW.residual_impact, NEW.likelihood * NEW.impact)"

_SIZE = f"coalesce((SELECT s.size FROM public.pmo_riskscale s WHERE s.id = NEW.scale_id), {DEFAULT.size})"


def rated_on_its_scale(*columns: str) -> pgtrigger.Trigger:
    """Build the guard on scale and grades.

    The scale belongs to the project or to one of its parents; these columns hold grades of it.
    """
    highest = ", ".join(f"NEW.{column}" for column in columns)
    return guard(
        "is_rated_on_its_scale",
        pgtrigger.Insert | pgtrigger.Update,
        f"""
        IF NEW.scale_id IS NOT NULL AND NOT EXISTS (
             SELECT FROM public.pmo_riskscale s
             JOIN public.projects_project p ON p.id = NEW.project_id
             LEFT JOIN public.projects_project above ON above.id = p.parent_id
             WHERE s.id = NEW.scale_id AND s.project_id IN (p.id, p.parent_id, above.parent_id)) THEN
          {refuse("The scale of a risk is that of its project, or of what the project is part of")}
        END IF;
        IF greatest({highest}) > {_SIZE} THEN
          {refuse("A rating is a grade of its scale")}
        END IF;
        """,
    )


FOLLOWS_ITS_LIFE = guard(
    "follows_its_life",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF TG_OP = 'INSERT' AND NEW.status <> 'proposed' THEN
      {refuse("A risk is proposed when it is raised")}
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN ({_pairs(FOLLOWS)}) THEN
      {refuse("A risk follows its life: proposed, assessed, treated, then what became of it")}
    END IF;
    """,
)

STAYS_AT_WHAT_WAS_ACCEPTED = guard(
    "stays_at_what_was_accepted",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF NEW.acceptance_id IS NOT NULL AND (NEW.status <> 'accepted' OR NOT EXISTS (
         SELECT FROM public.pmo_riskacceptance a
         WHERE a.id = NEW.acceptance_id AND a.risk_id = NEW.id AND a.scale_id IS NOT DISTINCT FROM NEW.scale_id
           AND {LEVEL} <= a.likelihood * a.impact)) THEN
      {refuse("An acceptance holds for its own risk, up to the level that was accepted: a rise reopens it")}
    END IF;
    IF NEW.status = 'accepted' AND NEW.acceptance_id IS NULL AND {LEVEL} >= {AMBER_FROM} THEN
      {refuse("A risk that is amber or red is accepted by a decision of the owner (R1, R9)")}
    END IF;
    """,
)


def _last(kind: str) -> str:
    """Return the newest rating of this kind of the risk NEW."""
    return f"""(SELECT (r.likelihood, r.impact) FROM public.pmo_riskrating r
                WHERE r.risk_id = NEW.id AND r.kind = '{kind}' ORDER BY r.id DESC LIMIT 1)"""


#: Deferred: at the end of the act, the risk must match its newest ratings, so that no rating is lost.
KEEPS_EVERY_RATING = pgtrigger.Trigger(
    name="keeps_every_rating",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF EXISTS (SELECT FROM public.pmo_risk now WHERE now.id = NEW.id AND (
             (now.likelihood, now.impact) IS DISTINCT FROM {_last("initial")}
             OR (now.residual_likelihood IS NOT NULL OR {_last("residual")} IS NOT NULL)
               AND (now.residual_likelihood, now.residual_impact) IS DISTINCT FROM {_last("residual")})) THEN
          {refuse("Each rating of a risk is kept beside it")}
        END IF;
        RETURN NULL;
    """,
)

HAPPENED_AS_AN_ISSUE = pgtrigger.Trigger(
    name="happened_as_an_issue",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.status = 'materialised' AND NEW.status <> OLD.status AND NOT EXISTS (
             SELECT FROM public.pmo_issue i WHERE i.risk_id = NEW.id) THEN
          {refuse("A risk that happened has become an issue")}
        END IF;
        RETURN NULL;
    """,
)

ISSUE_FOLLOWS_ITS_LIFE = guard(
    "follows_its_life",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF TG_OP = 'INSERT' AND NEW.state <> 'open' THEN
      {refuse("An issue is open when it is raised")}
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({_pairs(ISSUE_FOLLOWS)}) THEN
      {refuse("An issue is resolved or postponed, then closed; a closed one is raised again")}
    END IF;
    """,
)

ENDS_AFTER_IT_BEGINS = guard(
    "ends_after_it_begins",
    pgtrigger.Insert,
    f"""
    IF NEW.valid_until < (NEW.acted_at AT TIME ZONE public.ouvrage_zone())::date THEN
      {refuse("An acceptance ends after it begins (R11)")}
    END IF;
    """,
)


def _is_decided(acceptance: str) -> str:
    """Return the condition that this transaction recorded the effect of a decision on an acceptance."""
    return f"""EXISTS ({noted_effect("risk_acceptance")} AND e.subject = 'pmo.riskacceptance'
             AND e.subject_id = {acceptance} AND e.after <> '')"""


ACCEPTED_BY_THE_OWNER = pgtrigger.Trigger(
    name="is_accepted_by_the_owner",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.acceptance_id IS NOT NULL AND NEW.acceptance_id IS DISTINCT FROM OLD.acceptance_id
           AND NOT {_is_decided("NEW.acceptance_id")} THEN
          {refuse("Only a decision of the owner accepts a risk (R1, R9)")}
        END IF;
        RETURN NULL;
    """,
)

DECIDED_BY_THE_OWNER = pgtrigger.Trigger(
    name="is_decided_by_the_owner",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NOT {_is_decided("NEW.id")} THEN
          {refuse("Only a decision of the owner makes an acceptance (R1, R9)")}
        END IF;
        RETURN NULL;
    """,
)


def _is_above(risk: str) -> str:
    """Return the condition that a risk is rated above its acceptance `a`, or on another scale."""
    return f"""({risk}.scale_id IS DISTINCT FROM a.scale_id
             OR a.likelihood * a.impact < coalesce({risk}.residual_likelihood, {risk}.likelihood)
                                          * coalesce({risk}.residual_impact, {risk}.impact))"""


#: SQL: the term that names the risk `r` at its present rating, and the number of its ratings.
RATING_NOW = """r.code || ':' || coalesce(r.residual_likelihood, r.likelihood) || 'x'
      || coalesce(r.residual_impact, r.impact) || ':'
      || (SELECT count(*) FROM public.pmo_riskrating g WHERE g.risk_id = r.id)"""

#: SQL condition of a seal break: the risk was rated above what the decision accepted, by the same act.
RATED_ABOVE_ITS_ACCEPTANCE = f"""EXISTS (
      SELECT FROM public.pmo_risk r JOIN public.pmo_riskacceptance a ON a.risk_id = r.id
      JOIN public.pmo_riskrating rated ON rated.risk_id = r.id AND rated.acted_at = NEW.acted_at
      JOIN public.governance_effect e ON e.subject = 'pmo.riskacceptance' AND e.subject_id = a.id AND e.after <> ''
      WHERE r.id = {KEY} AND NEW.after = {RATING_NOW} AND {_is_above("r")} AND e.decision_id = NEW.decision_id)"""

TELLS_WHAT_ACCEPTED_IT = pgtrigger.Trigger(
    name="tells_what_accepted_it",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF OLD.acceptance_id IS NOT NULL AND NEW.acceptance_id IS NULL AND EXISTS (
             SELECT FROM public.pmo_riskacceptance a JOIN public.governance_effect e
               ON e.subject = 'pmo.riskacceptance' AND e.subject_id = a.id AND e.after <> ''
             WHERE a.id = OLD.acceptance_id AND {_is_above("NEW")} AND NOT EXISTS (
               SELECT FROM public.governance_sealbreak b
               WHERE b.decision_id = e.decision_id AND b.item = 'risk:' || NEW.id AND b.acted_at >= a.acted_at)) THEN
          {refuse("A risk above its acceptance tells the decision that accepted it (R6, R9)")}
        END IF;
        RETURN NULL;
    """,
)
