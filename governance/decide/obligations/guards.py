"""Triggers of the answers to obligations: by whom, of which responsibility, with which evidence, all at the closing.

Also of what is said of evidence: by its receiver or the owner, with a reason, in order.
"""

from typing import Any

import pgtrigger

from core.record.guards import guard, refuse, sql_list
from governance.decide.obligations.evidence import LEAST_CHARACTERS
from governance.decide.obligations.nothing import MAY_REPORT_NOTHING, PATTERN, RUNNING
from governance.decide.obligations.proofs import PROOFS, PROPOSED
from projects.seats.matrix.levels import stands_in_sql
from roles.enums import PERIODIC, Nature

#: Whether `NEW.key` is one of the keys that a rhythm of the responsibility gives (obligations/occasions.py).
#: A year of a project is named after the one in which it ends. `here` is the time in the zone of the organisation.
FITS_ITS_RECURRENCE = """
    CASE rhythm
      WHEN 'once' THEN NEW.key = 'ONCE'
      WHEN 'continuous' THEN NEW.key = 'THROUGHOUT'
      WHEN 'event' THEN NEW.key ~ '^E-[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND NEW.key <= to_char(today, '"E-"YYYY-MM-DD')
      WHEN 'weekly' THEN NEW.key ~ '^[0-9]{4}-W[0-9]{2}$' AND NEW.key <= to_char(today, 'IYYY-"W"IW')
      WHEN 'yearly' THEN NEW.key ~ '^[0-9]{4}-Y$' AND NEW.key <= to_char(today + interval '1 year', 'YYYY-"Y"')
      WHEN 'each_gate' THEN NEW.key IN ('G1', 'G2', 'G3', 'G4', 'G5') OR NEW.key ~ '^G4-[1-9][0-9]?$'
      WHEN 'monthly' THEN NEW.key ~ '^[0-9]{4}-(0[1-9]|1[0-2])$' AND NEW.key <= to_char(today, 'YYYY-MM')
      WHEN 'quarterly' THEN NEW.key ~ '^[0-9]{4}-Q[1-4]$' AND NEW.key <= to_char(today, 'YYYY-"Q"Q')
      WHEN 'each_proposal' THEN EXISTS (
        SELECT FROM public.governance_proposal p
        WHERE p.project_id = NEW.project_id AND 'P-' || p.number = NEW.key AND p.current_id IS NOT NULL)
      ELSE NEW.key = upper(replace(rhythm, 'at_', ''))
    END
"""

#: SQL condition: the role of an answer owes the responsibilities of the role `r` of the matrix.
OWES = f"(r ->> 'code' = NEW.role OR {stands_in_sql('NEW.role', 'NEW.duty')})"

ANSWERS_ITS_RESPONSIBILITY = guard(
    "answers_its_responsibility",
    pgtrigger.Insert,
    f"""
    moment := coalesce(public.ouvrage_back_entry(), clock_timestamp());
    today := moment AT TIME ZONE public.ouvrage_zone();
    SELECT array(SELECT given.rhythm
                 FROM (SELECT d ->> 'recurrence' UNION ALL SELECT jsonb_array_elements_text(d -> 'also')) given(rhythm)
                 WHERE NOT given.rhythm = ANY (ARRAY[{sql_list(PERIODIC)}])
                   OR coalesce(d ->> 'from_gate', 'G0') <= greatest(p.gate, 'G0')) INTO rhythms
    FROM public.projects_project p JOIN public.projects_matrix x ON x.id = p.matrix_id,
      jsonb_array_elements(x.content -> 'roles') AS r, jsonb_array_elements(r -> 'duties') AS d
    WHERE p.id = NEW.project_id AND p.state NOT IN ('closed', 'abandoned')
      AND {OWES} AND d ->> 'code' = NEW.duty;
    IF rhythms IS NULL OR NOT EXISTS (SELECT FROM unnest(rhythms) AS rhythm WHERE {FITS_ITS_RECURRENCE}) THEN
      {refuse("An answer is to an obligation of a responsibility in force on an open project")}
    END IF;
    IF NOT EXISTS (
         SELECT FROM public.projects_mandate m JOIN public.roles_roletemplate t ON t.id = m.role_id
         JOIN public.roles_user u ON u.id = m.holder_id
         WHERE m.project_id = NEW.project_id AND m.holder_id = NEW.answered_by_id AND u.is_active
           AND NOT m.taken_back AND m.period @> moment
           AND CASE NEW.answer WHEN 'excused' THEN m.authority = 'decides' ELSE t.code = NEW.role END) THEN
      {refuse("The role fulfils its obligation, and the project owner alone excuses it (R1)")}
    END IF;
    IF NOT public.ouvrage_meaningful(NEW.note)
       AND (NEW.note <> '' OR NEW.answer = 'excused' OR NEW.document_id IS NULL) THEN
      {refuse("An answer to an obligation has evidence or a reason, of at least three letters or digits")}
    END IF;
    IF NEW.document_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.projects_documentversion v JOIN public.projects_document d ON d.id = v.document_id
         WHERE v.id = NEW.document_id AND d.project_id = NEW.project_id) THEN
      {refuse("The evidence of an obligation is a document of its project")}
    END IF;
    """,
    moment="timestamptz",
    today="timestamp",
    rhythms="text[]",
)

#: Whether the answer `a` leaves its obligation open: not received, or a text that counts only once received.
LEAVES_IT_OPEN = """
    a.answer = 'fulfilled' AND (
      EXISTS (SELECT FROM public.governance_evidencecheck c
              WHERE c.discharge_id = a.id AND c.verdict = 'not_received')
      OR (a.receivers <> '{}' AND a.check_by IS NULL AND NOT EXISTS (
            SELECT FROM public.governance_evidencecheck c
            WHERE c.discharge_id = a.id AND c.verdict IN ('received', 'to_rule'))))
"""


def number_key(key: str) -> str:
    """Return the place of a period among those of its length; null for another occasion (see number_period)."""
    return f"""
    CASE
      WHEN {key} LIKE '____-W__' THEN (to_date({key}, 'IYYY-"W"IW') - date '0001-01-01') / 7
      WHEN {key} LIKE '____-Q_' THEN left({key}, 4)::integer * 4 + right({key}, 1)::integer
      WHEN {key} LIKE '____-Y' THEN left({key}, 4)::integer
      WHEN {key} ~ '^[0-9-]+$' AND length({key}) = 7 THEN left({key}, 4)::integer * 12 + right({key}, 2)::integer
    END"""


REPORTS_NOTHING_WHERE_IT_MAY = guard(
    "reports_nothing_where_it_may",
    pgtrigger.Insert,
    f"""
    IF NEW.answer = 'fulfilled' AND NEW.document_id IS NULL AND NEW.note ~* '{PATTERN}' THEN
      here := {number_key("NEW.key")};
      IF here IS NULL OR NOT NEW.duty = ANY (ARRAY[{sql_list(MAY_REPORT_NOTHING)}]) THEN
        {refuse("Nothing to report is evidence of a period, and of few responsibilities")}
      END IF;
      SELECT array_agg({number_key("a.key")}) INTO others
      FROM public.governance_discharge a
      WHERE a.project_id = NEW.project_id AND a.role = NEW.role AND a.duty = NEW.duty AND a.answer = 'fulfilled'
        AND a.document_id IS NULL AND a.note ~* '{PATTERN}'
        AND regexp_replace(a.key, '[0-9]+', '', 'g') = regexp_replace(NEW.key, '[0-9]+', '', 'g')
        AND NOT EXISTS (SELECT FROM public.governance_discharge later
                        WHERE later.project_id = a.project_id AND later.role = a.role AND later.duty = a.duty
                          AND later.key = a.key AND later.attempt > a.attempt);
      IF EXISTS (
           SELECT FROM generate_series(0, {RUNNING - 1}) AS before
           WHERE NOT EXISTS (
             SELECT FROM generate_series(here - before, here - before + {RUNNING - 1}) AS place
             WHERE place <> here AND place <> ALL (coalesce(others, '{{}}')))) THEN
        {refuse("Nothing to report is no evidence three times running")}
      END IF;
    END IF;
    """,
    here="integer",
    others="integer[]",
)

IS_GIVEN_TO_ITS_RECEIVERS = guard(
    "is_given_to_its_receivers",
    pgtrigger.Insert,
    f"""
    IF NEW.answer = 'fulfilled' THEN
      SELECT coalesce(array_agg(given.code ORDER BY given.place), '{{}}') INTO expected
      FROM public.projects_project p JOIN public.projects_matrix x ON x.id = p.matrix_id,
        jsonb_array_elements(x.content -> 'roles') AS r, jsonb_array_elements(r -> 'duties') AS d,
        jsonb_array_elements_text(d -> 'receivers') WITH ORDINALITY AS given(code, place)
      WHERE p.id = NEW.project_id AND {OWES} AND d ->> 'code' = NEW.duty
        AND EXISTS (SELECT FROM jsonb_array_elements(x.content -> 'roles') AS known
                    WHERE known ->> 'code' = given.code);
      IF expected = '{{}}' THEN
        SELECT coalesce(array_agg(r ->> 'code'), '{{}}') INTO expected
        FROM public.projects_project p JOIN public.projects_matrix x ON x.id = p.matrix_id,
          jsonb_array_elements(x.content -> 'roles') AS r
        WHERE p.id = NEW.project_id AND r ->> 'authority' = 'decides' AND r ->> 'code' <> NEW.role;
      END IF;
    END IF;
    IF NEW.receivers::text[] IS DISTINCT FROM coalesce(expected, '{{}}') THEN
      {refuse("Evidence is given to the receivers of its responsibility")}
    END IF;
    IF NEW.answer = 'fulfilled' AND (NEW.check_by IS NOT NULL OR NEW.receivers = '{{}}')
       AND NOT (NEW.document_id IS NULL AND NEW.note ~* '{PATTERN}') AND (
         (NEW.document_id IS NULL AND char_length(NEW.note) < {LEAST_CHARACTERS})
         OR (NEW.note <> '' AND EXISTS (
               SELECT FROM public.governance_discharge a
               WHERE a.project_id = NEW.project_id AND a.role = NEW.role AND a.duty = NEW.duty
                 AND a.answer = 'fulfilled' AND a.note = NEW.note AND a.acted_at < NEW.acted_at))) THEN
      {refuse("A short text without a document, or the text of before, counts only once it is received")}
    END IF;
    IF NEW.check_by < NEW.acted_at::date OR (NEW.check_by IS NOT NULL AND NEW.receivers = '{{}}') THEN
      {refuse("Evidence has time to be looked at")}
    END IF;
    IF EXISTS (
         SELECT FROM public.governance_discharge a
         WHERE a.project_id = NEW.project_id AND a.role = NEW.role AND a.duty = NEW.duty AND a.key = NEW.key
           AND NOT ({LEAVES_IT_OPEN})) THEN
      {refuse("An obligation is answered again only if its evidence was not received")}
    END IF;
    """,
    expected="text[]",
)

IS_CHECKED_BY_ITS_RECEIVER = guard(
    "is_checked_by_its_receiver",
    pgtrigger.Insert,
    f"""
    moment := coalesce(public.ouvrage_back_entry(), clock_timestamp());
    SELECT * INTO given FROM public.governance_discharge d WHERE d.id = NEW.discharge_id;
    IF given.project_id IS DISTINCT FROM NEW.project_id OR given.answer <> 'fulfilled' OR given.receivers = '{{}}'
       OR EXISTS (SELECT FROM public.projects_project p
                  WHERE p.id = NEW.project_id AND p.state IN ('closed', 'abandoned'))
       OR EXISTS (SELECT FROM public.governance_discharge a
                  WHERE a.project_id = given.project_id AND a.role = given.role AND a.duty = given.duty
                    AND a.key = given.key AND a.attempt > given.attempt) THEN
      {refuse("The last evidence given by hand on an open project is checked")}
    END IF;
    decides := EXISTS (
      SELECT FROM public.projects_mandate m
      WHERE m.project_id = NEW.project_id AND m.holder_id = NEW.checked_by_id AND NOT m.taken_back
        AND m.period @> moment AND m.authority = 'decides');
    contested := EXISTS (
      SELECT FROM public.governance_evidencecheck c WHERE c.discharge_id = given.id AND c.verdict = 'to_rule');
    IF NOT decides AND (contested OR NEW.checked_by_id = given.answered_by_id OR NOT EXISTS (
         SELECT FROM public.projects_mandate m JOIN public.roles_roletemplate t ON t.id = m.role_id
         JOIN public.roles_user u ON u.id = m.holder_id
         WHERE m.project_id = NEW.project_id AND m.holder_id = NEW.checked_by_id AND u.is_active
           AND NOT m.taken_back AND m.period @> moment AND t.code = ANY (given.receivers::text[]))) THEN
      {refuse("Evidence is checked by its receiver, and by the project owner when it is contested again (R1)")}
    END IF;
    IF NEW.verdict <> 'received' AND NOT public.ouvrage_meaningful(NEW.reason) THEN
      {refuse("What is not received has a reason, of at least three letters or digits")}
    END IF;
    IF NOT contested AND given.check_by < (moment AT TIME ZONE public.ouvrage_zone())::date THEN
      {refuse("Evidence is checked in time: silence has counted it")}
    END IF;
    IF NEW.verdict <> 'received' AND (NEW.verdict = 'to_rule') IS DISTINCT FROM (NOT decides AND EXISTS (
         SELECT FROM public.governance_evidencecheck c JOIN public.governance_discharge a ON a.id = c.discharge_id
         WHERE a.project_id = given.project_id AND a.role = given.role AND a.duty = given.duty AND a.key = given.key
           AND a.id <> given.id AND c.verdict = 'not_received')) THEN
      {refuse("What is not received a second time goes to the project owner, who rules")}
    END IF;
    """,
    moment="timestamptz",
    given="public.governance_discharge",
    decides="boolean",
    contested="boolean",
)

#: Natures whose obligations an act of the role may fulfil, whatever the responsibility.
BY_AN_ACT = (Nature.DECIDE, Nature.INFORMED)


class EveryAnswerGuard(pgtrigger.Trigger):
    """A deferred trigger on projects, generated from the registry of proofs at each installation.

    It asks for what people alone can answer, and what has arisen on every project. The other obligations depend on the
    calendar and the ledger; the service derives them.
    """

    def get_func(self, model: Any) -> str:
        """Return the trigger function."""
        return f"""
        IF OLD.state IN ('closed', 'abandoned') OR NEW.state NOT IN ('closed', 'abandoned')
           OR public.ouvrage_back_entry() IS NOT NULL THEN
          RETURN NULL;
        END IF;
        IF EXISTS (
             SELECT FROM (
               SELECT r ->> 'code' AS role, d ->> 'code' AS duty, CASE rhythm
                   WHEN 'once' THEN 'ONCE'
                   WHEN 'continuous' THEN 'THROUGHOUT'
                   WHEN 'at_g5' THEN 'G5'
                   WHEN 'each_gate' THEN CASE NEW.state WHEN 'closed' THEN 'G5' END
                 END AS key
               FROM public.projects_matrix x, jsonb_array_elements(x.content -> 'roles') AS r,
                 jsonb_array_elements(r -> 'duties') AS d,
                 LATERAL (SELECT d ->> 'recurrence' AS rhythm
                          UNION ALL SELECT jsonb_array_elements_text(d -> 'also')) AS given
               WHERE x.id = NEW.matrix_id AND d ->> 'nature' NOT IN ({sql_list(BY_AN_ACT)})
                 AND (r ->> 'mandatory' = 'true' OR EXISTS (
                   SELECT FROM public.projects_mandate m JOIN public.roles_roletemplate t ON t.id = m.role_id
                   WHERE m.project_id = NEW.id AND t.code = r ->> 'code' AND NOT m.taken_back
                     AND lower(m.period) <= clock_timestamp()))
                 AND NOT d ->> 'code' = ANY (ARRAY[{sql_list({*PROOFS, *PROPOSED})}]::text[])) AS due
             WHERE due.key IS NOT NULL AND NOT EXISTS (
               SELECT FROM public.governance_discharge a
               WHERE a.project_id = NEW.id AND a.role = due.role AND a.duty = due.duty AND a.key = due.key
                 AND NOT ({LEAVES_IT_OPEN}))) THEN
          {refuse("A project ends when its roles have answered their obligations, or are excused")}
        END IF;
        RETURN NULL;
        """


CLOSED_WITH_EVERY_ANSWER = EveryAnswerGuard(
    name="closes_with_every_answer",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
)
