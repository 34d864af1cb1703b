"""Acts on role templates: write, publish and retire versions, install method packs.

Drafts leave no event; publications, retirements and installations do, in the organisation's chain.
"""

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from core.acts import act
from core.history import Outdated, ensure_unchanged
from projects.ledger.enums import Act
from projects.ledger.services import lock_organisation
from projects.seats.role_templates.installation import (
    Installed,
    RulesBroken,
    fingerprint,
    get_installed_pack,
    merged_gaps,
    publish,
    record_state,
    state_of,
    write_draft,
    write_pack,
)
from roles.enums import PublicationState
from roles.models import MethodPack, Responsibility, RoleTemplate, User
from roles.role_templates import lint
from roles.role_templates.catalogue import Pack, pack_of
from roles.role_templates.content import Matrix, duty_of, published_matrix, role_of


class NotADraft(Exception):
    """Raised when a version is published or retired, and so immutable."""


# — writing a version —


@act("roles.configure")
def new_role(*, actor: User, pack: MethodPack, fields: dict[str, Any]) -> RoleTemplate:
    """Create the first version of a new role, as a draft.

    Raises ValidationError on a code in use, and on a second role that decides.
    """
    if RoleTemplate.objects.filter(pack=pack, code=fields["code"]).exists():
        raise ValidationError(
            {"code": _("This method already has a role %(code)s. Enter another code.") % {"code": fields["code"]}}
        )
    _ensure_single_decider(RoleTemplate(pack=pack, code=fields["code"], authority=fields["authority"]))
    last = RoleTemplate.objects.filter(pack=pack).aggregate(last=Max("position"))["last"] or 0
    return RoleTemplate.objects.create(pack=pack, position=last + 1, **fields)


@act("roles.configure")
def new_version(*, actor: User, template: RoleTemplate) -> RoleTemplate:
    """Create a draft of the next version as a copy of `template`, or return the existing draft."""
    versions = RoleTemplate.objects.filter(pack__code=template.pack_id, code=template.code)
    if there := versions.filter(state=PublicationState.DRAFT).first():
        return there
    number = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    return write_draft(template.pack, role_of(template), number, template.position)


@act("roles.configure")
def edit_role(*, actor: User, template: RoleTemplate, fields: dict[str, Any], seen: str) -> RoleTemplate:
    """Change the identity of a draft; `seen` is its version when the actor read it (core.history.version_of).

    Raises NotADraft, Outdated, and ValidationError on a second role that decides.
    """
    template = _lock_draft(template)
    ensure_unchanged(template, seen)
    for name, value in fields.items():
        setattr(template, name, value)
    _ensure_single_decider(template)
    template.save()
    return template


@act("roles.configure")
def add_duty(*, actor: User, template: RoleTemplate, fields: dict[str, Any]) -> Responsibility:
    """Add a responsibility at the end of a draft.

    Raises NotADraft, and ValidationError on a code in use or a nature that the role may not have.
    """
    template = _lock_draft(template)
    last = template.responsibilities.aggregate(last=Max("position"))["last"] or 0
    row = Responsibility(role=template, position=last + 1, **fields)
    _ensure_duty_allowed(template, row)
    row.save()
    return row


@act("roles.configure")
def edit_duty(*, actor: User, duty: Responsibility, fields: dict[str, Any], seen: str) -> Responsibility:
    """Change a responsibility of a draft; `seen` is its version when the actor read it (core.history.version_of).

    Raises NotADraft, Outdated, and ValidationError on a code in use or a nature that the role may not have.
    """
    template = _lock_draft(duty.role)
    ensure_unchanged(duty, seen)
    for name, value in fields.items():
        setattr(duty, name, value)
    _ensure_duty_allowed(template, duty)
    duty.save()
    return duty


@act("roles.configure")
def move_duty(*, actor: User, duty: Responsibility, up: bool) -> None:
    """Swap a responsibility with the one before or after it. Raises NotADraft, and Outdated when it was removed."""
    template = _lock_draft(duty.role)
    order = list(template.responsibilities.order_by("position", "code"))
    if duty not in order:
        raise Outdated
    place = order.index(duty)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        for position, row in enumerate(order, start=1):
            if row.position != position:
                row.position = position
                row.save()


@act("roles.configure")
def remove_duty(*, actor: User, duty: Responsibility) -> None:
    """Remove a responsibility from a draft. Raises NotADraft."""
    _lock_draft(duty.role)
    duty.delete()


def _ensure_single_decider(template: RoleTemplate) -> None:
    if not template.decides:
        return
    others = RoleTemplate.objects.filter(pack__code=template.pack_id).published().exclude(code=template.code)
    if other := next((role for role in others if role.decides), None):
        sentence = _("%(role)s already decides in this method. Select another authority for this role.")
        raise ValidationError({"authority": sentence % {"role": other.code}})


def _ensure_duty_allowed(template: RoleTemplate, row: Responsibility) -> None:
    if template.responsibilities.filter(code=row.code).exclude(pk=row.pk).exists():
        raise ValidationError({"code": _("The code %(code)s is taken: choose another.") % {"code": row.code}})
    alone = replace(role_of(template), duties=(duty_of(row),))
    of_nature = {lint.Rule.DECIDES_ALONE, lint.Rule.OWNER_PROPOSES}
    if gaps := [
        str(finding) for finding in lint.role_findings(alone, Matrix((), (alone,))) if finding.rule in of_nature
    ]:
        raise ValidationError({"nature": gaps})


def _lock_draft(template: RoleTemplate) -> RoleTemplate:
    template = RoleTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if template.state != PublicationState.DRAFT:
        raise NotADraft
    return template


# — publishing —


@act("projects.publish_role")
def publish_role(*, actor: User, template: RoleTemplate, read: str | None = None) -> RoleTemplate:
    """Publish a draft and retire the published version. Raises NotADraft, RulesBroken, Outdated.

    No project changes: each is offered the new version, and its owner decides. `read` is the fingerprint that the actor
    reviewed; Outdated is raised when the draft changed since.
    """
    chain = lock_organisation()
    template = _lock_draft(template)
    if read is not None and fingerprint(template) != read:
        raise Outdated
    if gaps := publishing_gaps(template, published_matrix(template.pack_id)):
        raise RulesBroken(gaps)
    return publish(chain, template)


def publishing_gaps(template: RoleTemplate, beside: Matrix) -> list[lint.Finding]:
    """List the findings that prevent publishing a draft `beside` the published roles of its pack."""
    role = role_of(template)
    after = beside.with_role(role)
    findings = [*lint.role_findings(role, after)]
    return [*findings, *(f for f in lint.findings(after) if f.rule == lint.Rule.ONE_DECIDES)]


@act("projects.retire_role")
def retire_role(*, actor: User, template: RoleTemplate) -> RoleTemplate:
    """Retire a version; projects that use it keep it. A draft is given up without a ledger event.

    Raises RulesBroken when the pack would lose its deciding role.
    """
    chain = lock_organisation()
    template = RoleTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if template.state == PublicationState.RETIRED:
        return template
    if gaps := retiring_gaps(template):
        raise RulesBroken(gaps)
    was_published = template.state == PublicationState.PUBLISHED
    template.state = PublicationState.RETIRED
    template.save()
    if was_published:
        record_state(Act.RETIRE_ROLE, chain, template)
    return template


def retiring_gaps(template: RoleTemplate) -> list[lint.Finding]:
    """List the findings that prevent retiring a version: a pack keeps its published role that decides."""
    if template.state != PublicationState.PUBLISHED or not template.decides:
        return []
    sentence = _("The method would have no role that decides. Publish another version of %(role)s instead.")
    return [lint.Finding(lint.Rule.ONE_DECIDES, sentence % {"role": template.code}, template.code)]


# — a whole pack —


@act("projects.install_pack")
def install_pack(*, actor: User, pack: Pack, read: str | None = None) -> Installed:
    """Install a method pack: activities, comparisons, and a new version of each role that differs. Idempotent.

    Rows missing in `pack` stay. `read` is the state of the installed pack (`state_of`) that the actor compared. Raises
    RulesBroken with every gap, and Outdated when the installed pack changed since; nothing is written then.
    """
    if read is not None:
        lock_organisation()
        if state_of(get_installed_pack(pack.code)) != read:
            raise Outdated
    if gaps := merged_gaps(pack, published_matrix(pack.code)):
        raise RulesBroken(gaps)
    return write_pack(actor=actor, pack=pack)


@act("projects.install_pack")
def copy_pack(*, actor: User, pack: MethodPack, code: str, name_fr: str, name_en: str) -> MethodPack:
    """Make a method of one's own from the published roles, the activities and the comparisons of `pack`.

    Raises ValidationError on a code in use ("code"), and RulesBroken when the published roles break a rule of today.
    """
    lock_organisation()
    if MethodPack.objects.filter(code=code).exists():
        raise ValidationError({"code": _("Another method has this code.")})
    write_pack(actor=actor, pack=replace(pack_of(pack), code=code, name_fr=name_fr, name_en=name_en))
    return MethodPack.objects.get(code=code)
