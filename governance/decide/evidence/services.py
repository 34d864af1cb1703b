"""Acts on documents: add and replace them, and mark decisions that sealed another version."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.acts import act, act_time
from core.files.checks import Upload, clean_name
from core.record.meaning import ensure_meaningful
from governance.decide.decisions.seal_breaks import break_document_seal
from governance.decide.evidence.seals import find_sealing_decisions
from governance.enums import Act
from projects.models import Document, DocumentVersion, Project
from projects.seats.mandates.events import record_in_role
from roles.models import User

NAME_TAKEN = _("The project already has a document of this name. Replace that document, or rename this one.")
SAME_FILE = _("This is the file the project already has: nothing would change.")


@act("governance.add_document", on="project")
def add_document(*, actor: User, project: Project, name: str, upload: Upload) -> DocumentVersion:
    """Add a document with its first version; `name` defaults to the file name.

    Raises ValidationError when the name is invalid or taken.
    """
    name = clean_name(name or upload.file_name)
    if project.documents.filter(name=name).exists():
        raise ValidationError(NAME_TAKEN, code="taken")
    document = Document.objects.create(project=project, name=name)
    return _add_version(Act.ADD_DOCUMENT, actor, document, 1, upload)


@act("governance.replace_document", on="document")
def replace_document(*, actor: User, document: Document, upload: Upload, why: str) -> DocumentVersion:
    """Add the next version of a document, with a reason.

    Decisions that sealed another version stop being current. Raises ValidationError when the bytes are unchanged.
    """
    ensure_meaningful(why=why)
    present = document.versions.latest("number")
    if present.sha256 == upload.sha256:
        raise ValidationError(SAME_FILE, code="same")
    version = _add_version(Act.REPLACE_DOCUMENT, actor, document, present.number + 1, upload, why)
    for decision in find_sealing_decisions(document).select_related(
        "proposal__project", "proposal__current", "proposal__draft"
    ):
        break_document_seal(decision, version)
    return version


def _add_version(
    what: Act, actor: User, document: Document, number: int, upload: Upload, why: str = ""
) -> DocumentVersion:
    """Store a version and record it in the ledger."""
    version: DocumentVersion = DocumentVersion.objects.create(
        document=document,
        number=number,
        file_name=upload.file_name,
        media_type=upload.media_type,
        size=len(upload.content),
        sha256=upload.sha256,
        content=upload.content,
        why=why,
        added_by=actor,
        acted_at=act_time(),
    )
    record_in_role(what, version, project=document.project, document=document.pk, version=number, sha256=version.sha256)
    return version
