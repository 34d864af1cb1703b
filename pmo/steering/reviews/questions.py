"""Questions of a monthly review: pending decisions, overdue conditions, red risks, waivers, vacant roles."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.record.erasure import display_text
from core.words.dates import long_day
from pmo.steering.dashboards.drilldown import LISTINGS
from pmo.steering.dashboards.figure_rows import OWNER
from pmo.steering.dashboards.figures import Line
from pmo.steering.dashboards.scope import Scope

#: Limit of questions per list; one more question tells how many were left out.
MOST = 40
#: A question: code of its "project", "text", name of the "owner", and ISO date "on" or an empty string.
Question = dict[str, str]


def arrange_questions(scope: Scope, lines: list[Line], asked: Sequence[tuple[str, str]]) -> list[Question]:
    """List the typed and the found questions by owner, then by date; undated ones first. In the active language.

    `asked` holds the code of a project and a text each.
    """
    owners = {line.project.code: line.owner for line in lines}
    if scope.root.code not in owners:
        seat = scope.root.mandates.active().deciding().select_related("holder").first()
        owners[scope.root.code] = str(seat.holder) if seat else ""
    questions = [*(_question(code, text) for code, text in asked), *list_questions(scope, lines)]
    named = [question | {"owner": owners.get(question["project"], "")} for question in questions]
    return sorted(named, key=lambda question: (question["owner"], question["on"]))


def group_questions(questions: Iterable[Mapping[str, str]]) -> list[tuple[str, list[Mapping[str, str]]]]:
    """Group the questions of an archived review by owner; those of earlier releases name none."""
    return [(owner, list(rows)) for owner, rows in groupby(questions, lambda question: question.get("owner", ""))]


def list_questions(scope: Scope, lines: list[Line]) -> Iterator[Question]:
    """Yield the questions that the figures raise, without their owner, in the active language."""
    for name, filters, ask in QUESTION_LISTS:
        rows = LISTINGS[name].rows(scope, filters)
        questions = list(rows[: MOST + 1])
        yield from map(ask, questions[:MOST])
        if len(questions) > MOST:
            yield _question(scope.root.code, _tell_left_out(str(LISTINGS[name].title), rows.count() - MOST))
    for line in lines:
        if vacant := line.seats.of("vacant"):
            text = _("Vacant: %(roles)s. Whom do you appoint?") % {"roles": ", ".join(vacant)}
            yield _question(line.project.code, text)


def _question(project: str, text: str, on: date | None = None) -> Question:
    return {"project": project, "text": text, "on": on.isoformat() if on else ""}


def _tell_left_out(title: str, left: int) -> str:
    return ngettext("%(title)s: %(n)d more in the dashboard.", "%(title)s: %(n)d more in the dashboard.", left) % {
        "title": title,
        "n": left,
    }


def _ask_pending(row: Any) -> Question:
    text = _("%(reference)s, “%(title)s”, needs your decision by %(day)s.") % {
        "reference": row.reference,
        "title": display_text(row.title),
        "day": long_day(row.current.decide_by),
    }
    return _question(row.project.code, text, row.current.decide_by)


def _ask_overdue(row: Any) -> Question:
    text = _("A condition of %(reference)s was due on %(day)s: %(text)s. What happens to it?") % {
        "reference": row.decision.reference,
        "day": long_day(row.due_on),
        "text": display_text(row.text).rstrip("."),
    }
    return _question(row.decision.project.code, text, row.due_on)


def _ask_red(row: Any) -> Question:
    text = _("Which treatment do you decide for %(code)s, “%(title)s”? It is red and not accepted.") % {
        "code": row.code,
        "title": row.title,
    }
    return _question(row.project.code, text)


def _ask_ending(row: Any) -> Question:
    text = _("Waiver %(reference)s ends on %(day)s. It never renews itself. What follows?") % {
        "reference": row.reference,
        "day": long_day(row.ends_on),
    }
    return _question(row.project.code, text, row.ends_on)


#: Lists to ask about: name, filters, and the function that turns a row into a question.
QUESTION_LISTS: tuple[tuple[str, Mapping[str, str], Callable[[Any], Question]], ...] = (
    ("pending", {"for": OWNER}, _ask_pending),
    ("overdue", {}, _ask_overdue),
    ("risks", {"red": "1"}, _ask_red),
    ("waivers", {"ending": "1"}, _ask_ending),
)
