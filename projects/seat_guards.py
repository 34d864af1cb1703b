"""SQL shared by the triggers of every app: who holds a mandate now."""


def holds(person: str, project: str, also: str = "", *, at: str = "moment") -> str:
    """Return the condition that a person holds a mandate on a project; all arguments are SQL expressions.

    The account is open and the mandate `m`, of the role `t`, in force at `at`; `also` is a condition on both.
    The other arguments name no `m`, `t` or `u` of their own.
    """
    return f"""EXISTS (
      SELECT FROM public.projects_mandate m JOIN public.roles_user u ON u.id = m.holder_id
      JOIN public.roles_roletemplate t ON t.id = m.role_id
      WHERE m.project_id = {project} AND m.holder_id = {person} AND u.is_active AND NOT m.taken_back
        AND m.period @> {at} {f"AND {also}" if also else ""})"""


def decides(person: str, project: str, *, at: str = "moment") -> str:
    """Return the condition that a person is the owner in office of a project, as `holds`."""
    return holds(person, project, "m.authority = 'decides'", at=at)
