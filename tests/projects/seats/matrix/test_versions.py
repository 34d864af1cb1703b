"""Test the roles of a project: taken from the catalogue, adapted with a reason, in force by decision (R3)."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused
from core.record.sealing import term_of
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.obligations.queries import load_obligations
from governance.desk.inbox.queries import list_tasks
from governance.desk.responsibilities.adapt_forms import ALL_NEWER, TakeForm
from governance.desk.responsibilities.services import (
    Outdated,
    adapt_roles,
    moved_duty,
    newest,
    with_duty,
    with_rhythm,
    with_usual_rhythm,
    without_duty,
    without_role,
)
from governance.enums import Outcome
from projects.models import LedgerEvent, Matrix, Project
from projects.seats.mandates.holders import proposers
from projects.seats.mandates.predicates import kinds_to_propose
from projects.seats.mandates.services import appoint, role_on
from projects.seats.matrix.offers import (
    Change,
    Offer,
    describe_differences,
    differences,
    offers,
    published_role,
    taking_version,
)
from projects.seats.role_templates.preparation import prepare_versions
from projects.seats.role_templates.services import add_duty, new_version, publish_role, remove_duty, retire_role
from roles.models import RoleTemplate, User
from roles.role_templates.content import Duty
from roles.role_templates.content import Matrix as Content
from roles.role_templates.rhythms import Window
from tests import acts
from tests.conftest import CAST
from tests.projects.seats.launch.test_pages import bare

pytestmark = pytest.mark.django_db
ADAPT = "governance:responsibilities:roles_adapt"


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
    from projects.seats.role_templates.services import new_role
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
    from projects.seats.mandates.services import end_mandate

    end_mandate(actor=owner, mandate=mandate)
    file = acts.submit_to_owner(project_one, "appointment", terms={"matrix": term_of(without.number, without.hash)})
    acts.decide(owner, file)
    assert Project.objects.get(pk=project_one.pk).matrix == without


# — an upgrade prepares, the project proposes —


def prepare() -> dict[str, bool]:
    """Prepare the roles of every project as an upgrade does; say of each with older ones whether a version is new."""
    found = prepare_versions(User.objects.installation())
    return {project.code: prepared is not None for project, _count, prepared in found}


def waits(reader: Any, project: Project) -> bool:
    """Return whether `reader` is asked to propose prepared roles of the project."""
    return ("prepared_roles", project.pk) in {(task.kind.name, task.project_id) for task in list_tasks(reader)}


def test_an_upgrade_prepares_the_newer_roles_once_and_changes_none_in_force(
    newer: RoleTemplate, project_one: Project
) -> None:
    in_force, count = project_one.matrix_id, project_one.matrices.count()
    assert prepare()["ONE"]
    latest = newest(project_one)
    assert (latest.number, latest.is_prepared) == (2, True)
    assert latest.reason == f"Newer versions of the role templates: {newer.code} {newer.version}."
    assert latest.read().role(newer.code).version == newer.version  # type: ignore[union-attr]
    told = describe_differences(content_of_first(project_one), latest.read())
    assert told == "- PMO · Added: PMO-90 · Left out: PMO-01"
    assert Project.objects.get(pk=project_one.pk).matrix_id == in_force
    assert not prepare()["ONE"]
    assert project_one.matrices.count() == count + 1


def test_the_command_of_an_upgrade_names_what_it_prepared(
    newer: RoleTemplate, owner: Any, staff_admin: Any, project_one: Project
) -> None:
    first = newer.responsibilities.earliest("position").code
    version = write(project_one, with_rhythm(content_of(project_one), "PMO", first, ["once"], "Once is enough."))
    older = replace(version.read().role("PMO"), mission_en="Help.")  # type: ignore[type-var]
    version = write(project_one, version.read().with_role(older))
    terms = {"matrix": term_of(version.number, version.hash)}
    acts.decide(owner, acts.submit_to_owner(project_one, "appointment", terms=terms))
    said = StringIO()
    call_command("load_catalogue", stdout=said)
    assert re.search(r"^ONE: 1 roles have a newer version, version 4 is prepared$", said.getvalue(), re.MULTILINE)
    assert re.search(r"^TWO: 1 roles have a newer version, to be proposed to its owner$", said.getvalue(), re.MULTILINE)
    taken = newest(project_one).read().role("PMO")
    assert taken
    assert taken.mission_en != "Help."
    assert duty_of(newest(project_one).read(), first).rhythms == ("once",)


def test_a_newer_version_that_says_the_same_is_not_prepared(newer: RoleTemplate, project_one: Project) -> None:
    call_command("load_catalogue", stdout=StringIO())  # publishes the version of the catalogue anew
    assert prepare()["ONE"] is False
    assert project_one.matrices.count() == 1


def content_of_first(project: Project) -> Content:
    """Return the roles in force."""
    assert project.matrix
    return project.matrix.read()


def test_a_project_with_roles_of_its_own_under_way_or_none_approved_is_only_named(
    newer: RoleTemplate, project_one: Project, project_two: Project
) -> None:
    write(project_one, with_duty(content_of(project_one), "PMO", OURS))
    prepared = prepare()
    assert (prepared["ONE"], prepared["TWO"]) == (False, False)
    assert (project_one.matrices.count(), project_two.matrices.count()) == (2, 1)


def test_prepared_roles_are_a_task_of_who_proposes_roles_until_they_are_proposed_and_the_owner_decides(
    newer: RoleTemplate, project_one: Project, owner: Any, cast: dict[str, Any], client_of: Any
) -> None:
    prepare()
    asked = {member for member in CAST if member != "anonymous" and waits(cast[member], project_one)}
    assert asked == {"pmo", "amoa"}
    client, english = client_of(cast["pmo"]), {"accept-language": "en"}
    page = html.unescape(client.get(reverse(ADAPT, args=["ONE"]), headers=english).text)
    assert "PMO-90" in page.partition('id="differences"')[2].partition("</section>")[0]
    [address] = set(re.findall(r'href="([^"]*kind=appointment[^"]*)"', page))
    form = client.get(address, headers=english)
    filled = {field.name: field.value() for field in form.context["form"]}
    assert "- PMO · Added: PMO-90 · Left out: PMO-01" in filled["context"]
    terms = {"matrix": term_of(2, newest(project_one).hash)}
    prepared = {name: filled[name] for name in ("context", "recommended", "recommendation", "evidence", "decide_by")}
    prepared |= {name: filled[name] for name in ("title", "question", "impact_scope", "risks")}
    file = acts.submit_to_owner(project_one, "appointment", terms=terms, **prepared)
    assert not waits(cast["pmo"], project_one)
    acts.decide(owner, file, Outcome.REJECTED)
    assert not waits(cast["pmo"], project_one), "the owner has answered"
    prepare()
    assert project_one.matrices.count() == 2


def test_roles_are_kept_with_words_and_offered_again_only_in_a_later_version(
    newer: RoleTemplate, project_one: Project, pmo: Any, staff_admin: Any, client_of: Any
) -> None:
    prepare()
    address = reverse("governance:responsibilities:roles_adapt_step", args=["ONE", "keep"])
    english = {"accept-language": "en"}
    assert client_of(pmo).post(address, {"base": "2", "reason": ""}, headers=english).status_code == 422
    assert client_of(pmo).post(address, {"base": "2", "reason": "Ours fit the port."}).status_code == 302
    latest = newest(project_one)
    assert (latest.number, latest.reason, latest.hash) == (3, "Ours fit the port.", project_one.matrix.hash)
    assert not waits(pmo, project_one)
    page = client_of(pmo).get(reverse(ADAPT, args=["ONE"]), headers=english).text
    assert "Version 1 is in force. Version 3, the newest, keeps its roles as they are." in page
    assert "kind=appointment" not in page
    refused = client_of(pmo).post(address, {"base": "3", "reason": "Ours fit the port."}, headers=english)
    assert (refused.status_code, "in force already" in refused.text) == (422, True)
    prepare()
    assert project_one.matrices.count() == 3, "the same version is not offered twice"
    later = new_version(actor=staff_admin, template=newer)
    remove_duty(actor=staff_admin, duty=later.responsibilities.earliest("position"))
    publish_role(actor=staff_admin, template=later)
    prepare()
    assert newest(project_one).read().role("PMO").version == later.version  # type: ignore[union-attr]
    assert waits(pmo, project_one)


# — the rhythm of a responsibility —

IN_ENGLISH = {"accept-language": "en"}


def test_the_rhythm_of_a_responsibility_changes_by_the_decision_of_the_owner(
    project_one: Project, owner: Any, pmo: Any, client_of: Any
) -> None:
    address = reverse("governance:responsibilities:roles_adapt_step", args=["ONE", "rhythm"])
    sent = {"base": "1", "reason": "Twelve reports are too many.", "duty": "PMO PMO-03", "recurrence": "quarterly"}
    assert client_of(pmo).post(address, sent).status_code == 302
    version = newest(project_one)
    changed = duty_of(version.read(), "PMO-03")
    before = duty_of(content_of_first(project_one), "PMO-03")
    assert before.rhythms == ("monthly",)
    assert changed == replace(before, recurrence="quarterly", rhythm_because="Twelve reports are too many.")
    page = html.unescape(client_of(pmo).get(reverse(ADAPT, args=["ONE"]), headers={"accept-language": "en"}).text)
    told = bare(page.partition('id="differences"')[2].partition("</section>")[0])
    assert "PMO-03" in told
    assert "Every month Every quarter Twelve reports are too many." in told
    terms = {"matrix": term_of(version.number, version.hash)}
    acts.decide(owner, acts.submit_to_owner(project_one, "appointment", terms=terms))
    project = Project.objects.get(pk=project_one.pk)
    later = load_obligations(project, timezone.now() + timedelta(days=200))
    coming = [row.key for row in later if row.duty.code == "PMO-03" and row.key > str(timezone.localdate())]
    assert coming
    assert all("Q" in key for key in coming), coming


def test_the_window_of_a_responsibility_changes_by_the_page_and_is_told_with_its_rhythm(
    project_one: Project, pmo: Any, client_of: Any
) -> None:
    address = reverse("governance:responsibilities:roles_adapt_step", args=["ONE", "rhythm"])
    sent = {"base": "1", "reason": "Only while we build.", "duty": "PMO PMO-03", "recurrence": "monthly"}
    refused = client_of(pmo).post(address, sent | {"from_gate": "G4", "until_gate": "G2"}, headers=IN_ENGLISH)
    assert "PMO-03: the gate until which it is due comes after the gate from which it is." in refused.text
    assert client_of(pmo).post(address, sent | {"from_gate": "G2", "until_gate": "G4"}).status_code == 302
    before, changed = (duty_of(one, "PMO-03") for one in (content_of_first(project_one), newest(project_one).read()))
    assert changed == replace(before, from_gate="G2", until_gate="G4", rhythm_because="Only while we build.")
    page = html.unescape(client_of(pmo).get(reverse(ADAPT, args=["ONE"]), headers=IN_ENGLISH).text)
    told = bare(page.partition('id="differences"')[2].partition("</section>")[0])
    assert "Every month Every month from G2 to G4 Only while we build." in told


def duty_of(content: Content, code: str) -> Duty:
    """Return a responsibility."""
    return next(duty for role in content.roles for duty in role.duties if duty.code == code)


def test_a_changed_rhythm_stays_with_a_newer_template_and_goes_back_to_that_of_the_template(
    newer: RoleTemplate, project_one: Project
) -> None:
    window = Window("G1", "G4")
    content = with_rhythm(content_of(project_one), "PMO", "PMO-03", ["quarterly", "each_gate"], "Too many.", window)
    role = published_role(project_one, "PMO")
    assert role
    taken = taking_version(content, role)
    assert duty_of(taken, "PMO-03").rhythms == ("quarterly", "each_gate")
    assert duty_of(taken, "PMO-03").window == window
    assert with_usual_rhythm(taken, "PMO", "PMO-03", role) == taking_version(content_of(project_one), role)
    dropped = without_duty(content, "PMO", "PMO-03", "Not here.")
    assert dropped.role("PMO").dropped == {"PMO-03": "Not here."}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("code", "rhythms", "field"),
    [
        ("PMO-03", ["event"], "recurrence"),
        ("PMO-03", ["at_g1", "each_gate"], "also"),
        ("PMO-03", ["weekly", "monthly", "quarterly", "yearly"], "also"),
    ],
)
def test_rhythms_that_do_not_go_together_are_refused_in_words(
    code: str, rhythms: list[str], field: str, project_one: Project
) -> None:
    with pytest.raises(ValidationError) as error:
        with_rhythm(content_of(project_one), "PMO", code, rhythms, "Ours.")
    assert set(error.value.message_dict) == {field}


def test_an_event_stays_a_rhythm_where_the_template_names_one_and_an_own_responsibility_has_no_usual_rhythm(
    project_one: Project,
) -> None:
    content = content_of(project_one)
    of_events = next(duty for duty in content.role("PMO").duties if duty.days)  # type: ignore[union-attr]
    assert duty_of(with_rhythm(content, "PMO", of_events.code, ["event", "yearly"], "Ours."), of_events.code).days
    assert not duty_of(with_rhythm(content, "PMO", of_events.code, ["yearly"], "Ours."), of_events.code).days
    with pytest.raises(ValidationError):
        with_usual_rhythm(with_duty(content, "PMO", OURS), "PMO", OURS.code, published_role(project_one, "PMO"))
