"""Acts on the standards library: drafts and entries. Adoption is a decision of the owner.

Each act writes one event, under the lock of the library's project.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.acts import act
from core.files.checks import Upload
from core.history import ensure_unchanged
from core.pages.refusals.exceptions import MovedOn
from governance.decide.evidence.services import add_document
from pmo.enums import Act
from pmo.standards.standards.catalogue import Draft, load_catalogue
from pmo.standards.standards.content import CHECKPOINT, TEXTS, with_content
from pmo.standards.standards.effects import copy_version
from pmo.standards.standards.enums import StandardState
from pmo.standards.standards.models import LibraryEntry, Standard, StandardCheckpoint, StandardVersion
from pmo.standards.standards.queries import list_copyable
from projects.models import Project
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from roles.models import User

Fields = Mapping[str, Any]
CODE_TAKEN = gettext_lazy("This code is already used. Enter another code.")
MANDATORY_ABOVE = gettext_lazy(
    "The library of %(library)s has a mandatory standard of this code, which applies here: choose another code."
)
MANDATORY_ALONE = gettext_lazy("Only a mandatory standard requires workspaces.")
TITLE_TAKEN = gettext_lazy("This title is already used. Enter another title.")
TEMPLATE_ELSEWHERE = gettext_lazy("Choose a document of the library.")


@act("pmo.keep_standards", on="project")
def new_standard(
    *,
    actor: User,
    project: Project,
    code: str,
    family: str,
    fields: Fields,
    checkpoints: Sequence[Fields] = (),
    upload: Upload | None = None,
) -> StandardVersion:
    """Write a standard with its first version as a draft; `upload` is its template.

    Raise ValidationError on a code taken here, or by a mandatory standard of a library above ("code"), on a template
    outside the library ("template"), and on workspaces that a recommended standard requires ("requires").
    """
    if Standard.objects.filter(project=project, code=code).exists():
        raise ValidationError({"code": CODE_TAKEN})
    if above := Standard.objects.mandatory_above(project).filter(code=code).select_related("project").first():
        raise ValidationError({"code": MANDATORY_ABOVE % {"library": above.project.code}})
    version = _create_draft(
        actor, project, Draft(code, family, dict(fields), [dict(checkpoint) for checkpoint in checkpoints]), upload
    )
    record_in_role(Act.KEEP_STANDARDS, version.standard, detail=f"{code}.{version.number}")
    return version


@act("pmo.keep_standards", on="standard")
def next_version(*, actor: User, standard: Standard) -> StandardVersion:
    """Create the next draft from the newest version, or return the existing draft."""
    newest = standard.versions.latest("number")
    draft = standard.versions.filter(state=StandardState.DRAFT).order_by("-number").first()
    if draft:
        return draft
    newest.standard = standard
    made = copy_version(newest)
    record_in_role(Act.KEEP_STANDARDS, standard, detail=f"{standard.code}.{made.number}")
    return made


@act("pmo.keep_standards", on="version.standard")
def write_version(
    *,
    actor: User,
    version: StandardVersion,
    fields: Fields,
    checkpoints: Sequence[Fields],
    seen: str,
    upload: Upload | None = None,
) -> StandardVersion:
    """Rewrite a draft; `seen` is its version when the actor read it (core.history.version_of).

    Raise MovedOn, Outdated, and ValidationError on a template outside the library ("template") and on workspaces that
    a recommended standard requires ("requires").
    """
    project = version.standard.project
    version = with_content(StandardVersion.objects.all()).get(pk=version.pk)
    if not version.is_draft:
        raise MovedOn(version)
    ensure_unchanged(version, seen)
    _write(version, _with_template(actor, project, fields, upload))
    _write_checkpoints(version, checkpoints)
    record_in_role(Act.KEEP_STANDARDS, version.standard, detail=f"{version.standard.code}.{version.number}")
    return version


@act("pmo.keep_standards", on="project")
def write_entry(
    *,
    actor: User,
    project: Project,
    fields: Fields,
    row: LibraryEntry | None = None,
    seen: str = "",
    upload: Upload | None = None,
) -> LibraryEntry:
    """Add, change or retire a method or a tool; `seen` is the version that was read (core.history.version_of).

    Raise Outdated, and ValidationError on a taken title ("title_en"), a document outside the library ("document") and
    an empty entry ("text_fr").
    """
    row = get_row_to_write(LibraryEntry, project, row, seen)
    given = _with_template(actor, project, fields, upload, "document")
    if LibraryEntry.objects.filter(project=project, title_en=given["title_en"]).exclude(pk=row.pk).exists():
        raise ValidationError({"title_en": TITLE_TAKEN})
    texts = given.get("text_fr") and given.get("text_en")
    if not (texts or given.get("link") or given.get("document")):
        raise ValidationError({"text_fr": _("Enter its text in both languages or a link, or attach a document.")})
    if save_fields(row, given):
        record_in_role(Act.KEEP_STANDARDS, row)
    return row


@act("pmo.keep_standards", on="project")
def install_standards(*, actor: User, project: Project) -> int:
    """Install the catalogue as drafts, with its methods and tools; return the number of standards added.

    Codes and titles that exist in this library, or in one above, are skipped.
    """
    there = set(Standard.objects.that_hold_for(project).values_list("code", flat=True))
    titles = set(LibraryEntry.objects.that_hold_for(project).values_list("title_en", flat=True))
    added = [_create_draft(actor, project, draft) for draft in load_catalogue().standards if draft.code not in there]
    entries = [
        LibraryEntry.objects.create(project=project, **entry)
        for entry in load_catalogue().entries
        if entry["title_en"] not in titles
    ]
    if added or entries:
        record_in_role(Act.KEEP_STANDARDS, project, detail="catalogue", standards=len(added), entries=len(entries))
    return len(added)


@act("pmo.keep_standards", on="project")
def copy_standards(*, actor: User, project: Project, model: Project) -> list[StandardVersion]:
    """Write the standards in force in the library of `model` as drafts, without their templates; return the drafts.

    Codes that hold here already are skipped. Nothing is adopted: the owner decides on the drafts. Raise ValidationError
    on a project that `actor` cannot read.
    """
    if not Project.objects.visible_to(actor).filter(pk=model.pk).exists():
        raise ValidationError(_("Choose a project that you can read."))
    copied = [_copy(actor, project, version) for version in with_content(list_copyable(project, model))]
    if copied:
        record_in_role(Act.KEEP_STANDARDS, project, detail="copy", standards=len(copied))
    return copied


def _copy(actor: User, project: Project, version: StandardVersion) -> StandardVersion:
    fields = {name: getattr(version, name) for name in (*TEXTS, "mandatory", "levels", "from_gate")}
    checkpoints = [{name: getattr(row, name) for name in CHECKPOINT} for row in version.checkpoints.all()]
    return _create_draft(actor, project, Draft(version.standard.code, version.standard.family, fields, checkpoints))


def _create_draft(actor: User, project: Project, draft: Draft, upload: Upload | None = None) -> StandardVersion:
    fields = _with_template(actor, project, draft.fields, upload)
    standard = Standard.objects.create(project=project, code=draft.code, family=draft.family)
    version = StandardVersion(standard=standard, number=1)
    _write(version, fields)
    _write_checkpoints(version, draft.checkpoints)
    return version


def _with_template(
    actor: User, project: Project, fields: Fields, upload: Upload | None, name: str = "template"
) -> dict[str, Any]:
    """Return the fields, with the uploaded document added to the library.

    Raise ValidationError on a document of another project.
    """
    given = dict(fields)
    if upload:
        given[name] = add_document(actor=actor, project=project, name="", upload=upload)
    document = given.get(name)
    if document and document.document.project_id != project.pk:
        raise ValidationError({name: TEMPLATE_ELSEWHERE})
    return given


def _write(version: StandardVersion, fields: Fields) -> None:
    for name, value in fields.items():
        setattr(version, name, value)
    if version.requires and not version.mandatory:
        raise ValidationError({"requires": MANDATORY_ALONE})
    version.save()


def _write_checkpoints(version: StandardVersion, checkpoints: Sequence[Fields]) -> None:
    """Replace the checkpoints of a draft, in this order."""
    rows = {checkpoint.number: checkpoint for checkpoint in version.checkpoints.all()}
    for number, fields in enumerate(checkpoints, start=1):
        row = rows.pop(number, None) or StandardCheckpoint(version=version, number=number)
        save_fields(row, fields)
    for checkpoint in rows.values():
        checkpoint.delete()
