"""Proposals on one question side by side: options, terms, opinions (ADR 55)."""

from dataclasses import dataclass

from governance.decide.kinds.base import Kind
from governance.decide.kinds.registry import kind_of
from governance.decide.opinions.models import Opinion
from governance.decide.proposals.models import Proposal, ProposalRevision
from governance.desk.dossier.options import OptionTable, list_options
from governance.workflow import BEFORE_THE_OWNER


@dataclass(frozen=True)
class QuestionFile:
    """One submitted proposal on the question, with its options and the opinions on its current revision."""

    proposal: Proposal
    revision: ProposalRevision
    options: OptionTable
    opinions: list[Opinion]
    about: Kind
    is_shown: bool

    @property
    def is_open(self) -> bool:
        """Return whether the owner can decide it."""
        return self.proposal.state in BEFORE_THE_OWNER


def list_question(proposal: Proposal) -> list[QuestionFile]:
    """List the proposals on the question of a submitted one, by number; empty when it is alone."""
    rivals = proposal.rivals() if proposal.current else []
    files = sorted([proposal, *rivals], key=lambda file: file.number) if rivals else []
    return [_build_file(file, file.current, is_shown=file.pk == proposal.pk) for file in files if file.current]


def _build_file(file: Proposal, revision: ProposalRevision, *, is_shown: bool) -> QuestionFile:
    kind, opinions = kind_of(file.kind), file.current_opinions()
    terms = kind.lines(revision.terms, file.project)
    options = list_options(revision, kind, file.project, terms, opinions)
    return QuestionFile(file, revision, options, opinions, kind, is_shown)
