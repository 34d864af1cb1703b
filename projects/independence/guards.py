"""Triggers of employments, and the SQL that says for whom a person works and on which side a seat stood (R8)."""

import pgtrigger

from core.record.guards import guard, refuse
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

    The arguments are SQL expressions, days of the organisation; NULL is no end. An employment lasts until the next one
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


EMPLOYERS = "({}) AS employer"
#: Day of an instant, in the time zone of the organisation: read once a query.
DAY = "({} AT TIME ZONE (SELECT public.ouvrage_zone()))::date"
#: Last day of a period, by the first instant after it.
LAST_DAY = DAY.format("({} - interval '1 microsecond')")


def dependences_sql(asked: str) -> str:
    """Return the query of (subject, other_id, bidder_id, organisation_id, since): why seats are not independent.

    `asked` is the query of (subject, mandate_id, moment). A person stands on the side of their employer and of what
    they declared a tie with, until its ruling, as `related_sql` reads it on that day. This reaches

    - the holder of an incompatible role: `other_id` is that mandate, `organisation_id` its employer;
    - for an advising role, a bidder of the project: `bidder_id`, with its organisation;
    - nobody, where an advising or delivering role has no known employer that day: all three are NULL.

    Of a person who was erased nothing more is said to be unknown. `since` is the day since which the same facts say so
    without a break. A role whose independence is waived by
    decision is left out on both sides, as is the owner but where the other role delivers.
    """
    begun = DAY.format("lower({}.period)")
    return f"""
    WITH RECURSIVE asked(subject, mandate_id, moment) AS ({asked}),
    judged AS (
      SELECT a.subject, a.moment, {DAY.format("a.moment")} AS day, m.id, m.project_id, m.holder_id, m.authority, t.code,
             t.incompatible, {begun.format("m")} AS begun
      FROM asked a JOIN public.projects_mandate m ON m.id = a.mandate_id
      JOIN public.roles_roletemplate t ON t.id = m.role_id
      WHERE m.authority <> 'decides' AND NOT m.independence_waived
    ),
    own AS (
      SELECT j.subject, j.day, employer.organisation_id, employer.since
      FROM judged j CROSS JOIN LATERAL {EMPLOYERS.format(employers_sql("j.holder_id", "j.day", "j.day"))}
      UNION ALL
      SELECT j.subject, j.day, i.organisation_id, coalesce(i.starts_on, {DAY.format("i.acted_at")})
      FROM judged j JOIN public.projects_interest i ON i.project_id = j.project_id AND i.person_id = j.holder_id
      WHERE coalesce(i.starts_on, {DAY.format("i.acted_at")}) <= j.day AND (i.ruled_at IS NULL OR i.ruled_at > j.moment)
    ),
    near(subject, day, id, hopped, since) AS (
      SELECT subject, day, organisation_id, false, since FROM own WHERE organisation_id IS NOT NULL
      UNION
      SELECT n.subject, n.day, CASE WHEN l.organisation_id = n.id THEN l.other_id ELSE l.organisation_id END,
             n.hopped OR l.kind = 'subcontractor', greatest(n.since, l.starts_on)
      FROM near n JOIN public.projects_organisationlink l ON n.id IN (l.organisation_id, l.other_id)
      WHERE (l.kind = 'member' OR NOT n.hopped)
        AND l.starts_on <= n.day AND coalesce(l.ends_on, 'infinity'::date) >= n.day
    ),
    reached AS (SELECT subject, id, min(since) AS since FROM near GROUP BY subject, id),
    found AS (
      SELECT j.subject, o.id AS other_id, NULL::bigint AS bidder_id, r.id AS organisation_id,
             greatest(r.since, employer.since, j.begun, {begun.format("o")}) AS since
      FROM judged j
      JOIN public.projects_mandate o ON o.project_id = j.project_id AND o.id <> j.id AND NOT o.taken_back
        AND NOT o.independence_waived AND o.period @> j.moment
        AND (o.authority <> 'decides' OR j.authority = 'delivers')
      JOIN public.roles_roletemplate t ON t.id = o.role_id
        AND (t.code = ANY (j.incompatible) OR j.code = ANY (t.incompatible))
      CROSS JOIN LATERAL {EMPLOYERS.format(employers_sql("o.holder_id", "j.day", "j.day"))}
      JOIN reached r ON r.subject = j.subject AND r.id = employer.organisation_id
      UNION ALL
      SELECT j.subject, NULL, b.id, b.organisation_id, greatest(r.since, j.begun, {DAY.format("b.acted_at")})
      FROM judged j JOIN public.projects_bidder b ON b.project_id = j.project_id AND b.acted_at <= j.moment
      JOIN reached r ON r.subject = j.subject AND r.id = b.organisation_id
      WHERE j.authority = 'advises'
      UNION ALL
      SELECT j.subject, NULL, NULL, NULL, greatest(own.since, j.begun)
      FROM judged j JOIN own ON own.subject = j.subject AND own.organisation_id IS NULL
      JOIN public.roles_user u ON u.id = j.holder_id AND NOT starts_with(u.name, '[erased ')
      WHERE j.authority IN ('advises', 'delivers')
    )
    SELECT DISTINCT ON (subject, other_id, bidder_id) subject, other_id, bidder_id, organisation_id, since
    FROM found ORDER BY subject, other_id, bidder_id, since, organisation_id
    """
