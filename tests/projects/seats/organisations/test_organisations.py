"""Test the independence of organisations: their dated links, refused appointments, and the owner's waiver (R8)."""

import html
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused
from core.acts import acting_as
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.kinds.base import Kind
from governance.decide.kinds.registry import kind_of
from governance.decide.proposals.services import Incomplete
from projects.models import LedgerEvent, Mandate, OrganisationLink, Project
from projects.seats.mandates.services import appoint, end_mandate, name_owner, role_on
from projects.seats.organisations.enums import LinkKind
from projects.seats.organisations.queries import related_organisations
from projects.seats.organisations.services import end_link, link_organisations, rename_organisation
from roles.models import Organisation, User
from tests import acts
from tests.conftest import CAST
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGES = "projects:organisations"
REASON = "Only this company knows the old registers, and it builds nothing of the new ones."


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


class Place:
    """Project one, whose provider is of Quays and Locks, with organisations of its own."""

    def __init__(self, cast: dict[str, Any], project: Project) -> None:
        self.cast, self.project, self.owner, self.admin = cast, project, cast["owner"], cast["staff_admin"]
        self.quays = cast["moe"].organisation

    def organisation(self, name: str) -> Organisation:
        """Return the organisation with this name; create it when missing."""
        with acting_as(User.objects.installation()):
            return Organisation.objects.get_or_create(name=name)[0]

    def employ(self, member: str, organisation: Organisation | None) -> Any:
        """Make a member of the cast work for an organisation."""
        person = self.cast[member]
        person.organisation = organisation
        with acting_as(self.admin):
            person.save()
        return person

    def link(self, organisation: Organisation, kind: str, other: Organisation, **more: Any) -> OrganisationLink:
        """Record a link as an administrator, by default since last year."""
        more = {"starts_on": timezone.localdate() - 365 * DAY, "source": "Trade register"} | more
        return link_organisations(actor=self.admin, organisation=organisation, kind=LinkKind(kind), other=other, **more)

    def vacate(self, code: str) -> None:
        """End the mandate of a role."""
        end_mandate(actor=self.owner, mandate=self.project.mandates.active().get(role__code=code))

    def give(self, code: str, member: str, **more: Any) -> Mandate:
        """Give a role directly."""
        role = role_on(self.project, code)
        return appoint(actor=self.owner, project=self.project, role=role, holder=self.cast[member], **more)

    def is_refused(self, code: str, member: str, **more: Any) -> bool:
        """Return whether the role is refused because of organisations; undone otherwise."""
        try:
            given = self.give(code, member, **more)
        except ValidationError as error:
            return "are of the same organisation or group" in " ".join(error.messages)
        end_mandate(actor=self.owner, mandate=given)
        return False


@pytest.fixture
def place(cast: dict[str, Any], project_one: Project) -> Place:
    """Build project one, where the role PMO is vacant."""
    found = Place(cast, project_one)
    found.vacate("PMO")
    return found


# — links —


def test_administrators_record_links_with_an_event_in_the_chain_of_the_organisation(
    cast: dict[str, Any], place: Place
) -> None:
    group = place.organisation("Group")
    for member in set(CAST) - {"staff_admin", "superuser"}:
        with pytest.raises(Refused):
            link_organisations(
                actor=cast[member],
                organisation=place.quays,
                kind=LinkKind.MEMBER,
                other=group,
                starts_on=date(2026, 1, 1),
                source="X",
            )
    made = place.link(place.quays, "member", group)
    event = LedgerEvent.objects.get(subject="projects.organisationlink", subject_id=made.pk)
    assert (event.act, event.actor, event.project.level) == ("link_organisations", place.admin, "organisation")
    ended = end_link(actor=place.admin, link=made, ends_on=timezone.localdate())
    assert LedgerEvent.objects.filter(subject_id=made.pk, act="end_link").exists()
    assert (ended.ends_on, made.history.count()) == (timezone.localdate(), 2)


def test_a_link_is_refused_without_a_source_twice_to_itself_or_backwards(place: Place) -> None:
    group = place.organisation("Group")
    made = place.link(place.quays, "member", group)
    for other, more in (
        (group, {}),
        (place.quays, {}),
        (place.organisation("Other"), {"source": "  "}),
        (place.organisation("Other"), {"source": "\u200b."}),
        (place.organisation("Other"), {"ends_on": date(2020, 1, 1)}),
    ):
        with pytest.raises(ValidationError):
            place.link(place.quays, "member", other, **more)
    with pytest.raises(ValidationError):
        end_link(actor=place.admin, link=made, ends_on=made.starts_on - DAY)
    end_link(actor=place.admin, link=made, ends_on=timezone.localdate())
    with pytest.raises(ValidationError):
        end_link(actor=place.admin, link=made, ends_on=timezone.localdate() - DAY)


def test_groups_reach_to_any_depth_and_subcontracting_one_step(place: Place) -> None:
    a, b, c, top, one, two, far = (place.organisation(name) for name in ("A", "B", "C", "Top", "One", "Two", "Far"))
    place.link(a, "member", top)
    place.link(top, "member", c)
    place.link(b, "member", c)
    place.link(one, "subcontractor", b)
    place.link(one, "subcontractor", two)
    place.link(far, "subcontractor", two)
    now = timezone.now()
    found = related_organisations([a.pk, one.pk, two.pk], now, None)
    names = {
        root: set(Organisation.objects.filter(pk__in=side).values_list("name", flat=True))
        for root, side in found.items()
    }
    assert names[a.pk] == {"A", "B", "C", "Top", "One"}
    assert names[one.pk] == {"One", "A", "B", "C", "Top", "Two"}
    assert names[two.pk] == {"Two", "One", "Far"}


def test_an_administrator_records_and_ends_a_link_on_the_pages(place: Place, staff_admin: Any, client_of: Any) -> None:
    client, group = client_of(staff_admin), place.organisation("Group")
    fields = {
        "organisation": place.quays.pk,
        "kind": "member",
        "other": group.pk,
        "starts_on": "2026-01-05",
        "ends_on": "",
        "source": "Trade register",
    }
    assert client.post(reverse(f"{PAGES}:organisations_link"), fields | {"source": ""}).status_code == 422
    answer = client.post(reverse(f"{PAGES}:organisations_link"), fields)
    assert answer.status_code == 302, answer.context["form"].errors
    made = OrganisationLink.objects.get(other=group)
    assert (made.recorded_by, made.starts_on) == (staff_admin, date(2026, 1, 5))
    listed = client.get(reverse(f"{PAGES}:organisation_list"), {"q": place.quays.name}).text
    assert "depuis le 5 janv. 2026" in listed
    path = reverse(f"{PAGES}:link_end", args=[made.pk])
    assert client.post(path, {"ends_on": "2026-01-04"}).status_code == 422
    assert client.post(path, {"ends_on": "2026-06-30"}).status_code == 302
    made.refresh_from_db()
    assert (made.ends_on, made.source) == (date(2026, 6, 30), "Trade register")
    assert client.post(path, {"ends_on": "2026-07-30"}).status_code == 422


def test_an_administrator_adds_and_renames_an_organisation(staff_admin: Any, client_of: Any) -> None:
    client = client_of(staff_admin)
    assert client.post(reverse(f"{PAGES}:organisation_add"), {"name": "Quay works"}).status_code == 302
    row = Organisation.objects.get(name="Quay works")
    assert client.post(reverse(f"{PAGES}:organisation_add"), {"name": "quay WORKS"}).status_code == 422
    path = reverse(f"{PAGES}:organisation_rename", args=[row.pk])
    assert 'value="Quay works"' in client.get(path).text
    assert client.post(path, {"name": "Quay works Ltd"}).status_code == 302
    assert row.history.latest().history_user == staff_admin
    assert [name for (name,) in row.history.order_by("pk").values_list("name")] == ["Quay works", "Quay works Ltd"]
    assert LedgerEvent.objects.filter(act="keep_organisation", subject_id=row.pk).count() == 2
    assert client.post(path, {"name": _taken(row)}).status_code == 422


def _taken(row: Organisation) -> str:
    """Return the name of another organisation."""
    return Organisation.objects.exclude(pk=row.pk).order_by("pk")[0].name


@pytest.mark.parametrize("member", ["owner", "pmo", "outsider"])
def test_nobody_else_keeps_organisations(member: str, cast: dict[str, Any], place: Place, client_of: Any) -> None:
    client = client_of(cast[member])
    assert client.get(reverse(f"{PAGES}:organisation_list")).status_code == 403
    assert client.post(reverse(f"{PAGES}:organisation_add"), {"name": "Mine"}).status_code == 403
    with pytest.raises(Refused):
        rename_organisation(actor=cast[member], organisation=place.quays, name="Mine")


# — appointments —


@pytest.mark.parametrize("kind", ["", "member", "subcontractor", "contractor", "sister"])
def test_an_adviser_of_the_providers_side_is_refused(kind: str, place: Place) -> None:
    theirs = place.organisation("Advisers")
    place.employ("outsider", place.quays if not kind else theirs)
    assert place.is_refused("PMO", "outsider") is not bool(kind)
    if kind == "contractor":
        place.link(place.quays, "subcontractor", theirs)
    elif kind == "sister":
        place.link(place.quays, "member", place.organisation("Group"))
        place.link(theirs, "member", place.organisation("Group"))
    elif kind:
        place.link(theirs, kind, place.quays)
    assert place.is_refused("PMO", "outsider")
    with pytest.raises(ValidationError) as error:
        place.give("PMO", "outsider")
    for part in ("Victor Dumoulin", "Declan Foyle", "PMO", "MOE"):
        assert part in error.value.messages[0]


def test_a_provider_of_an_advisers_side_is_refused(place: Place) -> None:
    place.employ("outsider", place.cast["amoa"].organisation)
    place.vacate("MOE")
    assert place.is_refused("MOE", "outsider")


def test_the_owners_own_organisation_does_not_deliver_but_may_advise(place: Place) -> None:
    place.employ("outsider", place.owner.organisation)
    place.vacate("MOE")
    assert place.is_refused("MOE", "outsider")
    assert not place.is_refused("DPD", "outsider")
    theirs = place.organisation("Works department")
    place.employ("other_owner", theirs)
    assert not place.is_refused("MOE", "other_owner")
    place.link(theirs, "member", place.owner.organisation)
    assert place.is_refused("MOE", "other_owner")


def test_the_owner_waives_it_for_their_own_organisation_too(place: Place) -> None:
    person = place.employ("outsider", place.owner.organisation)
    place.vacate("MOE")
    terms = {"role": "MOE", "holder": str(person.key), "independence": REASON}
    decide(place, acts.prepare(place.cast["amoa"], project=place.project, kind="appointment", terms=terms))
    fire_deferred_triggers()
    given = Mandate.objects.get(holder=person)
    assert (given.role.code, given.independence_waived) == ("MOE", True)


def test_a_link_counts_on_its_days_only(place: Place) -> None:
    theirs, today = place.organisation("Advisers"), timezone.localdate()
    place.employ("outsider", theirs)
    place.link(theirs, "member", place.quays, ends_on=today - 2 * DAY)
    assert not place.is_refused("PMO", "outsider")
    place.link(theirs, "member", place.quays, starts_on=today + 30 * DAY)
    assert not place.is_refused("PMO", "outsider", ends_at=timezone.now() + 20 * DAY)
    assert place.is_refused("PMO", "outsider")


def test_mandates_of_different_times_the_owner_and_roles_that_go_together_are_not_concerned(place: Place) -> None:
    place.employ("outsider", place.quays)
    assert not place.is_refused("DEST", "outsider", group="Crews")
    end = timezone.now() + 9 * DAY
    end_mandate(actor=place.owner, mandate=place.project.mandates.active().get(role__code="MOE"), ends_at=end)
    assert place.is_refused("PMO", "outsider")
    assert not place.is_refused("PMO", "outsider", starts_at=end)
    named = name_owner(actor=place.owner, project=place.project, holder=place.cast["outsider"], starts_at=end - DAY)
    assert named.decides


def test_a_person_of_no_organisation_is_taken_at_their_word(place: Place) -> None:
    place.employ("outsider", None)
    assert not place.is_refused("PMO", "outsider")


# — the waiver —


def propose(place: Place, **terms: Any) -> Any:
    """Write a proposal of the AMOA that gives the role PMO to somebody of the provider's organisation."""
    person = place.employ("outsider", place.quays)
    given = {"role": "PMO", "holder": str(person.key)}
    return acts.prepare(place.cast["amoa"], project=place.project, kind="appointment", terms=given | terms)


def decide(place: Place, file: Any, outcome: acts.Outcome = acts.Outcome.APPROVED) -> Any:
    """Decide as the owner, with a reason not to wait for the vacant PMO."""
    return acts.decide(place.owner, file, outcome, waived=acts.missing_opinion_reasons(file))


@pytest.mark.parametrize("terms", [{}, {"independence": " . "}, {"independence": "\u3000"}])
def test_such_a_proposal_is_not_submitted_without_its_reason(terms: dict[str, str], place: Place) -> None:
    with pytest.raises(Incomplete) as error:
        propose(place, **terms)
    assert set(error.value.gaps) == {"terms-independence"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_owner_waives_independence_by_a_decision_and_the_record_says_why(
    language: str, place: Place, client_of: Any
) -> None:
    decision = decide(place, propose(place, independence=REASON))
    given = Mandate.objects.get(holder=place.cast["outsider"])
    assert (given.role.code, given.independence_waived) == ("PMO", True)
    client, wanted = client_of(place.owner), {"accept-language": language}
    record = reverse("governance:records:decision_record", args=[decision.pk])
    assert REASON in html.unescape(client.get(record, headers=wanted).content.decode())
    page = html.unescape(client.get("/projects/ONE/mandates/", headers=wanted).content.decode())
    with override(language):
        assert {"en": "Independence waived by decision", "fr": "Indépendance levée par décision"}[language] in page
    roles = html.unescape(client.get("/projects/ONE/roles/", headers=wanted).content.decode())
    assert "Quays and Locks Ltd (fictional) holds" not in roles


def test_a_rejected_waiver_appoints_nobody(place: Place) -> None:
    decide(place, propose(place, independence=REASON), acts.Outcome.REJECTED)
    assert not Mandate.objects.filter(holder=place.cast["outsider"]).exists()


def test_a_reason_that_was_not_needed_waives_nothing(place: Place) -> None:
    person = place.employ("outsider", place.organisation("Free"))
    terms = {"role": "PMO", "holder": str(person.key), "independence": REASON}
    decide(place, acts.prepare(place.cast["amoa"], project=place.project, kind="appointment", terms=terms))
    assert not Mandate.objects.get(holder=person).independence_waived


def test_a_link_recorded_after_the_submission_stops_the_appointment(place: Place) -> None:
    theirs = place.organisation("Advisers")
    person = place.employ("outsider", theirs)
    terms = {"role": "PMO", "holder": str(person.key)}
    file = acts.prepare(place.cast["amoa"], project=place.project, kind="appointment", terms=terms)
    place.link(theirs, "subcontractor", place.quays)
    with pytest.raises(CannotTakeEffect, match="same organisation or group"):
        decide(place, file)


def test_the_matrix_shows_who_came_to_one_side_later(place: Place, client_of: Any) -> None:
    theirs = place.cast["amoa"].organisation
    place.link(theirs, "member", place.quays)
    page = client_of(place.owner).get("/projects/ONE/roles/", headers={"accept-language": "en"}).content.decode()
    assert "They belong to one group or work for each other" in html.unescape(page)


def test_the_kind_of_appointments_has_the_term() -> None:
    kind: Kind = kind_of("appointment")
    assert "independence" in kind.fields
