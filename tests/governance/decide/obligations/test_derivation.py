"""Test what is due, on which occasion and by when, against a day by day recount on random projects."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amoa.enums import Act
from governance.decide.obligations import working_days as days
from governance.decide.obligations.enums import Answer, Standing
from governance.decide.obligations.occasions import Occasion
from governance.decide.obligations.queries import Obligation, derive_obligations
from projects.enums import Workspace
from projects.models import Project
from roles.enums import Gate, Nature, Recurrence
from tests.governance.decide.obligations.made_up import make_facts, on_days

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
DAY = timedelta(days=1)
FRANCE = days.Calendar()
START = datetime(2026, 1, 5, 11, tzinfo=UTC)
#: Activity → kinds of decision.
LINES = {"A": ("change",), "B": ("budget", "gate"), "C": ()}
#: Public holidays of France as published for 2026 and 2027 (service-public.fr).
PUBLISHED = (
    "2026-01-01 2026-04-06 2026-05-01 2026-05-08 2026-05-14 2026-05-25 2026-07-14 2026-08-15 2026-11-01 2026-11-11 "
    "2026-12-25 2027-01-01 2027-03-29 2027-05-01 2027-05-06 2027-05-08 2027-05-17 2027-07-14 2027-08-15 2027-11-01 "
    "2027-11-11 2027-12-25"
)


# — the calendar —


def test_public_holidays_are_those_published() -> None:
    found = sorted(days.holidays(2026) | days.holidays(2027))
    assert [str(day) for day in found] == PUBLISHED.split()


@PATIENT
@given(first=st.dates(date(1990, 1, 1), date(2090, 1, 1)), count=st.integers(0, 60))
def test_working_days_added_are_as_many_as_the_working_days_between(first: date, count: int) -> None:
    last = FRANCE.add_working_days(first, count)
    between = [first + n * DAY for n in range(1, (last - first).days + 1)]
    assert sum(day.weekday() < 5 and day not in days.holidays(day.year) for day in between) == count
    assert last == first or FRANCE.is_working_day(last)


@PATIENT
@given(year=st.integers(1990, 2090), month=st.integers(1, 12))
def test_nobody_works_after_the_last_working_day_of_a_month(year: int, month: int) -> None:
    last = FRANCE.last_working_day(year, month)
    assert FRANCE.is_working_day(last)
    assert (last.year, last.month) == (year, month)
    day = last + DAY
    while day.month == month:
        assert not FRANCE.is_working_day(day)
        day += DAY


# — random projects —


#: A code of responsibility that is due after a question, when its rhythm is that of events.
ASKED = "AMOA-05"
PERIODIC = {"weekly", "monthly", "quarterly", "yearly"}


#: Gates and months between which periods count, without a bound half of the time.
WINDOWS = [
    *[("", "", "")] * 6,
    ("G1", "", ""),
    ("", "G2", ""),
    ("G1", "G3", ""),
    ("G0", "", "2"),
    ("G2", "", "1"),
    ("G1", "G4", "3"),
]


def _duty(
    code: str, rhythms: list[str], nature: str, activities: list[str], window: tuple[str, str, str] = WINDOWS[0]
) -> dict[str, Any]:
    texts = {"label_fr": code, "label_en": code, "evidence_fr": "Note", "evidence_en": "Note"}
    return {
        "code": code,
        "recurrence": rhythms[0],
        "also": rhythms[1:],
        "nature": nature,
        "domains": ["business"],
        "activities": activities,
        "because": "",
        "days": "7" if Recurrence.EVENT in rhythms else "",
        **dict(zip(("from_gate", "until_gate", "months"), window, strict=True)),
        **texts,
    }


DUTIES = st.builds(
    _duty,
    st.sampled_from([ASKED, *(f"D-{n}" for n in range(7))]),
    st.lists(st.sampled_from(Recurrence.values), min_size=1, max_size=3, unique=True).filter(
        lambda rhythms: "each_gate" not in rhythms or not any(one.startswith("at_") for one in rhythms)
    ),
    st.sampled_from(Nature.values),
    st.lists(st.sampled_from(list(LINES)), max_size=3),
    st.sampled_from(WINDOWS),
)


def _content(roles: list[list[dict[str, Any]]], optional: frozenset[int] = frozenset()) -> dict[str, Any]:
    """Build a matrix in plain form from the responsibilities of each role; those at `optional` are not mandatory."""
    words = dict.fromkeys(("name_fr", "name_en", "mission_fr", "mission_en"), "x")
    return {
        "lines": [
            {"code": code, "domain": "business", "label_fr": code, "label_en": code, "kinds": list(kinds)}
            for code, kinds in LINES.items()
        ],
        "roles": [
            {
                "code": f"R{place}",
                "version": "1",
                "authority": "advises",
                "mandatory": str(place not in optional).lower(),
                "duties": duties,
            }
            | words
            for place, duties in enumerate(roles)
        ],
    }


MATRICES = st.lists(
    st.builds(
        _content,
        st.lists(st.lists(DUTIES, max_size=4, unique_by=lambda duty: duty["code"]), min_size=1, max_size=3),
        st.frozensets(st.integers(0, 2)),
    ),
    min_size=1,
    max_size=3,
)


@st.composite
def projects(draw: Any) -> tuple[Any, datetime]:
    """Draw a project with matrices, launches, gates, closings, proposals and answers, and the instant to look at it."""
    contents = draw(MATRICES)
    change = {"at": START, "matrix": 0, "state": "draft", "gate": ""}
    changes = [change]
    for _ in range(draw(st.integers(0, 8))):
        then = change["at"] + draw(st.integers(1, 70)) * DAY
        step = draw(st.sampled_from(["matrix", "launch", "gate", "close", "back"]))
        change = change | {"at": then}
        if step == "matrix":
            change["matrix"] = draw(st.integers(0, len(contents) - 1))
        elif step == "launch" and change["state"] == "draft":
            change |= {"state": "active", "gate": "G0"}
        elif step == "gate" and change["state"] == "active":
            change["gate"] = draw(st.sampled_from(Gate.values))
        elif step == "close" and change["state"] != "draft":
            change["state"] = "active" if change["state"] == "closed" else "closed"
        changes.append(change)
    at = change["at"] + draw(st.integers(0, 120)) * DAY
    long = (at - START).days
    files, on_files, answers = [], [], []
    for number in range(1, 1 + draw(st.integers(0, 4))):
        submitted = (START + draw(st.integers(0, max(long, 1) - 1)) * DAY).date()
        role = draw(st.sampled_from(["R0", "R1", "R2"]))
        kind = draw(st.sampled_from(["change", "budget", "gate", "scope"]))
        day = str(submitted + 12 * DAY)
        files.append(
            {"pk": number, "number": number, "kind": kind, "author_role": role, "decide_by": day, "opinions_by": day}
        )
        acts = {"submit": role} | draw(
            st.fixed_dictionaries(
                {}, optional={"decide": st.just("R0"), "advise": st.just("R1"), "withdraw": st.just(role)}
            )
        )
        on_files += [
            {"proposal": number, "act": act, "role": by, "on": str(submitted), "seq": number}
            for act, by in acts.items()
        ]
    for key in draw(st.lists(st.sampled_from(["ONCE", "THROUGHOUT", "G0", "G3", "2026-02"]), unique=True)):
        code = f"D-{draw(st.integers(0, 7))}"
        answer = draw(st.sampled_from(Answer.values))
        row = {"pk": 1, "role": "R0", "duty": code, "key": key, "answer": answer, "on": str(at.date())}
        answers.append(row | {"receivers": [], "check_by": None})
    found = SimpleNamespace(
        level="project",
        calendar_=[],
        workspaces=Workspace.values,
        starts_on=START.date(),
        ends_on=START.date() + 400 * DAY,
        changes_=[row | {"history_date": row["at"].isoformat(), "matrix_id": row["matrix"]} for row in changes],
        matrices_=[{"pk": place, "content": content} for place, content in enumerate(contents)],
        held_=[
            {"role": role, "since": (START + day * DAY).isoformat()}
            for role, day in draw(st.dictionaries(st.sampled_from(["R0", "R1", "R2"]), st.integers(0, long))).items()
        ],
        files_=files,
        on_files_=on_files,
        acts_=[
            {"act": Act.ASK, "role": "R2", "on": str((START + day * DAY).date()), "seq": 90 + place}
            for place, day in enumerate(sorted(draw(st.sets(st.integers(0, long), max_size=3))))
        ],
        discharges_=answers,
        words_=[],
        **on_days(),
        planned_0_=draw(st.lists(st.builds(_planned, st.sampled_from(Gate.values), st.integers(0, 400)), max_size=3)),
    )
    return found, at


def _planned(gate: str, offset: int) -> dict[str, str]:
    return {"gate": gate, "on": str(START.date() + offset * DAY)}


# — the recount —


def _rhythms(duty: dict[str, Any]) -> list[tuple[str, ...]]:
    """List the rhythms, those of periods with their window."""
    window = (duty["from_gate"], duty["until_gate"], duty["months"]) if duty else ()
    rhythms = (duty["recurrence"], *duty["also"]) if duty else ()
    return [(one, *window) if one in PERIODIC else (one,) for one in rhythms]


def _held(project: Any) -> dict[tuple[str, str, str], tuple[dict[str, Any], datetime]]:
    """Map role, code and rhythm of the responsibilities in force to their row and to the day they came into force."""

    def listed(change: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
        content = project.matrices_[change["matrix"]]["content"]
        return {(role["code"], duty["code"]): duty for role in content["roles"] for duty in role["duties"]}

    first = {row["role"]: datetime.fromisoformat(row["since"]) for row in project.held_}
    roles = {role["code"]: role for role in project.matrices_[project.changes_[-1]["matrix"]]["content"]["roles"]}
    found = {}
    in_force = listed(project.changes_[-1])
    for key, rhythm in [(key, rhythm) for key, duty in in_force.items() for rhythm in _rhythms(duty)]:
        since = None
        for change in project.changes_:
            since = (since or change["at"]) if rhythm in _rhythms(listed(change).get(key, {})) else None
        assert since is not None
        if roles[key[0]]["mandatory"] == "true":
            found[*key, rhythm[0]] = (in_force[key], since)
        elif key[0] in first:
            found[*key, rhythm[0]] = (in_force[key], max(since, first[key[0]]))
    return found


def _recount(project: Any, at: datetime) -> Counter[tuple[str, str, str]]:
    """Count the obligations by role, responsibility and key, by looking at each day of the project."""
    changes = project.changes_
    launched = next((row["at"].date() for row in changes if row["state"] != "draft"), None)
    closed = None
    for row in changes:
        closed = (closed or row["at"].date()) if row["state"] == "closed" else None
    expected: Counter[tuple[str, str, str]] = Counter()
    passed = make_facts(project, at).life.passed
    for (role, code, recurrence), (duty, since) in _held(project).items():
        keys: list[str] = []
        if recurrence in {"once", "continuous"}:
            keys = ["ONCE" if recurrence == "once" else "THROUGHOUT"]
        elif recurrence in {"monthly", "quarterly"} and launched:
            day, last = max(since.date(), launched), closed or at.date()
            while (day.year, (day.month - 1) // (1 if recurrence == "monthly" else 3)) <= (
                last.year,
                (last.month - 1) // (1 if recurrence == "monthly" else 3),
            ):
                ends = day == FRANCE.last_working_day(day.year, day.month) and _is_in_window(duty, day, passed)
                if ends and recurrence == "monthly" and not (closed and day > closed):
                    keys.append(f"{day:%Y-%m}")
                if ends and recurrence == "quarterly" and day.month % 3 == 0 and not (closed and day > closed):
                    keys.append(f"{day.year}-Q{day.month // 3}")
                day += DAY
        elif recurrence in {"weekly", "yearly"} and launched:
            begun = max(since.date(), launched)
            found = _recount_weeks_and_years(recurrence == "weekly", launched, begun, closed, at.date())
            keys = [key for key, works in found if _is_in_window(duty, works, passed)]
        elif recurrence == "event":
            days = [row["on"] for row in project.acts_ if code == ASKED]
            keys = [f"E-{day}" for day in days if day >= str(since.date())]
        elif recurrence == "each_gate":
            gates = [gate for gate in list(Gate)[1:] if gate not in passed or passed[gate] >= since]
            ahead = [gate for gate in list(Gate)[1:] if gate not in passed][:1]
            keys = [gate.value for gate in gates if not ahead or gate <= ahead[0]]
        elif recurrence == "each_proposal":
            keys = [f"P-{file['number']}" for file in project.files_ if _is_occasion(project, duty, role, since, file)]
        elif recurrence.startswith("at_"):
            gate = recurrence[3:].upper()
            passage = passed.get(Gate(gate))
            keys = [] if passage and passage < since else [gate]
        if recurrence in PERIODIC and _had_another_rhythm(project, role, duty, recurrence, since):
            keys = [key for key in keys if _first_day(key, launched or at.date()) >= since.date()]
        expected.update((role, code, key) for key in keys)
    answered = {key[:2] for key in expected}
    expected.update((role, code, "") for role, code in {key[:2] for key in _held(project)} - answered)
    return expected


def _is_in_window(duty: dict[str, Any], day: date, passed: Mapping[Gate, datetime]) -> bool:
    """Return whether a day is between the gates, and before the day of the gate has come so many months later."""
    opened, ended = (passed.get(duty[name]) if duty[name] else None for name in ("from_gate", "until_gate"))
    if (duty["from_gate"] and not opened) or (opened and day < opened.date()) or (ended and day > ended.date()):
        return False
    if not opened or not duty["months"]:
        return True
    since = [opened.date() + n * DAY for n in range(1, (day - opened.date()).days + 1)]
    returns = [one for one in since if one.day == opened.day or (one.day < opened.day and (one + DAY).day == 1)]
    return len(returns) < int(duty["months"])


def _recount_weeks_and_years(
    weekly: bool, launched: date, since: date, closed: date | None, until: date
) -> list[tuple[str, date]]:
    """List the weeks, or the years since the launch, that have begun, by looking at each day that may end one.

    Each with its last working day.
    """
    keys: list[tuple[str, date]] = []
    last = closed or until
    for day in (since + offset * DAY for offset in range(-7, (last - since).days + 373)):
        after = day + DAY
        ends = (
            day.weekday() == 6
            if weekly
            else (after.month, after.day) == (launched.month, launched.day) and day > launched
        )
        first = day - timedelta(days=6) if weekly or not ends else after.replace(year=after.year - 1)
        works = FRANCE.working_day_until(day)
        if ends and first <= last and works >= since and not (closed and works > closed):
            key = f"{day.isocalendar().year}-W{day.isocalendar().week:02}" if weekly else f"{day.year}-Y"
            keys.append((key, works))
    return keys


def _had_another_rhythm(project: Any, role: str, duty: dict[str, Any], recurrence: str, since: datetime) -> bool:
    code, rhythm = duty["code"], next(one for one in _rhythms(duty) if one[0] == recurrence)
    for change in project.changes_:
        content = project.matrices_[change["matrix"]]["content"]
        found = {(one["code"], row["code"]): _rhythms(row) for one in content["roles"] for row in one["duties"]}
        known = found.get((role, code))
        if change["at"] < since and known is not None and rhythm not in known:
            return True
    return False


def _first_day(key: str, launched: date) -> date:
    year, _sign, period = key.partition("-")
    if period == "Y":
        return launched.replace(year=int(year) if (launched.month, launched.day) == (1, 1) else int(year) - 1)
    if period.startswith("W"):
        return date.fromisocalendar(int(year), int(period[1:]), 1)
    return date(int(year), int(period[1:]) * 3 - 2 if period.startswith("Q") else int(period), 1)


def _is_occasion(project: Any, duty: dict[str, Any], role: str, since: datetime, file: dict[str, Any]) -> bool:
    acts = {row["act"]: row for row in project.on_files_ if row["proposal"] == file["number"]}
    covered = {kind for line in duty["activities"] for kind in LINES[line]}
    if file["kind"] not in covered or "withdraw" in acts or acts["submit"]["on"] < str(since.date()):
        return False
    wanted = {
        "propose": file["author_role"] == role,
        "advise": file["author_role"] != role,
        "informed": "decide" in acts,
    }
    return wanted.get(duty["nature"], True)


@PATIENT
@given(projects())
def test_each_responsibility_in_force_has_its_obligations_and_no_other(drawn: tuple[Any, datetime]) -> None:
    project, at = drawn
    found = derive_obligations(make_facts(project, at))
    assert Counter((row.role, row.duty.code, row.key) for row in found) == _recount(project, at)
    assert {(row.role, row.duty.code) for row in found} == {key[:2] for key in _held(project)}


def test_a_rhythm_given_before_the_launch_counts_from_the_month_of_the_launch() -> None:
    roles = [_content([[_duty("D-1", rhythms, Nature.DECIDE, [])]]) for rhythms in (["once"], ["once", "monthly"])]
    days = [(START, 0, "draft"), (START + 2 * DAY, 1, "draft"), (START + 28 * DAY, 1, "active")]
    project = SimpleNamespace(
        level="project",
        calendar_=[],
        workspaces=Workspace.values,
        starts_on=START.date(),
        ends_on=START.date() + 400 * DAY,
        changes_=[
            {"at": at, "history_date": at.isoformat(), "matrix": matrix, "matrix_id": matrix, "state": state}
            | {"gate": "G0" if state == "active" else ""}
            for at, matrix, state in days
        ],
        matrices_=[{"pk": place, "content": content} for place, content in enumerate(roles)],
        **{key: [] for key in ("held_", "files_", "on_files_", "acts_", "discharges_", "words_", "planned_0_")},
        **on_days(),
    )
    found = derive_obligations(make_facts(project, days[-1][0]))
    assert sorted(row.key for row in found) == ["2026-02", "ONCE"]


@PATIENT
@given(projects())
def test_each_obligation_is_dated_and_has_one_standing(drawn: tuple[Any, datetime]) -> None:
    project, at = drawn
    answered = {(row["role"], row["duty"], row["key"]): row["answer"] for row in project.discharges_}
    for row in derive_obligations(make_facts(project, at)):
        assert (row.due_on is None) == (row.key == "") == (row.standing == Standing.IDLE)
        if row.key and answered.get((row.role, row.duty.code, "THROUGHOUT")) == Answer.EXCUSED and row.answer:
            assert row.standing in {Standing.DONE, Standing.EXCUSED}
        elif answer := answered.get((row.role, row.duty.code, row.key)):
            assert row.standing in {Standing.DONE, Standing.EXCUSED}
            assert row.standing == Standing.DONE or answer == Answer.EXCUSED
        elif row.is_open:
            assert row.due_on is not None
            is_launched = any(change["state"] != "draft" for change in project.changes_)
            assert (row.standing == Standing.LATE) == (is_launched and row.due_on < at.date())
        if row.key not in {"", *Gate.values} and not row.occasion.file and not row.key.endswith(("ONCE", "OUT", "-Y")):
            assert row.due_on is not None
            assert FRANCE.is_working_day(row.due_on)


@PATIENT
@given(projects())
def test_the_same_facts_give_the_same_obligations(drawn: tuple[Any, datetime]) -> None:
    project, at = drawn
    assert derive_obligations(make_facts(project, at)) == derive_obligations(make_facts(project, at))


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("ONCE", "once"),
        ("THROUGHOUT", "throughout the project"),
        ("", "no occasion yet"),
        ("G3", "G3 · ready for acceptance"),
        ("2026-11", "November 2026"),
        ("2026-Q4", "Q4 2026"),
        ("P-7", "XP-07"),
        ("2026-W49", "week 49 of 2026"),
        ("2027-Y", "year to 2027"),
        ("E-2026-11-03", "event of 3\xa0November 2026"),
    ],
)
def test_an_occasion_is_named_in_words(key: str, label: str) -> None:
    row: Any = SimpleNamespace(project=Project(prefix="X"), key=key, occasion=Occasion(key))
    getter: Any = Obligation.occasion_label
    with translation.override("en"):
        assert getter.fget(row) == label
