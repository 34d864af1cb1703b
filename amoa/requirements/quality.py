"""Gaps of many requirements at once: no need, recipient or criterion, vague words, probable duplicates."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from amoa.requirements.enums import RequirementKind
from amoa.requirements.lint import detect_language, list_ambiguous_words
from amoa.requirements.models import BaselineEntry, Requirement, RequirementBaseline
from core.record.erasure import display_text
from projects.models import Project

#: Value of the state filter of the list: the states that the next baseline includes.
CANDIDATE = "candidate"
#: Share of common words from which two texts are probable duplicates, and the fewest words to compare.
ALIKE, FEWEST = 0.6, 4


class Gap(models.TextChoices):
    """A gap, by its value of the filter `lack` of the list of requirements."""

    NEEDLESS = "needless", _("Without a need")
    UNSERVED = "unserved", _("Without recipients")
    UNCHECKED = "unchecked", _("Without acceptance criteria")
    VAGUE = "vague", _("To reword (vague words)")
    ALIKE = "alike", _("Probable duplicates")


@dataclass(frozen=True)
class Reading:
    """The parts of a requirement that its gaps depend on. `text` is its title and its statement."""

    code: str
    text: str
    is_need: bool
    has_parent: bool
    has_recipients: bool
    has_criteria: bool


@dataclass(frozen=True)
class GapCount:
    """The requirements with one gap, and the address of the list of those that have it now and can be frozen."""

    gap: Gap
    codes: list[str]
    link: str

    @property
    def label(self) -> str:
        """Return the name of the gap."""
        return str(self.gap.label)


def count_gaps(project: Project, readings: Iterable[Reading]) -> list[GapCount]:
    """Count each gap of these requirements of `project`."""
    rows = list(readings)
    found = {
        Gap.NEEDLESS: [row.code for row in rows if not row.is_need and not row.has_parent],
        Gap.UNSERVED: [row.code for row in rows if not row.has_recipients],
        Gap.UNCHECKED: [row.code for row in rows if not row.is_need and not row.has_criteria],
        Gap.VAGUE: list_vague(rows, project.language),
        Gap.ALIKE: list_alike(rows),
    }
    return [GapCount(gap, codes, build_gap_link(project, gap)) for gap, codes in found.items()]


def build_gap_link(project: Project, gap: str) -> str:
    """Return the address of the requirements that have this gap now and can be frozen."""
    query = urlencode({"state": CANDIDATE, "lack": gap})
    return f"{reverse('amoa:requirements:requirement_list', args=[project.code])}?{query}"


def read_requirements(rows: models.QuerySet[Requirement]) -> list[Reading]:
    """Read requirements in their working version, by code. One query."""
    fields = ("code", "title", "statement", "kind", "parent", "recipients", "criteria")
    return [
        Reading(
            code,
            f"{display_text(title)}\n{display_text(statement)}",
            kind == RequirementKind.NEED,
            parent is not None,
            bool(recipients),
            any(criterion["text"].strip() for criterion in criteria),
        )
        for code, title, statement, kind, parent, recipients, criteria in rows.order_by("code").values_list(*fields)
    ]


def read_baseline(baseline: RequirementBaseline) -> list[Reading]:
    """Read the versions of a baseline, by code; the needs they answer are those of now. One query."""
    entries = BaselineEntry.objects.filter(baseline=baseline).order_by("version__requirement__code")
    return [
        Reading(
            content["code"],
            f"{display_text(content['title'])}\n{display_text(content['statement'])}",
            content["kind"] == RequirementKind.NEED,
            parent is not None,
            bool(content["recipients"]),
            any(criterion["text"].strip() for criterion in content["criteria"]),
        )
        for content, parent in entries.values_list("version__content", "version__requirement__parent")
    ]


def list_vague(rows: Iterable[Reading], language: str) -> list[str]:
    """List the codes of requirements with vague words; `language` is that of their project."""
    return [row.code for row in rows if list_ambiguous_words(row.text, detect_language(row.text, language))]


def list_alike(rows: Iterable[Reading]) -> list[str]:
    """List the codes of requirements that share most of their words with another one.

    Only texts that share one of their rarest words are compared: two alike ones do.
    """
    texts = [(row.code, frozenset(re.findall(r"\w+", row.text.lower()))) for row in rows]
    texts = sorted((text for text in texts if len(text[1]) >= FEWEST), key=lambda text: len(text[1]))
    frequency = Counter(word for _code, words in texts for word in words)
    index: defaultdict[str, list[int]] = defaultdict(list)
    alike: set[str] = set()
    for place, (code, words) in enumerate(texts):
        rarest = sorted(words, key=lambda word: (frequency[word], word))
        rarest = rarest[: len(words) - math.ceil(ALIKE * len(words)) + 1]
        for other in {other for word in rarest for other in index[word]}:
            other_code, other_words = texts[other]
            if len(words & other_words) >= ALIKE * len(words | other_words):
                alike |= {code, other_code}
        for word in rarest:
            index[word].append(place)
    return sorted(alike)
