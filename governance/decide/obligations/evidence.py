"""Evidence given by hand: who looks at it, until when, and when it counts. Pure functions.

It waits ten working days for its receiver, who says “received” or, with a reason, “not received”; after that silence
counts it, marked as not checked. A short text without a document, or the text of an earlier answer, counts only once it
is received. What is not received reopens the obligation; when that happens again, the owner rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from governance.decide.obligations.enums import Answer, Verdict
from governance.decide.obligations.working_days import Calendar

#: Working days in which a receiver looks at evidence, and in which a role gives it again.
DAYS_TO_CHECK, DAYS_TO_GIVE_AGAIN = 10, 5
#: A text about a period is accepted so many working days before the end of the period.
DAYS_BEFORE_THE_END = 5
#: Characters of a text that says what was done and where, without a document.
LEAST_CHARACTERS = 40


def is_short(note: str, *, has_document: bool) -> bool:
    """Return whether a text without a document is too short to count unseen."""
    return not has_document and len(note.strip()) < LEAST_CHARACTERS


def is_repeated(note: str, earlier: Iterable[str]) -> bool:
    """Return whether a text was given before, whatever its spaces and capitals."""
    words = _fold(note)
    return bool(words) and any(words == _fold(other) for other in earlier)


def _fold(note: str) -> str:
    return " ".join(note.lower().split())


def first_day_of_texts(calendar: Calendar, period_ends_on: date) -> date:
    """Return the day from which a text about a period is accepted."""
    return calendar.add_working_days(period_ends_on, -DAYS_BEFORE_THE_END)


@dataclass(frozen=True)
class Word:
    """What a receiver or the owner said of an answer: its `Verdict` and day."""

    verdict: str
    on: date


@dataclass(frozen=True)
class Discharged:
    """Answer to an obligation: its row, `Answer`, day, receivers, last day to look at it, and what was said of it."""

    id: int
    answer: str
    on: date
    receivers: Sequence[str] = ()
    check_by: date | None = None
    words: Sequence[Word] = ()

    @property
    def is_excuse(self) -> bool:
        """Return whether the owner excused the role."""
        return self.answer == Answer.EXCUSED

    @property
    def verdict(self) -> str:
        """Return the last word said of it; empty without one."""
        return self.words[-1].verdict if self.words else ""

    @property
    def refused_on(self) -> date | None:
        """Return the day it was not received, which reopened the obligation."""
        return self.words[-1].on if self.verdict == Verdict.NOT_RECEIVED else None

    @property
    def waits_for_the_owner(self) -> bool:
        """Return whether it was contested a second time, so that the owner rules."""
        return self.verdict == Verdict.TO_RULE

    @property
    def counts_only_received(self) -> bool:
        """Return whether silence does not count it."""
        return bool(self.receivers) and self.check_by is None

    def can_be_checked(self, day: date) -> bool:
        """Return whether a receiver, or the owner, may still say a word on it."""
        if self.waits_for_the_owner:
            return True
        in_time = self.check_by is None or day <= self.check_by
        return bool(self.receivers) and not self.words and in_time

    def is_unchecked(self, day: date) -> bool:
        """Return whether silence counted it."""
        return bool(self.receivers) and not self.words and self.check_by is not None and self.check_by < day

    def counts(self, day: date) -> bool:
        """Return whether it fulfils the obligation."""
        if self.is_excuse:
            return False
        return self.verdict == Verdict.RECEIVED or not self.receivers or self.is_unchecked(day)

    def is_given(self, day: date) -> bool:
        """Return whether the role has done its part, and the receiver or the owner has not."""
        return self.can_be_checked(day) and (self.waits_for_the_owner or not self.counts_only_received)
