"""Test the import of a list: every error by line, one act or nothing, and no change when the same comes back."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from core.access import Refused
from core.history import version_of
from core.tables.reader import open_table
from pmo.models import Risk
from pmo.risks.services import edit_risk
from projects.imports import services
from projects.imports.services import LineRefused, LinesInError, NothingToWrite, Stale, WrongStep
from projects.imports.tasks import ABANDONED_AFTER, cancel_abandoned_imports
from projects.mandates.services import end_mandate
from projects.models import LedgerEvent, ListImport, Mandate
from tests.pages.visits import Sent
from tests.projects.imports.factories import HEAD, ROWS, bring_in, check, problems, receive, table_of

pytestmark = pytest.mark.django_db

UPLOAD = "/projects/ONE/import/risks/"
ENGLISH, FRENCH = ({"accept-language": language} for language in ("en", "fr"))


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def send(browser: Any, content: bytes, name: str = "list.csv", language: Any = ENGLISH) -> Any:
    return browser.post(UPLOAD, {"file": Sent(name, content)}, headers=language)


def test_the_whole_way_without_a_script(cast: Any, project_one: Any, client_of: Any) -> None:
    browser = client_of(cast["recipient"])
    assert UPLOAD in words(browser.get("/projects/ONE/risks/", headers=ENGLISH))
    answer = send(browser, table_of(*ROWS))
    job = ListImport.objects.get()
    assert answer["Location"] == f"/list-imports/{job.pk}/columns/"
    page = browser.get(answer["Location"], headers=ENGLISH)
    assert "Conséquences" in words(page)
    fields = {f"column-{place}": name for place, name in enumerate(job.mapping)}
    answer = browser.post(answer["Location"], fields | {"step": "check"})
    assert answer["Location"] == job.get_absolute_url()
    page = browser.get(answer["Location"], headers=ENGLISH)
    assert "Import 2 lines" in words(page)
    assert not project_one.risks.filter(code="R1").exists()
    seen = page.context["fingerprint"]
    answer = browser.post(f"/list-imports/{job.pk}/write/", {"seen": seen})
    assert answer["Location"] == job.get_absolute_url()
    assert "Imported on" in words(browser.get(answer["Location"], headers=ENGLISH))
    risk = project_one.risks.get(code="R1")
    assert (risk.likelihood, risk.impact, risk.owner_role, risk.status) == (4, 4, "PMO", "proposed")
    assert (risk.raised_by, risk.raised_by_role, risk.category) == (cast["recipient"], "DEST", "external")


def test_a_file_is_one_act(pmo: Any, project_one: Any) -> None:
    before = project_one.events.count()
    job = bring_in(pmo, project_one)
    event = LedgerEvent.objects.get(project=project_one, act="import_list")
    assert (project_one.events.count() - before, job.event, event.detail) == (1, event, "risks")
    assert (bytes(job.content), job.preview, job.state) == (b"", [], "done")
    assert job.summary == {"new": 2, "changed": 0, "same": 0, "left_out": 0}
    risk = project_one.risks.get(code="R2")
    assert [row.history_user for row in risk.history.all()] == [pmo]
    assert risk.ratings.get().acted_at == event.acted_at


def test_columns_are_guessed_in_both_languages(pmo: Any, project_one: Any) -> None:
    expected = ["code", "title", "cause", "event", "effect", "category", "likelihood", "impact", "owner_role"]
    assert receive(pmo, project_one).mapping == expected
    english = ("Id", "Risk", "Cause", "Event", "Effect", "Category", "Probability", "Severity", "Owner")
    assert receive(pmo, project_one, table_of(*ROWS, head=english)).mapping == expected
    with translation.override("fr"):
        assert receive(pmo, project_one).mapping == expected


def test_every_error_is_told_by_its_line(pmo: Any, project_one: Any) -> None:
    wrong = (
        ("R1", "", "", "What", "Effect", "external", "9", "3", ""),
        ("R2", "A title", "Cause", "Event", "Effect", "gadget", "3", "3", "KING"),
        ("R3", "Good", "Cause", "Event", "Effect", "legal", "3", "3", ""),
        ("R3", "Twice", "Cause", "Event", "Effect", "legal", "3", "3", ""),
    )
    job, plan = check(pmo, project_one, table_of(*wrong))
    with translation.override("en"):
        found = problems(services.plan_import(pmo, job))
    assert [(line, column) for line, column, _text in found] == [
        (2, "Probabilité"),
        (2, "Risque"),
        (2, "Cause"),
        (3, "Catégorie"),
        (3, "Pilote"),
        (5, ""),
    ]
    assert "“gadget” is not one of the possible values. Use: Business, IT" in found[3][2]
    assert "Line 4" in found[5][2]
    assert plan.counts == {"new": 1, "changed": 0, "same": 0, "left_out": 3}
    with pytest.raises(LinesInError):
        services.import_list(actor=pmo, job=job, seen=plan.fingerprint, leave_out=False)
    assert not project_one.risks.filter(code="R3").exists()
    services.import_list(actor=pmo, job=job, seen=plan.fingerprint, leave_out=True)
    assert list(project_one.risks.filter(code__in=["R1", "R2", "R3"]).values_list("title", flat=True)) == ["Good"]


def test_the_same_file_changes_nothing_when_it_comes_back(pmo: Any, project_one: Any) -> None:
    bring_in(pmo, project_one)
    job, plan = check(pmo, project_one)
    assert plan.counts == {"new": 0, "changed": 0, "same": 2, "left_out": 0}
    with pytest.raises(NothingToWrite):
        services.import_list(actor=pmo, job=job, seen=plan.fingerprint, leave_out=False)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_template_changes_nothing_when_it_comes_back(
    language: str, pmo: Any, project_one: Any, client_of: Any
) -> None:
    bring_in(pmo, project_one)
    headers = {"accept-language": language}
    for kind in ("csv", "xlsx"):
        answer = client_of(pmo).get(f"{UPLOAD}template.{kind}", headers=headers)
        table = open_table(f"list.{kind}", answer.content)
        assert len(table.rows) == project_one.risks.count()
        job = services.build_import(pmo, project_one, "risks")
        with translation.override(language):
            _job, plan = check(pmo, project_one, answer.content) if kind == "csv" else (job, None)
        if plan:
            assert (problems(plan), plan.writes) == ([], [])


def test_only_what_differs_is_changed(pmo: Any, project_one: Any) -> None:
    bring_in(pmo, project_one)
    head = ("Code", "Titre", "Probabilité", "Réponse")
    _job, plan = check(pmo, project_one, table_of(("R1", "La grue tombe", "5", "réduire"), head=head))
    assert plan.changed[0].after == {"title": "La grue tombe", "likelihood": "5 · Très élevé", "response": "Réduire"}
    bring_in(pmo, project_one, table_of(("R1", "La grue tombe", "5", "réduire"), head=head))
    risk = project_one.risks.get(code="R1")
    assert (risk.title, risk.likelihood, risk.response, risk.status) == ("La grue tombe", 5, "reduce", "assessed")
    assert risk.cause == "La grue a quarante ans."
    assert [rating.likelihood for rating in risk.ratings.order_by("pk")] == [4, 5]


def test_a_list_that_changed_meanwhile_is_not_overwritten(pmo: Any, amoa: Any, project_one: Any) -> None:
    bring_in(pmo, project_one)
    job, plan = check(pmo, project_one, table_of(("R1", "La grue tombe"), head=("Code", "Titre")))
    risk = project_one.risks.get(code="R1")
    edit_risk(actor=amoa, risk=risk, fields={"title": "Autre"}, seen=version_of(risk))
    with pytest.raises(Stale):
        services.import_list(actor=pmo, job=job, seen=plan.fingerprint, leave_out=False)
    assert project_one.risks.get(code="R1").title == "Autre"


def test_a_file_is_written_once(pmo: Any, project_one: Any, client_of: Any) -> None:
    job, plan = check(pmo, project_one)
    services.import_list(actor=pmo, job=job, seen=plan.fingerprint, leave_out=False)
    with pytest.raises(WrongStep):
        services.import_list(actor=pmo, job=job, seen=plan.fingerprint, leave_out=False)
    assert client_of(pmo).post(f"/list-imports/{job.pk}/write/", {"seen": plan.fingerprint}).status_code == 409
    assert client_of(pmo).post(f"/list-imports/{job.pk}/stop/").status_code == 409


def test_nothing_stays_when_a_line_fails_at_last(pmo: Any, project_one: Any, monkeypatch: Any, client_of: Any) -> None:
    from pmo.risks import importer

    def fail(*args: Any) -> None:
        raise ValidationError({"title": "No."})

    job, plan = check(pmo, project_one)
    create = importer.create_risk
    monkeypatch.setattr(importer, "create_risk", lambda *args: fail() if args[3]["code"] == "R2" else create(*args))
    with pytest.raises(LineRefused):
        services.import_list(actor=pmo, job=job, seen=plan.fingerprint, leave_out=False)
    assert not project_one.risks.filter(code="R1").exists()
    answer = client_of(pmo).post(f"/list-imports/{job.pk}/write/", {"seen": plan.fingerprint}, headers=ENGLISH)
    assert (answer.status_code, "Line 3: No." in words(answer)) == (422, True)


# — who —


def test_only_its_author_sees_an_import(cast: Any, project_one: Any, client_of: Any) -> None:
    job, _plan = check(cast["pmo"], project_one)
    for name in ("owner", "amoa", "outsider", "staff_admin", "superuser"):
        browser = client_of(cast[name])
        for address in ("", "columns/"):
            assert browser.get(f"/list-imports/{job.pk}/{address}").status_code == 404
        for address in ("write/", "stop/"):
            assert browser.post(f"/list-imports/{job.pk}/{address}").status_code == 404
    assert ListImport.objects.get(pk=job.pk).state == "checked"


@pytest.mark.parametrize("name", ["delegate", "outsider", "staff_admin", "superuser", "inactive_owner"])
def test_others_bring_in_nothing(name: str, cast: Any, project_one: Any, client_of: Any) -> None:
    with pytest.raises(Refused):
        receive(cast[name], project_one)
    job, plan = check(cast["pmo"], project_one)
    with pytest.raises(Refused):
        services.import_list(actor=cast[name], job=job, seen=plan.fingerprint, leave_out=False)
    assert not ListImport.objects.filter(by=cast[name]).exists()


def test_a_role_that_ended_brings_in_nothing(cast: Any, project_one: Any, client_of: Any) -> None:
    job, plan = check(cast["recipient"], project_one)
    mandate = Mandate.objects.get(project=project_one, holder=cast["recipient"])
    end_mandate(actor=cast["owner"], mandate=mandate, because="Gone.")
    with pytest.raises(Refused):
        services.import_list(actor=cast["recipient"], job=job, seen=plan.fingerprint, leave_out=False)
    assert not project_one.risks.filter(code="R1").exists()


def test_a_line_that_the_role_cannot_write_is_told(cast: Any, project_one: Any) -> None:
    """Whoever raises risks neither assesses them nor changes those of others."""
    bring_in(cast["pmo"], project_one)
    head = (*HEAD, "Réponse")
    new = ("R3", *ROWS[0][1:], "réduire")
    changed = ("R1", "Autre titre", *ROWS[0][2:], "")
    job, plan = check(cast["recipient"], project_one, table_of(new, changed, head=head))
    assert [line for line, _column, _text in problems(plan)] == [2, 3]
    with pytest.raises(NothingToWrite):
        services.import_list(actor=cast["recipient"], job=job, seen=plan.fingerprint, leave_out=True)
    _job, plan = check(cast["pmo"], project_one, table_of(new, changed, head=head))
    assert plan.counts["left_out"] == 0


# — files —


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.png", b"\x89PNG\r\n\x1a\n"),
        ("list.xlsm", b"PK\x03\x04"),
        ("list.xlsx", b"PK\x03\x04 and no more"),
        ("list.csv", b""),
        ("list.csv", b"Title;Code\n"),
        ("list.csv", b"Title\n" + b"A\n" * 501),
    ],
)
def test_a_hostile_file_is_refused_in_a_sentence(name: str, content: bytes, pmo: Any, client_of: Any) -> None:
    answer = send(client_of(pmo), content, name)
    assert (answer.status_code, ListImport.objects.count()) == (422, 0)


def test_a_formula_stays_a_text(pmo: Any, project_one: Any, client_of: Any) -> None:
    row = ("R9", "=1+1", "<script>", "@SUM(A1)", "Effect", "legal", "1", "1", "")
    bring_in(pmo, project_one, table_of(row))
    assert project_one.risks.get(code="R9").title == "=1+1"
    assert "'=1+1" in client_of(pmo).get(f"{UPLOAD}template.csv").content.decode()


def test_a_column_chosen_twice_or_none_is_refused(pmo: Any, project_one: Any, client_of: Any) -> None:
    job = receive(pmo, project_one)
    address = f"/list-imports/{job.pk}/columns/"
    twice = {"column-0": "code", "column-1": "code", "step": "check"}
    assert client_of(pmo).post(address, twice).status_code == 422
    answer = client_of(pmo).post(address, {"column-0": "cause", "step": "check"}, headers=FRENCH)
    assert (answer.status_code, "Sélectionnez au moins une de ces colonnes" in words(answer)) == (422, True)


def test_a_file_is_read_again_with_other_options(pmo: Any, project_one: Any, client_of: Any) -> None:
    job = receive(pmo, project_one)
    options = {"step": "read", "encoding": "utf-8", "separator": ";", "header_line": "1"}
    assert client_of(pmo).post(f"/list-imports/{job.pk}/columns/", options).status_code == 302
    assert len(ListImport.objects.get(pk=job.pk).head) == 1


def test_an_unknown_list_or_template_is_not_found(pmo: Any, client_of: Any) -> None:
    for address in ("/projects/ONE/import/nothing/", f"{UPLOAD}template.exe"):
        assert client_of(pmo).get(address).status_code == 404


def test_an_abandoned_file_is_let_go(pmo: Any, project_one: Any) -> None:
    old, new = receive(pmo, project_one), receive(pmo, project_one)
    long_ago = timezone.now() - ABANDONED_AFTER - timedelta(hours=1)
    ListImport.objects.filter(pk=old.pk).update(changed_at=long_ago)
    assert cancel_abandoned_imports() == 1
    assert [ListImport.objects.get(pk=job.pk).state for job in (old, new)] == ["cancelled", "uploaded"]
    assert bytes(ListImport.objects.get(pk=old.pk).content) == b""


def test_risks_keep_their_rules(pmo: Any, project_one: Any) -> None:
    head = ("Code", "Risk", "Cause", "Event", "Effect", "Category", "Likelihood", "Impact", "Response", "Requirements")
    rows = (
        ("R1", "A", "Cause", "Event", "Effect", "IT", "1", "1", "share", ""),
        ("R2", "B", "Cause", "Event", "Effect", "IT", "1", "1", "", "NO-99"),
    )
    _job, plan = check(pmo, project_one, table_of(*rows, head=head))
    assert [(line, column) for line, column, _text in problems(plan)] == [(2, "Response"), (3, "Requirements")]
    assert Risk.objects.filter(code="R1").count() == 0
