"""Test “nothing to report”: evidence of a period of few responsibilities, never three times running."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from core.acts import back_entry
from governance.decide.obligations.evidence import first_day_of_texts
from governance.decide.obligations.guards import number_key
from governance.decide.obligations.nothing import PATTERN, is_nothing, is_too_often, number_period
from governance.decide.obligations.services import fulfil
from governance.decide.obligations.working_days import read_calendar
from governance.models import Discharge
from projects.models import Project
from projects.organisation_settings.queries import today
from tests.attacks import Attacks, Declared
from tests.database import fire_deferred_triggers, owning, run
from tests.governance.decide.obligations.test_evidence import noon, write

pytestmark = pytest.mark.django_db
NOTHING = "Nothing to report"
MET = "The committee met on the budget, see the minutes."
TEXTS = [NOTHING, "NTR", "Rien à signaler !", "nothing", "Nothing to report on risks.", "strass"]


def months_before(count: int) -> date:
    """Return the last day of the month so many months before this one."""
    day = today().replace(day=1)
    for _ in range(count - 1):
        day = (day - timedelta(days=1)).replace(day=1)
    return day - timedelta(days=1)


def report(actor: Any, project: Project, day: date, duty: str = "MOA-11", note: str = NOTHING) -> Discharge:
    role = duty.partition("-")[0]
    with owning(), back_entry(noon(first_day_of_texts(read_calendar(), day))):
        return fulfil(actor=actor, project=project, role=role, duty=duty, key=f"{day:%Y-%m}", note=note)


@pytest.mark.parametrize("note", [NOTHING, " rien à signaler. ", "NTR", "RAS", "r.a.s."])
def test_nothing_to_report_counts_after_the_silence_of_the_receiver_where_it_is_evidence(
    note: str, owner: Any, project_one: Project
) -> None:
    answer = report(owner, project_one, months_before(1), note=note)
    assert answer.receivers == ["PMO", "AMOA"]
    assert answer.check_by is not None
    fire_deferred_triggers()


def test_nothing_to_report_is_refused_in_words_elsewhere(moe: Any, project_one: Project) -> None:
    with pytest.raises(ValidationError) as error:
        report(moe, project_one, months_before(1), "MOE-04")
    assert list(error.value.message_dict) == ["note"]


def test_nothing_to_report_is_refused_for_a_third_period_running(cast: Any, project_one: Project) -> None:
    for count in (3, 2):
        write(cast["owner"], project_one, **SESSION, key=f"{months_before(count):%Y-%m}", note=NOTHING)
    with pytest.raises(ValidationError) as error:
        report(cast["owner"], project_one, months_before(1))
    assert list(error.value.message_dict) == ["note"]
    assert report(cast["owner"], project_one, months_before(1), note=MET)


def test_the_form_offers_a_box_only_where_it_is_evidence(client_of: Any, cast: Any, project_one: Project) -> None:
    key = f"{months_before(1):%Y-%m}"

    def address(role: str, duty: str) -> str:
        return reverse("governance:obligations:obligation_fulfil", args=["ONE", role, duty, key])

    assert "nothing" not in client_of(cast["moe"]).get(address("MOE", "MOE-04")).context["form"].fields
    chair, page = client_of(cast["owner"]), address("MOA", "MOA-11")
    assert "nothing" in chair.get(page).context["form"].fields
    both = chair.post(page, {"nothing": "on", "note": MET})
    assert list(both.context["form"].errors) == ["nothing"]
    assert chair.post(page, {"nothing": "on"}).status_code == 302
    assert is_nothing(Discharge.objects.get(duty="MOA-11", key=key).note)


@pytest.mark.parametrize(
    ("key", "others", "expected"),
    [
        ("2026-03", {"2026-01", "2026-02"}, True),
        ("2026-02", {"2026-01", "2026-03"}, True),
        ("2026-01", {"2025-11", "2025-12"}, True),
        ("2026-03", {"2026-01"}, False),
        ("2026-04", {"2026-01", "2026-02"}, False),
        ("2026-03", {"2026-Q1", "2026-02"}, False),
        ("2026-Q1", {"2025-Q3", "2025-Q4"}, True),
        ("2027-W01", {"2026-W52", "2026-W53"}, True),
        ("2026-Y", {"2025-Y"}, False),
        ("G1", set(), True),
        ("E-2026-01-02", set(), True),
    ],
)
def test_a_third_period_running_is_known_by_its_key(key: str, others: set[str], expected: bool) -> None:
    assert is_too_often(key, others) is expected


@settings(max_examples=25, deadline=None)
@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_database_numbers_periods_as_the_service_does(day: date) -> None:
    year, week, _day = day.isocalendar()
    for key in (f"{year}-W{week:02}", f"{day:%Y-%m}", f"{day.year}-Q{(day.month + 2) // 3}", f"{day.year}-Y"):
        length, number = number_period(key) or ("", 0)
        [(found,)] = run(f"SELECT {number_key('given.key')} FROM (SELECT %s::text AS key) AS given", [key])
        assert found == number, length


@pytest.mark.parametrize("note", TEXTS)
def test_the_database_reads_the_text_as_the_service_does(note: str) -> None:
    assert run("SELECT %s::text ~* %s", [note, PATTERN]) == [(is_nothing(note),)]


SESSION: dict[str, Any] = {"role": "MOA", "duty": "MOA-11", "receivers": ["PMO", "AMOA"]}


def _three_times(c: Any, p: Project) -> None:
    for month in ("2025-11", "2026-01", "2025-12"):
        write(c["owner"], p, **SESSION, key=month, note=NOTHING)


def _of_a_report(c: Any, p: Project) -> None:
    write(c["moe"], p, duty="MOE-04", key="2026-01", receivers=["PMO"], note=NOTHING)


GUARD = "discharge.reports_nothing_where_it_may"
TRIGGERS: list[Declared] = [
    (GUARD, "of a report", _of_a_report, "Nothing to report is evidence of a period, and of few responsibilities"),
    (GUARD, "three times running", _three_times, "Nothing to report is no evidence three times running"),
]
ATTACKS = Attacks(TRIGGERS, {})


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, cast: Any, project_one: Any) -> None:
    ATTACKS.prove(guard, cast, project_one)
