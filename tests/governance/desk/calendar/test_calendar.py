"""Test the calendar of a person: what it has, for whom, and how it is laid out."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from core.access import can
from core.acts import cached_reads
from governance.desk.calendar import queries, registry
from governance.desk.calendar.months import draw_roadmap, lay_out, list_days
from governance.desk.calendar.queries import Entry, list_entries, list_kinds, list_projects
from governance.desk.calendar.registry import Dates, Kind
from governance.enums import Outcome
from governance.life.actions.enums import ActionState
from governance.life.actions.services import settle_action
from governance.life.actions.services import write_action as write_assigned
from governance.sessions.sittings.services import cancel_session
from pmo.models import Milestone
from pmo.registers.risks.services import write_action
from projects.models import Mandate, Project
from projects.organisation_settings.queries import zone
from projects.people.absences.services import state_absence
from projects.seats.mandates.services import end_mandate
from roles.models import User
from tests import acts
from tests.governance.sessions.factories import convene, found_body, prepare
from tests.pmo.registers.risks import factories as risks

pytestmark = pytest.mark.django_db

ADDRESS = "governance:calendar:my_calendar"
KIND = Kind("opening", "opening", "flag", "plan")


def wide() -> tuple[date, date]:
    today = timezone.localdate()
    return today - timedelta(days=900), today + timedelta(days=900)


def read(user: User) -> list[Entry]:
    """List the whole calendar of a person."""
    with cached_reads():
        return list_entries(user, wide(), list_projects(user))


def page(client: Any, **query: str) -> str:
    answer = client.get(reverse(ADDRESS), query, headers={"accept-language": "en"})
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def test_it_has_what_is_planned_asked_and_due_on_the_projects_of_a_person(cast: Any, project_one: Project) -> None:
    acts.decide(cast["owner"], acts.submit_to_owner(project_one), Outcome.APPROVED_WITH_CONDITIONS)
    risk = risks.create_risk(cast["pmo"], project_one)
    plan = {"text": "Order a second motor", "role": "PMO", "due_on": timezone.localdate()}
    write_action(actor=cast["pmo"], risk=risk, fields=plan)
    found = {entry.kind.name for entry in read(cast["pmo"])}
    assert found >= {"gate", "decision", "opinion", "condition", "action", "obligation", "communication", "training"}
    assert found <= {kind.name for kind in list_kinds()}


def test_nothing_is_there_of_a_project_one_may_not_read(
    people: list[User], drawn: list[Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    """1,000 random pairs of a person and a project, each of which has a row of every announcement that is made here."""
    every = Dates(
        kind=KIND,
        rows=lambda _reader: Project.objects.all(),
        day="starts_on",
        title="title_fr",
        key="opening-{row}",
        project="pk",
        link=lambda key, _project: f"/{key}/",
    )
    monkeypatch.setattr(queries, "DATES", [*registry.DATES, every])
    pairs = 0
    for user in people:
        visible = set(Project.objects.visible_to(user).values_list("pk", flat=True))
        entries = read(user)
        assert {entry.project.pk for entry in entries if entry.project} <= visible, user
        opened = {entry.project.pk for entry in entries if entry.kind is KIND and entry.project}
        for project in drawn:
            pairs += 1
            assert (project.pk in opened) == (project.pk in visible), (user, project)
    assert pairs >= 1_000


def test_the_whole_cast_reads_the_rows_of_their_projects_alone(cast: dict[str, Any], project_one: Project) -> None:
    acts.decide(cast["owner"], acts.submit_to_owner(project_one), Outcome.APPROVED_WITH_CONDITIONS)
    for person in cast.values():
        if not person.is_authenticated or not person.is_active:
            continue
        visible = set(Project.objects.visible_to(person).values_list("pk", flat=True))
        assert {entry.project.pk for entry in read(person) if entry.project} <= visible, person


def test_a_draft_is_in_the_calendar_of_nobody(cast: Any, project_one: Project) -> None:
    draft = acts.draft(cast["pmo"], project_one, kind="schedule")
    assert f"proposal-{draft.pk}" not in {entry.key for entry in read(cast["pmo"])}


def test_a_session_is_there_for_those_who_are_convened_once_they_are(cast: Any, project_one: Project) -> None:
    pmo, body = cast["pmo"], found_body(cast["pmo"], project_one)
    convened = convene(pmo, body)
    for member, is_convened in (("owner", True), ("pmo", True), ("amoa", True), ("moe", False), ("outsider", False)):
        found = {entry.key: entry for entry in read(cast[member])}
        assert (f"session-{convened.pk}" in found) == is_convened, member
    entry = next(one for one in read(pmo) if one.key == f"session-{convened.pk}")
    assert (entry.day, entry.words, entry.about) == (convened.day, "COPIL 1", "09:30, Room 2")
    cancel_session(actor=pmo, session=convened)
    assert f"session-{convened.pk}" not in {entry.key for entry in read(pmo)}


def test_a_session_in_preparation_is_there_for_its_secretary_alone(cast: Any, project_one: Project) -> None:
    pmo, body = cast["pmo"], found_body(cast["pmo"], project_one)
    draft = prepare(pmo, body)
    [entry] = [entry for entry in read(pmo) if entry.key == f"session-{draft.pk}"]
    assert (entry.day, entry.words, entry.about) == (draft.day, "COPIL 1", "09:30, Room 2, en préparation")
    for member, person in cast.items():
        if person.is_authenticated:
            may_prepare = can(person, "governance.write_session", project_one)
            assert (f"session-{draft.pk}" in {one.key for one in read(person)}) == may_prepare, member
    end_mandate(actor=cast["owner"], mandate=project_one.mandates.active().get(holder=pmo))
    assert f"session-{draft.pk}" not in {one.key for one in read(pmo)}


def test_an_action_is_there_once_while_it_is_open(cast: Any, project_one: Project) -> None:
    pmo, due = cast["pmo"], timezone.localdate() + timedelta(days=5)
    fields = {"text": "Count the lamps.", "seat": f"PMO-{pmo.pk}", "due_on": due}
    action = write_assigned(actor=pmo, project=project_one, fields=fields)
    [entry] = [entry for entry in read(pmo) if entry.words == "Count the lamps."]
    assert (entry.key, entry.day, entry.about) == (f"action-{action.pk}", due, f"{action.reference}, PMO")
    settle_action(actor=pmo, action=action, state=ActionState.DONE, outcome="Forty.", document=None)
    assert entry.key not in {entry.key for entry in read(pmo)}


def test_a_mandate_is_there_on_its_last_day(cast: Any, project_one: Project) -> None:
    seat = Mandate.objects.get(project=project_one, holder=cast["amoa"])
    day = timezone.localdate() + timedelta(days=20)
    end_mandate(actor=cast["owner"], mandate=seat, ends_at=datetime.combine(day + timedelta(days=1), time.min, zone()))
    [entry] = [entry for entry in read(cast["pmo"]) if entry.key == f"mandate-{seat.pk}"]
    assert (entry.day, entry.words) == (day, f"AMOA · {cast['amoa'].name}")


def test_an_absence_is_there_for_its_person_and_for_whom_they_name(cast: Any, project_one: Project) -> None:
    first = timezone.localdate() + timedelta(days=3)
    last = first + timedelta(days=4)
    state_absence(actor=cast["amoa"], person=cast["amoa"], absent_from=first, absent_until=last, stand_in=cast["pmo"])
    key = f"absence-{cast['amoa'].pk}"
    for member, is_told in (("amoa", True), ("pmo", True), ("owner", False), ("recipient", False)):
        found = [(entry.day, entry.until) for entry in read(cast[member]) if entry.key == key]
        assert found == ([(first, last)] if is_told else []), member


def test_what_lasts_several_days_stands_on_each_of_them() -> None:
    entry = Entry(date(2026, 11, 28), KIND, "a-1", "Away", "", "/", until=date(2026, 12, 3))
    held = {one.day for one in lay_out(date(2026, 12, 1), [entry]) if one.entries}
    assert held == {date(2026, 11, 30), *(date(2026, 12, day) for day in (1, 2, 3))}
    assert list_days((date(2026, 12, 1), date(2026, 12, 31)), [entry]) == [(date(2026, 12, 1), [entry])]


def test_the_roadmap_has_each_project_below_what_it_is_part_of() -> None:
    top, part = Project(pk=1, code="ZED"), Project(pk=2, code="ABLE", parent_id=1)
    idle, alone = Project(pk=3, code="IDLE"), Project(pk=4, code="MOLE", parent_id=9)
    entries = [
        Entry(date(2027, 3, 1), KIND, "a-1", "G2", "", "/", part),
        Entry(date(2027, 1, 9), KIND, "a-2", "G1", "", "/", alone),
    ]
    roads = draw_roadmap({one.pk: one for one in (part, idle, alone, top)}, entries)
    assert [(road.project.code, road.depth) for road in roads] == [("MOLE", 0), ("ZED", 0), ("ABLE", 1)]
    assert roads[2].months[2] == entries[:1]
    assert not any(roads[1].months)


def test_the_page_filters_by_kind_and_project_and_keeps_both_in_its_address(cast: Any, client_of: Any) -> None:
    gate = Milestone.objects.exclude(gate="").filter(project__code="ONE").annotate(of=F("forecast_on"))[0]
    month, browser = f"{(gate.actual_on or gate.forecast_on):%Y-%m}", client_of(cast["pmo"])
    assert f"{gate.code} · " in page(browser, month=month)
    assert f"{gate.code} · " in page(browser, month=month, view="list", kind="gate", project="ONE")
    assert f"{gate.code} · " in page(browser, month=month, view="year", project="ONE")
    assert f"{gate.code} · " not in page(browser, month=month, kind="training")
    shown = page(browser, month=month, view="list", kind="gate")
    assert "view=list&amp;kind=gate" in shown.replace("kind=gate&amp;view=list", "view=list&amp;kind=gate")


@pytest.mark.parametrize("query", [{"view": "week"}, {"kind": "nothing"}, {"project": "TWO"}, {"month": "2026-13"}])
def test_what_the_address_may_not_ask_for_is_left_out(query: dict[str, str], cast: Any, client_of: Any) -> None:
    browser = client_of(cast["pmo"])
    assert f"<h1>{timezone.localdate():%B %Y}</h1>" in page(browser, **query)


def test_the_roadmap_leads_by_years_and_the_other_views_by_months(cast: Any, client_of: Any) -> None:
    year = page(client_of(cast["pmo"]), view="year", month="2026-12")
    assert "month=2025-12" in year
    assert "month=2027-12" in year
    assert "month=2026-11" in page(client_of(cast["pmo"]), view="list", month="2026-12")


def test_the_menu_leads_there(cast: Any, client_of: Any) -> None:
    home = client_of(cast["outsider"]).get(reverse("governance:inbox:inbox")).content.decode()
    assert f'href="{reverse(ADDRESS)}"' in home
