"""Test that facts about organisations mark the seats and opinions they touch, tell the owner, and edit nothing."""

import html
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.acts import acting_as
from governance.decide.independence.models import IndependenceMark
from governance.decide.independence.queries import build_missing_marks
from governance.decide.independence.tasks import judge_independence
from governance.models import Opinion
from projects.models import Employment, LedgerEvent, Mandate, Notification, Project
from projects.people.accounts.employers import change_employer
from projects.people.accounts.tasks import apply_employments
from projects.seats.interests.services import declare_interest, note_bidder
from projects.seats.mandates.services import appoint, end_mandate, role_on
from projects.seats.organisations.enums import LinkKind
from projects.seats.organisations.services import end_link, link_organisations
from roles.models import Organisation, User
from tests import acts
from tests.database import backdate, fire_deferred_triggers

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


class Desk:
    """Project one with its cast, and the facts that an administrator records."""

    def __init__(self, cast: dict[str, Any], project: Project) -> None:
        self.cast, self.project, self.admin, self.today = cast, project, cast["staff_admin"], timezone.localdate()
        judge_independence()  # what the scenario holds from before

    def seat(self, member: str) -> Mandate:
        """Return the mandate of a member."""
        return Mandate.objects.active().get(project=self.project, holder=self.cast[member])

    def link(self, member: str = "amoa", other: str = "moe", days: int = 30, **more: Any) -> Any:
        """Link the organisations of two members since some days ago."""
        return link_organisations(
            actor=self.admin,
            organisation=self.cast[member].organisation,
            kind=LinkKind.SUBCONTRACTOR,
            other=self.cast[other].organisation,
            starts_on=self.today - days * DAY,
            source="Register",
            **more,
        )

    def marks(self, **where: Any) -> list[IndependenceMark]:
        """Judge, and return the marks of project one."""
        judge_independence()
        fire_deferred_triggers()
        rows = IndependenceMark.objects.described().filter(mandate__project=self.project, **where)
        return list(rows)

    def notices(self, reason: str = "not_independent") -> dict[str, int]:
        """Return how many notices each person has got."""
        rows = Notification.objects.filter(reason=reason).values_list("recipient__email", flat=True)
        return {email: list(rows).count(email) for email in rows}

    def advise(self, member: str = "amoa", key: str = "change") -> Opinion:
        """Give an opinion on a new proposal."""
        author = "pmo" if member == "amoa" else "amoa"
        file = acts.draft(self.cast[author], self.project, key)
        acts.submit(self.cast[author], file)
        given = acts.advise(self.cast[member], acts.reread(file))
        fire_deferred_triggers()
        return given


@pytest.fixture
def desk(cast: dict[str, Any], project_one: Project) -> Desk:
    """Return project one."""
    return Desk(cast, project_one)


def test_a_link_entered_late_marks_both_seats_and_each_opinion_given_meanwhile(desk: Desk) -> None:
    given = desk.advise()
    before = list(Opinion.objects.values())
    assert desk.marks(opinion=given) == []
    desk.link()
    marks = desk.marks(since__gte=desk.today - 30 * DAY)
    amoa, moe = desk.seat("amoa"), desk.seat("moe")
    assert {(mark.mandate, mark.other) for mark in marks if not mark.opinion_id} == {(amoa, moe), (moe, amoa)}
    (mark,) = [mark for mark in marks if mark.opinion_id == given.pk]
    assert mark.sentence.startswith("Given while its author was tied to MOE (Quays and Locks Ltd (fictional)) since ")
    assert list(Opinion.objects.values()) == before
    event = LedgerEvent.objects.get(subject="governance.independencemark", subject_id=mark.pk)
    assert (event.act, event.project, event.proposal_id) == (
        "mark_independence",
        desk.project,
        given.revision.proposal_id,
    )


def test_one_notice_a_fact_goes_to_the_owner_and_the_adviser_concerned(desk: Desk) -> None:
    desk.advise()
    desk.advise()
    desk.link()
    count = len(desk.marks())
    told = desk.notices()
    assert told == {"owner@example.org": 1, "amoa@example.org": 1}
    assert len(desk.marks()) == count
    assert desk.notices() == told


def test_an_opinion_given_while_the_fact_is_known_is_marked_by_its_own_act(desk: Desk) -> None:
    desk.link()
    desk.marks()
    told = desk.notices()
    given = desk.advise()
    fire_deferred_triggers()
    assert IndependenceMark.objects.filter(opinion=given).count() == 1
    assert desk.notices() == told


def test_an_opinion_of_a_person_without_organisation_says_so(desk: Desk) -> None:
    with acting_as(desk.admin):
        desk.cast["amoa"].organisation = None
        desk.cast["amoa"].save()
    given = desk.advise()
    fire_deferred_triggers()
    mark = IndependenceMark.objects.described().get(opinion=given)
    assert mark.sentence == "Given while the organisation of its author was unknown."
    desk.marks()
    assert desk.notices("employer_unknown") == {"owner@example.org": 1, "amoa@example.org": 1}


def test_a_wrong_fact_that_ends_leaves_the_mark_and_says_that_facts_no_longer_say_so(
    desk: Desk, client_of: Any
) -> None:
    given = desk.advise()
    made = desk.link()
    assert desk.marks(opinion=given)
    path = given.revision.proposal.get_absolute_url()
    read = {"accept-language": "en"}
    page = html.unescape(client_of(desk.cast["owner"]).get(path, headers=read).text)
    assert "Given while its author was tied to MOE" in page
    assert "Facts recorded since no longer say so." not in page
    end_link(actor=desk.admin, link=made, ends_on=made.starts_on)
    assert desk.marks(opinion=given)
    page = html.unescape(client_of(desk.cast["owner"]).get(path, headers=read).text)
    assert "Facts recorded since no longer say so." in page


def test_an_employer_entered_late_is_judged_from_its_first_day(desk: Desk) -> None:
    given = desk.advise()
    home = desk.cast["moe"].organisation.name
    change_employer(
        actor=desk.cast["amoa"], person=desk.cast["amoa"], organisation=home, starts_on=desk.today - 9 * DAY
    )
    (mark,) = desk.marks(opinion=given, bidder=None)
    assert mark.since == desk.today - 9 * DAY
    assert desk.notices("employer_changed") == {"owner@example.org": 1}


def test_a_tie_declared_late_marks_the_opinions_since_its_first_day(desk: Desk) -> None:
    given = desk.advise()
    declare_interest(
        actor=desk.cast["amoa"],
        project=desk.project,
        organisation=desk.cast["moe"].organisation.name,
        tie="I hold shares.",
        starts_on=desk.today - 5 * DAY,
    )
    (mark,) = desk.marks(opinion=given, bidder=None)
    assert mark.since == desk.today - 5 * DAY


def test_a_bidder_on_the_side_of_an_adviser_marks_the_seat(desk: Desk) -> None:
    note_bidder(actor=desk.cast["owner"], project=desk.project, organisation=desk.cast["amoa"].organisation.name)
    (mark,) = desk.marks(mandate=desk.seat("amoa"))
    assert mark.sentence.startswith("Not independent of a bidder (")


def test_a_fact_that_begins_by_date_is_judged_by_the_nightly_task(desk: Desk, monkeypatch: Any) -> None:
    home = desk.cast["moe"].organisation
    person = desk.cast["amoa"]
    change_employer(actor=desk.admin, person=person, organisation=home.name, starts_on=desk.today + DAY)
    person.refresh_from_db()
    assert person.organisation != home
    assert desk.marks(mandate=desk.seat("amoa")) == []
    midnight = timezone.make_aware(datetime.combine(desk.today + DAY, time.min))
    assert not build_missing_marks(midnight - MINUTE, desk.project.pk), "the day before, where the organisation is"
    missing = build_missing_marks(midnight + MINUTE, desk.project.pk)
    assert {(mark.mandate_id, mark.other_id) for mark in missing if mark.other_id} == {
        (desk.seat("amoa").pk, desk.seat("moe").pk),
        (desk.seat("moe").pk, desk.seat("amoa").pk),
    }
    monkeypatch.setattr("projects.people.accounts.tasks.today", lambda: desk.today + DAY)
    monkeypatch.setattr("projects.people.accounts.employers.today", lambda: desk.today + DAY)
    assert apply_employments() == 1
    person.refresh_from_db()
    assert person.organisation == home


def test_a_waived_seat_is_not_marked(desk: Desk) -> None:
    backdate("projects_mandate", "independence_waived", True, "id = %s", [desk.seat("amoa").pk])
    desk.link()
    assert desk.marks(since__gte=desk.today - 30 * DAY, bidder=None) == []


def test_the_record_and_the_register_show_a_mark_made_after_the_decision(desk: Desk, client_of: Any) -> None:
    given = desk.advise()
    decision = acts.decide(desk.cast["owner"], acts.reread(given.revision.proposal))
    fire_deferred_triggers()
    desk.link()
    desk.marks()
    client, read = client_of(desk.cast["owner"]), {"accept-language": "en"}
    record = html.unescape(
        client.get(reverse("governance:records:decision_record", args=[decision.pk]), headers=read).text
    )
    assert "Given while its author was tied to MOE" in record
    register = client.get(
        reverse("governance:register:register", args=["ONE"]), {"independence": "marked"}, headers=read
    ).text
    assert decision.reference in register
    page = html.unescape(client.get(f"/projects/{desk.project.code}/mandates/", headers=read).text)
    assert "Not independent of MOE (" in page


def test_a_person_and_an_administrator_change_the_organisation_on_their_pages(desk: Desk, client_of: Any) -> None:
    person, fields = desk.cast["outsider"], {"organisation": "Fresh Ltd", "starts_on": desk.today.isoformat()}
    assert client_of(person).post("/account/organisation/", fields | {"organisation": ""}).status_code == 422
    assert client_of(person).post("/account/organisation/", fields).status_code == 302
    person.refresh_from_db()
    assert person.organisation.name == "Fresh Ltd"
    assert list(Employment.objects.in_order().filter(person=person).values_list("organisation__name", flat=True))[
        -1
    ] == ("Fresh Ltd")
    path = f"/administration/people/{person.pk}/organisation/"
    assert client_of(desk.cast["owner"]).post(path, fields).status_code == 403
    other = fields | {"organisation": "Second Ltd"}
    assert client_of(desk.admin).post(path, other).status_code == 302
    assert Notification.objects.filter(recipient=person, reason="account_changed").count() == 1
    person.refresh_from_db()
    assert (person.organisation.name, LedgerEvent.objects.filter(act="change_employer").count()) == ("Second Ltd", 2)
    page = html.unescape(client_of(desk.admin).get(f"/administration/people/{person.pk}/").text)
    assert "Fresh Ltd" not in page
    assert "Second Ltd" in page


def test_a_former_employer_does_not_bar_a_later_seat(desk: Desk) -> None:
    """Somebody who left the provider's company yesterday may advise; one who joins it tomorrow may not."""
    person, home = desk.cast["outsider"], desk.cast["moe"].organisation
    end_mandate(actor=desk.cast["owner"], mandate=desk.seat("pmo"))
    with acting_as(desk.admin):
        person.organisation = home
        person.save()
    change_employer(actor=desk.admin, person=person, organisation="Free", starts_on=desk.today - 2 * DAY)
    role = role_on(desk.project, "PMO")
    given = appoint(actor=desk.cast["owner"], project=desk.project, role=role, holder=person)
    end_mandate(actor=desk.cast["owner"], mandate=given)
    change_employer(actor=desk.admin, person=person, organisation=home.name, starts_on=desk.today + 5 * DAY)
    with pytest.raises(ValidationError, match="same organisation or group"):
        appoint(actor=desk.cast["owner"], project=desk.project, role=role, holder=person)
    assert Organisation.objects.filter(name="Free").exists()
    assert User.objects.get(pk=person.pk).organisation.name == "Free"
