"""Test the pages of the launch, of the roles to adapt and of a project's home, as members read them."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from core.record.sealing import term_of
from governance.desk.responsibilities.services import newest
from governance.enums import EffectiveFrom, Outcome
from projects.models import Project
from projects.seats.launch.checklist import missing_checks
from projects.seats.mandates.services import appoint, end_mandate, found_project, role_on
from projects.seats.role_templates.services import add_duty, new_version, publish_role
from roles.models import RoleTemplate
from tests import acts
from tests.addresses import full_name
from tests.database import owning, run
from tests.pages.visits import act

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


#: Hidden fields of the options of a proposal.
MANAGED = {f"options-{name}_FORMS": number for name, number in (("INITIAL", "2"), ("MIN_NUM", "2"), ("MAX_NUM", "6"))}


@pytest.fixture
def read(client_of: Any) -> Any:
    """Return the words of a page, without tags."""

    def words(person: Any, name: str, *args: str, status: int = 200, language: str = "en", query: str = "") -> str:
        path = f"{reverse(full_name(name), args=args)}{query}"
        answer = client_of(person).get(path, headers={"accept-language": language})
        assert answer.status_code == status
        return bare(answer.content.decode())

    return words


def bare(page: str) -> str:
    """Return the text of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def settle(cast: dict[str, Any], project: Project) -> None:
    """Give project two its provider and recipients, and approve its roles."""
    for code, holder, group in (("MOE", "moe", ""), ("DEST", "recipient", "Passengers")):
        role = role_on(project, code)
        appoint(actor=cast["other_owner"], project=project, role=role, holder=cast[holder], group=group)
    acts.accept_mandates(project)
    acts.decide(cast["other_owner"], acts.submit_to_owner(project, "appointment", terms=naming(project)))


def naming(project: Project) -> dict[str, str]:
    """Return the terms that submit the newest version of the roles to the owner."""
    latest = newest(project)
    return {"matrix": term_of(latest.number, latest.hash)}


# — the launch —


def test_the_checklist_says_what_is_missing_who_puts_it_right_and_leads_there(
    cast: dict[str, Any], client_of: Any, read: Any
) -> None:
    text = read(cast["other_pmo"], "launch", "TWO")
    assert "Not launched: 3 items are missing." in text
    assert "Appoint a holder of the role MOE, or approve the gate by which it will be appointed." in text
    assert "Rosalind Achebe" in text
    page = client_of(cast["other_pmo"]).get("/projects/TWO/launch/").content.decode()
    assert "/projects/TWO/proposals/new/?kind=appointment&amp;matrix=1%3A" in page
    assert "/mandates/appoint/" not in page
    assert "/mandates/appoint/" in client_of(cast["other_owner"]).get("/projects/TWO/launch/").content.decode()


def test_an_administrator_is_named_where_only_one_can_help(cast: dict[str, Any], read: Any) -> None:
    text = read(cast["other_pmo"], "launch", "THREE")
    assert "Name the project owner." in text
    assert "an administrator" in text


def test_the_gate_on_its_way_and_the_decision_that_launched_are_shown(
    cast: dict[str, Any], project_two: Project, read: Any
) -> None:
    settle(cast, project_two)
    assert "No proposal has been submitted for this gate yet." in read(cast["other_pmo"], "launch", "TWO")
    assert "Write the proposal for gate G0" in read(cast["other_pmo"], "launch", "TWO")
    assert "An advising role writes it." in read(cast["other_owner"], "launch", "TWO")
    gate = acts.submit_to_owner(project_two, "gate", terms={"gate": "G0"})
    before = read(cast["other_pmo"], "launch", "TWO")
    assert gate.reference in before
    assert "An advising role writes it." not in before
    assert "Write the proposal for gate G0" not in before
    assert "nothing is missing, the owner can approve gate G0" in before
    decision = acts.decide(cast["other_owner"], gate)
    after = read(cast["recipient"], "launch", "TWO")
    assert f"by decision {decision.reference}" in after
    assert "Launched on" in after


def test_a_gate_that_waits_for_its_conditions_is_still_on_its_way_and_a_rejected_one_is_not(
    cast: dict[str, Any], project_two: Project, read: Any
) -> None:
    settle(cast, project_two)
    offer = "Write the proposal for gate G0"
    at_once, later = {}, {"effective": EffectiveFrom.WHEN_MET}
    for outcome, terms, is_offered in (
        (Outcome.REJECTED, at_once, True),
        (Outcome.APPROVED_WITH_CONDITIONS, later, False),
    ):
        gate = acts.submit_to_owner(project_two, "gate", terms={"gate": "G0"})
        acts.decide(cast["other_owner"], gate, outcome, **terms)
        assert (offer in read(cast["other_pmo"], "launch", "TWO")) == is_offered
        assert ("Write the proposal for the launch" in read(cast["other_pmo"], "inbox")) == is_offered


def test_the_owner_reads_the_missing_items_and_cannot_seal_the_launch(
    cast: dict[str, Any], project_two: Project, client_of: Any
) -> None:
    settle(cast, project_two)
    gate = acts.submit_to_owner(project_two, "gate", terms={"gate": "G0"})
    end_mandate(actor=cast["other_owner"], mandate=project_two.mandates.active().get(role__code="DEST"))
    client = client_of(cast["other_owner"])
    sentence = "Appoint a representative of at least one recipient group as DEST."
    page = bare(client.get(gate.get_absolute_url(), headers={"accept-language": "en"}).content.decode())
    assert "An approval cannot take effect today." in page
    assert sentence in page
    path, fields = act("decide", gate)
    kept = acts.count_evidence()
    answer = client.post(path, fields, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert sentence in bare(answer.content.decode())
    assert (acts.count_evidence(), Project.objects.get(code="TWO").state) == (kept, "draft")
    refused = client.post(path, fields | {"option": "none", "outcome": Outcome.REJECTED})
    assert refused.status_code == 302


# — the home —


def test_a_project_that_is_not_launched_says_so_with_what_is_missing(
    cast: dict[str, Any], project_two: Project, read: Any
) -> None:
    assert "Not launched yet. 3 items are missing" in read(cast["other_pmo"], "project_home", "TWO")
    settle(cast, project_two)
    assert "Nothing is missing: its owner can approve gate G0." in read(cast["other_pmo"], "project_home", "TWO")
    assert "not launched" not in read(cast["owner"], "project_home", "ONE").lower()


def test_a_vacancy_is_shown_with_its_date_and_so_is_one_to_come(
    owner: Any, project_one: Project, read: Any, pmo: Any
) -> None:
    seats = {seat.role.code: seat for seat in project_one.mandates.active()}
    end_mandate(actor=owner, mandate=seats["AMOA"])
    end_mandate(actor=owner, mandate=seats["PMO"], ends_at=timezone.now() + 20 * DAY)
    text = read(owner, "project_home", "ONE")
    assert "The role “Business assistance to the owner” (AMOA) is vacant. Vacant since" in text
    assert "Only the work of this role is stopped" in text
    assert re.search(r"Roles vacant soon .*\(PMO\): vacant from", text)
    assert "Nothing can be decided" not in text
    assert "Everything else continues. Appoint a person" in text
    assert "Everything else continues. Appoint" not in read(pmo, "project_home", "ONE")


def test_without_owner_the_home_says_that_nothing_can_be_decided(
    owner: Any, project_one: Project, read: Any, pmo: Any
) -> None:
    end_mandate(actor=owner, mandate=project_one.mandates.active().deciding().get())
    text = read(pmo, "project_home", "ONE")
    assert "No owner in office: pending, owner absent. Vacant since" in text
    assert "Nothing can be decided until an owner is named" in text


def test_the_home_leads_down_to_every_project_of_a_programme_and_up_as_far_as_one_may_read(
    cast: dict[str, Any], read: Any
) -> None:
    def founded(code: str, owner: str, **fields: Any) -> Project:
        words = {"code": code, "prefix": code[:4], "title_fr": f"Titre {code}", "title_en": f"Title {code}"}
        dates = {"starts_on": timezone.localdate(), "ends_on": timezone.localdate() + 100 * DAY}
        return found_project(actor=cast["staff_admin"], owner=cast[owner], fields=words | dates | fields)

    programme = founded("PROG", "owner", level="programme")
    founded("MINE", "owner", parent=programme)
    theirs = founded("THEIRS", "other_owner", parent=programme)
    above = read(cast["owner"], "project_home", "PROG")
    assert "Title MINE" in above
    assert "Title THEIRS" in above  # A seat on the programme may read its projects (ADR 9).
    missing = len(missing_checks(Project.objects.get(pk=theirs.pk)))
    assert re.search(f"Title THEIRS THEIRS .{{0,40}} {cast['other_owner']} {missing} ", above), above
    assert "part of Title PROG" in read(cast["owner"], "project_home", "MINE")
    assert "Title PROG" not in read(cast["other_owner"], "project_home", "THEIRS")


# — adapting —


@pytest.fixture
def send(pmo: Any, client_of: Any) -> Any:
    """Post a step on project one as the PMO: status and words of the answer."""

    def posted(step: str, **fields: Any) -> tuple[int, str]:
        path = reverse("governance:responsibilities:roles_adapt_step", args=["ONE", step])
        sent = {"base": "1", "reason": "The harbour silts up.", **fields}
        answer = client_of(pmo).post(path, sent, headers={"accept-language": "en"})
        return answer.status_code, bare(answer.content.decode())

    return posted


ADDED = {
    "role": "PMO",
    "code": "PMO-P1",
    "label_fr": "Tenir le plan",
    "label_en": "Keep the plan",
    "nature": "produce",
    "domains": ["business"],
    "activities": ["PILOTAGE"],
    "evidence_fr": "Plan",
    "evidence_en": "Plan",
    "recurrence": "monthly",
}


def test_each_step_writes_the_next_version_which_the_page_tells(
    send: Any, read: Any, pmo: Any, project_one: Project
) -> None:
    assert send("add", **ADDED)[0] == 302
    assert send("drop", base="2", duty="AMOA AMOA-01")[0] == 302
    assert send("hand-on", base="3", duty="AMOA AMOA-02", to="PMO")[0] == 302
    text = read(pmo, "roles_adapt", "ONE")
    assert "Version 4 is the newest. Version 1 stays in force until the owner approves another." in text
    assert "Keep the plan Of this project: The harbour silts up." in text
    assert "Dropped: AMOA-01 (The harbour silts up.)" in text
    role = newest(project_one).read().role("PMO")
    assert role
    assert [duty.code for duty in role.duties[-2:]] == ["PMO-P1", "AMOA-02"]


def test_the_form_to_submit_the_roles_is_prefilled_and_the_submission_is_shown(
    send: Any, read: Any, owner: Any, pmo: Any, project_one: Project, client_of: Any
) -> None:
    send("add", **ADDED)
    page = client_of(pmo).get("/projects/ONE/roles/adapt/").content.decode()
    link = html.unescape(re.search(r'href="([^"]*kind=appointment[^"]*)"', page)[1])  # type: ignore[index]
    form = client_of(pmo).get(link).content.decode()
    latest = newest(project_one)
    assert f'<option value="{latest.number}:{latest.hash}" selected>' in form
    assert '<option value="appointment" selected>' in form
    file = acts.submit_to_owner(project_one, "appointment", terms={"matrix": term_of(latest.number, latest.hash)})
    assert f"on its way to the owner: {file.reference}" in read(pmo, "roles_adapt", "ONE")
    decision = acts.decide(owner, file)
    text = read(pmo, "roles_adapt", "ONE")
    assert "Version 2 is the newest. It is in force, approved by the owner." in text
    assert decision.reference in text


@pytest.mark.parametrize(
    ("language", "kind", "words"),
    [
        ("fr", "appointment", ["Rôles du projet, version 2", "Approuver la version 2", "La revoir d’abord"]),
        ("en", "appointment", ["Roles of the project, version 2", "Approve version 2", "Revise it first"]),
        ("fr", "gate", ["Passage G1", "Franchir le jalon G1", "Pas maintenant"]),
        ("en", "", []),
    ],
)
def test_a_proposal_that_an_address_presets_starts_with_words_in_the_language_of_the_project(
    language: str, kind: str, words: list[str], send: Any, pmo: Any, project_one: Project, client_of: Any
) -> None:
    send("add", **ADDED)
    with owning():
        run("ALTER TABLE projects_project DISABLE TRIGGER USER")
        run("UPDATE projects_project SET language = %s WHERE code = 'ONE'", [language])
        run("ALTER TABLE projects_project ENABLE TRIGGER USER")
    latest = newest(project_one)
    terms = {"appointment": f"matrix={latest.number}:{latest.hash}", "gate": "gate=G1"}.get(kind, "")
    address = f"/projects/ONE/proposals/new/?kind={kind}&{terms}"
    text = client_of(pmo).get(address, headers={"accept-language": "en"}).content.decode()
    typed = re.findall(r'name="(?:title|options-[01]-title)"[^>]* value="([^"]*)"', text)
    typed += re.findall(r'value="([^"]*)"[^>]* name="(?:title|options-[01]-title)"', text)
    assert typed == words
    if kind:
        refused = client_of(pmo).post(address, {"kind": kind, "title": "", "options-TOTAL_FORMS": "2"} | MANAGED)
        assert refused.status_code == 422
        assert "Approuver la version 2" not in refused.content.decode(), "what was typed stays as it was typed"


def test_a_draft_that_names_a_version_still_names_it_when_it_is_opened_again(
    pmo: Any, project_one: Project, client_of: Any
) -> None:
    latest = newest(project_one)
    term = term_of(latest.number, latest.hash)
    file = acts.draft(pmo, project_one, "appointment", terms={"matrix": term})
    form = client_of(pmo).get(f"{file.get_absolute_url()}edit/").content.decode()
    assert f'<option value="{term}" selected>' in form


@pytest.mark.parametrize("query", ["kind=nothing", "kind=gate&gate=G9", "kind=appointment&matrix=1:0", "kind=%00"])
def test_an_address_chooses_only_what_the_form_offers(query: str, pmo: Any, client_of: Any) -> None:
    form = client_of(pmo).get(f"/projects/ONE/proposals/new/?{query}")
    assert form.status_code == 200
    chosen = re.findall(r'<option value="([^"]+)" selected', form.content.decode())
    assert set(chosen) <= {"gate", "appointment"}


@pytest.mark.parametrize(
    ("step", "fields", "sentence"),
    [
        ("add", ADDED | {"nature": "decide"}, "Only the project owner decides."),
        ("add", ADDED | {"role": "MOA", "nature": "propose"}, "The project owner decides and does not propose."),
        ("add", ADDED | {"code": "AMOA-01"}, "The code AMOA-01 is taken: choose another."),
        ("add", ADDED | {"code": "pmo p1"}, "Use capitals, digits and hyphens."),
        ("add", ADDED | {"label_fr": "  "}, "Write it in French."),
        ("add", ADDED | {"activities": ["XX"]}, "Select a valid choice."),
        ("drop", {"duty": "PMO XX"}, "Select a valid choice."),
        ("drop", {"duty": ""}, "Choose the responsibility."),
        ("drop", {"duty": "PMO PMO-13", "reason": " "}, "Enter why the roles change."),
        ("hand-on", {"duty": "MOA MOA-04", "to": "PMO"}, "Only the project owner decides."),
        ("hand-on", {"duty": "PMO PMO-13", "to": "PMO"}, "PMO has this responsibility already."),
        ("take", {"role": "PMO"}, "Select a valid choice."),
        ("leave-out", {"role": "PMO"}, "Select a valid choice."),
    ],
)
def test_an_impossible_step_is_refused_with_a_message_and_keeps_typed_values(
    step: str, fields: dict[str, Any], sentence: str, send: Any, project_one: Project
) -> None:
    status, text = send(step, **fields)
    assert (status, sentence in text) == (422, True)
    assert project_one.matrices.count() == 1


@pytest.mark.parametrize("base", ["0", "7", "", "x", "9" * 40])
def test_a_stale_form_comes_back_with_its_typed_values(
    base: str, pmo: Any, client_of: Any, project_one: Project
) -> None:
    path = reverse("governance:responsibilities:roles_adapt_step", args=["ONE", "add"])
    fields = ADDED | {"reason": "The harbour silts up.", "base": base}
    answer = client_of(pmo).post(path, fields, headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert "changed this on" in bare(answer.text)
    assert 'value="Keep the plan"' in answer.text
    assert 'name="base" value="1"' in answer.text
    assert project_one.matrices.count() == 1


def test_a_step_that_is_none_does_not_exist(pmo: Any, client_of: Any) -> None:
    assert client_of(pmo).get("/projects/ONE/roles/adapt/burn/").status_code == 404


def test_a_version_that_lacks_something_is_told_and_not_put_to_the_owner(
    send: Any, pmo: Any, read: Any, project_one: Project
) -> None:
    owner = newest(project_one).read().role("MOA")
    assert owner
    for base, duty in enumerate(owner.duties, start=1):
        assert send("drop", base=str(base), duty=f"MOA {duty.code}")[0] == 302
    text = read(pmo, "roles_adapt", "ONE")
    assert "needs exactly one accountable role" in text
    assert "to the owner" not in text.partition("This version is incomplete")[0].partition("Adapt the roles")[2]


def test_a_published_version_is_offered_to_who_may_adapt_with_the_difference(
    staff_admin: Any, pmo: Any, owner: Any, read: Any, send: Any, project_one: Project
) -> None:
    draft = new_version(actor=staff_admin, template=RoleTemplate.objects.published().get(pack="fr", code="AMOA"))
    fields = {
        "code": "AMOA-90",
        "label_fr": "Tenir le plan",
        "label_en": "Keep the map",
        "nature": "produce",
        "domains": ["business"],
        "activities": ["PILOTAGE"],
        "evidence_fr": "Plan",
        "evidence_en": "Map",
    }
    add_duty(actor=staff_admin, template=draft, fields=fields)
    version = publish_role(actor=staff_admin, template=draft).version
    offer = f"Version {version} of AMOA is published. This project has version {version - 1}."
    assert offer in read(pmo, "project_home", "ONE")
    assert offer in read(pmo, "roles_adapt", "ONE")
    assert offer not in read(owner, "project_home", "ONE")
    taking = read(pmo, "roles_adapt_step", "ONE", "take", query="?role=AMOA")
    assert "AMOA-90 added – carries out Keep the map" in taking
    assert send("take", role="AMOA")[0] == 302
    assert offer not in read(pmo, "roles_adapt", "ONE")
    assert offer in read(pmo, "project_home", "ONE")
    acts.decide(owner, acts.submit_to_owner(project_one, "appointment", terms=naming(project_one)))
    assert offer not in read(pmo, "project_home", "ONE")
