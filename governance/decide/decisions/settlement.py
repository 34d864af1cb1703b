"""What an approval answers in the owner's words.

Entry criteria that are not met, what is open at the closing, and the other proposals on the same question.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core.acts import is_back_entry
from core.record.erasure import display_text
from core.record.meaning import is_meaningful
from governance.decide.kinds.base import Demand
from governance.decide.kinds.registry import kind_of
from governance.decide.proposals.models import Proposal, ProposalRevision
from governance.enums import Settled
from projects.enums import AT_REST
from projects.models import Mandate, Project
from roles.models import User

#: Mandates offered at most.
MOST = 1000


@dataclass(frozen=True)
class Settlement:
    """The owner's word on a demand: why, what becomes of an item, the project it goes to, and who takes it over."""

    because: str
    fate: str = Settled.WITHOUT
    into: str = ""
    holder: User | None = None


class Unanswered(Exception):
    """A demand has no valid word of the owner; `gaps` maps a field of the answer to a message."""

    def __init__(self, gaps: dict[str, str]) -> None:
        super().__init__(", ".join(gaps))
        self.gaps = gaps


def list_demands(proposal: Proposal, content: ProposalRevision) -> list[Demand]:
    """List what approving this content, an option, must answer now; nothing when it is entered afterwards."""
    return [] if is_back_entry() else list_every_demand(proposal, content)


def list_every_demand(proposal: Proposal, content: ProposalRevision) -> list[Demand]:
    """List what approving this content answers at the time of the act, whether it must or may."""
    rivals = list_rival_demands(proposal)
    if content.changes_nothing:
        return rivals
    kind = kind_of(proposal.kind)
    found = [demand for behaviour in (kind, *kind.additions) for demand in behaviour.demands(content, proposal.project)]
    return [*found, *rivals]


def list_rival_demands(proposal: Proposal) -> list[Demand]:
    """List the other open proposals on its question: an approval closes them, each with a word (ADR 55)."""
    return [
        Demand(
            rival_key(rival),
            _("%(reference)s, by the %(role)s") % {"reference": rival.reference, "role": rival.author_role},
            _describe_rival(rival),
            is_rival=True,
        )
        for rival in proposal.open_rivals()
    ]


def rival_key(rival: Proposal) -> str:
    """Return the key of the word on another proposal on the question, which the database looks for."""
    return f"proposal-{rival.pk}"


def _describe_rival(rival: Proposal) -> str:
    """Return its title, and whose opinions on it the owner does not wait for."""
    title = display_text(rival.title)
    if not rival.awaited_roles:
        return title
    roles = ", ".join(sorted(rival.awaited_roles))
    return _("%(title)s. Opinions due: %(roles)s") % {"title": title, "roles": roles}


def list_targets(project: Project, actor: User) -> list[Mandate]:
    """List the mandates that an item may be carried over to: on projects the owner sees that are not at rest."""
    others = Project.objects.visible_to(actor).exclude(pk=project.pk).exclude(state__in=AT_REST)
    seats = Mandate.objects.active().filter(project__in=others.values("pk"))
    return list(
        seats.select_related("project", "role", "holder").order_by("project__code", "role__position", "pk")[:MOST]
    )


def name_target(mandate: Mandate) -> str:
    """Return the text that names a mandate among the targets."""
    return f"{mandate.project.code} · {mandate.role.code} · {mandate.holder.name}"


def find_gaps(
    demands: list[Demand], given: Mapping[str, Settlement], targets: set[tuple[str, int | None]]
) -> dict[str, str]:
    """Return a message for each demand without a valid word, by field: its key, `-fate` or `-into`."""
    gaps = {}
    for demand in demands:
        word = given.get(demand.key)
        if word is None or not is_meaningful(word.because):
            gaps[demand.key] = _("Enter the reasons.")
        if demand.fates and (word is None or word.fate not in demand.fates):
            gaps[f"{demand.key}-fate"] = _("Select what happens to it.")
        elif word and word.fate == Settled.CARRIED and (word.into, word.holder and word.holder.pk) not in targets:
            gaps[f"{demand.key}-into"] = _("Select who takes it over, in another project, as suggested.")
    return gaps


def settle(
    proposal: Proposal, content: ProposalRevision, given: Mapping[str, Settlement], actor: User
) -> list[dict[str, Any]]:
    """Return the owner's words as the decision keeps them, with what they are about in the project's language.

    `words` of an entry say it in each other language. What is entered afterwards needs no word; with one it has them
    all. Raises Unanswered.
    """
    take = list_every_demand if given else list_demands
    with translation.override(proposal.project.language):
        demands = take(proposal, content)
    carried = any(given[demand.key].fate == Settled.CARRIED for demand in demands if demand.key in given)
    targets: set[tuple[str, int | None]] = set()
    if carried:
        targets = {(mandate.project.code, mandate.holder_id) for mandate in list_targets(proposal.project, actor)}
    if gaps := find_gaps(demands, given, targets):
        raise Unanswered(gaps)
    entries: list[dict[str, Any]] = [describe(demand, given[demand.key]) for demand in demands]
    others = [code for code, _name in settings.LANGUAGES if code != proposal.project.language]
    for other in others if entries else ():
        with translation.override(other):
            said = {demand.key: demand for demand in take(proposal, content)}
        for entry in entries:
            demand = said[entry["item"]]
            entry.setdefault("words", {})[other] = {"label": demand.label, "text": demand.text}
    return entries


def describe(demand: Demand, word: Settlement) -> dict[str, str]:
    """Return a word with what it is about, as the decision keeps it."""
    fate = word.fate if demand.fates else Settled.WITHOUT
    into = word.into if fate == Settled.CARRIED else ""
    about = {"item": demand.key, "label": demand.label, "text": demand.text}
    said = about | {"fate": str(fate), "because": word.because, "into": into}
    return said | {"group": demand.group.code} if demand.group else said
