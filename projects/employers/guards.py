"""Triggers of employments, and the SQL that says for which organisation a person works on a day (R8)."""

import pgtrigger

from core.guards import guard, refuse
from roles.models import INSTALLATION

RECORDED_BY_WHO_MAY = guard(
    "is_recorded_by_who_may",
    pgtrigger.Insert,
    f"""
    IF NEW.recorded_by_id <> NEW.person_id AND NOT EXISTS (
         SELECT FROM public.roles_user
         WHERE id = NEW.recorded_by_id AND (is_staff AND is_active OR email = '{INSTALLATION}')) THEN
      {refuse("The organisation of a person is recorded by that person or by an administrator")}
    END IF;
    """,
)

#: The event of an act on the account of its person tells of an employment.
OF_ITS_PERSON = "subject = 'roles.user' AND subject_id = NEW.person_id"


def employers_sql(person: str, first: str, last: str) -> str:
    """Return the query of (organisation_id, since): the organisations of a person from `first` to `last`, included.

    The arguments are SQL expressions, dates by the days in UTC; NULL is no end. An employment lasts until the next one
    of the person begins; of two that begin on one day the later row counts, and the first one reaches back. Without any
    it is the organisation of the account. `organisation_id` is NULL for days on which it is unknown.
    """
    return f"""
    SELECT spell.organisation_id, spell.since FROM (
      SELECT begun.organisation_id,
             CASE WHEN row_number() OVER ordered = 1 THEN '-infinity'::date ELSE begun.starts_on END AS since,
             coalesce(lead(begun.starts_on) OVER ordered, 'infinity'::date) AS until
      FROM (SELECT DISTINCT ON (e.starts_on) e.organisation_id, e.starts_on FROM public.projects_employment e
            WHERE e.person_id = {person} ORDER BY e.starts_on, e.id DESC) AS begun
      WINDOW ordered AS (ORDER BY begun.starts_on)) AS spell
    WHERE spell.since <= coalesce({last}, 'infinity'::date) AND spell.until > {first}
    UNION ALL
    SELECT u.organisation_id, '-infinity'::date FROM public.roles_user u
    WHERE u.id = {person} AND NOT EXISTS (SELECT FROM public.projects_employment e WHERE e.person_id = u.id)
    """
