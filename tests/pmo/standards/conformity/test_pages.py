"""Test the pages of conformity and of waivers: content, actions, and refusals with a message."""

from typing import Any

import pytest
from django.urls import reverse

from governance.models import Proposal
from pmo.models import ConformityCheck, WaiverEnd
from pmo.standards.conformity.enums import Standing
from pmo.standards.conformity.queries import list_due_standings
from projects.models import Project
from tests import acts
from tests.pages.visits import act, visits
from tests.pmo.standards.conformity.checked_standards import adopted, of_the_cast

pytestmark = pytest.mark.django_db


@pytest.fixture(name="client_of")
def english_client_of(client_of: Any) -> Any:
    """Sign in people who read English."""

    def browser(user: Any) -> Any:
        client = client_of(user)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return browser


def text(response: Any) -> str:
    """Return the page as one line of words."""
    return " ".join(response.content.decode().split())


@pytest.fixture(scope="module")
def cast_standard(kept_database: None) -> dict[str, int]:
    """Write the standard of project one, with a failed checkpoint and a waived one."""
    return of_the_cast()


def test_every_page_answers(cast: dict[str, Any], proposal: Any, client_of: Any) -> None:
    wrong = []
    for name, visit in visits(proposal):
        if name.startswith(("conformity", "waiver", "proposal_new_waiver")):
            answer = visit.by(client_of(cast[visit.member]))
            if answer.status_code != visit.status:
                wrong.append((name, answer.status_code))
    assert wrong == []


def test_the_page_counts_and_shows_each_checkpoint(pmo: Any, client_of: Any, cast_standard: Any) -> None:
    page = text(client_of(pmo).get("/projects/ONE/conformity/"))
    found = [row.standing for row in list_due_standings(Project.objects.get(code="ONE"))]
    assert f"1 checkpoint of {len(found)} is not met." in page
    assert f"{found.count(Standing.UNANSWERED)} " in page
    assert "OW-01, until" in page
    assert "Seen on the quay." in page


@pytest.mark.parametrize(
    ("address", "shown", "hidden"),
    [
        ("?result=waived", "Lamps", "A list beside the map"),
        ("?result=not_conform", "A list beside the map", "Lamps"),
        ("?standard=STD-B", "Second thing", "Lamps"),
        ("?gate=G0", "Lamps", "Only at the end"),
        ("?gate=G5", "Only at the end", ""),
        ("?gate=G9&result=whim&standard=NONE", "Lamps", "Only at the end"),
    ],
)
def test_the_address_chooses_what_is_shown(
    address: str, shown: str, hidden: str, pmo: Any, project_one: Any, client_of: Any, cast_standard: Any
) -> None:
    adopted(project_one, "STD-B", "Second thing")
    adopted(project_one, "STD-G5", "Only at the end", gate="G5")
    page = text(client_of(pmo).get(f"/projects/ONE/conformity/{address}"))
    assert shown in page
    assert not hidden or hidden not in page


def test_a_check_is_recorded_by_its_form(pmo: Any, client_of: Any, cast_standard: Any) -> None:
    path, fields = act("check_conformity")
    before = ConformityCheck.objects.count()
    assert "(needed unless conform)" in text(client_of(pmo).get(path))
    answer = client_of(pmo).post(path, fields | {"finding": "The list is there, without names."})
    assert answer.status_code == 302
    assert ConformityCheck.objects.count() == before + 1
    assert "The list is there, without names." in text(client_of(pmo).get(answer["Location"]))


def test_a_check_that_does_not_say_why_comes_back_with_what_was_typed(
    pmo: Any, client_of: Any, cast_standard: Any
) -> None:
    path, fields = act("check_conformity")
    answer = client_of(pmo).post(path, fields | {"finding": " ", "action": "Draw the list."})
    assert answer.status_code == 422
    page = text(answer)
    assert "Describe the finding" in page
    assert "Draw the list." in page


def test_a_failed_check_leads_to_a_request_that_names_it(moe: Any, client_of: Any, cast_standard: Any) -> None:
    page = text(client_of(moe).get("/projects/ONE/conformity/"))
    link = "/projects/ONE/proposals/new/?kind=waiver&amp;checkpoints=STD-CAST.1%231"
    assert link in page
    form = text(client_of(moe).get(link.replace("&amp;", "&")))
    assert 'value="STD-CAST.1#1" checked' in form or 'value="STD-CAST.1#1" id="id_terms-checkpoints_0" checked' in form
    assert "STD-CAST.1#3" not in form


def test_a_recipient_reads_and_does_nothing(recipient: Any, client_of: Any, cast_standard: Any) -> None:
    page = text(client_of(recipient).get("/projects/ONE/conformity/"))
    assert "/check/" not in page
    assert "Ask for a waiver" not in page


def test_the_register_lists_requests_and_waivers(owner: Any, client_of: Any, cast_standard: Any) -> None:
    page = text(client_of(owner).get("/projects/ONE/waivers/"))
    assert "1 waiver is in force. 1 ends within 30 days." in page
    assert "20 days left" in page
    assert "A lamp of the crew." in page
    assert "No waivers match this filter." in text(client_of(owner).get("/projects/ONE/waivers/?show=closed"))


def test_a_long_text_is_cut_in_a_list_and_whole_on_its_own_page(
    pmo: Any, owner: Any, project_one: Any, client_of: Any, cast_standard: Any
) -> None:
    path, fields = act("check_conformity")
    client_of(pmo).post(path, fields | {"finding": "Seen on the quay. " * 1000 + "The end."})
    assert "The end." not in text(client_of(pmo).get("/projects/ONE/conformity/"))
    assert "The end." in text(client_of(pmo).get(path.removesuffix("check/")))
    terms = acts.terms_of_a_waiver(project_one) | {"measure": "A lamp. " * 1000 + "The end."}
    waiver = acts.decide(owner, acts.submit_to_owner(project_one, "waiver", terms=terms)).revision.waiver
    assert "The end." not in text(client_of(owner).get("/projects/ONE/waivers/"))
    assert "The end." in text(client_of(owner).get(waiver.get_absolute_url()))


def test_a_waiver_says_what_compensates_for_it_and_who_granted_it(
    recipient: Any, client_of: Any, cast_standard: Any
) -> None:
    page = text(client_of(recipient).get(f"/waivers/{cast_standard['waiver']}/"))
    for words in ("A lamp of the crew.", "20 days left", "Lamps", "Few boats at night.", "Granted by"):
        assert words in page
    assert "Revoke the waiver" not in page


def test_a_waiver_is_revoked_once(owner: Any, client_of: Any, cast_standard: Any) -> None:
    path, fields = act("revoke_waiver")
    assert client_of(owner).post(path, fields).status_code == 302
    assert WaiverEnd.objects.get().because == "The measure is not kept."
    again = client_of(owner).post(path, fields)
    assert again.status_code == 409
    assert "The measure is not kept." in text(client_of(owner).get(f"/waivers/{cast_standard['waiver']}/"))


def test_a_waiver_is_not_closed_before_it_was_found_conform(pmo: Any, client_of: Any, cast_standard: Any) -> None:
    path, fields = act("check_conformity")
    other = path.replace(f"/{cast_standard['checkpoint']}/", f"/{cast_standard['checkpoint'] + 1}/")
    assert client_of(pmo).post(other, fields).status_code == 302
    path, fields = act("close_waiver")
    refused = client_of(pmo).post(path, fields)
    assert refused.status_code == 422
    assert "STD-CAST.1#2" in text(refused)


def test_the_dossier_says_what_is_asked_for_in_words(owner: Any, client_of: Any, cast_standard: Any) -> None:
    file = Proposal.objects.filter(kind="waiver", project__code="ONE").latest("pk")
    page = text(client_of(owner).get(file.get_absolute_url()))
    for words in ("STD-CAST.1#2", "A lamp of the crew.", "Waiver granted: OW-01"):
        assert words in page
    record = text(client_of(owner).get(file.answer.get_absolute_url()))
    assert "STD-CAST.1#2" in record


def test_the_form_of_a_waiver_refuses_what_cannot_be_waived(moe: Any, client_of: Any, cast_standard: Any) -> None:
    path = reverse("governance:proposals:proposal_new", args=["ONE"])
    _path, fields = act("draft")
    answer = client_of(moe).post(path, fields | {"kind": "waiver", "terms-checkpoints": ["STD-CAST.1#3"]})
    assert answer.status_code == 422
    assert "cannot be waived: the standard says so." in text(answer)
    assert acts.count_evidence()["Proposal"] == Proposal.objects.count()
