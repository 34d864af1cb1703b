"""Test that a portfolio or programme with the rules of a project takes those of its level by a decision, or keeps."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.acts import back_entry
from core.record.sealing import term_of
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.kinds.registry import kind_of
from governance.decide.obligations.queries import load_obligations
from governance.models import Discharge, ProposalDraft
from projects.models import Mandate, Project
from projects.seats.mandates.services import accept, appoint, found_project, role_on
from projects.seats.matrix.levels import HELD_BY, build_level_roles
from projects.seats.matrix.offers import offers
from roles.enums import LEVEL_RULES
from roles.role_templates.content import published_matrix
from roles.role_templates.lint import Rule, findings
from tests import acts
from tests.database import owning, refusal
from tests.projects.seats.matrix.test_permissions_follow_the_matrix import Raw

pytestmark = pytest.mark.django_db

SEATS = {"PMO": "other_pmo", "AMOA": "other_amoa", "DEST": "outsider"}


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture
def programme(cast: dict[str, Any]) -> Project:
    """Open a programme run as a project: its owner, PMO, AMOA and recipients are in office, it never had a provider."""
    words = {"code": "GDV", "prefix": "GD", "title_fr": "Grand", "title_en": "Great", "level": "programme"}
    dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE, "language": "en", "pack": "fr"}
    with owning(), back_entry(timezone.now() - timedelta(hours=1)):
        project = found_project(actor=cast["staff_admin"], owner=cast["other_owner"], fields=words | dates)
        for code, member in SEATS.items():
            group = "Crews" if code == "DEST" else ""
            appoint(
                actor=cast["other_owner"],
                project=project,
                role=role_on(project, code),
                holder=cast[member],
                group=group,
            )
    first = project.matrices.get()
    roles = acts.submit_to_owner(project, "appointment", terms={"matrix": term_of(first.number, first.hash)})
    acts.decide(cast["other_owner"], roles)
    for mandate in project.mandates.all():
        accept(actor=mandate.holder, mandate=mandate)
    gate = acts.submit_to_owner(Project.objects.get(pk=project.pk), "gate", terms={"gate": "G0"})
    acts.decide(cast["other_owner"], gate)
    return Project.objects.get(pk=project.pk)


def _load() -> str:
    said = StringIO()
    call_command("load_catalogue", stdout=said)
    return said.getvalue()


def _term(project: Project) -> str:
    latest = project.matrices.latest("number")
    return term_of(latest.number, latest.hash)


def test_an_upgrade_prepares_the_rules_of_the_level_once_and_changes_nothing(programme: Project) -> None:
    in_force = programme.matrix_id
    assert "GDV: " in _load()
    prepared = programme.matrices.latest("number")
    assert (prepared.number, prepared.is_prepared, str(prepared.reason)) == (2, True, "Rules of the level.")
    again = Project.objects.get(pk=programme.pk)
    assert (again.matrix_id, again.pack_id, again.matrix_approved) == (in_force, "fr", True)
    _load()
    assert programme.matrices.count() == 2


def test_the_people_keep_their_seats_with_the_responsibilities_of_the_level(programme: Project) -> None:
    _load()
    content, there = programme.matrices.latest("number").read(), published_matrix("fr-programme")
    assert [role.code for role in content.roles] == ["MOA", "CDP", "PMO", "AMOA", "RSSI", "DPD"]
    for role in content.roles:
        source = next(other for other in there.roles if HELD_BY.get(other.code) == role.code)
        assert (role.name_fr, [duty.code for duty in role.duties]) == (
            source.name_fr,
            [duty.code for duty in source.duties],
        )
        assert {code for duty in role.duties for code in duty.receivers} <= {one.code for one in content.roles}
    assert [one for one in findings(content, "programme") if one.rule != Rule.KNOWN_KIND] == []


@pytest.mark.parametrize("level", ["programme", "portfolio"])
@pytest.mark.parametrize("pack", ["fr", "pm2"])
def test_both_methods_can_take_the_rules_of_both_levels(pack: str, level: str) -> None:
    project = Project(level=level, pack_id=pack)
    content = build_level_roles(project, published_matrix(pack))
    assert content is not None
    assert not any(role.delivers or role.receives for role in content.roles)
    assert [one for one in findings(content, level) if one.rule != Rule.KNOWN_KIND] == []


def test_the_owner_takes_the_rules_and_releases_the_roles_that_the_level_lacks(
    programme: Project, cast: dict[str, Any]
) -> None:
    _load()
    answers = list(Discharge.objects.filter(project=programme).order_by("pk").values_list("pk", "duty", "answer"))
    file = acts.submit_to_owner(programme, LEVEL_RULES, terms={"matrix": _term(programme)})
    decision = acts.decide(cast["other_owner"], file)
    after = Project.objects.get(pk=programme.pk)
    assert after.matrix == programme.matrices.latest("number")
    assert [(effect.field, effect.before, effect.after) for effect in decision.effects.all()] == [("matrix", "1", "2")]
    held = {seat.role.code for seat in after.mandates.active().select_related("role")}
    assert held == {"MOA", "PMO", "AMOA"}
    ended = Mandate.objects.get(project=after, role__code="DEST")
    assert ended.ended_by == cast["other_owner"]
    rows = load_obligations(after)
    assert not [row for row in rows if row.standing == "late"]
    assert {row.role for row in rows} == held
    families = {(row.role, row.duty.code.partition("-")[0]) for row in rows}
    own = {("MOA", "PGMOA"), ("PMO", "PGPMO"), ("AMOA", "PGAMO")}
    assert families == own | {("PMO", "PGDIR")}, "the office owes the duties of a director that nobody is"
    assert answers == list(Discharge.objects.filter(project=after).order_by("pk").values_list("pk", "duty", "answer"))
    assert offers(after, after.matrix.read()) == []
    assert "GDV" not in _load()


def test_the_owner_may_keep_the_rules_of_a_project_and_is_asked_again_after_a_year(
    programme: Project, cast: dict[str, Any]
) -> None:
    _load()
    terms = {"matrix": _term(programme), "keep": "yes"}
    decision = acts.decide(cast["other_owner"], acts.submit_to_owner(programme, LEVEL_RULES, terms=terms))
    assert not decision.effects.exists()
    after = Project.objects.get(pk=programme.pk)
    assert after.matrix_id == programme.matrix_id
    assert after.mandates.active().filter(role__code="DEST").exists()
    _load()
    assert after.matrices.count() == 2


def test_a_proposal_that_the_level_does_not_decide_comes_first(programme: Project, cast: dict[str, Any]) -> None:
    _load()
    other = acts.submit_to_owner(programme, "change")
    file = acts.submit_to_owner(programme, LEVEL_RULES, terms={"matrix": _term(programme)})
    with pytest.raises(CannotTakeEffect, match=acts.reread(other).reference):
        acts.decide(cast["other_owner"], file)


def test_a_project_has_no_such_question(project_one: Project) -> None:
    assert not kind_of(LEVEL_RULES).is_offered_on(project_one)
    gaps = kind_of(LEVEL_RULES).gaps(ProposalDraft(**acts.CONTENT, terms={"matrix": "1:x"}), project_one)
    assert "terms-matrix" in gaps


def test_the_duties_of_a_role_never_filled_are_not_counted_until_then(programme: Project, cast: dict[str, Any]) -> None:
    later = timezone.now() + timedelta(days=900)
    rows = load_obligations(programme, later)
    never = [row for row in rows if row.role == "MOE" and row.key]
    assert never
    assert all(row.is_uncounted and row.standing == "idle" for row in never)
    assert not any(row.is_uncounted for row in rows if row.role in {"MOA", "PMO", "AMOA", "DEST"})


def test_the_list_of_obligations_says_so(programme: Project, cast: dict[str, Any], client_of: Any) -> None:
    address = f"/projects/{programme.code}/obligations/?standing=all"
    page = client_of(cast["other_owner"]).get(address, headers={"accept-language": "en"})
    assert "This programme has the rules of a project." in page.text
    assert "Not counted: role never filled" in page.text


def test_the_database_refuses_a_version_with_a_provider_as_the_rules_of_a_level(
    programme: Project, cast: dict[str, Any]
) -> None:
    """R1: past every service."""
    _load()
    words = "The rules of a level are those of a portfolio or a programme, without a provider"
    first = programme.matrices.get(number=1)
    refused = {"its own roles": term_of(first.number, first.hash), "another hash": "2:" + "0" * 64, "nothing": ""}
    for terms in refused.values():
        with patch.dict(acts.TERMS, {LEVEL_RULES: lambda _project, term=terms: {"matrix": term} if term else {}}):
            assert words in refusal(lambda: Raw(cast, programme).submit("other_pmo", "PMO", LEVEL_RULES, ["AMOA"]))
    with patch.dict(acts.TERMS, {LEVEL_RULES: lambda project: {"matrix": _term(project)}}):
        honest = refusal(lambda: Raw(cast, programme).submit("other_pmo", "PMO", LEVEL_RULES, ["AMOA"]))
    assert words not in honest


def test_the_office_finds_the_task_and_the_form_of_the_question(
    programme: Project, cast: dict[str, Any], client_of: Any
) -> None:
    _load()
    pmo = client_of(cast["other_pmo"])
    adapt = reverse("governance:responsibilities:roles_adapt", args=[programme.code])
    assert f"kind={LEVEL_RULES}" in pmo.get(adapt).text
    address = reverse("governance:proposals:proposal_new", args=[programme.code])
    form = pmo.get(f"{address}?kind={LEVEL_RULES}&matrix={_term(programme)}", headers={"accept-language": "en"})
    assert form.status_code == 200
    assert "Keep the rules of a project" in form.text
    assert "Version 2" in form.text
    assert "Version 1" not in form.text
