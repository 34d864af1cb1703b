"""Test the workload: what each person has to do, by the week in which it is due."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from governance.life.actions.services import write_action
from pmo.registers.risks.services import write_action as treat
from pmo.steering.dashboards.obligation_listing import list_owed
from pmo.steering.dashboards.scope import Scope
from pmo.steering.dashboards.workload import WEEKS, Load, list_loads, list_weeks
from projects.models import Project
from projects.seats.mandates.services import end_mandate
from roles.models import User

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def scope_of(user: User, project: Project) -> Scope:
    """Return the scope of a project as this person sees it."""
    request: Any = RequestFactory().get("/")
    request.user = user
    return Scope.of(request, project)


def give(actor: User, project: Project, person: User, role: str, due_on: date) -> Any:
    """Give an action to a person in a role."""
    fields = {"text": "Count the lamps.", "seat": f"{role}-{person.pk}", "due_on": due_on}
    return write_action(actor=actor, project=project, fields=fields)


def test_a_load_counts_what_is_late_with_its_days_then_by_week() -> None:
    monday = date(2026, 12, 7)
    load = Load("Nina", "key")
    for day in (-9, -2, 0, 6, 7, 7 * WEEKS - 1, 7 * WEEKS):
        load.add(monday + timedelta(days=day), monday)
    load.add(None, monday)
    assert (load.late, load.days, load.weeks, load.later) == (2, 9, [2, 1, 0, 0, 0, 1], 2)
    assert load.total == 8
    assert list_weeks(monday + timedelta(days=3))[:2] == [monday, monday + timedelta(days=7)]


def test_an_action_counts_for_its_person_and_what_a_role_owes_for_its_holders(
    pmo: User, moe: User, recipient: User, owner: User, project_one: Project
) -> None:
    before = {load.key: load.total for load in list_loads(scope_of(pmo, project_one))}
    give(pmo, project_one, recipient, "DEST", TODAY + timedelta(days=3))
    risk = project_one.risks.get(code="OR-1")
    treat(actor=pmo, risk=risk, fields={"text": "Dredge.", "role": "MOE", "due_on": TODAY + timedelta(days=90)})
    after = {load.key: load for load in list_loads(scope_of(pmo, project_one))}
    assert after[str(recipient.key)].total == before.get(str(recipient.key), 0) + 1
    assert after[str(moe.key)].total == before.get(str(moe.key), 0) + 1


def test_an_action_of_somebody_who_left_counts_for_the_holders_of_the_role(
    pmo: User, amoa: User, recipient: User, owner: User, project_one: Project
) -> None:
    action = give(pmo, project_one, recipient, "DEST", TODAY)
    [row] = [row for row in list_owed(scope_of(pmo, project_one)) if row.pk == f"actions-{action.pk}"]
    assert [key for _name, key in row.people] == [str(recipient.key)]
    for seat in project_one.mandates.active().filter(holder=recipient):
        end_mandate(actor=owner, mandate=seat)
    [row] = [row for row in list_owed(scope_of(pmo, project_one)) if row.pk == f"actions-{action.pk}"]
    assert str(recipient.key) not in [key for _name, key in row.people]


def test_the_page_shows_the_weeks_and_leads_to_what_a_person_owes(
    pmo: User, moe: User, outsider: User, project_one: Project, client_of: Any
) -> None:
    give(pmo, project_one, moe, "MOE", TODAY)
    page = reverse("pmo:dashboards:workload", args=["ONE"])
    listed = reverse("pmo:dashboards:obligation_list", args=["ONE"])
    answer = client_of(pmo).get(page)
    assert moe.name in answer.text
    assert answer.text.count('scope="col"') == WEEKS + 4
    found = client_of(pmo).get(listed, {"person": str(moe.key), "routine": "0", "kind": "action"})
    assert "Count the lamps." in found.text
    assert f'href="{page}"' in client_of(pmo).get(listed).text
    assert client_of(outsider).get(page).status_code == 404
