"""Database triggers for R1 and R8, for every way a decision could be written.

They lock the rows they read, so nobody ends a mandate between this check and the commit. PostgreSQL itself refuses a
snapshot older than such an end.
"""

import pgtrigger

from core.record.guards import guard, refuse, sql_list
from governance import workflow
from governance.decide.decisions.confirmation import FACTORS
from governance.decide.decisions.seal_guards import APPROVALS_SQL
from governance.decide.proposals.guards import OF_ITS_OPTIONS, ON_ITS_QUESTION
from governance.enums import Settled
from projects.event_guards import LeavesAnEvent
from projects.impartiality.guards import tied_condition
from projects.seats.mandates.guards import NOT_ACCEPTED
from roles.enums import DELEGABLE_KINDS

DELEGABLE = sql_list(DELEGABLE_KINDS)

BEFORE_THE_OWNER = sql_list(workflow.BEFORE_THE_OWNER)

MERGEABLE = sql_list(workflow.MERGEABLE)

SETTLED_SQL = sql_list(Settled)

#: The answer is to the file as it is before the owner, and to what it names.
ANSWERS_WHAT_IS_BEFORE_THE_OWNER = f"""
    IF content.id IS NULL OR file.current_id IS DISTINCT FROM NEW.revision_id OR file.state NOT IN ({BEFORE_THE_OWNER})
       OR file.project_id <> NEW.project_id OR content.hash <> NEW.revision_hash THEN
      {refuse("A decision answers the revision before the owner, on its project, by its hash")}
    END IF;
    IF NEW.outcome IN ({APPROVALS_SQL}) AND content.binding_authority <> '' AND NOT EXISTS (
         SELECT FROM public.governance_bindingopinion b WHERE b.revision_id = NEW.revision_id AND b.favourable) THEN
      {refuse("An approval waits for the binding opinion its revision asks for")}
    END IF;
    IF NEW.merged_into_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.governance_proposal other
         WHERE other.id = NEW.merged_into_id AND other.id <> NEW.proposal_id AND other.project_id = NEW.project_id
           AND other.state IN ({MERGEABLE})) THEN
      {refuse("A proposal is merged into another one of its project that waits for its answer")}
    END IF;
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.governance_decision earlier
         WHERE earlier.id = NEW.supersedes_id AND earlier.project_id = NEW.project_id AND earlier.number < NEW.number
           AND (earlier.proposal_id = NEW.proposal_id
             OR earlier.id = file.replaces_id AND NEW.outcome IN ({APPROVALS_SQL}) AND NOT NEW.changes_nothing))
       OR NEW.outcome IN ({APPROVALS_SQL}) AND NOT NEW.changes_nothing
         AND file.replaces_id <> coalesce(NEW.supersedes_id, 0) THEN
      {refuse("A decision replaces an earlier one that its proposal names (R6)")}
    END IF;
"""

#: `seat` is that of the owner in office, who may sign now.
RESTS_ON_THE_OWNER_IN_OFFICE = f"""
    IF seat.id IS NULL OR seat.project_id <> NEW.project_id OR seat.authority <> 'decides' OR seat.taken_back
       OR NOT seat.period @> moment
       OR NOT (SELECT is_active FROM public.roles_user WHERE id = seat.holder_id) THEN
      {refuse("Only the owner in office decides (R1)")}
    END IF;
    IF {NOT_ACCEPTED.format(seat="seat")} THEN
      {refuse("A new owner decides once they have accepted (R1)")}
    END IF;
    IF public.ouvrage_back_entry() IS NULL AND public.ouvrage_suspended(seat.holder_id) THEN
      {refuse("Nobody decides for an owner to whom the former one objects, until it is confirmed anew (R1)")}
    END IF;
"""

#: The owner signs, or somebody within what a delegation lends them.
SIGNED_BY_THE_OWNER_OR_A_DELEGATE = f"""
    IF NEW.delegation_id IS NULL THEN
      IF seat.holder_id <> NEW.decided_by_id THEN
        {refuse("Only the owner in office decides (R1)")}
      END IF;
    ELSE
      SELECT * INTO signed FROM public.projects_delegation WHERE id = NEW.delegation_id FOR SHARE;
      IF signed.id IS NULL OR signed.mandate_id <> NEW.mandate_id OR signed.delegate_id <> NEW.decided_by_id
         OR NOT signed.period @> moment OR NOT file.kind = ANY (signed.kinds) OR file.kind NOT IN ({DELEGABLE})
         OR signed.cap IS NOT NULL AND (content.amount > signed.cap) IS NOT FALSE OR file.replaces_id IS NOT NULL
         OR (content.alternatives -> NEW.option ->> 'amount') <> ''
           AND (content.alternatives -> NEW.option ->> 'amount')::numeric > signed.cap
         OR NOT (SELECT is_active FROM public.roles_user WHERE id = NEW.decided_by_id)
         OR EXISTS (SELECT FROM public.projects_mandate other
                    WHERE other.project_id = NEW.project_id AND other.holder_id = NEW.decided_by_id
                      AND other.authority IN ('advises', 'delivers') AND other.period @> moment) THEN
        {refuse("A delegate signs within the kinds, the cap and the period of the delegation (R1)")}
      END IF;
    END IF;
"""

#: Who signs is bound to no bidder, wrote nothing of it and gave no opinion.
SIGNED_WITHOUT_A_PART_IN_IT = f"""
    IF {tied_condition("NEW.project_id", "NEW.decided_by_id")} THEN
      {refuse("A declared tie with a bidder blocks this role until it is settled (R8)")}
    END IF;
    IF NEW.decided_by_id = file.author_id OR NEW.decided_by_id = ANY (file.writers)
       OR EXISTS (SELECT FROM public.governance_proposal f
                  WHERE {ON_ITS_QUESTION.format(file="file")} AND f.current_id IS NOT NULL
                    AND NEW.decided_by_id = ANY (f.writers))
       OR EXISTS (SELECT FROM public.governance_proposalrevision written
                  WHERE written.proposal_id = file.id AND written.submitted_by_id = NEW.decided_by_id)
       OR EXISTS (SELECT FROM public.projects_ledgerevent written
                  WHERE written.proposal_id = file.id AND written.act = 'edit'
                    AND written.actor_id = NEW.decided_by_id) THEN
      {refuse("Nobody decides what they proposed (R8)")}
    END IF;
    IF EXISTS (SELECT FROM public.governance_opinion heard
               WHERE heard.revision_id = NEW.revision_id AND heard.adviser_id = NEW.decided_by_id) THEN
      {refuse("Nobody decides on a revision on which they gave an opinion (R8)")}
    END IF;
"""

#: The seat and the delegation were there before.
RESTS_ON_A_SEAT_GIVEN_BEFORE = f"""
    IF public.ouvrage_back_entry() IS NULL AND (seat.acted_at >= transaction_timestamp()
       OR coalesce(signed.acted_at >= transaction_timestamp(), false)) THEN
      {refuse("A decision rests on a seat that was given before it")}
    END IF;
"""

ONLY_THE_OWNER_DECIDES = guard(
    "only_the_owner_decides",
    pgtrigger.Insert,
    f"""
    moment := coalesce(public.ouvrage_back_entry(), clock_timestamp());
    SELECT * INTO content FROM public.governance_proposalrevision WHERE id = NEW.revision_id;
    SELECT * INTO file FROM public.governance_proposal WHERE id = NEW.proposal_id FOR SHARE;
    SELECT * INTO seat FROM public.projects_mandate WHERE id = NEW.mandate_id FOR SHARE;
    {ANSWERS_WHAT_IS_BEFORE_THE_OWNER}
    {RESTS_ON_THE_OWNER_IN_OFFICE}
    {SIGNED_BY_THE_OWNER_OR_A_DELEGATE}
    {SIGNED_WITHOUT_A_PART_IN_IT}
    {RESTS_ON_A_SEAT_GIVEN_BEFORE}
    """,
    moment="timestamptz",
    content="public.governance_proposalrevision",
    file="public.governance_proposal",
    seat="public.projects_mandate",
    signed="public.projects_delegation",
)

#: An option without terms or amount of its own changes nothing (governance.decide.proposals.content).
NAMES_ITS_OPTION = guard(
    "names_its_option",
    pgtrigger.Insert,
    f"""
    SELECT * INTO content FROM public.governance_proposalrevision WHERE id = NEW.revision_id;
    IF NEW.outcome NOT IN ({APPROVALS_SQL}) THEN
      IF NEW.option <> '' OR NEW.why_not <> '' OR NEW.changes_nothing THEN
        {refuse("Only an approval takes an option (R1)")}
      END IF;
      RETURN NEW;
    END IF;
    IF NEW.option NOT IN ({OF_ITS_OPTIONS.format(options="content.options")}) THEN
      {refuse("An approval takes one of the options of its revision (R1)")}
    END IF;
    IF (NEW.option = content.recommended) <> (NEW.why_not = '') THEN
      {refuse("An approval says why it does not take the recommended option, and only then (R7)")}
    END IF;
    IF NEW.changes_nothing <> (NEW.option <> content.recommended
                               AND NOT jsonb_exists(content.alternatives, NEW.option)) THEN
      {refuse("An approval changes what its option says (R1)")}
    END IF;
    """,
    content="public.governance_proposalrevision",
)

LOOKS_BACK_IN_TIME = guard(
    "looks_back_in_time",
    pgtrigger.Insert,
    f"""
    IF NEW.second_look_on IS NOT NULL AND (
         NEW.outcome NOT IN ({APPROVALS_SQL}) OR NEW.second_look_on::timestamp NOT BETWEEN
           NEW.acted_at::timestamp + interval '27 days' AND NEW.acted_at::timestamp + interval '36 months 2 days') THEN
      {refuse("An approval comes back to its owner after one to thirty-six months")}
    END IF;
    """,
)

#: The map of governance/decide/decisions/fingerprint.py. Opinions are insert-only: that each is there, with the hash
#: the file lists, is enough.
WAS_READ_AS_IT_IS = guard(
    "was_read_as_it_is",
    pgtrigger.Insert,
    f"""
    SELECT * INTO content FROM public.governance_proposalrevision WHERE id = NEW.revision_id;
    SELECT jsonb_build_object('revision', content.hash)
      || coalesce((SELECT jsonb_object_agg('awaited:' || role, '')
                   FROM public.governance_proposal p, unnest(p.awaited_roles) AS role
                   WHERE p.id = NEW.proposal_id), '{{}}')
      || coalesce((SELECT jsonb_object_agg('document:' || (attached ->> 'document'), (
                     SELECT v.sha256 FROM public.projects_documentversion v
                     WHERE v.document_id = (attached ->> 'document')::bigint ORDER BY v.number DESC LIMIT 1))
                   FROM jsonb_array_elements(content.attachments) AS attached), '{{}}')
      || coalesce((SELECT jsonb_object_agg('rival:' || f.id, r.hash || ':' || (
                     SELECT count(*) FROM public.governance_opinion o WHERE o.revision_id = r.id))
                   FROM public.governance_proposal p JOIN public.governance_proposal f
                     ON {ON_ITS_QUESTION.format(file="p")} AND f.id <> p.id AND f.state IN ({BEFORE_THE_OWNER})
                   JOIN public.governance_proposalrevision r ON r.id = f.current_id
                   WHERE p.id = NEW.proposal_id), '{{}}')
      || coalesce((SELECT jsonb_object_agg(heard.item, (
                     SELECT listed ->> 'hash' FROM jsonb_array_elements(NEW.file) AS listed
                     WHERE listed ->> 'item' = heard.item))
                   FROM (SELECT 'opinion:' || o.role AS item FROM public.governance_opinion o
                         WHERE o.revision_id = NEW.revision_id
                         UNION SELECT 'binding' FROM public.governance_bindingopinion b
                         WHERE b.revision_id = NEW.revision_id) AS heard), '{{}}')
    INTO parts;
    IF NEW.seen IS DISTINCT FROM parts OR EXISTS (SELECT FROM jsonb_each(parts) WHERE value = 'null') THEN
      {refuse("A decision answers the file as it was read: opinions, roles awaited, newest versions of documents")}
    END IF;
    """,
    content="public.governance_proposalrevision",
    parts="jsonb",
)

#: SQL query: roles that the revision asked and that gave no opinion on it.
UNHEARD = """
    SELECT asked.role FROM public.governance_proposalrevision r, unnest(r.asked_roles) AS asked(role)
    WHERE r.id = NEW.revision_id AND NOT EXISTS (
      SELECT FROM public.governance_opinion o WHERE o.revision_id = r.id AND o.role = asked.role)
"""

#: Before the effects of the decision, which may fill or end a seat.
TELLS_WHAT_WAS_IMPOSSIBLE = guard(
    "tells_what_was_impossible",
    pgtrigger.Insert,
    f"""
    IF NEW.impossible IS DISTINCT FROM coalesce((
         SELECT jsonb_object_agg(absent.role, absent.facts) FROM (
           SELECT unheard.role, public.ouvrage_unavailable(NEW.project_id, unheard.role, NEW.acted_at) AS facts
           FROM ({UNHEARD}) AS unheard) AS absent
         WHERE absent.facts IS NOT NULL), '{{}}') THEN
      {refuse("A decision tells which opinions were impossible, why and since when, as the seats are (R2)")}
    END IF;
    """,
)

#: SQL: a living credential `c` that counts; one that was added beside it proves nothing yet (ADR 50).
COUNTS = "c.ended_at IS NULL AND c.confirmed_at IS NOT NULL AND public.ouvrage_waits(c.id, clock_timestamp()) IS NULL"

#: The password of an account from before credentials were recorded has no row; so has a sign-in elsewhere.
TELLS_HOW_IT_WAS_CONFIRMED = guard(
    "tells_how_it_was_confirmed",
    pgtrigger.Insert,
    f"""
    IF NEW.factors IS NULL OR NOT NEW.factors <@ ARRAY[{sql_list(FACTORS)}]::varchar[]
       OR EXISTS (SELECT FROM unnest(NEW.factors) AS used(kind)
                  WHERE used.kind NOT IN ('password', 'provider') AND NOT EXISTS (
                    SELECT FROM public.projects_credential c
                    WHERE c.person_id = NEW.decided_by_id AND c.kind = used.kind AND {COUNTS}))
       OR NEW.factor_since IS DISTINCT FROM (
         SELECT CASE WHEN count(DISTINCT c.kind) = cardinality(NEW.factors) THEN max(c.given_at) END
         FROM public.projects_credential c
         WHERE c.person_id = NEW.decided_by_id AND {COUNTS} AND c.kind = ANY (NEW.factors)
           AND (NEW.passkey_id IS NULL OR c.id = NEW.passkey_id)) THEN
      {refuse("A decision tells with which factors it was confirmed, and since when they are its signatory's")}
    END IF;
    """,
)

#: SQL condition: the decision `{answer}` closes the file of the decision `{closed}` by the same act, as the owner read
#: it and with the same words (ADR 55).
CLOSED_BY = """({answer}.proposal_id = {closed}.merged_into_id AND {answer}.project_id = {closed}.project_id
      AND {answer}.recorded_at >= transaction_timestamp() AND {closed}.recorded_at >= transaction_timestamp()
      AND {answer}.acted_at = {closed}.acted_at AND {answer}.decided_by_id = {closed}.decided_by_id
      AND {answer}.mandate_id = {closed}.mandate_id
      AND {answer}.seen ->> ('rival:' || {closed}.proposal_id) LIKE {closed}.revision_hash || ':%'
      AND {answer}.settled @> jsonb_build_array(jsonb_build_object(
        'item', 'proposal-' || {closed}.proposal_id, 'fate', 'answered', 'because', {closed}.reasons)))"""

ANSWERS_ITS_QUESTION = pgtrigger.Trigger(
    name="answers_its_question",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.outcome IN ({APPROVALS_SQL}) AND NOT NEW.entered_afterwards AND EXISTS (
             SELECT FROM public.governance_proposal file JOIN public.governance_proposal f
               ON {ON_ITS_QUESTION.format(file="file")} AND f.id <> file.id
             WHERE file.id = NEW.proposal_id AND f.state IN ({BEFORE_THE_OWNER})) THEN
          {refuse("An approval answers its question: it closes the other open proposals on it (R1)")}
        END IF;
        IF EXISTS (
             SELECT FROM jsonb_array_elements(NEW.settled) AS word
             WHERE word ->> 'fate' = 'answered' AND NOT EXISTS (
               SELECT FROM public.governance_decision closed
               JOIN public.governance_proposal f ON f.id = closed.proposal_id
               JOIN public.governance_proposal file ON file.id = NEW.proposal_id
               WHERE word ->> 'item' = 'proposal-' || closed.proposal_id AND closed.outcome = 'merged'
                 AND {ON_ITS_QUESTION.format(file="file")} AND {CLOSED_BY.format(answer="NEW", closed="closed")})) THEN
          {refuse("What a decision says that it closes is closed by the same act, in the same words (R1)")}
        END IF;
        RETURN NULL;
    """,
)

#: Deferred: a rehearsal, which is rolled back, has no signature yet. One signature answers a question: it covers the
#: words on each file that is closed with it.
IS_SIGNED_AS_REQUIRED = pgtrigger.Trigger(
    name="is_signed_as_required",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.passkey_id IS NOT NULL AND NEW.factors <> ARRAY['passkey']::varchar[] THEN
          {refuse("A signed decision is confirmed with the passkey that signed it")}
        END IF;
        IF NEW.passkey_id IS NULL AND NOT NEW.entered_afterwards AND NOT (NEW.outcome = 'merged' AND EXISTS (
             SELECT FROM public.governance_decision answer
             WHERE answer.passkey_id IS NOT NULL AND {CLOSED_BY.format(answer="answer", closed="NEW")})) AND (
             (SELECT p.signed_decisions FROM public.projects_project p WHERE p.id = NEW.project_id)
             OR EXISTS (SELECT FROM public.projects_organisationsettings s WHERE s.signed_decisions)) THEN
          {refuse("A decision is signed with a passkey where its owner or the organisation requires it (R1)")}
        END IF;
        RETURN NULL;
    """,
)

TELLS_IT_IN_ITS_EVENT = pgtrigger.Trigger(
    name="tells_it_in_its_event",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF EXISTS (
             SELECT FROM public.projects_ledgerevent e
             WHERE e.subject = 'governance.decision' AND e.subject_id = NEW.id AND e.act = 'decide'
               AND (convert_from(e.body, 'UTF8')::jsonb -> 'facts' ->> 'factors')
                 IS DISTINCT FROM array_to_string(NEW.factors, ',')) THEN
          {refuse("The event of a decision tells how it was confirmed")}
        END IF;
        RETURN NULL;
    """,
)

HAS_HEARD_EVERYONE_OR_SAYS_WHY = pgtrigger.Trigger(
    name="has_heard_everyone_or_says_why",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF EXISTS (SELECT FROM ({UNHEARD}) AS unheard
                   WHERE NOT public.ouvrage_meaningful(NEW.waived ->> unheard.role)) THEN
          {refuse("A missing opinion is waived in writing (R2)")}
        END IF;
        IF EXISTS (SELECT jsonb_object_keys(NEW.waived) EXCEPT ({UNHEARD})) THEN
          {refuse("Only a missing opinion is waived (R2)")}
        END IF;
        RETURN NULL;
    """,
)

SAYS_A_WORD_ON_WHAT_IS_OPEN = guard(
    "says_a_word_on_what_is_open",
    pgtrigger.Insert,
    f"""
    IF NEW.settled <> '[]' AND NEW.outcome NOT IN ({APPROVALS_SQL}) THEN
      {refuse("Only an approval says a word on what is missing or open")}
    END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements(NEW.settled) AS word
               WHERE NOT public.ouvrage_meaningful(word ->> 'because') OR coalesce(word ->> 'item', '') = ''
                 OR coalesce(word ->> 'fate', '') NOT IN ({SETTLED_SQL})) THEN
      {refuse("A word on what is missing or open names it, what becomes of it and why")}
    END IF;
    """,
)

#: For rows that follow from a decision, from its last condition, or from a lapse.
LEAVES_AN_EVENT_OF_ITS_DECISION = LeavesAnEvent(
    pgtrigger.Insert,
    lambda _model: (
        """proposal_id = (SELECT proposal_id FROM public.governance_decision WHERE id = NEW.decision_id)
                             AND act IN ('decide', 'lift', 'waive', 'lapse')"""
    ),
)
