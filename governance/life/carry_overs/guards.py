"""Triggers of what is carried over: named by the decision that closes, answered by its holder or the target's owner."""

import pgtrigger

from core.record.guards import NOW, guard, refuse
from governance.decide.kinds.groups import GROUPS
from governance.enums import Settled
from projects.seat_guards import decides, holds

TODAY = "(coalesce(public.ouvrage_back_entry(), clock_timestamp()) AT TIME ZONE public.ouvrage_zone())::date"
#: SQL queries of what was carried over to `{project}` and is not done, by group.
UNFINISHED = {
    group.code: f"""SELECT c.id FROM public.governance_carryover c
        WHERE c.target_id = {{project}} AND c.state <> 'done' AND c."group" = '{group.code}'"""
    for group in GROUPS
    if Settled.CARRIED in group.fates
}


NAMED_BY_THE_CLOSING = guard(
    "is_named_by_the_decision_that_closes",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (
         SELECT FROM public.governance_decision d JOIN public.projects_project t ON t.id = NEW.target_id,
           jsonb_array_elements(d.settled) AS word
         WHERE d.id = NEW.decision_id AND d.project_id = NEW.project_id AND t.id <> NEW.project_id
           AND d.acted_at = NEW.asked_at AND word ->> 'item' = NEW.item AND word ->> 'fate' = 'carried'
           AND word ->> 'into' = t.code AND word ->> 'text' = NEW.text AND word ->> 'group' = NEW."group") THEN
      {refuse("What is carried over is named by the decision that closes its project")}
    END IF;
    IF EXISTS (SELECT FROM public.projects_project t
               WHERE t.id = NEW.target_id AND t.state IN ('suspended', 'closed', 'abandoned'))
       OR NOT {holds("NEW.holder_id", "NEW.target_id")} THEN
      {refuse("What is carried over goes to a holder of a role, in a project that goes on")}
    END IF;
    IF NEW.state <> 'asked' OR NEW.answered_by_id IS NOT NULL THEN
      {refuse("What is carried over begins unanswered")}
    END IF;
    """,
    moment=NOW,
)

ANSWERED_IN_THE_TARGET = guard(
    "is_answered_in_the_project_it_goes_to",
    pgtrigger.Update,
    f"""
    IF (NEW.project_id, NEW.decision_id, NEW.item, NEW."group", NEW.label, NEW.text, NEW.target_id,
        NEW.holder_id, NEW.due_on, NEW.asked_at)
         IS DISTINCT FROM
       (OLD.project_id, OLD.decision_id, OLD.item, OLD."group", OLD.label, OLD.text, OLD.target_id,
        OLD.holder_id, OLD.due_on, OLD.asked_at)
       OR OLD.state = 'done' AND NEW.state <> 'accepted' OR OLD.state = 'accepted' AND NEW.state <> 'done'
       OR NEW.state = 'done' AND OLD.state <> 'accepted' OR NEW.state = OLD.state OR NEW.state = 'asked'
       OR OLD.state = 'declined' AND NEW.declined_because <> OLD.declined_because THEN
      {refuse("What is carried over stays as it was named, and is accepted once")}
    END IF;
    IF NEW.state = 'declined'
       AND (NEW.answered_by_id <> OLD.holder_id OR OLD.due_on < {TODAY}
            OR NOT public.ouvrage_meaningful(NEW.declined_because)) THEN
      {refuse("Its holder alone declines what is carried over, in time, with a reason in words")}
    END IF;
    IF NEW.state = 'accepted' AND OLD.state <> 'done' AND NOT (
         OLD.state = 'asked' AND OLD.due_on >= {TODAY} AND NEW.answered_by_id = OLD.holder_id
         OR (OLD.state = 'declined' OR OLD.due_on < {TODAY})
            AND {decides("NEW.answered_by_id", "OLD.target_id")}) THEN
      {refuse("What is carried over is accepted by its holder in time, then by the owner of the project it goes to")}
    END IF;
    IF NEW.state = 'accepted' AND OLD.state <> 'done' AND (NEW.finish_on IS NULL OR NEW.finish_on < {TODAY})
       OR NEW.state = 'declined' AND NEW.finish_on IS NOT NULL THEN
      {refuse("What is carried over is accepted with the day by which it is done")}
    END IF;
    """,
    moment=NOW,
)

DONE_IN_THE_TARGET = guard(
    "is_done_by_its_follower",
    pgtrigger.Update,
    f"""
    IF NEW.state = 'done'
       AND ((NEW.answered_by_id, NEW.answered_at, NEW.declined_because, NEW.finish_on)
              IS DISTINCT FROM (OLD.answered_by_id, OLD.answered_at, OLD.declined_because, OLD.finish_on)
            OR NOT public.ouvrage_meaningful(NEW.outcome) OR NEW.refuse_by IS NULL OR NEW.refuse_by < {TODAY}) THEN
      {refuse("What is carried over is done with a word, and its acceptance stays")}
    END IF;
    IF NEW.state = 'done' AND NOT (
         NEW.done_by_id = OLD.answered_by_id AND {holds("NEW.done_by_id", "OLD.target_id")}
         OR NOT {holds("OLD.answered_by_id", "OLD.target_id")}
            AND {decides("NEW.done_by_id", "OLD.target_id")}) THEN
      {refuse("Who accepted what is carried over says that it is done, or the owner once they hold no role there")}
    END IF;
    IF EXISTS (SELECT FROM public.projects_project t
               WHERE t.id = OLD.target_id AND t.state IN ('closed', 'abandoned')) THEN
      {refuse("What was carried over to a project that has ended stays as it is")}
    END IF;
    """,
    moment=NOW,
)

REFUSED_IN_THE_TARGET = guard(
    "is_not_done_by_the_word_of_its_owner",
    pgtrigger.Update,
    f"""
    IF OLD.state = 'done'
       AND ((NEW.answered_by_id, NEW.answered_at, NEW.declined_because, NEW.finish_on)
              IS DISTINCT FROM (OLD.answered_by_id, OLD.answered_at, OLD.declined_because, OLD.finish_on)
            OR NEW.refused_outcome <> OLD.outcome OR NOT public.ouvrage_meaningful(NEW.refused_because)) THEN
      {refuse("What is not done keeps the word of its follower beside the reason of the owner")}
    END IF;
    IF OLD.state = 'done'
       AND NOT (coalesce(OLD.refuse_by >= {TODAY} AND NEW.refused_by_id <> OLD.done_by_id, false)
                AND OLD.refused_by_id IS NULL AND {decides("NEW.refused_by_id", "OLD.target_id")}) THEN
      {refuse("The owner of the project it goes to says once, in time, that it is not done, and not on their own word")}
    END IF;
    IF OLD.state <> 'done'
       AND (NEW.refused_outcome, NEW.refused_because, NEW.refused_by_id, NEW.refused_at)
             IS DISTINCT FROM (OLD.refused_outcome, OLD.refused_because, OLD.refused_by_id, OLD.refused_at) THEN
      {refuse("Both words on what was not done stay")}
    END IF;
    """,
    moment=NOW,
)
