"""Test the copy of tests of another project, or of one of its campaigns."""

import html
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from amoa.acceptance.services import copy_tests, write_test
from amoa.enums import Act
from amoa.models import AcceptanceTest
from core.access import Refused
from core.history import version_of
from projects.seats.mandates.services import appoint, found_project
from roles.models import RoleTemplate
from tests import acts
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def target(owner: Any, amoa: Any, staff_admin: Any) -> Any:
    """Found a project without tests where the AMOA holds its role."""
    words = {"code": "CP", "prefix": "CP", "title_fr": "CP", "title_en": "CP", "language": "en"}
    days = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}
    project = found_project(actor=staff_admin, owner=owner, fields=words | days)
    role = RoleTemplate.objects.get(pack="fr", code="AMOA", state="published")
    appoint(actor=owner, project=project, role=role, holder=amoa)
    acts.accept_mandates(project)
    return project


def address(project: Any, of: str = "") -> str:
    return reverse("amoa:acceptance:tests_copy", args=[project.code], query={"of": of} if of else None)


def text_of(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def test_copies_are_new_tests_without_requirement_with_an_event_each(amoa: Any, target: Any, project_one: Any) -> None:
    first, second, _third = project_one.tests.order_by("code")
    before = target.events.count()
    copies = copy_tests(actor=amoa, project=target, tests=[first, second])
    fire_deferred_triggers()
    assert [(copy.code, copy.title, copy.steps, copy.requirement, copy.criterion) for copy in copies] == [
        ("T-001", first.title, first.steps, None, ""),
        ("T-002", second.title, second.steps, None, ""),
    ]
    assert [(event.act, event.subject_id) for event in target.events.order_by("pk")[before:]] == [
        (Act.PLAN_ACCEPTANCE, copy.pk) for copy in copies
    ]
    assert copies[0].history.get().history_user == amoa
    assert project_one.tests.count() == 3


def test_only_who_plans_acceptance_copies(owner: Any, target: Any, project_one: Any) -> None:
    with pytest.raises(Refused):
        copy_tests(actor=owner, project=target, tests=list(project_one.tests.all()))


def test_the_page_offers_tests_in_use_of_projects_and_campaigns(
    amoa: Any, client_of: Any, target: Any, project_one: Any
) -> None:
    retired = project_one.tests.get(code="T-003")
    write_test(actor=amoa, project=project_one, row=retired, seen=version_of(retired), fields={"retired": True})
    client = client_of(amoa)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = client.get(address(target))
    offered = [value for value, _label in page.context["sources"]]
    assert offered[:1] == ["ONE"]
    assert set(offered) == {"ONE", *(f"ONE/{campaign.number}" for campaign in project_one.campaigns.all())}
    rows = client.get(address(target, "ONE")).context["rows"]
    assert [row.code for row in rows] == ["T-001", "T-002"]
    campaign = project_one.campaigns.exclude(runs=None).earliest("number")
    run = AcceptanceTest.objects.in_use().filter(runs__campaign=campaign).distinct().order_by("code")
    assert client.get(address(target, f"ONE/{campaign.number}")).context["rows"] == list(run)
    assert client.get(address(target, "ONE/99")).context["rows"] == []
    answer = client.post(address(target, "ONE"), {"one": [rows[0].pk]}, follow=True)
    assert "1 test is copied." in text_of(answer)
    assert target.tests.get().title == rows[0].title
    assert "already here" in text_of(client.get(address(target, "ONE")))


@pytest.mark.parametrize("of", ["TWO", "NONE", "\0", "../ONE", "TWO/1", "ONE/²"])
def test_only_tests_that_one_may_read_are_copied(
    of: str, cast: Any, amoa: Any, client_of: Any, target: Any, project_two: Any
) -> None:
    theirs = write_test(actor=cast["other_amoa"], project=project_two, fields={"title": "Theirs"})
    answer = client_of(amoa).post(address(target, of), {"one": [theirs.pk]})
    assert answer.status_code in {404, 422}
    assert target.tests.count() == 0


def test_a_copy_of_nothing_says_so(amoa: Any, client_of: Any, target: Any) -> None:
    answer = client_of(amoa).post(address(target, "ONE"), {}, headers={"accept-language": "en"})
    assert (answer.status_code, "Select at least one test." in text_of(answer)) == (422, True)
