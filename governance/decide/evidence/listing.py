"""List of the documents of a project with their newest version: columns, order and filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Func, JSONField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from core.pages.lists.columns import Column
from core.pages.lists.filters import Asked, Filter, read_filters
from core.pages.lists.pages import Listing
from core.record.erasure import display_text
from core.sql.subqueries import count_rows
from governance.decide.decisions.models import Decision
from governance.decide.evidence.seals import SealedVersion, with_seals
from projects.models import Document, DocumentVersion, Project

_NEWEST = DocumentVersion.objects.filter(document=OuterRef("pk")).order_by("-number")
_ITEM = JSONObject(item=Concat(Value("document:"), Cast(OuterRef("pk"), CharField())))
_SEALING = Decision.objects.filter(
    project=OuterRef("project"),
    file__contains=Func(_ITEM, function="jsonb_build_array", output_field=JSONField()),
)


@dataclass(frozen=True)
class Row:
    """A document with its versions, newest first."""

    document: Document
    versions: list[SealedVersion]

    @property
    def pk(self) -> int:
        """Return the primary key of the document."""
        return self.document.pk

    @property
    def newest(self) -> DocumentVersion:
        """Return the version in use."""
        return self.versions[0].version

    @property
    def references(self) -> str:
        """Return the references of the decisions that sealed a version."""
        return ", ".join(dict.fromkeys(seal.decision.reference for kept in self.versions for seal in kept.seals))


def build_listing(project: Project, query: QueryDict, *, may_replace: bool) -> tuple[Listing, Asked]:
    """Build the list of documents that the query string asks for, the newest first, and what it asks for."""
    among = project.documents.annotate(
        file_name=_of_newest("file_name"), added_by=_of_newest("added_by__name"), sealing=count_rows(_SEALING)
    )
    sealed = [("yes", _("Sealed by a decision")), ("no", _("Not sealed by a decision"))]
    asked = read_filters(query, [Filter("sealed", _("Sealed or not"), sealed, _is_sealed)])
    listing = Listing(
        rows=asked.narrow(among, ("name", "file_name", "added_by")),
        among=among,
        columns=_list_columns(project.language, may_replace=may_replace),
        query=query,
        sort="-added",
        build=_build_rows,
        chips=asked.chips,
    )
    return listing, asked


def _is_sealed(value: str) -> Q:
    return Q(sealing__gt=0) if value == "yes" else Q(sealing=0)


def _of_newest(field: str) -> Subquery:
    """Return a subquery of a field of the newest version."""
    return Subquery(_NEWEST.values(field)[:1])


def _build_rows(documents: Sequence[Document]) -> list[Row]:
    return [Row(document, versions) for document, versions in with_seals(list(documents))]


def _list_columns(lang: str, *, may_replace: bool) -> list[Column]:
    def draw(template: str) -> Any:
        return lambda row: render_to_string(template, {"row": row, "language": lang, "may_replace": may_replace})

    return [
        Column(
            "name",
            _("Document"),
            lambda row: display_text(row.document.name),
            "name",
            html=draw("governance/decide/evidence/_document_name.html"),
            head=True,
        ),
        Column(
            "version",
            _("Version"),
            lambda row: row.newest.number,
            _of_newest("number"),
            html=draw("governance/decide/evidence/_document_versions.html"),
            card=True,
        ),
        Column("file", _("File"), lambda row: display_text(row.newest.file_name), "file_name", usual=False),
        Column(
            "size",
            _("Size"),
            lambda row: row.newest.size,
            _of_newest("size"),
            html=lambda row: filesizeformat(row.newest.size),
            numeric=True,
            usual=False,
        ),
        Column("added_by", _("Added by"), lambda row: str(row.newest.added_by), "added_by", usual=False),
        Column(
            "added",
            _("Added"),
            lambda row: row.newest.acted_at,
            _of_newest("acted_at"),
            html=draw("governance/decide/evidence/_document_added.html"),
            card=True,
        ),
        Column(
            "decisions",
            _("Decisions"),
            lambda row: row.references or None,
            "sealing",
            html=draw("governance/decide/evidence/_document_decisions.html"),
        ),
        Column(
            "fingerprint",
            _("Fingerprint"),
            lambda row: row.newest.sha256,
            _of_newest("sha256"),
            html=lambda row: row.newest.sha256[:12],
            css="mono",
            usual=False,
        ),
    ]
