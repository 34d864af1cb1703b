"""Test requirements as offices list them: a sentence without a title, formulas, values for all rows."""

from typing import Any

import pytest
from django.utils import translation

from amoa.imports import runner
from amoa.imports.models import ImportJob
from amoa.imports.problems import read_problems
from amoa.imports.services import start
from projects.imports.services import choose_columns, choose_meanings, list_unknown_words, stop
from tests.amoa.imports.factories import (
    Still,
    check_file,
    csv_of,
    guess_mapping,
    import_file,
    list_problems,
    receive_file,
)
from tests.corpus.build import build_xlsx
from tests.pages.visits import Sent

pytestmark = pytest.mark.django_db

ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}
SENTENCE = "Le portail affiche la demande en moins de deux secondes, aux heures d’affluence aussi. Voir l’annexe."
TITLE = "Le portail affiche la demande en moins de deux secondes, aux heures d’affluence aussi"
HEAD = ("N°", "Exigence", "Priorité")


@pytest.mark.parametrize(
    ("head", "cell", "field"),
    [
        ("Exigence", SENTENCE, "statement"),
        ("Exigence", "Afficher la demande", "title"),
        ("Titre", SENTENCE, "title"),
        ("Énoncé", "Afficher la demande", "statement"),
        ("Expression", SENTENCE, "statement"),
        ("Expression", "Afficher", ""),
    ],
)
def test_a_column_of_sentences_is_the_statement(head: str, cell: str, field: str) -> None:
    assert guess_mapping(["N°", head], [["1", cell], ["2", cell]]) == ["code", field]


def test_the_first_words_of_a_statement_are_its_title_and_the_check_says_so(cast: Any, project_two: Any) -> None:
    content = csv_of(("E1", SENTENCE, "Obligatoire"), ("E2", SENTENCE + " Bis", "Souhaitable"), head=HEAD)
    job = check_file(cast["other_amoa"], project_two, content)
    assert job.mapping == ["code", "statement", "priority"]
    assert (job.errors, [found for found in list_problems(job) if found[1]]) == (
        0,
        [(2, "title", "made_title"), (3, "title", "made_title")],
    )
    for language, text in (
        ("en", "The first words of the statement are used as the title."),
        ("fr", "Les premiers mots de l’énoncé servent de titre."),
    ):
        with translation.override(language):
            assert text in [row.text for row in read_problems(job.problems, job.head, job.mapping)]
    import_file(cast["other_amoa"], project_two, content)
    requirement = project_two.requirements.get(code="E1")
    assert (requirement.title, requirement.statement) == (TITLE, SENTENCE)
    again = check_file(cast["other_amoa"], project_two, content)
    assert (again.summary["new"], again.summary["same"]) == (0, 2)


def test_a_known_requirement_keeps_its_title_when_its_statement_changes(cast: Any, project_two: Any) -> None:
    import_file(cast["other_amoa"], project_two, csv_of(("E1", "Court", SENTENCE), head=("Code", "Titre", "Énoncé")))
    import_file(cast["other_amoa"], project_two, csv_of(("E1", "Autre. Phrase"), head=("Code", "Énoncé")))
    requirement = project_two.requirements.get(code="E1")
    assert (requirement.title, requirement.statement) == ("Court", "Autre. Phrase")


def test_formulas_are_marked_in_the_check_where_they_are_read(cast: Any, project_two: Any, client_of: Any) -> None:
    rows = [("E1", ('="Alerte "&A{row}', "Alerte E1"), ("=1+1", 2)), ("E2", "Trace", ("=1+1", 2))]
    content = build_xlsx([], ("Code", "Titre", "Autre"), rows)
    job = check_file(cast["other_amoa"], project_two, content, "t.xlsx")
    assert job.mapping == ["code", "title", ""]
    assert [found for found in list_problems(job) if found[1]] == [(2, "title", "computed")]
    page = client_of(cast["other_amoa"]).get(job.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "This cell contains a formula: its stored value is read" in page
    import_file(cast["other_amoa"], project_two, content, "t.xlsx")
    assert project_two.requirements.get(code="E1").title == "Alerte E1"


@pytest.mark.parametrize("headers", [ENGLISH, FRENCH])
def test_a_value_for_all_rows_is_set_on_the_page_of_columns(
    headers: dict[str, str], cast: Any, project_two: Any, client_of: Any
) -> None:
    browser = client_of(cast["other_amoa"])
    content = csv_of(("E1", "Alerte", ""), ("E2", "Trace", "Obligatoire"), head=("Code", "Titre", "Priorité"))
    browser.post("/projects/TWO/requirements/import/", {"file": Sent("n.csv", content)})
    job = ImportJob.objects.get()
    page = browser.get(f"/imports/{job.pk}/columns/", headers=headers).content.decode()
    assert ("Pour toutes les lignes" if headers is FRENCH else "For all rows") in page
    fields = {f"column-{place}": name for place, name in enumerate(job.mapping)} | {"step": "check"}
    given = {"all-kind": "need", "all-priority": "could", "all-lot": "V2"}
    browser.post(f"/imports/{job.pk}/columns/", fields | given)
    job.refresh_from_db()
    assert (job.all_rows, job.errors) == ({"kind": "need", "priority": "could", "lot": "V2"}, 0)
    import_job = import_again(cast["other_amoa"], project_two, content)
    assert import_job.all_rows == job.all_rows
    rows = project_two.requirements.filter(code__in=["E1", "E2"]).order_by("code")
    assert list(rows.values_list("kind", "priority", "lot")) == [("need", "could", "V2"), ("need", "must", "V2")]


def import_again(actor: Any, project: Any, content: bytes) -> ImportJob:
    """Import the same file once more, with what was chosen for it."""
    job = receive_file(actor, project, content, "n.csv")
    choose_columns(actor=actor, job=job, mapping=job.mapping)
    start(actor=actor, job=job, leave_out=False)
    runner.run(job.pk, Still)
    return ImportJob.objects.get(pk=job.pk)


def test_words_and_columns_are_kept_when_an_import_is_stopped(cast: Any, project_two: Any, client_of: Any) -> None:
    content = csv_of(("E1", "Alerte", "Vital"), ("E2", "Trace", "Bof"), head=("Code", "Chapitre", "Priorité"))
    first = receive_file(cast["other_amoa"], project_two, content, "n.csv")
    mapping = ["code", "title", "priority"]
    assert first.mapping != mapping
    choose_columns(actor=cast["other_amoa"], job=first, mapping=mapping)
    [vital, _bof] = list_unknown_words(first)[0]["priority"]
    answer = client_of(cast["other_amoa"]).post(f"/imports/{first.pk}/values/", {f"priority-{vital.key}": "=must"})
    assert answer.status_code == 422
    first.refresh_from_db()
    stop(actor=cast["other_amoa"], job=first)
    again = receive_file(cast["other_amoa"], project_two, content, "n.csv")
    assert again.mapping == mapping
    choose_columns(actor=cast["other_amoa"], job=again, mapping=again.mapping)
    assert again.meanings == {"priority": {vital.key: "must"}}
    choose_meanings(actor=cast["other_amoa"], job=again, meanings=again.meanings)
