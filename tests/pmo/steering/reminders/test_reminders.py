"""Test reminders of obligations: who is told, once a day, by whom, and what the database holds."""

from datetime import timedelta
from html import escape, unescape
from operator import attrgetter
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.acts import act_time
from governance.decide.obligations.queries import Obligation as OfDuty
from governance.decide.obligations.queries import list_tenures, load_obligations
from governance.desk.inbox.obligations import is_due
from governance.models import Condition
from pmo.enums import Act, Reason
from pmo.models import Reminder
from pmo.steering.dashboards.obligations import find_task_key, list_obligations
from pmo.steering.dashboards.scope import Scope
from pmo.steering.reminders.services import RemindedToday, find_obligation, remind
from projects.models import LedgerEvent, Notification, Project
from projects.organisation_settings.queries import organisation
from projects.seats.mandates.holders import holders
from projects.seats.mandates.services import appoint, end_mandate, role_on
from roles.models import User
from tests import acts
from tests.attacks import Attacks, leaves

pytestmark = pytest.mark.django_db


@pytest.fixture
def condition(proposal: Any) -> Condition:
    """Return an open condition of project one."""
    return (
        Condition.objects.filter(state="open", decision__project__code="ONE").select_related("decision").earliest("pk")
    )


@pytest.fixture
def key(condition: Condition) -> str:
    """Return the key of the obligation to meet it."""
    return f"conditions-{condition.pk}"


def told(condition: Condition) -> set[str]:
    """Return the addresses of those who were reminded."""
    rows = Notification.objects.filter(reason=Reason.OBLIGATION_REMINDED, event__project=condition.decision.project)
    return set(rows.values_list("recipient__email", flat=True))


def test_a_reminder_tells_the_holders_of_the_role_and_both_sides_see_it(
    owner: User, project_one: Project, condition: Condition, key: str, client_of: Any
) -> None:
    sent = remind(actor=owner, project=project_one, key=key)
    people = {mandate.holder.email for mandate in holders(project_one, condition.role)}
    assert told(condition) == people - {owner.email} != set()
    event = LedgerEvent.objects.filter(project=project_one).latest("seq")
    assert (event.act, event.actor, event.subject_id, event.detail) == (Act.REMIND, owner, sent.pk, condition.role)
    reminded = holders(project_one, condition.role)[0].holder
    for reader in (owner, reminded):
        listed = reverse("pmo:dashboards:obligation_list", args=["ONE"])
        page = client_of(reader).get(listed, {"role": condition.role})
        assert f", {owner.name}" in unescape(page.content.decode())


def test_an_obligation_is_reminded_of_once_a_day(owner: User, pmo: User, project_one: Project, key: str) -> None:
    remind(actor=owner, project=project_one, key=key)
    with pytest.raises(RemindedToday):
        remind(actor=pmo, project=project_one, key=key)
    assert Reminder.objects.count() == 1


def test_a_settled_or_foreign_obligation_is_refused(
    owner: User, project_one: Project, condition: Condition, key: str
) -> None:
    for wrong in ("", "conditions-0", f"obligations-{project_one.pk}.PMO.PMO-99.ONCE", key.upper()):
        with pytest.raises(ValidationError):
            remind(actor=owner, project=project_one, key=wrong)
    assert (Reminder.objects.count(), told(condition)) == (0, set())


def test_who_neither_owns_nor_proposes_reminds_nobody(
    recipient: User, outsider: User, project_one: Project, key: str, client_of: Any
) -> None:
    with pytest.raises(PermissionDenied):
        remind(actor=recipient, project=project_one, key=key)
    address = reverse("pmo:reminders:obligation_remind", args=["ONE"])
    assert client_of(recipient).post(address, {"key": key}).status_code == 403
    assert client_of(outsider).post(address, {"key": key}).status_code == 404
    page = client_of(recipient).get(reverse("pmo:dashboards:obligation_list", args=["ONE"]))
    assert address not in page.content.decode()
    assert not Reminder.objects.exists()


def test_the_button_returns_to_the_list_as_it_was_and_then_says_that_it_was_sent(
    owner: User, condition: Condition, key: str, client_of: Any
) -> None:
    client, address = client_of(owner), reverse("pmo:reminders:obligation_remind", args=["ONE"])
    listed = reverse("pmo:dashboards:obligation_list", args=["ONE"])
    of_the_role = f"{listed}?role={condition.role}"
    page = client.get(of_the_role).content.decode()
    assert f'name="next" value="{of_the_role}#row-{key}"' in page
    assert f'id="row-{key}"' in page
    fields, english = {"key": key, "next": f"{listed}?late=1"}, {"accept-language": "en"}
    answer = client.post(address, fields, headers=english)
    assert (answer.status_code, answer["Location"]) == (302, f"{listed}?late=1")
    page = client.get(of_the_role, headers=english).content.decode()
    assert "The reminder is sent." in page
    assert f'value="{key}"' not in page
    for foreign in ("https://elsewhere.example/", "//elsewhere.example", ""):
        assert client.post(address, {"key": key, "next": foreign})["Location"] == listed


def test_the_button_is_not_offered_to_the_only_holder_of_the_role(
    pmo: User, owner: User, project_one: Project, client_of: Any
) -> None:
    listed = reverse("pmo:dashboards:obligation_list", args=["ONE"])
    offers = {}
    for reader in (pmo, owner):
        page = client_of(reader).get(listed, {"role": "PMO", "size": 200})
        assert {row.role for row in page.context["page"].rows} == {"PMO"}
        offers[reader.pk] = 'name="key"' in page.text
    assert {mandate.holder_id for mandate in holders(project_one, "PMO")} == {pmo.pk}
    assert offers == {pmo.pk: False, owner.pk: True}


# — the list of the project's own obligations —


@pytest.fixture
def report(project_one: Project) -> OfDuty:
    """Return the report on the month before, which the solution provider owes."""
    month = f"{timezone.localdate().replace(day=1) - timedelta(days=1):%Y-%m}"
    return next(row for row in load_obligations(project_one) if (row.duty.code, row.key) == ("MOE-04", month))


def _open_duties(client: Any) -> Any:
    """Return the page of the open obligations of the solution provider of project one."""
    address = reverse("governance:obligations:obligation_list", args=["ONE"])
    return client.get(address, {"role": "MOE"}, headers={"accept-language": "en"})


def test_a_due_row_of_the_project_reminds_its_role_once_a_day(
    pmo: User, moe: User, report: OfDuty, client_of: Any
) -> None:
    client, address, key = (
        client_of(pmo),
        reverse("pmo:reminders:obligation_remind", args=["ONE"]),
        find_task_key(report),
    )
    page = _open_duties(client)
    assert f'value="{key}"' in page.text
    back = f"{page.wsgi_request.get_full_path()}#row-{report.place}"
    assert f'name="next" value="{escape(back)}"' in page.text
    assert f'id="row-{report.place}"' in page.text
    fields = {"key": key, "next": back}
    assert client.post(address, fields, headers={"accept-language": "en"})["Location"] == fields["next"]
    page = _open_duties(client)
    assert ("The reminder is sent." in page.text, f'value="{key}"' in page.text) == (True, False)
    reminded = Notification.objects.filter(reason=Reason.OBLIGATION_REMINDED)
    assert list(reminded.values_list("recipient__email", flat=True)) == [moe.email]
    with override(moe.language or organisation().language):
        found = find_obligation(Project.objects.get(code="ONE"), key)
        assert found is not None
        assert found.text in reminded.get().about, "in the words of its reader, not of who reminds"
    client.post(address, fields, headers={"accept-language": "en"})
    assert "A reminder was sent today." in _open_duties(client).text
    assert Reminder.objects.count() == 1


def test_the_present_holder_is_reminded_of_what_fell_due_under_the_holder_before(
    owner: User, pmo: User, moe: User, outsider: User, project_one: Project, client_of: Any
) -> None:
    mandate = holders(project_one, "MOE")[0]
    end_mandate(actor=owner, mandate=mandate, because="Another provider takes over.")
    appoint(actor=owner, project=project_one, role=role_on(project_one, "MOE"), holder=outsider)
    [tenure] = list_tenures(project_one, act_time())["MOE"]
    rows = [row for row in load_obligations(project_one) if row.role == "MOE" and row.is_open and row.due_on]
    owed = min(rows, key=attrgetter("due_on"))  # the line of a responsibility is that of its oldest occasion
    assert owed.due_on < tenure.since
    page, key = _open_duties(client_of(pmo)), find_task_key(owed)
    assert f'value="{key}"' in page.text
    client_of(pmo).post(reverse("pmo:reminders:obligation_remind", args=["ONE"]), {"key": key})
    reminded = Notification.objects.filter(reason=Reason.OBLIGATION_REMINDED)
    assert list(reminded.values_list("recipient", flat=True)) == [outsider.pk]
    assert f'value="{key}"' not in _open_duties(client_of(outsider)).text


def test_a_due_row_offers_no_reminder_to_its_only_holder_or_without_the_permission(
    moe: User, recipient: User, report: OfDuty, client_of: Any
) -> None:
    for reader in (moe, recipient):
        page = _open_duties(client_of(reader))
        assert report.place in {row.pk for row in page.context["page"].rows}
        assert 'name="key"' not in page.text


def test_the_opinion_on_a_proposal_is_reminded_of_and_an_obligation_of_a_later_month_is_not(
    owner: User, amoa: User, pmo: User, project_one: Project, client_of: Any
) -> None:
    file = acts.draft(amoa, project_one)
    acts.submit(amoa, file)
    rows = {(row.duty.code, row.key): row for row in load_obligations(project_one)}
    opinion = rows["PMO-11", f"P-{file.number}"]
    remind(actor=owner, project=project_one, key=find_task_key(opinion))
    assert Notification.objects.filter(reason=Reason.OBLIGATION_REMINDED, recipient=pmo).count() == 1
    later = next(row for row in rows.values() if row.is_open and not is_due(row, timezone.localdate()))
    with pytest.raises(ValidationError):
        remind(actor=owner, project=project_one, key=find_task_key(later))


def test_the_list_is_filtered_by_the_person_who_owes(owner: User, project_one: Project, client_of: Any) -> None:
    client, listed = client_of(owner), reverse("pmo:dashboards:obligation_list", args=["ONE"])
    rows = list_obligations(Scope(project_one, Project.objects.filter(pk=project_one.pk), timezone.localdate()))
    by_role = {row.role: [mandate.holder for mandate in holders(project_one, row.role)] for row in rows}
    for person in {person for people in by_role.values() for person in people}:
        owed = [row for row in rows if person in by_role[row.role]]
        assert client.get(listed, {"person": str(person.key)}).context["page"].found == len(owed) > 0


# — the database —


def _reminder(project: Project, **fields: Any) -> Any:
    said: dict[str, Any] = {"project": project, "key": "conditions-1", "role": "PMO", "day": timezone.localdate()}
    by = User.objects.get(email="owner@example.org")
    return Reminder.objects.create(**said | {"reminded_by": by, "acted_at": act_time()} | fields)


DAY = timedelta(days=1)
OF_THE_DAY, SAID = "reminder.is_of_the_day_of_its_act", "A reminder is of the day"
ATTACKS = Attacks(
    [
        (
            OF_THE_DAY,
            "of yesterday",
            lambda p: _reminder(p, day=timezone.localdate() - DAY),
            "A reminder is of the day",
        ),
        (OF_THE_DAY, "of tomorrow", lambda p: _reminder(p, day=timezone.localdate() + DAY), SAID),
        ("reminder.leaves_an_event", "without its event", lambda p: _reminder(p), leaves(Reminder)),
    ],
    {
        "one_reminder_per_obligation_and_day": lambda p: [_reminder(p), _reminder(p)],
        "a_reminder_names_an_obligation": lambda p: _reminder(p, key=""),
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_the_database_refuses_the_attack(guard: str, project_one: Project) -> None:
    ATTACKS.prove(guard, project_one)
