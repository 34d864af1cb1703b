"""Test the pages of the standards library for its editors, its owner and the projects that follow it."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from pmo.models import LibraryEntry, Standard, StandardVersion
from pmo.standards.standards.effects import term_of
from projects.models import LedgerEvent, Project
from projects.seats.mandates.services import appoint, found_project, role_on
from tests import acts
from tests.files import sent
from tests.pages.visits import act, pk_of
from tests.pmo.standards.standards.factories import adopt, reread, rewrite_draft, write_draft

pytestmark = pytest.mark.django_db
ENGLISH = {"headers": {"accept-language": "en"}}


def read(client: Any, address: str) -> str:
    """Return the page, in English."""
    answer = client.get(address, **ENGLISH)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def listed(code: str = "ONE") -> str:
    """Return the address of the library of a project."""
    return reverse("pmo:standards:standard_list", args=[code])


def test_the_list_says_what_is_in_force_and_what_is_being_written(recipient: Any, client_of: Any) -> None:
    page = read(client_of(recipient), listed())
    for said in ("1 standard is in force.", "STD-LOG", "version 2 is being written", "Mandatory", "In force"):
        assert said in page, said
    assert "Write a standard" not in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("family=document", True),
        ("family=risk", False),
        ("gate=G1", True),
        ("gate=G4", False),
        ("state=adopted", True),
        ("state=draft", False),
        ("family=nonsense&state=%00", True),
    ],
)
def test_the_list_is_narrowed_by_its_address(asked: str, shown: bool, recipient: Any, client_of: Any) -> None:
    page = read(client_of(recipient), f"{listed()}?{asked}")
    assert ("STD-LOG" in page) == shown
    assert ("Nothing matches this filter." in page) != shown


def test_an_empty_library_offers_the_catalogue_to_its_editors(cast: dict[str, Any], client_of: Any) -> None:
    keeper = client_of(cast["other_pmo"])
    assert "Install the catalogue" in read(keeper, listed("TWO"))
    assert "Install the catalogue" not in read(client_of(cast["other_owner"]), listed("TWO"))
    answer = keeper.post(reverse("pmo:standards:standard_install", args=["TWO"]))
    assert answer["Location"] == listed("TWO")
    page = read(keeper, listed("TWO"))
    assert "0 standards are in force. 12 are drafts" in page
    assert "12 standards shown" in page
    assert "Install the catalogue" not in page
    assert "8 entries shown" in read(keeper, reverse("pmo:standards:library_entries", args=["TWO"]))


def test_a_library_that_began_with_a_standard_of_its_own_is_still_offered_the_catalogue(
    pmo: Any, client_of: Any
) -> None:
    client = client_of(pmo)
    assert "Install the catalogue" in read(client, listed())
    client.post(reverse("pmo:standards:standard_install", args=["ONE"]))
    assert "Install the catalogue" not in read(client, listed())


def test_a_standard_is_written_with_its_checkpoints_and_a_file_as_its_template(pmo: Any, client_of: Any) -> None:
    path, fields = act("new_standard", file=sent("vest.txt", b"Count the vests.\n"))
    client = client_of(pmo)
    answer = client.post(path, fields)
    version = StandardVersion.objects.get(standard__code="STD-VEST")
    assert answer["Location"] == version.get_absolute_url()
    page = read(client, version.get_absolute_url())
    for said in ("Safety on the quay", "Everybody wears a life vest.", "Write its proposal", "Draft"):
        assert said in page, said
    served = client.get(version.template_address)
    assert served.content == b"Count the vests.\n"
    assert served["Content-Disposition"] == 'attachment; filename="vest.txt"'
    assert served["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_typed_values_come_back_with_an_error_message(pmo: Any, client_of: Any) -> None:
    path, fields = act("new_standard", **{"code": "std log!", "checkpoints-0-text_en": "", "title_en": "My vest"})
    answer = client_of(pmo).post(path, fields, **ENGLISH)
    page = answer.content.decode()
    assert answer.status_code == 422
    for said in (
        "Use capitals, digits and hyphens.",
        "Enter it in both languages.",
        "My vest",
        "Chacun porte un gilet.",
    ):
        assert said in page, said
    assert not Standard.objects.filter(code="STD-VEST").exists()


def test_another_checkpoint_row_keeps_typed_values(pmo: Any, client_of: Any) -> None:
    path, fields = act("new_standard", add_checkpoint="1", title_en="")
    page = client_of(pmo).post(path, fields, **ENGLISH).content.decode()
    assert "Everybody wears a life vest." in page
    assert "checkpoints-1-text_en" in page
    assert "Enter a title" not in page


def test_a_draft_that_changed_meanwhile_hands_back_what_was_typed(pmo: Any, client_of: Any) -> None:
    path, fields = act("edit_standard", seen="0", title_en="Mine")
    answer = client_of(pmo).post(path, fields, **ENGLISH)
    assert answer.status_code == 409
    assert "Mine" in answer.content.decode()


def test_an_adopted_version_is_not_edited(pmo: Any, client_of: Any) -> None:
    version = StandardVersion.objects.get(standard=pk_of("standard"), state="adopted")
    answer = client_of(pmo).get(reverse("pmo:standards:standard_edit", args=[version.pk]), **ENGLISH)
    assert answer.status_code == 409
    assert "This version was adopted" in answer.content.decode()


def test_the_difference_of_two_versions_is_shown_and_the_first_one_stands_alone(owner: Any, client_of: Any) -> None:
    path = reverse("pmo:standards:standard_differences", args=[pk_of("standard")])
    page = read(client_of(owner), path)
    for said in ("From version 1 to version 2", "three", "seven", "Added", "The log of the month"):
        assert said in page, said
    assert "No difference." in read(client_of(owner), f"{path}?from=1&to=1")
    for asked in ("from=7", "to=x", "to=²", "from=%00"):
        assert client_of(owner).get(f"{path}?{asked}").status_code == 404


def test_a_version_that_is_not_there_is_not_found(owner: Any, client_of: Any) -> None:
    standard = Standard.objects.get(pk=pk_of("standard"))
    for asked in ("9", "x", "²", "-1", "99999999999"):
        assert client_of(owner).get(f"{standard.get_absolute_url()}?version={asked}").status_code == 404


def test_the_way_to_the_owner_begins_on_the_page_of_the_draft(pmo: Any, client_of: Any) -> None:
    version = reread(StandardVersion.objects.get(pk=pk_of("standard_version")))
    page = reverse("governance:proposals:proposal_new", args=["ONE"])
    address = f"{page}?kind=standard_adoption&standards={term_of(version)}"
    client = client_of(pmo)
    assert address.replace("&", "&amp;") in read(client, version.get_absolute_url())
    page = read(client, address)
    assert "Versions to adopt" in page
    assert f'value="{term_of(version)}"' in page
    assert "checked" in page.split(f'value="{term_of(version)}"')[1][:120]


def test_the_dossier_says_what_would_be_adopted_and_the_decision_what_was(
    owner: Any, pmo: Any, project_one: Any, client_of: Any
) -> None:
    version = write_draft(pmo, project_one, "STD-Q")
    file = acts.submit_to_owner(project_one, "standard_adoption", terms={"standards": term_of(version)})
    client = client_of(owner)
    assert "STD-Q (version 1)" in read(client, file.get_absolute_url())
    acts.decide(owner, file)
    assert "Standard adopted: STD-Q, version 1" in read(client, file.get_absolute_url())
    assert acts.reread(file).answer.reference in read(client, version.get_absolute_url())


def test_the_owner_reads_before_deciding_that_a_draft_was_rewritten(
    owner: Any, pmo: Any, project_one: Any, client_of: Any
) -> None:
    version = write_draft(pmo, project_one, "STD-Q")
    file = acts.submit_to_owner(project_one, "standard_adoption", terms={"standards": term_of(version)})
    rewrite_draft(pmo, version, title_en="Another")
    page = read(client_of(owner), file.get_absolute_url())
    assert "STD-Q.1 was rewritten since it was named" in page
    assert "What the launch asks for" not in page


def test_the_library_above_is_read_from_below_with_its_template(cast: dict[str, Any], client_of: Any) -> None:
    words = {"title_fr": "P", "title_en": "P", "language": "en"}
    days = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}
    owner, pmo = cast["owner"], cast["pmo"]
    above = {"code": "PF", "prefix": "F", "level": "portfolio", **words, **days}
    portfolio = found_project(actor=cast["staff_admin"], owner=cast["other_owner"], fields=above)
    appoint(actor=cast["other_owner"], project=portfolio, role=role_on(portfolio, "PMO"), holder=pmo)
    below = {"code": "PB", "prefix": "B", "parent": portfolio, **words, **days}
    found_project(actor=cast["staff_admin"], owner=owner, fields=below)
    sheet = acts.add_document(pmo, portfolio, "Sheet", "Cause, event, effect.\n")
    version = write_draft(pmo, portfolio, template=sheet)
    client = client_of(owner)  # holds nothing on the portfolio
    page = read(client, listed("PB"))
    assert "library of PF" in page
    page = read(client, version.get_absolute_url())
    assert "It is in the library of PF" in page
    assert "No project yet" in page
    assert client.get(version.template_address).content == b"Cause, event, effect.\n"
    assert client.get(sheet.get_absolute_url()).status_code == 404  # the documents of the portfolio stay hidden
    stranger = client_of(cast["outsider"])
    for address in (version.get_absolute_url(), version.template_address):
        assert stranger.get(address).status_code == 404


def test_the_followers_of_a_standard_are_listed_with_the_version_in_force(
    owner: Any, pmo: Any, project_one: Project, client_of: Any
) -> None:
    version = adopt(owner, write_draft(pmo, project_one, "STD-Q"))
    assert "version 1 since" in read(client_of(owner), version.get_absolute_url())
    other = adopt(owner, write_draft(pmo, project_one, "STD-R", levels=["portfolio"]))
    assert "No project you read is at a level it is meant for." in read(client_of(owner), other.get_absolute_url())


def test_a_tool_is_added_changed_and_retired(pmo: Any, recipient: Any, client_of: Any) -> None:
    client, events = client_of(pmo), LedgerEvent.objects.filter(act="keep_standards").count()
    path, fields = act("write_entry")
    assert client.post(path, fields).status_code == 302
    entry = LibraryEntry.objects.get(title_en="Reading the tide")
    tools = reverse("pmo:standards:library_entries", args=["ONE"])
    assert "See the table of the port." in read(client_of(recipient), tools)
    path, fields = act("edit_entry", retired="on", title_en="Before a pontoon is opened")
    assert client.post(path, fields).status_code == 302
    assert LedgerEvent.objects.filter(act="keep_standards").count() == events + 2
    assert "Retired" in read(client, tools)
    assert not LibraryEntry.objects.get(pk=entry.pk).retired


def test_an_entry_without_anything_in_it_comes_back(pmo: Any, client_of: Any) -> None:
    path, fields = act("write_entry", text_fr="")
    answer = client_of(pmo).post(path, fields, **ENGLISH)
    assert answer.status_code == 422
    assert "Enter its text in both languages or a link, or attach a document." in answer.content.decode()
