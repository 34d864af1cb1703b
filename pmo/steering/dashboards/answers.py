"""Answers of the project office to the questions of a home: budget, dates, risks, benefits, conflicts, duties."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.ui import day as write_day
from governance.decide.obligations.queries import Progress
from governance.desk.home.questions import Answer, Place, Question
from pmo.registers.budget.queries import forecast_percent
from pmo.registers.schedule.queries import largest_slip, list_dates
from pmo.registers.weather.enums import Sky
from pmo.registers.weather.queries import read_weather
from pmo.steering.dashboards.duties import sum_nights
from pmo.steering.dashboards.home import read_course
from pmo.steering.levels import aspects, contradictions
from pmo.steering.levels.aspects import NEAR, Aspect, write_percent
from pmo.steering.levels.figures import Group, Loaded, build_group, load_rows
from pmo.steering.levels.roll_up import build_roll_up
from pmo.steering.levels.state import build_state
from projects.enums import Level, Workspace
from projects.workspaces import is_on

#: Figures are old after so many days.
OLD = timedelta(days=31)
#: The lists behind figures.
LISTS = "pmo:dashboards:dashboard_list"
#: Most states that a process keeps: of a project alone, and of one with its parts, which may be hundreds.
KEPT, KEPT_GROUPS = 1_000, 20


def _load(root: int, _version: str, parts: tuple[tuple[int, str], ...], day: date, *, has_parts: bool) -> Loaded:
    return load_rows([root, *(pk for pk, _version in parts)], day, has_parts=has_parts)


_load_one, _load_group = lru_cache(maxsize=KEPT)(_load), lru_cache(maxsize=KEPT_GROUPS)(_load)


def read_group(place: Place) -> Group:
    """Read a node with its parts. Two or three queries when something has happened since this process last asked."""
    load = _load_group if place.parts else _load_one
    project = place.project
    loaded = load(project.pk, place.state.version, place.parts, place.day, has_parts=project.has_parts)
    return build_group(project, loaded, place.day)


def _list_aspect(find: Callable[[Group], Aspect], page: str) -> Callable[[Place], list[Answer]]:
    """Build the answer of one aspect; it is left out while it has no data."""

    def answer(place: Place) -> list[Answer]:
        _name, sky, why = find(read_group(place))
        if sky is None:
            return []
        return [Answer(why, _find_page(page, place.project), sky.label, sky == Sky.STORMY)]

    return answer


def list_limits(place: Place) -> list[Answer]:
    """Answer whether budget and dates are respected; of a portfolio its state."""
    group, code = read_group(place), place.project.code
    if place.project.has_parts:
        money, page = build_roll_up(group).sentence, _find_page("pmo:budget:means", place.project)
        found = [Answer(money, page)] if money else []
    if place.project.level == Level.PORTFOLIO:
        state, url = build_state(group), _find_page("pmo:weather:weather", place.project)
        found += [Answer(state.forecast, url)] if state.roll else []
        return [*found, Answer(state.storm, url, is_bad=state.is_alarming)] if state.under_storm is not None else found
    if place.project.level == Level.PROGRAMME:
        return found + _list_aspect(aspects.find_cost, "pmo:budget:means")(place)
    return list(_list_limits_of_project(group, code)) if place.project.has(Workspace.STEERING) else []


def _list_limits_of_project(group: Group, code: str) -> Iterator[Answer]:
    share = forecast_percent(group.root)
    if share is not None:
        words = _("The forecast at completion is %(share)s%% of the budget.") % {"share": write_percent(share)}
        is_over = share >= group.limits.cost_cloudy
        yield Answer(words, reverse("pmo:budget:means", args=[code]), is_bad=is_over)
    slip = largest_slip(list_dates(group.root), group.root.ends_on, group.day)
    if slip is not None:
        words = ngettext("The largest slip is %(n)s day.", "The largest slip is %(n)s days.", slip) % {"n": slip}
        is_late = slip >= group.limits.delay_cloudy
        yield Answer(words, reverse("pmo:schedule:schedule", args=[code]), is_bad=is_late)


def list_risks(place: Place) -> list[Answer]:
    """Answer which red risks and overdue conditions need a word of the owner."""
    code, red, overdue = place.project.code, read_group(place).root.red, place.project.overdue
    found = []
    if red and place.project.has(Workspace.RISKS):
        words = ngettext("%(n)s risk is red and not accepted.", "%(n)s risks are red and not accepted.", red)
        found.append(Answer(words % {"n": red}, f"{reverse(LISTS, args=[code, 'risks'])}?red=1", is_bad=True))
    if overdue:
        words = ngettext("%(n)s condition is overdue.", "%(n)s conditions are overdue.", overdue)
        found.append(Answer(words % {"n": overdue}, reverse(LISTS, args=[code, "overdue"]), is_bad=True))
    return found


def list_gate(place: Place) -> list[Answer]:
    """Answer what is missing for the next gate, when it is near or has gaps."""
    course, gate = read_course(place.state), place.project.next_gate
    if not gate or not (course.gaps or course.gate_on):
        return []
    words = ngettext("%(gate)s: %(n)s gap", "%(gate)s: %(n)s gaps", course.gaps) % {
        "gate": gate.value,
        "n": course.gaps,
    }
    on = write_day(course.gate_on) if course.gate_on else ""
    return [Answer(words, reverse("pmo:gates:gates", args=[place.project.code]), on, course.gaps > 0)]


def list_endangered(place: Place) -> list[Answer]:
    """Answer which project endangers the stage: stormy, or slipping."""
    group = read_group(place)
    found = []
    for part in group.projects:
        weather = read_weather(part)
        slip = largest_slip(list_dates(part), part.ends_on, group.day) if part.has(Workspace.STEERING) else None
        if weather and weather.sky == Sky.STORMY:
            found.append(_point_to(part, Sky.STORMY.label))
        elif slip is not None and slip >= group.limits.delay_stormy:
            note = ngettext("slips by %(n)s day", "slips by %(n)s days", slip) % {"n": slip}
            found.append(_point_to(part, note))
    return found


def list_to_justify(place: Place) -> list[Answer]:
    """Answer what has been stormy for two months."""
    stormy = [
        part
        for part in read_group(place).projects
        if (weather := read_weather(part)) and weather.sky == part.sky_before == Sky.STORMY
    ]
    return [_point_to(part, _("stormy for two months")) for part in stormy]


def list_contradictions(place: Place) -> list[Answer]:
    """Answer what contradicts below."""
    return [
        Answer(row.text, _find_page(row.page, row.project), row.note, is_bad=True, language=row.language)
        for row in contradictions.list_contradictions(read_group(place))
    ]


def _find_page(page: str, project: Any) -> str:
    """Return the address of a page, or of the dashboard where its workspace is off."""
    return reverse(page if is_on(page, project) else "pmo:dashboards:dashboard", args=[project.code])


def _point_to(part: Any, note: Any) -> Answer:
    return Answer(part.title, reverse("pmo:dashboards:dashboard", args=[part.code]), note, is_bad=True)


def list_old(place: Place) -> list[Answer]:
    """Answer whose figures are older than 31 days: of the projects below, or of the project itself."""
    group = read_group(place)
    found = []
    for row in group.projects or [group.root]:
        weather = read_weather(row)
        if row.level != Level.PROJECT or row.is_over or not row.has(Workspace.STEERING):
            continue
        if weather is None or timezone.localdate(weather.at) < group.day - OLD:
            since = write_day(timezone.localdate(weather.at)) if weather else _("no figures yet")
            found.append(Answer(row.title, reverse("pmo:weather:weather", args=[row.code]), since))
    return found


def list_dependencies(place: Place) -> list[Answer]:
    """Answer which dependencies of a project are near or past their day."""
    group = read_group(place)
    near = [need for need in group.open_needs if need.needed_on <= group.day + NEAR or need.is_late]
    if not near or not place.project.has(Workspace.STEERING):
        return []
    words = ngettext("%(n)s dependency within 60 days.", "%(n)s dependencies within 60 days.", len(near))
    url, is_late = reverse("pmo:schedule:schedule", args=[place.project.code]), any(map(group.is_late, near))
    return [Answer(words % {"n": len(near)}, url, write_day(near[0].needed_on), is_late)]


def answer_dependencies(place: Place) -> list[Answer]:
    """Answer which dependencies break first."""
    if place.project.level == Level.PROJECT:
        return list_dependencies(place)
    return _list_aspect(aspects.find_dependencies, "pmo:schedule:schedule")(place)


def list_escalated(place: Place) -> list[Answer]:
    """Answer which escalated and own risks wait for a word, and which red ones below nobody answers."""
    group, code = read_group(place), place.project.code
    if not place.project.has(Workspace.RISKS):
        return []
    found, page = [], reverse("pmo:escalations:escalation_list", args=[code])
    if waiting := group.root.waiting:
        due = date.fromisoformat(waiting["due"])
        is_bad = bool(waiting["red"]) or due < group.day
        found.append(Answer(aspects.describe_waiting(waiting["n"]), page, write_day(due), is_bad))
    if red := group.root.red:
        words = ngettext("%(n)s risk is red and not accepted.", "%(n)s risks are red and not accepted.", red)
        found.append(Answer(words % {"n": red}, f"{reverse(LISTS, args=[code, 'risks'])}?red=1", is_bad=True))
    if silent := sum(part.silent for part in group.parts if part.has(Workspace.RISKS)):
        words = ngettext(
            "%(n)s red risk below has had no answer for 15 working days.",
            "%(n)s red risks below have had no answer for 15 working days.",
            silent,
        )
        found.append(Answer(words % {"n": silent}, f"{page}#signals", is_bad=True))
    return found


def list_duties_below(place: Place) -> list[Answer]:
    """Answer with one figure per role how far the obligations of the projects below are fulfilled."""
    progress = sum_nights(part.night for part in read_group(place).parts)
    url = reverse("pmo:dashboards:dashboard_advice", args=[place.project.code])
    words = _("%(role)s %(share)s%%")
    shares = [words % {"role": line.role, "share": _percent(line)} for line in progress if line.whole]
    return [Answer(", ".join(shares), url, _("up to date or excused"))] if shares else []


def _percent(line: Progress) -> int:
    return 100 * (line.whole - line.late) // line.whole


ANSWERS: dict[Question, Callable[[Place], list[Answer]]] = {
    Question.LIMITS: list_limits,
    Question.RISKS: list_risks,
    Question.GATE: list_gate,
    Question.OLD: list_old,
    Question.CONTRADICTIONS: list_contradictions,
    Question.DEPENDENCIES: answer_dependencies,
    Question.BENEFITS: _list_aspect(aspects.find_benefits, "pmo:success_criteria:success"),
    Question.ESCALATED: list_escalated,
    Question.DUTIES: list_duties_below,
}
