"""Database trigger for second looks: by the owner in office, on the day they chose or later, at a decision in force."""

from core.record.guards import refuse
from governance.decide.decisions.answer_guards import given_by_the_owner

LOOKED_BACK_BY_THE_OWNER = given_by_the_owner(
    "looked_by_id",
    "The owner in office looks back at a decision (R1)",
    f"""
    IF answer.second_look_on IS NULL
       OR answer.second_look_on > (moment AT TIME ZONE public.ouvrage_zone())::date
       OR EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = answer.id)
       OR EXISTS (SELECT FROM public.governance_proposal file
                  WHERE file.id = answer.proposal_id AND file.state = 'lapsed') THEN
      {refuse("A second look is at a decision in force, from the day its owner chose on (R6)")}
    END IF;""",
)
