"""Test that who is appointed may decline with a word, before accepting, and that who must know reads why."""

import html
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from core.access import Refused
from governance.desk.inbox.queries import count_waiting
from projects.models import LedgerEvent, Mandate, Notification, Project
from projects.notices.enums import Reason
from projects.notices.tasks import build_mail
from projects.seats.launch.queries import list_projects_to_fill, list_vacated_mandates
from projects.seats.mandates.holders import owners
from projects.seats.mandates.services import accept, appoint, decline, end_mandate, found_project, name_owner, role_on
from projects.seats.mandates.vacancies import list_role_statuses
from tests import acts
from tests.conftest import CAST
from tests.projects.seats.mandates.test_mandates import list_permitted_members

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WHY = "I lead another provider since May."
ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}


def told(event: LedgerEvent, reason: Reason) -> set[str]:
    """Return the addresses of those told of the event for this reason."""
    return set(event.notifications.filter(reason=reason).values_list("recipient__email", flat=True))


def status_of(project: Project, code: str) -> Any:
    """Return the status of a role of the project now."""
    return next(line for line in list_role_statuses(project, timezone.now()) if line.role.code == code)


def test_the_holder_alone_declines_once_and_only_before_accepting(moe: Any, pmo: Any, cast: dict[str, Any]) -> None:
    mandate, stale = Mandate.objects.get(holder=moe), Mandate.objects.get(holder=moe)
    assert list_permitted_members(cast, "projects.decline", mandate) == {"moe"}
    for member in set(CAST) - {"moe"}:
        with pytest.raises(Refused):
            decline(actor=cast[member], mandate=mandate, because=WHY)
    for nothing in ("", " … "):
        with pytest.raises(ValidationError):
            decline(actor=moe, mandate=mandate, because=nothing)
    decline(actor=moe, mandate=mandate, because=WHY)
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.role, event.actor, event.subject_id) == ("decline", "MOE", moe, mandate.pk)
    assert WHY not in json.dumps(json.loads(bytes(event.body))), "the ledger keeps no reason in clear"
    mandate.refresh_from_db()
    assert (mandate.ends_at, mandate.ended_by, mandate.ended_because) == (event.acted_at, moe, WHY)
    assert mandate.is_declined
    for again in (mandate, stale):
        with pytest.raises(ValidationError):
            decline(actor=moe, mandate=again, because=WHY)
        with pytest.raises(ValidationError):
            accept(actor=moe, mandate=again)
    accepted = pmo.mandates.get()
    assert accepted.accepted_at
    with pytest.raises(ValidationError):
        decline(actor=pmo, mandate=accepted, because=WHY)


def test_the_owner_who_gave_it_and_the_holder_read_why_and_the_role_is_to_fill(
    cast: dict[str, Any], owner: Any, moe: Any, project_one: Project, client_of: Any
) -> None:
    amoa, pmo, outsider, staff_admin = (cast[name] for name in ("amoa", "pmo", "outsider", "staff_admin"))
    before = count_waiting(owner, 99)[0]
    decline(actor=moe, mandate=moe.mandates.get(), because=WHY)
    event = project_one.events.latest("seq")
    giver = cast["former_owner"].email
    assert told(event, Reason.ROLE_DECLINED) == {owner.email, giver, moe.email}
    assert status_of(project_one, "MOE").declined.ended_because == WHY
    assert list_vacated_mandates().get().holder == moe
    assert count_waiting(owner, 99)[0] == before + 1
    home = html.unescape(client_of(pmo).get(project_one.get_absolute_url(), headers=ENGLISH).content.decode())
    assert f"Declined by {moe}: {WHY}" in " ".join(home.split())
    mails = {}
    for notice in event.notifications.filter(reason=Reason.ROLE_DECLINED):
        for notice.recipient.language in ("en", "fr"):
            mails[notice.recipient.email, notice.recipient.language] = build_mail(notice)
    assert WHY in mails[owner.email, "en"].body
    assert WHY in mails[owner.email, "fr"].body
    assert "Role declined" in mails[owner.email, "en"].subject

    role = role_on(project_one, "PMO")
    end_mandate(actor=owner, mandate=pmo.mandates.get(project=project_one), because="Gone.")
    assert status_of(project_one, "PMO").declined is None, "ended by the owner"
    given = appoint(actor=owner, project=project_one, role=role, holder=outsider)
    decline(actor=outsider, mandate=given, because=WHY)
    event = project_one.events.latest("seq")
    assert told(event, Reason.ROLE_DECLINED) == {owner.email, outsider.email}
    assert told(event, Reason.ROLE_VACANT) >= {amoa.email, staff_admin.email}, "an advising role is vacant"
    assert status_of(project_one, "PMO").declined == given
    appoint(actor=owner, project=project_one, role=role, holder=staff_admin)
    assert status_of(project_one, "PMO").declined is None


def test_a_mandate_that_is_to_come_is_taken_back_and_says_why(
    owner: Any, outsider: Any, project_one: Project, client_of: Any
) -> None:
    role, start = role_on(project_one, "DEST"), timezone.now() + 9 * DAY
    given = appoint(actor=owner, project=project_one, role=role, holder=outsider, starts_at=start)
    decline(actor=outsider, mandate=given, because=WHY)
    given.refresh_from_db()
    assert (given.taken_back, given.is_declined) == (True, True)
    line = status_of(project_one, "DEST")
    assert (line.is_vacant, line.declined) == (False, None), "another group is represented"
    page = client_of(owner).get(reverse("projects:mandates:mandate_list", args=["ONE"]), headers=FRENCH)
    words = html.unescape(page.content.decode())
    assert WHY in words
    assert "Refusé" in words


def test_an_owner_who_was_named_declines_and_nobody_owns_the_project_by_silence(
    owner: Any, staff_admin: Any, outsider: Any, future_owner: Any, pmo: Any, project_one: Project
) -> None:
    fields = {
        "code": "NEW",
        "prefix": "N",
        "title_fr": "Neuf",
        "title_en": "New",
        "starts_on": timezone.localdate(),
        "ends_on": timezone.localdate() + 90 * DAY,
    }
    project = found_project(actor=staff_admin, owner=outsider, fields=fields)
    decline(actor=outsider, mandate=outsider.mandates.get(), because=WHY)
    event = project.events.latest("seq")
    assert (owners(project), event.act) == ([], "decline")
    assert told(event, Reason.ROLE_DECLINED) >= {outsider.email, staff_admin.email}
    assert status_of(project, "MOA").declined.ended_because == WHY
    with pytest.raises(Refused):
        name_owner(actor=staff_admin, project=project, holder=owner)
    assert not list_projects_to_fill(outsider).exists()

    decline(actor=future_owner, mandate=future_owner.mandates.get(), because=WHY)
    event = project_one.events.latest("seq")
    assert told(event, Reason.ROLE_DECLINED) >= {owner.email, future_owner.email, pmo.email, staff_admin.email}
    [present] = owners(project_one)
    assert present.holder == owner
    name_owner(actor=owner, project=project_one, holder=outsider, starts_at=present.ends_at)


def test_once_the_project_has_ended_an_owner_alone_declines(
    owner: Any, moe: Any, future_owner: Any, project_one: Project
) -> None:
    acts.close(owner, project_one)
    with pytest.raises(Refused):
        decline(actor=moe, mandate=moe.mandates.get(), because=WHY)
    decline(actor=future_owner, mandate=future_owner.mandates.get(), because=WHY)


def test_the_page_leads_from_accepting_to_declining_and_is_read_once_more(
    moe: Any, owner: Any, pmo: Any, client_of: Any
) -> None:
    mandate, browser = moe.mandates.get(), client_of(moe)
    path = reverse("projects:mandates:mandate_decline", args=[mandate.pk])
    assert (
        f'href="{path}"' in browser.get(reverse("projects:mandates:mandate_accept", args=[mandate.pk])).content.decode()
    )
    assert client_of(owner).get(path).status_code == 403
    answer = browser.post(path, {"because": " ", "step": "review"}, headers=ENGLISH)
    assert (answer.status_code, "Enter why you decline." in answer.content.decode()) == (422, True)
    answer = browser.post(path, {"because": WHY, "step": "review"}, headers=FRENCH)
    assert (answer.status_code, WHY in html.unescape(answer.content.decode())) == (200, True)
    assert not Notification.objects.filter(reason=Reason.ROLE_DECLINED).exists()
    assert browser.post(path, {"because": WHY, "step": "record"}).status_code == 302
    assert browser.post(path, {"because": WHY, "step": "record"}).status_code in {404, 409}, "it ended"
    accepted = pmo.mandates.get(project=mandate.project)
    page = client_of(pmo).get(reverse("projects:mandates:mandate_decline", args=[accepted.pk]), headers=ENGLISH)
    assert (page.status_code, "already been accepted" in page.content.decode()) == (409, True)
