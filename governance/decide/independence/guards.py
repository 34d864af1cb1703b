"""Triggers of marks of dependence: true as the facts stand, and never missing on an opinion (R8)."""

import pgtrigger

from core.record.guards import deferred, guard, refuse
from projects.independence.guards import dependences_sql

OF_ITS_SUBJECT = dependences_sql("SELECT mark.id, mark.mandate_id, mark.judged_at FROM (SELECT NEW.*) AS mark")
OF_AN_OPINION = dependences_sql("SELECT given.id, given.mandate_id, given.acted_at FROM (SELECT NEW.*) AS given")

SAYS_WHAT_THE_FACTS_SAY = guard(
    "says_what_the_facts_say",
    pgtrigger.Insert,
    f"""
    IF NEW.opinion_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.governance_opinion o
         WHERE o.id = NEW.opinion_id AND o.mandate_id = NEW.mandate_id AND o.acted_at = NEW.judged_at) THEN
      {refuse("A mark is about the instant and the mandate of its opinion (R8)")}
    END IF;
    IF NEW.opinion_id IS NULL AND NEW.judged_at <> NEW.acted_at THEN
      {refuse("A mark of a seat is about the instant at which it is made (R8)")}
    END IF;
    IF NOT EXISTS (
         SELECT FROM ({OF_ITS_SUBJECT}) AS d
         WHERE (d.other_id, d.bidder_id, d.organisation_id, d.since)
           IS NOT DISTINCT FROM (NEW.other_id, NEW.bidder_id, NEW.organisation_id, NEW.since)) THEN
      {refuse("A mark says what the recorded facts say (R8)")}
    END IF;
    """,
)

#: Deferred: the act that gives an opinion marks it.
TELLS_ITS_DEPENDENCE = deferred(
    "tells_its_dependence",
    pgtrigger.Insert,
    f"""
        IF EXISTS (
             SELECT FROM ({OF_AN_OPINION}) AS d
             WHERE NOT EXISTS (
               SELECT FROM public.governance_independencemark k
               WHERE k.opinion_id = NEW.id
                 AND (k.other_id, k.bidder_id) IS NOT DISTINCT FROM (d.other_id, d.bidder_id))) THEN
          {refuse("An opinion whose author is not independent is marked by its act (R8)")}
        END IF;
    """,
)
