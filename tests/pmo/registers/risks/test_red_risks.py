"""Test notices on red risks: each person is told once of what one act turns red, and an undo takes it back."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from core.history import version_of
from core.pages.grid.rows import RowChange
from core.pages.lists.undo import UNDONE_WITHIN
from governance.desk.inbox.queries import list_tasks
from pmo.registers.risks.bulk_services import edit_risks, raise_risks, undo_risks
from pmo.registers.risks.enums import RiskStatus
from projects.models import Notification
from projects.notices.tasks import relay
from projects.undo import find_first_seq
from tests.database import fire_deferred_triggers
from tests.pmo.registers.risks.factories import FIELDS, create_risk, reread
from tests.projects.imports.factories import bring_in, table_of

pytestmark = pytest.mark.django_db


def list_told(person: Any) -> list[tuple[str, str, str]]:
    """List (reason, about, link) of the notices of a person on red risks."""
    told = Notification.objects.standing().filter(recipient=person, reason__in=("risk_red", "risks_red"))
    return list(told.order_by("pk").values_list("reason", "about", "link"))


def build_lines(count: int, grade: str = "5") -> list[tuple[str, ...]]:
    """Build lines of a file of risks, red with the grade 5."""
    words = ("The soil is soft.", "The quay sinks.", "The works stop.", "external")
    return [(f"R{number}", f"Quay {number}", *words, grade, grade, "") for number in range(count)]


def test_red_risks_of_a_file_are_told_once_with_a_link_to_them(
    owner: Any, pmo: Any, project_one: Any, client_of: Any
) -> None:
    bring_in(pmo, project_one, table_of(*build_lines(3), ("R9", "Fog", *build_lines(1)[0][2:6], "1", "1", "")))
    fire_deferred_triggers()
    [(reason, about, link)] = list_told(owner)
    assert (reason, about) == ("risks_red", "ONE · 3 risques rouges")  # the language of the organisation
    assert link == "/projects/ONE/risks/?status=open&band=red"
    assert list_told(pmo) == []  # the author knows
    shown = client_of(owner).get(link).content.decode()
    assert all(f"Quay {number}" in shown for number in range(3))
    assert "Fog" not in shown
    relay()
    [message] = [sent for sent in mail.outbox if sent.to == [owner.email]]
    assert "ONE, 3 " in message.subject
    assert link in message.body


def test_one_red_risk_of_a_file_is_told_by_its_name(owner: Any, pmo: Any, project_one: Any) -> None:
    bring_in(pmo, project_one, table_of(*build_lines(1)))
    risk = project_one.risks.get(code="R0")
    assert list_told(owner) == [("risk_red", f"R0 · {risk.title}", risk.get_absolute_url())]
    relay()
    [message] = [sent for sent in mail.outbox if sent.to == [owner.email]]
    assert "25" in message.body


def test_a_file_of_somebody_who_may_assess_is_assessed_and_asks_nothing(
    cast: dict[str, Any], pmo: Any, project_one: Any
) -> None:
    before = sum(task.kind.name == "risks" for task in list_tasks(pmo))
    bring_in(pmo, project_one, table_of(*build_lines(4, "1")))
    assert {risk.status for risk in project_one.risks.filter(title__startswith="Quay")} == {RiskStatus.ASSESSED}
    assert sum(task.kind.name == "risks" for task in list_tasks(pmo)) == before
    others = [(f"M{place}", f"Mole {place}", *line[2:]) for place, line in enumerate(build_lines(2, "1"))]
    bring_in(cast["recipient"], project_one, table_of(*others))
    assert {risk.status for risk in project_one.risks.filter(title__startswith="Mole")} == {RiskStatus.PROPOSED}


def test_pasted_red_risks_are_told_once(owner: Any, pmo: Any, project_one: Any) -> None:
    rows = {number: FIELDS | {"title": f"Quay {number}", "impact": 5} for number in range(3)}
    raise_risks(actor=pmo, project=project_one, rows=rows)
    assert [reason for reason, _about, _link in list_told(owner)] == ["risks_red"]


def test_what_a_grid_turns_red_is_told_once_and_taken_back_with_its_undo_before_it_is_mailed(
    owner: Any, pmo: Any, project_one: Any
) -> None:
    quiet = [create_risk(pmo, project_one, title=f"Quay {number}", likelihood=1, impact=2) for number in range(3)]
    fields = {"likelihood": 5, "impact": 5}
    changes = {risk.pk: RowChange(fields, version_of(reread(risk))) for risk in quiet}
    done = edit_risks(actor=pmo, project=project_one, changes=changes)
    fire_deferred_triggers()
    assert [reason for reason, _about, _link in list_told(owner)] == ["risks_red"]
    relay()
    assert [sent for sent in mail.outbox if sent.to == [owner.email]] == []
    undo_risks(actor=pmo, project=project_one, seq=find_first_seq(project_one, pmo, done.saved))
    fire_deferred_triggers()
    assert [(reread(risk).likelihood, reread(risk).status) for risk in quiet] == [(1, "proposed")] * 3
    assert list_told(owner) == []
    with time_machine.travel(timezone.now() + UNDONE_WITHIN + timedelta(minutes=1)):
        relay()
    assert [sent for sent in mail.outbox if sent.to == [owner.email]] == []


def test_red_risks_of_a_second_file_of_the_day_are_one_notice_with_the_number_of_all(
    owner: Any, pmo: Any, project_one: Any
) -> None:
    before = project_one.risks.red_and_unaccepted(timezone.localdate()).count()
    for first in (0, 3):
        lines = [(f"R{first + place}", f"Quay {first + place}", *line[2:]) for place, line in enumerate(build_lines(3))]
        bring_in(pmo, project_one, table_of(*lines))
    [(reason, about, _link)] = list_told(owner)
    assert (reason, about) == ("risks_red", f"ONE · {before + 6} risques rouges")
