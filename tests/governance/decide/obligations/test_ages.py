"""Test the age of the evidence of a responsibility, which follows from the acts themselves."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from amoa.enums import Act
from governance.decide.obligations.ages import judge, load_ages
from governance.decide.obligations.enums import Age
from governance.decide.obligations.queries import derive_obligations
from pmo.enums import Act as OfficeAct
from pmo.registers.risks.services import write_action
from tests.governance.decide.obligations.made_up import facts_of, make_facts, on_days
from tests.pmo.registers.risks import factories as risks

LAUNCH = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def project(rhythm: str, code: str = "D-1", acts: Any = (), also: Any = (), **more: Any) -> Any:
    """Build the facts of a project with one responsibility in these rhythms, launched on 5 January 2026."""
    duty = {
        **dict.fromkeys(("label_fr", "label_en", "evidence_fr", "evidence_en"), "x"),
        "code": code,
        "recurrence": rhythm,
        "also": list(also),
        "nature": "produce",
        "domains": ["business"],
        "activities": [],
        "days": "10" if "event" in {rhythm, *also} else "",
    }
    role = {**dict.fromkeys(("name_fr", "name_en", "mission_fr", "mission_en"), "x"), "code": "PMO", "version": "1"}
    role |= {"authority": "advises", "mandatory": "true", "duties": [duty]}
    launched = {"matrix_id": 1, "state": "active", "gate": "G0", "history_date": LAUNCH.isoformat()}
    given = {
        "level": "project",
        "calendar_": [],
        "workspaces": ["risks"],
        "starts_on": LAUNCH.date(),
        "ends_on": date(2027, 12, 31),
        "changes_": [launched | {"state": "draft", "gate": ""}, launched],
        "matrices_": [{"pk": 1, "content": {"lines": [], "roles": [role]}}],
        "held_": [],
        "files_": [],
        "on_files_": [],
        "acts_": [{"act": act, "role": by, "on": on, "seq": place} for place, (act, by, on) in enumerate(acts)],
        "discharges_": [],
        "words_": [],
        **on_days(),
        "planned_0_": [],
    }
    return SimpleNamespace(**given | more)


def age(found: Any, day: date) -> Age:
    facts = make_facts(found, datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    rows = derive_obligations(facts)
    [freshness] = judge(facts, rows).values()
    return freshness.age


def answer(key: str, on: str) -> dict[str, Any]:
    return {"pk": 1, "role": "PMO", "duty": "D-1", "key": key, "answer": "fulfilled", "on": on} | NOBODY


NOBODY: dict[str, Any] = {"receivers": [], "check_by": None}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 30), Age.NO_OCCASION),
        (date(2026, 2, 6), Age.NO_OCCASION),  # January is due five working days after its end
        (date(2026, 2, 9), Age.TO_RENEW),
        (date(2026, 3, 6), Age.TO_RENEW),
        (date(2026, 3, 9), Age.NO_RECENT),
    ],
)
def test_a_month_without_evidence_fades_and_two_leave_none(day: date, expected: Age) -> None:
    assert age(project("monthly"), day) == expected


def test_evidence_of_a_later_month_makes_it_up_to_date_again() -> None:
    late = project("monthly", discharges_=[answer("2026-03", "2026-03-31")])
    assert age(late, date(2026, 4, 2)) == Age.UP_TO_DATE
    assert age(late, date(2026, 5, 12)) == Age.TO_RENEW


@pytest.mark.parametrize(
    ("rhythm", "fades", "gone"),
    [
        ("weekly", date(2026, 1, 10), date(2026, 1, 17)),
        ("quarterly", date(2026, 4, 30), date(2026, 7, 30)),
        ("yearly", date(2027, 2, 4), date(2027, 5, 5)),
    ],
)
def test_each_period_fades_after_its_due_day(rhythm: str, fades: date, gone: date) -> None:
    found = project(rhythm)
    assert age(found, fades - DAY) == Age.NO_OCCASION
    assert age(found, fades) == Age.TO_RENEW
    assert age(found, gone - DAY) == Age.TO_RENEW
    assert age(found, gone) == Age.NO_RECENT


def test_a_suspension_stops_the_clock() -> None:
    found = project("monthly")
    paused = {"matrix_id": 1, "state": "suspended", "gate": "G0", "history_date": "2026-01-20T09:00:00+00:00"}
    found.changes_ = [*found.changes_, paused]
    assert age(found, date(2026, 9, 1)) == Age.NO_OCCASION


def test_an_event_that_waits_fades_and_the_act_renews_it_that_day() -> None:
    asked = ((Act.ASK, "MOE", "2026-05-04"),)
    waits = project("event", code="AMOA-05", acts=asked)
    waits.matrices_[0]["content"]["roles"][0]["code"] = "AMOA"
    waits.workspaces = ["requirements"]
    assert age(waits, date(2026, 5, 3)) == Age.NO_OCCASION
    assert age(waits, date(2026, 5, 20)) == Age.NO_OCCASION
    assert age(waits, date(2026, 5, 21)) == Age.TO_RENEW
    assert age(waits, date(2026, 6, 30)) == Age.NO_RECENT
    waits.acts_ += [{"act": Act.ANSWER, "role": "AMOA", "on": "2026-06-30", "seq": 9}]
    assert age(waits, date(2026, 6, 30)) == Age.UP_TO_DATE


def test_a_red_risk_without_an_action_makes_the_office_fade_and_the_action_renews_it_that_day() -> None:
    found = project("event", code="PMO-06", **on_days("PMO-06", "2026-06-01"))
    found.discharges_ = [answer("E-2026-01-05", "2026-01-05") | {"duty": "PMO-06"}]
    assert age(found, date(2026, 6, 15)) == Age.UP_TO_DATE  # ten working days after
    assert age(found, date(2026, 6, 16)) == Age.TO_RENEW
    assert age(found, date(2026, 7, 13)) == Age.TO_RENEW
    assert age(found, date(2026, 7, 14)) == Age.NO_RECENT  # more than thirty working days after
    found.acts_ = [{"act": OfficeAct.TREAT_RISK, "role": "PMO", "on": "2026-07-14", "seq": 1}]
    assert age(found, date(2026, 7, 14)) == Age.UP_TO_DATE


def test_throughout_keeps_the_day_of_its_last_evidence_and_fades() -> None:
    once = project("continuous", discharges_=[answer("THROUGHOUT", "2026-02-02")])
    facts = make_facts(once, datetime(2026, 4, 1, 12, tzinfo=UTC))
    rows = derive_obligations(facts)
    [freshness] = judge(facts, rows).values()
    assert (freshness.age, freshness.last_on) == (Age.UP_TO_DATE, date(2026, 2, 2))
    assert age(once, date(2026, 5, 6)) == Age.TO_RENEW
    assert age(once, date(2026, 8, 6)) == Age.NO_RECENT


def _changed(found: Any, at: str) -> Any:
    """Have the owner decide another version of the roles, in which the rhythm is monthly."""
    monthly = project("monthly").matrices_[0]["content"]
    found.matrices_ = [*found.matrices_, {"pk": 2, "content": monthly}]
    found.changes_ = [*found.changes_, found.changes_[-1] | {"matrix_id": 2, "history_date": at}]
    return found


def test_another_rhythm_asks_from_its_first_full_period_and_reopens_no_past() -> None:
    found = _changed(
        project("continuous", discharges_=[answer("THROUGHOUT", "2026-02-02")]), "2026-06-10T09:00:00+00:00"
    )
    facts = make_facts(found, datetime(2026, 8, 3, 12, tzinfo=UTC))
    rows = derive_obligations(facts)
    assert [row.key for row in rows] == ["2026-07", "2026-08"]
    [freshness] = judge(facts, rows).values()
    assert freshness.last_on == date(2026, 2, 2)


def test_who_was_excused_throughout_stays_excused_in_another_rhythm() -> None:
    excused = answer("THROUGHOUT", "2026-02-02") | {"answer": "excused"}
    found = _changed(project("continuous", discharges_=[excused]), "2026-06-10T09:00:00+00:00")
    rows = derive_obligations(make_facts(found, datetime(2026, 12, 3, 12, tzinfo=UTC)))
    assert {str(row.standing) for row in rows} == {"excused"}


@pytest.mark.django_db
def test_a_risk_above_green_asks_the_office_for_an_action(pmo: Any, project_one: Any) -> None:
    later = timezone.now() + timedelta(days=80)

    def waiting() -> list[str]:
        rows = derive_obligations(facts_of(project_one, later))
        return [row.key for row in rows if row.duty.code == "PMO-06" and row.is_open]

    risk = risks.create_unaccepted_risk(pmo, project_one)
    assert f"E-{timezone.localdate()}" in waiting()
    assert load_ages(project_one)["PMO", "PMO-06"].age in Age
    fields = {
        "text": "Move the crane.",
        "role": "PMO",
        "due_on": timezone.localdate() + timedelta(days=9),
        "done_on": None,
    }
    write_action(actor=pmo, risk=risk, fields=fields)
    assert waiting() == []


@pytest.mark.django_db
def test_the_page_of_responsibilities_shows_the_age(pmo: Any, project_one: Any, client_of: Any) -> None:
    address = reverse("governance:responsibilities:responsibility_list", args=["ONE"])
    page = client_of(pmo).get(address, headers={"accept-language": "en"})
    assert {row.freshness.age for row in page.context["rows"] if row.freshness} > {Age.UP_TO_DATE}
    assert "Last on" in page.text
