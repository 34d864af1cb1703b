"""Test what an administrator sees and chooses of a file of people: names in two columns, invitations now or later."""

import html
from typing import Any

import pytest
from django.utils import translation

from core.access import Refused
from core.tables.writer import as_csv
from projects.enums import Level
from projects.imports import services
from projects.imports.services import UnknownWay
from projects.models import LedgerEvent, ListImport, Notification, Project
from projects.notices.enums import Reason
from projects.notices.tasks import relay
from projects.people.accounts.services import invite_waiting
from roles.models import Organisation, User
from tests.pages.visits import Sent
from tests.projects.imports.factories import bring_in, check, problems

pytestmark = pytest.mark.django_db

ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}
HEAD = ("NOM", "Prénom", "Mail", "Organisme")
ROWS = (
    ("MOREL", "Claudine", "claudine.morel@example.org", "Port autonome"),
    ("Le Goff", "Yann", "yann.legoff@example.org", "port AUTONOME"),
    ("Diallo", "Aïcha", "aicha.diallo@example.org", ""),
)


@pytest.fixture
def chain(staff_admin: Any) -> Project:
    """Return the row of the organisation."""
    return Project.objects.get(level=Level.ORGANISATION)


def words(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def find_person(email: str) -> User:
    return User.objects.get(email=email)


def test_a_first_name_in_a_column_of_its_own_is_joined_to_the_name(chain: Project, staff_admin: Any) -> None:
    job, plan = check(staff_admin, chain, as_csv(HEAD, ROWS), "people")
    assert job.mapping == ["name", "first_name", "email", "organisation"]
    assert problems(plan) == []
    assert [entry.fields["name"] for entry in plan.new] == ["Claudine MOREL", "Yann Le Goff", "Aïcha Diallo"]
    bring_in(staff_admin, chain, as_csv(HEAD, ROWS), "people")
    _job, plan = check(staff_admin, chain, as_csv(HEAD, ROWS), "people")
    assert (plan.writes, plan.counts["same"]) == ([], 3)


def test_a_first_name_alone_changes_no_name(chain: Project, staff_admin: Any) -> None:
    bring_in(staff_admin, chain, as_csv(HEAD, ROWS), "people")
    _job, plan = check(staff_admin, chain, as_csv(("Mail", "Prénom"), [(ROWS[0][2], "Claude")]), "people")
    assert (problems(plan), plan.writes) == ([], [])


@pytest.mark.parametrize(
    ("headers", "texts"),
    [
        (
            ENGLISH,
            (
                "3 people get an account.",
                "Import, and send 3 invitations",
                "Import, and invite later",
                "New organisations: Port autonome.",
                ">Full name</th>",
                ">Email address</th>",
            ),
        ),
        (
            FRENCH,
            (
                "3 personnes reçoivent un compte.",
                "Importer et envoyer 3 invitations",
                "Importer et inviter plus tard",
                "Nouveaux organismes : Port autonome.",
                ">Nom complet</th>",
                ">Adresse électronique</th>",
            ),
        ),
    ],
)
def test_new_people_are_shown_before_anything_is_written(
    headers: dict[str, str], texts: tuple[str, ...], chain: Project, staff_admin: Any, client_of: Any
) -> None:
    job, _plan = check(staff_admin, chain, as_csv(HEAD, ROWS), "people")
    page = words(client_of(staff_admin).get(job.get_absolute_url(), headers=headers))
    for text in (*texts, "Claudine MOREL", "claudine.morel@example.org", "Français"):
        assert text in page, text
    assert not Organisation.objects.filter(name="Port autonome").exists()


def test_invitations_wait_for_a_button_when_they_are_for_later(
    chain: Project, staff_admin: Any, client_of: Any, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    browser = client_of(staff_admin)
    job, plan = check(staff_admin, chain, as_csv(HEAD, ROWS), "people")
    answer = browser.post(f"/list-imports/{job.pk}/write/", {"seen": plan.fingerprint, "way": "later"})
    assert answer.status_code == 302
    relay()
    assert (mailoutbox, Notification.objects.filter(reason=Reason.INVITED).count()) == ([], 0)
    page = words(browser.get("/administration/people/", headers=ENGLISH))
    assert "3 people have an account and no invitation yet." in page
    assert page.count("Not invited yet") == 3
    yann = find_person(ROWS[1][2])
    assert "Not invited yet" in words(browser.get(f"/administration/people/{yann.pk}/", headers=ENGLISH))
    browser.post(f"/administration/people/{yann.pk}/invite/")
    page = words(browser.get("/administration/people/", headers=ENGLISH))
    assert "Send 2 invitations" in page
    answer = browser.post("/administration/people/invite-all/", headers=ENGLISH)
    assert answer["Location"].startswith("/administration/people/")
    relay()
    assert sorted(to for mail in mailoutbox for to in mail.to) == sorted(row[2] for row in ROWS)
    assert LedgerEvent.objects.filter(project=chain, act="invite").count() == 3
    page = words(browser.get("/administration/people/", headers=ENGLISH))
    assert "no invitation yet" not in page
    assert invite_waiting(actor=staff_admin) == []


def test_only_an_administrator_invites_those_who_wait(chain: Project, staff_admin: Any, owner: Any) -> None:
    bring_in(staff_admin, chain, as_csv(HEAD, ROWS), "people", way="later")
    with pytest.raises(Refused):
        invite_waiting(actor=owner)
    assert [person.name for person in invite_waiting(actor=staff_admin)] == [
        "Aïcha Diallo",
        "Claudine MOREL",
        "Yann Le Goff",
    ]


def test_nothing_is_written_until_the_choice_is_made(chain: Project, staff_admin: Any, client_of: Any) -> None:
    job, plan = check(staff_admin, chain, as_csv(HEAD, ROWS), "people")
    with pytest.raises(UnknownWay):
        services.import_list(actor=staff_admin, job=job, seen=plan.fingerprint, leave_out=False)
    answer = client_of(staff_admin).post(
        f"/list-imports/{job.pk}/write/", {"seen": plan.fingerprint, "way": "never"}, headers=ENGLISH
    )
    assert (answer.status_code, "Choose one of the buttons below" in words(answer)) == (422, True)
    assert not User.objects.filter(email=ROWS[0][2]).exists()


def test_a_file_that_opens_no_account_asks_nothing(chain: Project, staff_admin: Any, client_of: Any) -> None:
    bring_in(staff_admin, chain, as_csv(HEAD, ROWS), "people")
    changed = as_csv(("Mail", "Fonction"), [(ROWS[0][2], "Directrice")])
    job, plan = check(staff_admin, chain, changed, "people")
    page = words(client_of(staff_admin).get(job.get_absolute_url(), headers=ENGLISH))
    assert ("Import 1 line" in page, "invite later" in page) == (True, False)
    services.import_list(actor=staff_admin, job=job, seen=plan.fingerprint, leave_out=False)
    assert find_person(ROWS[0][2]).title == "Directrice"


def test_one_language_is_given_to_all_rows(chain: Project, staff_admin: Any, client_of: Any) -> None:
    browser = client_of(staff_admin)
    answer = browser.post("/administration/import/people/", {"file": Sent("people.csv", as_csv(HEAD, ROWS))})
    job = ListImport.objects.get()
    page = words(browser.get(answer["Location"], headers=ENGLISH))
    assert 'id="all-rows"' in page
    fields = {f"column-{place}": name for place, name in enumerate(job.mapping)}
    browser.post(answer["Location"], fields | {"step": "check", "all-language": "en", "all-title": "Agent"})
    job.refresh_from_db()
    with translation.override("en"):
        plan = services.plan_import(staff_admin, job)
    assert {(entry.fields["language"], entry.fields["title"]) for entry in plan.new} == {("en", "Agent")}
