"""Database guard of reminders: the day is that of the act, so that one constraint limits them to one a day."""

import pgtrigger

from core.record.guards import guard, refuse

OF_THE_DAY_OF_ITS_ACT = guard(
    "is_of_the_day_of_its_act",
    pgtrigger.Insert,
    f"""
    IF NEW.day <> (NEW.acted_at AT TIME ZONE public.ouvrage_zone())::date THEN
      {refuse("A reminder is of the day it is sent")}
    END IF;
    """,
)
