"""State of a baseline as its documents tell it on top and in each footer: in force or not, and by which decision."""

import hashlib
from dataclasses import dataclass

from django.utils.translation import gettext as _

from amoa.requirements.baselines import build_term, map_effects
from amoa.requirements.models import RequirementBaseline, get_baseline_in_force
from core.record.erasure import display_name
from core.words.dates import long_day
from governance.enums import Outcome
from governance.models import Decision
from projects.models import Project


@dataclass(frozen=True)
class DocumentState:
    """A sentence in the reader's language, and the decision that approved or refused the baseline, if any."""

    sentence: str
    by: Decision | None

    @property
    def key(self) -> str:
        """Return a short text that differs whenever the sentence does."""
        return hashlib.sha256(self.sentence.encode()).hexdigest()[:12]

    @property
    def mark(self) -> str:
        """Return the word across the pages of what no decision approved; empty otherwise."""
        return "" if self.by else _("DRAFT")


def read_state(project: Project, baseline: RequirementBaseline) -> DocumentState:
    """Return the state of a baseline, with its decision, the day and the signatory. Three queries."""
    effect = map_effects(project).get(str(baseline.number))
    if effect and baseline == get_baseline_in_force(project):
        return _say(_("In force. Approved by decision %(decision)s of %(day)s, signed by %(who)s."), effect.decision)
    if effect:
        words = _("No longer in force. Approved by decision %(decision)s of %(day)s, signed by %(who)s.")
        return _say(words, effect.decision)
    refusals = Decision.objects.filter(project=project, outcome=Outcome.REJECTED).select_related("project")
    refusal = refusals.filter(revision__terms__baseline=build_term(baseline)).order_by("-pk").first()
    if refusal:
        return _say(_("Refused by decision %(decision)s of %(day)s, signed by %(who)s."), refusal)
    return DocumentState(_("Draft. No decision has approved this baseline."), None)


def _say(words: str, by: Decision) -> DocumentState:
    told = {"decision": by.reference, "day": long_day(by.acted_at), "who": display_name(by.signature)}
    return DocumentState(words % told, by)
