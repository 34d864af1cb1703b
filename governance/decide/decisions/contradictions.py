"""Opinions that the owner's answer contradicts (avis divergent, R7): by the option, else by the position.

An adviser who names an option is followed when the owner takes that one. Without a name, a favourable opinion is for
the option recommended, an unfavourable one against it.
"""

from typing import Any

from django.db.models import F, Q

from governance.enums import APPROVALS, Outcome, Position

#: Answers that are a yes or a no. Rework, deferral and merger settle nothing to contradict.
SETTLING = frozenset({*APPROVALS, Outcome.REJECTED})

_ANSWER = "revision__decision__"
_AS_RECOMMENDED = Q(**{f"{_ANSWER}option": ""}) | Q(**{f"{_ANSWER}option": F("revision__recommended")})
_APPROVED = Q(**{f"{_ANSWER}outcome__in": sorted(APPROVALS)})
_BY_OPTION = ~Q(preferred="") & ~Q(preferred=F(f"{_ANSWER}option"))
_BY_POSITION = (_AS_RECOMMENDED & Q(position=Position.UNFAVOURABLE)) | (
    ~_AS_RECOMMENDED & Q(position=Position.FAVOURABLE)
)

#: Condition on an opinion: its revision was answered with yes or no.
SETTLED = Q(**{f"{_ANSWER}outcome__in": sorted(SETTLING)})
#: Condition on an opinion: it is for or against something.
TAKES_A_SIDE = ~Q(position=Position.NO_OPINION) | ~Q(preferred="")
#: Condition on an opinion: the answer to its revision contradicts it.
CONTRADICTED = (_APPROVED & (_BY_OPTION | (Q(preferred="") & _BY_POSITION))) | Q(
    **{f"{_ANSWER}outcome": Outcome.REJECTED}, position=Position.FAVOURABLE
)


def is_contradicted(opinion: Any, decision: Any) -> bool:
    """Return whether `decision`, on the revision of `opinion`, contradicts it: CONTRADICTED for rows in memory."""
    if not decision.approves:
        return bool(decision.outcome == Outcome.REJECTED and opinion.position == Position.FAVOURABLE)
    if opinion.preferred:
        return bool(opinion.preferred != decision.option)
    against = Position.UNFAVOURABLE if decision.is_as_recommended else Position.FAVOURABLE
    return bool(opinion.position == against)
