"""Test that a project opened like another takes over the standards of its library, and adopts none by itself."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from core.access import Refused
from pmo.models import StandardVersion
from pmo.standards.standards.services import copy_standards, new_standard
from projects.models import LedgerEvent, Project
from projects.seats.mandates.services import appoint, found_project, role_on
from tests.pmo.standards.standards.factories import CHECKPOINTS, FIELDS

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def following(staff_admin: Any, outsider: Any, owner: Any, pmo: Any, project_one: Project) -> Project:
    """Open a project like project one, with another owner and the same PMO."""
    today = timezone.localdate()
    words = {"title_fr": "Quai", "title_en": "Quay", "starts_on": today, "ends_on": today}
    above = {"code": "PRG", "prefix": "PG", "level": "programme", **words}
    programme = found_project(actor=staff_admin, owner=owner, fields=above)
    fields = {"code": "NEW", "prefix": "NW", "parent": programme, **words}
    project = found_project(actor=owner, owner=outsider, fields=fields, like=project_one)
    appoint(actor=outsider, project=project, role=role_on(project, "PMO"), holder=pmo)
    return project


def listed(project: Project) -> str:
    return reverse("pmo:standards:standard_list", args=[project.code])


def copying(project: Project) -> str:
    return reverse("pmo:standards:standards_copy", args=[project.code])


def test_the_standards_in_force_become_drafts_and_a_proposal_to_write(
    following: Project, pmo: Any, client_of: Any
) -> None:
    client = client_of(pmo)
    assert "Copy standards of ONE" in client.get(listed(following), headers=ENGLISH).text
    answer = client.post(copying(following), headers=ENGLISH)
    assert answer["Location"].startswith(reverse("governance:proposals:proposal_new", args=["NEW"]))
    draft = StandardVersion.objects.get(standard__project=following)
    source = StandardVersion.objects.get(standard__project__code="ONE", standard__code="STD-LOG", state="adopted")
    assert (draft.standard.code, draft.number, draft.state, draft.effective_from) == ("STD-LOG", 1, "draft", None)
    assert (draft.title_en, draft.mandatory, draft.template) == (source.title_en, source.mandatory, None)
    texts = [
        list(version.checkpoints.order_by("number").values_list("text_en", "waivable")) for version in (draft, source)
    ]
    assert texts[0] == texts[1]
    page = client.get(answer["Location"], headers=ENGLISH)
    assert page.status_code == 200
    assert "STD-LOG" in page.text
    assert not following.decisions.exists()
    event = LedgerEvent.objects.filter(project=following).latest("seq")
    assert (event.act, event.detail, event.actor) == ("keep_standards", "copy", pmo)


def test_what_holds_already_is_not_copied_twice(
    following: Project, pmo: Any, project_one: Project, client_of: Any
) -> None:
    assert len(copy_standards(actor=pmo, project=following, model=project_one)) == 1
    assert copy_standards(actor=pmo, project=following, model=project_one) == []
    assert "Copy standards" not in client_of(pmo).get(listed(following), headers=ENGLISH).text
    assert client_of(pmo).post(copying(following))["Location"] == listed(following)


def test_a_code_of_ones_own_stays(following: Project, pmo: Any, project_one: Project) -> None:
    new_standard(actor=pmo, project=following, code="STD-LOG", family="risk", fields=FIELDS, checkpoints=CHECKPOINTS)
    assert copy_standards(actor=pmo, project=following, model=project_one) == []


def test_only_who_keeps_the_library_copies_and_only_what_they_can_read(
    following: Project, cast: dict[str, Any], pmo: Any, project_one: Project, outsider: Any, client_of: Any
) -> None:
    assert client_of(outsider).post(copying(following)).status_code == 403
    with pytest.raises(Refused):
        copy_standards(actor=outsider, project=following, model=project_one)
    hidden = Project.objects.get(code="TWO")
    with pytest.raises(ValidationError):
        copy_standards(actor=pmo, project=following, model=hidden)
    assert client_of(pmo).post(copying(project_one)).status_code == 404
    assert not StandardVersion.objects.filter(standard__project=following).exists()
