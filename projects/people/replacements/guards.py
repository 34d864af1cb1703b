"""Who may second a replacement, whom an objection suspends, and the triggers of both (ADR 49).

The SQL functions are the only definitions: permissions, tasks and triggers call the same ones.
"""

import pgtrigger

from core.record.guards import deferred, guard, refuse
from projects.ledger.enums import Act
from projects.people.credentials.guards import WAITING_TIME, by_a_proven_hand
from projects.people.replacements.enums import DAYS, LEAST_HOURS, WEEKS, Capacity, Kind, Outcome
from roles.accounts.models import INSTALLATION

#: SQL: for how long who proposes or seconds has had their office or rights.
WAITED = f"greatest({WAITING_TIME}, interval '{LEAST_HOURS} hours')"

#: Return in which capacity `candidate` may second at `moment` what was asked at `asked`; NULL when they may not.
#: Offices, rights, an open account and the place of the project are older than the waiting time, so that nobody is made
#: to second. Of a closing, the office counts for every project of the former owner. History tells all of it, so a past
#: moment has its answer too.
MAY_SECOND_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_may_second(
  candidate bigint, of_kind text, of_project bigint, former bigint, successor bigint, proposer bigint,
  asked timestamptz, moment timestamptz)
RETURNS text LANGUAGE plpgsql STABLE COST 10000 AS $$
DECLARE
  since timestamptz := asked - {WAITED};
  known bigint;
  is_open boolean;
  is_administrator boolean;
  nodes bigint;
  nodes_above bigint;
  nodes_advised bigint;
BEGIN
  IF candidate IN (former, coalesce(successor, 0), coalesce(proposer, 0)) THEN
    RETURN NULL;
  END IF;
  SELECT count(*), bool_and(account.is_active), bool_and(account.is_staff) INTO known, is_open, is_administrator
  FROM (VALUES (since), (moment)) AS instant(at) CROSS JOIN LATERAL (
    SELECT h.is_active, h.is_staff FROM public.roles_historicaluser h
    WHERE h.id = candidate AND h.history_date <= instant.at ORDER BY h.history_id DESC LIMIT 1) AS account;
  IF known < 2 OR NOT is_open THEN
    RETURN NULL;
  END IF;
  SELECT count(*), count(*) FILTER (WHERE office.is_above), count(*) FILTER (WHERE office.is_above OR office.advises)
  INTO nodes, nodes_above, nodes_advised
  FROM public.projects_project p
  CROSS JOIN LATERAL (
    SELECT EXISTS (
      SELECT FROM public.projects_mandate m
      WHERE m.holder_id = candidate AND m.authority = 'decides' AND NOT m.taken_back
        AND m.period @> moment AND lower(m.period) <= since
        AND m.project_id IN (p.parent_id, (SELECT n.parent_id FROM public.projects_project n WHERE n.id = p.parent_id))
        AND m.project_id IN (
          SELECT before.parent_id FROM (
            SELECT h.parent_id FROM public.projects_historicalproject h
            WHERE h.id = p.id AND h.history_date <= since ORDER BY h.history_id DESC LIMIT 1) AS before
          UNION ALL
          SELECT above.parent_id FROM (
            SELECT h.parent_id FROM public.projects_historicalproject h
            WHERE h.id = p.parent_id AND h.history_date <= since ORDER BY h.history_id DESC LIMIT 1) AS above
          WHERE p.parent_id = (
            SELECT h.parent_id FROM public.projects_historicalproject h
            WHERE h.id = p.id AND h.history_date <= since ORDER BY h.history_id DESC LIMIT 1))) AS is_above,
    EXISTS (
      SELECT FROM public.projects_mandate m
      WHERE m.project_id = p.id AND m.holder_id = candidate AND m.authority = 'advises' AND NOT m.taken_back
        AND m.period @> moment AND lower(m.period) <= since) AS advises) AS office
  WHERE CASE WHEN of_kind = '{Kind.OWNER}' THEN p.id = of_project ELSE p.id IN (
    SELECT m.project_id FROM public.projects_mandate m
    WHERE m.holder_id = former AND m.authority = 'decides' AND NOT m.taken_back
      AND coalesce(upper(m.period), 'infinity') > moment) END;
  RETURN CASE WHEN nodes > 0 AND nodes_above = nodes THEN '{Capacity.ABOVE}'
    WHEN nodes > 0 AND nodes_advised = nodes THEN '{Capacity.ADVISER}'
    WHEN is_administrator THEN '{Capacity.ADMINISTRATOR}' END;
END $$;
"""


def contested_condition(row: str) -> str:
    """Return the SQL condition: the former owner objected to `row`, and those who asked have not confirmed it since.

    What rests on one hand alone counts again only once it has waited as long as the first time.
    """
    return f"""({row}.objected_at IS NOT NULL AND NOT coalesce(
      coalesce({row}.reproposed_at, {row}.proposed_at) > {row}.objected_at
        AND CASE WHEN {row}.seconded_by_id IS NOT NULL
            THEN coalesce({row}.reseconded_at, {row}.seconded_at) > {row}.objected_at
            ELSE {row}.alone AND {row}.reproposed_at <= clock_timestamp() - interval '{DAYS} days' END, false))"""


#: Return whether the person owns a project in a way to which the former owner objects, not confirmed since.
SUSPENDED_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_suspended(person bigint)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM public.projects_replacement r JOIN public.projects_mandate m ON m.replacement_id = r.id
    WHERE r.successor_id = person AND r.outcome = '{Outcome.DONE}'
      AND coalesce(upper(m.period), 'infinity') > clock_timestamp() AND {contested_condition("r")});
END $$;
"""


def _decides(person: str) -> str:
    """Return the SQL condition that a person owns a project, today or later."""
    return f"""EXISTS (
      SELECT FROM public.projects_mandate m
      WHERE m.holder_id = {person} AND m.authority = 'decides' AND NOT m.taken_back
        AND coalesce(upper(m.period), 'infinity') > clock_timestamp())"""


#: SQL condition: an owner is in office on the project NEW, whose account is open.
IN_OFFICE = """EXISTS (
      SELECT FROM public.projects_mandate m JOIN public.roles_user u ON u.id = m.holder_id
      WHERE m.project_id = NEW.project_id AND m.authority = 'decides' AND NOT m.taken_back
        AND m.period @> clock_timestamp() AND u.is_active)"""


def _nobody_seconds(moment: str, asked: str = "NEW.proposed_at") -> str:
    """Return the SQL condition that at `moment` nobody may second NEW, as if it had been asked at `asked`."""
    return f"""NOT EXISTS (
      SELECT FROM public.roles_user u WHERE public.ouvrage_may_second(
        u.id, NEW.kind, NEW.project_id, NEW.former_id, NEW.successor_id, NEW.proposed_by_id, {asked}, {moment})
        IS NOT NULL)"""


#: SQL condition: nobody may second NEW, and nobody could 30 days before: whoever was closed out since counts.
ALONE = f"""({_nobody_seconds("clock_timestamp()")} AND {
    _nobody_seconds(f"clock_timestamp() - interval '{DAYS} days'", f"clock_timestamp() - interval '{DAYS} days'")
})"""

#: SQL condition: the directory or a last day asks for it; no hand has proposed it yet.
ASKED = f"""(SELECT u.email FROM public.roles_user u WHERE u.id = NEW.proposed_by_id) = '{INSTALLATION}'"""

ASKED_AS_THINGS_STAND = guard(
    "is_asked_as_things_stand",
    pgtrigger.Insert,
    f"""
    IF public.ouvrage_back_entry() IS NOT NULL
       OR NEW.proposed_at NOT BETWEEN transaction_timestamp() AND clock_timestamp()
       OR num_nonnulls(NEW.seconded_by_id, NEW.seconded_at, NEW.objected_at, NEW.reproposed_at, NEW.reseconded_at,
            NEW.ended_at) > 0
       OR {ASKED} AND (NEW.kind <> '{Kind.CLOSING}' OR NEW.alone) THEN
      {refuse("A replacement begins when it is asked, seconded by nobody")}
    END IF;
    IF NEW.kind = '{Kind.OWNER}' AND (
         NEW.former_id IS DISTINCT FROM (
           SELECT m.holder_id FROM public.projects_mandate m
           WHERE m.project_id = NEW.project_id AND m.authority = 'decides' AND NOT m.taken_back
             AND lower(m.period) <= clock_timestamp() ORDER BY lower(m.period) DESC LIMIT 1)
         OR {IN_OFFICE}
         OR NOT (SELECT u.is_active FROM public.roles_user u WHERE u.id = NEW.successor_id)) THEN
      {refuse("An owner is named in place of the last one, while nobody is in office (R1)")}
    END IF;
    IF NEW.kind = '{Kind.CLOSING}' AND NOT (
         (SELECT u.is_active FROM public.roles_user u WHERE u.id = NEW.former_id) AND {_decides("NEW.former_id")}
         AND (SELECT p.level FROM public.projects_project p WHERE p.id = NEW.project_id) = 'organisation') THEN
      {refuse("Two people close the open account of an owner")}
    END IF;
    IF NOT {ASKED} THEN
      IF NEW.proposed_by_id IN (NEW.former_id, coalesce(NEW.successor_id, 0)) OR NOT EXISTS (
           SELECT FROM public.roles_user u WHERE u.id = NEW.proposed_by_id AND u.is_staff AND u.is_active)
         OR NOT coalesce((
           SELECT h.is_staff AND h.is_active FROM public.roles_historicaluser h
           WHERE h.id = NEW.proposed_by_id AND h.history_date <= NEW.proposed_at - {WAITED}
           ORDER BY h.history_id DESC LIMIT 1), false) THEN
        {refuse("An owner is replaced, or their account closed, at the proposal of an administrator (R1)")}
      END IF;
      IF NOT public.ouvrage_meaningful(NEW.because) THEN
        {refuse("Who replaces an owner says why the former one is no longer there")}
      END IF;
      IF NEW.alone IS DISTINCT FROM {ALONE} THEN
        {refuse("One hand is alone only where nobody may second it (R1)")}
      END IF;
    END IF;
    """,
)

#: SQL condition: another replacement of the former owner, of the same project or a closing, is contested.
OTHERS_CONTESTED = f"""EXISTS (
      SELECT FROM public.projects_replacement o
      WHERE o.former_id = NEW.former_id AND o.id <> NEW.id AND o.outcome <> '{Outcome.WITHDRAWN}'
        AND (o.kind = '{Kind.CLOSING}' OR o.project_id = NEW.project_id) AND {contested_condition("o")})"""

GOES_ON_AS_IT_WAS_ASKED = guard(
    "goes_on_as_it_was_asked",
    pgtrigger.Update,
    f"""
    IF (NEW.kind, NEW.project_id, NEW.former_id, NEW.successor_id, NEW.last_day, NEW.proposed_by_id, NEW.proposed_at,
        NEW.because, NEW.alone) IS DISTINCT FROM
       (OLD.kind, OLD.project_id, OLD.former_id, OLD.successor_id, OLD.last_day, OLD.proposed_by_id, OLD.proposed_at,
        OLD.because, OLD.alone)
       OR OLD.seconded_by_id IS NOT NULL AND (NEW.seconded_by_id, NEW.seconded_at, NEW.capacity, NEW.seconded_because)
         IS DISTINCT FROM (OLD.seconded_by_id, OLD.seconded_at, OLD.capacity, OLD.seconded_because)
       OR OLD.objected_at IS NOT NULL AND NEW.objected_at IS DISTINCT FROM OLD.objected_at
       OR OLD.reproposed_at IS NOT NULL AND (NEW.reproposed_at, NEW.reproposed_because)
         IS DISTINCT FROM (OLD.reproposed_at, OLD.reproposed_because)
       OR OLD.reseconded_at IS NOT NULL AND (NEW.reseconded_at, NEW.reseconded_because)
         IS DISTINCT FROM (OLD.reseconded_at, OLD.reseconded_because)
       OR OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.outcome, NEW.seconded_by_id)
         IS DISTINCT FROM (OLD.ended_at, OLD.outcome, OLD.seconded_by_id) THEN
      {refuse("A replacement is proposed, seconded, objected to, confirmed and ended once, and nothing of it changes")}
    END IF;
    IF num_nonnulls(
         nullif(NEW.seconded_at, OLD.seconded_at), nullif(NEW.objected_at, OLD.objected_at),
         nullif(NEW.reproposed_at, OLD.reproposed_at), nullif(NEW.reseconded_at, OLD.reseconded_at),
         nullif(NEW.ended_at, OLD.ended_at)) > 1 THEN
      {refuse("A replacement goes on one step at a time")}
    END IF;
    IF NEW.seconded_by_id IS DISTINCT FROM OLD.seconded_by_id AND (
         OLD.proposed_at >= transaction_timestamp() OR {ASKED} OR OLD.ended_at IS NOT NULL
         OR NEW.seconded_at NOT BETWEEN transaction_timestamp() AND clock_timestamp()
         OR NEW.capacity IS DISTINCT FROM public.ouvrage_may_second(
           NEW.seconded_by_id, NEW.kind, NEW.project_id, NEW.former_id, NEW.successor_id, NEW.proposed_by_id,
           NEW.proposed_at, clock_timestamp())
         OR NOT EXISTS (
           SELECT FROM public.roles_user u WHERE u.id = NEW.seconded_by_id AND u.is_active
             AND (u.is_staff OR NEW.capacity <> '{Capacity.ADMINISTRATOR}'))) THEN
      {refuse("The owner above, an adviser or another administrator seconds, if they were so before (R1)")}
    END IF;
    IF NEW.seconded_by_id IS DISTINCT FROM OLD.seconded_by_id AND NOT public.ouvrage_meaningful(NEW.seconded_because)
       OR NEW.reproposed_at IS DISTINCT FROM OLD.reproposed_at AND NOT public.ouvrage_meaningful(NEW.reproposed_because)
       OR NEW.reseconded_at IS DISTINCT FROM OLD.reseconded_at
          AND NOT public.ouvrage_meaningful(NEW.reseconded_because) THEN
      {refuse("Who replaces an owner says why the former one is no longer there")}
    END IF;
    IF NEW.objected_at IS DISTINCT FROM OLD.objected_at AND (
         NEW.objected_at NOT BETWEEN transaction_timestamp() AND clock_timestamp()
         OR OLD.outcome = '{Outcome.WITHDRAWN}' OR OLD.ended_at < clock_timestamp() - interval '{DAYS} days') THEN
      {refuse("A former owner objects before, and for 30 days after")}
    END IF;
    IF NEW.reproposed_at IS DISTINCT FROM OLD.reproposed_at AND (
         OLD.objected_at IS NULL OR {ASKED}
         OR NEW.reproposed_at NOT BETWEEN transaction_timestamp() AND clock_timestamp())
       OR NEW.reseconded_at IS DISTINCT FROM OLD.reseconded_at AND (
         OLD.objected_at IS NULL OR OLD.seconded_by_id IS NULL
         OR NEW.reseconded_at NOT BETWEEN transaction_timestamp() AND clock_timestamp()) THEN
      {refuse("What the former owner objected to is confirmed anew, by those who asked it")}
    END IF;
    IF NEW.ended_at IS DISTINCT FROM OLD.ended_at
       AND NEW.ended_at NOT BETWEEN transaction_timestamp() AND clock_timestamp() THEN
      {refuse("A replacement ends now")}
    END IF;
    IF OLD.ended_at IS NULL AND NEW.outcome = '{Outcome.DONE}' THEN
      IF NEW.proposed_at >= transaction_timestamp()
         OR NEW.seconded_by_id IS NULL AND NOT (
           NEW.alone AND NEW.proposed_at <= clock_timestamp() - interval '{DAYS} days'
           AND (SELECT count(*) FROM public.projects_ledgerevent e
                WHERE e.subject = 'projects.replacement' AND e.subject_id = NEW.id
                  AND e.act = '{Act.ANNOUNCE_REPLACEMENT}') >= {WEEKS}
           AND {_nobody_seconds("clock_timestamp()")}) THEN
        {refuse("An owner is replaced by two hands, or by one alone after 30 days and four mails (R1)")}
      END IF;
      IF {contested_condition("NEW")} OR {OTHERS_CONTESTED} THEN
        {refuse("The former owner objects: those who asked confirm it anew first (R1)")}
      END IF;
      IF NEW.kind = '{Kind.OWNER}' AND (
           coalesce(NEW.seconded_at >= transaction_timestamp(), false) OR {IN_OFFICE}
           OR NOT (SELECT u.is_active FROM public.roles_user u WHERE u.id = NEW.successor_id)) THEN
        {refuse("A new owner accepts what everybody was told before, while nobody is in office (R1)")}
      END IF;
    END IF;
    """,
)

BY_ITS_HANDS = by_a_proven_hand(
    f"""(CASE WHEN TG_OP = 'INSERT' THEN NEW.proposed_by_id
      WHEN NEW.seconded_by_id IS DISTINCT FROM OLD.seconded_by_id THEN NEW.seconded_by_id
      WHEN NEW.reproposed_at IS DISTINCT FROM OLD.reproposed_at THEN NEW.proposed_by_id
      WHEN NEW.reseconded_at IS DISTINCT FROM OLD.reseconded_at THEN NEW.seconded_by_id
      WHEN NEW.outcome <> OLD.outcome AND NEW.outcome = '{Outcome.DONE}' THEN NEW.successor_id END)""",
    operation=pgtrigger.Insert | pgtrigger.Update,
)

#: SQL query: the notices of `{person}` about NEW.
TOLD = """
    SELECT FROM public.projects_notification n JOIN public.projects_ledgerevent e ON e.id = n.event_id
    WHERE n.recipient_id = {person} AND e.subject = 'projects.replacement' AND e.subject_id = NEW.id"""

#: What ended is true: the seat is taken, and everybody on the project has a notice of it; the account is closed.
DOES_WHAT_IT_SAYS = deferred(
    "does_what_it_says",
    pgtrigger.Update,
    f"""
        IF NEW.outcome = OLD.outcome OR NEW.outcome <> '{Outcome.DONE}' THEN
          RETURN NULL;
        END IF;
        IF NEW.kind = '{Kind.CLOSING}' AND (SELECT u.is_active FROM public.roles_user u WHERE u.id = NEW.former_id)
           OR NEW.kind = '{Kind.OWNER}' AND NOT EXISTS (
             SELECT FROM public.projects_mandate m WHERE m.replacement_id = NEW.id AND m.accepted_at IS NOT NULL) THEN
          {refuse("What two people did is done: the seat is taken, or the account closed")}
        END IF;
        IF NOT EXISTS ({TOLD.format(person="NEW.former_id")})
           OR NEW.kind = '{Kind.OWNER}' AND EXISTS (
             SELECT FROM public.projects_mandate m JOIN public.roles_user u ON u.id = m.holder_id
             WHERE m.project_id = NEW.project_id AND NOT m.taken_back AND m.period @> NEW.ended_at AND u.is_active
               AND NOT EXISTS ({TOLD.format(person="m.holder_id")})) THEN
          {refuse("The former owner and everybody on the project are told before it counts (R1)")}
        END IF;
    """,
)

#: On accounts: that of an owner is closed by two hands; a past act, and an erasure of a closed one, are not concerned.
CLOSED_BY_TWO_HANDS = guard(
    "is_closed_by_two_hands",
    pgtrigger.Update,
    f"""
    IF OLD.is_active AND NOT NEW.is_active AND public.ouvrage_back_entry() IS NULL AND {_decides("NEW.id")}
       AND NOT EXISTS (
         SELECT FROM public.projects_replacement r
         WHERE r.kind = '{Kind.CLOSING}' AND r.former_id = NEW.id AND r.outcome = '{Outcome.DONE}'
           AND r.ended_at BETWEEN transaction_timestamp() AND clock_timestamp()) THEN
      {refuse("The account of an owner is closed by two hands (R1)")}
    END IF;
    """,
)
