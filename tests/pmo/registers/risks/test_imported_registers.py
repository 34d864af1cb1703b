"""Test registers of other tools: status, holder, action and due date of a risk, and what one column stands in for."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from core.access import Refused
from core.acts import cached_reads
from core.tables.writer import as_csv
from pmo.enums import Reason
from pmo.registers.risks.enums import RiskStatus
from pmo.registers.risks.models import Risk
from projects.imports import services
from projects.imports.plan import NO_COLUMN, Plan
from projects.models import ListImport, Notification
from tests.corpus.build import build_xlsx
from tests.database import statements
from tests.pages.visits import Sent
from tests.projects.imports.factories import bring_in, check, problems, receive

pytestmark = pytest.mark.django_db

ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}
HEAD = (
    "N°",
    "Intitulé",
    "Cause",
    "Conséquence",
    "Catégorie",
    "Probabilité",
    "Gravité",
    "Porteur",
    "Action",
    "Échéance",
    "Statut",
)


def line(number: int, **cells: str) -> tuple[str, ...]:
    """Return a line of a register; `cells` by header."""
    usual = {
        "N°": f"R{number}",
        "Intitulé": f"Risque {number}",
        "Cause": "Le sol",
        "Conséquence": "Du retard",
        "Catégorie": "métier",
        "Probabilité": "2",
        "Gravité": "2",
    }
    return tuple((usual | cells).get(name, "") for name in HEAD)


def check_lines(actor: Any, project: Any, *lines: tuple[str, ...]) -> Plan:
    with translation.override("en"):
        _job, plan = check(actor, project, as_csv(HEAD, lines))
        return plan


def bring(actor: Any, project: Any, *lines: tuple[str, ...]) -> dict[str, Risk]:
    """Bring these lines in; return the risks by code."""
    bring_in(actor, project, as_csv(HEAD, lines))
    return {risk.code: risk for risk in project.risks.all()}


def warnings(plan: Plan) -> list[tuple[int, str, str]]:
    return [(row.line, row.column, row.text) for row in plan.warnings]


def test_the_title_serves_as_the_event_and_the_check_says_so(pmo: Any, project_one: Any) -> None:
    plan = check_lines(pmo, project_one, line(1))
    assert (problems(plan), warnings(plan)) == ([], [(2, "Event", "The title is used as the event.")])
    assert bring(pmo, project_one, line(1))["R1"].event == "Risque 1"
    assert check_lines(pmo, project_one, line(1)).counts["same"] == 1


def test_the_first_words_of_the_event_serve_as_the_title(pmo: Any, project_one: Any) -> None:
    head = ("Description", "Cause", "Effet", "Catégorie", "Probabilité", "Gravité")
    event = "La grue tombe sur le quai. Elle a quarante ans."
    content = as_csv(head, [(event, "Vent", "Retard", "métier", "2", "3")])
    with translation.override("en"):
        job, plan = check(pmo, project_one, content)
    assert job.mapping[0] == "event"
    assert [text for _line, _column, text in warnings(plan)] == ["The first words of the event are used as the title."]
    bring_in(pmo, project_one, content)
    assert project_one.risks.get(event=event).title == "La grue tombe sur le quai"
    _job, plan = check(pmo, project_one, content)
    assert plan.counts["same"] == 1


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Ouvert", RiskStatus.ASSESSED),
        ("En cours", RiskStatus.ASSESSED),
        ("Clos", RiskStatus.CLOSED),
        ("Fermé", RiskStatus.CLOSED),
        ("écarté", RiskStatus.REJECTED),
        ("", RiskStatus.ASSESSED),
        ("accepté", RiskStatus.ACCEPTED),
    ],
)
def test_the_status_of_a_register_is_imported(word: str, status: str, pmo: Any, project_one: Any) -> None:
    risk = bring(pmo, project_one, line(1, Statut=word))["R1"]
    assert risk.status == status
    assert risk.ratings.count() == 1
    settled = status in {RiskStatus.CLOSED, RiskStatus.REJECTED, RiskStatus.ACCEPTED}
    assert list(risk.reviews.values_list("by", flat=True)) == ([pmo.pk] if settled else [])
    assert check_lines(pmo, project_one, line(1, Statut=word)).counts["same"] == 1


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (
            {"Statut": "Accepté", "Probabilité": "4"},
            "Only a decision of the owner accepts an amber or red risk: it is assessed.",
        ),
        ({"Statut": "Traité"}, "A treated risk needs its treatment: it is assessed."),
        ({"Statut": "Survenu"}, "A risk that has happened becomes an issue on its page: it is assessed."),
    ],
)
def test_a_file_decides_nothing(cells: dict[str, str], text: str, pmo: Any, project_one: Any) -> None:
    plan = check_lines(pmo, project_one, line(1, **cells))
    assert (2, "Statut", text) in warnings(plan)
    risk = bring(pmo, project_one, line(1, **cells))["R1"]
    assert (risk.status, risk.acceptance) == (RiskStatus.ASSESSED, None)


def test_a_register_that_comes_back_closes_and_reopens_its_risks(pmo: Any, project_one: Any) -> None:
    bring(pmo, project_one, line(1, Statut="Ouvert"), line(2, Statut="Ouvert"))
    plan = check_lines(pmo, project_one, line(1, Statut="Clos"), line(2, Statut="Ouvert"))
    assert (plan.counts["changed"], plan.counts["same"]) == (1, 1)
    assert bring(pmo, project_one, line(1, Statut="Clos"))["R1"].status == RiskStatus.CLOSED
    reopened = bring(pmo, project_one, line(1, Statut="Ouvert", Gravité="3"))["R1"]
    assert (reopened.status, reopened.impact) == (RiskStatus.ASSESSED, 3)
    rejected = bring(pmo, project_one, line(3, Statut="écarté"))["R3"]
    assert rejected.status == RiskStatus.REJECTED
    assert [column for _line, column, _text in problems(check_lines(pmo, project_one, line(3, Statut="Ouvert")))] == [
        "Statut"
    ]


@pytest.mark.parametrize("name", ["Agnès Blanchard", "BLANCHARD Agnès", "PMO", "pmo"])
def test_a_holder_is_a_role_or_a_person_who_holds_it(name: str, pmo: Any, project_one: Any) -> None:
    pmo.name = "Agnès Blanchard"
    pmo.save()
    assert bring(pmo, project_one, line(1, Porteur=name))["R1"].owner_role == "PMO"


def test_two_people_of_one_name_are_asked_about(pmo: Any, amoa: Any, project_one: Any) -> None:
    for person in (pmo, amoa):
        person.name = "Agnès Blanchard"
        person.save()
    plan = check_lines(pmo, project_one, line(1, Porteur="Agnès Blanchard"))
    assert [column for _line, column, _text in problems(plan)] == ["Porteur"]


def test_an_action_comes_with_its_holder_and_its_due_date(pmo: Any, project_one: Any) -> None:
    cells = {"Porteur": "PMO", "Action": "Louer une grue", "Échéance": "lun. 15/03/27"}
    action = bring(pmo, project_one, line(1, **cells))["R1"].actions.get()
    assert (action.text, action.role, action.due_on) == ("Louer une grue", "PMO", date(2027, 3, 15))
    assert check_lines(pmo, project_one, line(1, **cells)).counts["same"] == 1
    more = cells | {"Action": "Former un grutier", "Échéance": "16/03/2027"}
    risk = bring(pmo, project_one, line(1, **more))["R1"]
    assert [action.text for action in risk.actions.order_by("pk")] == ["Louer une grue", "Former un grutier"]


def test_an_action_without_a_day_is_kept_as_a_line_of_the_event(pmo: Any, project_one: Any) -> None:
    cells = {"Porteur": "PMO", "Action": "Louer une grue"}
    plan = check_lines(pmo, project_one, line(1, **cells))
    assert [column for _line, column, _text in warnings(plan)] == ["Event", "Action"]
    with translation.override("fr"):
        risk = bring(pmo, project_one, line(1, **cells))["R1"]
    assert (risk.actions.count(), risk.event) == (0, "Risque 1\nAction: Louer une grue")
    assert "this one is not added" in warnings(check_lines(pmo, project_one, line(1, **cells)))[0][2]


def test_who_keeps_no_register_brings_in_no_status_and_no_action(cast: Any, project_one: Any) -> None:
    lines = (line(1, Statut="Clos"), line(2, Porteur="PMO", Action="Louer", Échéance="2027-03-15"), line(3))
    plan = check_lines(cast["recipient"], project_one, *lines)
    assert sorted(plan.wrong) == [2, 3]
    opened = check_lines(cast["recipient"], project_one, line(4, Statut="Ouvert"))
    assert (problems(opened), "status" in opened.new[0].fields) == ([], False)
    with pytest.raises(Refused):
        check(cast["outsider"], project_one, as_csv(HEAD, lines))


NO_CATEGORY = ("Intitulé", "Conséquence", "Probabilité", "Gravité")


@pytest.mark.parametrize("headers", [ENGLISH, FRENCH])
def test_a_value_for_all_rows_fills_what_the_file_has_no_column_for(
    headers: dict[str, str], pmo: Any, project_one: Any, client_of: Any
) -> None:
    browser = client_of(pmo)
    content = as_csv(NO_CATEGORY, [(f"Risque {n}", "Retard", "3", "2 - faible") for n in range(3)])
    answer = browser.post("/projects/ONE/import/risks/", {"file": Sent("r.csv", content)}, headers=headers)
    job = ListImport.objects.get()
    columns = answer["Location"]
    page = browser.get(columns, headers=headers)
    assert [field.name for field in page.context["columns"].list_missing()] == ["all-cause", "all-category"]
    fields = {f"column-{place}": name for place, name in enumerate(job.mapping)} | {"step": "check"}
    browser.post(columns, fields, headers=headers)
    page = browser.get(job.get_absolute_url(), headers=headers)
    words = ("no column for these fields", "value for all rows")
    if headers is FRENCH:
        words = ("pas de colonne pour ces champs", "valeur pour toutes les lignes")
    assert all(word in page.content.decode() for word in words)
    assert page.context["report"].counts["left_out"] == 3
    browser.post(columns, fields | {"all-category": "business", "all-cause": "Sol"}, headers=headers)
    job.refresh_from_db()
    plan = services.plan_import(pmo, job)
    assert problems(plan) == []
    assert {(entry.fields["category"], entry.fields["cause"]) for entry in plan.new} == {("business", "Sol")}
    shown = browser.get(columns, headers=headers)
    assert shown.context["columns"]["all-category"].value() == "business"


def test_a_value_for_all_rows_leaves_the_cells_that_are_filled(pmo: Any, project_one: Any) -> None:
    job = receive(pmo, project_one, as_csv(HEAD, [line(1), line(2, Catégorie=""), line(3, Catégorie="externe")]))
    services.choose_columns(actor=pmo, job=job, mapping=job.mapping, all_rows={"category": "legal"})
    plan = services.plan_import(pmo, job)
    assert [entry.fields["category"] for entry in plan.new] == ["business", "legal", "external"]


def test_an_unknown_value_for_all_rows_is_refused(pmo: Any, project_one: Any, client_of: Any) -> None:
    job = receive(pmo, project_one)
    fields = {f"column-{place}": name for place, name in enumerate(job.mapping)}
    answer = client_of(pmo).post(f"/list-imports/{job.pk}/columns/", fields | {"all-category": "gadget"})
    assert answer.status_code == 422


def test_a_field_without_a_column_is_told_apart_from_an_empty_cell(pmo: Any, project_one: Any) -> None:
    content = as_csv(("Intitulé", "Cause", "Conséquence", "Probabilité", "Gravité"), [("Crue", "", "Retard", "1", "1")])
    _job, plan = check(pmo, project_one, content)
    assert sorted(row.kind for row in plan.problems) == [NO_COLUMN, "required"]


def test_formulas_are_marked_in_the_check_where_they_are_read(pmo: Any, project_one: Any, client_of: Any) -> None:
    head = ("N°", "Intitulé", "Cause", "Conséquence", "Catégorie", "Probabilité", "Gravité", "Criticité")
    rows = [(f"R{n}", f"Risque {n}", "Sol", "Retard", "métier", ("=1+1", 2), 3, ("=F{row}*G{row}", 6)) for n in (1, 2)]
    content = build_xlsx(["Registre"], head, rows)
    job, plan = check(pmo, project_one, content, file="r.xlsx")
    assert (problems(plan), [entry.fields["likelihood"] for entry in plan.new]) == ([], [2, 2])
    assert [(row.line, row.column) for row in plan.warnings if row.kind == "computed"] == [
        (4, "Probabilité"),
        (5, "Probabilité"),
    ]
    page = client_of(pmo).get(job.get_absolute_url(), headers=FRENCH).content.decode()
    assert "Cette cellule contient une formule" in page


def test_a_line_that_adds_up_others_is_skipped_and_said_so(pmo: Any, project_one: Any, client_of: Any) -> None:
    total = ("Total", "", "", "", "", "5", "9", "", "", "", "")
    job, plan = check(pmo, project_one, as_csv(HEAD, [line(1), total]))
    assert (plan.skipped, plan.counts["new"], problems(plan)) == ([3], 1, [])
    page = client_of(pmo).get(job.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "1 line is skipped." in " ".join(page.split())


def test_words_and_columns_are_kept_when_an_import_is_stopped(pmo: Any, project_one: Any, client_of: Any) -> None:
    browser = client_of(pmo)
    rows = [line(number, Catégorie="Chantier", Porteur="Le grutier") for number in range(3)]
    content = as_csv(("Réf", "Libellé", "Pourquoi", *HEAD[3:]), rows)
    first = receive(pmo, project_one, content)
    assert "cause" not in first.mapping
    fields = {f"column-{place}": name for place, name in enumerate(first.mapping)} | {"column-2": "cause"}
    answer = browser.post(f"/list-imports/{first.pk}/columns/", fields | {"all-response": "accept"})
    form = browser.get(answer["Location"]).context["form"]
    words = {name: f"={'it' if name.startswith('category') else 'PMO'}" for name in form.fields if "rest" not in name}
    browser.post(answer["Location"], words)
    browser.post(f"/list-imports/{first.pk}/stop/")
    again = receive(pmo, project_one, content)
    assert (again.mapping[2], again.all_rows) == ("cause", {"response": "accept"})
    assert services.choose_columns(actor=pmo, job=again, mapping=again.mapping) is False
    plan = services.plan_import(pmo, again)
    assert problems(plan) == []
    assert {(entry.fields["category"], entry.fields["owner_role"]) for entry in plan.new} == {("it", "PMO")}


def test_words_are_kept_even_when_one_of_them_has_no_value_yet(pmo: Any, project_one: Any, client_of: Any) -> None:
    browser = client_of(pmo)
    rows = [line(1, Catégorie="Chantier"), line(2, Catégorie="Quai")]
    first = receive(pmo, project_one, as_csv(HEAD, rows))
    services.choose_columns(actor=pmo, job=first, mapping=first.mapping)
    unknown, _choices = services.list_unknown_words(first)
    [chosen, _open] = unknown["category"]
    answer = browser.post(f"/list-imports/{first.pk}/values/", {f"category-{chosen.key}": "=it"})
    assert answer.status_code == 422
    browser.post(f"/list-imports/{first.pk}/stop/")
    again = receive(pmo, project_one, as_csv(HEAD, rows))
    assert services.choose_columns(actor=pmo, job=again, mapping=again.mapping) is True
    assert again.meanings == {"category": {chosen.key: "it"}}


def test_the_check_of_a_register_asks_as_often_for_many_risks_as_for_few(pmo: Any, project_one: Any) -> None:
    def count(number: int) -> int:
        cells = {"Porteur": "PMO", "Action": "Louer", "Échéance": "15/03/2027"}
        words = ("Ouvert", "Clos", "Accepté")
        lines = [line(place, **cells, Statut=words[place % 3]) for place in range(number)]
        job, _plan = check(pmo, project_one, as_csv(HEAD, lines))
        with cached_reads(), statements() as sent:
            services.plan_import(pmo, job)
        return sum(sent.values())

    assert count(3) == count(60)


def test_a_red_risk_that_the_register_has_closed_is_told_to_nobody(pmo: Any, project_one: Any) -> None:
    red = {"Probabilité": "5", "Gravité": "5"}
    bring(pmo, project_one, line(1, Statut="Clos", **red), line(2, Statut="Clos", **red))
    assert not Notification.objects.filter(reason__in=(Reason.RISK_RED, Reason.RISKS_RED)).exists()
    bring(pmo, project_one, line(1, Statut="Ouvert", **red), line(2, Statut="Ouvert", **red))
    assert {notice.reason for notice in Notification.objects.exclude(recipient=pmo)} == {Reason.RISKS_RED}
