"""Database triggers for R1 and R8, for every way a decision could be written.

They lock the rows they read, so nobody ends a mandate between this check and the commit. PostgreSQL itself refuses a
snapshot older than such an end.
"""

from collections.abc import Iterable

import pgtrigger

from core.guards import guard, refuse
from governance import workflow
from governance.decide.decisions.confirmation import FACTORS
from governance.decide.decisions.dependents import DEPENDENTS, hanging_sql
from governance.decide.decisions.seal_guards import KEY, decided_terms
from governance.decide.decisions.watches import watches
from governance.decide.kinds.guards import DeferredRegistryGuard, RegistryGuard
from governance.decide.proposals.guards import OF_ITS_OPTIONS, ON_ITS_QUESTION
from governance.enums import APPROVALS, WITH_CONDITIONS, Settled
from projects.enums import AT_REST
from projects.event_guards import LeavesAnEvent
from projects.impartiality.guards import tied_condition
from projects.mandates.guards import NOT_ACCEPTED
from roles.enums import DELEGABLE_KINDS


def _sql_list(codes: Iterable[str]) -> str:
    """Return the codes as a list of SQL literals."""
    return ", ".join(f"'{code}'" for code in sorted(codes))


DELEGABLE = _sql_list(DELEGABLE_KINDS)
BEFORE_THE_OWNER = _sql_list(workflow.BEFORE_THE_OWNER)
MERGEABLE = _sql_list(workflow.MERGEABLE)
APPROVALS_SQL = _sql_list(APPROVALS)
SETTLED_SQL = _sql_list(Settled)
AT_REST_SQL = _sql_list(AT_REST)

ONLY_THE_OWNER_DECIDES = guard(
    "only_the_owner_decides",
    pgtrigger.Insert,
    f"""
    moment := coalesce(public.ouvrage_back_entry(), clock_timestamp());
    SELECT * INTO content FROM public.governance_proposalrevision WHERE id = NEW.revision_id;
    SELECT * INTO file FROM public.governance_proposal WHERE id = NEW.proposal_id FOR SHARE;
    SELECT * INTO seat FROM public.projects_mandate WHERE id = NEW.mandate_id FOR SHARE;
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

MARKED_WHEN_A_DOCUMENT_WAS_REPLACED = pgtrigger.Trigger(
    name="is_marked_when_a_document_was_replaced",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF EXISTS (
             SELECT FROM jsonb_array_elements(NEW.file) AS sealed
             WHERE sealed ->> 'item' LIKE 'document:%' AND NEW.seen ->> (sealed ->> 'item') <> sealed ->> 'hash'
               AND NOT EXISTS (SELECT FROM public.governance_sealbreak b
                               WHERE b.decision_id = NEW.id AND b.item = sealed ->> 'item'
                                 AND b.before = sealed ->> 'hash' AND b.after = NEW.seen ->> (sealed ->> 'item'))) THEN
          {refuse("A decision on a document that was replaced before is marked at once (R6)")}
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
        IF (NEW.outcome IN ({_sql_list(WITH_CONDITIONS)}))
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
    IF NEW.on_lapse = 'undone' AND EXISTS (
         SELECT FROM public.governance_decision d WHERE d.id = NEW.decision_id AND d.effective = 'when_met') THEN
      {refuse("A decision that waits for its conditions has changed nothing that could be undone")}
    END IF;
    """,
)

#: SQL condition: a condition of the decision, chosen by its owner to end it, was not proved in time; by day `{day}`.
NOT_MET_IN_TIME = """EXISTS (
      SELECT FROM public.governance_condition late
      WHERE late.decision_id = {decision} AND late.on_lapse {chosen} AND late.state IN ('open', 'lapsed')
        AND late.proof = '' AND late.due_on < ({moment} AT TIME ZONE public.ouvrage_zone())::date)"""

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
         OR NOT {NOT_MET_IN_TIME.format(decision="NEW.decision_id", chosen="<> 'stays'", moment="moment")} THEN
        {refuse("A condition lapses once its day has passed, as the owner chose with the decision (R1)")}
      END IF;
      IF EXISTS (SELECT FROM public.projects_project p WHERE p.id = on_project AND p.state IN ({AT_REST_SQL}))
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
    IF NEW.factors IS NULL OR NOT NEW.factors <@ ARRAY[{_sql_list(FACTORS)}]::varchar[]
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


def _says_what_becomes_of_the_rest() -> str:
    """Return the body of the trigger on the undo map: everything listed has a possible fate, nothing else has one."""
    return f"""
    SELECT * INTO file FROM public.governance_proposal WHERE id = NEW.proposal_id;
    IF NEW.supersedes_id = file.replaces_id AND NEW.outcome IN ({APPROVALS_SQL}) THEN
      SELECT jsonb_object_agg(hanging.item, to_jsonb(hanging.fates)) INTO rest
      FROM ({hanging_sql("NEW.supersedes_id", "NEW.proposal_id")}) AS hanging;
    END IF;
    rest := coalesce(rest, '{{}}');
    IF EXISTS (SELECT FROM jsonb_each(rest) AS hanging(item, fates)
               WHERE NOT jsonb_exists(hanging.fates, coalesce(NEW.carried ->> hanging.item, ''))) THEN
      {refuse("What rests on a decision is kept, changed or dropped explicitly when it is replaced (R6)")}
    END IF;
    IF EXISTS (SELECT FROM jsonb_object_keys(NEW.carried) AS carried(item)
               WHERE NOT jsonb_exists(rest, carried.item)) THEN
      {refuse("Only what rests on the decision replaced is carried over (R6)")}
    END IF;
    """


def _carries_everything_over() -> str:
    """Return the body of the deferred trigger: the fates that the database can see are true when the act ends."""
    about = {"id": "split_part(carried.item, '-', 2)::bigint", "fate": "carried.fate"}
    checks = "".join(
        f"""
        IF EXISTS (SELECT FROM jsonb_each_text(NEW.carried) AS carried(item, fate)
                   WHERE split_part(carried.item, '-', 1) = '{rows.name}'
                     AND ({rows.broken.format(**about)})) THEN
          {refuse("What becomes of something is done with the decision that says so (R6)")}
        END IF;"""
        for rows in DEPENDENTS
        if rows.broken
    )
    return f"""{checks}
        IF EXISTS (SELECT FROM public.governance_decision d JOIN public.governance_proposal p ON p.id = d.proposal_id
                   WHERE d.id = NEW.supersedes_id AND p.id <> NEW.proposal_id AND p.state <> 'superseded') THEN
          {refuse("The proposal of a decision that is replaced is superseded (R6)")}
        END IF;
    """


SAYS_WHAT_BECOMES_OF_THE_REST = RegistryGuard(
    "says_what_becomes_of_the_rest",
    pgtrigger.Insert,
    _says_what_becomes_of_the_rest,
    file="public.governance_proposal",
    rest="jsonb",
)
CARRIES_EVERYTHING_OVER = DeferredRegistryGuard("carries_everything_over", pgtrigger.Insert, _carries_everything_over)

#: SQL condition: the effect NEW leads an earlier one of its decision back, which lapses in this transaction and whose
#: owner chose this with the decision.
UNDONE_BY_A_LAPSE = f"""EXISTS (
      SELECT FROM public.governance_condition c
      WHERE c.decision_id = NEW.decision_id AND c.state = 'lapsed'
        AND c.lifted_at >= coalesce(public.ouvrage_back_entry(), transaction_timestamp()))
    AND {NOT_MET_IN_TIME.format(decision="NEW.decision_id", chosen="= 'undone'", moment="NEW.acted_at")}
    AND EXISTS (
      SELECT FROM public.governance_effect made
      WHERE made.decision_id = NEW.decision_id AND made.recorded_at < transaction_timestamp()
        AND made.subject = NEW.subject AND made.field = NEW.field AND made.after = NEW.before
        AND (NEW.subject_id = made.subject_id AND NEW.after = made.before OR NEW.before = ''))"""

FOLLOWS_FROM_AN_APPROVAL = guard(
    "follows_from_an_approval",
    pgtrigger.Insert,
    f"""
    SELECT * INTO answer FROM public.governance_decision WHERE id = NEW.decision_id;
    IF answer.id IS NULL OR answer.outcome NOT IN ({APPROVALS_SQL}) THEN
      {refuse("Only an approval has effects")}
    END IF;
    IF answer.changes_nothing THEN
      {refuse("An option that changes nothing has no effects (R1)")}
    END IF;
    IF NEW.subject = 'projects.project' AND NEW.subject_id <> answer.project_id THEN
      {refuse("A decision has effects on its own project")}
    END IF;
    IF answer.effective = 'when_met' AND EXISTS (
         SELECT FROM public.governance_condition c WHERE c.decision_id = answer.id AND c.state = 'open') THEN
      {refuse("This decision takes effect when its last condition is lifted")}
    END IF;
    IF EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = answer.id)
       OR answer.recorded_at < transaction_timestamp() AND NOT (answer.effective = 'when_met' AND EXISTS (
         SELECT FROM public.governance_condition c WHERE c.decision_id = answer.id AND c.state <> 'lapsed'
           AND c.lifted_at >= coalesce(public.ouvrage_back_entry(), transaction_timestamp())))
         AND NOT ({UNDONE_BY_A_LAPSE}) THEN
      {refuse("An effect is noted when its decision takes effect, not afterwards")}
    END IF;
    """,
    answer="public.governance_decision",
)

#: SQL condition: the terms of the decision name NEW.before, or a part of it.
NAMED_IN_ITS_TERMS = f"""EXISTS (
      SELECT FROM public.governance_decision d JOIN public.governance_proposalrevision r ON r.id = d.revision_id,
        jsonb_each_text({decided_terms("d", "r")}) AS term(name, value)
      WHERE d.id = NEW.decision_id AND (
        term.value = NEW.before OR NEW.before = ANY (regexp_split_to_array(term.value, '[:,#]'))))"""

#: SQL condition: the revision decided on rests on the item in the version NEW.before.
IS_ITS_GROUND = """EXISTS (
      SELECT FROM public.governance_decision d JOIN public.governance_proposalrevision r ON r.id = d.revision_id,
        jsonb_array_elements(r.rests_on) AS ground
      WHERE d.id = NEW.decision_id AND ground ->> 'item' = NEW.item AND ground ->> 'version' = NEW.before)"""

#: SQL condition: the document had a new version in this transaction, or was decided on in it in an older one.
NEW_VERSION_OF_A_DOCUMENT = f"""EXISTS (
      SELECT FROM public.projects_documentversion v
      WHERE v.document_id = {KEY} AND v.sha256 = NEW.after AND (v.recorded_at >= transaction_timestamp() OR EXISTS (
        SELECT FROM public.governance_decision d
        WHERE d.id = NEW.decision_id AND d.recorded_at >= transaction_timestamp()
          AND d.seen ->> NEW.item = NEW.after)))"""


def _proven_change() -> str:
    """Return the body of the trigger on seal breaks: each kind of item has its proof."""
    proofs = "".join(f"\n      WHEN '{watch.kind}' THEN {watch.proof}" for watch in watches())
    return f"""
    IF NEW.before = NEW.after OR NOT EXISTS (
         SELECT FROM public.governance_decision d
         WHERE d.id = NEW.decision_id
           AND d.file @> jsonb_build_array(jsonb_build_object('item', NEW.item, 'hash', NEW.before)))
       AND NOT {NAMED_IN_ITS_TERMS} AND NOT {IS_ITS_GROUND} THEN
      {refuse("A change after a decision concerns what the decision sealed")}
    END IF;
    IF NOT coalesce(CASE split_part(NEW.item, ':', 1)
      WHEN 'document' THEN {NEW_VERSION_OF_A_DOCUMENT}{proofs}
      ELSE false
    END, false) THEN
      {refuse("A change after a decision follows from a change of what it sealed")}
    END IF;
    """


FOLLOWS_FROM_A_NEW_VERSION = RegistryGuard("follows_from_a_new_version", pgtrigger.Insert, _proven_change)

WAIVED_BY_DECISION = pgtrigger.Trigger(
    name="waives_independence_by_decision",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.independence_waived AND NOT EXISTS (
             SELECT FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
             JOIN public.governance_proposalrevision r ON r.id = d.revision_id
             WHERE e.subject = 'projects.mandate' AND e.subject_id = NEW.id AND e.field = 'holder' AND e.after <> ''
               AND e.recorded_at >= transaction_timestamp() AND d.project_id = NEW.project_id
               AND public.ouvrage_meaningful({decided_terms("d", "r")} ->> 'independence')) THEN
          {refuse("Independence is waived by a decision of the owner that says why (R8)")}
        END IF;
        RETURN NULL;
    """,
)

ADVANCES_GATE_BY_GATE = pgtrigger.Trigger(
    name="advances_gate_by_gate",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    declare=[("passed", "integer")],
    func=f"""
        IF NEW.gate IN ('', OLD.gate) OR public.ouvrage_back_entry() IS NOT NULL THEN
          RETURN NULL;
        END IF;
        passed := CASE WHEN OLD.gate <> '' THEN right(OLD.gate, 1)::integer WHEN OLD.state = 'draft' THEN -1 ELSE 0 END;
        IF right(NEW.gate, 1)::integer > passed + 1
           AND NOT EXISTS (
             SELECT FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
             JOIN public.governance_proposalrevision r ON r.id = d.revision_id
             WHERE e.subject = 'projects.project' AND e.subject_id = NEW.id AND e.field = 'gate' AND e.after = NEW.gate
               AND e.recorded_at >= transaction_timestamp()
               AND public.ouvrage_meaningful({decided_terms("d", "r")} ->> 'skips'))
           AND NOT EXISTS (
             SELECT FROM public.governance_effect e
             WHERE e.subject = 'projects.project' AND e.subject_id = NEW.id AND e.field = 'gate'
               AND e.before = OLD.gate AND e.after = NEW.gate AND e.recorded_at < transaction_timestamp()) THEN
          {refuse("A project passes its gates in order, or says why it skips one")}
        END IF;
        RETURN NULL;
    """,
)

CHANGES_BY_DECISION = pgtrigger.Trigger(
    name="changes_its_terms_by_decision",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    declare=[
        ("approved_before", "text"),
        ("approved_after", "text"),
    ],
    func=f"""
        SELECT number::text INTO approved_before FROM public.projects_matrix
        WHERE id = OLD.matrix_id AND OLD.matrix_approved;
        SELECT number::text INTO approved_after FROM public.projects_matrix
        WHERE id = NEW.matrix_id AND NEW.matrix_approved;
        approved_before := coalesce(approved_before, '');
        approved_after := coalesce(approved_after, '');
        IF EXISTS (
             SELECT FROM (VALUES
               ('scope', OLD.scope, NEW.scope),
               ('ends_on', to_char(OLD.ends_on, 'YYYY-MM-DD'), to_char(NEW.ends_on, 'YYYY-MM-DD')),
               ('budget', coalesce(OLD.budget::text, ''), coalesce(NEW.budget::text, '')),
               ('state', OLD.state, NEW.state),
               ('gate', OLD.gate, NEW.gate),
               ('provider_gate', OLD.provider_gate, NEW.provider_gate),
               ('matrix', approved_before, approved_after)
             ) AS part(field, before, after)
             WHERE part.before <> part.after AND NOT EXISTS (
               SELECT FROM public.governance_effect e
               WHERE e.subject = 'projects.project' AND e.subject_id = NEW.id AND e.field = part.field
                 AND e.before = part.before AND e.after = part.after AND e.recorded_at >= transaction_timestamp())) THEN
          {refuse("The terms, the roles and the state of a project change by a decision of its owner (R1)")}
        END IF;
        RETURN NULL;
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
