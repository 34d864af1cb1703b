"""Triggers of bidders and ties (R8): declared by a holder, settled once by the owner in office."""

from typing import Any

import pgtrigger

from core.record.guards import NOW, deferred, guard, refuse
from projects.seat_guards import decides, holds

BLOCKED = "A declared tie with a bidder blocks this role until the owner settles it (R8)"


def tied_condition(project: str, person: str) -> str:
    """Build the SQL condition that `person` has an unsettled tie with a bidder on `project`."""
    return f"""EXISTS (SELECT FROM public.projects_interest i JOIN public.projects_bidder b
      ON b.project_id = i.project_id AND b.organisation_id = i.organisation_id
      WHERE i.project_id = {project} AND i.person_id = {person} AND i.ruling = '')"""


def refused_to_the_tied(
    person: str, project: str = "NEW.project_id", *, unless: str = "false", operation: Any = pgtrigger.Insert
) -> pgtrigger.Trigger:
    """Build a trigger that refuses rows of `person` on `project` while a tie blocks their role.

    `person`, `project` and `unless` are SQL on NEW.
    """
    return guard(
        "is_refused_to_the_tied",
        operation,
        f"""
        IF NOT ({unless}) AND {tied_condition(project, person)} THEN
          {refuse(BLOCKED)}
        END IF;
        """,
    )


#: SQL condition on the mandate `m`, of the role `t`: it decides, or proposes the choice of a supplier by the matrix.
PROPOSES_SUPPLIER = """(m.authority = 'decides' OR EXISTS (
        SELECT FROM public.projects_project p JOIN public.projects_matrix x ON x.id = p.matrix_id
        WHERE p.id = m.project_id AND jsonb_exists(x.powers -> t.code -> 'propose', 'supplier_choice')))"""

NOTED_BY_WHO_MAY = guard(
    "is_noted_by_who_may",
    pgtrigger.Insert,
    f"""
    IF NOT {holds("NEW.noted_by_id", "NEW.project_id", PROPOSES_SUPPLIER)} THEN
      {refuse("A bidder is noted by the owner in office or by who may propose the supplier (R8)")}
    END IF;
    """,
    moment=NOW,
)

DECLARED_OPEN = guard(
    "is_declared_open",
    pgtrigger.Insert,
    f"""
    IF NEW.ruling <> '' OR NEW.ruled_by_id IS NOT NULL OR NEW.ruled_at IS NOT NULL OR NEW.ruled_because <> '' THEN
      {refuse("A tie is declared before it is settled")}
    END IF;
    IF NEW.starts_on > (moment AT TIME ZONE public.ouvrage_zone())::date THEN
      {refuse("A tie is declared once it exists")}
    END IF;
    IF NEW.tie = '' OR NOT EXISTS (
         SELECT FROM public.projects_mandate m JOIN public.roles_user holder ON holder.id = m.holder_id
         LEFT JOIN public.projects_delegation d ON d.mandate_id = m.id AND d.period @> moment
           AND d.delegate_id = NEW.person_id
         WHERE m.project_id = NEW.project_id AND NOT m.taken_back AND m.period @> moment AND holder.is_active
           AND (m.holder_id = NEW.person_id OR d.id IS NOT NULL))
       OR NOT (SELECT is_active FROM public.roles_user WHERE id = NEW.person_id) THEN
      {refuse("A tie is declared in writing, by a person who holds a role on the project (R8)")}
    END IF;
    """,
    moment=NOW,
)

SETTLED_BY_THE_OWNER = guard(
    "is_settled_by_the_owner",
    pgtrigger.Update,
    f"""
    IF (NEW.project_id, NEW.person_id, NEW.organisation_id, NEW.tie, NEW.starts_on, NEW.salt, NEW.acted_at,
        NEW.recorded_at, NEW.entered_afterwards)
       IS DISTINCT FROM (OLD.project_id, OLD.person_id, OLD.organisation_id, OLD.tie, OLD.starts_on, OLD.salt,
        OLD.acted_at, OLD.recorded_at, OLD.entered_afterwards) OR OLD.ruling <> '' THEN
      {refuse("A tie is settled once and otherwise stays as it was declared")}
    END IF;
    IF NEW.ruling NOT IN ('stays', 'leaves') OR NEW.ruled_because = '' OR NEW.ruled_at IS NULL
       OR NEW.ruled_at NOT BETWEEN coalesce(public.ouvrage_back_entry(), transaction_timestamp()) AND moment
       OR NEW.ruled_by_id = NEW.person_id OR NOT {decides("NEW.ruled_by_id", "NEW.project_id")} THEN
      {refuse("A tie is settled by the owner in office, in writing, never one's own (R1, R8)")}
    END IF;
    IF {tied_condition("NEW.project_id", "NEW.ruled_by_id")} THEN
      {refuse(BLOCKED)}
    END IF;
    """,
    moment=NOW,
)

#: One microsecond of tolerance: a seat taken back before it began, or ended at once, keeps that length.
ENDS_EVERY_SEAT = deferred(
    "ends_every_seat_if_it_says_so",
    pgtrigger.Update,
    f"""
        IF NEW.ruling = 'leaves' AND OLD.ruling = '' AND (
             EXISTS (SELECT FROM public.projects_mandate m
                     WHERE m.project_id = NEW.project_id AND m.holder_id = NEW.person_id AND NOT m.taken_back
                       AND m.acted_at <= NEW.ruled_at
                       AND coalesce(upper(m.period), 'infinity') > NEW.ruled_at + interval '1 microsecond')
             OR EXISTS (SELECT FROM public.projects_delegation d JOIN public.projects_mandate m ON m.id = d.mandate_id
                        WHERE m.project_id = NEW.project_id AND d.delegate_id = NEW.person_id AND NOT m.taken_back
                          AND d.acted_at <= NEW.ruled_at
                          AND upper(d.period) > lower(d.period) + interval '1 microsecond'
                          AND least(upper(d.period), upper(m.period)) > NEW.ruled_at + interval '1 microsecond')) THEN
          {refuse("Who leaves over a tie leaves every seat on the project at once (R8)")}
        END IF;
    """,
)
