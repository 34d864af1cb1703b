"""Test the import of people: checked first, every line told, nothing half-written, invited by the outbox."""

import html
import json
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from core.access import Refused, can
from core.tables.reader import open_table
from core.tables.writer import as_csv
from projects.enums import Level
from projects.imports import services
from projects.imports.choices import build_cells
from projects.imports.registry import find_importer
from projects.imports.services import LinesInError, NothingToWrite, Stale
from projects.models import LedgerEvent, ListImport, Notification, Project
from projects.notices.enums import Reason
from projects.notices.tasks import relay
from projects.people.accounts.services import choose_password, close_account
from roles.models import Organisation, User
from tests.administrators import end_rights
from tests.database import fire_deferred_triggers, statements
from tests.pages.visits import Sent
from tests.projects.imports.factories import bring_in, check, problems

pytestmark = pytest.mark.django_db

UPLOAD, ENGLISH = "/administration/import/people/", {"accept-language": "en"}
HEAD = ("Nom complet", "Courriel", "Fonction", "Organisme", "Langue")
LEA = ("Léa Martin", "Lea.Martin@example.org", "Cheffe de service", "Port autonome", "français")
TOM = ("Tom Reed", "tom@example.org", "", "port AUTONOME", "Anglais")


def file_of(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> bytes:
    """Return a list of people as CSV."""
    return as_csv(head, rows)


@pytest.fixture
def chain(staff_admin: Any) -> Project:
    """Return the row of the organisation."""
    return Project.objects.get(level=Level.ORGANISATION)


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_the_whole_way_without_a_script(chain: Project, staff_admin: Any, client_of: Any) -> None:
    browser = client_of(staff_admin)
    assert UPLOAD in words(browser.get("/administration/people/", headers=ENGLISH))
    assert "2,000 lines" in words(browser.get(UPLOAD, headers=ENGLISH))
    answer = browser.post(UPLOAD, {"file": Sent("people.csv", file_of(LEA, TOM))}, headers=ENGLISH)
    job = ListImport.objects.get()
    assert job.mapping == ["name", "email", "title", "organisation", "language"]
    fields = {f"column-{place}": name for place, name in enumerate(job.mapping)}
    answer = browser.post(answer["Location"], fields | {"step": "check"})
    page = browser.get(answer["Location"], headers=ENGLISH)
    assert "Import, and send 2 invitations" in words(page)
    assert "Import, and invite later" in words(page)
    assert not User.objects.filter(email__in=["lea.martin@example.org", "tom@example.org"]).exists()
    assert mail.outbox == []
    answer = browser.post(f"/list-imports/{job.pk}/write/", {"seen": page.context["report"].fingerprint, "way": "now"})
    done = words(browser.get(answer["Location"], headers=ENGLISH))
    assert "Imported on" in done
    assert 'href="/administration/people/"' in done
    lea, tom = User.objects.get(email="lea.martin@example.org"), User.objects.get(email="tom@example.org")
    assert (lea.name, lea.title, lea.language, tom.language) == ("Léa Martin", "Cheffe de service", "fr", "en")
    assert (lea.has_usable_password(), lea.is_staff, lea.organisation) == (False, False, tom.organisation)
    assert Organisation.objects.filter(name__iexact="port autonome").count() == 1


def test_the_worker_invites_and_the_link_works(
    chain: Project, staff_admin: Any, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    bring_in(staff_admin, chain, file_of(LEA, TOM), "people")
    assert mailoutbox == []
    assert Notification.objects.filter(reason=Reason.INVITED, read_at__isnull=False).count() == 2
    choose_password(actor=User.objects.get(email="tom@example.org"), password="a-long-word-nobody-knows")
    relay()
    [sent] = [mail for mail in mailoutbox if mail.to != ["tom@example.org"]]
    assert (sent.to, sent.subject) == (["lea.martin@example.org"], "Invitation à utiliser Ouvrage")
    assert str(staff_admin) in sent.body
    [link] = re.findall(r"https?://[^/]+(\S+)", sent.body)
    assert "Léa Martin" in Client().get(link).text
    assert not Notification.objects.to_mail().exists()
    assert relay() == 0


def test_a_closed_account_is_sent_nothing(chain: Project, staff_admin: Any, mailoutbox: list[Any]) -> None:
    bring_in(staff_admin, chain, file_of(LEA), "people")
    close_account(actor=staff_admin, person=User.objects.get(email="lea.martin@example.org"))
    relay()
    assert mailoutbox == []


def test_a_file_is_one_act(chain: Project, staff_admin: Any) -> None:
    before = chain.events.count()
    job = bring_in(staff_admin, chain, file_of(LEA, TOM), "people")
    event = LedgerEvent.objects.get(project=chain, act="import_list")
    assert (chain.events.count() - before, job.event, event.detail) == (1, event, "people")
    assert (bytes(job.content), job.preview) == (b"", [])
    [version] = User.objects.get(email="lea.martin@example.org").history.all()
    assert version.history_user == staff_admin


def test_every_error_is_told_by_its_line_and_nothing_is_half_written(
    chain: Project, staff_admin: Any, pmo: Any, outsider: Any
) -> None:
    close_account(actor=staff_admin, person=outsider)
    pmo.language = "fr"
    pmo.save()
    wrong = (
        ("", "a@example.org", "", "", ""),
        ("No address", "nobody", "", "", ""),
        ("Klingon", "k@example.org", "", "", "klingon"),
        ("Closed", outsider.email, "", "", ""),
        ("Reserved", "installation@ouvrage.invalid", "", "", ""),
        LEA,
        ("Léa Again", "LEA.MARTIN@EXAMPLE.ORG", "", "", ""),
        (pmo.name, pmo.email, "", "", "anglais"),
    )
    job, _plan = check(staff_admin, chain, file_of(*wrong), "people")
    with translation.override("en"):
        plan = services.plan_import(staff_admin, job)
    assert [(line, column) for line, column, _text in problems(plan)] == [
        (2, "Nom complet"),
        (3, "Courriel"),
        (4, "Langue"),
        (5, "Courriel"),
        (6, "Courriel"),
        (8, ""),
        (9, "Langue"),
    ]
    with pytest.raises(LinesInError):
        services.import_list(actor=staff_admin, job=job, seen=plan.fingerprint, leave_out=False, way="now")
    assert not User.objects.filter(email="lea.martin@example.org").exists()
    services.import_list(actor=staff_admin, job=job, seen=plan.fingerprint, leave_out=True, way="now")
    told = Notification.objects.exclude(reason=Reason.ACCOUNT_CLOSED)
    assert list(told.values_list("recipient__email", flat=True)) == ["lea.martin@example.org"]


def test_a_dot_or_a_dash_tells_two_addresses_apart(chain: Project, staff_admin: Any) -> None:
    rows = (("Jean Luc", "jean.luc@example.org", "", "", ""), ("Jean-Luc", "jean-luc@example.org", "", "", ""))
    job = bring_in(staff_admin, chain, file_of(*rows), "people")
    assert job.summary["new"] == 2


def test_the_same_file_changes_nothing_and_only_what_differs_is_changed(chain: Project, staff_admin: Any) -> None:
    bring_in(staff_admin, chain, file_of(LEA, TOM), "people")
    job, plan = check(staff_admin, chain, file_of(LEA, TOM), "people")
    with pytest.raises(NothingToWrite):
        services.import_list(actor=staff_admin, job=job, seen=plan.fingerprint, leave_out=False, way="now")
    changed = (*LEA[:2], "Directrice", "Mairie", "")
    _job, plan = check(staff_admin, chain, file_of(changed, TOM), "people")
    assert plan.changed[0].before == {"title": "Cheffe de service", "organisation": "Port autonome"}
    bring_in(staff_admin, chain, file_of(changed, TOM), "people")
    lea = User.objects.get(email="lea.martin@example.org")
    assert (lea.title, str(lea.organisation), lea.language) == ("Directrice", "Mairie", "fr")
    assert Notification.objects.filter(reason=Reason.INVITED, recipient=lea).count() == 1


def test_people_whose_account_a_file_changes_are_told_each_with_an_event(
    chain: Project, staff_admin: Any, owner: Any, mailoutbox: list[Any]
) -> None:
    bring_in(staff_admin, chain, file_of(LEA, TOM), "people")
    renamed = ("A New Name", owner.email, "", "Mairie", "")
    bring_in(staff_admin, chain, file_of((*LEA[:2], "Directrice", LEA[3], ""), TOM, renamed), "people")
    lea = User.objects.get(email="lea.martin@example.org")
    events = LedgerEvent.objects.filter(act="edit_account").order_by("seq")
    assert {(event.actor, event.subject_id) for event in events} == {(staff_admin, lea.pk), (staff_admin, owner.pk)}
    changed = {event.subject_id: json.loads(bytes(event.body))["facts"]["changed"] for event in events}
    assert changed == {lea.pk: "title", owner.pk: "name,organisation"}
    fire_deferred_triggers()
    told = Notification.objects.filter(reason=Reason.ACCOUNT_CHANGED)
    assert {(notice.recipient_id, notice.event_id) for notice in told} == {(e.subject_id, e.pk) for e in events}
    before = owner.history.first()
    assert (before.name, before.history_user) == ("A New Name", staff_admin)
    relay()
    [mail] = [mail for mail in mailoutbox if mail.to == [owner.email]]
    assert "A New Name" in mail.body
    assert "Mairie" in mail.body
    assert staff_admin.name in mail.body
    [mail] = [mail for mail in mailoutbox if mail.to == [lea.email] and "Directrice" in mail.body]
    assert LEA[3] not in mail.body


def test_the_number_of_queries_does_not_grow_with_the_people_that_a_file_changes(
    chain: Project, staff_admin: Any
) -> None:
    def count(number: int, title: str) -> int:
        rows = [(f"Person {n}", f"p{n}@example.org", title, "Mairie", "") for n in range(number)]
        job, plan = check(staff_admin, chain, file_of(*rows), "people")
        with statements() as sent:
            services.import_list(actor=staff_admin, job=job, seen=plan.fingerprint, leave_out=False, way="now")
        return sum(sent.values())

    for title in ("", "Chef"):
        count(50, title)
    assert count(3, "Few") == count(50, "Many")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_template_changes_nothing_when_it_comes_back(
    language: str, chain: Project, staff_admin: Any, client_of: Any
) -> None:
    bring_in(staff_admin, chain, file_of(LEA, ("Élan", "elan@example.org", "=1+1", "", "")), "people")
    answer = client_of(staff_admin).get(f"{UPLOAD}template.csv", headers={"accept-language": language})
    with translation.override(language):
        _job, plan = check(staff_admin, chain, answer.content, "people")
        importer: Any = find_importer("people")
        assert len(build_cells(importer, chain)) == len(open_table("people.csv", answer.content).rows)
    assert (problems(plan), plan.writes) == ([], [])
    assert client_of(staff_admin).get(f"{UPLOAD}template.xlsx").status_code == 200


def test_an_account_opened_meanwhile_makes_the_check_stale(chain: Project, staff_admin: Any) -> None:
    job, plan = check(staff_admin, chain, file_of(LEA), "people")
    User.objects.create_user("lea.martin@example.org", name="Somebody Else")
    with pytest.raises(Stale):
        services.import_list(actor=staff_admin, job=job, seen=plan.fingerprint, leave_out=False, way="now")


@pytest.mark.parametrize("member", ["owner", "pmo", "outsider", "recipient"])
def test_nobody_else_imports_people(member: str, cast: dict[str, Any], chain: Project, client_of: Any) -> None:
    with pytest.raises(Refused):
        check(cast[member], chain, file_of(LEA), "people")
    assert client_of(cast[member]).get(UPLOAD).status_code == 403
    assert client_of(cast[member]).get(f"{UPLOAD}template.csv").status_code == 403


def test_an_administrator_imports_people_alone_and_people_belong_to_no_project(
    staff_admin: Any, pmo: Any, chain: Project, project_one: Project, client_of: Any
) -> None:
    assert not can(staff_admin, "projects.import_list", project_one)
    with pytest.raises(Refused):
        check(staff_admin, project_one, file_of(LEA), "people")
    assert client_of(pmo).get("/projects/ONE/import/people/").status_code == 404
    assert client_of(staff_admin).get("/administration/import/risks/").status_code == 404
    with pytest.raises(Refused):
        services.receive(actor=staff_admin, job=services.build_import(chain, "risks"), upload=None, table=None)


def test_an_administrator_no_more_cannot_go_on(
    chain: Project, staff_admin: Any, superuser: Any, client_of: Any
) -> None:
    job, plan = check(staff_admin, chain, file_of(LEA), "people")
    end_rights(superuser, staff_admin)
    staff_admin = User.objects.get(pk=staff_admin.pk)
    with pytest.raises(Refused):
        services.import_list(actor=staff_admin, job=job, seen=plan.fingerprint, leave_out=False, way="now")
    assert client_of(staff_admin).get(job.get_absolute_url()).status_code == 404


def test_more_than_2000_lines_are_refused(chain: Project, staff_admin: Any, client_of: Any) -> None:
    rows = [(f"Person {n}", f"p{n}@example.org", "", "", "") for n in range(2001)]
    answer = client_of(staff_admin).post(UPLOAD, {"file": Sent("people.csv", file_of(*rows))}, headers=ENGLISH)
    assert answer.status_code == 422
    assert "2,000" in words(answer)
