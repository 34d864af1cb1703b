"""Write and publish versions of roles and packs with their events; building blocks of the acts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from core.acts import open_act
from core.record.sealing import content_hash
from projects.ledger.enums import Act
from projects.ledger.services import lock_organisation, record
from projects.project.models import Project
from roles.enums import PublicationState
from roles.models import Activity, ComparisonDimension, MethodPack, Responsibility, RoleTemplate, User
from roles.role_templates import lint
from roles.role_templates.catalogue import Pack, dump_pack, pack_of
from roles.role_templates.content import DUTY_FIELDS, ROLE_FIELDS, Line, Matrix, Role, published_matrix, role_of
from roles.role_templates.levels import level_of


class RulesBroken(Exception):
    """Raised when the result would break rules of the role templates; `findings` list them."""

    def __init__(self, findings: list[lint.Finding]) -> None:
        super().__init__(" ".join(str(finding) for finding in findings))
        self.findings = findings


def fingerprint(template: RoleTemplate) -> str:
    """Return the SHA-256 (hexadecimal) of one version of a role, to detect changes since it was read."""
    return content_hash(Matrix((), (role_of(template),)).plain())


def write_draft(pack: MethodPack, role: Role, version: int, position: int) -> RoleTemplate:
    """Create the rows of one version of a role, inside an act."""
    fields = {name: getattr(role, name) for name in ROLE_FIELDS} | {"version": version, "position": position}
    template = RoleTemplate.objects.create(pack=pack, **fields | {"incompatible": list(role.incompatible)})
    for place, duty in enumerate(role.duties, start=1):
        fields = {name: getattr(duty, name) for name in DUTY_FIELDS}
        fields |= {"domains": list(duty.domains), "activities": list(duty.activities)}
        Responsibility.objects.create(role=template, position=place, **fields)
    return template


def publish(chain: Project, template: RoleTemplate) -> RoleTemplate:
    """Publish a draft and retire the published version, inside an act; `chain` must be locked."""
    for before in RoleTemplate.objects.filter(pack__code=template.pack_id, code=template.code).published():
        before.state = PublicationState.RETIRED
        before.save()
        record_state(Act.RETIRE_ROLE, chain, before)
    template.state = PublicationState.PUBLISHED
    template.save()
    record_state(Act.PUBLISH_ROLE, chain, template)
    return template


def record_state(what: Act, chain: Project, template: RoleTemplate) -> None:
    """Record the event of a publication or retirement, with the fingerprint of the version."""
    record(
        what,
        template,
        project=chain,
        detail=str(template.version),
        pack=template.pack_id,
        role_code=template.code,
        content=fingerprint(template),
    )


@dataclass(frozen=True)
class Installed:
    """Result of an installation: published templates, and number of other changed rows."""

    published: list[RoleTemplate]
    changed: int


@open_act
def write_pack(*, actor: User, pack: Pack) -> Installed:
    """Install a pack without a permission check, for `load_catalogue`; see `install_pack`.

    A kind of decision that no app registers is left to the pages to report: the app may be installed later.
    """
    chain = lock_organisation()
    gaps = merged_gaps(pack, published_matrix(pack.code))
    if any(gap.rule != lint.Rule.KNOWN_KIND for gap in gaps):
        raise RulesBroken(gaps)
    fields = {name: getattr(pack, name) for name in ("name_fr", "name_en", "attribution")}
    row, changed = _update_or_create(MethodPack, {"code": pack.code}, fields)
    count = int(changed) + _update_lines(row, pack) + _update_dimensions(row, pack)
    versions = [*_new_versions(row, pack.matrix.roles)]
    for template in _sort_deciding_last(versions):
        publish(chain, template)
    if count or versions:
        plain = content_hash(pack.matrix.plain())
        record(Act.INSTALL_PACK, row, project=chain, detail=pack.code, content=plain)
    return Installed(versions, count)


def get_installed_pack(code: str) -> Pack | None:
    """Return the published pack with this code, if any. Five queries."""
    row = MethodPack.objects.filter(code=code).first()
    return pack_of(row) if row else None


def state_of(pack: Pack | None) -> str:
    """Return the fingerprint of a pack, or an empty string without one."""
    return content_hash({"pack": dump_pack(pack)}) if pack else ""


def merged_gaps(pack: Pack, there: Matrix) -> list[lint.Finding]:
    """List the findings on a pack merged with the published roles and activities that it does not name."""
    named = {line.code for line in pack.matrix.lines}
    lines = [line for line in there.lines if line.code not in named]
    roles = [role for role in there.roles if pack.matrix.role(role.code) is None]
    merged = Matrix((*pack.matrix.lines, *lines), (*pack.matrix.roles, *roles))
    return lint.findings(merged, level_of(pack.code))


def _update_lines(row: MethodPack, pack: Pack) -> int:
    """Update the activities from the pack, unnamed ones last; return the number of changes."""
    count, place = 0, 0
    for place, line in enumerate(pack.matrix.lines, start=1):
        count += _update_or_create(
            Activity, {"pack": row, "code": line.code}, _line_fields(line) | {"position": place}
        )[1]
    others = Activity.objects.filter(pack=row).exclude(code__in=[line.code for line in pack.matrix.lines])
    return count + _move_after(others.order_by("position", "code"), place)


def _line_fields(line: Line) -> dict[str, Any]:
    """Return the fields of Activity."""
    return {name: getattr(line, name) for name in ("domain", "label_fr", "label_en")} | {"kinds": list(line.kinds)}


def _update_dimensions(row: MethodPack, pack: Pack) -> int:
    """Update the comparisons from the pack, unnamed ones last; return the number of changes."""
    count, place, named = 0, 0, []
    for place, dimension in enumerate(pack.dimensions, start=1):
        key = {"pack": row, **{name: dimension[name] for name in ("left_role", "right_role", "code")}}
        dimension_row, changed = _update_or_create(ComparisonDimension, key, {**dimension, "position": place})
        named.append(dimension_row.pk)
        count += changed
    others = ComparisonDimension.objects.filter(pack=row).exclude(pk__in=named)
    return count + _move_after(others.order_by("position", "pk"), place)


def _move_after(rows: Iterable[Any], place: int) -> int:
    """Move rows behind position `place`, keeping their order; return the number of changes."""
    moved = 0
    for row in rows:
        if row.position <= place:
            row.position = place + 1
            row.save()
            moved += 1
        place = row.position
    return moved


@dataclass(frozen=True)
class PlannedVersion:
    """A role to publish: its current published version, and its position in the pack."""

    role: Role
    current: RoleTemplate | None
    position: int


def plan_versions(pack: str, roles: Iterable[Role]) -> list[PlannedVersion]:
    """List the roles that differ from their published version or from its order. Two queries."""
    templates = RoleTemplate.objects.filter(pack__code=pack).published().prefetch_related("responsibilities")
    there = {template.code: template for template in templates}
    planned, place = [], 0
    for role in roles:
        current = there.get(role.code)
        in_order = current is not None and current.position > place
        place = current.position if current and in_order else place + 1
        if not (current and in_order and is_same(role_of(current), role)):
            planned.append(PlannedVersion(role, current, place))
    return planned


def _new_versions(pack: MethodPack, roles: Iterable[Role]) -> Iterator[RoleTemplate]:
    """Yield the next versions as drafts; existing drafts are retired."""
    for planned in plan_versions(pack.code, roles):
        versions = RoleTemplate.objects.filter(pack=pack, code=planned.role.code)
        for draft in versions.filter(state=PublicationState.DRAFT):
            draft.state = PublicationState.RETIRED
            draft.save()
        number = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
        yield write_draft(pack, planned.role, number, planned.position)


def is_same(one: Role, other: Role) -> bool:
    """Return whether two versions of a role have the same content."""
    bare = [Matrix((), (role,)).plain()["roles"][0] | {"version": ""} for role in (one, other)]
    return bool(bare[0] == bare[1])


def _sort_deciding_last(templates: list[RoleTemplate]) -> list[RoleTemplate]:
    return sorted(templates, key=lambda template: (template.decides, template.position))


def _update_or_create(model: Any, key: dict[str, Any], fields: dict[str, Any]) -> tuple[Any, bool]:
    """Create or update the row; return it and whether it was written. Unlike update_or_create, skips equal rows."""
    row = model.objects.filter(**key).first() or model(**key)
    if row.pk and all(getattr(row, name) == value for name, value in fields.items()):
        return row, False
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row, True
