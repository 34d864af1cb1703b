"""Test imports of requirements: each line is checked, then all or none are written, as proposals."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from amoa.imports import runner
from amoa.imports.columns import NAMES, build_cells
from amoa.imports.enums import Failure, ImportState
from amoa.imports.models import ImportJob
from amoa.imports.problems import SENTENCES, read_problems
from amoa.imports.services import start
from amoa.models import Requirement
from amoa.requirements.services import edit_requirement, freeze_baseline, write_requirement
from core.access import Refused
from core.record.sealing import term_of
from core.tables.reader import open_table
from projects.imports.services import (
    LinesInError,
    NothingToWrite,
    Stale,
    WrongStep,
    choose_columns,
    read_again,
    stop,
)
from projects.models import LedgerEvent, Mandate, Notification, RecipientGroup
from projects.seats.mandates.services import end_mandate
from tests import acts
from tests.amoa.imports.factories import (
    ROWS,
    Still,
    check_file,
    csv_of,
    guess_mapping,
    import_file,
    list_problems,
    receive_file,
)
from tests.amoa.requirements.test_requirements import write
from tests.conftest import CAST
from tests.database import fire_deferred_triggers
from tests.facts import facts_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(cast: dict[str, Any]) -> dict[str, Any]:
    """Map the people of project two, which has no requirement yet, by the names of their roles."""
    return cast | {role: cast[f"other_{role}"] for role in ("owner", "pmo", "amoa")}


@pytest.fixture
def place(project_two: Any) -> Any:
    """Return the target project of the imports."""
    return project_two


def fresh(job: ImportJob) -> ImportJob:
    return ImportJob.objects.get(pk=job.pk)


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    """Count new, changed, unchanged and skipped lines."""
    return tuple(job.summary[name] for name in ("new", "changed", "same", "left_out"))  # type: ignore[return-value]


def approve(cast: Any, project: Any) -> None:
    """Approve every candidate by a decision of the owner."""
    baseline = freeze_baseline(actor=cast["amoa"], project=project)
    terms = {"baseline": term_of(baseline.number, baseline.hash)}
    acts.decide(cast["owner"], acts.submit_to_owner(project, "requirement_baseline", terms=terms))
    fire_deferred_triggers()


# — the way of a file into the project —


def test_a_file_is_written_with_one_event_and_one_version_each(cast: dict[str, Any], place: Any) -> None:
    job = import_file(cast["amoa"], place, csv_of(*ROWS))
    fire_deferred_triggers()
    assert (job.state, counts(job), job.done) == ("done", (2, 0, 0, 0), 2)
    first, second = place.requirements.all().order_by("code")
    assert (first.code, second.code) == ("TWO-001", "TWO-002")
    assert (first.kind, first.priority, second.priority) == ("functional", "must", "wont")
    assert first.criteria == [{"number": "1", "text": "The plan appears within 2 s"}]
    assert {first.state, second.state} == {"draft"}
    for requirement in (first, second):
        [version] = requirement.history.all()
        assert (version.history_user, version.history_type) == (cast["amoa"], "+")
    event = LedgerEvent.objects.filter(act="import_requirements").get()
    assert (event.actor, event.role, event.detail, job.event) == (cast["amoa"], "AMOA", "2", event)
    assert facts_of(event) == {"new": "2", "changed": "0", "same": "0", "left_out": "0", "sha256": job.sha256}
    assert bytes(job.content) == b""


def test_the_author_of_an_import_is_notified_of_its_end(cast: dict[str, Any], place: Any) -> None:
    job = import_file(cast["amoa"], place, csv_of(*ROWS))
    notice = Notification.objects.get(reason="import_done")
    assert (notice.recipient, notice.link, notice.event) == (cast["amoa"], job.get_absolute_url(), job.event)


def test_a_line_with_a_known_code_changes_that_requirement_only_where_it_differs(
    cast: dict[str, Any], place: Any
) -> None:
    one = write(cast["amoa"], place, lot="1", source="Workshop 3")
    content = csv_of((one.code, "Crews see the berth plan", "could"), head=("Code", "Title", "Priority"))
    with translation.override("en"):
        job = check_file(cast["amoa"], place, content)
    assert (counts(job), job.summary["fields"]) == ((0, 1, 0, 0), {"priority": 1})
    assert job.summary["first_changed"] == [[2, one.code, [["priority", "should have", "could have"]]]]
    start(actor=cast["amoa"], job=job, leave_out=False)
    runner.run(job.pk, Still)
    one.refresh_from_db()
    assert (one.priority, one.lot, one.source, one.version) == ("could", "1", "Workshop 3", 1)


def test_an_approved_requirement_gets_a_proposed_version_and_stays_in_force(cast: dict[str, Any], place: Any) -> None:
    one = write(cast["amoa"], place)
    approve(cast, place)
    content = csv_of((one.code, "Crews read the berth plan", "Approved"), head=("Code", "Title", "State"))
    job = import_file(cast["amoa"], place, content)
    fire_deferred_triggers()
    one.refresh_from_db()
    assert (job.state, job.summary["revised"]) == ("done", 1)
    assert (one.state, one.version, one.in_force.number) == ("proposed", 2, 1)
    assert one.in_force.content["title"] == "Crews see the berth plan"


def test_parents_of_the_file_come_before_what_stands_below_them(cast: dict[str, Any], place: Any) -> None:
    head = ("Code", "Kind", "Title", "Parent")
    rows = (("R-2", "functional", "Below", "R-1"), ("R-1", "functional", "Above", "N-1"), ("N-1", "need", "Why", ""))
    import_file(cast["amoa"], place, csv_of(*rows, head=head))
    assert dict(place.requirements.values_list("code", "parent__code")) == {"R-2": "R-1", "R-1": "N-1", "N-1": None}
    turned = csv_of(("N-1", "functional", "Why", ""), ("R-1", "functional", "Above", ""), head=head)
    import_file(cast["amoa"], place, turned)
    assert dict(place.requirements.values_list("code", "parent__code")) == {"R-2": "R-1", "R-1": None, "N-1": None}


def test_free_codes_follow_those_of_the_project_and_of_the_file(cast: dict[str, Any], place: Any) -> None:
    write(cast["amoa"], place)
    rows = (("", "need", "A"), ("", "functional", "B"), ("TWO-002", "functional", "C"), ("", "functional", "D"))
    import_file(cast["amoa"], place, csv_of(*rows, head=("Code", "Kind", "Title")))
    named = dict(place.requirements.values_list("title", "code"))
    assert [named[title] for title in "ABCD"] == ["TWO-N01", "TWO-003", "TWO-002", "TWO-004"]


# — what is understood —


def test_french_heads_and_words_are_understood(cast: dict[str, Any], place: Any) -> None:
    head = (
        "Référence",
        "Nature",
        "Intitulé",
        "Énoncé",
        "Priorité",
        "Criticité",
        "Vérification",
        "Statut",
        "Critères d’acceptation",
        "Thème",
        "Exigence parente",
    )
    row = (
        "E-1",
        "règle de gestion",
        "Titre",
        "Énoncé",
        "pourrait",
        "élevée",
        "démonstration",
        "proposée",
        "Un ; Deux",
        "Quai",
        "",
    )
    job = import_file(cast["amoa"], place, csv_of(row, head=head))
    assert job.mapping == [
        "code",
        "kind",
        "title",
        "statement",
        "priority",
        "criticality",
        "verification",
        "state",
        "criteria",
        "category",
        "parent",
    ]
    one = Requirement.objects.get(code="E-1")
    assert (one.kind, one.priority, one.criticality, one.verification) == (
        "business_rule",
        "could",
        "high",
        "demonstration",
    )
    assert (one.state, [c["text"] for c in one.criteria]) == ("proposed", ["Un", "Deux"])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_our_own_heads_are_guessed_in_both_languages(language: str) -> None:
    from amoa.imports.columns import COLUMNS

    with translation.override(language):
        head = [str(column.label) for column in COLUMNS]
    assert guess_mapping(head, [[""] * len(head)]) == list(NAMES)


def test_a_column_is_told_by_what_it_holds(cast: dict[str, Any]) -> None:
    rows = [["R-1", "must", "Title"], ["R-2", "should", "Title"]]
    assert guess_mapping(["Ref", "Column B", "Name"], rows) == ["code", "priority", "title"]
    assert guess_mapping(["Type", "Title"], [["SPEC-OBJECT", "A"]]) == ["", "title"]


def test_recipients_are_found_by_name_by_semicolon_and_by_comma(cast: dict[str, Any], place: Any) -> None:
    head = ("Title", "Recipients")
    names = ["Drivers, Nord", "Pupils", "Écoles"]
    describe(cast, place, *names)
    rows = (("A", "Drivers, Nord"), ("B", "pupils; DRIVERS NORD"), ("C", "Pupils, ecoles"), ("D", ""))
    import_file(cast["amoa"], place, csv_of(*rows, head=head))
    by_number = dict(RecipientGroup.objects.values_list("pk", "name"))
    found = {
        requirement.title: sorted(by_number[pk] for pk in requirement.recipients)
        for requirement in place.requirements.all()
    }
    assert found == {"A": ["Drivers, Nord"], "B": ["Drivers, Nord", "Pupils"], "C": ["Pupils", "Écoles"], "D": []}


def describe(cast: Any, project: Any, *names: str) -> None:
    """Enter groups of recipients, as the scenario of a new project does."""
    from core.acts import acting_as

    with acting_as(cast["amoa"]):
        for name in names:
            RecipientGroup.objects.create(project=project, name=name)


# — each kind of error, by line and column —

HAVING = ("Code", "Title", "Kind", "Priority", "Criticality", "Verification", "State", "Recipients", "Parent", "Lot")


def line(**cells: str) -> tuple[str, ...]:
    told = {"Title": "A title"} | cells
    return tuple(told.get(name, "") for name in HAVING)


ERRORS: dict[str, tuple[list[tuple[str, ...]], tuple[int, str, str]]] = {
    "no title": ([line(Title="", Lot="1")], (2, "title", "no_title")),
    "long title": ([line(Title="x" * 201)], (2, "title", "too_long")),
    "long code": ([line(Code="R" * 31)], (2, "code", "too_long")),
    "code twice": ([line(Code="R-1"), line(Code="R-1")], (3, "code", "twice")),
    "code in another case": ([line(Code="two 001")], (2, "code", "other_code")),
    "kind": ([line(Kind="gadget")], (2, "kind", "unknown_kind")),
    "priority": ([line(Priority="urgent")], (2, "priority", "unknown_priority")),
    "criticality": ([line(Criticality="huge")], (2, "criticality", "unknown_criticality")),
    "verification": ([line(Verification="guessing")], (2, "verification", "unknown_verification")),
    "state": ([line(State="finished")], (2, "state", "unknown_state")),
    "born approved": ([line(State="approved")], (2, "state", "not_born")),
    "led where nobody may": ([line(Code="TWO-001", State="accepted")], (2, "state", "not_from_there")),
    "unknown group": ([line(Recipients="Martians")], (2, "recipients", "unknown_group")),
    "group nearly": ([line(Recipients="Drivers N")], (2, "recipients", "unknown_group_near")),
    "unknown parent": ([line(Parent="ZZZ")], (2, "parent", "unknown_parent")),
    "parent nearly": ([line(Parent="TWO-01")], (2, "parent", "unknown_parent_near")),
    "need below a requirement": ([line(Kind="need", Parent="TWO-001")], (2, "parent", "need_below")),
    "circle of one": ([line(Code="R-1", Parent="R-1")], (2, "parent", "circle")),
    "circle of two": ([line(Code="R-1", Parent="R-2"), line(Code="R-2", Parent="R-1")], (3, "parent", "circle")),
    "parent in error": ([line(Code="R-1", Kind="gadget"), line(Parent="R-1")], (3, "parent", "parent_left_out")),
    "erased": ([line(Lot="[erased 2026-01-02]")], (2, "lot", "erased")),
    "long lot": ([line(Lot="x" * 41)], (2, "lot", "too_long")),
}


@pytest.mark.parametrize("name", ERRORS)
def test_import_problems_name_their_line_and_column(name: str, cast: dict[str, Any], place: Any) -> None:
    describe(cast, place, "Drivers, Nord")
    write(cast["amoa"], place)
    rows, expected = ERRORS[name]
    job = check_file(cast["amoa"], place, csv_of(*rows, line(Title="A good one"), head=HAVING))
    assert expected in list_problems(job)
    assert job.errors == len({number for number, _field, code in list_problems(job) if number and code != "same_title"})
    with pytest.raises(LinesInError):
        start(actor=cast["amoa"], job=job, leave_out=False)
    before = place.requirements.count()
    start(actor=cast["amoa"], job=job, leave_out=True)
    assert runner.run(job.pk, Still) == "done"
    assert (place.requirements.count() - before, fresh(job).summary["left_out"]) == (
        len(rows) + 1 - job.errors,
        job.errors,
    )


def test_every_sentence_says_what_it_names_in_both_languages(cast: dict[str, Any], place: Any) -> None:
    describe(cast, place, "Drivers, Nord")
    write(cast["amoa"], place)
    seen = set()
    for rows, (_line, _field, code) in ERRORS.values():
        job = check_file(cast["amoa"], place, csv_of(*rows, head=HAVING))
        seen.add(code)
        for language in ("fr", "en"):
            with translation.override(language):
                assert all("%(" not in problem.text for problem in read_problems(job.problems, job.head, job.mapping))
    assert seen <= SENTENCES.keys()
    with translation.override("en"):
        job = check_file(cast["amoa"], place, csv_of(line(Recipients="Drivers N", Priority="urgent"), head=HAVING))
        texts = {problem.column: problem.text for problem in read_problems(job.problems, job.head, job.mapping)}
    assert texts["Recipients"] == "“Drivers N” is not a known group. Did you mean “Drivers, Nord”?"
    assert texts["Priority"] == "Use must have, should have, could have or won’t have this time. Found “urgent”."


def test_a_line_left_out_does_not_let_a_circle_through(cast: dict[str, Any], place: Any) -> None:
    amoa = cast["amoa"]
    below = write(amoa, place)
    above = write(amoa, place)
    edit_requirement(actor=amoa, requirement=above, seen=above.changed_at.isoformat(), fields={"parent": below})
    head = ("Code", "Title", "Parent", "Priority")
    rows = ((above.code, "Above", "", "urgent"), (below.code, "Below", above.code, "must"))
    job = check_file(amoa, place, csv_of(*rows, head=head))
    assert (3, "parent", "circle") in list_problems(job)


def test_a_chain_of_many_is_refused_and_is_read_quickly(cast: dict[str, Any], place: Any) -> None:
    rows = [(f"R-{n}", f"T {n}", f"R-{n - 1}" if n else "") for n in range(3_000)]
    job = check_file(cast["amoa"], place, csv_of(*rows, head=("Code", "Title", "Parent")))
    assert (job.summary["new"], job.errors) == (21, 2_979)


# — round trips: what is exported is the same when it comes back —


def test_an_export_imports_without_a_change(cast: dict[str, Any], place: Any) -> None:
    from amoa.imports.columns import COLUMNS

    describe(cast, place, "Drivers; Nord", "Pupils")
    groups = dict(place.recipient_groups.values_list("pk", "name"))
    need = write(cast["amoa"], place, kind="need", title="  Spaces  and\tmore ")
    write(
        cast["amoa"],
        place,
        statement="Two\n\nparagraphs; with a semicolon \n",
        parent=need,
        criteria=[{"number": "3", "text": "One; and only\none"}],
        recipients=sorted(groups),
        links=["VIG-D01", "a; b"],
        justification="=1+1",
        verification="test",
        criticality="low",
        lot="-1",
        category="@x",
    )
    for language in ("fr", "en"):
        with translation.override(language):
            rows = [
                tuple(build_cells(requirement, requirement.parent.code if requirement.parent else "", groups).values())
                for requirement in place.requirements.order_by("code")
            ]
            head = tuple(str(column.label) for column in COLUMNS)
        job = check_file(cast["amoa"], place, csv_of(*rows, head=head))
        assert (language, counts(job), job.errors, list_problems(job)) == (language, (0, 0, 2, 0), 0, [])
        with pytest.raises(NothingToWrite):
            start(actor=cast["amoa"], job=job, leave_out=False)


# — all or nothing, once, and only as it was checked —


def test_an_import_that_breaks_in_the_middle_leaves_nothing(cast: dict[str, Any], place: Any, monkeypatch: Any) -> None:
    from amoa.imports import services

    monkeypatch.setattr(services, "CHUNK", 1)
    job = check_file(cast["amoa"], place)
    start(actor=cast["amoa"], job=job, leave_out=False)
    calls = []

    def break_at_the_second(rows: Any) -> None:
        calls.append(rows)
        if len(calls) == 2:
            raise RuntimeError("the disk is full")
        kept(rows)

    kept = services.create_many
    monkeypatch.setattr(services, "create_many", break_at_the_second)
    assert runner.run(job.pk, Still) == ImportState.FAILED
    job = fresh(job)
    assert (job.failure, bytes(job.content), job.event) == (Failure.BROKEN, b"", None)
    assert not place.requirements.exists()
    assert not LedgerEvent.objects.filter(act="import_requirements").exists()
    notice = Notification.objects.get(reason="import_failed")
    assert (notice.recipient, notice.event) == (cast["amoa"], None)


def test_an_import_is_run_by_one_worker_and_only_once(cast: dict[str, Any], place: Any) -> None:
    job = check_file(cast["amoa"], place)
    start(actor=cast["amoa"], job=job, leave_out=False)
    assert runner.claim(job.pk) == 1
    assert runner.claim(job.pk) == 0
    assert runner.run(job.pk, Still) == ""
    assert runner.list_waiting() == []
    ImportJob.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - timedelta(minutes=2))
    assert runner.list_waiting() == [job.pk]
    assert runner.run(job.pk, Still) == "done"
    assert runner.run(job.pk, Still) == ""
    assert place.requirements.count() == 2


def test_a_worker_that_wakes_up_after_another_took_over_writes_nothing(cast: dict[str, Any], place: Any) -> None:
    from amoa.imports.services import Stopped, import_requirements

    job = check_file(cast["amoa"], place)
    start(actor=cast["amoa"], job=job, leave_out=False)
    assert runner.claim(job.pk) == 1
    asleep = fresh(job)
    ImportJob.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - timedelta(minutes=2))
    assert runner.claim(job.pk) == 2
    with pytest.raises(Stopped):
        import_requirements(
            actor=cast["amoa"], job=asleep, run=1, plan=runner.build_plan(asleep), progress=lambda done: None
        )
    assert not place.requirements.exists()


def test_an_import_that_dies_again_and_again_is_given_up(cast: dict[str, Any], place: Any) -> None:
    job = check_file(cast["amoa"], place)
    start(actor=cast["amoa"], job=job, leave_out=False)
    for expected in [*range(1, runner.MOST_RUNS + 1), 0]:
        assert runner.claim(job.pk) == expected
        ImportJob.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - timedelta(minutes=2))
    assert (fresh(job).state, fresh(job).failure) == ("failed", "broken")


def test_a_change_after_the_check_requires_another_check(cast: dict[str, Any], place: Any) -> None:
    amoa = cast["amoa"]
    one = write(amoa, place)
    content = csv_of((one.code, "Crews read the plan"), head=("Code", "Title"))
    job = check_file(amoa, place, content)
    start(actor=amoa, job=job, leave_out=False)
    edit_requirement(actor=amoa, requirement=one, seen=one.changed_at.isoformat(), fields={"title": "Another title"})
    assert runner.run(job.pk, Still) == ImportState.MAPPED
    job, one = fresh(job), Requirement.objects.get(pk=one.pk)
    assert (job.failure, one.title, bytes(job.content)) == (Failure.STALE, "Another title", content)
    assert Notification.objects.filter(reason="import_failed").count() == 1
    with pytest.raises(WrongStep):
        start(actor=amoa, job=job, leave_out=False)
    choose_columns(actor=amoa, job=job, mapping=job.mapping)
    start(actor=amoa, job=job, leave_out=False)
    assert runner.run(job.pk, Still) == "done"


def test_a_change_between_the_check_of_the_worker_and_its_lock_is_noticed_too(cast: dict[str, Any], place: Any) -> None:
    from amoa.imports.services import import_requirements

    amoa = cast["amoa"]
    one = write(amoa, place)
    job = check_file(amoa, place, csv_of((one.code, "Crews read the plan"), head=("Code", "Title")))
    start(actor=amoa, job=job, leave_out=False)
    number = runner.claim(job.pk)
    plan = runner.build_plan(fresh(job))
    edit_requirement(actor=amoa, requirement=one, seen=one.changed_at.isoformat(), fields={"lot": "2"})
    with pytest.raises(Stale):
        import_requirements(actor=amoa, job=fresh(job), run=number, plan=plan, progress=lambda done: None)


def test_a_code_that_somebody_else_took_meanwhile_is_not_overwritten(cast: dict[str, Any], place: Any) -> None:
    amoa = cast["amoa"]
    job = check_file(amoa, place, csv_of(("R-1", "Mine"), head=("Code", "Title")))
    start(actor=amoa, job=job, leave_out=False)
    write_requirement(actor=amoa, project=place, fields={"code": "R-1", "kind": "functional", "title": "Theirs"})
    assert runner.run(job.pk, Still) == ImportState.MAPPED
    assert Requirement.objects.get(code="R-1").title == "Theirs"


def test_an_author_without_the_role_any_more_writes_nothing(cast: dict[str, Any], place: Any) -> None:
    job = check_file(cast["amoa"], place)
    start(actor=cast["amoa"], job=job, leave_out=False)
    mandate = Mandate.objects.get(project=place, holder=cast["amoa"])
    end_mandate(actor=cast["owner"], mandate=mandate)
    assert runner.run(job.pk, Still) == ImportState.FAILED
    assert (fresh(job).failure, place.requirements.count()) == (Failure.PERMISSION, 0)


def test_stopping_undoes_what_is_being_written(cast: dict[str, Any], place: Any, monkeypatch: Any) -> None:
    job = check_file(cast["amoa"], place)
    start(actor=cast["amoa"], job=job, leave_out=False)

    class StopsInTheMiddle(Still):
        def tell(self, done: int) -> None:
            if done:
                stop(actor=cast["amoa"], job=ImportJob.objects.get(pk=job.pk))

    assert runner.run(job.pk, StopsInTheMiddle) == ""
    assert not LedgerEvent.objects.filter(act="import_requirements").exists()
    assert place.requirements.count() == 0


def test_a_forgotten_file_is_let_go_of_after_a_week(cast: dict[str, Any], place: Any) -> None:
    job, other = receive_file(cast["amoa"], place), receive_file(cast["amoa"], place)
    ImportJob.objects.filter(pk=job.pk).update(changed_at=timezone.now() - timedelta(days=8))
    assert runner.cancel_abandoned() == 1
    assert (fresh(job).state, bytes(fresh(job).content), fresh(other).state) == ("cancelled", b"", "uploaded")


# — who may —


@pytest.mark.parametrize("member", CAST)
def test_writers_of_requirements_may_import_them(member: str, cast: dict[str, Any], place: Any) -> None:
    if member == "amoa":
        job = import_file(cast[member], place, csv_of(*ROWS))
        assert job.state == "done"
        return
    with pytest.raises(Refused):
        receive_file(cast[member], place)
    assert not ImportJob.objects.exists()


def test_every_step_asks_again_who_may(cast: dict[str, Any], place: Any) -> None:
    job = check_file(cast["amoa"], place)
    table = open_table("needs.csv", csv_of(*ROWS))
    for step in (
        lambda actor: start(actor=actor, job=job, leave_out=False),
        lambda actor: stop(actor=actor, job=job),
        lambda actor: read_again(actor=actor, job=job, table=table),
        lambda actor: choose_columns(actor=actor, job=job, mapping=job.mapping),
    ):
        with pytest.raises(Refused):
            step(cast["pmo"])
    assert fresh(job).state == "checked"


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_nothing_follows_an_import_that_ended(state: str, cast: dict[str, Any], place: Any) -> None:
    job = check_file(cast["amoa"], place)
    if state == "done":
        start(actor=cast["amoa"], job=job, leave_out=False)
        runner.run(job.pk, Still)
    else:
        stop(actor=cast["amoa"], job=job)
    job = fresh(job)
    assert job.state == state
    for step in (
        lambda: start(actor=cast["amoa"], job=job, leave_out=True),
        lambda: stop(actor=cast["amoa"], job=job),
        lambda: choose_columns(actor=cast["amoa"], job=job, mapping=job.mapping),
    ):
        with pytest.raises(WrongStep):
            step()
