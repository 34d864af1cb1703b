"""Test every list that a file brings in: by whom, in which columns, and what is written."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from core.access import Refused
from core.tables.reader import open_table
from core.tables.writer import as_csv
from pmo.models import SuccessCriterion
from projects.imports import services
from projects.imports.choices import build_cells
from projects.imports.registry import all_importers, find_importer
from projects.imports.services import LineRefused
from projects.models import LedgerEvent, Mandate, RecipientGroup
from projects.notices.enums import Reason
from projects.notices.models import Notification
from projects.seats.mandates.services import end_mandate
from roles.reauthentication.proofs import NOTE, ProofTooOld, within
from tests.pmo.registers.risks.factories import create_risk
from tests.projects.imports.factories import bring_in, check, problems, table_of

pytestmark = pytest.mark.django_db

IN_A_MONTH = (timezone.localdate() + timedelta(days=30)).isoformat()
#: list → who brings it in, the head, one line.
LISTS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "milestones": ("pmo", ("Code", "Jalon", "Date initiale"), ("J9", "Ouverture du guichet", "15/03/2027")),
    "budget-lines": (
        "pmo",
        ("Poste", "Enveloppe", "Engagé", "Atterrissage"),
        ("Études neuves", "12 500,50", "0", "13 000"),
    ),
    "success-criteria": ("pmo", ("Critère", "Mesure", "Cible"), ("Moins d’attente", "Relevé mensuel", "10 min")),
    "benefits": ("amoa", ("Bénéfice", "Mesure", "Cible"), ("Moins de papier", "Relevé annuel", "50 %")),
    "recipients": ("amoa", ("Groupe", "Effectif", "Intérêt"), ("Pêcheurs du soir", "40", "élevé")),
    "risk-actions": ("pmo", ("Code risque", "Action", "Responsable", "Échéance"), ("R1", "Louer", "PMO", IN_A_MONTH)),
    "project-actions": ("pmo", ("Action", "Personne", "Échéance"), ("Compter les lampes", "PMO", IN_A_MONTH)),
    "earlier-decisions": (
        "pmo",
        ("N°", "Date", "Objet", "Sens", "Signataire"),
        ("2021-07", "03/03/2021", "Machine à glace", "Approuvée", "Paule Kerné"),
    ),
    "tests": (
        "amoa",
        ("N° de test", "Intitulé", "Étapes", "Résultat attendu"),
        ("T-900", "Le plan s’affiche", "Ouvrir le plan", "Il s’affiche"),
    ),
    "mandates": ("owner", ("Rôle", "Courriel", "Groupe"), ("DEST", "outsider@example.org", "Pêcheurs")),
}


@pytest.fixture
def risk(pmo: Any, project_one: Any) -> Any:
    return create_risk(pmo, project_one, code="R1")


#: List → who else keeps the register, or proposes the scope.
ALSO = {"risk-actions": {"amoa"}, "success-criteria": {"amoa"}, "project-actions": {"owner", "amoa"}}


def test_every_list_is_tested_here() -> None:
    ours = {importer.name for importer in all_importers() if not importer.of_organisation}
    assert ours == {"risks", "requirements", *LISTS}  # those two: tests of their own


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_brought_in_by_those_who_write_it(name: str, cast: Any, project_one: Any, risk: Any) -> None:
    by, head, row = LISTS[name]
    content = table_of(row, head=head)
    for other in {"owner", "pmo", "amoa", "moe", "recipient", "outsider", "staff_admin"} - {by}:
        if other in ALSO.get(name, ()):
            continue
        with pytest.raises(Refused):
            check(cast[other], project_one, content, name)
    rows = len(list(find_importer(name).list_rows(project_one)))  # type: ignore[union-attr]
    job = bring_in(cast[by], project_one, content, name)
    assert job.summary == {"new": 1, "changed": 0, "same": 0, "left_out": 0}
    assert len(list(find_importer(name).list_rows(project_one))) == rows + 1  # type: ignore[union-attr]
    assert LedgerEvent.objects.filter(act="import_list", detail=name).count() == 1
    _job, plan = check(cast[by], project_one, content, name)
    assert (plan.counts["same"], problems(plan)) == (1, [])


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", ["risks", *LISTS])
def test_a_template_comes_back_unchanged(name: str, language: str, cast: Any, project_one: Any, risk: Any) -> None:
    by, head, row = LISTS.get(name, ("pmo", (), ()))
    if row:
        bring_in(cast[by], project_one, table_of(row, head=head), name)
    importer: Any = find_importer(name)
    with translation.override(language):
        rows = [list(cells.values()) for cells in build_cells(importer, project_one)]
        content = as_csv([str(column.label) for column in importer.columns], rows)
        job, plan = check(cast[by], project_one, content, name)
        assert job.mapping == [column.name for column in importer.columns]
        assert (problems(plan), plan.writes, plan.counts["same"]) == ([], [], len(rows))


@pytest.mark.parametrize("name", LISTS)
def test_the_page_of_a_list_leads_to_its_import(
    name: str, cast: Any, project_one: Any, risk: Any, client_of: Any
) -> None:

    importer: Any = find_importer(name)
    browser = client_of(cast[LISTS[name][0]])
    page = browser.get(reverse(importer.back_url_name, args=["ONE"])).content.decode()
    address = reverse("projects:imports:list_import_new", args=["ONE", name])
    assert address in page
    assert browser.get(address).status_code == 200
    answer = browser.get(f"{address}template.xlsx")
    assert answer.status_code == 200
    if list(importer.list_rows(project_one)):
        assert open_table("list.xlsx", answer.content).rows


def test_a_milestone_that_moves_keeps_its_plan_and_says_why(pmo: Any, project_one: Any) -> None:
    head = ("Code", "Name", "Initial date", "Expected on", "Why it changes", "Reached on")
    bring_in(
        pmo, project_one, table_of(("J9", "Go", "2027-03-15", "2027-04-01", "Strike", ""), head=head), "milestones"
    )
    row = project_one.milestones.get(code="J9")
    assert (row.baseline_on, row.forecast_on) == (date(2027, 3, 15), date(2027, 4, 1))
    assert [forecast.reason for forecast in row.forecasts.order_by("pk")] == ["", "Strike"]
    moved = ("J9", "Go", "2027-03-16", "2027-05-01", "", "")
    _job, plan = check(pmo, project_one, table_of(moved, head=head), "milestones")
    assert [column for _line, column, _text in problems(plan)] == ["Initial date"]
    moved = ("J9", "Go", "2027-03-15", "2027-05-01", "", "")
    _job, plan = check(pmo, project_one, table_of(moved, head=head), "milestones")
    assert [column for _line, column, _text in problems(plan)] == ["Why it changes"]
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    reached = ("J9", "Gone", "2027-03-15", "2027-05-01", "Rain", yesterday)
    bring_in(pmo, project_one, table_of(reached, head=head), "milestones")
    row.refresh_from_db()
    assert (row.name, row.forecast_on, str(row.actual_on)) == ("Gone", date(2027, 5, 1), yesterday)


def test_a_figure_that_changes_is_a_reading(pmo: Any, project_one: Any) -> None:
    _by, head, row = LISTS["budget-lines"]
    head = (*head, "Note")
    bring_in(pmo, project_one, table_of((*row, "First"), head=head), "budget-lines")
    line = project_one.budget_lines.get(label=row[0])
    assert (line.envelope, line.forecast) == (Decimal("12500.50"), Decimal(13000))
    _job, plan = check(pmo, project_one, table_of((*row, "Another note"), head=head), "budget-lines")
    assert plan.writes == []
    bring_in(pmo, project_one, table_of((row[0], "12 500,50", "400", "13 000", "Ordered"), head=head), "budget-lines")
    assert [reading.note for reading in line.readings.order_by("pk")] == ["First", "Ordered"]


def test_amounts_and_days_that_change_are_shown_in_the_language_of_the_reader(pmo: Any, project_one: Any) -> None:
    _by, head, row = LISTS["budget-lines"]
    bring_in(pmo, project_one, table_of(row, head=head), "budget-lines")
    stages = ("Code", "Name", "Initial date", "Expected on", "Why it changes", "Reached on")
    stage = ("J9", "Go", "2027-03-15", "2027-04-01", "Strike", "")
    bring_in(pmo, project_one, table_of(stage, head=stages), "milestones")
    figures, moved = (row[0], "12 500,50", "400", "1 413 000,50"), (*stage[:3], "2027-05-02", "Rain", "")
    shown = {"fr": ("1\xa0413\xa0000,50", "2 mai 2027"), "en": ("1,413,000.50", "2 May 2027")}
    for language, (amount, day) in shown.items():
        with translation.override(language):
            _job, lines = check(pmo, project_one, table_of(figures, head=head), "budget-lines")
            _job, dates = check(pmo, project_one, table_of(moved, head=stages), "milestones")
        assert (lines.changed[0].after["forecast"], dates.changed[0].after["forecast_on"]) == (amount, day)


@pytest.mark.parametrize(("wrong", "lines"), [(1, "Line 2"), (2, "Lines 2, 3")])
def test_the_lines_of_a_problem_are_counted(wrong: int, lines: str, pmo: Any, project_one: Any, client_of: Any) -> None:
    _by, head, row = LISTS["budget-lines"]
    table = table_of(*((f"Line of {number}", "many", *row[2:]) for number in range(wrong)), head=head)
    job, _plan = check(pmo, project_one, table, "budget-lines")
    page = client_of(pmo).get(job.get_absolute_url(), headers={"accept-language": "en"}).text
    problem = " ".join(page.partition("Write an amount in figures")[2].split())
    assert f'<p class="small muted">{lines}</p>' in problem


def test_an_approved_criterion_keeps_its_words(pmo: Any, project_one: Any) -> None:
    _by, head, row = LISTS["success-criteria"]
    bring_in(pmo, project_one, table_of(row, head=head), "success-criteria")
    criterion = SuccessCriterion.objects.get(project=project_one, text=row[0])
    assert (criterion.state, criterion.kind, criterion.due_gate, criterion.months_after) == (
        "proposed",
        "criterion",
        "G5",
        0,
    )


def test_an_action_names_a_risk_of_the_register(pmo: Any, project_one: Any, risk: Any) -> None:
    _by, head, row = LISTS["risk-actions"]
    _job, plan = check(pmo, project_one, table_of(("R404", *row[1:]), head=head), "risk-actions")
    assert [column for _line, column, _text in problems(plan)] == ["Code risque"]
    bring_in(pmo, project_one, table_of(row, head=head), "risk-actions")
    today = timezone.localdate().isoformat()
    bring_in(pmo, project_one, table_of((*row, today), head=(*head, "Done on")), "risk-actions")
    action = risk.actions.get()
    assert (action.text, action.role, str(action.done_on)) == ("Louer", "PMO", today)


def test_a_mandate_proves_the_seat_and_tells_its_holder(owner: Any, cast: Any, project_one: Any) -> None:
    _by, head, row = LISTS["mandates"]
    bring_in(owner, project_one, table_of(row, head=head), "mandates")
    mandate = Mandate.objects.get(project=project_one, holder=cast["outsider"])
    assert (mandate.role.code, mandate.appointed_by, mandate.accepted_at) == ("DEST", owner, None)
    assert RecipientGroup.objects.filter(project=project_one, name="Pêcheurs").exists()
    assert LedgerEvent.objects.filter(act="appoint", subject_id=mandate.pk).count() == 1
    assert Notification.objects.filter(recipient=cast["outsider"], reason=Reason.ROLE_GIVEN).count() == 1


def test_mandates_of_a_file_are_given_by_ones_own_hand_as_one_by_one(
    owner: Any, pmo: Any, project_one: Any, client_of: Any
) -> None:
    old = client_of(owner).session
    old.pop(NOTE)
    _by, head, row = LISTS["mandates"]
    with within(old), pytest.raises(ProofTooOld):
        bring_in(owner, project_one, table_of(row, head=head), "mandates")
    _by, head, row = LISTS["milestones"]
    with within(old):
        bring_in(pmo, project_one, table_of(row, head=head), "milestones")


WRONG = [
    ("MOA", "outsider@example.org"),
    ("DEST", "nobody@example.org"),
    ("DEST", "owner@example.org"),
    ("MOE", "pmo@example.org"),
]


@pytest.mark.parametrize(("role", "email"), WRONG)
def test_a_mandate_that_cannot_be_given_is_told_by_its_line(
    role: str, email: str, owner: Any, project_one: Any
) -> None:
    _job, plan = check(owner, project_one, table_of((role, email), head=("Role", "Email")), "mandates")
    assert [line for line, _column, _text in problems(plan)] == [2]


def test_nobody_gets_a_seat_when_one_line_fails(owner: Any, pmo: Any, cast: Any, project_one: Any) -> None:
    """Two people for a role that takes one: the second line is refused as it is written."""
    end_mandate(actor=owner, mandate=Mandate.objects.get(project=project_one, holder=pmo), because="Gone.")
    rows = (("PMO", "outsider@example.org"), ("PMO", cast["staff_admin"].email))
    job, plan = check(owner, project_one, table_of(*rows, head=("Role", "Email")), "mandates")
    assert (problems(plan), plan.counts["new"]) == ([], 2)
    before = project_one.mandates.count()
    with pytest.raises(LineRefused) as error:
        services.import_list(actor=owner, job=job, seen=plan.fingerprint, leave_out=False)
    assert (error.value.line, project_one.mandates.count()) == (3, before)
