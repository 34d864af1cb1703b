"""Test that a change and its undo leave everything as it was, in every register and field, or say what stays.

Registers come from the addresses, fields from the forms of their cells. Rows that nothing ever changes are the record
of both; everything else of the project, its notices and the tasks of its members are compared,
by day those of a third of the members at each field, in turn.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, get_resolver, reverse

from amoa.acceptance.services import write_test
from amoa.recipients.services import describe_group
from amoa.requirements.forms import BulkForm, map_groups
from amoa.requirements.grid_views import RequirementGridView
from core.access import can
from core.acts import cached_reads
from core.forms import DayField
from core.history import INSERT_ONLY
from core.pages.form_views import UNPROCESSABLE
from governance.desk.inbox.queries import list_tasks
from governance.life.actions.services import write_action
from pmo.registers.budget.services import write_budget_line
from pmo.registers.risks.bulk_views import RiskGridView
from pmo.registers.risks.forms import BulkRiskForm
from pmo.registers.risks.services import raise_issue, settle_issue, settle_risk
from pmo.registers.schedule.services import write_milestone
from projects.bulk_views import UndoRowsView
from projects.form_views import ProjectGridView
from projects.models import LedgerEvent, Notification, Project
from tests import acts
from tests.amoa.requirements import factories as requirements
from tests.conftest import CAST
from tests.database import fire_deferred_triggers, undone
from tests.days import today
from tests.effort import WHOLE, from_turn, in_turn
from tests.governance.decide.decisions.test_watches import World
from tests.pmo.registers.risks import factories as risks

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
#: Fields that lead a row from one state to another: each value is tried in each row.
LEADING = ("state", "treated")
#: Fields that depend on the state of their row: each row is tried.
IN_EACH_ROW = (*LEADING, "response")
#: Rows in which another field is changed by day. Each field begins with the row after that of the one before it.
ROWS = 2
#: Members whose tasks are compared by day: those whose turn it is, other ones at the next field.
MEMBERS = 4


def list_patterns(resolver: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """List (name of the address, view) of all addresses."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join([*names, pattern.name or ""]), pattern.callback
        else:
            yield from list_patterns(pattern, (*names, pattern.namespace) if pattern.namespace else names)


@cache
def read_registers() -> dict[str, tuple[str, type[ProjectGridView]]]:
    """Return the registers whose changes can be undone, by name: the address of the grid, and its view."""
    views = dict(list_patterns(get_resolver()))
    grids = {view.view_class: name for name, view in views.items() if hasattr(view, "view_class")}
    found = {
        view.view_initkwargs["grid"]: name
        for name, view in views.items()
        if getattr(view, "view_class", None) is UndoRowsView
    }
    return {grid.__name__: (grids[grid], grid) for grid in found}


REGISTERS = read_registers()
FIELDS = [
    (name, cell)
    for name, (_address, grid) in REGISTERS.items()
    for cell, known in grid.form_class.base_fields.items()
    if not known.widget.is_hidden and cell not in grid.form_class.kept
]


@dataclass
class Snapshot:
    """Everything that an undo gives back: rows that may change, notices, and tasks of the members."""

    rows: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    told: set[tuple[Any, ...]] = field(default_factory=set)
    tasks: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)


def list_changing_models() -> list[type[models.Model]]:
    """List the models of rows of a project that may change: no history, no record."""
    return [
        model
        for model in apps.get_models()
        if any(f.name == "project" and f.related_model is Project for f in model._meta.fields)
        and not hasattr(model, "history_object")
        and INSERT_ONLY not in {trigger.name for trigger in getattr(model._meta, "triggers", ())}
        and model is not LedgerEvent
    ]


def list_members(place: int, cast: dict[str, Any]) -> list[str]:
    """List the members whose turn it is at this place."""
    return in_turn(place, [member for member in CAST if cast[member].is_authenticated], MEMBERS)


def take(project: Project, cast: dict[str, Any], members: Iterable[str]) -> Snapshot:
    """Read everything of the project, and the tasks of these members."""
    found = Snapshot()
    for model in list_changing_models():
        generated = {f.attname for f in model._meta.concrete_fields if f.generated}
        for row in model._default_manager.filter(project=project.pk).order_by("pk"):
            values = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields}
            kept = {name: value for name, value in values.items() if name not in generated | {"changed_at"}}
            found.rows[model._meta.label_lower, row.pk] = kept
    notices = Notification.objects.standing().filter(event__project=project.pk)
    found.told = set(notices.values_list("recipient", "reason", "about", "link", "read_at", "mailed_at"))
    with cached_reads():  # what several members have in common is read once
        for member in members:
            tasks = list_tasks(cast[member])
            found.tasks[member] = {(task.key, task.due, task.role, task.others) for task in tasks}
    return found


@pytest.fixture(scope="module")
def kept_project(kept_cast: dict[str, Any]) -> Project:
    """Fill every register of project one, with rows in each of their states and some that the owner approved."""
    cast, project_one = kept_cast, Project.objects.get(code="ONE")
    amoa, pmo, moe = cast["amoa"], cast["pmo"], cast["moe"]
    world = World(cast, project_one)
    ahead = requirements.write(amoa, project_one, title="Fog horn, ahead")
    world.approve_baseline()
    requirements.edit(amoa, ahead, title="Fog horn, ahead of its version in force")
    for state in ("draft", "proposed", "deferred"):
        requirements.write(amoa, project_one, title=f"Fog horn, {state}", state=state)
    frozen = requirements.write(amoa, project_one, title="Fog horn, frozen")
    for state in ("in_review", "withdrawn"):
        requirements.edit(amoa, requirements.write(amoa, project_one, title=f"Fog horn, {state}"), state=state)
    requirements.freeze(amoa, project_one)
    assert frozen.versions.exists()
    write_milestone(
        actor=pmo,
        project=project_one,
        fields={"code": "M-41", "name": "Lamp", "baseline_on": today() + 40 * DAY},
    )
    world.approve_end()
    project_one.refresh_from_db()
    reached = write_milestone(
        actor=pmo, project=project_one, fields={"code": "M-42", "name": "Quay", "baseline_on": today() - 3 * DAY}
    )
    write_milestone(
        actor=pmo,
        project=project_one,
        row=reached,
        seen=str(reached.history.latest("history_id").history_id),
        fields={"actual_on": today() - DAY},
    )
    world.approve_risk()
    risks.create_risk(moe, project_one, title="Fog")
    risks.assess(pmo, risks.create_risk(pmo, project_one, title="Mud", owner_role="MOE", proximity="near"))
    risks.create_unaccepted_risk(pmo, project_one, title="Ice")
    green = risks.assess(pmo, risks.create_risk(pmo, project_one, title="Rust", likelihood=1, impact=1))
    settle_risk(actor=pmo, risk=green, status="accepted", because="Small.")
    closed = risks.assess(pmo, risks.create_risk(pmo, project_one, title="Rot"))
    settle_risk(actor=pmo, risk=closed, status="closed", because="Sold.")
    for state in ("open", "postponed", "resolved", "closed"):
        fields = {"title": f"Leak, {state}", "urgency": "medium", "impact": "low", "size": "small"}
        issue = raise_issue(actor=pmo, project=project_one, fields=fields)
        if state != "open":
            settle_issue(actor=pmo, issue=issue, state=state, fields={"resolution": "Pumped."})
    figures = {"envelope": Decimal(100), "committed": Decimal(10), "forecast": Decimal(90)}
    write_budget_line(actor=pmo, project=project_one, fields=figures | {"label": "Lamps"})
    describe_group(actor=amoa, project=project_one, fields={"name": "Lamp keepers"})
    write_test(actor=amoa, project=project_one, fields={"code": "L-1", "title": "The lamp is lit"})
    action = {"text": "Order the lamps.", "seat": f"MOE-{moe.pk}", "due_on": today() + 20 * DAY}
    write_action(actor=pmo, project=project_one, fields=action)
    fire_deferred_triggers()
    return project_one


@pytest.fixture
def project(kept_project: Project) -> Project:
    """Return project one with every register filled."""
    return acts.fresh(kept_project)


def list_values(cell: forms.Field, now: str, code: str) -> list[str]:
    """List other values of a cell, as they are typed; `code` is that of a row that it may refer to."""
    if isinstance(cell, forms.BooleanField):
        return ["" if now else "on"]
    if isinstance(cell, forms.ChoiceField):
        values = [str(value) for value, _label in cell.choices]
    elif isinstance(cell, DayField):
        values = [str(today() + days * DAY) for days in (-2, 9, 900)] + [""]
    elif isinstance(cell, forms.DecimalField | forms.IntegerField):
        values = ["7", ""]
    else:
        values = ["Another text", code, ""]
    return [value for value in values if value != now]


def vary(form: forms.Form, data: dict[str, Any], name: str, code: str) -> Iterator[dict[str, Any]]:
    """Yield the cells as they are sent: alone, then with another value in one or in all of the other empty cells."""
    yield data
    others = {
        cell.html_name: [value for value in list_values(cell.field, "", code) if value]
        for cell in form.visible_fields()
        if cell.name != name and not cell.field.disabled and not data.get(cell.html_name)
    }
    filled = {html_name: values[-1] for html_name, values in others.items() if values}
    yield data | filled
    for html_name, value in filled.items():
        yield data | {html_name: value}
    for cell in form.visible_fields():
        if isinstance(cell.field, DayField) and cell.name != name and not cell.field.disabled:
            yield data | {cell.html_name: str(today() + 9 * DAY)}


@pytest.mark.parametrize(("register", "name"), FIELDS)
def test_a_change_and_its_undo_leave_everything_as_it_was_or_say_what_stays(
    register: str, name: str, cast: dict[str, Any], project: Project, client_of: Any
) -> None:
    address, grid = REGISTERS[register]
    writer = next(cast[member] for member in CAST if can(cast[member], grid().permission, project))
    client, page = client_of(writer), reverse(address, args=[project.code])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    rows = client.get(page).context["rows"]
    assert rows, "the fixture makes no row of this register"
    first, in_each_row = FIELDS.index((register, name)), WHOLE or name in IN_EACH_ROW
    before = take(project, cast, list_members(first, cast))
    tried, code = 0, project.requirements.earliest("pk").code
    for place, row in enumerate(rows if in_each_row else from_turn(first, rows)):
        cells = {cell.html_name: cell.value() for cell in row.form if cell.value() not in (None, False)}
        typed = row.form[name] if name in row.form.fields else None
        if typed is None or typed.field.disabled:
            continue
        values, is_undone = list_values(typed.field, "" if typed.value() is None else str(typed.value()), code), False
        for value in values if in_each_row else from_turn(first + place, values):
            refused: list[dict[str, Any]] = []
            for sent in vary(row.form, cells | {typed.html_name: value}, name, code):
                with undone():
                    why = _change_and_undo(client, page, grid, row.row, sent, before, project, cast)
                is_undone = why is None
                if why is None:
                    tried += 1
                    break
                refused.append(why)
                if not WHOLE and len(refused) == 2 and why.keys() == {name} and why == refused[0]:
                    break  # alone and with all others it is refused for itself: no other cell changes that
            if is_undone and name not in LEADING and not WHOLE:
                break
        if tried == ROWS and not in_each_row:
            break
    assert tried, "no value of this field was saved"


def _change_and_undo(
    client: Any,
    page: str,
    grid: type[ProjectGridView],
    row: Any,
    sent: dict[str, Any],
    before: Snapshot,
    project: Project,
    cast: dict[str, Any],
) -> dict[str, Any] | None:
    """Send the cells of a row and undo the change; return what is said of the cells when there was none."""
    answer = client.post(page, sent)
    said = False
    if answer.status_code == 200 and answer.context["effects"]:
        said = True
        assert answer.context["effects"].rows == (row.pk,)
        answer = client.post(page, sent | {"confirmed": answer.context["effects"].key})
    fire_deferred_triggers()
    if answer.status_code != 302 or "edited=" not in answer["Location"]:
        shown = answer.context.get("rows", []) if answer.context else []
        return {cell: list(words) for found in shown for cell, words in found.form.errors.items()}
    offered = client.get(answer["Location"]).context["undo"]
    seq = int(answer["Location"].rpartition("edited=")[2])
    undoing = client.post(reverse(grid().undo_url_name, args=[project.code, seq]))
    fire_deferred_triggers()
    after = take(project, cast, before.tasks)
    if offered.url:
        assert not offered.kept
        assert undoing.status_code == 302
        assert not said, "what cannot be undone was announced, yet it is undone"
        assert after == before
        return None
    assert said or grid.undo_note, f"{offered.kept} was not said before"
    assert offered.kept
    assert undoing.context["refused"]
    return None


#: Bars of lists that change many rows by a form and an act of their own: address, form, and the grid of the list.
BARS: dict[str, tuple[str, Callable[[Project], forms.Form], type[ProjectGridView]]] = {
    "requirements": (
        "amoa:requirements:requirements_change",
        lambda project: BulkForm(project=project, groups=map_groups(project)),
        RequirementGridView,
    ),
    "risks": ("pmo:risks:risks_change", lambda project: BulkRiskForm(project=project), RiskGridView),
}
SET = [
    (bar, name)
    for bar, form in (("requirements", BulkForm), ("risks", BulkRiskForm))
    for name in form.base_fields
    if name not in {"clear", "because"}
]


@pytest.mark.parametrize(("bar", "name"), SET)
def test_a_value_for_all_rows_and_its_undo_leave_what_is_not_named_as_it_was(
    bar: str, name: str, cast: dict[str, Any], project: Project, client_of: Any
) -> None:
    address, build, grid = BARS[bar]
    writer = next(cast[member] for member in CAST if can(cast[member], grid().permission, project))
    client, before = client_of(writer), take(project, cast, list_members(SET.index((bar, name)), cast))
    view = grid.of_project(HttpRequest(), project)
    rows = list(view.get_rows())
    names = {view.get_name(row): row.pk for row in rows}
    code = project.requirements.filter(kind="need").earliest("pk").code
    values = [value for value in list_values(build(project).fields[name], "", code) if value]
    tried = 0
    for value in values[: None if name in LEADING else 2]:
        sent = {"one": [row.pk for row in rows], "fields": "1", "because": "Agreed.", name: value}
        with undone():
            url = reverse(address, args=[project.code])
            answer, said = client.post(url, sent), set[int]()
            if answer.status_code == 200 and "effects" in answer.context:
                said = set(answer.context["effects"].rows)
                answer = client.post(url, sent | {"confirmed": answer.context["effects"].key})
            fire_deferred_triggers()
            if answer.status_code == UNPROCESSABLE:
                continue
            is_shown = answer.status_code == 200
            seq = answer.context["done"].seq if is_shown else answer["Location"].partition("edited=")[2]
            if not seq:
                continue
            undoing = client.post(reverse(grid().undo_url_name, args=[project.code, int(seq)]))
            fire_deferred_triggers()
            after = take(project, cast, before.tasks)
            kept = (
                {names[kept] for kept, _url, _why in undoing.context["refused"]}
                if undoing.status_code == 200
                else set()
            )
        assert said == kept if bar == "requirements" else said <= kept
        label = view.get_rows().model._meta.label_lower
        assert {key: row for key, row in after.rows.items() if key != (label, key[1]) or key[1] not in kept} == {
            key: row for key, row in before.rows.items() if key != (label, key[1]) or key[1] not in kept
        }
        assert kept or after == before
        tried += 1
    assert tried or not values
