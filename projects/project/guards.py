"""Triggers of projects: start only with every role, accepted (R3, R4), and parents of a higher level."""

import pgtrigger

from core.record.guards import guard, refuse
from projects.independence.guards import employers_sql
from projects.project.level_workspaces import may_have_sql


def changed_duties_sql(project: str, matrix: str, code: str, at: str) -> str:
    """Return the condition: the role `code` has other responsibilities in `matrix` than those in force at `at`.

    The arguments are SQL expressions: keys of a project and of a matrix, a code, an instant. False while `at` is null.
    """
    duties = """(
        SELECT one -> 'duties' FROM public.projects_matrix x, jsonb_array_elements(x.content -> 'roles') AS one
        WHERE x.id = {matrix} AND one ->> 'code' = {code})"""
    then = f"""(
          SELECT h.matrix_id FROM public.projects_historicalproject h
          WHERE h.id = {project} AND h.history_date <= {at} ORDER BY h.history_date DESC, h.history_id DESC LIMIT 1)"""
    return f"""coalesce({duties.format(matrix=then, code=code)}
        <> {duties.format(matrix=matrix, code=code)}, false)"""


def lacking_sql(project: str, later: str, more: str = "") -> str:
    """Return the query of the mandatory roles of `project`, a row, without a holder for whom `more` holds too.

    Recipients need a named group; programmes need neither provider nor recipients. The condition `later` tells that the
    provider may still come, by a gate that the owner approved. Reads the variables `said`, the matrix, and `moment`.
    """
    return f"""
    SELECT FROM jsonb_array_elements(said -> 'roles') AS r
    WHERE r ->> 'mandatory' = 'true'
      AND ({project}.level = 'project' OR r ->> 'authority' NOT IN ('delivers', 'receives'))
      AND NOT (r ->> 'authority' = 'delivers' AND {later})
      AND NOT EXISTS (
        SELECT FROM public.projects_mandate m JOIN public.roles_roletemplate t ON t.id = m.role_id
        JOIN public.roles_user u ON u.id = m.holder_id
        WHERE m.project_id = {project}.id AND t.code = r ->> 'code' AND NOT m.taken_back AND m.period @> moment
          AND u.is_active AND (m.authority <> 'receives' OR m."group" <> '' AND NOT m.champion) {more})
    """


#: Day of the launch.
TODAY = "(moment AT TIME ZONE public.ouvrage_zone())::date"
LATER = "NEW.provider_gate <> ''"
#: The holder accepted what the role answers for now.
ACCEPTED = f"""AND m.accepted_at <= moment
          AND NOT {changed_duties_sql("NEW.id", "NEW.matrix_id", "r ->> 'code'", "m.accepted_at")}"""
#: Activities without exactly one accountable role (the owner's), or without a role that carries them out (R4).
INCOMPLETE = """
    SELECT FROM jsonb_array_elements(said -> 'lines') AS line
    WHERE (SELECT array_agg(DISTINCT r ->> 'authority') FROM jsonb_array_elements(said -> 'roles') AS r,
             jsonb_array_elements(r -> 'duties') AS d
           WHERE d ->> 'nature' = 'decide' AND jsonb_exists(d -> 'activities', line ->> 'code'))
          IS DISTINCT FROM ARRAY['decides']
       OR NOT EXISTS (
         SELECT FROM jsonb_array_elements(said -> 'roles') AS r, jsonb_array_elements(r -> 'duties') AS d
         WHERE d ->> 'nature' IN ('propose', 'produce') AND jsonb_exists(d -> 'activities', line ->> 'code'))
"""

#: Activities with a kind of decision at which fewer than two advising roles are heard, whichever role proposes.
#: Heard are mandatory ones with the letter “advises”, and the author's. The SQL twin of roles.role_templates.lint.
UNADVISED = """
    SELECT FROM jsonb_array_elements(said -> 'lines') AS line
    CROSS JOIN LATERAL (
      SELECT '' AS code WHERE NOT EXISTS (
        SELECT FROM jsonb_array_elements(said -> 'roles') AS r, jsonb_array_elements(r -> 'duties') AS d
        WHERE d ->> 'nature' = 'propose' AND jsonb_exists(d -> 'activities', line ->> 'code'))
      UNION
      SELECT r ->> 'code' FROM jsonb_array_elements(said -> 'roles') AS r, jsonb_array_elements(r -> 'duties') AS d
      WHERE d ->> 'nature' = 'propose' AND jsonb_exists(d -> 'activities', line ->> 'code')) AS author
    WHERE jsonb_array_length(line -> 'kinds') > 0 AND (
      SELECT count(*) FROM jsonb_array_elements(said -> 'roles') AS r
      WHERE r ->> 'authority' = 'advises' AND (r ->> 'code' = author.code OR r ->> 'mandatory' = 'true' AND EXISTS (
        SELECT FROM jsonb_array_elements(r -> 'duties') AS d
        WHERE d ->> 'nature' = 'advise' AND jsonb_exists(d -> 'activities', line ->> 'code')))) < 2
"""

#: Seats in force that advise or deliver, whose holder has no known employer at `moment`: not independent (R8).
WITHOUT_EMPLOYER = f"""
    SELECT FROM public.projects_mandate m JOIN public.roles_user u ON u.id = m.holder_id
    CROSS JOIN LATERAL ({employers_sql("m.holder_id", TODAY, TODAY)}) AS e
    WHERE m.project_id = NEW.id AND m.authority IN ('advises', 'delivers') AND NOT m.taken_back
      AND m.period @> moment AND u.is_active AND e.organisation_id IS NULL
"""

#: Changes of state: a launch may be undone, and an abandoned project is reopened where it stood.
MOVES = """('draft', 'active'), ('active', 'draft'), ('active', 'suspended'), ('suspended', 'active'),
       ('active', 'closed'), ('closed', 'active'), ('draft', 'abandoned'), ('active', 'abandoned'),
       ('suspended', 'abandoned'), ('abandoned', 'active'), ('abandoned', 'draft')"""

STARTS_WITH_EVERY_ROLE = guard(
    "starts_with_every_role",
    pgtrigger.Update,
    f"""
    IF NEW.pack <> OLD.pack THEN
      {refuse("A project keeps its method pack")}
    END IF;
    IF NEW.matrix_id IS DISTINCT FROM OLD.matrix_id AND NOT EXISTS (
         SELECT FROM public.projects_matrix WHERE id = NEW.matrix_id AND project_id = NEW.id) THEN
      {refuse("The roles in force are a version of the project's own matrix")}
    END IF;
    IF NEW.matrix_id IS DISTINCT FROM OLD.matrix_id AND OLD.matrix_id IS NOT NULL
       AND NOT (OLD.matrix_approved OR NEW.matrix_approved) THEN
      {refuse("Another version of the roles comes into force when the owner approves it (R1)")}
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({MOVES}) THEN
      {refuse("A project is launched, suspended and resumed, then closed or abandoned")}
    END IF;
    IF OLD.state = 'abandoned' AND NEW.state <> OLD.state AND (NEW.state = 'draft') IS DISTINCT FROM (
         SELECT h.state = 'draft' FROM public.projects_historicalproject h
         WHERE h.id = NEW.id AND h.state <> 'abandoned'
         ORDER BY h.history_date DESC, h.history_id DESC LIMIT 1) THEN
      {refuse("A project that was abandoned before its launch is launched after its reopening (R3)")}
    END IF;
    IF OLD.state = 'draft' AND NEW.state = 'active' THEN
      moment := coalesce(public.ouvrage_back_entry(), clock_timestamp());
      SELECT content INTO said FROM public.projects_matrix WHERE id = NEW.matrix_id;
      IF said IS NULL OR NOT NEW.matrix_approved THEN
        {refuse("A project starts once its owner has approved its roles (R3)")}
      END IF;
      IF EXISTS ({lacking_sql("NEW", LATER)}) THEN
        {refuse("A project does not start while a mandatory role is undefined (R3)")}
      END IF;
      IF EXISTS ({WITHOUT_EMPLOYER}) THEN
        {refuse("A project does not start while the organisation of who advises or delivers is unknown (R8)")}
      END IF;
      IF EXISTS ({INCOMPLETE}) THEN
        {refuse("A project starts once each activity has its accountable role and somebody who carries it (R4)")}
      END IF;
      IF EXISTS ({UNADVISED}) THEN
        {refuse("A project starts once two advising roles are heard at each kind of decision (R2)")}
      END IF;
      IF EXISTS ({lacking_sql("NEW", LATER, ACCEPTED)}) THEN
        {refuse("A project does not start before a holder of each mandatory role has accepted it (R3)")}
      END IF;
    ELSIF NEW.matrix_approved AND (NEW.matrix_id IS DISTINCT FROM OLD.matrix_id OR NOT OLD.matrix_approved) THEN
      SELECT content INTO said FROM public.projects_matrix WHERE id = NEW.matrix_id;
      IF EXISTS ({INCOMPLETE}) THEN
        {refuse("Roles are approved once each activity has its accountable role and somebody who carries it (R4)")}
      END IF;
      IF EXISTS ({UNADVISED}) THEN
        {refuse("Roles are approved once two advising roles are heard at each kind of decision (R2)")}
      END IF;
    END IF;
    """,
    moment="timestamptz",
    said="jsonb",
)

HAS_WORKSPACES_OF_ITS_LEVEL = guard(
    "has_workspaces_of_its_level",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF NEW.level IN ('programme', 'portfolio') AND EXISTS (
         SELECT FROM unnest(NEW.workspaces) AS here(workspace)
         WHERE NOT {may_have_sql("NEW.level", "here.workspace")}
           AND (TG_OP = 'INSERT' OR here.workspace <> ALL (OLD.workspaces))) THEN
      {refuse("Requirements and acceptance belong to projects")}
    END IF;
    """,
)

IS_PART_OF_A_HIGHER_LEVEL = guard(
    "is_part_of_a_higher_level",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF TG_OP = 'UPDATE' AND NEW.level <> OLD.level THEN
      {refuse("A project keeps its level")}
    END IF;
    IF NEW.parent_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.projects_project p
         WHERE p.id = NEW.parent_id AND (NEW.level, p.level) IN
           (('project', 'programme'), ('project', 'portfolio'), ('programme', 'portfolio'))) THEN
      {refuse("A project is part of a programme or a portfolio, a programme of a portfolio")}
    END IF;
    IF NEW.parent_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.parent_id IS DISTINCT FROM OLD.parent_id) THEN
      PERFORM FROM public.projects_project p
      WHERE p.id = NEW.parent_id AND p.state IN ('suspended', 'closed', 'abandoned') FOR SHARE;
      IF FOUND THEN
        {refuse("A project comes under a programme or portfolio that goes on")}
      END IF;
    END IF;
    """,
)
