"""Test an absence: stated by oneself or an administrator, shown to those who wait, and giving no right to anybody."""

import html
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.access import Refused, can
from projects.enums import Level
from projects.models import Delegation, Notification, Project
from projects.notices.enums import Reason
from projects.people.absences.services import state_absence, take_back_absence
from projects.people.accounts.services import close_account
from projects.seats.mandates.services import appoint, role_on
from roles.enums import DELEGABLE_KINDS
from roles.models import User
from tests.database import statements

pytestmark = pytest.mark.django_db

OWN, ENGLISH = "/account/absence/", {"accept-language": "en"}


def in_days(number: int) -> date:
    return timezone.localdate() + timedelta(days=number)


def words(answer: Any) -> str:
    return html.unescape(answer.text)


def fields(first: date, last: date, stand_in: Any = None) -> dict[str, str]:
    return {"absent_from": str(first), "absent_until": str(last), "stand_in": str(stand_in.pk) if stand_in else ""}


def told(reason: Reason) -> set[str]:
    return set(Notification.objects.filter(reason=reason).values_list("recipient__email", flat=True))


def test_a_person_states_their_own_absence(pmo: Any, amoa: Any, outsider: Any, client_of: Any) -> None:
    client = client_of(pmo)
    page = words(client.get(OWN, headers=ENGLISH))
    assert amoa.name in page
    assert outsider.name not in page
    answer = client.post(OWN, fields(in_days(1), in_days(9), amoa))
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    pmo.refresh_from_db()
    assert (pmo.absent_from, pmo.absent_until, pmo.stand_in) == (in_days(1), in_days(9), amoa)
    event = Project.objects.get(level=Level.ORGANISATION).events.get(act="state_absence")
    assert (event.actor, event.subject_id) == (pmo, pmo.pk)
    assert f'"stand_in":"{amoa.key}"' in bytes(event.body).decode()
    assert pmo.history.first().absent_until == in_days(9)
    assert told(Reason.ASKED_MEANWHILE) == {amoa.email}
    assert told(Reason.ABSENCE_STATED) == set()
    assert "Contact person" in words(client.get("/account/", headers=ENGLISH))
    inbox = words(client_of(amoa).get("/", headers=ENGLISH))
    assert f"{pmo} is absent from" in inbox
    assert "This gives you no rights." in inbox


def test_an_administrator_states_it_on_the_page_of_the_person(
    pmo: Any, amoa: Any, staff_admin: Any, client_of: Any
) -> None:
    client, page = client_of(staff_admin), f"/administration/people/{pmo.pk}/"
    assert f"{page}absence/" in client.get(page).text
    answer = client.post(f"{page}absence/", fields(in_days(0), in_days(3), amoa))
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert told(Reason.ABSENCE_STATED) == {pmo.email}
    assert amoa.name in words(client.get(page, headers=ENGLISH))
    answer = client.post(f"/people/{pmo.pk}/absence/take-back/")
    assert (answer.status_code, answer["Location"]) == (302, page)
    pmo.refresh_from_db()
    assert (pmo.absent_from, pmo.absent_until, pmo.stand_in) == (None, None, None)
    assert told(Reason.ABSENCE_OVER) == {pmo.email, amoa.email}
    assert client.post(f"/people/{pmo.pk}/absence/take-back/").status_code == 409


def test_a_file_says_who_is_absent_and_whom_to_ask_while_it_waits_for_them(
    pmo: Any, amoa: Any, owner: Any, proposal: Any, client_of: Any
) -> None:
    file = proposal("submitted")
    reader = client_of(owner)
    awaited = User.objects.get(
        mandates__in=file.project.mandates.active().filter(role__code=file.awaited_roles[0]), is_active=True
    )
    other = amoa if awaited != amoa else pmo
    state_absence(actor=awaited, person=awaited, absent_from=in_days(1), absent_until=in_days(9), stand_in=other)
    sentence = f"{awaited} ({file.awaited_roles[0]}) is absent until"
    assert sentence not in words(reader.get(file.get_absolute_url(), headers=ENGLISH))
    state_absence(actor=awaited, person=awaited, absent_from=in_days(0), absent_until=in_days(9), stand_in=other)
    page = words(reader.get(file.get_absolute_url(), headers=ENGLISH))
    assert sentence in page
    assert f"ask {other} meanwhile." in page


def test_who_is_asked_gets_no_right(owner: Any, pmo: Any, outsider: Any, project_one: Project, proposal: Any) -> None:
    appoint(actor=owner, project=project_one, role=role_on(project_one, "DEST"), holder=outsider, group="Crews")
    file = proposal("ready_for_decision")
    state_absence(actor=owner, person=owner, absent_from=in_days(0), absent_until=in_days(9), stand_in=outsider)
    assert not can(outsider, "governance.decide", file)
    assert not can(outsider, "projects.appoint", project_one)
    assert not Delegation.objects.filter(delegate=outsider).exists()
    assert can(User.objects.get(pk=owner.pk), "governance.decide", file)


def test_an_owner_is_offered_to_delegate_every_delegable_kind_and_reviews_it(
    owner: Any, outsider: Any, recipient: Any, project_one: Project, client_of: Any
) -> None:
    client = client_of(owner)
    client.post(OWN, fields(in_days(1), in_days(9), recipient))
    page = words(client.get("/account/", headers=ENGLISH))
    [link] = [part.split('"')[0] for part in page.split('href="') if "/projects/ONE/mandates/delegate/?" in part]
    query = parse_qs(urlsplit(link).query)
    assert set(query["kinds"]) == set(DELEGABLE_KINDS)
    form = words(client.get(link, headers=ENGLISH))
    assert f'value="{recipient.name}"' in form
    assert f'value="{in_days(9)}"' in form
    assert form.count("checked") == len(DELEGABLE_KINDS)
    typed = query | {"document": "Act 12", "email": [outsider.email]}
    review = client.post(link, typed | {"step": "review"}, headers=ENGLISH)
    assert "Nothing is recorded yet." in words(review)
    assert not Delegation.objects.filter(delegate=outsider).exists()
    assert client.post(link, typed | {"step": "record"}).status_code == 302
    assert set(Delegation.objects.get(delegate=outsider).kinds) == set(DELEGABLE_KINDS)


@pytest.mark.parametrize(
    ("first", "last", "field"), [(-1, 3, "absent_from"), (5, 4, "absent_until"), (2, -3, "absent_until")]
)
def test_a_wrong_period_is_refused(first: int, last: int, field: str, pmo: Any, client_of: Any) -> None:
    answer = client_of(pmo).post(OWN, fields(in_days(first), in_days(last)))
    assert answer.status_code == 422
    with pytest.raises(ValidationError) as refused:
        state_absence(actor=pmo, person=pmo, absent_from=in_days(first), absent_until=in_days(last), stand_in=None)
    assert list(refused.value.error_dict) == [field]


def test_an_absence_that_goes_on_is_made_longer_or_shorter(pmo: Any, client_of: Any) -> None:
    state_absence(actor=pmo, person=pmo, absent_from=in_days(0), absent_until=in_days(5), stand_in=None)
    pmo.refresh_from_db()
    pmo.absent_from = in_days(-2)
    pmo.save()
    for last in (9, 0):
        state_absence(actor=pmo, person=pmo, absent_from=in_days(-2), absent_until=in_days(last), stand_in=None)
    assert Project.objects.get(level=Level.ORGANISATION).events.filter(act="state_absence").count() == 3


def test_oneself_a_closed_account_and_a_stranger_are_not_whom_to_ask(
    pmo: Any, amoa: Any, outsider: Any, staff_admin: Any, client_of: Any
) -> None:
    for other in (pmo, outsider):
        assert client_of(pmo).post(OWN, fields(in_days(1), in_days(2), other)).status_code == 422
    close_account(actor=staff_admin, person=amoa)
    for other in (pmo, User.objects.get(pk=amoa.pk)):
        with pytest.raises(ValidationError):
            state_absence(actor=pmo, person=pmo, absent_from=in_days(1), absent_until=in_days(2), stand_in=other)


@pytest.mark.parametrize("member", ["owner", "amoa", "outsider", "recipient"])
def test_nobody_else_states_an_absence(member: str, cast: dict[str, Any], pmo: Any, client_of: Any) -> None:
    other = cast[member]
    with pytest.raises(Refused):
        state_absence(actor=other, person=pmo, absent_from=in_days(1), absent_until=in_days(2), stand_in=None)
    with pytest.raises(Refused):
        take_back_absence(actor=other, person=pmo)
    assert client_of(other).get(f"/administration/people/{pmo.pk}/absence/").status_code == 403
    assert client_of(other).post(f"/people/{pmo.pk}/absence/take-back/").status_code == 403


def test_a_file_costs_the_same_when_somebody_is_absent(
    pmo: Any, amoa: Any, owner: Any, proposal: Any, client_of: Any
) -> None:
    file, client = proposal("submitted"), client_of(owner)
    client.get(file.get_absolute_url())
    with statements() as present:
        client.get(file.get_absolute_url())
    for person, other in ((pmo, amoa), (amoa, pmo)):
        state_absence(actor=person, person=person, absent_from=in_days(0), absent_until=in_days(9), stand_in=other)
    with statements() as absent:
        client.get(file.get_absolute_url())
    assert absent.total() == present.total()
