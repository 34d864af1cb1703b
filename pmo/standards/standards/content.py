"""Sealed content of a version of a standard: hash and differences."""

from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.pages.diff import FieldDifference, value_lines
from core.record.sealing import content_hash
from pmo.standards.standards.enums import Computed
from pmo.standards.standards.models import StandardCheckpoint, StandardVersion
from roles.enums import Gate

Content = dict[str, Any]
#: Columns that are part of the sealed content.
TEXTS = ("title_fr", "title_en", "purpose_fr", "purpose_en", "source")
CHECKPOINT = ("text_fr", "text_en", "computed", "waivable")


def with_content(versions: models.QuerySet[StandardVersion]) -> models.QuerySet[StandardVersion]:
    """Load what `content_of` reads, without the bytes of the templates. Two queries."""
    ordered = StandardCheckpoint.objects.order_by("number")
    read = versions.select_related("standard__project", "template__document").defer("template__content")
    return read.prefetch_related(models.Prefetch("checkpoints", ordered))


def list_checkpoints_at(version: StandardVersion, seen: int) -> list[StandardCheckpoint]:
    """List the checkpoints of a draft as they were at its version `seen`: until the draft was saved next."""
    rows: Any = StandardCheckpoint.history
    rows = rows.filter(version=version)
    if following := version.history.filter(history_id__gt=seen).order_by("history_id").first():
        rows = rows.filter(history_date__lt=following.history_date)
    latest = rows.order_by("id", "-history_id").distinct("id")
    kept = [row.instance for row in latest if row.history_type != "-"]
    return sorted(kept, key=lambda checkpoint: checkpoint.number)


def content_of(version: StandardVersion) -> Content:
    """Return the sealed content: columns of the version, names of its standard, checkpoints in order.

    Without `requires` when it is empty, so that versions of earlier releases keep their hash.
    """
    required = {"requires": [str(workspace) for workspace in version.requires]} if version.requires else {}
    return {
        **required,
        "standard": version.standard.code,
        "family": str(version.standard.family),
        "number": str(version.number),
        **{name: getattr(version, name) for name in TEXTS},
        "mandatory": version.mandatory,
        "levels": [str(level) for level in version.levels],
        "from_gate": str(version.from_gate),
        "template": version.template.sha256 if version.template else "",
        "checkpoints": [
            {"number": str(checkpoint.number), **{name: getattr(checkpoint, name) for name in CHECKPOINT}}
            for checkpoint in sorted(version.checkpoints.all(), key=lambda checkpoint: checkpoint.number)
        ],
    }


def fingerprint_of(version: StandardVersion) -> str:
    """Return the hexadecimal SHA-256 of the current content; for an adopted version, its `hash`."""
    return version.hash or content_hash(content_of(version))


# Differences between versions.


def list_differences(before: StandardVersion, after: StandardVersion) -> list[FieldDifference]:
    """List the changed fields in the reader's language, with checkpoints as rows."""
    old, new = _label_fields(before), _label_fields(after)
    differences = []
    for label, value in old.items():
        if value != new[label]:
            differences.append(FieldDifference(label, value_lines(label, value, new[label])))
    return differences


def _label_fields(version: StandardVersion) -> dict[str, Any]:
    template = version.template
    return {
        _("Title in French"): version.title_fr,
        _("Title in English"): version.title_en,
        _("Purpose in French"): version.purpose_fr,
        _("Purpose in English"): version.purpose_en,
        _("Origin"): version.source,
        _("Mandatory"): _("yes") if version.mandatory else _("no"),
        _("Levels"): capfirst(", ".join(version.level_names)),
        _("Due from gate"): str(Gate(version.from_gate).label),
        _("Workspaces required below"): capfirst(", ".join(version.required_names)),
        _("Document template"): template.attachment()["name"] + f" ({template.number})" if template else "",
        _("Checkpoint"): [_checkpoint_row(checkpoint) for checkpoint in version.checkpoints.all()],
    }


def _checkpoint_row(checkpoint: StandardCheckpoint) -> dict[str, str]:
    """Return a checkpoint as a comparable row: text, then how it is answered."""
    notes = [
        str(_("computed: %(what)s") % {"what": Computed(checkpoint.computed).label}) if checkpoint.computed else ""
    ]
    notes.append("" if checkpoint.waivable else _("takes no waiver"))
    return {"title": checkpoint.text, "description": "\n".join(filter(None, notes))}
