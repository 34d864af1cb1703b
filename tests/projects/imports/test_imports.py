"""Test the import of a list: every error by line, one act or nothing, and no change when the same comes back."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from amoa.requirements.services import write_requirement
from core.access import Refused
from core.history import version_of
from core.tables.reader import open_table
from core.tables.words import digest
from pmo.models import Risk
from pmo.registers.risks.services import edit_risk
from projects.imports import services
from projects.imports.services import LineRefused, LinesInError, NothingToWrite, Stale, WrongStep
from projects.imports.tasks import ABANDONED_AFTER, cancel_abandoned_imports
from projects.models import LedgerEvent, ListImport, Mandate, WordMeaning
from projects.seats.mandates.services import end_mandate
from tests import acts
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
    seen = page.context["report"].fingerprint
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
    assert {row.history_user for row in risk.history.all()} == {pmo}
    assert risk.status == "assessed"
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
        (2, "Cause"),
        (3, "Catégorie"),
        (3, "Pilote"),
        (5, ""),
    ]
    assert "“gadget” is not one of the possible values. Use: Business, IT" in found[2][2]
    assert "Line 4" in found[4][2]
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
        job = services.build_import(project_one, "risks")
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
    from pmo.registers.risks import importer

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


def test_an_ended_project_takes_no_risk_of_a_file(pmo: Any, owner: Any, project_one: Any, client_of: Any) -> None:
    job, plan = check(pmo, project_one)
    browser, before = client_of(pmo), project_one.risks.count()
    acts.abandon(owner, project_one)
    with pytest.raises(Refused):
        receive(pmo, acts.fresh(project_one))
    job = ListImport.objects.get(pk=job.pk)
    with pytest.raises(Refused):
        services.import_list(actor=pmo, job=job, seen=plan.fingerprint, leave_out=False)
    assert send(browser, table_of(*ROWS)).status_code == 403
    written = browser.post(f"/list-imports/{job.pk}/write/", {"seen": plan.fingerprint})
    assert written.status_code in {403, 404}
    assert project_one.risks.count() == before


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


# — words, banners and columns of their own —


def words_of(**meant: str) -> dict[str, str]:
    """Return the fields of the page of values for categories."""
    return {f"category-{digest(word)}": f"={value}" for word, value in meant.items()}


def test_unknown_words_are_chosen_once_and_remembered_for_the_list(pmo: Any, project_one: Any, client_of: Any) -> None:
    browser = client_of(pmo)
    rows = [(f"R{n}", f"Risk {n}", "Cause", "Event", "Effect", "Gadget", "3", "3", "") for n in range(1, 4)]
    for visits in (1, 0):
        send(browser, table_of(*rows))
        job = ListImport.objects.latest("pk")
        fields = {f"column-{place}": name for place, name in enumerate(job.mapping)} | {"step": "check"}
        answer = browser.post(f"/list-imports/{job.pk}/columns/", fields)
        values = f"/list-imports/{job.pk}/values/"
        assert answer["Location"] == (values if visits else job.get_absolute_url())
        if visits:
            page = words(browser.get(values, headers=ENGLISH))
            assert (page.count("Gadget</label>"), "Refuse these lines" in page, "Leave empty" in page) == (
                1,
                True,
                False,
            )
            answer = browser.post(values, {}, headers=ENGLISH)
            assert (answer.status_code, "“Gadget”: every line needs a value. Select one" in words(answer)) == (
                422,
                True,
            )
            assert browser.post(values, words_of(Gadget="legal"))["Location"] == job.get_absolute_url()
            page = browser.get(job.get_absolute_url(), headers=ENGLISH)
            assert "1 word of the file is read with the value chosen for this list." in words(page)
            browser.post(f"/list-imports/{job.pk}/write/", {"seen": page.context["report"].fingerprint})
    assert set(project_one.risks.filter(code__in=["R1", "R2", "R3"]).values_list("category", flat=True)) == {"legal"}
    _job, plan = check(pmo, project_one, table_of(*rows))
    assert (plan.counts["same"], WordMeaning.objects.get().value) == (3, "legal")


def test_one_choice_gives_a_value_to_the_words_of_a_list_without_one(
    pmo: Any, project_one: Any, client_of: Any
) -> None:
    browser = client_of(pmo)
    found = ("Gadget", "Gizmo", "Widget")
    send(
        browser, table_of(*((f"R{n}", f"Risk {n}", "C", "E", "E", word, "3", "3", "") for n, word in enumerate(found)))
    )
    job = ListImport.objects.latest("pk")
    fields = {f"column-{place}": name for place, name in enumerate(job.mapping)} | {"step": "check"}
    values = browser.post(f"/list-imports/{job.pk}/columns/", fields)["Location"]
    assert browser.post(values, {"category-rest": "="}).status_code == 422
    assert browser.post(values, words_of(Gizmo="people") | {"category-rest": "=legal"}).status_code == 302
    chosen = {word: WordMeaning.objects.get(word=digest(word)).value for word in found}
    assert chosen == {"Gadget": "legal", "Gizmo": "people", "Widget": "legal"}


def test_a_word_left_empty_imports_its_line_without_it_and_says_so(pmo: Any, project_one: Any, client_of: Any) -> None:
    browser = client_of(pmo)
    row = ("R1", "Risk", "Cause", "Event", "Effect", "legal", "3", "3", "", "one day")
    send(browser, table_of(row, head=[*HEAD, "Proximity"]))
    job = ListImport.objects.latest("pk")
    fields = {f"column-{place}": name for place, name in enumerate(job.mapping)} | {"step": "check"}
    values = browser.post(f"/list-imports/{job.pk}/columns/", fields)["Location"]
    assert browser.post(values, {f"proximity-{digest('one day')}": "="})["Location"] == job.get_absolute_url()
    page = browser.get(job.get_absolute_url(), headers=ENGLISH)
    assert "This word is left empty: the line is imported without it." in words(page)
    browser.post(f"/list-imports/{job.pk}/write/", {"seen": page.context["report"].fingerprint})
    assert project_one.risks.get(code="R1").proximity == ""


def test_an_unknown_word_of_a_yes_or_no_column_is_chosen_too(pmo: Any, project_one: Any, client_of: Any) -> None:
    browser, head = client_of(pmo), [*HEAD, "Opportunité"]
    cells = ["Oui", "X", "vrai", "non", "✓", "plutôt", ""]
    rows = [
        (f"R{n}", f"Risk {n}", "Cause", "Event", "Effect", "legal", "3", "3", "", cell) for n, cell in enumerate(cells)
    ]
    send(browser, table_of(*rows, head=head))
    job = ListImport.objects.latest("pk")
    assert job.mapping[-1] == "opportunity"
    fields = {f"column-{place}": name for place, name in enumerate(job.mapping)} | {"step": "check"}
    values = f"/list-imports/{job.pk}/values/"
    assert browser.post(f"/list-imports/{job.pk}/columns/", fields)["Location"] == values
    page = words(browser.get(values, headers=ENGLISH))
    assert ("✓</label>" in page, "plutôt</label>" in page, "Oui</label>" in page, "Leave empty" in page) == (
        True,
        True,
        False,
        False,
    )
    chosen = {f"opportunity-{digest('✓')}": "=yes", f"opportunity-{digest('plutôt')}": "=no"}
    assert browser.post(values, chosen)["Location"] == job.get_absolute_url()
    page = browser.get(job.get_absolute_url(), headers=ENGLISH)
    browser.post(f"/list-imports/{job.pk}/write/", {"seen": page.context["report"].fingerprint})
    found = dict(project_one.risks.filter(code__startswith="R").values_list("code", "opportunity"))
    assert [found[f"R{n}"] for n in range(len(cells))] == [True, True, True, False, True, False, False]


def test_a_meaning_that_is_chosen_after_the_check_must_be_read_before_it_is_written(pmo: Any, project_one: Any) -> None:
    row = ("R1", "Risk", "Cause", "Event", "Effect", "Gadget", "3", "3", "")
    job, plan = check(pmo, project_one, table_of(row, ROWS[1]))
    services.choose_meanings(actor=pmo, job=job, meanings={"category": {digest("gadget"): "legal"}})
    with pytest.raises(Stale):
        services.import_list(actor=pmo, job=job, seen=plan.fingerprint, leave_out=True)
    assert not project_one.risks.filter(code="R1").exists()


def test_a_remembered_value_that_is_gone_asks_again(pmo: Any, project_one: Any) -> None:
    WordMeaning.objects.create(
        project=project_one, list_name="risks", field="category", word=digest("Gadget"), value="gone"
    )
    job = receive(pmo, project_one, table_of(("R1", "A", "B", "C", "D", "Gadget", "3", "3", "")))
    assert services.choose_columns(actor=pmo, job=job, mapping=job.mapping)
    assert job.meanings == {"category": {}}


def test_banners_give_the_category_of_the_risks_below_them(pmo: Any, project_one: Any) -> None:
    head = ("N°", "Risque", "Cause", "Description", "Conséquences", "Probabilité", "Gravité")
    rows = [(f"R{n}", f"Risque {n}", "Le sol.", "Il cède.", "Arrêt.", "3", "3") for n in range(1, 7)]
    banners = [(theme, *[""] * (len(head) - 1)) for theme in ("Juridique", "Externe")]
    content = table_of(banners[0], *rows[:3], banners[1], *rows[3:], head=head)
    bring_in(pmo, project_one, content)
    found = dict(project_one.risks.filter(code__in=["R3", "R4"]).values_list("code", "category"))
    assert found == {"R3": "legal", "R4": "external"}


def test_columns_of_their_own_are_kept_as_lines_of_the_event(pmo: Any, project_one: Any, client_of: Any) -> None:
    head = (*HEAD, "Vu en comité")
    for seen in ("mars", "avril"):
        job = receive(pmo, project_one, table_of((*ROWS[0], seen), head=head))
        services.choose_columns(actor=pmo, job=job, mapping=[*job.mapping[:-1], "+"])
        plan = services.plan_import(pmo, job)
        services.import_list(actor=pmo, job=job, seen=plan.fingerprint, leave_out=False)
        risk = project_one.risks.get(code="R1")
        assert (risk.event, len(plan.writes)) == (f"Son moteur lâche.\nVu en comité: {seen}", 1)


def test_errors_are_grouped_by_kind_and_refused_lines_come_back_as_a_file(
    pmo: Any, project_one: Any, client_of: Any
) -> None:
    rows = [(f"Z{n}", f"Risk {n}", "", "Event", "Effect", f"gadget {n}", "3", "3", "") for n in range(100)]
    job, _plan = check(pmo, project_one, table_of(*rows, ROWS[0]))
    browser = client_of(pmo)
    page = browser.get(job.get_absolute_url(), headers=ENGLISH)
    assert [(group.column, group.number) for group in page.context["errors"]] == [("Catégorie", 100), ("Cause", 100)]
    text = words(page)
    assert (text.count("is not one of the possible values"), "and 95 more" in text) == (5, True)
    for kind in ("csv", "xlsx"):
        answer = browser.get(f"/list-imports/{job.pk}/refused.{kind}", headers=ENGLISH)
        table = open_table(f"a.{kind}", answer.content)
        assert (table.header, len(table.rows)) == ([*HEAD, "To correct"], 100)
        assert "Catégorie: “gadget 0” is not one of" in table.rows[0][-1]
    assert browser.get(f"/list-imports/{job.pk}/refused.exe").status_code == 404
    services.stop(actor=pmo, job=job)
    assert browser.get(f"/list-imports/{job.pk}/refused.csv").status_code == 404


# — tests of acceptance —

TESTS = ("N° test", "Intitulé", "Code exigence", "N° critère", "Étapes", "Résultat attendu")


def test_tests_are_brought_in_with_their_requirement_and_criterion(amoa: Any, project_one: Any) -> None:
    fields = {"code": "R-9", "kind": "functional", "title": "A plan", "criteria": [{"number": "1", "text": "In 2 s"}]}
    requirement = write_requirement(actor=amoa, project=project_one, fields=fields)
    rows = (
        ("", "Le plan s’affiche", "r-9", "1", "Ouvrir", "Le plan"),
        ("T-700", "Le plan s’imprime", "R-9", "", "", ""),
        ("", "Le tout tient", "", "", "", ""),
        ("", "Inconnue", "R-10", "", "", ""),
        ("", "Sans critère", "R-9", "7", "", ""),
        ("", "Critère de rien", "", "1", "", ""),
    )
    content = table_of(*rows, head=TESTS)
    assert receive(amoa, project_one, content, "tests").mapping == [
        "code",
        "title",
        "requirement",
        "criterion",
        "steps",
        "expected",
    ]
    _job, plan = check(amoa, project_one, content, "tests")
    assert [(line, column) for line, column, _text in problems(plan)] == [
        (5, "Code exigence"),
        (6, "N° critère"),
        (7, "N° critère"),
    ]
    before = project_one.tests.count()
    bring_in(amoa, project_one, content, "tests", leave_out=True)
    assert project_one.tests.count() == before + 3
    one = project_one.tests.get(title="Le plan s’affiche")
    assert (one.requirement, one.criterion, one.steps, one.expected) == (requirement, "1", "Ouvrir", "Le plan")
    assert one.code == "T-701"
    assert [version.history_user for version in one.history.all()] == [amoa]
    _job, plan = check(amoa, project_one, content, "tests")
    assert plan.counts["same"] == 2  # a test of the whole without a code is another one each time


def test_only_who_plans_acceptance_brings_in_tests(cast: Any, project_one: Any) -> None:
    content = table_of(("", "A", "", "", "", ""), head=TESTS)
    for name in ("owner", "moe", "recipient", "outsider", "superuser"):
        with pytest.raises(Refused):
            receive(cast[name], project_one, content, "tests")
