"""Test the pages of roles as the owner and the holders use them: reviewed, refused in words, shown with a reason."""

import html
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from core.record.sealing import term_of
from core.templatetags.ui import day as written
from core.templatetags.ui import ends, month, starts
from governance.desk.responsibilities.services import adapt_roles, newest, without_duty
from projects.models import Delegation, LedgerEvent, Mandate
from projects.seats.mandates.services import accept, appoint, end_mandate
from roles.models import RoleTemplate
from tests import acts
from tests.pages.visits import act

pytestmark = pytest.mark.django_db
LIST = "projects:mandates:mandate_list"
HELD = "This person already has a role on this project during that period."


@pytest.fixture
def read(client_of: Any) -> Any:
    """Return the words of the mandates of project one for a person."""

    def words(person: Any, language: str = "en") -> str:
        answer = client_of(person).get(reverse(LIST, args=["ONE"]), headers={"accept-language": language})
        assert answer.status_code == 200
        return html.unescape(answer.content.decode())

    return words


@pytest.fixture
def send(owner: Any, client_of: Any) -> Any:
    """Post the form of an act as the owner with some fields changed: status and words of the answer."""

    def posted(name: str, *, language: str = "en", then: bool = True, **changes: Any) -> tuple[int, str]:
        path, fields = act(name, then=then, **changes)
        answer = client_of(owner).post(path, fields, headers={"accept-language": language})
        return answer.status_code, html.unescape(answer.content.decode())

    return posted


def day(days: int) -> str:
    """Format a day some days from now for a form."""
    return str(timezone.localdate() + timedelta(days))


# — giving and naming —


def test_a_role_is_given_from_the_first_day_to_the_end_of_the_last(send: Any, outsider: Any) -> None:
    assert send("appoint", starts_on=day(3), ends_on=day(9))[0] == 302
    period = outsider.mandates.get().period
    start, end = timezone.localtime(period.lower), timezone.localtime(period.upper)
    assert (str(start.date()), str(end.date()), start.hour, end.hour) == (day(3), day(10), 0, 0)


def test_the_fields_of_recipients_are_marked_and_left_out_of_another_role(
    send: Any, client_of: Any, owner: Any, outsider: Any
) -> None:
    page = client_of(owner).get(reverse("projects:appointments:mandate_appoint", args=["ONE"])).content.decode()
    assert re.findall(r'<option value="(\w+)"[^>]* data-recipients', page) == ["DEST"]
    assert set(re.findall(r'name="(\w+)"[^>]* data-for="recipients"', page)) == {"group", "champion"}
    assert send("appoint", role="CDP", group="Anglers", champion="on")[0] == 302
    given = outsider.mandates.get()
    assert (given.group, given.recipient_group, given.champion) == ("", None, False)


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("appoint", {"email": "nobody@example.org"}, "Enter the full name to invite this person."),
        ("appoint", {"email": "as-long-as-the-key-of-a-@example.org"}, "No account has this address"),
        ("appoint", {"email": "inactive.owner@example.org"}, "No account has this address"),
        ("appoint", {"email": "pmo@example.org"}, HELD),
        ("appoint", {"email": "owner@example.org"}, "You cannot appoint yourself."),
        ("appoint", {"role": "MOA"}, "Choose the role."),
        ("appoint", {"starts_on": day(9), "ends_on": day(3)}, "Enter an end date after the start date."),
        ("name_owner", {"email": "pmo@example.org"}, HELD),
        ("name_owner", {"email": "owner@example.org"}, "You cannot appoint yourself."),
        ("name_owner", {"starts_on": day(400)}, "The project would have no owner before that date."),
        ("end_mandate", {"because": " "}, "Enter why the mandate ends."),
        ("delegate", {"email": "amoa@example.org"}, "This person advises or delivers on the project"),
        ("delegate", {"email": "owner@example.org"}, "You cannot delegate to yourself."),
        ("delegate", {"kinds": "budget"}, "Select a valid choice"),
        ("delegate", {"kinds": []}, "Choose at least one kind of decision."),
        ("delegate", {"ends_on": ""}, "Enter the last day of the delegation"),
        ("delegate", {"ends_on": day(2), "starts_on": day(5)}, "Enter an end date after the start date."),
        ("delegate", {"document": ""}, "Name the written act"),
        ("delegate", {"cap": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_refusal_is_a_sentence_beside_its_field_and_nothing_is_recorded(
    name: str, changes: dict[str, str], sentence: str, send: Any
) -> None:
    before = LedgerEvent.objects.count()
    status, words = send(name, **changes)
    assert status == 422
    summary, _, form = words.partition('<form class="card step"')
    assert sentence in summary
    assert sentence in form
    kept = act(name, **changes)[1]
    assert all(f'value="{kept[field]}"' in form for field in ("email", "document", "group") if kept.get(field))
    assert LedgerEvent.objects.count() == before


def test_a_refusal_of_a_service_speaks_the_language_of_the_reader(send: Any) -> None:
    for sentence, changes in (
        ("You cannot appoint yourself.", {"email": "owner@example.org"}),
        (HELD, {"email": "pmo@example.org"}),
    ):
        status, words = send("appoint", language="fr", **changes)
        with override("fr"):
            assert gettext(sentence) != sentence
            assert (status, gettext(sentence) in words) == (422, True)


def test_naming_an_owner_is_read_once_more_before_it_is_recorded(send: Any, outsider: Any) -> None:
    before = LedgerEvent.objects.count()
    status, words = send("name_owner", then=False)
    assert (status, LedgerEvent.objects.count()) == (200, before)
    for part in ("Victor Dumoulin", "Camille Vasseur", "Your delegations of signature end with your mandate"):
        assert part in words
    status, words = send("name_owner", step="change")
    assert (status, LedgerEvent.objects.count(), 'value="outsider@example.org"' in words) == (200, before, True)
    assert send("name_owner")[0] == 302
    assert outsider.mandates.get().decides


# — ending —


def test_ending_a_mandate_is_read_once_more_and_says_why_for_good(
    send: Any, read: Any, moe: Any, recipient: Any
) -> None:
    before = LedgerEvent.objects.count()
    status, words = send("end_mandate", then=False)
    assert (status, LedgerEvent.objects.count(), "Moved to another project." in words) == (200, before, True)
    assert "has not begun" not in words, "it began"
    assert send("end_mandate", ends_on="")[0] == 302
    assert not moe.mandates.active().exists()
    words = read(recipient)
    assert "Moved to another project." in words
    assert f"#{LedgerEvent.objects.get(act='end_mandate', subject_id=moe.mandates.get().pk).seq:04d}" in words
    status, words = send("end_mandate", ends_on="")
    assert (status, "This mandate has already ended." in words) == (422, True)


def test_the_owner_who_ends_their_own_mandate_is_told_what_it_means(owner: Any, client_of: Any) -> None:
    mandate = owner.mandates.get()
    answer = client_of(owner).post(
        reverse("projects:mandates:mandate_end", args=[mandate.pk]),
        {"because": "Retired.", "step": "review"},
        headers={"accept-language": "en"},
    )
    assert "The project then has no owner: nothing is decided until one is named." in answer.content.decode()


def test_a_delegation_is_ended_after_reading_what_it_means_and_only_once(
    send: Any, owner: Any, delegate: Any, client_of: Any
) -> None:
    path, _ = act("revoke")
    assert "Act of delegation 1" in client_of(owner).get(path).content.decode()
    assert Delegation.objects.active().exists()
    assert send("revoke")[0] == 302
    assert not Delegation.objects.active().exists()
    status, words = send("revoke")
    assert (status, "This delegation has already ended." in words) == (409, True)


# — accepting and reading —


def test_the_holder_sees_the_button_accepts_and_cannot_twice(moe: Any, pmo: Any, read: Any, client_of: Any) -> None:
    path, fields = act("accept")
    assert f'href="{path}"' in read(moe)
    assert f'href="{path}"' not in read(pmo)
    assert client_of(moe).post(path, fields).status_code == 302
    assert f'href="{path}"' not in read(moe)
    answer = client_of(moe).post(path, fields, headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert "This mandate has already been accepted." in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_holder_reads_what_the_role_answers_for_on_the_project(
    language: str, moe: Any, amoa: Any, owner: Any, project_one: Any, client_of: Any
) -> None:
    content = newest(project_one).read()
    content = without_duty(content, "MOE", "MOE-09", "There is nothing to hand over.")
    changed = adapt_roles(actor=amoa, project=project_one, base=1, content=content, reason="Ours.")
    terms = {"matrix": term_of(changed.number, changed.hash)}
    acts.decide(owner, acts.submit_to_owner(project_one, "appointment", terms=terms))
    answer = client_of(moe).get(act("accept")[0], headers={"accept-language": language})
    words = html.unescape(answer.content.decode())
    with override(language):
        for duty in changed.read().role("MOE").duties:
            assert {duty.label in words, duty.evidence in words} == {True}, duty.code
    assert "MOE-09" not in words
    given = accept(actor=moe, mandate=moe.mandates.get())
    event = LedgerEvent.objects.get(act="accept", subject_id=given.pk)
    assert json.loads(bytes(event.body))["facts"]["matrix"] == terms["matrix"]


def test_competence_is_shown_beside_the_role_with_its_document(
    moe: Any, recipient: Any, owner: Any, project_one: Any, read: Any, client_of: Any
) -> None:
    document = acts.add_document(owner, project_one, "Certificate of locks")
    path, fields = act("state_competence", document=document.pk)
    assert f'href="{path}"' in read(moe)
    assert f'href="{path}"' not in read(recipient)
    refused = client_of(moe).post(path, fields | {"text": " "}, headers={"accept-language": "fr"})
    assert (refused.status_code, "Décrivez votre compétence." in refused.content.decode()) == (422, True)
    assert client_of(moe).post(path, fields).status_code == 302
    words = read(recipient)
    assert "Three harbours built." in words
    assert f'href="{document.get_absolute_url()}">Certificate of locks</a>' in words


def test_every_seat_stands_with_its_period_its_giver_and_its_entry(read: Any, recipient: Any, project_one: Any) -> None:
    words = read(recipient)
    events = LedgerEvent.objects.filter(project=project_one, act__in=["appoint", "name_owner", "delegate"])
    assert [e.seq for e in events if f"#{e.seq:04d}" not in words] == []
    for part in (
        "Gérard Loiselle",
        "Imogen Hartley",
        "harbour users",
        "Not accepted yet",
        "To come",
        "Ended",
        "In force",
    ):
        assert part in words
    assert "5 of 8 roles are filled today." in words
    assert words.count("Entered afterwards") >= 7
    assert "/end/" not in words


def test_a_period_is_shown_by_the_days_it_was_given_for(send: Any, read: Any, owner: Any, outsider: Any) -> None:
    first, last = (timezone.localdate() + timedelta(days) for days in (3, 9))
    days = {"starts_on": str(first), "ends_on": str(last)}
    reviewed = send("delegate", then=False, **days)[1]
    assert send("appoint", **days)[0] == 302
    with override("en"):
        assert f"<dd>{written(first)}</dd>" in reviewed
        assert f"<dd>{written(last)}</dd>" in reviewed
        assert f"until {written(last)}<" in read(owner)
    assert ", 00:00" not in reviewed + read(owner)


def test_a_period_that_begins_or_ends_within_a_day_tells_the_time() -> None:
    noon = timezone.localtime().replace(month=7, day=1, hour=12, minute=5)
    with override("en"):
        assert starts(noon) == ends(noon) == f"1 Jul {noon.year}, 12:05"


def test_a_role_that_nobody_holds_stands_empty(client_of: Any, cast: Any) -> None:
    answer = client_of(cast["other_pmo"]).get(reverse(LIST, args=["THREE"]), headers={"accept-language": "en"})
    words = answer.content.decode()
    assert "2 of 8 roles are filled today." in words
    assert words.count(">vacant<") == 6
    assert "Account closed" in words


def test_the_owner_appoints_from_the_line_of_a_vacant_role(read: Any, owner: Any, pmo: Any) -> None:
    for_it = f"{reverse('projects:appointments:mandate_appoint', args=['ONE'])}?role="
    assert f"{for_it}RSSI" in read(owner)
    assert f"{for_it}PMO" not in read(owner)
    assert for_it not in read(pmo)


def test_a_seat_given_by_a_decision_names_and_links_it(
    owner: Any, amoa: Any, pmo: Any, outsider: Any, recipient: Any, read: Any, project_one: Any
) -> None:
    terms = {"role": "DEST", "holder": str(outsider.key), "group": "Anglers"}
    file = acts.prepare(amoa, pmo, project=project_one, kind="appointment", terms=terms)
    decision = acts.decide(owner, file)
    given = Mandate.objects.get(holder=outsider)
    words = read(recipient)
    assert f"because of decision {decision.reference}" in words
    assert f'href="{file.get_absolute_url()}#decision-{decision.number}"' in words
    assert (given.group, given.appointed_by) == ("Anglers", owner)


def test_the_picture_shows_each_seat_within_its_frame(recipient: Any, client_of: Any, project_one: Any) -> None:
    answer = client_of(recipient).get(reverse(LIST, args=["ONE"]))
    drawn = answer.context["chart"]
    assert {bar.line.seat.pk for bar in drawn.bars if bar.is_mandate} == set(
        project_one.mandates.values_list("pk", flat=True)
    )
    assert len([bar for bar in drawn.bars if not bar.is_mandate]) == 1
    assert all(bar.x >= 0 and bar.width > 0 and bar.x + bar.width <= 100.5 for bar in drawn.bars)
    assert re.search(r'<rect class="m-accent" x="\d+\.\d%"', answer.content.decode())
    assert [tick.x for tick in drawn.ticks] == sorted(tick.x for tick in drawn.ticks)
    assert 2 <= len(drawn.ticks) <= 5
    with override("fr"):
        assert month(date(2027, 7, 1)) == "juil. 2027"
    with override("en"):
        assert month(date(2027, 7, 1)) == "Jul 2027"


def test_more_seats_than_a_page_holds_go_on_at_the_next(
    owner: Any, outsider: Any, project_one: Any, client_of: Any
) -> None:

    role = RoleTemplate.objects.get(code="DEST")
    for number in range(60):
        given = appoint(actor=owner, project=project_one, role=role, holder=outsider, group=f"Group {number}")
        end_mandate(actor=owner, mandate=given)
    client, english = client_of(owner), {"accept-language": "en"}
    address, pages = reverse(LIST, args=["ONE"]), []
    while True:
        answer = client.get(address, headers=english)
        pages.append(answer.content.decode())
        assert "5 of 8 roles are filled today." in pages[-1]
        assert len(answer.context["chart"].bars) <= 30
        if not answer.context["next_key"]:
            break
        address = f"{reverse(LIST, args=['ONE'])}?before={answer.context['next_key']}"
    assert len(pages) == 3
    for group in [f"Group {number}<" for number in range(60)]:
        assert [group in page for page in pages].count(True) == 1
    assert ["Imogen Hartley" in page for page in pages] == [True, False, False]
