"""The database's own reading of R1 and R8, for every way a decision could be written.

The rows it rests on are locked while it reads them: nobody ends a mandate between this reading and the commit, and a
snapshot older than such an end is refused by PostgreSQL itself.
"""

import pgtrigger

from roles.enums import DELEGABLE_KINDS
from roles.guards import guard, refuse

DELEGABLE = ", ".join(f"'{kind}'" for kind in sorted(DELEGABLE_KINDS))

ONLY_THE_OWNER_DECIDES = guard(
    "only_the_owner_decides",
    pgtrigger.Insert,
    f"""
    moment := coalesce(public.ouvrage_back_entry(), clock_timestamp());
    SELECT * INTO content FROM public.governance_proposalrevision WHERE id = NEW.revision_id;
    SELECT * INTO file FROM public.governance_proposal WHERE id = NEW.proposal_id FOR SHARE;
    SELECT * INTO seat FROM public.projects_mandate WHERE id = NEW.mandate_id FOR SHARE;
    IF content.id IS NULL OR file.current_id IS DISTINCT FROM NEW.revision_id OR file.state <> 'ready_for_decision'
       OR file.project_id <> NEW.project_id OR content.hash <> NEW.revision_hash THEN
      {refuse("A decision answers the revision that is ready, on its project, by its hash")}
    END IF;
    IF seat.id IS NULL OR seat.project_id <> NEW.project_id OR seat.authority <> 'decides' OR NOT seat.period @> moment
       OR NOT (SELECT is_active FROM public.roles_user WHERE id = seat.holder_id) THEN
      {refuse("Only the owner in office decides (R1)")}
    END IF;
    IF NEW.delegation_id IS NULL THEN
      IF seat.holder_id <> NEW.decided_by_id THEN
        {refuse("Only the owner in office decides (R1)")}
      END IF;
    ELSE
      SELECT * INTO signed FROM public.projects_delegation WHERE id = NEW.delegation_id FOR SHARE;
      IF signed.id IS NULL OR signed.mandate_id <> NEW.mandate_id OR signed.delegate_id <> NEW.decided_by_id
         OR NOT signed.period @> moment OR NOT file.kind = ANY (signed.kinds) OR file.kind NOT IN ({DELEGABLE})
         OR coalesce(content.amount, 0) > coalesce(signed.cap, 'infinity')
         OR NOT (SELECT is_active FROM public.roles_user WHERE id = NEW.decided_by_id)
         OR EXISTS (SELECT FROM public.projects_mandate other
                    WHERE other.project_id = NEW.project_id AND other.holder_id = NEW.decided_by_id
                      AND other.authority IN ('advises', 'delivers') AND other.period @> moment) THEN
        {refuse("A delegate signs within the kinds, the cap and the period of the delegation (R1)")}
      END IF;
    END IF;
    IF NEW.decided_by_id = file.author_id
       OR EXISTS (SELECT FROM public.governance_proposalrevision written
                  WHERE written.proposal_id = file.id AND written.submitted_by_id = NEW.decided_by_id) THEN
      {refuse("Nobody decides what they proposed (R8)")}
    END IF;
    IF public.ouvrage_back_entry() IS NULL AND (seat.acted_at >= transaction_timestamp()
       OR coalesce(signed.acted_at >= transaction_timestamp(), false)) THEN
      {refuse("A decision rests on a seat that was given before it")}
    END IF;
    """,
    moment="timestamptz",
    content="public.governance_proposalrevision",
    file="public.governance_proposal",
    seat="public.projects_mandate",
    signed="public.projects_delegation",
)

ANSWERED_WITH_ITS_CONDITIONS = pgtrigger.Trigger(
    name="has_conditions_only_if_it_says_so",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF (NEW.outcome = 'approved_with_conditions')
           <> EXISTS (SELECT FROM public.governance_condition WHERE decision_id = NEW.id) THEN
          {refuse("An approval with conditions, and nothing else, has conditions")}
        END IF;
        RETURN NULL;
    """,
)

SET_WITH_ITS_DECISION = guard(
    "is_set_with_its_decision",
    pgtrigger.Insert,
    f"""
    IF NEW.state <> 'open' OR NOT EXISTS (
         SELECT FROM public.governance_decision d
         WHERE d.id = NEW.decision_id AND d.recorded_at >= transaction_timestamp()) THEN
      {refuse("Conditions are set with the decision, not afterwards")}
    END IF;
    """,
)

LIFTED_BY_THE_OWNER = guard(
    "keeps_the_words_of_the_owner",
    pgtrigger.Update,
    f"""
    IF (NEW.decision_id, NEW.number, NEW.text, NEW.role, NEW.due_on)
       IS DISTINCT FROM (OLD.decision_id, OLD.number, OLD.text, OLD.role, OLD.due_on)
       OR OLD.state <> 'open' OR NEW.state <> 'met' THEN
      {refuse("A condition is lifted once and otherwise stays as the owner set it")}
    END IF;
    moment := coalesce(public.ouvrage_back_entry(), clock_timestamp());
    IF NEW.lifted_at IS NULL OR NEW.lifted_at > moment
       OR NEW.lifted_at < coalesce(public.ouvrage_back_entry(), transaction_timestamp())
       OR NOT EXISTS (
         SELECT FROM public.projects_mandate m
         JOIN public.governance_decision d ON d.project_id = m.project_id
         JOIN public.roles_user u ON u.id = m.holder_id
         WHERE d.id = NEW.decision_id AND m.authority = 'decides' AND m.holder_id = NEW.lifted_by_id
           AND m.period @> moment AND u.is_active) THEN
      {refuse("A condition is lifted by the owner in office, and now (R1)")}
    END IF;
    """,
    moment="timestamptz",
)
