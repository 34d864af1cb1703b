"""Roles of a project that can give no opinion at an instant, and since when.

The SQL function is the only definition: services and the guard of decisions call the same one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.words.dates import long_day
from projects.project.models import Project

#: A vacancy shorter than this is pointed out on the decisions taken in it.
SHORT = timedelta(days=7)
INSTANT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""

#: Return why nobody holding the role can give an opinion, since when, and when the next holder begins; NULL if one can.
#: A role that was never held is vacant since the project has roles. Several absences count from the latest.
UNAVAILABLE_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_unavailable(on_project bigint, of_role text, moment timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  available boolean;
  reason text;
  since timestamptz;
  until timestamptz;
BEGIN
  SELECT bool_or(seat.gone IS NULL),
         CASE WHEN bool_or(seat.in_office AND seat.is_active) THEN 'tied'
              WHEN bool_or(seat.in_office) THEN 'closed' ELSE 'vacant' END,
         max(seat.gone)
  INTO available, reason, since
  FROM (SELECT m.period @> moment AS in_office, u.is_active, CASE
          WHEN NOT m.period @> moment THEN upper(m.period)
          WHEN NOT u.is_active THEN coalesce((
            SELECT min(closed.history_date) FROM public.roles_historicaluser closed
            WHERE closed.id = u.id AND NOT closed.is_active AND closed.history_id > coalesce((
              SELECT max(open.history_id) FROM public.roles_historicaluser open
              WHERE open.id = u.id AND open.is_active), 0)), lower(m.period))
          ELSE (
            SELECT min(greatest(i.acted_at, b.acted_at)) FROM public.projects_interest i
            JOIN public.projects_bidder b ON b.project_id = i.project_id AND b.organisation_id = i.organisation_id
            WHERE i.project_id = on_project AND i.person_id = m.holder_id AND i.ruling = '')
          END AS gone
        FROM public.projects_mandate m JOIN public.roles_roletemplate t ON t.id = m.role_id
        JOIN public.roles_user u ON u.id = m.holder_id
        WHERE m.project_id = on_project AND t.code = of_role AND NOT m.taken_back
          AND lower(m.period) <= moment) AS seat;
  IF available THEN
    RETURN NULL;
  END IF;
  SELECT min(lower(m.period)) INTO until
  FROM public.projects_mandate m JOIN public.roles_roletemplate t ON t.id = m.role_id
  WHERE m.project_id = on_project AND t.code = of_role AND NOT m.taken_back AND lower(m.period) > moment;
  IF since IS NULL THEN
    SELECT min(acted_at) INTO since FROM public.projects_matrix WHERE project_id = on_project;
  END IF;
  since := least(since, moment);
  RETURN jsonb_build_object('reason', reason, 'since', {INSTANT.format("since")},
                            'until', coalesce({INSTANT.format("until")}, ''));
END $$;
"""  # noqa: S608 — the only part put in is our own format of an instant


class Absence(models.TextChoices):
    """Reason why no holder of a role can give an opinion."""

    VACANT = "vacant", gettext_lazy("Vacant")
    CLOSED = "closed", gettext_lazy("Account closed")
    TIED = "tied", gettext_lazy("Declared interest")


@dataclass(frozen=True)
class Unavailable:
    """Why nobody can give the opinion of a role, since when, and when the next holder begins, if one is appointed."""

    reason: Absence
    since: datetime
    until: datetime | None = None

    @classmethod
    def read(cls, facts: Mapping[str, str]) -> Self:
        """Return the facts of the database as Python objects."""
        until = datetime.fromisoformat(facts["until"]) if facts["until"] else None
        return cls(Absence(facts["reason"]), datetime.fromisoformat(facts["since"]), until)

    def is_short(self, at: datetime) -> bool:
        """Return whether the role had been without an active holder for less than seven days."""
        return self.reason != Absence.TIED and at - self.since < SHORT

    def __str__(self) -> str:
        on = {"since": long_day(self.since)}
        if self.reason == Absence.TIED:
            sentence = _("Holder blocked by a declared interest since %(since)s") % on
        elif self.reason == Absence.CLOSED:
            sentence = _("Account of the holder closed since %(since)s") % on
        else:
            sentence = _("Role vacant since %(since)s") % on
        if self.until is None:
            return sentence
        return _("%(sentence)s, next holder from %(until)s") % {"sentence": sentence, "until": long_day(self.until)}


def list_unavailable(project: Project, roles: Collection[str], at: datetime) -> dict[str, dict[str, str]]:
    """Return the facts of those `roles` that can give no opinion at `at`, by code. One query, none without roles."""
    if not roles:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, found ->> 'reason', found ->> 'since', found ->> 'until' FROM unnest(%s::text[]) AS code,"
            " public.ouvrage_unavailable(%s, code, %s) AS found WHERE found IS NOT NULL ORDER BY code",
            [sorted(roles), project.pk, at],
        )
        return {
            code: {"reason": reason, "since": since, "until": until} for code, reason, since, until in cursor.fetchall()
        }
