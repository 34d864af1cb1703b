"""A condition as the subject of a notice, which leads to it in the dossier."""

from dataclasses import dataclass

from core.erasure import display_text
from governance.decide.decisions.models import Condition

#: Most characters of a condition in a notice.
LONGEST = 200


@dataclass(frozen=True)
class ConditionNotice:
    """A condition as the subject of a notice."""

    condition: Condition

    @property
    def reference(self) -> str:
        """Return the reference of its decision."""
        return self.condition.decision.reference

    @property
    def title(self) -> str:
        """Return its text."""
        return display_text(self.condition.text)[:LONGEST]

    def get_absolute_url(self) -> str:
        """Return its address in the dossier."""
        return f"{self.condition.decision.dossier_address}#condition-{self.condition.pk}"
