"""Test the search page and the answers of the palette: what is found, why, where it leads, and to whom."""

import html
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from core.access import can
from core.history import version_of
from core.models import SearchText
from core.search_index.sources import SOURCES, STARTS
from governance.desk.search.queries import Asked, read_access, search
from governance.models import Decision, Proposal
from governance.sessions.bodies.services import write_body
from projects.models import Project
from tests.governance.sessions.factories import found_body, hold, note

pytestmark = pytest.mark.django_db

PAGE, PALETTE = reverse("governance:search:search"), reverse("governance:search:palette")


@pytest.fixture
def read(client_of: Any) -> Any:
    """Return the text of the search page as a person reads it in English, with the marked words."""

    def page(person: Any, words: str, address: str = PAGE, **filters: Any) -> str:
        answer = client_of(person).get(
            f"{address}?{urlencode({'q': words, **filters})}", headers={"accept-language": "en"}
        )
        assert answer.status_code == 200
        text = answer.content.decode()
        main = text[text.index("<main") : text.index("</main")] if "<main" in text else text
        return " ".join(html.unescape(re.sub(r"<(?!/?mark)[^>]*>", " ", main)).split())

    return page


def index(project: Project | None, title: str, source: str = "requirement", **fields: Any) -> SearchText:
    """Add a row to the index."""
    row = SearchText.objects.filter(row__lt=0).count()
    key = project.pk if project else None
    return SearchText.objects.create(source=source, row=-1 - row, page=1, project=key, title=title, **fields)


# — what is found —


def test_a_proposal_is_found_by_its_code_its_title_and_its_text(read: Any, owner: Any, proposal: Any) -> None:
    file: Proposal = proposal("submitted")
    for words in (file.reference, file.reference.lower().replace("-", ""), file.title, file.current.question[:60]):
        assert file.reference in read(owner, words), words


def test_a_code_leads_to_its_row(client_of: Any, owner: Any, proposal: Any) -> None:
    file: Proposal = proposal("submitted")
    for words in (file.reference, file.reference.lower(), file.reference.replace("-", "")):
        answer = client_of(owner).get(PAGE, {"q": words, "go": "1"})
        assert answer.headers["location"] == file.get_absolute_url()


def test_a_code_of_two_rows_leads_nowhere(client_of: Any, owner: Any, project_one: Project) -> None:
    for title in ("First", "Second"):
        index(project_one, title, code="RX-01")
    answer = client_of(owner).get(PAGE, {"q": "RX-1", "go": "1"})
    assert answer.status_code == 200


def test_a_decision_is_found_by_its_reasons(read: Any, owner: Any, project_one: Project) -> None:
    decision = Decision.objects.filter(project=project_one).exclude(reasons="").first()
    assert decision
    assert decision.reference in read(owner, decision.reasons[:80])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Empêcher l’accès aux œuvres", "empecher acces oeuvre"),
        ("Empecher l'acces aux oeuvres", "empêchée l’accès œuvres"),
        ("The owners’ requirements", "owner requirement"),
        ("Chevaux et journaux", "journaux"),
        ("Wi-Fi 5GHz sous-traitance", "sous traitance wifi"),
        ("Un retard de livraison", "livrason"),
    ],
)
def test_accents_plurals_ligatures_apostrophes_and_slips_are_forgiven(
    read: Any, owner: Any, project_one: Project, text: str, words: str
) -> None:
    index(project_one, text)
    assert text in re.sub("</?mark>", "", read(owner, words))


def test_the_exact_form_comes_first(read: Any, owner: Any, project_one: Project) -> None:
    for title in ("Accès privilégié zénith", "Un privilège zénith", "Accès privilégié du zénith"):
        index(project_one, title)
    found = re.sub("</?mark>", "", read(owner, "privilège zénith"))
    assert found.index("Un privilège zénith") < found.index("Accès privilégié")


def test_a_result_says_why_and_escapes_what_people_wrote(
    read: Any, client_of: Any, owner: Any, project_one: Project
) -> None:
    index(project_one, "Quay <b>four</b>", body="The <script>alert(1)</script> silting of basin three")
    assert "<mark>silting</mark> of <mark>basin</mark> three" in read(owner, "silting basin")
    page = client_of(owner).get(PAGE, {"q": "silting basin"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;four&lt;/b&gt;" in page


def test_filters_narrow_by_register_project_state_and_period(read: Any, owner: Any, project_one: Project) -> None:
    index(project_one, "Zebra of May", state="draft", at="2026-05-10T00:00:00Z")
    index(project_one, "Zebra of June", state="approved", at="2026-06-10T00:00:00Z")
    index(project_one, "Zebra elsewhere", source="risk", at="2026-06-10T00:00:00Z")
    assert "3 results" in read(owner, "zebra")
    assert "2 results" in read(owner, "zebra", kind="requirement")
    assert "1 result" in read(owner, "zebra", kind="requirement", state="draft")
    assert "2 results" in read(owner, "zebra", **{"from": "2026-06-01", "to": "2026-06-10"})
    assert "1 result" in read(owner, "zebra", to="2026-05-10")
    assert "3 results" in read(owner, "zebra", project=project_one.code)
    assert "No result" in read(owner, "zebra", project="TWO")


def test_there_are_pages_of_results(read: Any, owner: Any, project_one: Project) -> None:
    for number in range(25):
        index(project_one, f"Quagga {number}")
    first, second = read(owner, "quagga"), read(owner, "quagga", page=2)
    assert "25 results" in first
    assert "Next page" in first
    assert "Previous page" in second
    assert not set(re.findall(r"</mark> (\d+)", first)) & set(re.findall(r"</mark> (\d+)", second))


def test_without_words_it_shows_what_is_new_and_my_projects(read: Any, owner: Any, project_one: Project) -> None:
    page = read(owner, "")
    assert "Newest in your projects" in page
    assert "My projects" in page
    assert project_one.code in page


def test_nothing_found_says_what_was_searched(read: Any, owner: Any) -> None:
    page = read(owner, "xyzzyqwv")
    assert "No result for “xyzzyqwv”. The codes, titles and texts of the projects you can read were searched." in page


# — hostile words —


@pytest.mark.parametrize(
    "words",
    [
        "\x00",
        "quay\x00four",
        "a" * 10_000,
        "word " * 3_000,
        "& | ! <-> :* ( ) '' \\",
        "quay:*A & !four",
        "'; DROP TABLE core_searchtext; --",
        "<script>alert(1)</script>",
        "%%s %(terms)s {0} _ %",
        "\ue000\ue001\ufffe",
        "⚓ 港 مرحبا",
        "the of and",
        "le la les",
        "x\u0301" * 300,
    ],
)
def test_any_words_are_answered(client_of: Any, owner: Any, words: str) -> None:
    for address in (PAGE, PALETTE):
        answer = client_of(owner).get(address, {"q": words, "page": "9" * 40, "from": "2026-13-45", "kind": words})
        assert answer.status_code == 200
        assert b"<script>alert" not in answer.content


# — who finds —


def test_a_project_is_searched_by_those_who_may_read_it(
    read: Any, owner: Any, outsider: Any, staff_admin: Any, project_one: Project
) -> None:
    index(project_one, "Okapi on the quay")
    assert "1 result" in read(owner, "okapi")
    for person in (outsider, staff_admin):
        page = read(person, "okapi")
        assert "No result" in page
        assert "Similar" not in page
        assert "Okapi on" not in read(person, "okapi", PALETTE)
        assert "Okapi on" not in read(person, "")


def test_a_working_text_is_found_by_its_authors_alone(
    read: Any, owner: Any, amoa: Any, pmo: Any, proposal: Any
) -> None:
    draft: Proposal = proposal("draft")
    people = {person: draft.reference in read(person, draft.title) for person in (amoa, pmo, owner)}
    visible = {person: Proposal.objects.visible_to(person).filter(pk=draft.pk).exists() for person in people}
    assert people == visible
    assert set(visible.values()) == {True, False}


def test_people_are_found_by_those_who_share_a_project(read: Any, owner: Any, pmo: Any, outsider: Any) -> None:
    assert pmo.name in re.sub("</?mark>", "", read(owner, pmo.name))
    assert "No result" in read(outsider, pmo.name)


def test_an_administrator_finds_people_and_organisations(read: Any, staff_admin: Any, pmo: Any) -> None:
    assert pmo.name in re.sub("</?mark>", "", read(staff_admin, pmo.name))
    name = pmo.organisation.name
    assert name in re.sub("</?mark>", "", read(staff_admin, name, kind="organisation"))


def test_a_workspace_that_is_off_is_not_searched(owner: Any, project_one: Project) -> None:
    index(project_one, "Okapi in the register", source="risk")
    index(project_one, "Okapi in the file", source="proposal")
    readable = read_access(owner)
    off = {key: row._replace(workspaces=[]) for key, row in readable.projects.items()}
    found = [search(who, Asked("okapi")).kinds for who in (readable, replace(readable, projects=off))]
    assert found == [{"risk": 1, "proposal": 1}, {"proposal": 1}]


# — the palette —


def test_the_palette_offers_the_pages_of_the_project_at_hand(read: Any, amoa: Any, project_one: Project) -> None:
    page = read(amoa, "", PALETTE, **{"in": project_one.code})
    for label in ("Write a proposal", "Decision register", "Projects"):
        assert label in page
    assert "Write a proposal" not in read(amoa, "", PALETTE)


def test_the_palette_starts_only_what_one_may(client_of: Any, cast: dict[str, Any], project_one: Project) -> None:
    for member, person in cast.items():
        if not person.is_authenticated or not person.is_active:
            continue
        offered = client_of(person).get(PALETTE, {"in": project_one.code}).content.decode()
        for start in STARTS:
            url = reverse(start.view, args=[project_one.code])
            assert (url in offered) == (
                Project.objects.visible_to(person).filter(pk=project_one.pk).exists()
                and can(person, start.permission, project_one)
            ), (member, start.view)


def test_the_palette_reads_the_last_word_as_a_beginning(read: Any, owner: Any, project_one: Project) -> None:
    index(project_one, "Ornithorynque du bassin")
    assert "Ornithorynque du bassin" in re.sub("</?mark>", "", read(owner, "bassin ornitho", PALETTE))


def test_a_session_is_found_by_its_number_and_by_what_is_for_all(
    read: Any, client_of: Any, owner: Any, pmo: Any, project_one: Project, proposal: Any
) -> None:
    file, body = proposal("ready_for_decision"), found_body(pmo, project_one)
    session = hold(pmo, body, ":Tides of the spring", f"proposal:{file.pk}")
    page = session.get_absolute_url()
    for words in ("copil 1", "COPIL-1"):
        assert client_of(owner).get(PAGE, {"q": words, "go": ""})["Location"] == page
    note(pmo, session.items.get(source=""), "The harbour master read the gauge.")
    note(pmo, session.items.get(source="proposal", subject_id=file.pk), "Whispered beside the quay.")
    assert session.reference in read(owner, "gauge")
    assert session.reference in read(owner, "tides spring")
    assert session.reference not in read(owner, "whispered"), "a note on a row is for those who may read the row"
    write_body(actor=pmo, project=project_one, fields={"name": "COPROJ"}, row=body, seen=version_of(body))
    assert client_of(owner).get(PAGE, {"q": "coproj 1", "go": ""})["Location"] == page


def test_every_register_has_a_page(client_of: Any, owner: Any, project_one: Project) -> None:
    for source in SOURCES.values():
        row = SearchText.objects.filter(source=source.name, project=project_one.pk).first()
        if row is None:
            continue
        words = row.code or row.title
        page = client_of(owner).get(PAGE, {"q": words, "kind": source.name}).content.decode()
        links = re.findall(r'<h3>\s*<a href="([^"]+)"', page)
        assert links, source.name
        assert client_of(owner).get(html.unescape(links[0]).partition("#")[0]).status_code == 200, source.name
