"""Triggers of the facts of a project: its owner changes them by act or decision, the prefix before any reference."""

from typing import Any

import pgtrigger

from core.record.guards import refuse
from governance.enums import Act
from projects.enums import OVER
from projects.ledger.enums import Act as ProjectAct
from projects.seat_guards import decides
from projects.workspaces import required_sql

#: Columns that `edit_facts` changes.
NAMES = ("title_fr", "title_en", "prefix", "language")
WORKSPACES = ("workspaces",)
#: Columns → the acts that alone change them.
CHANGED_BY = {
    NAMES: (Act.EDIT_FACTS,),
    WORKSPACES: (Act.SWITCH_WORKSPACES,),
    ("signed_decisions",): (Act.SIGN_DECISIONS,),
    ("archived",): (ProjectAct.ARCHIVE, ProjectAct.UNARCHIVE),
}
#: Queries of the rows of the project `{project}` whose reference begins with its prefix; workspaces add theirs.
REFERENCED = ["SELECT FROM public.governance_proposal WHERE project_id = {project}"]


def has_references_sql(project: str) -> str:
    """Return the condition that the project, an SQL expression of its key, has given references."""
    return " OR ".join(f"EXISTS ({rows.format(project=project)})" for rows in REFERENCED)


def _changed_without_decision(columns: tuple[str, ...]) -> str:
    """Return the query of the columns that changed without being the effect of a decision of this transaction."""
    changes = ", ".join(f"('{column}', OLD.{column}::text, NEW.{column}::text)" for column in columns)
    return f"""SELECT FROM (VALUES {changes}) AS fact(field, before, after)
             WHERE fact.before IS DISTINCT FROM fact.after AND NOT EXISTS (
               SELECT FROM public.governance_effect e
               WHERE e.subject = 'projects.project' AND e.subject_id = NEW.id AND e.field = fact.field
                 AND e.before = fact.before AND e.after = fact.after AND e.recorded_at >= transaction_timestamp())"""


def _are_added_as_required() -> str:
    """Return the condition that workspaces were only added, each one required, with an event that says so."""
    return f"""NEW.workspaces @> OLD.workspaces AND EXISTS (
             SELECT FROM public.projects_ledgerevent e
             WHERE e.project_id = NEW.id AND e.act = '{Act.REQUIRE_WORKSPACES}'
               AND e.xact = pg_current_xact_id()::text::bigint)
           AND NOT EXISTS (
             SELECT FROM unnest(NEW.workspaces) AS added(workspace)
             WHERE added.workspace <> ALL (OLD.workspaces) AND added.workspace NOT IN (
               {required_sql("NEW.level", "NEW.parent_id", "NEW.id")}))"""


class FactsGuard(pgtrigger.Trigger):
    """A deferred trigger on projects, generated from REFERENCED and REQUIRING at each installation."""

    def get_func(self, model: Any) -> str:
        """Return the trigger function."""
        checks = "".join(
            f"""
        IF EXISTS ({_changed_without_decision(columns)}) AND NOT EXISTS (
             SELECT FROM public.projects_ledgerevent e
             WHERE e.project_id = NEW.id AND e.act IN ({", ".join(f"'{act}'" for act in acts)})
               AND e.xact = pg_current_xact_id()::text::bigint
               AND {decides("e.actor_id", "e.project_id", at="e.acted_at")})
           {f"AND NOT ({_are_added_as_required()})" if columns == WORKSPACES else ""} THEN
          {refuse("The owner in office alone changes the facts of a project, by an act (R1)")}
        END IF;"""
            for columns, acts in CHANGED_BY.items()
        )
        return f"""{checks}
        IF NEW.prefix <> OLD.prefix AND ({has_references_sql("NEW.id")}) THEN
          {refuse("A project keeps its prefix once a reference begins with it")}
        END IF;
        RETURN NULL;
        """


CHANGES_BY_ITS_OWNER = FactsGuard(
    name="changes_by_its_owner",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
)


class RequirementsGuard(pgtrigger.Trigger):
    """A deferred trigger on projects, generated from REQUIRING at each installation."""

    def get_func(self, model: Any) -> str:
        """Return the trigger function."""
        over = ", ".join(f"'{state}'" for state in sorted(OVER))
        return f"""
        IF TG_OP = 'UPDATE' THEN
          IF (NEW.workspaces, NEW.parent_id) IS NOT DISTINCT FROM (OLD.workspaces, OLD.parent_id) THEN
            RETURN NULL;
          END IF;
        END IF;
        IF EXISTS (
             SELECT FROM public.projects_project p
             WHERE (p.id = NEW.id OR p.parent_id = NEW.id) AND p.state NOT IN ({over}) AND EXISTS (
               SELECT FROM ({required_sql("p.level", "p.parent_id", "p.id")}) AS required
               WHERE required.workspace <> ALL (p.workspaces))) THEN
          {refuse("A project has the workspaces that a mandatory standard above requires (R9)")}
        END IF;
        RETURN NULL;
        """


HAS_WHAT_IS_REQUIRED = RequirementsGuard(
    name="has_what_is_required",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update,
    timing=pgtrigger.Deferred,
)
