"""Test how an account is closed: what its person holds is listed, and who follows is named or proposed."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from projects.models import Mandate, Notification, Project
from projects.notices.enums import Reason
from projects.notices.tasks import build_mail
from projects.people.accounts.departures import list_seats
from projects.people.accounts.registry import count_open_work
from projects.seats.mandates.services import appoint, delegate, role_on
from roles.models import User

pytestmark = pytest.mark.django_db

PEOPLE, SEATS = "/administration/people/", "/administration/projects/"
ENGLISH = {"accept-language": "en"}


def address_of(person: Any) -> str:
    """Return the address of the page that closes an account."""
    return f"{PEOPLE}{person.pk}/close/"


def seat_of(person: Any) -> Mandate:
    """Return the seat of a person on project one."""
    return Mandate.objects.active().get(holder=person, project__code="ONE")


@pytest.fixture
def close(staff_admin: Any, client_of: Any) -> Any:
    """Return a function that closes an account in the browser, with who follows on the seat of project one."""

    def send(person: Any, follower: str = "") -> Any:
        fields = {f"seat_{seat_of(person).pk}": follower, "step": "record"}
        return client_of(staff_admin).post(address_of(person), fields, headers=ENGLISH)

    return send


def notices() -> list[Notification]:
    """List the notices of roles that somebody left."""
    return list(Notification.objects.filter(reason=Reason.ROLE_LEFT).order_by("pk"))


@pytest.mark.parametrize(
    ("language", "sentence", "because"),
    [
        ("en", "The role ONE · PMO · ", "You receive this email because you hold a role or a delegated signature."),
        ("fr", "Le rôle ONE · PMO · ", "Vous recevez ce courriel parce que vous avez un rôle ou une délégation"),
    ],
)
def test_the_mail_of_a_role_that_somebody_left_is_a_sentence_and_says_why_one_gets_it(
    language: str, sentence: str, because: str, pmo: Any, owner: Any, amoa: Any, close: Any
) -> None:
    close(pmo)
    told = Notification.objects.filter(reason__in=[Reason.ROLE_LEFT, Reason.ROLE_VACANT], recipient__in=[owner, amoa])
    assert {notice.reason for notice in told} == {Reason.ROLE_LEFT, Reason.ROLE_VACANT}
    for notice in told:
        notice.recipient.language = language
        body = build_mail(notice).body
        assert body.startswith(sentence)
        assert {"en": "is vacant. ", "fr": "est vacant. "}[language] in body.splitlines()[0]
        assert because in body


def test_the_page_lists_seats_delegations_and_open_work_without_contents(
    owner: Any, pmo: Any, outsider: Any, project_one: Project, staff_admin: Any, client_of: Any, proposal: Any
) -> None:
    delegate(
        actor=owner,
        project=project_one,
        to=outsider,
        kinds=["minor_change"],
        cap=None,
        document="Act 12",
        ends_at=timezone.now() + timedelta(days=9),
    )
    client = client_of(staff_admin)
    text = html.unescape(client.get(address_of(pmo), headers=ENGLISH).text)
    assert "No other holder" in text
    work = {str(kind): number for kind, number in count_open_work(pmo)}
    assert work
    assert all(number for number in work.values())
    assert "Pending work of this person" in text
    assert proposal("submitted").title not in text
    assert str(outsider) in html.unescape(client.get(f"{address_of(owner)}owner/", headers=ENGLISH).text)
    assert "Delegations of signature that end" in client.get(address_of(outsider), headers=ENGLISH).text


def test_a_role_that_two_hold_is_not_marked(owner: Any, recipient: Any, outsider: Any, project_one: Project) -> None:
    [seat] = list_seats(recipient, timezone.now())
    before = seat.is_shared  # type: ignore[attr-defined]
    appoint(actor=owner, project=project_one, role=role_on(project_one, "DEST"), holder=outsider, group="Crews")
    [seat] = list_seats(recipient, timezone.now())
    assert (before, seat.is_shared) == (False, True)  # type: ignore[attr-defined]


def test_the_owner_is_notified_and_finds_the_proposed_person_in_the_form(
    close: Any, pmo: Any, owner: Any, outsider: Any, client_of: Any
) -> None:
    seat = seat_of(pmo)
    answer = close(pmo, outsider.name)
    assert (answer.status_code, answer["Location"]) == (302, f"{PEOPLE}{pmo.pk}/")
    assert not User.objects.get(pk=pmo.pk).is_active
    [notice] = notices()
    assert (notice.recipient, notice.event) == (owner, None)
    assert notice.link == f"/projects/ONE/mandates/appoint/?role=PMO&email={outsider.key}#mandate-{seat.pk}"
    form = client_of(owner).get(notice.link)
    assert f'value="{outsider.name}"' in html.unescape(form.text)
    mail = build_mail(notice)
    assert "PMO" in mail.subject
    assert "vacant" in mail.subject
    assert not Mandate.objects.filter(holder=outsider, role__code="PMO").exists()


def test_left_to_the_owner_the_form_names_the_role_alone(close: Any, pmo: Any) -> None:
    close(pmo)
    [notice] = notices()
    assert notice.link.startswith("/projects/ONE/mandates/appoint/?role=PMO#")


def test_the_account_of_an_owner_is_not_closed_here(owner: Any, staff_admin: Any, client_of: Any) -> None:
    client = client_of(staff_admin)
    assert client.get(address_of(owner))["Location"] == f"{address_of(owner)}owner/"
    answer = client.post(address_of(owner), {"step": "record"}, headers=ENGLISH)
    assert answer.status_code == 409
    assert "two people close the account" in answer.text
    owner.refresh_from_db()
    assert owner.is_active
    assert notices() == []


@pytest.mark.parametrize(
    ("follower", "words"),
    [("Nobody Of This Name", "No account has this name."), ("Solène Kermarrec", "Select another person")],
)
def test_a_wrong_follower_is_told_and_nothing_is_closed(follower: str, words: str, close: Any, amoa: Any) -> None:
    answer = close(amoa, follower)
    assert answer.status_code == 422
    assert words in answer.text
    assert User.objects.get(pk=amoa.pk).is_active
    assert notices() == []
