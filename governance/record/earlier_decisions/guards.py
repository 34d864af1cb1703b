"""Database triggers of earlier decisions: sealed line by line, fixed once the list is taken over (ADR 23)."""

import pgtrigger

from core.record.guards import deferred, guard, refuse
from governance.enums import APPROVALS
from roles.enums import TAKE_OVER

APPROVALS_SQL = ", ".join(f"'{outcome}'" for outcome in sorted(APPROVALS))

#: SQL condition: the owner has taken over the earlier decisions of `{project}`.
TAKEN_OVER = f"""EXISTS (SELECT FROM public.governance_decision d
    JOIN public.governance_proposal f ON f.id = d.proposal_id
    WHERE d.project_id = {{project}} AND f.kind = '{TAKE_OVER}' AND d.outcome IN ({APPROVALS_SQL})
      AND NOT d.changes_nothing)"""

#: SQL expression: the term of the list of `{project}` as it is now, its count and its fingerprint.
LIST = """(SELECT count(*)::text || ':' || encode(sha256(convert_to(public.ouvrage_canonical(jsonb_build_object(
      'lines', coalesce(jsonb_agg(line.hash ORDER BY line.hash COLLATE "C"), '[]'))), 'UTF8')), 'hex')
    FROM public.governance_earlierdecision line WHERE line.project_id = {project} AND NOT line.left_out)"""

#: SQL condition: an approval on `{project}` has replaced the earlier decision `{id}`.
REPLACED = f"""EXISTS (SELECT FROM public.governance_decision newer
    JOIN public.governance_proposalrevision named ON named.id = newer.revision_id
    WHERE newer.project_id = {{project}} AND newer.outcome IN ({APPROVALS_SQL}) AND NOT newer.changes_nothing
      AND named.rests_on @> jsonb_build_array(jsonb_build_object('item', 'replaced:' || {{id}})))"""

#: SQL condition: `{id}` is an earlier decision of `{project}` that was taken over, with this `{version}`.
IN_THE_REGISTER = f"""EXISTS (SELECT FROM public.governance_earlierdecision line
    WHERE line.id = {{id}} AND line.project_id = {{project}} AND line.hash = {{version}} AND NOT line.left_out)
    AND {TAKEN_OVER} AND NOT {REPLACED}"""

STAYS_AS_TAKEN_OVER = guard(
    "stays_as_taken_over",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    PERFORM FROM public.projects_project WHERE id = NEW.project_id FOR SHARE;
    IF {TAKEN_OVER.format(project="NEW.project_id")} THEN
      {refuse("The earlier decisions that the owner has taken over stay as they are")}
    END IF;
    IF NEW.decided_on > (clock_timestamp() + interval '1 day')::date THEN
      {refuse("An earlier decision was taken on a day that has come")}
    END IF;
    """,
)

CARRIES_ITS_HASH = guard(
    "carries_its_hash",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF NEW.salt !~ '^[0-9a-f]{{32}}$'
       OR NEW.hash IS DISTINCT FROM encode(sha256(convert_to(public.ouvrage_canonical(jsonb_build_object(
         'salt', NEW.salt, 'number', NEW.number, 'decided_on', to_char(NEW.decided_on, 'YYYY-MM-DD'),
         'title', NEW.title, 'kind', NEW.kind, 'outcome', NEW.outcome, 'reasons', NEW.reasons,
         'signatory', NEW.signatory, 'file', NEW.file)), 'UTF8')), 'hex') THEN
      {refuse("An earlier decision carries the hash of its content")}
    END IF;
    """,
)

#: Deferred, so that the service tells the owner in its own words first.
TAKES_OVER_THE_LIST_AS_IT_IS = deferred(
    "takes_over_the_list_as_it_is",
    pgtrigger.Insert,
    f"""
        IF NEW.outcome IN ({APPROVALS_SQL}) AND NOT NEW.changes_nothing AND EXISTS (
             SELECT FROM public.governance_proposal WHERE id = NEW.proposal_id AND kind = '{TAKE_OVER}') THEN
          PERFORM FROM public.projects_project WHERE id = NEW.project_id FOR NO KEY UPDATE;
          IF {TAKEN_OVER.format(project="NEW.project_id AND d.id <> NEW.id")} THEN
            {refuse("The former register of a project is taken over once")}
          END IF;
          IF (SELECT terms ->> 'earlier_decisions' FROM public.governance_proposalrevision WHERE id = NEW.revision_id)
             IS DISTINCT FROM {LIST.format(project="NEW.project_id")} THEN
            {refuse("A take-over is of the list of earlier decisions as it is now")}
          END IF;
        END IF;
    """,
)

REPLACES_AN_EARLIER_DECISION_ONCE = guard(
    "replaces_an_earlier_decision_once",
    pgtrigger.Insert,
    f"""
    IF NEW.outcome IN ({APPROVALS_SQL}) AND NOT NEW.changes_nothing THEN
      FOR replaced IN
        SELECT split_part(ground ->> 'item', ':', 2)::bigint FROM public.governance_proposalrevision r,
          jsonb_array_elements(r.rests_on) AS ground
        WHERE r.id = NEW.revision_id AND starts_with(ground ->> 'item', 'replaced:') ORDER BY 1
      LOOP
        PERFORM FROM public.governance_earlierdecision WHERE id = replaced FOR UPDATE;
        IF {REPLACED.format(project="NEW.project_id", id="replaced")} THEN
          {refuse("An earlier decision is replaced once (R6)")}
        END IF;
        IF NEW.delegation_id IS NOT NULL THEN
          {refuse("The owner replaces an earlier decision in person (R1)")}
        END IF;
      END LOOP;
    END IF;
    """,
    replaced="bigint",
)
