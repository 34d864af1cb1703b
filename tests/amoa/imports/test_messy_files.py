"""Test the workbooks of workshops: words of their own are mapped once, refused lines come back as a file."""

import html
from typing import Any

import pytest

from amoa.imports import runner
from amoa.imports.models import ImportJob
from core.tables.reader import open_table
from core.tables.words import MOST_WORDS, digest
from projects.models import WordMeaning
from tests.amoa.imports import messy
from tests.amoa.imports.factories import Still, csv_of
from tests.effort import EFFORT
from tests.pages.visits import Sent

pytestmark = pytest.mark.django_db

UPLOAD = "/projects/TWO/requirements/import/"
FRENCH, ENGLISH = {"accept-language": "fr"}, {"accept-language": "en"}


@pytest.fixture
def browser(cast: Any, client_of: Any, monkeypatch: Any) -> Any:
    """Return the browser of the AMOA; no worker starts: these tests run the import themselves."""
    from amoa.imports import importer

    monkeypatch.setattr(importer, "nudge", lambda pk: None)
    return client_of(cast["other_amoa"])


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def send(browser: Any, content: bytes, name: str = "exigences.xlsx") -> ImportJob:
    assert browser.post(UPLOAD, {"file": Sent(name, content)}, headers=FRENCH).status_code == 302
    return ImportJob.objects.latest("pk")


def map_columns(browser: Any, job: ImportJob, **more: str) -> Any:
    fields = {f"column-{place}": name for place, name in enumerate(job.mapping)}
    return browser.post(
        f"/imports/{job.pk}/columns/", fields | {"step": "check", "banner_use": job.banner_use} | more, headers=FRENCH
    )


def fields_of(meant: dict[str, str]) -> dict[str, str]:
    """Return the fields of the page of values for these words."""
    column = dict.fromkeys(messy.KINDS, "kind") | dict.fromkeys(messy.PRIORITIES, "priority")
    return {f"{column[word]}-{digest(word)}": f"={value}" for word, value in meant.items()}


def fresh(job: ImportJob) -> ImportJob:
    return ImportJob.objects.get(pk=job.pk)


def test_a_messy_workbook_goes_in_with_one_visit_to_the_values(browser: Any, project_two: Any) -> None:
    job = send(browser, messy.workbook())
    assert (job.sheet, job.header_line, job.lines) == ("Exigences", 4, 306)
    assert job.mapping == ["code", "title", "statement", "kind", "priority", "criteria", ""]
    assert (job.banners, job.banner_use) == (6, "category")
    page = words(browser.get(f"/imports/{job.pk}/columns/", headers=FRENCH))
    assert "6 lignes ont leur première cellule seule" in page

    answer = map_columns(browser, job, **{"column-6": "+"})
    assert answer["Location"] == f"/imports/{job.pk}/values/"
    assert fresh(job).errors == 241
    page = words(browser.get(f"/imports/{job.pk}/", headers=FRENCH))
    assert "Choisir les valeurs des mots inconnus" in page
    page = words(browser.get(answer["Location"], headers=FRENCH))
    assert all(word in page for word in messy.MEANT)
    assert "Fonctionnelle</label>" not in page

    answer = browser.post(answer["Location"], fields_of(messy.MEANT), headers=FRENCH)
    assert answer["Location"] == f"/imports/{job.pk}/"
    page = words(browser.get(answer["Location"], headers=FRENCH))
    assert "3 lignes sur 306 ne peuvent pas être importées telles quelles." in page
    assert "5 mots du fichier" in page
    assert "6 lignes à une seule cellule remplie donnent la catégorie" in page
    refused = open_table("a.csv", browser.get(f"/imports/{job.pk}/refused.csv", headers=FRENCH).content)
    assert refused.header == [*messy.HEAD, "Catégorie", "À corriger"]
    assert [row[0] for row in refused.rows] == ["EX-000", "EX-001", "EX-002"]
    assert refused.rows[0][3:5] == ["NF", "Haute"]
    assert "EX-000" in refused.rows[0][-1]

    assert browser.post(f"/imports/{job.pk}/start/", {"leave_out": "on"}).status_code == 302
    assert runner.run(job.pk, Still) == "done"
    assert project_two.requirements.count() == 297
    one = project_two.requirements.get(code="EX-001")
    assert (one.kind, one.priority, one.category) == ("constraint", "must", "Thème 1")
    assert one.justification == "Charge (j): 2.5"
    assert [criterion["text"] for criterion in one.criteria] == ["La pièce 1 apparaît en 2 s"]
    assert project_two.requirements.get(code="EX-296").category == "Thème 6"
    kinds = set(project_two.requirements.values_list("kind", flat=True))
    assert kinds == {"functional", "constraint", "non_functional"}


def test_the_next_file_of_the_project_needs_no_visit(browser: Any, project_two: Any) -> None:
    job = send(browser, messy.workbook())
    browser.post(map_columns(browser, job)["Location"], fields_of(messy.MEANT))
    again = send(browser, messy.workbook("SUITE"))
    assert map_columns(browser, again)["Location"] == f"/imports/{again.pk}/"
    assert (fresh(again).errors, WordMeaning.objects.filter(project=project_two).count()) == (3, 5)


def test_what_was_remembered_can_be_changed(browser: Any, project_two: Any) -> None:
    job = send(browser, messy.workbook())
    values = map_columns(browser, job)["Location"]
    browser.post(values, fields_of(messy.MEANT))
    assert 'value="=constraint" selected' in words(browser.get(values))
    changed = fields_of(messy.MEANT | {"Donnée": "business_rule"}) | {f"kind-{digest('NF')}": "-"}
    assert browser.post(values, changed).status_code == 302
    remembered = dict(WordMeaning.objects.filter(field="kind").values_list("word", "value"))
    assert remembered == {digest("Donnée"): "business_rule", digest("Sécurité"): "non_functional"}
    assert fresh(job).errors == 62


def test_a_word_may_be_left_empty(browser: Any, project_two: Any) -> None:
    job = send(browser, csv_of(("A", "Gadget"), ("B", "GADGET"), head=("Title", "Priority")), "a.csv")
    values = map_columns(browser, job)["Location"]
    page = words(browser.get(values, headers=ENGLISH))
    assert (page.count("Gadget</label>"), page.count("GADGET</label>")) == (1, 0)
    browser.post(values, {f"priority-{digest('gadget')}": "="})
    checked = words(browser.get(job.get_absolute_url(), headers=ENGLISH))
    assert "All 2 lines are ready to be imported." in checked
    assert "This word is left empty: a new requirement becomes should have" in checked
    browser.post(f"/imports/{job.pk}/start/")
    assert runner.run(job.pk, Still) == "done"
    assert set(project_two.requirements.values_list("priority", flat=True)) == {"should"}


def test_a_word_without_a_choice_is_asked_for_on_the_spot(browser: Any, project_two: Any) -> None:
    job = send(browser, csv_of(("A", "Gadget"), ("B", "later on"), head=("Title", "Priority")), "a.csv")
    values = map_columns(browser, job)["Location"]
    answer = browser.post(values, {f"priority-{digest('gadget')}": "=must"}, headers=ENGLISH)
    assert answer.status_code == 422
    assert "“later on”: select a value, leave it empty or refuse these lines." in words(answer)
    assert 'value="=must" selected' in words(answer)
    assert fresh(job).meanings == {"priority": {digest("gadget"): "must"}}
    assert WordMeaning.objects.count() == 1


def test_one_choice_gives_a_value_to_all_words_without_one(browser: Any, project_two: Any) -> None:
    rows = [("A", "Gadget"), ("B", "later on"), ("C", "one day"), ("D", "never")]
    job = send(browser, csv_of(*rows, head=("Title", "Priority")), "a.csv")
    values = map_columns(browser, job)["Location"]
    page = browser.get(values, headers=ENGLISH)
    assert (
        f'<label for="{page.context["form"]["priority-rest"].id_for_label}">All words without a value</label>'
        in words(page)
    )
    own = {f"priority-{digest('gadget')}": "=must", f"priority-{digest('never')}": "-"}
    assert browser.post(values, own | {"priority-rest": "=could"}).status_code == 302
    assert WordMeaning.objects.count() == 3
    browser.post(f"/imports/{job.pk}/start/", {"leave_out": "on"})
    assert runner.run(job.pk, Still) == "done"
    assert dict(project_two.requirements.values_list("title", "priority")) == {"A": "must", "B": "could", "C": "could"}


@pytest.mark.parametrize(("choice", "errors", "remembered"), [("=must", 0, 500), ("=", 0, 500), ("-", 500, 0)])
def test_one_choice_counts_for_the_words_that_are_not_listed_as_well(
    choice: str, errors: int, remembered: int, browser: Any, project_two: Any
) -> None:
    assert MOST_WORDS < 500
    job = send(browser, csv_of(*((f"T {n}", f"word {n}") for n in range(500)), head=("Title", "Priority")), "a.csv")
    values = map_columns(browser, job)["Location"]
    assert browser.post(values, {"priority-rest": choice}).status_code == 302
    assert (fresh(job).errors, WordMeaning.objects.count()) == (errors, remembered)


def test_the_only_word_of_a_column_needs_no_choice_for_the_rest(browser: Any, project_two: Any) -> None:
    job = send(browser, csv_of(("A", "Gadget"), ("B", "GADGET"), head=("Title", "Priority")), "a.csv")
    values = map_columns(browser, job)["Location"]
    assert "priority-rest" not in browser.get(values).context["form"].fields
    assert browser.post(values, {"priority-rest": "=must"}).status_code == 422
    assert fresh(job).meanings == {}


def test_the_values_to_choose_from_begin_with_a_capital_like_the_other_choices(browser: Any, project_two: Any) -> None:
    job = send(browser, csv_of(("A", "Gadget"), head=("Title", "Kind")), "a.csv")
    field = browser.get(map_columns(browser, job)["Location"]).context["form"].fields[f"kind-{digest('gadget')}"]
    labels = [str(label) for _value, label in field.choices]
    assert len(labels) > 5
    assert all(label[0].isupper() for label in labels)


def test_a_known_file_asks_for_no_values(browser: Any, project_two: Any) -> None:
    job = send(browser, csv_of(("", "need", "A", "must", "")), "a.csv")
    assert map_columns(browser, job)["Location"] == f"/imports/{job.pk}/"
    answer = browser.get(f"/imports/{job.pk}/values/")
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{job.pk}/")


@pytest.mark.parametrize("value", ["=gadget", "gadget", "=must\0", "=" + "x" * 5_000])
def test_a_value_that_does_not_exist_is_refused(value: str, browser: Any, project_two: Any) -> None:
    job = send(browser, csv_of(("A", "urgent"), head=("Title", "Priority")), "a.csv")
    values = map_columns(browser, job)["Location"]
    assert browser.post(values, {f"priority-{digest('urgent')}": value}).status_code == 422
    assert (fresh(job).meanings, WordMeaning.objects.count()) == ({}, 0)


def test_a_value_for_the_rest_that_does_not_exist_is_refused(browser: Any, project_two: Any) -> None:
    job = send(browser, csv_of(("A", "urgent"), ("B", "later on"), head=("Title", "Priority")), "a.csv")
    values = map_columns(browser, job)["Location"]
    page = browser.post(values, {"priority-rest": "=gadget"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["priority-rest"])
    assert (fresh(job).meanings, WordMeaning.objects.count()) == ({}, 0)


def test_many_words_are_offered_up_to_a_limit_and_the_others_refused(browser: Any, project_two: Any) -> None:
    many = 10_000 if EFFORT > 1 else 3_000
    rows = [(f"T {n}", f"word {n}") for n in range(many)]
    job = send(browser, csv_of(*rows, head=("Title", "Priority")), "a.csv")
    values = map_columns(browser, job)["Location"]
    page = browser.get(values, headers=ENGLISH)
    shown = {f"priority-{digest(f'word {n}')}": "=must" for n in range(MOST_WORDS)}
    assert page.context["form"].fields.keys() == {*shown, "priority-rest"}
    assert f"{many - MOST_WORDS} other words are not listed." in words(page)
    browser.post(values, shown)
    assert (fresh(job).errors, WordMeaning.objects.count()) == (many - MOST_WORDS, MOST_WORDS)
    page = words(browser.get(job.get_absolute_url(), headers=ENGLISH))
    assert page.count("Found “word") == 5
    assert len(page) < 60_000


def test_long_words_and_words_like_markup_are_only_text(browser: Any, project_two: Any) -> None:
    long = "x" * 5_000
    rows = [("A", long), ("B", "<script>alert(1)</script>"), ("C", "★★"), ("D", "★"), ("E", "=1+1")]
    job = send(browser, csv_of(*rows, head=("Title", "Priority")), "a.csv")
    values = map_columns(browser, job)["Location"]
    page = browser.get(values).content.decode()
    assert "<script>alert" not in page
    assert "x" * 81 not in page
    chosen = {f"priority-{digest(word)}": "=must" for word in (long, "<script>alert(1)</script>", "★★", "=1+1")}
    chosen[f"priority-{digest('★')}"] = "-"
    assert browser.post(values, chosen).status_code == 302
    refused = browser.get(f"/imports/{job.pk}/refused.csv", headers=ENGLISH).content
    assert [row[:2] for row in open_table("a.csv", refused).rows] == [["D", "★"]]


def test_refused_lines_come_back_corrected(browser: Any, project_two: Any) -> None:
    rows = [("R-1", "=1+1", "urgent"), ("R-2", "B", "must"), ("R-3", "x" * 201, "must")]
    job = send(browser, csv_of(*rows, head=("Code", "Title", "Priority")), "a.csv")
    map_columns(browser, job)
    assert "download them first" in words(browser.get(job.get_absolute_url(), headers=ENGLISH))
    answer = browser.get(f"/imports/{job.pk}/refused.xlsx", headers=ENGLISH)
    assert answer["Content-Disposition"] == 'attachment; filename="a-to correct.xlsx"'
    table = open_table("a.xlsx", answer.content)
    assert table.header == ["Code", "Title", "Priority", "To correct"]
    assert [row[0] for row in table.rows] == ["R-1", "R-3"]
    assert table.rows[0][1] == "=1+1"
    assert "urgent" in table.rows[0][3]
    back = send(browser, answer.content, "a.xlsx")
    assert back.mapping == ["code", "title", "priority", ""]


def test_only_a_checked_file_gives_its_refused_lines_and_only_to_its_author(
    browser: Any, cast: Any, client_of: Any, project_two: Any
) -> None:
    job = send(browser, csv_of(("A", "urgent"), head=("Title", "Priority")), "a.csv")
    assert browser.get(f"/imports/{job.pk}/refused.csv").status_code == 404
    map_columns(browser, job)
    assert browser.get(f"/imports/{job.pk}/refused.exe").status_code == 404
    for name in ("other_owner", "other_pmo", "outsider", "superuser"):
        other = client_of(cast[name])
        assert other.get(f"/imports/{job.pk}/refused.csv").status_code == 404
        assert other.get(f"/imports/{job.pk}/values/").status_code == 404
        assert other.post(f"/imports/{job.pk}/values/", {f"priority-{digest('urgent')}": "=must"}).status_code == 404
    browser.post(f"/imports/{job.pk}/stop/")
    assert browser.get(f"/imports/{job.pk}/refused.csv").status_code == 404
    assert browser.post(f"/imports/{job.pk}/values/", {}).status_code == 302
    assert not WordMeaning.objects.exists()


def test_kept_columns_join_the_text_that_is_there_and_replace_their_own_lines(browser: Any, project_two: Any) -> None:
    head = ("Code", "Title", "Effort")
    for effort in ("2", "3"):
        job = send(browser, csv_of(("R-1", "A", effort), head=head), "a.csv")
        map_columns(browser, job, **{"column-2": "+"})
        browser.post(f"/imports/{job.pk}/start/")
        assert runner.run(job.pk, Still) == "done"
        one = project_two.requirements.get(code="R-1")
        assert one.justification == f"Effort: {effort}"
    job = send(browser, csv_of(("R-1", "A", "4", "Why"), head=(*head, "Justification")), "a.csv")
    map_columns(browser, job, **{"column-2": "+"})
    browser.post(f"/imports/{job.pk}/start/")
    runner.run(job.pk, Still)
    one.refresh_from_db()
    assert one.justification == "Why\nEffort: 4"


@pytest.mark.parametrize(("use", "errors"), [("skip", 3), ("lines", 9)])
def test_banners_may_be_skipped_or_checked_like_other_lines(
    use: str, errors: int, browser: Any, project_two: Any
) -> None:
    job = send(browser, messy.workbook())
    values = map_columns(browser, job, banner_use=use)["Location"]
    browser.post(values, fields_of(messy.MEANT))
    assert fresh(job).errors == errors
    assert map_columns(browser, job, banner_use="gadget").status_code == 422
