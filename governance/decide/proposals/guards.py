"""Database triggers for the life of a proposal (governance/workflow.py), for every way a row could be written."""

import pgtrigger

from core.record.guards import NOW, guard, refuse
from governance import enums, workflow
from governance.decide.kinds.guards import RegistryGuard
from projects.impartiality.guards import tied_condition
from projects.seat_guards import holds
from roles.enums import FOLLOWING_KINDS

MOVES = ", ".join(f"('{origin}', '{target}')" for origin, target in workflow.moves())
APPROVALS = ", ".join(f"'{outcome}'" for outcome in sorted(enums.APPROVALS))
LEADS_TO = " ".join(f"WHEN '{outcome}' THEN '{state}'" for outcome, state in workflow.AFTER_OUTCOME.items())
MERGEABLE = ", ".join(f"'{state}'" for state in sorted(workflow.MERGEABLE))
AFTER_DECISION = ", ".join(f"'{state}'" for state in sorted(workflow.AFTER_DECISION))

BORN_A_DRAFT = guard(
    "is_born_a_draft",
    pgtrigger.Insert,
    f"""
    IF NEW.state <> 'draft' OR NEW.current_id IS NOT NULL THEN
      {refuse("Nothing is born decided")}
    END IF;
    IF NOT NEW.author_id = ANY (NEW.writers) THEN
      {refuse("The author is one of those who wrote it (R8)")}
    END IF;
    """,
)

FOLLOWS_THE_WORKFLOW = guard(
    "follows_the_workflow",
    pgtrigger.Update,
    f"""
    IF (NEW.project_id, NEW.number, NEW.author_id, NEW.author_role)
       IS DISTINCT FROM (OLD.project_id, OLD.number, OLD.author_id, OLD.author_role) THEN
      {refuse("A proposal keeps its project, number and author")}
    END IF;
    IF NEW.counter_to_id IS DISTINCT FROM OLD.counter_to_id OR NEW.counter_to_id IS NOT NULL
       AND (NEW.kind, NEW.replaces_id) IS DISTINCT FROM (OLD.kind, OLD.replaces_id) THEN
      {refuse("A proposal stays on the question that it was written on (R1)")}
    END IF;
    IF NOT NEW.writers @> OLD.writers OR (NEW.state = OLD.state AND NEW.state_since <> OLD.state_since) THEN
      {refuse("Who wrote a proposal, and since when it is where it is, is not rewritten (R8)")}
    END IF;
    IF (NEW.kind, NEW.replaces_id) IS DISTINCT FROM (OLD.kind, OLD.replaces_id) AND OLD.current_id IS NOT NULL THEN
      {refuse("A submitted proposal keeps its kind and what it would replace")}
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({MOVES}) THEN
      {refuse("This state does not follow from the one before")}
    END IF;
    IF NEW.current_id IS DISTINCT FROM OLD.current_id AND (NEW.state NOT IN ('submitted', 'ready_for_decision')
       OR NOT EXISTS (SELECT FROM public.governance_proposalrevision r
                      WHERE r.id = NEW.current_id AND r.proposal_id = NEW.id
                        AND r.recorded_at >= transaction_timestamp())) THEN
      {refuse("A proposal moves on only to the revision that is being submitted")}
    END IF;
    IF NEW.state = 'ready_for_decision' AND EXISTS (
         SELECT FROM public.governance_proposalrevision r, unnest(r.asked_roles) AS asked
         WHERE r.id = NEW.current_id AND NOT EXISTS (
           SELECT FROM public.governance_opinion o WHERE o.revision_id = r.id AND o.role = asked)) THEN
      {refuse("A proposal is ready when every opinion asked is there (R5)")}
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ({AFTER_DECISION})
       AND NOT EXISTS (SELECT FROM public.governance_decision d WHERE d.revision_id = NEW.current_id
                         AND CASE d.outcome {LEADS_TO} END = NEW.state)
       AND NOT (NEW.state = 'returned' AND EXISTS (
         SELECT FROM public.governance_decision d
         WHERE d.project_id = NEW.project_id AND d.recorded_at >= transaction_timestamp()
           AND d.carried ->> ('proposal-' || NEW.id) = 'changed')) THEN
      {refuse("Only a recorded decision decides (R1)")}
    END IF;
    IF NEW.state <> OLD.state AND NEW.state = 'withdrawn' AND NOT public.ouvrage_meaningful(NEW.withdrawn_because) THEN
      {refuse("A proposal is withdrawn with a reason, in words")}
    END IF;
    IF NEW.state = 'closed' AND EXISTS (
         SELECT FROM public.governance_condition c JOIN public.governance_decision d ON d.id = c.decision_id
         WHERE d.revision_id = NEW.current_id AND c.state = 'open') THEN
      {refuse("A proposal is closed when all its conditions are met")}
    END IF;
    IF NEW.state <> OLD.state AND NEW.state = 'lapsed' AND NOT EXISTS (
         SELECT FROM public.governance_condition c JOIN public.governance_decision d ON d.id = c.decision_id
         WHERE d.revision_id = NEW.current_id AND c.state = 'lapsed') THEN
      {refuse("A proposal lapses with a condition of its decision")}
    END IF;
    IF NEW.state <> OLD.state AND NEW.state = 'superseded' AND NOT EXISTS (
         SELECT FROM public.governance_decision newer JOIN public.governance_decision d ON d.id = newer.supersedes_id
         WHERE d.revision_id = NEW.current_id) THEN
      {refuse("Only another decision replaces a decision (R6)")}
    END IF;
    """,
)

#: SQL condition: `role` has the letter `nature` at the activity of `kind`, in the matrix in force of `project`.
LETTER = """EXISTS (SELECT FROM public.projects_project p JOIN public.projects_matrix x ON x.id = p.matrix_id
    WHERE p.id = {project} AND jsonb_exists(x.powers -> {role} -> '{nature}', {kind}))"""

#: Roles that advise on the kind `lettered` by the matrix in force, held or not, without the author's role.
#: A role that is not mandatory counts from the day it is first held.
TO_BE_ASKED = """
    SELECT (r ->> 'code')::varchar FROM public.projects_project p JOIN public.projects_matrix x ON x.id = p.matrix_id,
      jsonb_array_elements(x.content -> 'roles') AS r
    WHERE p.id = file.project_id AND r ->> 'authority' = 'advises' AND r ->> 'code' <> file.author_role
      AND jsonb_exists(x.powers -> (r ->> 'code') -> 'advise', lettered)
      AND (r ->> 'mandatory' = 'true' OR EXISTS (
        SELECT FROM public.projects_mandate m JOIN public.roles_roletemplate t ON t.id = m.role_id
        WHERE m.project_id = p.id AND t.code = r ->> 'code' AND NOT m.taken_back AND lower(m.period) <= moment))
"""


#: SQL condition: the matrix in force names the kind of the file; the SQL twin of roles.enums.list_named_kinds.
NAMED = """EXISTS (SELECT FROM public.projects_project p JOIN public.projects_matrix x ON x.id = p.matrix_id,
      jsonb_each(x.powers) AS natures(role, kinds)
    WHERE p.id = file.project_id AND jsonb_exists(natures.kinds -> 'decide', file.kind))"""


def _by_its_role() -> str:
    following = " ".join(f"WHEN '{kind}' THEN '{followed}'" for kind, followed in sorted(FOLLOWING_KINDS.items()))
    return f"""
    SELECT * INTO file FROM public.governance_proposal WHERE id = NEW.proposal_id;
    lettered := CASE WHEN {NAMED} THEN file.kind ELSE CASE file.kind {following} ELSE file.kind END END;
    IF file.id IS NULL OR NOT {holds("NEW.submitted_by_id", "file.project_id", "t.code = file.author_role")} THEN
      {refuse("A revision is submitted by a holder of the role that writes it (R2)")}
    END IF;
    IF NOT {LETTER.format(project="file.project_id", role="file.author_role", nature="propose", kind="lettered")} THEN
      {refuse("A proposal comes from a role that proposes in the matrix of the project (R2)")}
    END IF;
    IF {tied_condition("file.project_id", "NEW.submitted_by_id")} THEN
      {refuse("A declared tie with a bidder blocks this role until the owner settles it (R8)")}
    END IF;
    IF NOT (NEW.asked_roles <@ ARRAY({TO_BE_ASKED}) AND NEW.asked_roles @> ARRAY({TO_BE_ASKED})) THEN
      {refuse("A revision asks every role that advises by the matrix but its author's role (R5)")}
    END IF;
    """


SUBMITTED_BY_ITS_ROLE = RegistryGuard(
    "is_submitted_by_its_role",
    pgtrigger.Insert,
    _by_its_role,
    moment=NOW,
    file="public.governance_proposal",
    lettered="varchar",
)

#: SQL query: the letters of a list of options.
OF_ITS_OPTIONS = "SELECT substr('ABCDEF', n, 1) FROM generate_series(1, jsonb_array_length({options})) AS n"

#: Texts that every submission needs.
WRITTEN = " AND ".join(
    f"public.ouvrage_meaningful(NEW.{name})" for name in ("title", "question", "context", "recommendation", "risks")
)

SAYS_WHAT_IT_ASKS = guard(
    "says_what_it_asks",
    pgtrigger.Insert,
    f"""
    IF NOT ({WRITTEN}) OR NOT public.ouvrage_meaningful(NEW.evidence) AND (NEW.evidence <> '' OR NEW.attachments = '[]')
       OR jsonb_array_length(NEW.options) < 2 OR EXISTS (
         SELECT FROM jsonb_array_elements(NEW.options) AS option
         WHERE NOT public.ouvrage_meaningful(option ->> 'title')) THEN
      {refuse("A revision says in words what it asks, its options, its risks and its evidence (R5)")}
    END IF;
    IF EXISTS (
         SELECT FROM jsonb_each(NEW.alternatives) AS other(letter, own)
         WHERE other.letter = NEW.recommended OR other.letter NOT IN ({OF_ITS_OPTIONS.format(options="NEW.options")})
           OR jsonb_typeof(other.own -> 'terms') IS DISTINCT FROM 'object'
           OR coalesce(other.own ->> 'amount', '-') !~ '^([0-9]+[.][0-9]{{2}})?$') THEN
      {refuse("What another option changes is said of an option of the revision, with its amount and terms (R5)")}
    END IF;
    """,
)

CARRIES_ITS_HASH = guard(
    "carries_its_hash",
    pgtrigger.Insert,
    f"""
    SELECT * INTO file FROM public.governance_proposal WHERE id = NEW.proposal_id;
    IF NEW.salt !~ '^[0-9a-f]{{32}}$'
       OR NEW.hash IS DISTINCT FROM encode(sha256(convert_to(public.ouvrage_canonical(jsonb_build_object(
         'salt', NEW.salt, 'kind', file.kind, 'replaces', coalesce(file.replaces_id::text, ''), 'title', NEW.title,
         'question', NEW.question, 'context', NEW.context, 'options', NEW.options, 'recommended', NEW.recommended,
         'recommendation', NEW.recommendation, 'impact_scope', NEW.impact_scope, 'impact_cost', NEW.impact_cost,
         'impact_schedule', NEW.impact_schedule, 'impact_quality', NEW.impact_quality,
         'impact_recipients', NEW.impact_recipients, 'risks', NEW.risks, 'evidence', NEW.evidence,
         'amount', coalesce(NEW.amount::text, ''), 'decide_by', coalesce(to_char(NEW.decide_by, 'YYYY-MM-DD'), ''),
         'terms', NEW.terms, 'attachments', NEW.attachments,
         'opinions_by', coalesce(to_char(NEW.opinions_by, 'YYYY-MM-DD'), ''),
         'binding_authority', NEW.binding_authority)
         || CASE WHEN NEW.rests_on = '[]' THEN '{{}}' ELSE jsonb_build_object('rests_on', NEW.rests_on) END
         || CASE WHEN NEW.alternatives = '{{}}' THEN '{{}}'
              ELSE jsonb_build_object('alternatives', NEW.alternatives) END
         || CASE WHEN NEW.snapshot = '[]' THEN '{{}}' ELSE jsonb_build_object('snapshot', NEW.snapshot) END),
         'UTF8')), 'hex') THEN
      {refuse("A revision carries the hash of its content")}
    END IF;
    """,
    file="public.governance_proposal",
)

#: SQL condition: the file `f` is on the question of the file `{file}`, which may be `f`.
ON_ITS_QUESTION = "coalesce(f.counter_to_id, f.id) = coalesce({file}.counter_to_id, {file}.id)"

#: The first file of a question is submitted and names no other; the files of a question are of one kind.
ON_AN_OPEN_QUESTION = guard(
    "is_on_an_open_question",
    pgtrigger.Insert,
    f"""
    IF NEW.counter_to_id IS NULL THEN
      RETURN NEW;
    END IF;
    SELECT * INTO first FROM public.governance_proposal WHERE id = NEW.counter_to_id FOR SHARE;
    IF first.counter_to_id IS NOT NULL OR (first.project_id, first.kind) <> (NEW.project_id, NEW.kind)
       OR first.replaces_id IS DISTINCT FROM NEW.replaces_id THEN
      {refuse("A counter-proposal is on the question of its project, of one kind, as the first file asked it (R1)")}
    END IF;
    IF NOT EXISTS (
         SELECT FROM public.governance_proposal f
         WHERE {ON_ITS_QUESTION.format(file="NEW")} AND f.current_id IS NOT NULL AND f.state IN ({MERGEABLE})) THEN
      {refuse("A counter-proposal is written while its question waits for an answer (R1)")}
    END IF;
    IF first.author_role = NEW.author_role THEN
      {refuse("A counter-proposal comes from another role than the proposal (R2)")}
    END IF;
    """,
    first="public.governance_proposal",
)

ON_A_QUESTION_NOT_ANSWERED = guard(
    "is_on_a_question_not_answered",
    pgtrigger.Insert,
    f"""
    SELECT * INTO file FROM public.governance_proposal WHERE id = NEW.proposal_id;
    IF EXISTS (
         SELECT FROM public.governance_proposal f JOIN public.governance_decision d ON d.proposal_id = f.id
         WHERE {ON_ITS_QUESTION.format(file="file")} AND f.id <> file.id AND f.state <> 'lapsed'
           AND d.outcome IN ({APPROVALS})) THEN
      {refuse("A question is answered once (R1)")}
    END IF;
    """,
    file="public.governance_proposal",
)

REPLACES_AN_APPROVAL = guard(
    "replaces_a_decision_of_its_project",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.governance_decision d
         WHERE d.id = NEW.replaces_id AND d.project_id = NEW.project_id AND d.proposal_id <> NEW.id
           AND d.outcome IN ({APPROVALS})) THEN
      {refuse("A proposal may replace an approval on its own project")}
    END IF;
    """,
)
