"""Test that a kind registered by another app passes through a whole decision without changes to the product."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pgtrigger
import pytest
from django.apps import AppConfig, apps
from django.db import connection
from django.template.utils import get_app_template_dirs
from django.test import Client
from django.urls import reverse

from core.record.sealing import term_of
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.kinds import registry
from governance.decide.proposals.services import Incomplete
from governance.desk.responsibilities.services import adapt_roles, newest
from governance.enums import Fate, Outcome
from governance.models import Decision, Proposal
from governance.record.verification.verifier import verify
from projects.models import Project
from projects.seats.mandates.holders import proposers
from roles.enums import DecisionKind
from tests import acts, pdf
from tests.database import owning
from tools.verify_ledger import ACT_WRITES

pytestmark = pytest.mark.django_db

#: The triggers whose SQL names the kinds.
TRIGGERS = (
    "governance.Proposal:is_of_a_known_kind",
    "governance.Decision:is_an_answer_of_its_kind",
    "governance.Effect:is_on_a_part_of_a_kind",
)


@pytest.fixture
def renaming(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install the app tests.toy_kind as Django and `migrate` would; the other apps are installed already."""
    toy = AppConfig.create("tests.toy_kind")
    with monkeypatch.context() as patch:
        patch.setitem(apps.app_configs, toy.label, toy)
        project = ACT_WRITES["decide"]["projects_project"]
        renamed = project._replace(columns=project.columns | {"title_fr"})
        patch.setitem(ACT_WRITES, "decide", ACT_WRITES["decide"] | {"projects_project": renamed})
        get_app_template_dirs.cache_clear()  # type: ignore[attr-defined]
        registry.autodiscover()
        try:
            with owning():
                pgtrigger.install(*TRIGGERS)
            yield
        finally:
            registry.unregister("rename")
            del sys.modules["tests.toy_kind.kinds"]
    get_app_template_dirs.cache_clear()  # type: ignore[attr-defined]


@pytest.fixture
def project(renaming: None, owner: Any, project_one: Project) -> Project:
    """Create a project on which the role that proposes an arbitration may propose to rename it."""
    content = newest(project_one).read()
    lines = [
        replace(line, kinds=(*line.kinds, "rename")) if DecisionKind.ARBITRATION in line.kinds else line
        for line in content.lines
    ]
    author = proposers(project_one, DecisionKind.APPOINTMENT)[0].holder
    version = adapt_roles(
        actor=author,
        project=project_one,
        base=newest(project_one).number,
        content=replace(content, lines=tuple(lines)),
        reason="The name may change.",
    )
    acts.decide(
        owner, acts.submit_to_owner(project_one, "appointment", terms={"matrix": term_of(version.number, version.hash)})
    )
    return Project.objects.get(pk=project_one.pk)


def submit_to_owner(project: Project, name: str, replaces: Decision | None = None) -> Proposal:
    """Create a proposal to rename the project, with its opinions."""
    return acts.submit_to_owner(project, "rename", replaces, terms={"name": name})


def title_of(project: Project) -> str:
    """Return the current name of the project."""
    return Project.objects.get(pk=project.pk).title_fr


def test_a_new_kind_is_proposed_on_the_page_and_needs_its_terms(project: Project, client: Client) -> None:
    author = proposers(project, "rename")[0].holder
    client.force_login(author)
    page = client.get(reverse("governance:proposals:proposal_new", args=[project.code]), {"kind": "rename"})
    assert "Renaming" in page.text
    assert "New name of the project" in page.text
    file = acts.draft(author, project, "rename")
    with pytest.raises(Incomplete) as error:
        acts.submit(author, file)
    assert error.value.gaps == {"terms-name": "Give the new name."}


def test_a_new_kind_is_decided_replaced_and_undone(project: Project, owner: Any, client: Client) -> None:
    before = title_of(project)
    file = submit_to_owner(project, "Quay 5")
    client.force_login(owner)
    page = client.get(file.get_absolute_url())
    assert f"{before} becomes Quay 5" in page.text
    assert page.context["proposal"].get_kind_display() == "renaming"

    assert "Names of the project" in page.text
    assert file.current is not None
    assert file.current.snapshot[0]["figures"][0]["text"] == before

    first = acts.decide(owner, file)
    assert title_of(project) == "Quay 5"
    effect = first.effects.get()
    assert (effect.subject, effect.field, effect.before, effect.after) == (
        "projects.project",
        "title_fr",
        before,
        "Quay 5",
    )
    assert "The project is called Quay 5." in client.get(file.get_absolute_url()).text

    second = acts.decide(owner, submit_to_owner(project, "Quay 6", first))
    assert (title_of(project), second.carried) == ("Quay 6", {f"effect-{effect.pk}": Fate.CHANGED})

    third = acts.prepare(
        proposers(project, "budget")[0].holder,
        project=project,
        kind="budget",
        replaces=second,
        terms={"budget": "1.00"},
    )
    acts.decide(owner, third, Outcome.APPROVED, waived=acts.missing_opinion_reasons(third))
    assert title_of(project) == "Quay 5"


def test_a_new_kind_stands_in_the_record_and_verifies(project: Project, owner: Any, client: Client) -> None:
    decision = acts.decide(owner, submit_to_owner(project, "Quay 5"), Outcome.APPROVED_WITH_CONDITIONS)
    client.force_login(owner)
    page = client.get(decision.get_absolute_url())
    printed = pdf.text(client.get(reverse("governance:records:decision_record_pdf", args=[decision.pk])).content)
    for text in ("Renaming", "New name of the project", "Quay 5", "Name before"):
        assert text in page.text
        assert text.replace(" ", "") in printed
    connection.check_constraints()
    report = verify(project)
    assert report.faults == []


def test_an_unregistered_kind_is_still_readable(project: Project, owner: Any, client: Client) -> None:
    """A database outlives an app: the pages show the code of its kind and its recorded effects."""
    decision, waiting = acts.decide(owner, submit_to_owner(project, "Quay 5")), submit_to_owner(project, "Quay 6")
    kind = registry.kind_of("rename")
    registry.unregister("rename")
    try:
        assert decision.proposal.get_kind_display() == "rename"
        assert decision.effects.get().description.endswith("→ Quay 5")
        client.force_login(owner)
        assert "Quay 5" in client.get(decision.proposal.get_absolute_url()).text
        assert client.get(decision.get_absolute_url()).status_code == 200
        with pytest.raises(CannotTakeEffect):
            acts.decide(owner, waiting)
    finally:
        registry.register(kind)
