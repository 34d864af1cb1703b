"""The decision list on paper, in the language in use."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from core.files.papers.content import Line, Paper, Part, Table
from core.record.erasure import display_name, display_text
from core.templatetags.ui import day, when
from governance.enums import Outcome
from governance.sessions.lists.models import DecisionList
from governance.sessions.sittings.attendance import say_presence
from governance.sessions.sittings.enums import ItemOutcome
from projects.models import Project

#: When a decision was taken: told from its instant and those of the session.
TAKEN = {
    "before": pgettext_lazy("decision of a session", "before the session"),
    "in_session": pgettext_lazy("decision of a session", "in session"),
    "after": pgettext_lazy("decision of a session", "after the session"),
}


def build_paper(project: Project, content: dict[str, Any], settled: DecisionList | None) -> Paper:
    """Build the paper of a list; one that is not settled says so across its pages."""
    draft = _("Draft, not settled")
    said = {"day": when(settled.acted_at), "who": display_name(settled.settled_by.name)} if settled else {}
    return Paper(
        heading=_("Decision list"),
        title=content["session"],
        code=project.code,
        language=project.language,
        state=_("Settled by the owner") if settled else draft,
        printed=_("Settled on %(day)s by %(who)s") % said if settled else draft,
        parts=list_parts(content),
        mark="" if settled else draft,
    )


def list_parts(content: dict[str, Any]) -> list[Part]:
    """List the parts of a list: session, decisions, information, actions, what is left, attendance, rectifications."""
    return [part for part in _iterate_parts(content) if part.lines or part.table]


def _iterate_parts(content: dict[str, Any]) -> Iterator[Part]:
    items = content["items"]
    held = f"{day(date.fromisoformat(content['day']))}, {content['begins']}"
    facts = [Line(_("Day"), held), Line(_("Place or link"), display_text(content["place"]))]
    yield Part("", [*facts, Line(_("Fingerprint of the agenda"), content["agenda"])])
    decided = [
        [item["line"], item["text"], _name_decision(cited), _say_taken(cited)]
        for item in items
        for cited in item["decisions"]
    ]
    heads = [_("Line"), _("Item"), _("Decision"), pgettext("decision of a session", "Taken")]
    if decided:
        yield Part(_("Decisions"), table=Table(heads, decided, [0.4, 2.5, 2, 1.6]))
    else:
        yield Part(_("Decisions"), [Line(_("No decision was taken."))])
    told = [item for item in items if item["note"]]
    yield Part(
        pgettext("decision list", "Information"),
        [Line(f"{item['line']}. {item['text']}", words=display_text(item["note"])) for item in told],
    )
    given = [
        [f"{row['reference']} · {row['text']}", row["who"], day(date.fromisoformat(row["due_on"]))]
        for row in content["actions"]
    ]
    if given:
        yield Part(_("Actions"), table=Table([_("Action"), _("Person"), _("Due")], given, [2.5, 1.5, 1]))
    yield Part(
        _("Deferred or withdrawn"),
        [Line(f"{item['line']}. {item['text']}", _say_left(item)) for item in items if item["outcome"]],
    )
    unseen = _("The person who drew up this list has no access to it.")
    yield Part(
        _("Lines left out"), [Line(_("Line %(n)s") % {"n": line}, unseen) for line in content.get("left_out", [])]
    )
    present = [[row["name"], say_presence(row["at"])] for row in content["attendance"]]
    if present:
        yield Part(_("Attendance"), table=Table([_("Name"), _("Attendance")], present, [1, 2]))
    yield Part(
        _("Rectifications"),
        [Line(_("Line %(n)s") % {"n": row["line"]}, words=display_text(row["text"])) for row in content["rectified"]],
    )


def _name_decision(cited: dict[str, str]) -> str:
    return f"{cited['reference']} · {Outcome(cited['outcome']).label}"


def _say_taken(cited: dict[str, str]) -> str:
    return f"{TAKEN[cited['taken']]}, {cited['by']}, {when(datetime.fromisoformat(cited['at']))}"


def _say_left(item: dict[str, Any]) -> str:
    label = capfirst(str(ItemOutcome(item["outcome"]).label))
    return f"{label}, {day(date.fromisoformat(item['deferred_to']))}" if item["deferred_to"] else label
