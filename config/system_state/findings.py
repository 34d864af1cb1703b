"""What is said of a part of the system: its state and a sentence."""

from datetime import timedelta

#: State and sentence.
type Finding = tuple[str, str]

OK, WARNING, BAD = "ok", "warning", "bad"
#: A trace that is older, an outbox row that waits longer, or an event that is not signed for longer, is a fault.
LATE = timedelta(minutes=5)
