"""Database guards of checks and of waivers (R9).

A check is on a standard that holds, with evidence of its project. A waiver covers what may be waived, for a time, by a
decision of the owner.
"""

import pgtrigger

from core.record.guards import deferred, guard, refuse
from governance.decide.decisions.seal_guards import decided_terms
from projects.documents.guards import of_its_project
from projects.seat_guards import decides

#: Longest duration of a waiver, in months.
MOST_MONTHS = 24

#: Day of the act in the time zone of the organisation.
TODAY = "(coalesce(public.ouvrage_back_entry(), clock_timestamp()) AT TIME ZONE public.ouvrage_zone())::date"

#: Effect on this waiver, recorded in this transaction by a decision on its project.
EFFECT = """SELECT FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
    WHERE e.subject = 'pmo.waiver' AND e.subject_id = {waiver} AND d.project_id = NEW.project_id
      AND e.recorded_at >= transaction_timestamp() AND """

CHECKS_WHAT_HOLDS = guard(
    "checks_what_holds_for_its_project",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (
         SELECT FROM public.pmo_standardcheckpoint c
         JOIN public.pmo_standardversion v ON v.id = c.version_id
         JOIN public.pmo_standard s ON s.id = v.standard_id
         JOIN public.projects_project p ON p.id = NEW.project_id
         LEFT JOIN public.projects_project above ON above.id = p.parent_id
         WHERE c.id = NEW.checkpoint_id AND v.state <> 'draft'
           AND s.project_id IN (p.id, p.parent_id, above.parent_id)) THEN
      {refuse("A check is on a checkpoint of a standard that holds for its project")}
    END IF;
    {of_its_project("evidence_id", "The evidence of a check is a document of its project")}
    """,
)

WAIVES_WHAT_MAY_BE_WAIVED = guard(
    "covers_what_may_be_waived",  # runs before `is_as_it_was_decided`: triggers fire in the order of their names
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (
         SELECT FROM public.pmo_standardversion v JOIN public.pmo_standard s ON s.id = v.standard_id
         JOIN public.projects_project p ON p.id = NEW.project_id
         LEFT JOIN public.projects_project above ON above.id = p.parent_id
         WHERE v.id = NEW.version_id AND v.state <> 'draft'
           AND s.project_id IN (p.id, p.parent_id, above.parent_id)) THEN
      {refuse("A waiver is of a standard that holds for its project")}
    END IF;
    SELECT count(*) INTO known FROM public.pmo_standardcheckpoint c
    WHERE c.id = ANY (NEW.checkpoints) AND c.version_id = NEW.version_id;
    IF known = 0 OR known <> cardinality(NEW.checkpoints) THEN
      {refuse("A waiver names checkpoints of its standard, each once")}
    END IF;
    IF EXISTS (SELECT FROM public.pmo_standardcheckpoint c
               WHERE c.id = ANY (NEW.checkpoints) AND NOT c.waivable) THEN
      {refuse("This checkpoint cannot be waived (R9)")}
    END IF;
    """,
    known="integer",
)

AS_IT_WAS_DECIDED = guard(
    "is_as_it_was_decided",
    pgtrigger.Insert,
    f"""
    SELECT {decided_terms("d", "r")} INTO terms FROM public.governance_proposalrevision r
    JOIN public.governance_proposal f ON f.id = r.proposal_id
    LEFT JOIN public.governance_decision d ON d.revision_id = r.id
    WHERE r.id = NEW.revision_id AND f.project_id = NEW.project_id AND f.kind = 'waiver';
    IF terms IS NULL OR NEW.ends_on IS DISTINCT FROM (terms ->> 'ends_on')::date
       OR NEW.starts_on IS DISTINCT FROM greatest((terms ->> 'starts_on')::date, {TODAY})
       OR terms ->> 'checkpoints' IS DISTINCT FROM (
         SELECT string_agg(s.code || '.' || v.number || '#' || c.number, ','
                           ORDER BY (s.code || '.' || v.number || '#' || c.number) COLLATE "C")
         FROM public.pmo_standardcheckpoint c JOIN public.pmo_standardversion v ON v.id = c.version_id
         JOIN public.pmo_standard s ON s.id = v.standard_id WHERE c.id = ANY (NEW.checkpoints)) THEN
      {refuse("A waiver covers what was decided, for the time that was decided (R9)")}
    END IF;
    IF NEW.ends_on > (NEW.starts_on + interval '{MOST_MONTHS} months')::date THEN
      {refuse(f"A waiver lasts {MOST_MONTHS} months at most (R9)")}
    END IF;
    """,
    terms="jsonb",
)

GRANTED_BY_THE_OWNER = deferred(
    "is_granted_by_the_owner",
    pgtrigger.Insert,
    f"""
        IF NOT EXISTS ({EFFECT.format(waiver="NEW.id")} d.revision_id = NEW.revision_id AND e.after <> '') THEN
          {refuse("Only a decision of the owner grants a waiver (R9)")}
        END IF;
    """,
)

ENDS_ON_THE_DAY_OF_THE_ACT = guard(
    "ends_on_the_day_of_the_act",
    pgtrigger.Insert,
    f"""
    IF NEW.ended_on IS DISTINCT FROM {TODAY} THEN
      {refuse("A waiver ends on the day of the act that ends it")}
    END IF;
    """,
)

ENDED_BY_WHO_MAY = deferred(
    "is_ended_by_who_may",
    pgtrigger.Insert,
    f"""
        IF NEW.ending = 'revoked' AND NOT {decides("NEW.ended_by_id", "NEW.project_id", at="NEW.acted_at")} THEN
          {refuse("A waiver is revoked by the owner in office (R1)")}
        END IF;
        IF NEW.ending = 'replaced' AND NOT EXISTS (
             {EFFECT.format(waiver="NEW.waiver_id")} e.after = '') THEN
          {refuse("Only another decision of the owner replaces a waiver (R6)")}
        END IF;
    """,
)

#: An end by replacement needs no event of its own: the decision leaves one.
LEAVES_AN_EVENT = deferred(
    "leaves_an_event",
    pgtrigger.Insert,
    f"""
        IF NEW.ending <> 'replaced' AND NOT EXISTS (
             SELECT FROM public.projects_ledgerevent
             WHERE subject = 'pmo.waiverend' AND subject_id = NEW.id
               AND xact = pg_current_xact_id()::text::bigint) THEN
          {refuse("A change of pmo.waiverend leaves an event in the ledger")}
        END IF;
    """,
)
