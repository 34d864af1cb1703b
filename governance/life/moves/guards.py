"""Triggers of moves: asked by the owner, accepted by the owners above, done in the same transaction as the change."""

import pgtrigger

from core.record.guards import deferred, guard, refuse
from projects.seat_guards import decides

ASKED_BY_ITS_OWNER = guard(
    "is_asked_by_its_owner",
    pgtrigger.Insert,
    f"""
    moment := clock_timestamp();
    IF NOT {decides("NEW.asked_by_id", "NEW.project_id")} THEN
      {refuse("A move is asked by the owner of the project in office (R1)")}
    END IF;
    IF NEW.state <> 'asked' OR NEW.left_by_id IS NOT NULL OR NEW.joined_by_id IS NOT NULL OR NEW.ended_by_id IS NOT NULL
       OR NEW.parent_id IS DISTINCT FROM (SELECT parent_id FROM public.projects_project WHERE id = NEW.project_id) THEN
      {refuse("A move begins where the project is, accepted by nobody")}
    END IF;
    """,
    moment="timestamptz",
)

ANSWERED_BY_THE_OWNERS = guard(
    "is_answered_by_the_owners_above",
    pgtrigger.Update,
    f"""
    moment := clock_timestamp();
    IF (NEW.project_id, NEW.parent_id, NEW.target_id, NEW.asked_by_id, NEW.asked_at)
         IS DISTINCT FROM (OLD.project_id, OLD.parent_id, OLD.target_id, OLD.asked_by_id, OLD.asked_at)
       OR OLD.state <> 'asked'
       OR OLD.left_by_id IS NOT NULL AND NEW.left_by_id IS DISTINCT FROM OLD.left_by_id
       OR OLD.joined_by_id IS NOT NULL AND NEW.joined_by_id IS DISTINCT FROM OLD.joined_by_id THEN
      {refuse("A move that has ended stays as it is, and so does what was asked and accepted")}
    END IF;
    IF NEW.left_by_id IS DISTINCT FROM OLD.left_by_id AND NOT {decides("NEW.left_by_id", "NEW.parent_id")}
       OR NEW.joined_by_id IS DISTINCT FROM OLD.joined_by_id AND NOT {decides("NEW.joined_by_id", "NEW.target_id")} THEN
      {refuse("A move is accepted by the owners in office of the node it leaves and of the one it comes under (R1)")}
    END IF;
    IF NEW.state = 'done' AND (NEW.joined_by_id IS NULL OR NEW.parent_id IS NOT NULL AND NEW.left_by_id IS NULL) THEN
      {refuse("A move is done once both owners have accepted it")}
    END IF;
    IF NEW.state = 'refused' AND NOT ({decides("NEW.ended_by_id", "NEW.target_id")}
         OR NEW.parent_id IS NOT NULL AND {decides("NEW.ended_by_id", "NEW.parent_id")})
       OR NEW.state = 'taken_back' AND NOT {decides("NEW.ended_by_id", "NEW.project_id")} THEN
      {refuse("A move is refused by an owner above, and taken back by the owner of the project (R1)")}
    END IF;
    IF NEW.state = 'refused' AND NOT public.ouvrage_meaningful(NEW.because) THEN
      {refuse("A move is refused with a reason, in words")}
    END IF;
    """,
    moment="timestamptz",
)

MOVES_BY_AN_ACCEPTED_MOVE = deferred(
    "moves_once_both_owners_accept",
    pgtrigger.Update,
    f"""
        IF NEW.parent_id IS DISTINCT FROM OLD.parent_id AND NOT EXISTS (
             SELECT FROM public.governance_move v
             WHERE v.project_id = NEW.id AND v.state = 'done' AND v.parent_id IS NOT DISTINCT FROM OLD.parent_id
               AND v.target_id = NEW.parent_id AND EXISTS (
                 SELECT FROM public.projects_ledgerevent e
                 WHERE e.project_id = NEW.id AND e.act = 'accept_move' AND e.subject = 'governance.move'
                   AND e.subject_id = v.id AND e.xact = pg_current_xact_id()::text::bigint)) THEN
          {refuse("A project comes under another parent by a move that both owners have accepted (R1)")}
        END IF;
    """,
)
