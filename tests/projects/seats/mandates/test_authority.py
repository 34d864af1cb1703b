"""Test who could decide on a date, and why not: it agrees with what the database accepted."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core.access import Refused
from core.acts import acting_as
from governance.models import Decision
from governance.record.records.views import authority_address
from projects.models import Delegation, Mandate, Project
from projects.seats.mandates.services import appoint, end_mandate, name_owner, revoke
from projects.seats.mandates.signing_power import Obstacle, who_could_decide
from roles.models import RoleTemplate, User
from tests import acts, database
from tests.conftest import CAST
from tests.database import undone

pytestmark = pytest.mark.django_db
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
Obstacles = tuple[Obstacle, ...]


def list_obstacles(
    project: Project, at: datetime, kind: str = "", amount: Decimal | None = None
) -> dict[str, tuple[Obstacle, ...]]:
    """Map the e-mail of everyone with a seat to the obstacle."""
    answer = who_could_decide(project, at, kind, amount)
    readings = [*filter(None, [answer.owner]), *answer.delegates, *answer.others]
    return {reading.seat.person.email.partition("@")[0]: reading.obstacles for reading in readings}


def close_account(account: User, by: User) -> datetime:
    """Close an account; return an instant before."""
    before = timezone.now()
    database.close_account(account, by)
    return before


# — it agrees with what was accepted —


def every_signer_could_sign_then_under_the_same_seat(code: str) -> None:
    """Compare the answer of each decision of this project with who signed it."""
    signed = Decision.objects.filter(project__code=code).select_related("project", "proposal", "revision")
    assert signed.count() >= 6
    for decision in signed:
        answer = who_could_decide(decision.project, decision.acted_at, decision.proposal.kind, decision.revision.amount)
        seat = decision.delegation or decision.mandate
        assert seat in [reading.seat for reading in answer.signatories], decision.reference
        assert answer.owner is not None
        assert answer.owner.seat == decision.mandate


def test_every_signer_of_a_decision_could_sign_it_then_under_the_same_seat(db: None) -> None:
    every_signer_could_sign_then_under_the_same_seat("ONE")


@pytest.mark.parametrize("key", ["ready_for_decision", "ready_minor", "ready_over_cap", "ready_two", "ready_three"])
def test_the_people_who_could_decide_now_are_those_the_act_allows(
    key: str, cast: dict[str, Any], proposal: Any
) -> None:
    file, decided = proposal(key), set()
    for member in sorted(set(CAST) - {"anonymous"}):
        with undone():
            try:
                with transaction.atomic():
                    acts.decide(cast[member], file)
            except Refused:
                continue
            decided.add(cast[member])
    answer = who_could_decide(file.project, timezone.now(), file.kind, file.amount)
    could = {reading.seat.person for reading in answer.signatories if reading.seat.person.pk not in file.writers}
    assert could == decided


def test_a_period_counts_from_its_first_instant_to_before_its_end(project_one: Project) -> None:
    mandate = Mandate.objects.get(holder__email="owner@example.org")
    seen = [
        "owner" in list_obstacles(project_one, at)
        for at in (mandate.starts_at - INSTANT, mandate.starts_at, mandate.ends_at - INSTANT, mandate.ends_at)
        if at
    ]
    assert seen == [False, True, True, False]


# — and says what stood in the way —


def test_each_seat_says_why_it_could_not_sign(project_one: Project) -> None:
    now = timezone.now()
    never = dict.fromkeys(("pmo", "amoa", "moe", "recipient"), (Obstacle.ROLE,))
    assert list_obstacles(project_one, now) == {"owner": (), "delegate": (), **never}
    assert list_obstacles(project_one, now, "minor_change", Decimal(20000)) == {"owner": (), "delegate": (), **never}
    assert list_obstacles(project_one, now, "minor_change", Decimal("20000.01"))["delegate"] == (Obstacle.CAP,)
    assert list_obstacles(project_one, now, "gate")["delegate"] == (Obstacle.IN_PERSON,)
    assert list_obstacles(project_one, now, "gate", Decimal(30000))["delegate"] == (Obstacle.IN_PERSON, Obstacle.CAP)


def test_an_account_counts_as_it_was_then(owner: Any, delegate: Any, staff_admin: Any, project_one: Project) -> None:
    before = close_account(owner, staff_admin)
    assert list_obstacles(project_one, before)["owner"] == ()
    now = list_obstacles(project_one, timezone.now(), "minor_change")
    assert (now["owner"], now["delegate"]) == ((Obstacle.ACCOUNT,), (Obstacle.MANDATE,))
    with acting_as(staff_admin):
        owner.is_active = True
        owner.save()
    before_delegate = close_account(delegate, staff_admin)
    assert list_obstacles(project_one, before_delegate)["delegate"] == ()
    assert list_obstacles(project_one, timezone.now())["delegate"] == (Obstacle.ACCOUNT,)
    assert list_obstacles(project_one, timezone.now())["owner"] == ()


def test_before_its_first_version_an_account_counts_as_that_one_says(
    inactive_owner: Any, project_three: Project
) -> None:
    """The accounts are opened before past acts are entered: who was in office then could decide."""
    mandate = inactive_owner.mandates.get()
    assert list_obstacles(project_three, mandate.starts_at)["inactive.owner"] == ()
    assert list_obstacles(project_three, timezone.now())["inactive.owner"] == (Obstacle.ACCOUNT,)


def test_a_delegate_who_takes_an_advising_or_delivering_role_signs_no_more(
    owner: Any, delegate: Any, project_one: Project
) -> None:
    before = timezone.now()
    role = RoleTemplate.objects.get(code="AMOA")
    end_mandate(actor=owner, mandate=project_one.mandates.active().get(role=role))
    appoint(actor=owner, project=project_one, role=role, holder=delegate)
    answer = who_could_decide(project_one, timezone.now(), "minor_change")
    assert [reading.obstacles for reading in answer.delegates] == [(Obstacle.BARRED,)]
    assert [reading.obstacles for reading in who_could_decide(project_one, before, "minor_change").delegates] == [()]


def test_an_end_today_changes_no_answer_about_yesterday(
    owner: Any, outsider: Any, pmo: Any, project_one: Project
) -> None:
    """Periods are only shortened, and never into the past, so the current rows answer for any date."""
    instants = [timezone.now() - days * DAY for days in (1, 20, 55, 70, 110)]
    asked = [(at, kind) for at in instants for kind in ("", "minor_change", "gate")]
    before = [list_obstacles(project_one, at, kind) for at, kind in asked]
    revoke(actor=owner, delegation=Delegation.objects.get())
    end_mandate(actor=owner, mandate=pmo.mandates.get())
    name_owner(actor=owner, project=project_one, holder=outsider)
    assert [list_obstacles(project_one, at, kind) for at, kind in asked] == before
    assert set(list_obstacles(project_one, timezone.now())) == {"outsider", "amoa", "moe", "recipient"}


def test_nobody_could_decide_without_an_owner_in_office(project_one: Project) -> None:
    answer = who_could_decide(project_one, timezone.now() - 900 * DAY)
    assert (answer.owner, answer.delegates, answer.others, answer.signatories) == (None, [], [], [])


# — the page —


def asked(client: Any, language: str = "en", **question: str) -> str:
    """Return the words of the page."""
    answer = client.get(
        reverse("projects:mandates:authority", args=["ONE"]), question, headers={"accept-language": language}
    )
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def test_the_page_names_who_could_decide_under_which_seat_and_its_entry(recipient: Any, client_of: Any) -> None:
    text = asked(client_of(recipient), kind="minor_change", amount="15 000")
    for part in (
        "Could decide:",
        "Camille Vasseur",
        "Tobias Renner",
        "by delegation of Camille Vasseur",
        "Act of delegation 1",
        "#00",
    ):
        assert part in text
    refused = asked(client_of(recipient), kind="minor_change", amount="30 000")
    assert "the amount is over the cap" in refused


def test_the_page_says_when_nobody_could(recipient: Any, client_of: Any) -> None:
    assert "Nobody could decide: the project had no owner in office." in asked(
        client_of(recipient), on="2001-02-03", at="14:30"
    )


def test_a_day_without_time_means_its_noon_and_a_question_without_day_means_now(recipient: Any, client_of: Any) -> None:
    client, day = client_of(recipient), timezone.localdate() - DAY
    assert f'datetime="{day}' not in asked(client)
    assert "12:00, by the mandates" in asked(client, on=str(day))
    assert "14:30, by the mandates" in asked(client, on=str(day), at="14:30")


@pytest.mark.parametrize(
    "question",
    [
        {"on": "soon"},
        {"on": "1066-10-14"},
        {"on": "9999-12-31"},
        {"at": "25:00"},
        {"kind": "war"},
        {"amount": "-3"},
        {"on": "\x00"},
        {"amount": "1e30"},
    ],
)
def test_a_question_that_cannot_be_read_gets_no_answer(question: dict[str, str], pmo: Any, client_of: Any) -> None:
    answer = client_of(pmo).get(reverse("projects:mandates:authority", args=["ONE"]), question)
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert "Camille Vasseur" not in answer.content.decode()


def test_the_record_asks_for_the_millisecond_of_its_decision(
    owner: Any, amoa: Any, pmo: Any, project_one: Any, client_of: Any
) -> None:
    decision = acts.decide(owner, acts.prepare(amoa, pmo, project=project_one))
    instant = client_of(owner).get(authority_address(decision)).context["form"].instant
    assert timedelta(0) <= decision.acted_at - instant < timedelta(milliseconds=1)
