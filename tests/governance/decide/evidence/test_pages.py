"""Test files on the pages: sent, refused beside the field, attached, replaced, and served as inert downloads."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from governance.enums import Outcome
from projects.models import Document, DocumentVersion
from tests import acts
from tests.effort import in_turn
from tests.files import HONEST, HOSTILE, WEIRD_NAMES, hostile_bytes
from tests.pages.visits import Sent, act, document_of

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
#: Acts with a file, which share one field.
DEEDS = ("add_evidence", "add_document", "replace_document", "replace_evidence")


def text_of(answer: Any) -> str:
    """Return the words of a page, without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# — sending —


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_added_attached_and_served_byte_for_byte(
    name: str, amoa: Any, proposal: Any, client_of: Any
) -> None:
    path, fields = act("add_evidence", proposal("draft"), name="", file=Sent(name, HONEST[name]))
    client = client_of(amoa)
    assert client.post(path, fields).status_code == 302
    added = DocumentVersion.objects.latest("pk")
    assert acts.reread(proposal("draft")).draft.attachments[-1] == added.attachment()
    answer = client.get(added.get_absolute_url())
    assert (answer.status_code, answer.content) == (200, HONEST[name])


@pytest.mark.parametrize(
    ("deed", "name"), [(deed, name) for place, name in enumerate(HOSTILE) for deed in in_turn(place, DEEDS)]
)
def test_a_hostile_file_is_refused_beside_the_field_and_nothing_is_kept(
    deed: str, name: str, amoa: Any, proposal: Any, client_of: Any
) -> None:
    file_name, _content, sentence = HOSTILE[name]
    path, fields = act(deed, proposal("draft"), file=Sent(file_name, hostile_bytes(name)))
    kept = acts.count_evidence()
    answer = client_of(amoa).post(path, fields, headers=ENGLISH)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert 'aria-describedby="id_file_helptext id_file_error"' in answer.content.decode()
    assert acts.count_evidence() == kept


@pytest.mark.parametrize("name", [name for name in WEIRD_NAMES if name.strip()])
def test_a_weird_name_is_refused_beside_its_field(name: str, amoa: Any, proposal: Any, client_of: Any) -> None:
    path, fields = act("add_evidence", proposal("draft"), name=name)
    kept = acts.count_evidence()
    answer = client_of(amoa).post(path, fields, headers=ENGLISH)
    if answer.status_code == 302:  # an invisible name is empty, and a line has no line ends
        assert Document.objects.latest("pk").name in {"quotation-31.txt", "notes.txt", "notes Set-Cookie: a=b.txt"}
    else:
        assert answer.status_code == 422
        assert 'id="id_name_error"' in answer.content.decode()
        assert acts.count_evidence() == kept


def test_a_file_that_is_too_large_is_refused_and_its_bytes_are_not_held(
    amoa: Any, proposal: Any, client_of: Any
) -> None:
    path, fields = act("add_evidence", proposal("draft"), file=Sent("notes.txt", b"a" * (11 * 1024 * 1024)))
    kept = acts.count_evidence()
    answer = client_of(amoa).post(path, fields, headers=ENGLISH)
    assert answer.status_code == 422
    assert "larger than 10 MiB" in text_of(answer)
    assert acts.count_evidence() == kept


def test_a_missing_file_is_refused_with_the_advice_to_choose_one(amoa: Any, proposal: Any, client_of: Any) -> None:
    path, fields = act("add_evidence", proposal("draft"))
    del fields["file"]
    assert "Choose a file." in text_of(client_of(amoa).post(path, fields, headers=ENGLISH))


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "a" * (3 * 1024 * 1024)},
        {f"f{number}": "a" for number in range(1_100)},
        {"file": SimpleUploadedFile("a.txt", b"a"), "more": SimpleUploadedFile("b.txt", b"b")},
    ],
    ids=["fields of 3 MB", "1,100 fields", "two files"],
)
def test_a_request_beyond_the_limits_gets_a_page(
    fields: dict[str, Any], amoa: Any, proposal: Any, client_of: Any
) -> None:
    path, _fields = act("add_evidence", proposal("draft"))
    answer = client_of(amoa).post(path, fields, headers=ENGLISH)
    assert answer.status_code == 400
    assert "too large" in text_of(answer)


def test_a_text_that_changed_meanwhile_takes_no_file_and_none_is_added(
    amoa: Any, proposal: Any, client_of: Any
) -> None:
    deeds = [act(name, proposal("draft")) for name in ("add_evidence", "replace_evidence", "detach_evidence")]
    acts.edit(amoa, proposal("draft"))
    kept = acts.count_evidence()
    for path, fields in deeds:
        answer = client_of(amoa).post(path, fields, headers=ENGLISH)
        assert answer.status_code == 409
        assert "The working text changed meanwhile" in text_of(answer)
    assert acts.count_evidence() == kept


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "²"])
def test_a_version_that_is_none_changes_nothing(version: str, amoa: Any, proposal: Any, client_of: Any) -> None:
    path, fields = act("detach_evidence", proposal("draft"), version=version)
    assert client_of(amoa).post(path, fields).status_code == 409


def test_a_name_that_is_taken_is_refused_beside_the_name(amoa: Any, proposal: Any, client_of: Any) -> None:
    for deed in ("add_evidence", "add_document"):
        path, fields = act(deed, proposal("draft"), name="Berth plan")
        answer = client_of(amoa).post(path, fields, headers=ENGLISH)
        assert (answer.status_code, "already has a document of this name" in text_of(answer)) == (422, True)


def test_the_same_file_again_is_refused_beside_the_file(moe: Any, proposal: Any, client_of: Any) -> None:
    present = document_of(proposal("closed")).versions.defer(None).latest("number")
    path, fields = act("replace_document", proposal("closed"), file=Sent("plan.md", bytes(present.content)))
    answer = client_of(moe).post(path, fields, headers=ENGLISH)
    assert (answer.status_code, "nothing would change" in text_of(answer)) == (422, True)


def test_a_proposal_has_at_most_twenty_files(amoa: Any, project_one: Any, proposal: Any, client_of: Any) -> None:
    for number in range(19):
        acts.attach(amoa, proposal("draft"), acts.add_document(amoa, project_one, f"Quotation {number}", f"{number}\n"))
    kept = acts.count_evidence()
    for deed in ("add_evidence", "attach_evidence"):
        path, fields = act(deed, proposal("draft"))
        if deed == "attach_evidence":
            fields["document"] = str(Document.objects.get(name="Berth plan").pk)
        answer = client_of(amoa).post(path, fields, headers=ENGLISH)
        assert (answer.status_code, "at most 20 files" in text_of(answer)) == (422, True)
    assert acts.count_evidence() == kept


# — attaching —


def test_a_file_is_attached_replaced_taken_over_and_taken_off(
    amoa: Any, pmo: Any, proposal: Any, client_of: Any
) -> None:
    client, file = client_of(amoa), proposal("ready_for_decision")
    client.post(*act("attach_evidence", file))
    (attached,) = acts.reread(file).draft.attachments
    assert (attached["name"], attached["version"]) == ("Berth plan", "2")
    assert client.post(*act("replace_evidence", acts.reread(file))).status_code == 302
    assert acts.reread(file).draft.attachments[0]["version"] == "3"
    acts.replace(pmo, document_of(acts.reread(file)), "Fourth.\n")
    page = client.get(reverse("governance:evidence:proposal_evidence", args=[file.pk]), headers=ENGLISH)
    assert "Take version 4" in text_of(page)
    client.post(*act("attach_evidence", acts.reread(file)))
    assert acts.reread(file).draft.attachments[0]["version"] == "4"
    client.post(*act("detach_evidence", acts.reread(file)))
    assert acts.reread(file).draft.attachments == []
    assert Document.objects.filter(name="Berth plan").exists()


def test_the_document_of_another_project_cannot_be_attached(
    amoa: Any, cast: Any, project_two: Any, proposal: Any, client_of: Any
) -> None:
    other = acts.add_document(cast["other_amoa"], project_two).document
    path, fields = act("attach_evidence", proposal("ready_for_decision"), document=str(other.pk))
    assert client_of(amoa).post(path, fields).status_code == 422


def test_saving_the_working_text_keeps_its_files(amoa: Any, proposal: Any, client_of: Any) -> None:
    before = proposal("draft").draft.attachments
    assert client_of(amoa).post(*act("edit", proposal("draft"))).status_code == 302
    assert acts.reread(proposal("draft")).draft.attachments == before != []


def test_the_form_of_the_working_text_leads_to_its_files(amoa: Any, proposal: Any, client_of: Any) -> None:
    page = client_of(amoa).get(reverse("governance:proposals:proposal_edit", args=[proposal("draft").pk]))
    assert reverse("governance:evidence:proposal_evidence", args=[proposal("draft").pk]) in page.content.decode()


# — reading —


def test_a_file_is_served_as_a_download_in_which_nothing_runs(owner: Any, proposal: Any, client_of: Any) -> None:
    version = document_of(proposal("closed")).versions.get(number=1)
    answer = client_of(owner).get(version.get_absolute_url())
    assert dict(answer.headers) | {
        "Content-Type": "text/markdown; charset=utf-8",
        "Content-Disposition": 'attachment; filename="berth-plan.md"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "X-Frame-Options": "DENY",
    } == dict(answer.headers)
    assert b"# Berth plan D-02\n" in answer.content


def test_a_name_beyond_ascii_is_served_as_rfc_6266_says(
    amoa: Any, project_one: Any, proposal: Any, client_of: Any
) -> None:
    name = 'Marée "haute" 潮.txt'
    path, fields = act("add_document", proposal("draft"), file=Sent(name, b"High.\n"))
    assert client_of(amoa).post(path, fields).status_code == 302
    version = DocumentVersion.objects.latest("pk")
    told = client_of(amoa).get(version.get_absolute_url())["Content-Disposition"]
    assert told == f"attachment; filename*=utf-8''{quote(version.file_name)}"


@pytest.mark.parametrize("method", ["post", "put", "delete", "head"])
def test_bytes_are_only_ever_asked_for(method: str, owner: Any, proposal: Any, client_of: Any) -> None:
    path = document_of(proposal("closed")).versions.get(number=1).get_absolute_url()
    assert getattr(client_of(owner), method)(path).status_code == 405


def test_a_version_or_document_that_is_not_there_is_not_found(owner: Any, proposal: Any, client_of: Any) -> None:
    document = document_of(proposal("closed"))
    for address in ((document.pk, 9), (document.pk, 0), (10**12, 1), (document.pk, 2**70)):
        assert client_of(owner).get(reverse("governance:evidence:document_version", args=address)).status_code == 404


def test_the_dossier_and_the_revision_show_the_frozen_files(
    recipient: Any, owner: Any, proposal: Any, client_of: Any
) -> None:
    file = proposal("closed")
    frozen = document_of(file).versions.get(number=1)
    for path in (file.get_absolute_url(), reverse("governance:dossier:dossier_revision", args=[file.pk, 1])):
        page = client_of(recipient).get(path, headers=ENGLISH)
        assert frozen.get_absolute_url() in page.content.decode()
        assert "a newer version exists: 2" in text_of(page)


def test_a_decision_that_is_no_longer_current_says_what_changed_by_whom_and_why(
    recipient: Any, proposal: Any, client_of: Any
) -> None:
    file = proposal("closed")
    page = client_of(recipient).get(file.get_absolute_url(), headers=ENGLISH)
    words = text_of(page)
    for part in (
        "OD-01 needs review",
        "“Berth plan” was replaced by Declan Foyle",
        "Lettering of pontoon C corrected",
        "Removed: - Pontoon D: berths 67 to 86",
        "Added: - Pontoon C: berths 67 to 86",
    ):
        assert part in words
    for version in document_of(file).versions.all():
        assert version.get_absolute_url() in page.content.decode()


def test_the_register_says_which_decision_is_no_longer_current(recipient: Any, client_of: Any) -> None:
    page = client_of(recipient).get(reverse("governance:register:register", args=["ONE"]), headers=ENGLISH)
    marked = {"OD-01", "OD-12"}  # a sealed document was replaced, a requirement of the approved baseline rewritten
    assert text_of(page).count("Needs review since") == len(marked)


def test_a_decision_whose_documents_stand_says_nothing(recipient: Any, proposal: Any, client_of: Any) -> None:
    page = client_of(recipient).get(proposal("decided").get_absolute_url(), headers=ENGLISH)
    assert "needs review" not in text_of(page)


def test_the_documents_say_which_decisions_rest_on_each_version(recipient: Any, client_of: Any) -> None:
    page = client_of(recipient).get(reverse("governance:evidence:project_documents", args=["ONE"]), headers=ENGLISH)
    words = text_of(page)
    assert re.search(r"OD-01 needs review since \d+ \w+ \d{4}", words)
    assert re.search(r"OD-02 (?!needs review)", words)
    assert "Replace the document" not in words


def test_before_replacing_the_page_names_the_decisions_that_rest_on_it(moe: Any, proposal: Any, client_of: Any) -> None:
    path = reverse("governance:evidence:document_replace", args=[document_of(proposal("decided")).pk])
    words = text_of(client_of(moe).get(path, headers=ENGLISH))
    assert "the owner is notified and they need review: OD-02" in words


def test_text_in_a_file_is_shown_as_text(
    amoa: Any, pmo: Any, owner: Any, project_one: Any, proposal: Any, client_of: Any
) -> None:
    version = acts.add_document(amoa, project_one, "<b>Plan", "<script>alert(1)</script>\n")
    file = acts.attach(amoa, acts.draft(amoa, project_one), version)
    acts.submit(amoa, file)
    acts.advise(pmo, file)
    acts.decide(owner, file, Outcome.APPROVED)
    acts.replace(amoa, version.document, "<img src=x onerror=alert(2)>\n", "<i>Because</i>")
    for path in (file.get_absolute_url(), reverse("governance:evidence:project_documents", args=["ONE"])):
        page = client_of(owner).get(path).content.decode()
        assert not [raw for raw in ("<script>alert", "<img src=x", "<i>Because", "<b>Plan") if raw in page]
