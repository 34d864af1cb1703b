"""Test the catalogue: written by administrators only, published as reviewed, unchanged once published."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from core.access import Refused
from core.history import Outdated, version_of
from projects.models import LedgerEvent, Project
from projects.seats.role_templates import services
from projects.seats.role_templates.queries import consequences, powers, timeline
from projects.seats.role_templates.services import NotADraft, RulesBroken, fingerprint
from projects.seats.role_templates.usage import projects_by_version, usage_of
from roles.models import Activity, ComparisonDimension, MethodPack, Responsibility, RoleTemplate
from roles.role_templates.catalogue import Pack, dump_pack, pack_of, read_pack
from roles.role_templates.content import published_matrix, role_of
from roles.role_templates.differences import differences
from roles.role_templates.lint import Rule
from tests.conftest import CAST
from tests.database import OWNER, RUNTIME, refusal, run, undone
from tests.effort import in_turn

pytestmark = pytest.mark.django_db

ADMINISTRATORS = {"staff_admin", "superuser"}
IDENTITY = {
    "name_fr": "Acheteur",
    "name_en": "Buyer",
    "mission_fr": "Prépare les contrats.",
    "mission_en": "Prepares the contracts.",
    "represents_fr": "",
    "represents_en": "",
    "authority": "advises",
    "mandatory": False,
    "incompatible": ["MOE"],
}
DUTY = {
    "code": "ACH-01",
    "label_fr": "Préparer le contrat",
    "label_en": "Prepare the contract",
    "nature": "produce",
    "domains": ["business"],
    "activities": ["FOURNISSEUR"],
    "evidence_fr": "Projet de contrat",
    "evidence_en": "Draft contract",
    "recurrence": "once",
}
REFERENTIAL = (MethodPack, Activity, RoleTemplate, Responsibility, ComparisonDimension)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def template(code: str, **more: Any) -> RoleTemplate:
    """Return the published version of a role of the French pack."""
    return RoleTemplate.objects.get(**{"pack": "fr", "code": code, "state": "published"} | more)


def kept() -> Any:
    """Count versions of rows and events; equal counts before and after mean that nothing was written."""
    return [model.history.count() for model in REFERENTIAL], LedgerEvent.objects.count()


@contextmanager
def nothing_written() -> Iterator[None]:
    """Assert that the block leaves the catalogue and the ledger unchanged."""
    before = kept()
    yield
    assert kept() == before


def buyer(admin: Any, **changes: Any) -> RoleTemplate:
    """Create a new role, as a draft without a responsibility."""
    pack = MethodPack.objects.get(code="fr")
    return services.new_role(actor=admin, pack=pack, fields={"code": "ACH", **IDENTITY, **changes})


def read(draft: RoleTemplate) -> str:
    """Return the fingerprint of a draft in the database."""
    return fingerprint(RoleTemplate.objects.get(pk=draft.pk))


def next_version(admin: Any, code: str) -> RoleTemplate:
    """Create the draft that follows the published version of a role."""
    return services.new_version(actor=admin, template=template(code))


def rules_of(error: pytest.ExceptionInfo[RulesBroken]) -> set[Rule]:
    """List the rules that a refusal names, each with a message."""
    assert all(finding.sentence for finding in error.value.findings)
    return {finding.rule for finding in error.value.findings}


@pytest.fixture
def other_text() -> str:
    """Return the French pack as a file, with one responsibility reworded."""
    text = dump_pack(pack_of(MethodPack.objects.get(code="fr")))
    assert text.count("Decide every proposal") == 1
    return text.replace("Decide every proposal", "Decide each proposal")


# — who —

ACTS: dict[str, Callable[[Any, RoleTemplate, Pack], Any]] = {
    "new_role": lambda actor, draft, pack: buyer(actor),
    "new_version": lambda actor, draft, pack: services.new_version(actor=actor, template=template("PMO")),
    "edit_role": lambda actor, draft, pack: services.edit_role(
        actor=actor, template=draft, fields=IDENTITY, seen=version_of(draft)
    ),
    "add_duty": lambda actor, draft, pack: services.add_duty(actor=actor, template=draft, fields=DUTY),
    "edit_duty": lambda actor, draft, pack: services.edit_duty(
        actor=actor,
        duty=draft.responsibilities.earliest("pk"),
        fields=DUTY,
        seen=version_of(draft.responsibilities.earliest("pk")),
    ),
    "move_duty": lambda actor, draft, pack: services.move_duty(
        actor=actor, duty=draft.responsibilities.earliest("pk"), up=False
    ),
    "remove_duty": lambda actor, draft, pack: services.remove_duty(
        actor=actor, duty=draft.responsibilities.earliest("pk")
    ),
    "publish_role": lambda actor, draft, pack: services.publish_role(actor=actor, template=draft),
    "retire_role": lambda actor, draft, pack: services.retire_role(actor=actor, template=template("DEST")),
    "install_pack": lambda actor, draft, pack: services.install_pack(actor=actor, pack=pack),
}


@pytest.mark.parametrize("name", ACTS)
def test_only_administrators_write_the_referential(
    name: str, cast: dict[str, Any], staff_admin: Any, other_text: str
) -> None:
    draft, pack = next_version(staff_admin, "AMOA"), read_pack(other_text)
    done = set()
    others = [member for member in CAST if member not in ADMINISTRATORS]
    before = kept()
    for member in [*ADMINISTRATORS, *in_turn(list(ACTS).index(name), others, 3)]:
        with undone():
            try:
                ACTS[name](cast[member], draft, pack)
            except Refused:
                assert kept() == before
            else:
                assert kept() != before
                done.add(member)
    assert done == ADMINISTRATORS


def test_publishing_a_role_lets_an_administrator_read_no_project(staff_admin: Any, superuser: Any) -> None:
    services.publish_role(actor=staff_admin, template=next_version(staff_admin, "AMOA"))
    for admin in (staff_admin, superuser):
        assert not Project.objects.visible_to(admin).exists()


# — writing —


def test_a_code_is_given_once(staff_admin: Any) -> None:
    draft = buyer(staff_admin)
    services.add_duty(actor=staff_admin, template=draft, fields=DUTY)
    other = services.add_duty(actor=staff_admin, template=draft, fields={**DUTY, "code": "ACH-02"})
    with nothing_written():
        with pytest.raises(ValidationError, match="This method already has a role ACH"):
            buyer(staff_admin)
        with pytest.raises(ValidationError, match="ACH-01 is taken"):
            services.add_duty(actor=staff_admin, template=draft, fields=DUTY)
        with pytest.raises(ValidationError, match="ACH-01 is taken"):
            services.edit_duty(actor=staff_admin, duty=other, fields=DUTY, seen=version_of(other))


@pytest.mark.parametrize(("code", "nature"), [("AMOA", "decide"), ("MOE", "decide"), ("MOA", "propose")])
def test_a_nature_that_is_not_for_the_role_is_refused_at_once(code: str, nature: str, staff_admin: Any) -> None:
    draft = next_version(staff_admin, code)
    with nothing_written():
        with pytest.raises(ValidationError) as error:
            services.add_duty(actor=staff_admin, template=draft, fields={**DUTY, "nature": nature})
        assert set(error.value.message_dict) == {"nature"}
        row = draft.responsibilities.earliest("pk")
        with pytest.raises(ValidationError):
            services.edit_duty(actor=staff_admin, duty=row, fields={**DUTY, "nature": nature}, seen=version_of(row))


def test_a_second_role_does_not_decide(staff_admin: Any) -> None:
    draft = next_version(staff_admin, "PMO")
    with nothing_written():
        with pytest.raises(ValidationError, match="MOA already decides in this method"):
            buyer(staff_admin, authority="decides")
        with pytest.raises(ValidationError, match="MOA already decides in this method"):
            services.edit_role(
                actor=staff_admin, template=draft, fields={"authority": "decides"}, seen=version_of(draft)
            )


def test_responsibilities_change_places_and_stay_within_the_list(staff_admin: Any) -> None:
    draft = next_version(staff_admin, "DEST")
    codes = list(draft.responsibilities.values_list("code", flat=True))

    def move(code: str, *, up: bool) -> list[str]:
        services.move_duty(actor=staff_admin, duty=draft.responsibilities.get(code=code), up=up)
        return list(draft.responsibilities.values_list("code", flat=True))

    assert move(codes[1], up=True) == [codes[1], codes[0], *codes[2:]]
    assert move(codes[1], up=True) == [codes[1], codes[0], *codes[2:]]
    assert move(codes[1], up=False) == codes
    assert move(codes[-1], up=False) == codes


def test_a_draft_changed_by_another_is_not_overwritten(staff_admin: Any, superuser: Any) -> None:
    draft = next_version(staff_admin, "AMOA")
    row, gone = draft.responsibilities.earliest("pk"), draft.responsibilities.latest("pk")
    before, of_draft, of_row, of_gone = fingerprint(draft), version_of(draft), version_of(row), version_of(gone)
    services.edit_role(actor=superuser, template=draft, fields={"name_en": "Theirs"}, seen=of_draft)
    services.edit_duty(actor=superuser, duty=row, fields={"label_en": "Theirs"}, seen=of_row)
    services.remove_duty(actor=superuser, duty=draft.responsibilities.latest("pk"))
    with nothing_written():
        for attempt in (
            lambda: services.edit_role(actor=staff_admin, template=draft, fields=IDENTITY, seen=of_draft),
            lambda: services.edit_duty(actor=staff_admin, duty=row, fields=DUTY, seen=of_row),
            lambda: services.edit_duty(actor=staff_admin, duty=gone, fields=DUTY, seen=of_gone),
            lambda: services.move_duty(actor=staff_admin, duty=gone, up=True),
            lambda: services.publish_role(actor=staff_admin, template=draft, read=before),
        ):
            with pytest.raises(Outdated):
                attempt()


def test_there_is_one_draft_at_a_time(staff_admin: Any, superuser: Any) -> None:
    draft = next_version(staff_admin, "AMOA")
    assert next_version(superuser, "AMOA") == draft
    services.retire_role(actor=staff_admin, template=draft)
    assert next_version(superuser, "AMOA").version == draft.version + 1


# — publishing —


def test_an_empty_role_is_not_published(staff_admin: Any) -> None:
    draft = buyer(staff_admin)
    with nothing_written(), pytest.raises(RulesBroken) as error:
        services.publish_role(actor=staff_admin, template=draft)
    assert rules_of(error) == {Rule.NO_EMPTY_ROLE}


@pytest.mark.parametrize("text", ["name_fr", "mission_en", "label_en", "evidence_fr"])
def test_a_role_in_one_language_is_not_published(text: str, staff_admin: Any) -> None:
    draft = buyer(staff_admin, **({text: ""} if text in IDENTITY else {}))
    services.add_duty(actor=staff_admin, template=draft, fields=DUTY | ({text: ""} if text in DUTY else {}))
    with nothing_written(), pytest.raises(RulesBroken) as error:
        services.publish_role(actor=staff_admin, template=draft)
    assert rules_of(error) == {Rule.TRANSLATED}


def test_every_reason_is_told_at_once(staff_admin: Any) -> None:
    draft = next_version(staff_admin, "MOA")
    services.edit_role(
        actor=staff_admin,
        template=draft,
        fields={"authority": "advises", "incompatible": ["KING"]},
        seen=version_of(draft),
    )
    with nothing_written(), pytest.raises(RulesBroken) as error:
        services.publish_role(actor=staff_admin, template=draft)
    assert rules_of(error) == {Rule.DECIDES_ALONE, Rule.ONE_DECIDES, Rule.KNOWN}


def test_publishing_retires_the_version_before_and_leaves_its_events(staff_admin: Any, project_one: Project) -> None:
    before, draft = template("AMOA"), next_version(staff_admin, "AMOA")
    matrix = project_one.matrix_id
    services.publish_role(actor=staff_admin, template=draft, read=fingerprint(draft))
    before.refresh_from_db()
    assert (before.state, template("AMOA")) == ("retired", draft)
    events = LedgerEvent.objects.filter(project__level="organisation", subject="roles.roletemplate").order_by("-seq")
    assert [(event.act, event.subject_id, event.actor) for event in events[:2]] == [
        ("publish_role", draft.pk, staff_admin),
        ("retire_role", before.pk, staff_admin),
    ]
    project_one.refresh_from_db()
    own = project_one.matrix and project_one.matrix.read().role("AMOA")
    assert (project_one.matrix_id, own and own.version) == (matrix, before.version)
    found = usage_of("fr", "AMOA")
    assert set(found.by_version) == {before.version}
    assert projects_by_version()["fr", "AMOA", before.version] == found.projects == 3


def test_a_pack_keeps_its_one_role_that_decides(staff_admin: Any) -> None:
    with nothing_written(), pytest.raises(RulesBroken) as error:
        services.retire_role(actor=staff_admin, template=template("MOA"))
    assert rules_of(error) == {Rule.ONE_DECIDES}
    services.publish_role(actor=staff_admin, template=next_version(staff_admin, "MOA"))
    deciding = RoleTemplate.objects.filter(pack="fr", authority="decides").published()
    assert [role.version for role in deciding] == [template("MOA").version]


def test_retiring_a_role_tells_what_the_pack_would_lack(staff_admin: Any) -> None:
    role, there = template("AMOA"), published_matrix("fr")
    without = there.__class__(there.lines, tuple(role for role in there.roles if role.code != "AMOA"))
    assert consequences(there, there, usage_of("fr", "AMOA")).gaps == []
    assert {gap.rule for gap in consequences(there, without, usage_of("fr", "AMOA")).gaps} >= {Rule.SOMEONE_RESPONSIBLE}
    services.retire_role(actor=staff_admin, template=role)
    assert not RoleTemplate.objects.filter(pack="fr", code="AMOA").published().exists()
    assert LedgerEvent.objects.filter(act="retire_role", subject_id=role.pk).count() == 1


# — what is published stays —


@pytest.mark.parametrize("state", ["published", "retired"])
def test_no_act_changes_a_version_that_is_no_draft(state: str, staff_admin: Any) -> None:
    role = template("DEST")
    if state == "retired":
        services.retire_role(actor=staff_admin, template=role)
    row, known = role.responsibilities.earliest("pk"), version_of(role)
    with nothing_written():
        for attempt in (
            lambda: services.edit_role(actor=staff_admin, template=role, fields=IDENTITY, seen=known),
            lambda: services.add_duty(actor=staff_admin, template=role, fields=DUTY),
            lambda: services.edit_duty(actor=staff_admin, duty=row, fields=DUTY, seen=version_of(row)),
            lambda: services.move_duty(actor=staff_admin, duty=row, up=False),
            lambda: services.remove_duty(actor=staff_admin, duty=row),
            lambda: services.publish_role(actor=staff_admin, template=role),
        ):
            with pytest.raises(NotADraft):
                attempt()


@pytest.mark.parametrize("role", [RUNTIME, OWNER])
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE roles_roletemplate SET name_en = 'King' WHERE id = %(role)s",
        "UPDATE roles_roletemplate SET state = 'draft' WHERE id = %(role)s",
        "UPDATE roles_responsibility SET label_en = 'Rule' WHERE role_id = %(role)s",
        "DELETE FROM roles_responsibility WHERE role_id = %(role)s",
        "UPDATE roles_responsibility SET role_id = %(draft)s WHERE role_id = %(role)s",
        "UPDATE roles_responsibility SET role_id = %(role)s WHERE role_id = %(draft)s",
    ],
)
def test_the_database_keeps_what_is_published(sql: str, role: str, staff_admin: Any) -> None:
    told = {"role": template("DEST").pk, "draft": buyer(staff_admin).pk}
    services.add_duty(actor=staff_admin, template=RoleTemplate.objects.get(pk=told["draft"]), fields=DUTY)
    assert refusal(lambda: run(sql, told), role=role)


# — versions, differences, powers —


def test_the_versions_are_dated_by_their_history(staff_admin: Any) -> None:
    services.publish_role(actor=staff_admin, template=next_version(staff_admin, "AMOA"))
    services.retire_role(actor=staff_admin, template=next_version(staff_admin, "AMOA"))
    draft = next_version(staff_admin, "AMOA")
    found = timeline(draft)
    assert [(version.number - found[-1].number, version.state) for version in found] == [
        (3, "draft"),
        (2, "retired"),
        (1, "published"),
        (0, "retired"),
    ]
    assert [(bool(version.published), bool(version.retired)) for version in found] == [
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    ]
    assert found[3].published
    assert found[3].retired
    assert found[3].published < found[3].retired


def test_two_versions_are_told_apart_field_by_field(staff_admin: Any) -> None:
    before, draft = template("DEST"), next_version(staff_admin, "DEST")
    assert not differences(role_of(before), role_of(draft), {})
    first, second, third = draft.responsibilities.all()[:3]
    services.edit_role(
        actor=staff_admin, template=draft, fields={"mandatory": False, "name_en": "Users"}, seen=version_of(draft)
    )
    services.edit_duty(
        actor=staff_admin, duty=first, fields={"nature": "informed", "label_fr": "Lire"}, seen=version_of(first)
    )
    services.remove_duty(actor=staff_admin, duty=second)
    services.move_duty(actor=staff_admin, duty=third, up=True)
    services.add_duty(actor=staff_admin, template=draft, fields=DUTY)
    found = differences(role_of(before), role_of(RoleTemplate.objects.get(pk=draft.pk)), {})
    assert [(change.label, change.before, change.after, change.language) for change in found.identity] == [
        ("Mandatory", "Yes", "No", ""),
        ("Name in English", before.name_en, "Users", "en"),
    ]
    assert [duty.code for duty in found.added] == ["ACH-01"]
    assert [duty.code for duty in found.removed] == [second.code]
    [changed] = found.changed
    was = before.responsibilities.get(code=first.code)
    assert [(change.label, change.before, change.after) for change in changed.changes] == [
        ("Label in French", was.label_fr, "Lire"),
        ("Nature", "advise", "be informed"),
    ]
    assert found.reordered


def test_without_a_version_before_everything_is_new(staff_admin: Any) -> None:
    draft = buyer(staff_admin)
    services.add_duty(actor=staff_admin, template=draft, fields=DUTY)
    found = differences(None, role_of(draft), {})
    assert {change.before for change in found.identity} == {""}
    assert ([duty.code for duty in found.added], found.removed, found.changed) == (["ACH-01"], (), ())


def test_the_permissions_of_a_holder_follow_from_the_letters(staff_admin: Any) -> None:
    draft = buyer(staff_admin)
    services.add_duty(actor=staff_admin, template=draft, fields={**DUTY, "nature": "propose"})
    services.add_duty(
        actor=staff_admin,
        template=draft,
        fields={**DUTY, "code": "ACH-02", "nature": "informed", "activities": ["RISQUES"]},
    )
    found = {power.label: power.kinds for power in powers(role_of(draft), published_matrix("fr"))}
    assert found == {
        "Proposes": ["Supplier choice"],
        "Gives an opinion": [],
        "Is notified of the decision": ["Supplier choice", "Risk acceptance"],
    }
    assert "Decides" in {power.label for power in powers(role_of(template("MOA")), published_matrix("fr"))}


# — a pack as a file —


def test_an_exported_pack_installs_and_exports_without_a_change(staff_admin: Any) -> None:
    text = dump_pack(pack_of(MethodPack.objects.get(code="fr")))
    with nothing_written():
        done = services.install_pack(actor=staff_admin, pack=read_pack(text))
    assert (done.published, done.changed) == ([], 0)
    assert dump_pack(pack_of(MethodPack.objects.get(code="fr"))) == text


def test_a_pack_installs_elsewhere_to_the_byte_and_only_once(staff_admin: Any) -> None:
    text = dump_pack(pack_of(MethodPack.objects.get(code="fr"))).replace("pack: fr\n", "pack: own\n")
    done = services.install_pack(actor=staff_admin, pack=read_pack(text))
    assert (len(done.published), MethodPack.objects.get(code="own").roles.count()) == (8, 8)
    assert dump_pack(pack_of(MethodPack.objects.get(code="own"))) == text
    with nothing_written():
        services.install_pack(actor=staff_admin, pack=read_pack(text))


def test_a_pack_with_a_role_less_and_one_more_still_makes_the_round(staff_admin: Any) -> None:
    draft = buyer(staff_admin)
    services.add_duty(actor=staff_admin, template=draft, fields=DUTY)
    services.publish_role(actor=staff_admin, template=draft)
    services.retire_role(actor=staff_admin, template=template("DEST"))
    text = dump_pack(pack_of(MethodPack.objects.get(code="fr")))
    with nothing_written():
        services.install_pack(actor=staff_admin, pack=read_pack(text))
    assert dump_pack(pack_of(MethodPack.objects.get(code="fr"))) == text


def test_only_what_differs_gets_a_next_version(staff_admin: Any, other_text: str) -> None:
    before = template("MOA")
    done = services.install_pack(actor=staff_admin, pack=read_pack(other_text))
    assert [(role.code, role.version) for role in done.published] == [("MOA", before.version + 1)]
    assert dump_pack(pack_of(MethodPack.objects.get(code="fr"))) == other_text
    with nothing_written():
        services.install_pack(actor=staff_admin, pack=read_pack(other_text))


def test_roles_in_another_order_are_published_in_that_order(staff_admin: Any) -> None:
    pack = pack_of(MethodPack.objects.get(code="fr"))
    turned = pack.matrix.__class__(pack.matrix.lines, tuple(reversed(pack.matrix.roles)))
    text = dump_pack(Pack(pack.code, pack.name_fr, pack.name_en, pack.attribution, turned, pack.dimensions))
    services.install_pack(actor=staff_admin, pack=read_pack(text))
    assert dump_pack(pack_of(MethodPack.objects.get(code="fr"))) == text
    with nothing_written():
        services.install_pack(actor=staff_admin, pack=read_pack(text))


def test_an_activity_that_a_file_leaves_out_still_counts(staff_admin: Any) -> None:
    """A file is refused when a role would lose its last place in the pack."""
    pack = pack_of(MethodPack.objects.get(code="fr"))
    lines = tuple(line for line in pack.matrix.lines if line.code != "REALISATION")
    roles = tuple(
        role.__class__(
            **{**role.__dict__, "duties": tuple(d for d in role.duties if "REALISATION" not in d.activities)}
        )
        for role in pack.matrix.roles
    )
    smaller = Pack("fr", pack.name_fr, pack.name_en, pack.attribution, pack.matrix.__class__(lines, roles))
    with nothing_written(), pytest.raises(RulesBroken) as error:
        services.install_pack(actor=staff_admin, pack=smaller)
    assert Rule.NO_EMPTY_ROW in rules_of(error)


def test_a_file_compared_with_another_state_is_not_installed(staff_admin: Any, other_text: str) -> None:
    state = services.state_of(services.get_installed_pack("fr"))
    services.publish_role(actor=staff_admin, template=_renamed(staff_admin))
    with nothing_written(), pytest.raises(Outdated):
        services.install_pack(actor=staff_admin, pack=read_pack(other_text), read=state)


def _renamed(admin: Any) -> RoleTemplate:
    draft = next_version(admin, "DEST")
    return services.edit_role(actor=admin, template=draft, fields={"name_en": "Users"}, seen=version_of(draft))


def test_an_installation_gives_up_the_draft_that_is_being_written(staff_admin: Any, other_text: str) -> None:
    draft = next_version(staff_admin, "MOA")
    services.install_pack(actor=staff_admin, pack=read_pack(other_text))
    draft.refresh_from_db()
    assert (draft.state, template("MOA").version) == ("retired", draft.version + 1)
