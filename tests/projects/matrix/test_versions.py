"""Test the roles of a project: taken from the catalogue, adapted with a reason, in force by decision (R3)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils.translation import override

from core.access import Refused
from core.sealing import term_of
from governance.decide.decisions.effects import CannotTakeEffect
from governance.desk.responsibilities.adapt_forms import ALL_NEWER, TakeForm
from governance.desk.responsibilities.services import (
    Outdated,
    adapt_roles,
    moved_duty,
    newest,
    taking_version,
    with_duty,
    without_duty,
    without_role,
)
from projects.mandates.holders import proposers
from projects.mandates.predicates import kinds_to_propose
from projects.mandates.services import appoint, role_on
from projects.matrix.offers import Change, Offer, differences, offers, published_role
from projects.models import LedgerEvent, Matrix, Project
from projects.role_templates.services import add_duty, new_version, publish_role, remove_duty, retire_role
from projects.role_templates.usage import count_newer_roles
from roles.models import RoleTemplate
from roles.role_templates.content import Duty
from roles.role_templates.content import Matrix as Content
from tests import acts
from tests.conftest import CAST

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


OURS = Duty(
    code="PMO-P1",
    label_fr="Tenir le plan de dragage",
    label_en="Keep the dredging plan",
    nature="produce",
    domains=("project_management",),
    activities=("PILOTAGE",),
    evidence_fr="Plan daté",
    evidence_en="Dated plan",
    recurrence="monthly",
    because="The harbour silts up.",
)


def content_of(project: Project) -> Content:
    """Read the newest version as values."""
    return newest(project).read()


def author_of(project: Project) -> Any:
    """Return a person who may adapt the roles."""
    return proposers(project, "appointment")[0].holder


def write(project: Project, content: Content, reason: str = "The harbour silts up.") -> Matrix:
    """Write the next version."""
    return adapt_roles(
        actor=author_of(project), project=project, base=newest(project).number, content=content, reason=reason
    )


def codes(content: Content, role: str) -> list[str]:
    """Return the responsibilities of a role."""
    found = content.role(role)
    assert found
    return [duty.code for duty in found.duties]


# — writing the next version —


def test_an_adaptation_is_the_next_version_with_its_reason_and_changes_nothing_in_force(project_one: Project) -> None:
    version = write(project_one, with_duty(content_of(project_one), "PMO", OURS))
    assert (version.number, version.reason, version.made_by) == (2, "The harbour silts up.", author_of(project_one))
    assert version.read().role("PMO").duties[-1] == OURS  # type: ignore[union-attr]
    assert Project.objects.get(pk=project_one.pk).matrix_id == project_one.matrix_id
    event = LedgerEvent.objects.filter(project=project_one).latest("seq")
    assert (event.act, event.detail, event.subject_id) == ("adapt_roles", "2", version.pk)
    assert version.hash in bytes(event.body).decode()


def test_only_who_may_propose_the_organisation_adapts_the_roles(cast: dict[str, Any], project_one: Project) -> None:
    content = content_of(project_one)
    may = {member for member in CAST if "appointment" in kinds_to_propose(cast[member], project_one)}
    assert may
    assert may <= {"pmo", "amoa", "moe"}
    for member in set(CAST) - may:
        with pytest.raises(Refused):
            adapt_roles(actor=cast[member], project=project_one, base=1, content=content, reason="Mine.")
    assert project_one.matrices.count() == 1


def test_a_stale_version_of_the_roles_is_not_written(project_one: Project) -> None:
    content = content_of(project_one)
    write(project_one, content)
    for base in (0, 1, 3):
        with pytest.raises(Outdated):
            adapt_roles(actor=author_of(project_one), project=project_one, base=base, content=content, reason="Mine.")
    assert project_one.matrices.count() == 2


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_adaptation_says_why(reason: str, project_one: Project) -> None:
    with pytest.raises(ValidationError) as error:
        write(project_one, content_of(project_one), reason)
    assert set(error.value.message_dict) == {"reason"}


# — what an adaptation does —


def test_a_responsibility_is_added_dropped_and_handed_on(project_one: Project) -> None:
    content = with_duty(content_of(project_one), "PMO", OURS)
    first = codes(content, "AMOA")[0]
    content = without_duty(content, "AMOA", first, "Done before.")
    assert first not in codes(content, "AMOA")
    assert content.role("AMOA").dropped == {first: "Done before."}  # type: ignore[union-attr]
    second = codes(content, "AMOA")[0]
    content = moved_duty(content, "AMOA", second, "PMO", "The PMO knows it.")
    assert second in codes(content, "PMO")
    assert second not in codes(content, "AMOA")
    assert write(project_one, content).read() == content


def test_an_added_responsibility_that_is_dropped_leaves_no_trace_in_the_role(project_one: Project) -> None:
    content = with_duty(content_of(project_one), "PMO", OURS)
    assert without_duty(content, "PMO", OURS.code, "No more.") == content_of(project_one)


@pytest.mark.parametrize(
    ("nature", "role"), [("decide", "PMO"), ("decide", "DEST"), ("propose", "MOA")], ids=lambda value: str(value)
)
def test_only_the_owner_decides_and_the_owner_does_not_propose(nature: str, role: str, project_one: Project) -> None:
    duty = Duty(**{**vars(OURS), "nature": nature})
    with pytest.raises(ValidationError) as error:
        with_duty(content_of(project_one), role, duty)
    assert set(error.value.message_dict) == {"nature"}


def test_a_deciding_responsibility_moves_to_no_other_role(project_one: Project) -> None:
    content = content_of(project_one)
    duty = next(duty for duty in content.role("MOA").duties if duty.nature == "decide")  # type: ignore[union-attr]
    with pytest.raises(ValidationError):
        moved_duty(content, "MOA", duty.code, "PMO", "Easier.")


def test_codes_and_roles_that_are_not_there_are_refused_with_a_sentence(project_one: Project) -> None:
    content = content_of(project_one)
    taken = Duty(**{**vars(OURS), "code": codes(content, "MOE")[0]})
    attempts = [
        lambda: with_duty(content, "PMO", taken),
        lambda: with_duty(content, "XX", OURS),
        lambda: without_duty(content, "PMO", "XX", "No."),
        lambda: without_duty(content, "XX", "XX", "No."),
        lambda: moved_duty(content, "PMO", codes(content, "PMO")[0], "XX", "No."),
        lambda: moved_duty(content, "PMO", codes(content, "PMO")[0], "PMO", "No."),
        lambda: without_role(content, "XX"),
        *(lambda code=role.code: without_role(content, code) for role in content.roles if role.mandatory),
    ]
    for attempt in attempts:
        with pytest.raises(ValidationError) as error:
            attempt()
        assert error.value.messages[0].strip()


# — the referential goes on —


@pytest.fixture
def newer(staff_admin: Any) -> RoleTemplate:
    """Publish the next version of the PMO: its first responsibility removed, another added."""
    before = RoleTemplate.objects.published().get(pack="fr", code="PMO")
    draft = new_version(actor=staff_admin, template=before)
    first = draft.responsibilities.earliest("position")
    remove_duty(actor=staff_admin, duty=first)
    fields = {
        "code": "PMO-90",
        "label_fr": "Tenir le plan",
        "label_en": "Keep the plan",
        "nature": "produce",
        "domains": ["project_management"],
        "activities": ["PILOTAGE"],
        "evidence_fr": "Plan",
        "evidence_en": "Plan",
    }
    add_duty(actor=staff_admin, template=draft, fields=fields)
    return publish_role(actor=staff_admin, template=draft)


def test_a_published_version_is_offered_and_changes_no_project(newer: RoleTemplate, project_one: Project) -> None:
    before = content_of(project_one).role("PMO")
    assert before
    assert offers(project_one, content_of(project_one)) == [Offer("PMO", newer.name, newer.version, before.version)]
    assert content_of(project_one).role("PMO") == before
    after = published_role(project_one, "PMO")
    assert after
    found = {difference.change: difference for difference in differences(before, after)}
    assert set(found) == {Change.ADDED, Change.GONE}
    assert found[Change.ADDED].after
    assert found[Change.ADDED].after.code == "PMO-90"
    assert found[Change.GONE].before == before.duties[0]


def test_taking_a_version_keeps_what_the_project_added_dropped_and_handed_on(
    newer: RoleTemplate, project_one: Project
) -> None:
    content = with_duty(content_of(project_one), "PMO", OURS)
    dropped, moved = codes(content, "PMO")[1:3]
    content = without_duty(content, "PMO", dropped, "Not here.")
    content = moved_duty(content, "PMO", moved, "AMOA", "The AMOA does.")
    role = published_role(project_one, "PMO")
    assert role
    taken = taking_version(content, role)
    assert taken.role("PMO").version == newer.version  # type: ignore[union-attr]
    assert {OURS.code, "PMO-90"} <= set(codes(taken, "PMO"))
    assert not {dropped, moved} & set(codes(taken, "PMO"))
    assert moved in codes(taken, "AMOA")
    assert taken.role("PMO").dropped == content.role("PMO").dropped  # type: ignore[union-attr]
    write(project_one, taken)
    assert offers(project_one, content_of(project_one)) == []


def test_a_version_taken_comes_into_force_by_decision_and_its_roles_are_given(
    newer: RoleTemplate, project_one: Project, owner: Any
) -> None:
    role = published_role(project_one, "PMO")
    assert role
    version = write(project_one, taking_version(content_of(project_one), role))
    assert role_on(project_one, "PMO").version == newer.version - 1
    terms = {"matrix": term_of(version.number, version.hash)}
    acts.decide(owner, acts.submit_to_owner(project_one, "appointment", terms=terms))
    project = Project.objects.get(pk=project_one.pk)
    assert role_on(project, "PMO") == newer


def test_all_new_versions_are_taken_at_once_and_nothing_before_the_decision(
    newer: RoleTemplate, project_one: Project, owner: Any
) -> None:
    content = content_of(project_one)
    older = replace(content.role("AMOA"), version=0)  # type: ignore[type-var]
    behind = content.with_role(older)
    found = offers(project_one, behind)
    form = TakeForm(
        {"base": 1, "reason": "New rhythms.", "role": ALL_NEWER}, project=project_one, content=behind, open_offers=found
    )
    assert form.is_valid(), form.errors
    taken = form.build_matrix()
    assert offers(project_one, taken) == []
    version = write(project_one, taken)
    assert Project.objects.get(pk=project_one.pk).matrix_id != version.pk
    terms = {"matrix": term_of(version.number, version.hash)}
    acts.decide(owner, acts.submit_to_owner(project_one, "appointment", terms=terms))
    assert Project.objects.get(pk=project_one.pk).matrix_id == version.pk


def test_a_role_retired_since_is_still_given_where_it_was_taken(
    project_one: Project, owner: Any, outsider: Any, staff_admin: Any
) -> None:
    retire_role(actor=staff_admin, template=RoleTemplate.objects.published().get(pack="fr", code="DEST"))
    mandate = appoint(actor=owner, project=project_one, role=role_on(project_one, "DEST"), holder=outsider)
    assert mandate.role.state == "retired"


# — a role the pack does not ask for —


@pytest.fixture
def optional(staff_admin: Any) -> RoleTemplate:
    """Publish an optional role after the projects took theirs."""
    from projects.role_templates.services import new_role
    from roles.models import MethodPack

    fields = {
        "code": "DPO",
        "authority": "receives",
        "mandatory": False,
        "name_fr": "Délégué à la protection des données",
        "name_en": "Data protection officer",
        "mission_fr": "Veille aux données.",
        "mission_en": "Watches over data.",
    }
    draft = new_role(actor=staff_admin, pack=MethodPack.objects.get(code="fr"), fields=fields)
    duty = {
        "code": "DPO-01",
        "label_fr": "Relire",
        "label_en": "Reread",
        "nature": "informed",
        "domains": ["business"],
        "activities": ["PILOTAGE"],
        "evidence_fr": "Avis",
        "evidence_en": "Note",
    }
    add_duty(actor=staff_admin, template=draft, fields=duty)
    return publish_role(actor=staff_admin, template=draft)


def test_a_role_of_the_pack_is_taken_and_left_out_again(
    optional: RoleTemplate, project_one: Project, owner: Any, outsider: Any
) -> None:
    def approve(version: Matrix) -> Any:
        terms = {"matrix": term_of(version.number, version.hash)}
        return acts.decide(owner, acts.submit_to_owner(project_one, "appointment", terms=terms))

    assert offers(project_one, content_of(project_one)) == [Offer("DPO", optional.name, 1, None)]
    role = published_role(project_one, "DPO")
    assert role
    approve(write(project_one, taking_version(content_of(project_one), role)))
    project = Project.objects.get(pk=project_one.pk)
    mandate = appoint(actor=owner, project=project, role=role_on(project, "DPO"), holder=outsider)
    without = write(project_one, without_role(content_of(project_one), "DPO"))
    with pytest.raises(CannotTakeEffect, match="End the mandate first"):
        approve(without)
    from projects.mandates.services import end_mandate

    end_mandate(actor=owner, mandate=mandate)
    file = acts.submit_to_owner(project_one, "appointment", terms={"matrix": term_of(without.number, without.hash)})
    acts.decide(owner, file)
    assert Project.objects.get(pk=project_one.pk).matrix == without


def test_the_projects_with_older_roles_are_named_and_not_changed(newer: RoleTemplate, project_one: Project) -> None:
    said, in_force = StringIO(), project_one.matrix_id
    call_command("load_catalogue", stdout=said)
    assert re.search(r"^ONE: [1-9] roles have a newer version", said.getvalue(), re.MULTILINE)
    assert count_newer_roles()["ONE"] >= 1
    project_one.refresh_from_db()
    assert project_one.matrix_id == in_force
