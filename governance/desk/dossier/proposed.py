"""What a proposal says: its text, the files, figures and rows it rests on, and other answers to its question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import get_language

from core.pages.diff import FieldDifference
from governance.decide.decisions.models import Decision
from governance.decide.evidence.attachments import list_attached
from governance.decide.grounds.queries import GroundLine, list_grounds
from governance.decide.kinds.base import Kind, Line, Panel, Place, list_panels, take_snapshots
from governance.decide.kinds.registry import kind_of
from governance.decide.kinds.snapshots import (
    ComparedSnapshot,
    compare_snapshots,
    is_in_reader_language,
    read_snapshots,
    show_snapshots,
)
from governance.decide.opinions.models import Opinion
from governance.decide.proposals.content import ContentModel
from governance.decide.proposals.models import Proposal
from governance.desk.dossier.differences import list_differences
from governance.desk.dossier.options import OptionTable, list_options
from governance.desk.dossier.question import QuestionFile, list_question
from governance.workflow import BEFORE_THE_OWNER
from projects.models import DocumentVersion

ON_THE_DOSSIER = (Place.BEFORE, Place.AFTER)


@dataclass(frozen=True)
class ProposedText:
    """A revision or the working text, with what it rests on and what an approval changes.

    `is_newer` tells its author that the working text is newer than the revision, by `changes`. `question` lists the
    proposals on its question when there are several.
    """

    content: ContentModel
    files: list[DocumentVersion]
    terms: list[Line]
    options: OptionTable
    grounds: list[GroundLine]
    snapshots: list[ComparedSnapshot]
    is_newer: bool = False
    changes: Sequence[FieldDifference] = ()
    question: Sequence[QuestionFile] = ()
    panels: Mapping[str, list[Panel]] = field(default_factory=dict)

    @property
    def is_question_open(self) -> bool:
        """Return whether one of the proposals on its question waits for its answer."""
        return any(file.is_open for file in self.question)


def read_proposed(
    user: Any,
    proposal: Proposal,
    opinions: Sequence[Opinion],
    decision: Decision | None,
    versions: list[DocumentVersion],
    *,
    may_edit: bool,
) -> ProposedText:
    """Read the current revision, else the working text. `opinions` and `decision` are on the current revision."""
    content, kind = proposal.current or proposal.draft, kind_of(proposal.kind)
    is_newer = may_edit and (proposal.current is None or proposal.draft.content() != proposal.current.content())
    return replace(
        read_text(proposal, content, opinions, versions, _build_snapshots(proposal, kind)),
        is_newer=is_newer,
        changes=list_differences(proposal.current, proposal.draft) if is_newer and proposal.current else [],
        question=list_question(proposal),
        panels=list_panels(kind, proposal, decision.content if decision else content, user, ON_THE_DOSSIER),
    )


def read_text(
    proposal: Proposal,
    content: ContentModel,
    opinions: Sequence[Opinion],
    versions: list[DocumentVersion],
    snapshots: list[ComparedSnapshot],
) -> ProposedText:
    """Read a revision or the working text; `versions` are those of its documents."""
    kind, project = kind_of(proposal.kind), proposal.project
    terms = kind.lines(content.terms, project)
    return ProposedText(
        content,
        list_attached(content, versions),
        terms,
        list_options(content, kind, project, terms, opinions),
        list_grounds(content),
        snapshots,
    )


def _build_snapshots(proposal: Proposal, kind: Kind) -> list[ComparedSnapshot]:
    """Return the figures frozen with the current revision, beside the present ones while it waits for its decision.

    A text that is not submitted, or that an earlier release submitted, has the present ones only.
    """
    revision = proposal.current
    frozen = read_snapshots(revision.snapshot, proposal.project.language) if revision else []
    waits = revision is None or proposal.state in BEFORE_THE_OWNER
    language = _find_language(revision.snapshot if revision else [])
    now = take_snapshots(kind, revision or proposal.draft, proposal.project, language) if waits else []
    return compare_snapshots(frozen, now) if frozen else show_snapshots(now)


def _find_language(frozen: list[dict[str, Any]]) -> str:
    """Return the language of the reader, where the frozen figures have it as well; empty for that of the project."""
    return get_language() or "" if is_in_reader_language(frozen) else ""
