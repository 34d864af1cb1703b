"""The pages of two hands, the mails and the link to object; the directory and the server as other routes."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core.acts import acting_as
from governance.desk.inbox.queries import list_tasks
from governance.record.erasure.services import CannotErase, erase_person
from projects.models import LedgerEvent, Notification, Project, Replacement
from projects.notices.tasks import relay
from projects.people.provisioning.services import make_token
from projects.people.replacements.services import ask_closing, object_to_replacement, propose_owner, second, take_seat
from projects.people.replacements.words import describe_new_owner
from roles.models import User
from tests import acts
from tests.database import owning, run
from tests.pages.visits import act
from tests.projects.people.replacements.factories import SECONDED, WHY, closing, pass_time, proposed, taken, unguarded

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ENGLISH = {"accept-language": "en"}
LINK = re.compile(r"https?://[^/\s]+(/objection/\S+)")


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


@pytest.fixture
def adviser(db: None) -> User:
    """Return the PMO of projects two and three."""
    return User.objects.get(email="other.pmo@example.org")


def test_two_people_replace_an_owner_by_pages_alone(
    project_three: Project, staff_admin: User, outsider: User, adviser: User, client_of: Any
) -> None:
    admin, colleague, successor = client_of(staff_admin), client_of(adviser), client_of(outsider)
    form = "/administration/projects/THREE/owner/"
    words = {"email": outsider.email, "because": WHY}
    assert WHY in admin.post(form, words | {"step": "review"}, headers=ENGLISH).text
    address = admin.post(form, words | {"step": "record"})["Location"]
    row = pass_time(Replacement.objects.get())
    assert address == row.get_absolute_url()
    page = admin.get(address, headers=ENGLISH).text
    assert "A second person must agree in their own words." in page
    assert adviser.name in page
    assert "Read and agree" not in page
    assert "Read and agree" in colleague.get(address, headers=ENGLISH).text
    assert colleague.post(f"{address}second/", {"because": SECONDED}).status_code == 302
    pass_time(row)
    assert "Accept to own the project" in successor.get(address, headers=ENGLISH).text
    assert successor.post(f"{address}accept/")["Location"] == "/projects/THREE/mandates/"
    assert project_three.mandates.active().deciding().get().holder == outsider
    assert "In place of another owner" in successor.get("/projects/THREE/mandates/", headers=ENGLISH).text


def test_the_account_of_an_owner_is_closed_by_pages_of_two(
    owner: User, staff_admin: User, pmo: User, client_of: Any
) -> None:
    admin = client_of(staff_admin)
    form = f"/administration/people/{owner.pk}/close/owner/"
    assert admin.get(f"/administration/people/{owner.pk}/close/")["Location"] == form
    address = admin.post(form, {"because": WHY, "last_day": "", "step": "record"})["Location"]
    row = pass_time(Replacement.objects.get())
    owner.refresh_from_db()
    assert owner.is_active
    assert client_of(pmo).post(f"{address}second/", {"because": SECONDED}).status_code == 302
    owner.refresh_from_db()
    assert not owner.is_active
    assert row.former == owner


@pytest.mark.parametrize("member", ["moe", "recipient", "outsider", "owner", "other_owner"])
def test_nobody_else_proposes_or_seconds(
    member: str, cast: dict[str, Any], project_three: Project, client_of: Any
) -> None:
    row = proposed(project_three, cast["staff_admin"], cast["delegate"])
    client, address = client_of(cast[member]), row.get_absolute_url()
    form = "/administration/projects/THREE/owner/"
    assert client.post(form, {"email": "moe@example.org", "because": WHY, "step": "record"}).status_code == 404
    close = f"/administration/people/{cast['pmo'].pk}/close/owner/"
    assert client.post(close, {"because": WHY, "step": "record"}).status_code in {403, 404}
    for step in ("second", "accept", "confirm", "withdraw"):
        assert client.post(f"{address}{step}/", {"because": WHY}).status_code in {403, 404}, step
    row.refresh_from_db()
    assert (row.seconded_by, row.outcome) == (None, "")


# — the mails, and the link to object —


def test_the_former_owner_objects_by_a_mailed_link_without_signing_in(
    project_three: Project,
    staff_admin: User,
    outsider: User,
    adviser: User,
    inactive_owner: User,
    mailoutbox: list[Any],
    client_of: Any,
) -> None:
    row, _mandate = taken(project_three, staff_admin, outsider, adviser)
    relay()
    mails = [mail for mail in mailoutbox if mail.to == [inactive_owner.email]]
    assert mails, "the account is closed, and it is told all the same"
    found = LINK.search(mails[-1].body)
    assert found
    visitor = Client(headers=ENGLISH)
    assert "I object" in visitor.get(found[1]).text
    row.refresh_from_db()
    assert row.objected_at is None, "reading the page writes nothing"
    assert "Your objection is recorded" in visitor.post(found[1]).text
    row.refresh_from_db()
    assert row.objected_at
    event = LedgerEvent.objects.get(act="object_replacement", project=project_three)
    assert event.actor == inactive_owner
    path, fields = act("appoint", None)
    fields = {name: value for name, value in fields.items() if name != "step"} | {"role": "DEST", "email": "x"}
    answer = client_of(outsider).post(path.replace("/ONE/", "/THREE/"), fields | {"email": "moe@example.org"})
    assert answer.status_code == 403
    assert "no longer works" in visitor.post(found[1]).text, "once is enough"


def test_each_of_those_concerned_gets_a_mail_with_the_page_and_only_the_former_owner_the_link(
    project_three: Project, staff_admin: User, outsider: User, adviser: User, mailoutbox: list[Any]
) -> None:
    proposed(project_three, staff_admin, outsider)
    relay()
    bodies = {mail.to[0]: mail.body for mail in mailoutbox}
    assert {"other.amoa@example.org", adviser.email, "superuser@example.org", outsider.email} <= bodies.keys()
    with_link = {address for address, body in bodies.items() if "/objection/" in body}
    assert with_link == {"inactive.owner@example.org"}
    assert WHY in bodies[adviser.email]


def test_the_former_owner_is_told_at_the_addresses_of_the_last_days(
    owner: User, staff_admin: User, mailoutbox: list[Any]
) -> None:
    before = owner.email
    with unguarded("roles_user"), acting_as(owner):
        run("UPDATE roles_user SET email = 'owner.new@example.org' WHERE id = %s", [owner.pk])
    closing(owner, staff_admin)
    relay()
    assert {"owner.new@example.org", before} <= {mail.to[0] for mail in mailoutbox}


# — my tasks —


def tasks_of(person: User) -> set[str]:
    """Return the kinds of tasks of a person."""
    return {task.kind.name for task in list_tasks(person)}


def test_each_step_is_a_task_of_who_does_it(
    project_three: Project, staff_admin: User, outsider: User, adviser: User, superuser: User, inactive_owner: User
) -> None:
    row = proposed(project_three, staff_admin, outsider)
    assert "replacements" in tasks_of(adviser) & tasks_of(superuser)
    assert "replacements" not in tasks_of(staff_admin) | tasks_of(outsider)
    row = pass_time(second(actor=adviser, replacement=row, because=SECONDED))
    assert "replacements" not in tasks_of(adviser) | tasks_of(superuser)
    assert "successions" in tasks_of(outsider)
    object_to_replacement(actor=inactive_owner, replacement=row)
    assert "successions" not in tasks_of(outsider)
    assert "objections" in tasks_of(adviser) & tasks_of(staff_admin)


def test_what_the_directory_asks_is_a_task_of_administrators(owner: User, staff_admin: User, pmo: User) -> None:
    ask_closing(actor=User.objects.installation(), person=owner)
    assert "closings" in tasks_of(staff_admin)
    assert "closings" not in tasks_of(pmo)


# — other routes —


def test_the_directory_closes_no_owner_and_is_told_the_true_state(owner: User, staff_admin: User, client: Any) -> None:
    _token, secret = make_token(actor=staff_admin, name="directory")
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": False}],
    }
    for _again in range(2):
        answer = client.patch(
            f"/scim/v2/Users/{owner.key}",
            json.dumps(body),
            content_type="application/scim+json",
            headers={"authorization": f"Bearer {secret}"},
        )
        assert answer.status_code == 200
        assert answer.json()["active"] is True
    owner.refresh_from_db()
    assert owner.is_active
    assert Replacement.objects.get(former=owner).is_asked
    told = Notification.objects.filter(reason="seat_asked").values_list("recipient__email", flat=True)
    assert {"owner@example.org", "pmo@example.org", "staff.admin@example.org"} <= {*told}


def test_the_operator_erases_no_owner_whose_account_is_open(owner: User) -> None:
    with owning(), pytest.raises(CannotErase):
        erase_person(actor=User.objects.installation(), person=owner, because="A request.")


# — what decisions say —


def test_a_decision_of_the_first_days_says_how_its_owner_came(
    project_one: Project, owner: User, staff_admin: User, pmo: User, outsider: User, client_of: Any, proposal: Any
) -> None:
    file = proposal("ready_for_decision")
    row = closing(owner, staff_admin)
    pass_time(second(actor=pmo, replacement=row, because=SECONDED))
    row = pass_time(propose_owner(actor=staff_admin, project=project_one, successor=outsider, because=WHY))
    row = pass_time(second(actor=pmo, replacement=row, because=SECONDED))
    take_seat(actor=outsider, replacement=row)
    pass_time(row)
    words = f"in place of {owner}, proposed by {staff_admin}, seconded by {pmo} (advising role of the project)"
    reader = client_of(outsider)
    assert words in reader.get(file.get_absolute_url(), headers=ENGLISH).text
    decision = acts.decide(outsider, file)
    capital = words[0].upper() + words[1:]
    assert capital in reader.get(decision.get_absolute_url(), headers=ENGLISH).text
    assert words in reader.get("/projects/ONE/register/", headers=ENGLISH).text
    assert capital in reader.get(f"{file.get_absolute_url()}", headers=ENGLISH).text
    later = decision.mandate
    assert describe_new_owner(later, later.starts_at + 29 * DAY)
    assert describe_new_owner(later, later.starts_at + 31 * DAY) == ""
    row.seconded_by = None
    later.replacement = row
    assert "alone: nobody could second it" in describe_new_owner(later, later.starts_at + 900 * DAY), "ever after"
