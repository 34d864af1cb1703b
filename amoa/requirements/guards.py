"""Triggers on requirements: no row starts decided, frozen versions are immutable, versions are consecutive."""

import pgtrigger

from amoa.requirements import workflow
from core.record.guards import deferred, follows_the_last, guard, hash_of, refuse
from governance.decide.decisions.effect_guards import noted_effect
from governance.decide.decisions.seal_guards import KEY, sealing_sql

BORN = ", ".join(f"'{state}'" for state in sorted(workflow.INITIAL))
MOVES = ", ".join(
    f"('{origin}', '{target}')"
    for origin, target in sorted(
        {*workflow.list_transitions(workflow.BY_HAND), *workflow.list_transitions(workflow.BY_DECISION)}
    )
)
#: Columns of a version: frozen, approved and compared together.
CONTENT = (
    "title",
    "statement",
    "kind",
    "category",
    "priority",
    "criticality",
    "source",
    "justification",
    "verification",
    "lot",
    "criteria",
    "recipients",
)
NEW, OLD = (", ".join(f"{row}.{name}" for name in CONTENT) for row in ("NEW", "OLD"))


def rewritten_sql(baseline: str) -> str:
    """Return a query: the fingerprint of the present texts that differ from those of `baseline`; null without one."""
    texts = ", ".join(f"r.{name}" for name in CONTENT)
    return f"""
      SELECT encode(sha256(convert_to(string_agg(
        jsonb_build_array(r.id, r.version, {texts})::text, ',' ORDER BY r.id), 'UTF8')), 'hex')
      FROM public.amoa_baselineentry e
      JOIN public.amoa_requirementversion v ON v.id = e.version_id
      JOIN public.amoa_requirement r ON r.id = v.requirement_id
      WHERE e.baseline_id = {baseline} AND r.version <> v.number"""


#: SQL condition of a seal break: a requirement of the baseline was rewritten by the same act.
BASELINE_REWRITTEN = f"""
      NEW.after = ({rewritten_sql(KEY)})
      AND EXISTS (SELECT FROM public.amoa_requirementbaseline b WHERE b.id = {KEY} AND b.hash = NEW.before)
      AND EXISTS (
        SELECT FROM public.amoa_baselineentry e JOIN public.amoa_requirementversion v ON v.id = e.version_id
        JOIN public.amoa_requirement r ON r.id = v.requirement_id
        WHERE e.baseline_id = {KEY} AND r.version <> v.number AND r.changed_at = NEW.acted_at)"""

TELLS_WHAT_APPROVED_IT = deferred(
    "tells_what_approved_it",
    pgtrigger.Update,
    f"""
        IF ({NEW}, NEW.version) IS DISTINCT FROM ({OLD}, OLD.version) AND EXISTS (
             SELECT FROM ({sealing_sql("baseline", "NEW.project_id")}) AS d
             JOIN public.amoa_requirementbaseline b
               ON b.project_id = NEW.project_id AND b.number || ':' || b.hash = d.value
             JOIN public.amoa_baselineentry e ON e.baseline_id = b.id
             JOIN public.amoa_requirementversion v ON v.id = e.version_id
             WHERE d.at < NEW.changed_at AND v.requirement_id = NEW.id AND v.number <> NEW.version AND NOT EXISTS (
               SELECT FROM public.governance_sealbreak s
               WHERE s.decision_id = d.id AND s.item = 'baseline:' || b.id AND s.acted_at = NEW.changed_at)) THEN
          {refuse("Rewriting an approved requirement tells the decision that approved it (R6)")}
        END IF;
    """,
)

BORN_UNDECIDED = guard(
    "is_born_undecided",
    pgtrigger.Insert,
    f"""
    IF NEW.state NOT IN ({BORN}) OR NEW.in_force_id IS NOT NULL OR NEW.version <> 1 THEN
      {refuse("Nothing is born decided: a requirement begins with its first version, before the owner (R1)")}
    END IF;
    """,
)

FOLLOWS_ITS_LIFE = guard(
    "follows_its_life",
    pgtrigger.Update,
    f"""
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({MOVES}) THEN
      {refuse("This state of a requirement does not follow from the one before")}
    END IF;
    IF NEW.version NOT IN (OLD.version, OLD.version + 1) THEN
      {refuse("The versions of a requirement follow each other")}
    END IF;
    IF ({NEW}) IS DISTINCT FROM ({OLD}) AND NEW.version = OLD.version AND EXISTS (
         SELECT FROM public.amoa_requirementversion v
         WHERE v.requirement_id = NEW.id AND v.number = OLD.version) THEN
      {refuse("A version that was frozen is not rewritten: another text is another version")}
    END IF;
    IF NEW.version > OLD.version AND NEW.state IN ('approved', 'implemented', 'verified', 'accepted') THEN
      {refuse("A new version is proposed; the approved one stays in force (R1)")}
    END IF;
    """,
)

SERVES_ITS_PROJECT = guard(
    "serves_groups_of_its_project",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF cardinality(NEW.recipients) > 0 AND EXISTS (
         SELECT FROM unnest(NEW.recipients) AS served (id) WHERE NOT EXISTS (
           SELECT FROM public.projects_recipientgroup g WHERE g.id = served.id AND g.project_id = NEW.project_id)) THEN
      {refuse("A requirement serves groups of its own project")}
    END IF;
    IF NEW.parent_id IS NOT NULL AND (NEW.parent_id = NEW.id OR NOT EXISTS (
         SELECT FROM public.amoa_requirement p WHERE p.id = NEW.parent_id AND p.project_id = NEW.project_id
           AND (NEW.kind <> 'need' OR p.kind = 'need'))) THEN
      {refuse("A requirement answers a need or refines a requirement of its own project; a need refines a need")}
    END IF;
    """,
)

#: The hash covers the salt and the content, in the canonical form that Python computes as well.
CARRIES_ITS_HASH = guard(
    "carries_its_hash",
    pgtrigger.Insert,
    f"""
    IF NEW.salt !~ '^[0-9a-f]{{32}}$'
       OR NEW.hash IS DISTINCT FROM {hash_of("NEW.content || jsonb_build_object('salt', NEW.salt)")} THEN
      {refuse("A version of a requirement carries the hash of its content")}
    END IF;
    SELECT * INTO working FROM public.amoa_requirement WHERE id = NEW.requirement_id;
    IF working.version <> NEW.number OR NEW.content ->> 'code' <> working.code
       OR NEW.content ->> 'title' <> working.title OR NEW.content ->> 'statement' <> working.statement
       OR NEW.content -> 'criteria' IS DISTINCT FROM working.criteria THEN
      {refuse("What is frozen is the working version as it stands")}
    END IF;
    """,
    working="public.amoa_requirement",
)

ANSWERED_ONCE = guard(
    "is_answered_once",
    pgtrigger.Update,
    f"""
    IF OLD.answered_at IS NOT NULL AND (NEW.answer, NEW.answered_by_id, NEW.answered_at)
       IS DISTINCT FROM (OLD.answer, OLD.answered_by_id, OLD.answered_at) THEN
      {refuse("What is answered stays answered: ask again")}
    END IF;
    """,
)

FOLLOWS_THE_BASELINE_BEFORE = guard(
    "follows_the_baseline_before",
    pgtrigger.Insert,
    follows_the_last("amoa_requirementbaseline", "The baselines of a project follow each other"),
)

ADDED_WITH_ITS_BASELINE = guard(
    "is_added_with_its_baseline",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (
         SELECT FROM public.amoa_requirementbaseline b
         JOIN public.amoa_requirementversion v ON v.id = NEW.version_id AND v.project_id = b.project_id
         WHERE b.id = NEW.baseline_id AND b.recorded_at >= transaction_timestamp()) THEN
      {refuse("A baseline is frozen whole: nothing is added afterwards, nothing of another project")}
    END IF;
    """,
)

CARRIES_THE_HASH_OF_ITS_VERSIONS = deferred(
    "carries_the_hash_of_its_versions",
    pgtrigger.Insert,
    f"""
        IF NEW.hash IS DISTINCT FROM (
             SELECT encode(sha256(convert_to(public.ouvrage_canonical(jsonb_build_object(
               'number', NEW.number::text,
               'versions', coalesce(jsonb_agg(jsonb_build_array(r.code, v.number::text, v.hash)
                                              ORDER BY r.code COLLATE "C"), '[]'))), 'UTF8')), 'hex')
             FROM public.amoa_baselineentry e JOIN public.amoa_requirementversion v ON v.id = e.version_id
             JOIN public.amoa_requirement r ON r.id = v.requirement_id
             WHERE e.baseline_id = NEW.id) THEN
          {refuse("A baseline carries the hash of the versions it holds")}
        END IF;
    """,
)

DECIDED_BY_THE_OWNER = deferred(
    "is_decided_by_the_owner",
    pgtrigger.Update,
    f"""
        IF (NEW.in_force_id IS DISTINCT FROM OLD.in_force_id OR NEW.state <> OLD.state AND NEW.state = 'approved')
           AND NOT EXISTS ({noted_effect("baseline")}) THEN
          {refuse("Only a decision of the owner approves a requirement, or ends an approval (R1)")}
        END IF;
        IF NEW.in_force_id IS DISTINCT FROM OLD.in_force_id AND NEW.in_force_id IS NOT NULL AND NOT EXISTS (
             SELECT FROM public.amoa_baselineinforce f
             JOIN public.amoa_baselineentry b ON b.baseline_id = f.baseline_id
             WHERE f.project_id = NEW.project_id AND b.version_id = NEW.in_force_id) THEN
          {refuse("The version in force is the one in the approved baseline")}
        END IF;
        IF NEW.state = 'approved' AND NEW.state <> OLD.state AND NOT EXISTS (
             SELECT FROM public.amoa_requirementversion v
             WHERE v.id = NEW.in_force_id AND v.number = NEW.version) THEN
          {refuse("What is approved is the exact version that was frozen")}
        END IF;
        IF NEW.state <> OLD.state AND (NEW.state = 'accepted' OR OLD.state = 'accepted' AND NEW.state = 'verified')
           AND NOT EXISTS ({noted_effect("acceptance")}) THEN
          {refuse("Only a decision of the owner accepts what was tested (R1)")}
        END IF;
        IF NEW.state = 'rejected' AND NEW.state <> OLD.state AND NOT EXISTS (
             SELECT FROM public.governance_decision d
             WHERE d.project_id = NEW.project_id AND d.outcome = 'rejected'
               AND d.recorded_at >= transaction_timestamp()) THEN
          {refuse("Only a decision of the owner rejects a requirement (R1)")}
        END IF;
    """,
)

IS_OF_ITS_PROJECT = guard(
    "is_of_its_project",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF NEW.baseline_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.amoa_requirementbaseline b
         WHERE b.id = NEW.baseline_id AND b.project_id = NEW.project_id) THEN
      {refuse("The baseline in force is one of the project's own")}
    END IF;
    """,
)

CHANGES_BY_DECISION = deferred(
    "changes_by_decision",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
        IF TG_OP = 'UPDATE' THEN
          SELECT number::text INTO number_before FROM public.amoa_requirementbaseline WHERE id = OLD.baseline_id;
        END IF;
        SELECT number::text INTO number_after FROM public.amoa_requirementbaseline WHERE id = NEW.baseline_id;
        IF number_before IS DISTINCT FROM number_after AND NOT EXISTS (
             {noted_effect("baseline")} AND e.subject = 'projects.project' AND e.subject_id = NEW.project_id
               AND e.before = coalesce(number_before, '') AND e.after = coalesce(number_after, '')) THEN
          {refuse("The requirements in force on a project change by a decision of its owner (R1)")}
        END IF;
    """,
    number_before="text",
    number_after="text",
)
