"""Test a project of the PM² pack from opening to launch: the acts of its roles and the owner's pages.

The French codes appear nowhere: permissions follow the letters of the project's own matrix.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from core.access import Refused, can
from core.acts import back_entry
from governance.enums import Outcome
from governance.models import Decision, Opinion, Proposal
from projects.enums import ProjectState
from projects.models import Mandate, Project
from projects.seats.mandates.services import appoint, found_project, role_on
from tests import acts
from tests.addresses import full_name, list_patterns
from tests.database import fire_deferred_triggers, owning

pytestmark = pytest.mark.django_db
#: role → its holder in the cast.
HOLDERS = {"BM": "amoa", "PSO": "pmo", "PQA": "other_pmo", "SP": "moe", "PM": "other_owner", "UR": "recipient"}


def _seat(cast: dict[str, Any]) -> dict[str, Any]:
    """Map the people of the project by their role."""
    return {"PO": cast["owner"], **{role: cast[member] for role, member in HOLDERS.items()}}


@pytest.fixture
def seated(cast: dict[str, Any]) -> dict[str, Any]:
    """Map the people of the project by their role."""
    return _seat(cast)


@pytest.fixture(scope="module")
def kept_project(kept_cast: dict[str, Any]) -> Project:
    """Open the project as an administrator some days ago, with every role held except the core team's."""
    seated, staff_admin = _seat(kept_cast), kept_cast["staff_admin"]
    first = timezone.localdate() - timedelta(days=9)
    fields = {
        "code": "PM2-ONE",
        "prefix": "PM",
        "pack_id": "pm2",
        "title_fr": "Port neuf",
        "title_en": "New harbour",
        "language": "en",
        "starts_on": first,
        "ends_on": first + timedelta(days=300),
    }
    with owning(), back_entry(timezone.now() - timedelta(days=3)):
        opened = found_project(actor=staff_admin, owner=seated["PO"], fields=fields)
        for code in HOLDERS:
            group = "Crews" if code == "UR" else ""
            appoint(actor=seated["PO"], project=opened, role=role_on(opened, code), holder=seated[code], group=group)
        fire_deferred_triggers()
    return opened


@pytest.fixture
def project(kept_project: Project) -> Any:
    """Return the open project."""
    return acts.fresh(kept_project)


def _scope(project: Project, seated: dict[str, Any]) -> Proposal:
    """Propose the Project Charter, as the Business Manager."""
    words = {"impact_recipients": "Crews move in spring.", "terms": {"scope": "Quays 1 to 4."}}
    return acts.draft(seated["BM"], project, "scope", **words)


def _approved(project: Project, author: Any, advisers: list[Any], owner: Any, kind: str, **content: Any) -> Decision:
    return acts.decide(owner, acts.prepare(author, *advisers, project=project, kind=kind, **content))


def test_the_owner_decides_what_the_business_proposes_and_the_support_office_advises(
    project: Project, seated: dict[str, Any]
) -> None:
    file = _scope(project, seated)
    assert acts.submit(seated["BM"], file).asked_roles == ["PSO"]
    for member in ("BM", "PQA", "SP", "UR"):
        with pytest.raises(Refused):
            acts.advise(seated[member], file)
    for member in ("BM", "PSO", "PQA", "PM", "SP", "UR"):
        with pytest.raises(Refused):
            acts.decide(seated[member], file)
    opinion = acts.advise(seated["PSO"], file)
    decision = acts.decide(seated["PO"], file)
    project.refresh_from_db()
    assert (opinion.role, decision.decided_by, project.scope) == ("PSO", seated["PO"], "Quays 1 to 4.")


def test_quality_assurance_is_asked_where_the_matrix_says_so(project: Project, seated: dict[str, Any]) -> None:
    gate = acts.draft(seated["BM"], project, "gate", terms={"gate": "G0"})
    assert acts.submit(seated["BM"], gate).asked_roles == ["PQA", "PSO"]
    plan = acts.draft(seated["PM"], project, "schedule", impact_schedule="None.", terms={"ends_on": "2040-01-01"})
    assert acts.submit(seated["PM"], plan).asked_roles == ["BM", "PSO"]
    for member in ("PO", "PQA", "UR", "SP"):
        with pytest.raises(Refused):
            acts.draft(seated[member], project, "scope")
    with pytest.raises(Refused):
        acts.draft(seated["PM"], project, "scope")


def test_the_project_is_launched_once_its_owner_has_approved_its_roles(
    project: Project, seated: dict[str, Any]
) -> None:
    owner, business, office, quality = (seated[role] for role in ("PO", "BM", "PSO", "PQA"))
    assert project.matrix is not None
    roles = {"matrix": f"{project.matrix.number}:{project.matrix.hash}"}
    _approved(project, office, [business], owner, "appointment", terms=roles)
    acts.accept_mandates(project)
    _approved(project, business, [office, quality], owner, "gate", terms={"gate": "G0"})
    project.refresh_from_db()
    assert (project.matrix_approved, project.state) == (True, ProjectState.ACTIVE)


def test_nobody_delivers_and_decides_or_advises(project: Project, seated: dict[str, Any], outsider: Any) -> None:
    """R8, by the codes of the pack."""
    for member, code in (("SP", "BM"), ("PM", "PSO"), ("BM", "PM"), ("PSO", "PCT"), ("PQA", "SP")):
        with pytest.raises(Exception, match="incompatible"):
            appoint(actor=seated["PO"], project=project, role=role_on(project, code), holder=seated[member])
    appoint(actor=seated["PO"], project=project, role=role_on(project, "PCT"), holder=outsider)
    assert Mandate.objects.filter(project=project, holder=outsider, role__code="PCT").exists()


# — pages —


def _pages(**known: Any) -> Iterator[tuple[str, str]]:
    """Yield name and address of each page that needs only these arguments."""
    for name, pattern in list_patterns():
        wanted = set(pattern.pattern.converters)
        if wanted and wanted <= set(known):
            try:
                yield str(pattern.name), reverse(name, kwargs={n: known[n] for n in wanted})
            except NoReverseMatch:
                continue


#: Pages excluded here: acts, pages of other readers, and states that the file has left.
NOT_READ = {403, 404, 405, 409}


@pytest.fixture(scope="module")
def kept_decided(kept_project: Project, kept_cast: dict[str, Any]) -> Decision:
    """Approve with a condition, against the opinion of the support office; submit a budget, which waits."""
    seated, project = _seat(kept_cast), acts.fresh(kept_project)
    file = _scope(project, seated)
    acts.submit(seated["BM"], file)
    acts.advise(seated["PSO"], file, acts.Position.UNFAVOURABLE)
    condition = acts.NewCondition("The crews are told in writing.", "BM", acts.FUTURE)
    decision = acts.decide(seated["PO"], file, Outcome.APPROVED_WITH_CONDITIONS, [condition])
    waiting = acts.draft(seated["PM"], project, "budget", impact_cost="None.", terms={"budget": "5.00"})
    acts.submit(seated["PM"], waiting)
    acts.advise(seated["PSO"], waiting)
    fire_deferred_triggers()
    return decision


@pytest.fixture
def decided(kept_decided: Decision) -> Decision:
    """Return the approval."""
    return acts.fresh(kept_decided)


#: Pages that each role reads; the owner reads every other one besides.
READ = {
    "project_home",
    "register",
    "proposal_list",
    "responsibilities",
    "role_compare",
    "mandate_list",
    "authority",
    "launch",
    "permissions",
    "interests",
    "dossier",
    "dossier_history",
    "dossier_revision",
    "decision_record",
    "decision_record_pdf",
    "decision_proof",
    "decision_proof_archive",
    "project_documents",
    "responsibilities_pdf",
}


@pytest.mark.parametrize(("role", "language"), [("PO", "fr"), ("BM", "fr"), ("PSO", "en"), ("UR", "en")])
def test_every_page_of_the_project_renders(
    role: str, language: str, project: Project, decided: Decision, seated: dict[str, Any]
) -> None:
    client = Client(headers={"accept-language": language})
    client.force_login(seated[role])
    file, condition = decided.proposal, decided.conditions.get()
    waiting = project.proposals.get(kind="budget")
    addresses = {}
    for proposal in (file, waiting):
        known = {
            "code": project.code,
            "proposal_id": proposal.pk,
            "decision_id": decided.pk,
            "number": 1,
            "pack": "pm2",
            "condition_id": condition.pk,
            "mandate_id": Mandate.objects.filter(project=project).earliest("pk").pk,
        }
        pages = {address: name for name, address in _pages(**known) if role == "PO" or name in READ}
        addresses |= pages  # most are those of the project, asked once
    read = set()
    for address, name in addresses.items():
        answer = client.get(address)
        assert answer.status_code in {200, 302, *NOT_READ}, f"{name} {answer.status_code}"
        if answer.status_code == 200:
            read.add(name)
    assert read >= READ
    assert (role == "PO") <= ("mandate_appoint" in read)
    for name in ("inbox", "project_list", "notification_list"):
        assert client.get(reverse(full_name(name))).status_code == 200


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())))


def test_the_pages_name_the_roles_of_the_pack_and_draw_them_like_those_they_stand_for(
    project: Project, decided: Decision, seated: dict[str, Any]
) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(seated["PO"])
    dossier = client.get(decided.proposal.get_absolute_url())
    page = dossier.content.decode()
    assert "The opinions" in _text(dossier)
    assert "The two opinions" not in _text(dossier)
    for drawn, name, code in (("amoa", "Business Manager", "BM"), ("pmo", "Project Support Office", "PSO")):
        assert f'<abbr title="{name}">{code}</abbr>' in page
        assert re.search(rf'<span class="role" data-role="{drawn}"[^>]*><svg.*?</svg><abbr title="{name}">', page)
    for code in ("MOA", "PMO", "AMOA", "MOE"):
        assert f">{code}</abbr>" not in page
    home = client.get(project.get_absolute_url()).content.decode()
    assert 'data-role="moa"' in home
    assert re.search(
        r'<span class="role" data-role="moa"[^>]*><svg.*?</svg><abbr title="Project Owner">PO</abbr>', home
    )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_of_the_project_speaks_of_the_roles_of_another_pack(
    language: str, project: Project, decided: Decision, seated: dict[str, Any]
) -> None:
    client = Client(headers={"accept-language": language})
    client.force_login(seated["BM"])
    addresses = [reverse(f"governance:{name}", args=[project.code]) for name in ("launch:launch", "home:project_home")]
    for address in [*addresses, decided.proposal.get_absolute_url(), decided.get_absolute_url()]:
        text = _text(client.get(address))
        assert not re.search(r"\b(PMO|AMOA|MOE|MOA|DEST)\b", text), address
    launch = _text(client.get(addresses[0]))
    roles = [role for role in project.roles() if f"{role.code} " in launch]
    assert {role.code for role in roles} >= {"BM", "PSO"}
    assert all(f" {role.name} " in launch for role in roles)


def test_submitting_says_who_is_notified_without_naming_roles_of_another_pack(
    project: Project, decided: Decision, seated: dict[str, Any]
) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(seated["BM"])
    file = acts.draft(seated["BM"], project, "scope", impact_recipients="None.", terms={"scope": "Quays 1 to 5."})
    sent = {"version": file.draft.version}
    text = _text(client.post(reverse("governance:dossier:proposal_submit", args=[file.pk]), sent, follow=True))
    assert "The proposal is submitted. The roles whose opinion is asked are notified." in text


def test_a_role_whose_opinion_is_welcome_reads_the_file_gives_it_once_and_nobody_waits_for_it(
    project: Project, seated: dict[str, Any]
) -> None:
    """The requirements are written by the business, never by whoever delivers."""
    assert [role for role, member in seated.items() if can(member, "amoa.write_requirements", project)] == ["BM"]
    file = acts.draft(seated["BM"], project, "requirement_baseline")
    acts.submit(seated["BM"], file)
    client = Client(headers={"accept-language": "en"})
    client.force_login(seated["UR"])
    page = client.get(file.get_absolute_url())
    assert "Opinions expected from: PQA, PSO." in _text(page)
    assert re.search(
        r'<form class="card" id="advise" data-role="ur".*?<abbr title="User Representatives">UR</abbr>',
        page.content.decode(),
        re.S,
    )
    words = {"fingerprint": acts.fingerprint(acts.reread(file)), "position": "favourable", "reasons": "It fits us."}
    advise = reverse("governance:dossier:proposal_advise", args=[file.pk])
    assert client.post(advise, words | {"step": "review"}).status_code == 200
    assert client.post(advise, words | {"step": "send"}).status_code == 302
    assert Opinion.objects.get(revision__proposal=file).role == "UR"
    file = acts.reread(file)
    assert (file.state, file.awaited_roles) == ("under_review", ["PQA", "PSO"])
    assert 'id="advise"' not in client.get(file.get_absolute_url()).content.decode()
    for role in ("PSO", "PQA"):
        acts.advise(seated[role], file)
    client.force_login(seated["PO"])
    said = _text(client.get(file.get_absolute_url()))
    assert "Both opinions are given. Your decision is due" in said
    assert "It fits us." in said


def test_the_record_names_the_opinions_of_the_pack_in_its_order(
    project: Project, decided: Decision, seated: dict[str, Any]
) -> None:
    client = Client(headers={"accept-language": "fr"})
    client.force_login(seated["PSO"])
    said = _text(client.get(decided.get_absolute_url()))
    assert "PSO" in said
    assert client.get(reverse("governance:records:decision_record_pdf", args=[decided.pk])).content.startswith(b"%PDF")
