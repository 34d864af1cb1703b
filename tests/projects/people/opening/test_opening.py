"""Test how a project is opened in the browser, and what administrators see of projects."""

from datetime import timedelta
from html import unescape
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from core.access import can
from core.acts import acting_as
from core.history import version_of
from projects.enums import Level, Workspace
from projects.models import Notification, OrganisationSettings, Project
from projects.notices.tasks import build_mail
from projects.organisation_settings.services import edit_settings
from projects.seats.launch.checklist import is_required
from projects.seats.mandates.services import accept, found_project
from roles.models import MethodPack, User
from roles.role_templates.content import published_matrix
from tests import acts

pytestmark = pytest.mark.django_db

OPEN = "/projects/new/"
SEATS = "/administration/projects/"
ENGLISH = {"accept-language": "en"}


def typed(**changes: Any) -> dict[str, Any]:
    """Return what an administrator types to open a project."""
    day = timezone.localdate()
    fields = {
        "level": "project",
        "parent": "",
        "title_fr": "Réfection du quai 3",
        "title_en": "",
        "code": "QUAI-3",
        "prefix": "Q",
        "language": "fr",
        "pack": "fr",
        "starts_on": day.isoformat(),
        "ends_on": (day + timedelta(days=400)).isoformat(),
        "budget": "1 200 000",
        "owner": "OUTSIDER",
    }
    return fields | changes


@pytest.fixture
def post(client_of: Any, cast: dict[str, Any]) -> Any:
    """Return a function that posts the form as a member of the cast."""

    def send(member: str, step: str = "record", **changes: Any) -> Any:
        fields = typed(**{"owner": cast["outsider"].email} | changes) | {"step": step}
        return client_of(cast[member]).post(OPEN, fields, headers=ENGLISH)

    return send


@pytest.fixture
def programme(staff_admin: Any, owner: Any) -> Project:
    """Open a programme of the owner."""
    words = {"code": "PG", "prefix": "PG", "title_fr": "Port", "title_en": "Harbour", "level": Level.PROGRAMME}
    dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}
    return found_project(actor=staff_admin, owner=owner, fields=words | dates)


def test_a_portfolio_is_opened_in_its_own_words(post: Any, client_of: Any, staff_admin: Any, outsider: Any) -> None:
    review = post("staff_admin", step="review", level="portfolio").text
    for words in ("Open the portfolio", "You cannot delete a portfolio", "address of the portfolio"):
        assert words in review
    fields = typed(owner=outsider.email, level="portfolio") | {"step": "record"}
    assert "The portfolio is open." in client_of(staff_admin).post(OPEN, fields, headers=ENGLISH, follow=True).text


@pytest.mark.parametrize(
    ("level", "title"), [("portfolio", "Ouvrir un portefeuille"), ("programme", "Ouvrir un programme")]
)
def test_the_address_names_the_level_and_the_page_says_it(
    level: str, title: str, client_of: Any, staff_admin: Any
) -> None:
    page = client_of(staff_admin).get(f"{OPEN}?level={level}", headers={"accept-language": "fr"}).text
    assert f">{title}</h1>" in page
    assert f'<option value="{level}" selected>' in page
    assert "autonome" in page
    assert 'value="requirements"' not in page
    assert 'value="steering"' in page


def test_an_unknown_level_in_the_address_is_none(client_of: Any, staff_admin: Any) -> None:
    page = client_of(staff_admin).get(f"{OPEN}?level=organisation", headers=ENGLISH).text
    assert ">Open a project</h1>" in page
    assert 'value="requirements"' in page


def test_a_portfolio_is_not_opened_with_requirements(post: Any, staff_admin: Any, outsider: Any) -> None:
    answer = post("staff_admin", level="portfolio", workspaces=["requirements", "risks"])
    assert answer.status_code == 422
    assert "Requirements and acceptance belong to projects" in answer.text
    assert 'value="requirements"' not in answer.text
    assert post("staff_admin", level="portfolio", workspaces=["risks"]).status_code == 302
    assert Project.objects.get(code="QUAI-3").workspaces == ["risks"]
    words = {"code": "PF", "prefix": "PF", "title_fr": "P", "title_en": "P", "level": Level.PORTFOLIO}
    fields = words | {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}
    with pytest.raises(ValidationError, match="belong to projects"):
        found_project(actor=staff_admin, owner=outsider, fields=fields | {"workspaces": ["requirements"]})
    opened = found_project(actor=staff_admin, owner=outsider, fields=fields)
    assert opened.workspaces == [code for code in Workspace.values if code != "requirements"]


def test_the_list_of_administrators_counts_what_is_vacant_by_level(
    programme: Project, client_of: Any, staff_admin: Any
) -> None:
    page = client_of(staff_admin).get(SEATS, headers=ENGLISH).text
    words = page.partition("Mandatory roles are vacant: ")[2].partition(".")[0]
    assert words.startswith("1 programme, ")
    assert words.endswith("projects")


def test_an_administrator_opens_a_project_after_reading_it_again(post: Any, outsider: Any) -> None:
    review = post("staff_admin", step="review")
    assert review.status_code == 200
    for words in ("QUAI-3", "Réfection du quai 3", "1,200,000", str(outsider)):
        assert words in review.text
    assert not Project.objects.filter(code="QUAI-3").exists()
    answer = post("staff_admin")
    assert (answer.status_code, answer["Location"]) == (302, SEATS)
    project = Project.objects.get(code="QUAI-3")
    assert (project.title_fr, project.title_en, project.prefix) == ("Réfection du quai 3", "Réfection du quai 3", "Q")
    [seat] = project.mandates.all()
    assert (seat.holder, seat.decides, seat.accepted_at) == (outsider, True, None)
    assert project.events.order_by("seq").first().act == "found"


def test_the_first_owner_is_notified_and_reads_the_project(post: Any, outsider: Any, client_of: Any) -> None:
    post("staff_admin")
    project = Project.objects.get(code="QUAI-3")
    assert Notification.objects.filter(recipient=outsider, event__project=project, reason="owner_named").exists()
    assert client_of(outsider).get(project.get_absolute_url()).status_code == 200


def test_the_notice_that_the_owner_accepted_leads_the_administrator_to_a_page_that_opens(
    post: Any, outsider: Any, staff_admin: Any, client_of: Any
) -> None:
    post("staff_admin")
    accept(actor=outsider, mandate=Project.objects.get(code="QUAI-3").mandates.get())
    notice = Notification.objects.get(recipient=staff_admin, reason="role_accepted")
    assert client_of(staff_admin).get(notice.link).status_code == 200
    notice.recipient.language = "en"
    assert "because you administer Ouvrage" in build_mail(notice).body


def test_an_administrator_reads_the_title_and_the_vacant_roles_but_not_the_project(
    post: Any, client_of: Any, staff_admin: Any
) -> None:
    post("staff_admin")
    client = client_of(staff_admin)
    page = client.get(SEATS, headers=ENGLISH)
    row = page.text.partition("QUAI-3")[2].partition("</tr>")[0]
    assert "AMOA" in row
    assert "PMO" in row
    assert client.get(Project.objects.get(code="QUAI-3").get_absolute_url()).status_code == 404


def test_a_programme_lacks_no_provider_and_no_recipients(programme: Project, client_of: Any, staff_admin: Any) -> None:
    row = client_of(staff_admin).get(SEATS, headers=ENGLISH).text.partition("Harbour")[2].partition("</tr>")[0]
    assert "PMO, AMOA" in row
    assert "MOE" not in row
    assert "DEST" not in row


def test_only_an_administrator_is_told_that_the_contents_stay_hidden(
    client_of: Any, cast: dict[str, Any], programme: Project, owner: Any
) -> None:
    pages = [client_of(person).get(OPEN, headers={"accept-language": "en"}) for person in (cast["staff_admin"], owner)]
    assert ["You do not see its contents." in page.text for page in pages] == [True, False]


def test_the_owner_above_opens_a_project_below_and_nowhere_else(post: Any, programme: Project, owner: Any) -> None:
    assert post("owner", parent="PG").status_code == 302
    opened = Project.objects.get(code="QUAI-3")
    assert opened.parent == programme
    assert not can(owner, "projects.name_owner", opened)
    alone = post("owner", parent="", code="QUAI-4", prefix="QQ")
    assert alone.status_code == 422
    assert not Project.objects.filter(code="QUAI-4").exists()


@pytest.mark.parametrize("member", ["owner", "pmo", "delegate", "recipient", "outsider", "other_owner"])
def test_who_owns_nothing_above_opens_nothing(member: str, post: Any) -> None:
    assert post(member, step="review").status_code == 403
    assert post(member).status_code == 403
    assert not Project.objects.filter(code="QUAI-3").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title_fr": "", "title_en": " "}, "Enter a title."),
        ({"code": "quai 3"}, "Use capitals, digits and hyphens."),
        ({"code": "ONE"}, "This code is already used. Enter another code."),
        ({"prefix": "O"}, "This prefix is already used. Enter another prefix."),
        ({"prefix": "q1"}, "Use one to four capitals."),
        ({"ends_on": "2020-01-01"}, "Enter a date from today on."),
        ({"owner": "nobody@example.org"}, "No account has this address yet."),
        ({"owner": "inactive.owner@example.org"}, "No account has this address."),
        ({"owner": "nobody@"}, "Enter a valid email address."),
        ({"owner": "Nobody"}, "No account has this name."),
        ({"level": "organisation"}, "organisation is not one of the available choices."),
        ({"parent": "ONE"}, "ONE is not one of the available choices."),
        ({"pack": "none"}, "none is not one of the available choices."),
    ],
)
def test_what_is_typed_wrong_is_told_and_kept(changes: dict[str, Any], words: str, post: Any) -> None:
    answer = post("staff_admin", **changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="1 200 000"' in answer.text
    assert not Project.objects.filter(title_fr="Réfection du quai 3").exists()


def test_a_portfolio_is_part_of_nothing(post: Any, programme: Project) -> None:
    answer = post("staff_admin", level="portfolio", parent="PG")
    assert answer.status_code == 422
    assert not Project.objects.filter(code="QUAI-3").exists()


def test_nobody_opens_a_project_of_their_own(post: Any, cast: dict[str, Any]) -> None:
    answer = post("staff_admin", owner=cast["staff_admin"].email)
    assert answer.status_code == 422
    assert "You cannot appoint yourself." in answer.text


def test_the_projects_page_offers_it_to_who_may(client_of: Any, cast: dict[str, Any], programme: Project) -> None:
    projects = reverse("governance:project_tree:project_list")
    offered = {
        member
        for member in ("staff_admin", "owner", "pmo", "other_owner", "outsider")
        if f'href="{OPEN}"' in client_of(cast[member]).get(projects).text
    }
    assert offered == {"staff_admin", "owner"}


# — an owner without an account —

NEWCOMER = {"owner": "lea.martin@example.org", "newcomer": "Léa Martin"}


def test_an_administrator_invites_the_first_owner_in_the_same_step(post: Any, mailoutbox: list[Any]) -> None:
    assert 'name="newcomer"' in post("staff_admin", owner=NEWCOMER["owner"]).text
    review = post("staff_admin", step="review", **NEWCOMER)
    assert "Léa Martin, lea.martin@example.org" in review.text
    assert "receives an invitation" in review.text
    assert not User.objects.filter(email=NEWCOMER["owner"]).exists()
    assert post("staff_admin", **NEWCOMER).status_code == 302
    person = User.objects.get(email=NEWCOMER["owner"])
    assert (person.name, person.has_usable_password()) == ("Léa Martin", False)
    assert Project.objects.get(code="QUAI-3").mandates.get().holder == person
    [mail] = [mail for mail in mailoutbox if "/invitation/" in mail.body]
    assert mail.to == [person.email]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_first_owner_is_invited_in_the_language_of_the_organisation(
    language: str, staff_admin: Any, post: Any, mailoutbox: list[Any]
) -> None:
    seen = version_of(OrganisationSettings.objects.get())
    edit_settings(actor=staff_admin, fields={"language": language}, seen=seen)
    assert post("staff_admin", **NEWCOMER).status_code == 302
    assert User.objects.get(email=NEWCOMER["owner"]).language == language
    [mail] = [mail for mail in mailoutbox if "/invitation/" in mail.body]
    assert {"en": "Choose your password", "fr": "Choisissez votre mot de passe"}[language] in mail.body


def test_a_project_that_is_refused_invites_nobody(post: Any, mailoutbox: list[Any]) -> None:
    assert post("staff_admin", code="ONE", **NEWCOMER).status_code == 422
    with patch("projects.people.opening.views.found_project", side_effect=ValidationError("No.")):
        assert post("staff_admin", **NEWCOMER).status_code == 422
    assert not User.objects.filter(email=NEWCOMER["owner"]).exists()
    assert mailoutbox == []


def test_who_may_not_invite_names_people_with_an_account(post: Any, programme: Project) -> None:
    answer = post("owner", parent="PG", **NEWCOMER)
    assert answer.status_code == 422
    assert "No account has this address." in answer.text
    assert not User.objects.filter(email=NEWCOMER["owner"]).exists()


# — a project without an owner —


@pytest.fixture
def orphan() -> Project:
    """Return the project whose owner's account is closed."""
    return Project.objects.get(code="THREE")


def test_an_administrator_proposes_the_owner_of_a_project_without_one(
    orphan: Project, staff_admin: Any, outsider: Any, client_of: Any
) -> None:
    client, address = client_of(staff_admin), f"{SEATS}THREE/owner/"
    assert f'href="{address}"' in client.get(SEATS).text
    fields = {"email": outsider.email, "because": "The last owner has retired."}
    assert client.post(address, fields | {"step": "review"}).status_code == 200
    answer = client.post(address, fields | {"step": "record"})
    row = orphan.replacements.get()
    assert (answer.status_code, answer["Location"]) == (302, row.get_absolute_url())
    assert (row.successor, row.proposed_by, row.alone) == (outsider, staff_admin, False)
    assert not orphan.mandates.active().deciding().exists()


def test_an_administrator_invites_the_owner_of_a_project_without_one(
    orphan: Project, staff_admin: Any, client_of: Any, mailoutbox: list[Any]
) -> None:
    words = {"because": "The last owner has retired.", "step": "record"}
    fields = {"email": NEWCOMER["owner"], "newcomer": "Léa Martin", **words}
    assert client_of(staff_admin).post(f"{SEATS}THREE/owner/", fields).status_code == 302
    assert orphan.replacements.get().successor.name == "Léa Martin"
    assert any("/invitation/" in mail.body for mail in mailoutbox)


def test_the_page_that_names_an_owner_exists_without_one_only(
    project_one: Project, staff_admin: Any, client_of: Any
) -> None:
    assert not can(staff_admin, "projects.propose_replacement", project_one)
    assert client_of(staff_admin).get(f"{SEATS}ONE/owner/").status_code == 404


@pytest.mark.parametrize("member", ["pmo", "amoa", "recipient", "outsider"])
def test_nobody_else_sees_or_names(member: str, orphan: Project, cast: dict[str, Any], client_of: Any) -> None:
    client = client_of(cast[member])
    assert client.get(SEATS).status_code == 403
    assert client.get(f"{SEATS}THREE/owner/").status_code == 404


# — like another project —


def test_a_project_like_another_takes_its_roles_and_its_groups(
    post: Any, programme: Project, owner: Any, outsider: Any, project_one: Project, client_of: Any
) -> None:
    form = client_of(owner).get(f"{OPEN}?like=ONE").content.decode()
    assert 'name="like" value="ONE"' in form
    answer = post("owner", like="ONE", parent=programme.code, step="record")
    assert answer.status_code == 302
    project = Project.objects.get(code="QUAI-3")
    one = Project.objects.get(code="ONE")
    assert project.matrix is not None
    assert one.matrix is not None
    assert project.matrix.content == one.matrix.content
    names = set(one.recipient_groups.values_list("name", flat=True))
    assert names
    assert set(project.recipient_groups.values_list("name", flat=True)) == names
    assert set(project.recipient_groups.values_list("attitude", flat=True)) == {""}
    assert not project.decisions.exists()
    assert not project.risks.exists()


@pytest.mark.parametrize("code", ["TWO", "NONE"])
def test_only_a_project_that_one_may_read_is_taken(code: str, post: Any, programme: Project) -> None:
    before = Project.objects.count()
    assert post("owner", like=code, parent=programme.code, step="record").status_code == 422
    assert Project.objects.count() == before


@pytest.mark.parametrize("level", ["portfolio", "programme"])
@pytest.mark.parametrize("method", ["fr", "pm2"])
def test_a_portfolio_and_a_programme_take_the_roles_of_their_level(method: str, level: str, post: Any) -> None:
    """No role, line or kind of a project is there: nobody delivers, nobody accepts what is delivered."""
    assert post("staff_admin", level=level, pack=method).status_code == 302
    project = Project.objects.get(code="QUAI-3")
    assert project.pack_id == f"{method}-{level}"
    content = project.matrix.read()
    assert content == published_matrix(f"{method}-{level}")
    assert not any(role.delivers for role in content.roles)
    assert not {"acceptance", "change", "requirement_baseline"} & {
        kind for line in content.lines for kind in line.kinds
    }
    required = [role.code for role in content.roles if is_required(project, role)]
    assert len(required) == 3  # the owner and both advisers


def test_a_method_without_roles_at_a_level_is_refused_there(post: Any, staff_admin: Any) -> None:
    with acting_as(staff_admin):
        MethodPack.objects.create(code="house", name_fr="Maison", name_en="House")
    answer = post("staff_admin", level="portfolio", pack="house")
    assert "This method has no roles at this level. Select another method." in unescape(answer.text)
    assert not Project.objects.filter(code="QUAI-3").exists()


def test_the_methods_offered_are_those_of_projects(client_of: Any, staff_admin: Any) -> None:
    page = client_of(staff_admin).get(OPEN, headers=ENGLISH)
    assert 'value="fr"' in page.text
    assert 'value="fr-portfolio"' not in page.text


def test_a_project_never_takes_the_method_of_a_portfolio(staff_admin: Any, owner: Any) -> None:
    fields = {"code": "LOW", "prefix": "LO", "title_fr": "Bas", "title_en": "Low", "level": Level.PROJECT}
    dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE, "pack": "fr-portfolio"}
    with pytest.raises(ValidationError, match="fr-portfolio"):
        found_project(actor=staff_admin, owner=owner, fields=fields | dates)


def test_a_programme_like_a_project_takes_the_roles_of_a_programme(
    post: Any, owner: Any, staff_admin: Any, project_one: Project
) -> None:
    words = {"code": "PF", "prefix": "PF", "title_fr": "Port", "title_en": "Harbour", "level": Level.PORTFOLIO}
    dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE, "pack": "fr-portfolio"}
    found_project(actor=staff_admin, owner=owner, fields=words | dates)
    assert post("owner", like="ONE", parent="PF", level="programme").status_code == 302
    project = Project.objects.get(code="QUAI-3")
    assert project.matrix is not None
    assert project.matrix.read() == published_matrix("fr-programme")
