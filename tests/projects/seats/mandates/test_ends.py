"""Test that seats that end are announced, and that mandates to accept and roles to fill wait in the inbox."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from governance.desk.inbox.queries import count_waiting
from projects.enums import ProjectState
from projects.models import Mandate, Notification, Project
from projects.notices.enums import Reason
from projects.notices.tasks import build_mail
from projects.seats.launch.checklist import Item, checklist
from projects.seats.launch.queries import list_projects_to_fill
from projects.seats.mandates.services import (
    accept,
    appoint,
    delegate,
    end_mandate,
    found_project,
    name_owner,
    revoke,
    role_on,
)
from projects.seats.mandates.tasks import announce_ends

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}


def told(reason: Reason, seat: Any) -> set[str]:
    """Return the addresses of those told of a seat for this reason."""
    rows = Notification.objects.filter(reason=reason, link__endswith=f"#{seat._meta.model_name}-{seat.pk}")
    return set(rows.values_list("recipient__email", flat=True))


def announce(after: timedelta) -> int:
    """Run the nightly task some time from now, twice."""
    with time_machine.travel(timezone.now() + after):
        count = announce_ends()
        assert announce_ends() == 0
    return count


@pytest.fixture
def given(owner: Any, outsider: Any, project_one: Project) -> Mandate:
    """Give a role for ninety days."""
    role, end = role_on(project_one, "DEST"), timezone.now() + 90 * DAY
    return appoint(actor=owner, project=project_one, role=role, holder=outsider, ends_at=end)


BOTH = {"owner@example.org", "outsider@example.org"}


@pytest.mark.parametrize(
    ("after", "ending", "over"),
    [
        (59 * DAY, set(), set()),
        (61 * DAY, BOTH, set()),
        (91 * DAY, set(), {"outsider@example.org"}),
        (98 * DAY, set(), set()),
    ],
)
def test_both_sides_are_told_of_an_end_that_was_set(
    given: Mandate, after: timedelta, ending: set[str], over: set[str]
) -> None:
    announce(after)
    assert told(Reason.ROLE_ENDING, given) == ending
    assert told(Reason.ROLE_OVER, given) & BOTH >= over
    assert bool(told(Reason.ROLE_OVER, given)) == bool(over)


def test_an_end_that_an_act_set_for_later_is_told_on_its_day_too(given: Mandate, owner: Any) -> None:
    end_mandate(actor=owner, mandate=given, ends_at=timezone.now() + 40 * DAY, because="The work is done.")
    announce(20 * DAY)
    assert (told(Reason.ROLE_ENDING, given), told(Reason.ROLE_OVER, given)) == (set(), set())
    announce(41 * DAY)
    assert told(Reason.ROLE_OVER, given) == BOTH


def test_an_end_at_once_is_told_by_its_act_alone(given: Mandate, owner: Any) -> None:
    end_mandate(actor=owner, mandate=given, because="The work is done.")
    announce(DAY)
    assert told(Reason.ROLE_OVER, given) == set()


def test_who_must_know_is_told_at_once_that_nobody_holds_an_advising_role(
    owner: Any, amoa: Any, pmo: Any, moe: Any, staff_admin: Any, project_one: Project, client_of: Any
) -> None:
    end_mandate(actor=owner, mandate=project_one.mandates.active().get(holder=pmo))
    event = project_one.events.latest("seq")
    reasons = dict(event.notifications.values_list("recipient__email", "reason"))
    vacant = {email for email, reason in reasons.items() if reason == Reason.ROLE_VACANT}
    assert {owner.email, amoa.email, staff_admin.email} <= vacant
    assert reasons[pmo.email] == Reason.ROLE_ENDED
    assert moe.email not in reasons
    mails = {}
    for notice in event.notifications.filter(reason=Reason.ROLE_VACANT, recipient__in=[owner, staff_admin]):
        notice.recipient.language = "en"
        mails[notice.recipient] = build_mail(notice).body
        assert client_of(notice.recipient).get(notice.link).status_code == 200
    assert "because you hold a role" in mails[owner]
    assert "because you administer Ouvrage" in mails[staff_admin]
    assert all("The owner appoints another person." in mail for mail in mails.values())


def test_an_end_that_is_to_come_leaves_no_role_vacant_yet(
    owner: Any, amoa: Any, pmo: Any, staff_admin: Any, project_one: Project
) -> None:
    seat = project_one.mandates.active().get(holder=pmo)
    end_mandate(actor=owner, mandate=seat, ends_at=timezone.now() + 10 * DAY)
    assert not Notification.objects.filter(reason=Reason.ROLE_VACANT).exists()
    announce(11 * DAY)
    assert {owner.email, amoa.email, staff_admin.email} <= told(Reason.ROLE_OVER, seat), "that day it is vacant"


def test_the_end_of_a_period_tells_the_other_advisers_and_the_administrators(
    owner: Any, amoa: Any, pmo: Any, outsider: Any, staff_admin: Any, project_one: Project
) -> None:
    end_mandate(actor=owner, mandate=project_one.mandates.active().get(holder=pmo))
    role, end = role_on(project_one, "PMO"), timezone.now() + 40 * DAY
    seat = appoint(actor=owner, project=project_one, role=role, holder=outsider, ends_at=end)
    announce(41 * DAY)
    assert {owner.email, amoa.email, outsider.email, staff_admin.email} <= told(Reason.ROLE_OVER, seat)


def test_a_short_mandate_is_not_announced_as_ending(owner: Any, outsider: Any, project_one: Project) -> None:
    role, end = role_on(project_one, "DEST"), timezone.now() + 20 * DAY
    short = appoint(actor=owner, project=project_one, role=role, holder=outsider, ends_at=end)
    announce(DAY)
    assert told(Reason.ROLE_ENDING, short) == set()
    announce(21 * DAY)
    assert told(Reason.ROLE_OVER, short) == BOTH


def test_both_sides_are_told_of_the_end_of_a_delegation(owner: Any, outsider: Any, project_one: Project) -> None:
    def lend() -> Any:
        return delegate(
            actor=owner,
            project=project_one,
            to=outsider,
            kinds=["minor_change"],
            cap=None,
            document="Act 12",
            ends_at=timezone.now() + 10 * DAY,
        )

    kept, revoked = lend(), lend()
    revoke(actor=owner, delegation=revoked)
    announce(11 * DAY)
    assert (told(Reason.DELEGATION_OVER, kept), told(Reason.DELEGATION_OVER, revoked)) == (BOTH, set())


def test_the_mail_says_which_role_ends_in_the_language_of_its_reader(given: Mandate) -> None:
    announce(61 * DAY)
    notice = Notification.objects.get(reason=Reason.ROLE_ENDING, recipient=given.holder)
    mail = build_mail(notice)
    assert "ONE · DEST" in mail.subject
    assert mail.subject.startswith("Fin de rôle dans les 30 jours\u202f: ")
    assert "import" not in mail.body
    assert f"/projects/ONE/mandates/#mandate-{given.pk}" in mail.body


def test_it_runs_every_night() -> None:
    assert settings.CELERY_BEAT_SCHEDULE["announce-ends"]["task"] == announce_ends.name


# — acceptance —


def test_an_accepted_mandate_is_told_to_who_gave_it(given: Mandate, outsider: Any, owner: Any) -> None:
    accept(actor=outsider, mandate=given)
    told = Notification.objects.filter(reason=Reason.ROLE_ACCEPTED, event__subject_id=given.pk)
    assert [notice.recipient for notice in told] == [owner]


@pytest.mark.parametrize("later", [timedelta(0), 10 * DAY])
def test_a_mandate_to_accept_waits_in_the_inbox_even_before_it_begins(
    later: timedelta, owner: Any, outsider: Any, project_one: Project, client_of: Any
) -> None:
    client = client_of(outsider)
    assert "Accept the mandate" not in client.get("/", headers=ENGLISH).text
    start = timezone.now() + later
    mandate = appoint(
        actor=owner, project=project_one, role=role_on(project_one, "DEST"), holder=outsider, starts_at=start
    )
    waiting = count_waiting(outsider, 100)[0]
    assert f"/mandates/{mandate.pk}/accept/" in client.get("/", headers=ENGLISH).text
    assert "Accepter le mandat" in client.get("/", headers=FRENCH).text
    accept(actor=outsider, mandate=mandate)
    assert count_waiting(outsider, 100)[0] == waiting - 1
    assert f"/mandates/{mandate.pk}/accept/" not in client.get("/", headers=ENGLISH).text


def test_a_mandate_that_is_over_or_taken_back_waits_for_nobody(given: Mandate, owner: Any, outsider: Any) -> None:
    end_mandate(actor=owner, mandate=given, because="The work is done.")
    assert not Mandate.objects.awaiting_acceptance_of(outsider).exists()


def test_a_named_owner_finds_the_mandate_to_accept(owner: Any, outsider: Any, project_one: Project) -> None:
    named = name_owner(actor=owner, project=project_one, holder=outsider, starts_at=timezone.now() + DAY)
    assert list(Mandate.objects.awaiting_acceptance_of(outsider)) == [named]


# — roles to fill before the launch —


def test_a_draft_project_waits_for_its_owner_until_its_mandatory_roles_are_filled(
    staff_admin: Any, outsider: Any, cast: dict[str, Any], client_of: Any
) -> None:
    today = timezone.localdate()
    fields = {"code": "NEW", "prefix": "NEW", "title_fr": "Quai", "title_en": "Quay", "starts_on": today}
    project = found_project(actor=staff_admin, owner=outsider, fields=fields | {"ends_on": today + 400 * DAY})
    project.refresh_from_db()
    assert project.state == ProjectState.DRAFT
    first = client_of(outsider).get("/", headers=ENGLISH).text
    assert ("Accept the mandate" in first, "Fill the roles" in first) == (True, False)
    accept(actor=outsider, mandate=project.mandates.get())
    page = client_of(outsider).get("/", headers=ENGLISH).text
    assert ("Fill the roles" in page, "/projects/NEW/launch/" in page) == (True, True)
    for code, member in (("PMO", "pmo"), ("AMOA", "amoa"), ("MOE", "moe"), ("DEST", "recipient")):
        assert list(list_projects_to_fill(outsider)) == [project]
        group = {"group": "Quays"} if code == "DEST" else {}
        appoint(actor=outsider, project=project, role=role_on(project, code), holder=cast[member], **group)
    assert not [check for check in checklist(project) if check.item in {Item.HELD, Item.PROVIDER} and not check.done]
    assert list(list_projects_to_fill(outsider)) == []
    assert list(list_projects_to_fill(cast["pmo"])) == []
