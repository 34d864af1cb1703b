"""Triggers of links between organisations, and the SQL that says which organisations are not independent (R8)."""

import pgtrigger

from core.record.guards import guard, refuse

RECORDED_BY_AN_ADMINISTRATOR = guard(
    "is_recorded_by_an_administrator",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (SELECT FROM public.roles_user WHERE id = NEW.recorded_by_id AND is_staff AND is_active) THEN
      {refuse("A link between organisations is recorded by an administrator")}
    END IF;
    """,
)

LINK_ONLY_ENDS = guard(
    "only_ever_ends",
    pgtrigger.Update,
    f"""
    IF (NEW.organisation_id, NEW.other_id, NEW.kind, NEW.starts_on, NEW.source, NEW.recorded_by_id, NEW.acted_at,
        NEW.recorded_at, NEW.entered_afterwards)
       IS DISTINCT FROM (OLD.organisation_id, OLD.other_id, OLD.kind, OLD.starts_on, OLD.source, OLD.recorded_by_id,
        OLD.acted_at, OLD.recorded_at, OLD.entered_afterwards) THEN
      {refuse("A link between organisations is not rewritten: end it and record another")}
    END IF;
    IF OLD.ends_on IS NOT NULL AND NEW.ends_on IS DISTINCT FROM OLD.ends_on THEN
      {refuse("The end of a link between organisations is recorded once")}
    END IF;
    """,
)


def related_sql(roots: str, first: str, last: str) -> str:
    """Return the query of (root, id): the organisations `id` on the same side as one of the array `roots`.

    An organisation is on the same side as itself, as the members of its groups at any depth, and as their contractors
    and subcontractors with the groups of these. A subcontractor of two organisations does not put these on one side. A
    link counts when it is in force on one day from `first` to `last`, both included; NULL is no end.
    """
    return f"""
    WITH RECURSIVE near(root, id, hopped) AS (
      SELECT root, root, false FROM unnest({roots}) AS root
      UNION
      SELECT n.root, CASE WHEN l.organisation_id = n.id THEN l.other_id ELSE l.organisation_id END,
             n.hopped OR l.kind = 'subcontractor'
      FROM near n JOIN public.projects_organisationlink l ON n.id IN (l.organisation_id, l.other_id)
      WHERE (l.kind = 'member' OR NOT n.hopped)
        AND l.starts_on <= coalesce({last}, 'infinity'::date) AND coalesce(l.ends_on, 'infinity'::date) >= {first}
    )
    SELECT DISTINCT root, id FROM near
    """
