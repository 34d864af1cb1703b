"""Triggers of the conditions of a decision: set with it, settled as the owner chose, lapsed as a whole."""

import pgtrigger

from core.record.guards import guard, refuse, sql_list
from governance.enums import WITH_CONDITIONS
from projects.enums import AT_REST


def not_met_in_time(decision: str, chosen: str, moment: str) -> str:
    """Return the condition that a condition of the decision, chosen to end it, was not proved in time."""
    return f"""EXISTS (
      SELECT FROM public.governance_condition late
      WHERE late.decision_id = {decision} AND late.on_lapse {chosen} AND late.state IN ('open', 'lapsed')
        AND late.proof = '' AND late.due_on < ({moment} AT TIME ZONE public.ouvrage_zone())::date)"""


SET_WITH_ITS_DECISION = guard(
    "is_set_with_its_decision",
    pgtrigger.Insert,
    f"""
    IF NEW.state <> 'open' OR NOT EXISTS (
         SELECT FROM public.governance_decision d
         WHERE d.id = NEW.decision_id AND d.recorded_at >= transaction_timestamp()) THEN
      {refuse("Conditions are set with the decision, not afterwards")}
    END IF;
    IF NEW.on_lapse = 'undone' AND EXISTS (
         SELECT FROM public.governance_decision d WHERE d.id = NEW.decision_id AND d.effective = 'when_met') THEN
      {refuse("A decision that waits for its conditions has changed nothing that could be undone")}
    END IF;
    """,
)

LIFTED_BY_THE_OWNER = guard(
    "keeps_the_words_of_the_owner",
    pgtrigger.Update,
    f"""
    IF (NEW.decision_id, NEW.number, NEW.text, NEW.role, NEW.due_on, NEW.on_lapse, NEW.subject, NEW.subject_id,
        NEW.about, NEW.salt)
       IS DISTINCT FROM (OLD.decision_id, OLD.number, OLD.text, OLD.role, OLD.due_on, OLD.on_lapse, OLD.subject,
                         OLD.subject_id, OLD.about, OLD.salt)
       OR OLD.state <> 'open' THEN
      {refuse("A condition is settled once and otherwise stays as the owner set it")}
    END IF;
    IF NEW.state = 'met' AND NEW.proof = '' OR NEW.state <> 'open' AND OLD.proof <> '' AND NEW.proof <> OLD.proof THEN
      {refuse("A condition is met on a proof, in writing, the one that was given if one was")}
    END IF;
    moment := coalesce(public.ouvrage_back_entry(), clock_timestamp());
    since := coalesce(public.ouvrage_back_entry(), transaction_timestamp());
    SELECT d.project_id INTO on_project FROM public.governance_decision d WHERE d.id = NEW.decision_id;
    IF NEW.state = 'lapsed' THEN
      IF (NEW.proof, NEW.proved_by_id, NEW.proved_at) IS DISTINCT FROM (OLD.proof, OLD.proved_by_id, OLD.proved_at)
         OR NEW.lifted_by_id IS NOT NULL OR NEW.lifted_at IS NULL OR NEW.lifted_at NOT BETWEEN since AND moment
         OR EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = NEW.decision_id)
         OR NOT {not_met_in_time("NEW.decision_id", "<> 'stays'", "moment")} THEN
        {refuse("A condition lapses once its day has passed, as the owner chose with the decision (R1)")}
      END IF;
      IF EXISTS (SELECT FROM public.projects_project p WHERE p.id = on_project AND p.state IN ({sql_list(AT_REST)}))
         AND public.ouvrage_back_entry() IS NULL THEN
        {refuse("A condition of a project at rest lapses once it goes on")}
      END IF;
    ELSIF NEW.state = 'open' THEN
      IF NEW.proof = '' OR NEW.proved_at IS NULL OR NEW.proved_at NOT BETWEEN since AND moment OR NOT EXISTS (
           SELECT FROM public.projects_mandate m JOIN public.roles_user u ON u.id = m.holder_id
           JOIN public.roles_roletemplate t ON t.id = m.role_id
           WHERE m.project_id = on_project AND m.holder_id = NEW.proved_by_id AND t.code = NEW.role
             AND m.period @> moment AND u.is_active) THEN
        {refuse("The proof of a condition is given by the role that answers for it, and now")}
      END IF;
    ELSIF (NEW.proved_by_id, NEW.proved_at) IS DISTINCT FROM (OLD.proved_by_id, OLD.proved_at)
       OR NEW.lifted_at IS NULL OR NEW.lifted_at NOT BETWEEN since AND moment OR NOT EXISTS (
         SELECT FROM public.projects_mandate m JOIN public.roles_user u ON u.id = m.holder_id
         WHERE m.project_id = on_project AND m.authority = 'decides' AND m.holder_id = NEW.lifted_by_id
           AND m.period @> moment AND u.is_active) THEN
      {refuse("A condition is lifted or waived by the owner in office, and now (R1)")}
    END IF;
    """,
    moment="timestamptz",
    since="timestamptz",
    on_project="bigint",
)

LAPSES_AS_A_WHOLE = pgtrigger.Trigger(
    name="lapses_as_a_whole",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.state = 'lapsed' AND OLD.state <> 'lapsed' AND EXISTS (
             SELECT FROM public.governance_decision d JOIN public.governance_proposal f ON f.id = d.proposal_id
             WHERE d.id = NEW.decision_id AND (f.state <> 'lapsed' OR EXISTS (
               SELECT FROM public.governance_condition c WHERE c.decision_id = d.id AND c.state = 'open'))) THEN
          {refuse("A decision lapses with all its open conditions, and its proposal with it")}
        END IF;
        RETURN NULL;
    """,
)

ANSWERED_WITH_ITS_CONDITIONS = pgtrigger.Trigger(
    name="has_conditions_only_if_it_says_so",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF (NEW.outcome IN ({sql_list(WITH_CONDITIONS)}))
           <> EXISTS (SELECT FROM public.governance_condition WHERE decision_id = NEW.id) THEN
          {refuse("An approval with conditions, and nothing else, has conditions")}
        END IF;
        RETURN NULL;
    """,
)
