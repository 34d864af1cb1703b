"""Test the pages of a project's roles: what each member reads, in which version, and their number of queries."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import override

from core.acts import acting_as
from governance.desk.responsibilities.services import adapt_roles, without_duty
from projects.models import Mandate, Matrix, Project
from projects.seats.mandates.services import appoint, end_mandate
from roles.enums import Family
from roles.models import ComparisonDimension, Organisation, RoleTemplate, User
from tests.conftest import CAST
from tests.database import statements
from tests.effort import EFFORT, in_turn
from tests.governance.desk.responsibilities.test_responsibilities import large

pytestmark = pytest.mark.django_db
MATRIX, COMPARE = "governance:responsibilities:responsibilities", "governance:responsibilities:role_compare"
FILES = ("csv", "xlsx", "pdf")
MOST = 12
#: Queries that count the files of a reader.
COUNTED = 8


@pytest.fixture
def read(client_of: Any, pmo: Any) -> Any:
    """Return the words of a page about the roles of project one for a person."""

    def words(view: str = MATRIX, query: str = "", who: Any = None, language: str = "en", status: int = 200) -> str:
        address = reverse(view, args=["ONE"]) + query
        answer = client_of(who or pmo).get(address, headers={"accept-language": language})
        assert answer.status_code == status
        return html.unescape(answer.content.decode())

    return words


@pytest.fixture
def written(pmo: Any, project_one: Any) -> Matrix:
    """Write a second version of the roles of project one, not in force."""
    content = project_one.matrix.read()
    changed = without_duty(content, "PMO", content.role("PMO").duties[0].code, "The port does it.")
    number = project_one.matrix.number
    return adapt_roles(actor=pmo, project=project_one, base=number, content=changed, reason="Less.")


def told(page: str) -> str:
    """Return the words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def row_of(page: str, label: str) -> str:
    """Return the row of the matrix with this label."""
    [found] = [row for row in re.findall(r"<tr id=\"row-.*?</tr>", page, re.S) if f">{label}<" in row]
    return str(found)


# — the matrix —


def test_everybody_on_the_project_reads_the_matrix_and_nobody_else(client_of: Any, cast: dict[str, Any]) -> None:
    may_read = {member: Project.objects.visible_to(cast[member]).filter(code="ONE").exists() for member in CAST}
    members = [member for member in CAST if may_read[member]]
    names = MATRIX, COMPARE, *(f"governance:responsibilities:responsibilities_{kind}" for kind in FILES)
    for place, name in enumerate(names):
        asked = [*in_turn(place, members, 2), *(member for member in CAST if not may_read[member])]
        path = reverse(name, args=["ONE"])
        found = {member: client_of(cast[member]).get(path).status_code == 200 for member in asked}
        assert found == {member: may_read[member] for member in asked}, name


def test_a_cell_says_its_letter_and_its_word_in_both_languages(read: Any) -> None:
    row = row_of(read(), "Budget and schedule")
    assert '<span class="raci" data-k="D" aria-hidden="true">D</span>' in row
    assert '<span class="vh">Decides</span>' in row
    assert '<span class="vh">Décide</span>' in row_of(read(language="fr"), "Budget et planning")
    assert '<li><span class="raci" data-k="E" aria-hidden="true">E</span>carries out</li>' in read()


def test_the_rasci_view_says_who_is_accountable(read: Any) -> None:
    page = read(query="?view=rasci")
    assert '<span class="raci" data-k="D" aria-hidden="true">A</span>' in row_of(page, "Budget and schedule")
    assert '<span class="vh">Is accountable</span>' in row_of(page, "Budget and schedule")
    assert read(query="?view=nonsense").count("Decides") == read().count("Decides")


def test_a_row_leads_to_the_responsibilities_behind_it(read: Any, project_one: Any) -> None:
    page = read(query="?line=BUDGET")
    owners = [d for d in project_one.matrix.read().role("MOA").duties if "BUDGET" in d.activities]
    assert owners
    for duty in owners:
        assert duty.code in page
        assert duty.label_en in page
        assert duty.evidence_en in page
    assert 'id="behind"' not in read(query="?line=ABSENT")


def test_the_version_in_force_is_named_with_its_fingerprint_and_the_decision_that_approved_it(
    read: Any, project_one: Any, proposal: Any
) -> None:
    page = told(read())
    decided = proposal("roles_one").answer.reference
    assert f"Version {project_one.matrix.number}, approved by {decided}" in page.replace(" , ", ", ")
    digest = project_one.matrix.hash
    assert f"{digest[:4]} {digest[4:8]} {digest[8:12]}" in page
    assert "not in force" not in page


def test_roles_that_the_owner_has_not_approved_say_so(read: Any, project_one: Any, client_of: Any, cast: Any) -> None:
    unapproved = Project.objects.filter(matrix_approved=False, matrix__isnull=False).first()
    if unapproved is None:
        pytest.skip("every project of the cast has approved roles")
    reader = Mandate.objects.active().filter(project=unapproved).first()
    english = {"accept-language": "en"}
    page = client_of(reader.holder).get(reverse(MATRIX, args=[unapproved.code]), headers=english).content.decode()
    assert "not approved" in page


def test_another_version_is_shown_with_a_notice_and_what_is_different(read: Any, written: Matrix) -> None:
    page = told(read(query=f"?version={written.number}"))
    assert f"This is version {written.number}, which is not in force." in page
    assert "The port does it." in page
    assert "Less." not in told(read())
    assert "This is version" not in told(read())


@pytest.mark.parametrize("version", ["99", "0", "-1", "x", "9" * 30, "²"])
def test_a_version_that_does_not_exist_is_not_found(version: str, read: Any, client_of: Any, pmo: Any) -> None:
    read(query=f"?version={version}", status=404)
    for kind in FILES:
        path = reverse(f"governance:responsibilities:responsibilities_{kind}", args=["ONE"])
        assert client_of(pmo).get(path, {"version": version}).status_code == 404


def test_a_vacant_role_is_told_at_the_head_with_a_link_to_its_row_and_an_act_for_the_owner(
    read: Any, owner: Any, pmo: Any, project_one: Any
) -> None:
    assert "DEST is vacant, and" not in read()
    for mandate in project_one.mandates.active().filter(role__code="DEST"):
        end_mandate(actor=owner, mandate=mandate)
    page = read()
    assert "DEST is vacant, and" in page
    anchor = re.search(r'DEST is vacant, and[^<]*<a href="#(row-\d+)"', page)
    assert anchor
    assert f'<tr id="{anchor[1]}" class="is-gap">' in page
    appointing = reverse("projects:appointments:mandate_appoint", args=["ONE"])
    assert f'<a href="{appointing}">' not in page
    assert f'<a href="{appointing}">' in read(who=owner)


def test_an_organisation_on_two_sides_is_a_conflict(
    read: Any, owner: Any, outsider: Any, cast: Any, project_one: Any
) -> None:
    assert "on two sides" not in read()
    end_mandate(actor=owner, mandate=project_one.mandates.active().get(role__code="PMO"))
    pmo = RoleTemplate.objects.get(pack="fr", code="PMO", state="published")
    appoint(actor=owner, project=project_one, role=pmo, holder=outsider)
    outsider.organisation = cast["moe"].organisation
    outsider.save()
    page = read(who=owner)
    assert f"{cast['moe'].organisation.name} has both PMO and MOE" in page
    assert "is-conflict" in page


def test_a_project_without_roles_says_what_comes(pmo: User) -> None:
    plain = Project(code="ONE")
    assert plain.matrix is None
    request = RequestFactory().get("/")
    request.user = pmo
    with override("en"):
        page = render_to_string(
            "governance/desk/responsibilities/responsibilities_empty.html", {"project": plain}, request
        )
    assert "An administrator publishes those of its method" in page


def test_the_foot_counts_the_activities(read: Any, project_one: Any) -> None:
    total = len(project_one.matrix.content["lines"])
    assert re.search(rf"{total} activities, \d+ complete", read())


def test_the_pages_about_roles_share_their_tabs(read: Any) -> None:
    for name in (
        MATRIX,
        COMPARE,
        "projects:mandates:mandate_list",
        "projects:mandates:authority",
        "projects:interests:interests",
    ):
        assert _current_tab(read(name)) == (reverse(name, args=["ONE"]), "page")
    permissions = reverse("governance:permissions:permissions", args=["ONE"])
    assert _current_tab(read("governance:permissions:permissions_mine")) == (permissions, "true")


def _current_tab(page: str) -> tuple[str, str]:
    [tabs] = re.findall(r'<nav class="tabs".*?</nav>', page, re.S)
    [current] = re.findall(r'<a href="([^"]+)" aria-current="(\w+)">', " ".join(tabs.split()))
    return current


# — files —


def test_the_files_follow_the_view_and_the_version_of_the_address(client_of: Any, pmo: Any, written: Matrix) -> None:
    path = reverse("governance:responsibilities:responsibilities_csv", args=["ONE"])
    plain = client_of(pmo).get(path, headers={"accept-language": "en"})
    rasci = client_of(pmo).get(f"{path}?view=rasci&version={written.number}", headers={"accept-language": "en"})
    assert plain["Content-Disposition"] == 'attachment; filename="ONE-roles-v1-en.csv"'
    assert rasci["Content-Disposition"] == f'attachment; filename="ONE-roles-v{written.number}-en.csv"'
    assert "D" in plain.content.decode().splitlines()[1].split(",")
    assert "A" in rasci.content.decode().splitlines()[1].split(",")


def test_each_file_says_what_it_is(client_of: Any, recipient: Any) -> None:
    starts = {"csv": b"\xef\xbb\xbf", "xlsx": b"PK", "pdf": b"%PDF"}
    for kind in FILES:
        answer = client_of(recipient).get(reverse(f"governance:responsibilities:responsibilities_{kind}", args=["ONE"]))
        assert answer.content.startswith(starts[kind])


# — two roles compared —


@pytest.fixture
def dimension(as_owner: Any, superuser: Any) -> ComparisonDimension:
    """The pack has texts for this pair of roles, the AMOA and the DEST, which no other test reads."""
    with as_owner(), acting_as(superuser):
        return ComparisonDimension.objects.create(
            pack_id="fr",
            left_role="AMOA",
            right_role="DEST",
            code="focus",
            position=1,
            label_fr="Centre",
            label_en="Focus",
            shared_fr="le besoin",
            shared_en="the need of everybody",
            left_fr="l’analyse",
            left_en="the analysis",
            right_fr="l’usage",
            right_en="the daily use",
            basis="seed",
        )


def test_the_two_advisers_are_compared_unless_the_address_says_otherwise(read: Any) -> None:
    assert "<h1>PMO and AMOA: what they share, where they differ</h1>" in read(COMPARE)
    assert "<h1>MOE and DEST: what they share, where they differ</h1>" in read(COMPARE, "?left=MOE&right=DEST")
    assert "<h1>DEST and AMOA: what they share, where they differ</h1>" in read(COMPARE, "?left=DEST")


def test_the_words_of_the_pack_stand_on_the_side_of_their_role(read: Any, dimension: ComparisonDimension) -> None:
    for query, order in (("?left=AMOA&right=DEST", 1), ("?left=DEST&right=AMOA", -1)):
        sides = re.findall(r"<section.*?</section>", read(COMPARE, query), re.S)[:3][::order]
        assert [side for side in sides if "The analysis" in side] == [sides[0]]
        assert [side for side in sides if "The need of everybody" in side] == [sides[1]]
        assert [side for side in sides if "The daily use" in side] == [sides[2]]
    assert "founding article" in read(COMPARE, "?left=AMOA&right=DEST")


def test_a_pair_without_words_shows_what_is_computed(read: Any) -> None:
    page = read(COMPARE, "?left=MOA&right=MOE")
    assert "Point by point" not in page
    assert "Same activity, another letter" in page
    assert "Budget and schedule" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?left=PMO&right=PMO", "Choose two different roles."),
        ("?left=NOBODY", "Choose a role of this project."),
        ("?right=<b>", "Choose a role of this project."),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(query: str, sentence: str, read: Any) -> None:
    page = read(COMPARE, query, status=422)
    assert sentence in page
    assert "On this project" not in page


def test_the_comparison_of_two_roles_states_the_total(read: Any) -> None:
    assert re.search(r"Opinions followed by the owner</th><td class=\"n\">\d+ of \d+</td>", read(COMPARE))


# — what it costs —


def test_a_large_matrix_with_many_mandates_costs_no_more_queries(
    client_of: Any, cast: dict[str, Any], project_one: Any
) -> None:
    """Create forty activities, eight roles, forty mandates, and ten times as many for a release."""
    pages = [
        reverse(MATRIX, args=["ONE"]),
        reverse(COMPARE, args=["ONE"]),
        f"{reverse(MATRIX, args=['ONE'])}?line=ACT-1",
    ]
    client = client_of(cast["pmo"])
    before = [sent_by(client, path) for path in pages]
    with acting_as(cast["staff_admin"]):
        crowd(cast, project_one)
    base = project_one.matrix.number
    matrix = adapt_roles(actor=cast["pmo"], project=project_one, base=base, content=large(), reason="Many.")
    assert matrix.number > 1
    paths = [f"{path}{'&' if '?' in path else '?'}version={matrix.number}" for path in pages[::2]]
    after = [sent_by(client, path) for path in (*paths, pages[1], pages[0])]
    assert max(*before, *after) <= MOST, (before, after)
    files = [reverse(f"governance:responsibilities:responsibilities_{kind}", args=["ONE"]) for kind in FILES]
    assert max(sent_by(client, f"{path}?version={matrix.number}") for path in files) <= MOST + COUNTED


def sent_by(client: Any, path: str) -> int:
    """Count the queries of a page."""
    with statements() as sent:
        assert client.get(path).status_code == 200
    return sent.total()


def crowd(cast: dict[str, Any], project: Project) -> None:
    """Appoint many recipients, half of them with an organisation of their own."""
    role = RoleTemplate.objects.get(pack="fr", code="DEST", state="published")
    for n in range(40 * EFFORT):
        where = Organisation.objects.create(name=f"Quay {n}") if n % 2 else cast["recipient"].organisation
        person = User.objects.create_user(email=f"crowd{n}@example.org", name=f"Person {n}", organisation=where)
        appoint(actor=cast["owner"], project=project, role=role, holder=person, ends_at=timezone.now() + timedelta(9))


# — families —


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_responsibilities_of_a_family_are_listed_with_who_answers(
    language: str, read: Any, project_one: Project, pmo: Any, owner: Any
) -> None:
    content, view = project_one.matrix.read(), "governance:responsibilities:responsibility_list"
    office = content.role("PMO")
    everything = read(view, language=language)
    for family in Family:
        page = read(view, f"?family={family}", language=language)
        listed = {duty.code for role in content.roles for duty in role.duties if f">{duty.code}<" in page}
        assert listed == {duty.code for duty in office.duties if duty.family == family}
        with override(language):
            assert capfirst(str(family.label)) in html.unescape(everything)
    assert all(f">{duty.code}<" in everything for role in content.roles for duty in role.duties)
    assert told(everything).count("Priya Nair") >= len(Family) + len(office.duties)
    assert f">{content.roles[0].duties[0].code}<" in read(view, "?family=cousins", language=language)
    end_mandate(actor=owner, mandate=pmo.mandates.get())
    vacant = read(view, who=owner, language=language)
    assert "Priya Nair" not in told(vacant)
    unstaffed = {"en": "Unstaffed", "fr": "Sans titulaire"}[language]
    assert (everything.count(unstaffed), vacant.count(unstaffed)) == (0, len(Family))
