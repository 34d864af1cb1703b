"""Content of a decision file: its fields, its options, what a submission needs (R5), and the sealed form."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.record.meaning import is_meaningful
from core.words.characters import REFUSED, code_of, find_hidden

#: Fields a submission needs. Options and impacts have checks of their own (`gaps`).
NEEDED = ("question", "context", "recommended", "recommendation", "risks", "evidence", "decide_by")
IMPACTS = ("impact_scope", "impact_cost", "impact_schedule", "impact_quality", "impact_recipients")
LETTERS = "ABCDEF"
#: Figures that an option may expect, beside its amount.
EXPECTED = ("expected_on", "measure", "expected")


@dataclass(frozen=True)
class Expected:
    """The figures that an option expects beside its amount: a day, and a measure with its value."""

    on: date | None = None
    measure: str = ""
    value: Decimal | None = None

    @classmethod
    def read(cls, option: Mapping[str, Any]) -> "Expected":
        """Read an entry of the options."""
        day, value = option.get("expected_on"), option.get("expected")
        return cls(
            date.fromisoformat(day) if day else None,
            option.get("measure", ""),
            Decimal(value) if value else None,
        )

    def __bool__(self) -> bool:
        return bool(self.on or self.measure)


class ContentModel(models.Model):
    """The content put to the owner.

    `options` is a list of {"title", "description"} with the figures that one expects (EXPECTED); `recommended` is a
    letter A to F. `terms` map the names of the kind (governance/decide/kinds) to strings: what an approval as
    recommended changes. `alternatives` map the letter of another option to {"amount", "terms"}: what approving it
    commits and changes; an option without an entry changes nothing.
    `attachments` is a list of {"document", "version", "name", "sha256"}, `rests_on` one of {"item", "name", "version"}
    (governance.decide.grounds). `binding_authority` names an external authority whose opinion binds the owner.
    """

    #: Set by `choose`: the letter of another option than the recommended one, and whether its approval changes nothing.
    chosen: str = ""
    changes_nothing: bool = False

    ERASABLE = (
        "title",
        "question",
        "context",
        "options",
        "recommendation",
        "impact_scope",
        "impact_cost",
        "impact_schedule",
        "impact_quality",
        "impact_recipients",
        "risks",
        "evidence",
        "attachments",
    )

    title = models.CharField(_("title"), max_length=200)
    question = models.TextField(_("question asked"), blank=True)
    context = models.TextField(_("what is proposed"), blank=True)
    options = models.JSONField(_("options"), default=list, blank=True)
    recommended = models.CharField(_("recommended option"), max_length=1, blank=True)
    recommendation = models.TextField(_("recommendation"), blank=True)
    impact_scope = models.TextField(_("impact on scope"), blank=True)
    impact_cost = models.TextField(_("impact on cost"), blank=True)
    impact_schedule = models.TextField(_("impact on schedule"), blank=True)
    impact_quality = models.TextField(_("impact on quality"), blank=True)
    impact_recipients = models.TextField(_("impact on recipients"), blank=True)
    risks = models.TextField(_("risks"), blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    amount = models.DecimalField(_("committed amount (€)"), max_digits=14, decimal_places=2, null=True, blank=True)
    decide_by = models.DateField(_("latest date for deciding"), null=True, blank=True)
    terms = models.JSONField(_("what an approval changes"), default=dict, blank=True)
    attachments = models.JSONField(_("evidence files"), default=list, blank=True)
    opinions_by = models.DateField(_("opinions expected by"), null=True, blank=True)
    rests_on = models.JSONField(_("grounds"), default=list, db_default=[], blank=True)
    binding_authority = models.CharField(_("authority whose opinion binds"), max_length=200, blank=True)
    alternatives = models.JSONField(_("what the other options change"), default=dict, db_default={}, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @classmethod
    def content_fields(cls) -> list[str]:
        """List the names of the content fields in reading order."""
        return [field.name for field in ContentModel._meta.get_fields()]

    def content(self) -> dict[str, Any]:
        """Return the content by field name."""
        return {name: getattr(self, name) for name in self.content_fields()}

    def plain_content(self) -> dict[str, Any]:
        """Return the content in its sealed form: a missing amount or date is an empty string."""
        return {name: _to_plain(value) for name, value in self.content().items()}

    def lettered_options(self) -> list[dict[str, Any]]:
        """List the options with their letter, and whether each is recommended."""
        return [
            {**option, "letter": letter, "recommended": letter == self.recommended}
            for letter, option in zip(LETTERS, self.options, strict=False)
        ]

    @property
    def letters(self) -> list[str]:
        """List the letters of its options, in order."""
        return list(LETTERS[: len(self.options)])

    def choose(self, letter: str) -> Self:
        """Return the content as an approval of this option takes it, with the amount and terms of that option.

        Without a letter it is the recommended option, whose amount and terms are those of the content itself.
        """
        if letter in {"", self.recommended}:
            return self
        chosen, own = copy(self), self.alternatives.get(letter)
        chosen.chosen, chosen.changes_nothing = letter, own is None
        chosen.amount = Decimal(own["amount"]) if own and own["amount"] else None
        chosen.terms = own["terms"] if own else {}
        return chosen

    @property
    def expected(self) -> Expected:
        """Return the figures that the option expects which `choose` took, else the recommended one."""
        return Expected.read(self.options[LETTERS.index(self.chosen or self.recommended)])

    @property
    def option_title(self) -> str:
        """Return letter and title of the option that `choose` took, else of the recommended one."""
        letter = self.chosen or self.recommended
        return f"{letter}. {self.options[LETTERS.index(letter)]['title']}"

    def impacts(self) -> list[tuple[str, str]]:
        """List the (label, text) of each impact in reading order; the text may be empty."""
        return [
            (str(field.verbose_name), getattr(self, field.name)) for field in self._meta.fields if field.name in IMPACTS
        ]

    def gaps(self) -> dict[str, str]:
        """Return what a submission still lacks (R5): field name → instruction."""
        gaps = {
            name: message
            for name, message in (
                ("title", _("Enter a title for the proposal.")),
                ("question", _("State the question the owner is to answer, in one sentence.")),
                ("context", _("Describe what is proposed.")),
                ("recommendation", _("Enter the reasons for the option you recommend.")),
                ("risks", _("Describe the risks, or write “none”.")),
            )
            if not is_meaningful(getattr(self, name))
        }
        if len(self.options) < 2:
            gaps["options"] = _("Describe at least two options. Doing nothing can be one.")
        elif not all(is_meaningful(option.get("title", "")) for option in self.options):
            gaps["options"] = _("Enter a title for each option.")
        if self.recommended not in LETTERS[: len(self.options)] or not self.recommended:
            gaps["recommended"] = _("Choose the recommended option among those described.")
        if not any(is_meaningful(getattr(self, name)) for name in IMPACTS):
            gaps["impact_scope"] = _("Describe at least one impact.")
        if not is_meaningful(self.evidence) and (self.evidence or not self.attachments):
            gaps["evidence"] = _("Attach a file, or list the evidence, one reference per line.")
        if self.decide_by is None:
            gaps["decide_by"] = _("Enter the latest date for the decision.")
        elif self.opinions_by and self.opinions_by > self.decide_by:
            gaps["opinions_by"] = _("Opinions come before the decision. Enter an earlier date.")
        return {name: str(message) for name, message in gaps.items()} | self._hidden_gaps()

    def _hidden_gaps(self) -> dict[str, str]:
        """Return the gaps of texts with a hidden character, which an earlier release let in."""
        texts = {
            field.name: getattr(self, field.name)
            for field in ContentModel._meta.get_fields()
            if isinstance(field, models.CharField | models.TextField)
        }
        texts["options"] = "\n".join(text for option in self.options for text in option.values())
        others = {f"options {name}": text for own in self.alternatives.values() for name, text in own["terms"].items()}
        every = texts | self.terms | others
        found = {name.split()[0]: hidden for name, text in every.items() if (hidden := find_hidden(str(text)))}
        return {
            name: str(REFUSED % {"code": code_of(hidden[0]), "place": hidden.start() + 1})
            for name, hidden in found.items()
        }


def _to_plain(value: Any) -> Any:
    if isinstance(value, (str, list, dict)):
        return value
    if isinstance(value, Decimal | int):
        return f"{value:.2f}"
    return "" if value is None else str(value)
