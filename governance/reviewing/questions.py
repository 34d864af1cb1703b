"""What a monthly review asks the owners of the projects: what waits for them, is overdue, or is not held."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from governance.dashboards.behind import LISTINGS
from governance.dashboards.scope import Scope
from governance.figures import Line
from roles.dates import long_day

#: The most questions of one sort.
MOST = 40


def questions(scope: Scope, lines: list[Line]) -> Iterator[dict[str, str]]:
    """Each question as {"project": its code, "text"}, in the language at hand: decisions, conditions, red risks,
    waivers, roles."""
    for row in LISTINGS["pending"].rows(scope, {"for": "owner"})[:MOST]:
        yield {
            "project": row.project.code,
            "text": _("%(reference)s, “%(title)s”, waits for your decision, to be taken by %(day)s.") % {
                "reference": row.reference, "title": row.title, "day": long_day(row.current.decide_by)},
        }  # fmt: skip
    for row in LISTINGS["overdue"].rows(scope, {})[:MOST]:
        yield {
            "project": row.decision.project.code,
            "text": _("A condition of %(reference)s was due on %(day)s: %(text)s. What becomes of it?") % {
                "reference": row.decision.reference, "day": long_day(row.due_on), "text": row.text.rstrip(".")},
        }  # fmt: skip
    for row in LISTINGS["risks"].rows(scope, {"red": "1"})[:MOST]:
        yield {
            "project": row.project.code,
            "text": _("Risk %(code)s, “%(title)s”, is red and not accepted: which answer do you give it?") % {
                "code": row.code, "title": row.title},
        }  # fmt: skip
    for row in LISTINGS["waivers"].rows(scope, {"ending": "1"})[:MOST]:
        yield {
            "project": row.project.code,
            "text": _("Waiver %(reference)s ends on %(day)s; it never renews itself. What follows?") % {
                "reference": row.reference, "day": long_day(row.ends_on)},
        }  # fmt: skip
    for line in lines:
        if vacant := line.seats.of("vacant"):
            yield {
                "project": line.project.code,
                "text": _("Nobody holds %(roles)s: whom do you appoint?") % {"roles": ", ".join(vacant)},
            }
