"""Form of a monthly review."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField, label_choices
from pmo.steering.reviews.words import Rhythm, Word
from projects.enums import Level
from projects.models import Project

#: Limits: projects listed to choose from, and questions typed.
MOST_PROJECTS, MOST_ASKED = 200, 40
QUESTION = re.compile(r"question-([0-9]{1,2})")


class ReviewForm(forms.Form):
    """Choose the projects to review, and ask further questions, each about one of them.

    On a portfolio, a review of the quarter or the year has a word on each project below. Posted with `add_question` it
    has one more empty row. `asked` are the (code, text) of the questions.
    """

    chosen = forms.MultipleChoiceField(
        label=_("Projects"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one project.")},
    )

    def __init__(self, data: Any = None, *, project: Project, projects: list[Project]) -> None:
        listed = projects[:MOST_PROJECTS]
        super().__init__(data, initial={"chosen": [row.code for row in listed]})
        self.root = project.code
        options = [(row.code, f"{row.code} · {row.title}") for row in listed]
        self.fields["chosen"].choices = options  # type: ignore[attr-defined]
        if len(projects) > len(listed):
            self.fields["chosen"].help_text = _(
                "The first %(n)d of %(all)d are listed. The others have their place in the review of their programme."
            ) % {"n": len(listed), "all": len(projects)}
        self.below = [row for row in listed if row.pk != project.pk] if project.level == Level.PORTFOLIO else []
        if self.below:
            rhythm = forms.ChoiceField(label=_("Review"), choices=Rhythm.choices, initial=Rhythm.MONTH)
            self.fields = {"rhythm": rhythm} | self.fields
        for row in self.below:
            label = _("Word on %(project)s") % {"project": f"{row.code} · {row.title}"}
            choices = [("", "—"), *label_choices(Word.choices)()]
            self.fields[f"word-{row.code}"] = forms.ChoiceField(label=label, choices=choices, required=False)
        self.is_one_more = data is not None and "add_question" in data
        self.count = _count_rows(data) + self.is_one_more
        if self.root not in dict(options):
            options.insert(0, (self.root, f"{self.root} · {project.title}"))
        for number in range(min(self.count, MOST_ASKED)):
            label = _("Question %(number)s") % {"number": number + 1}
            if len(options) > 1:
                label = gettext("Question")
                about = forms.ChoiceField(label=_("Project"), choices=options, initial=self.root)
                self.fields[f"about-{number}"] = about
            self.fields[f"question-{number}"] = ProseField(label=label, rows=2, required=False)

    def list_rows(self) -> Iterator[tuple[forms.BoundField | None, forms.BoundField]]:
        """Yield the fields of each question: the project it is about, if there are several, and its text."""
        for number in range(min(self.count, MOST_ASKED)):
            about = f"about-{number}"
            yield self[about] if about in self.fields else None, self[f"question-{number}"]

    def list_words(self) -> Iterator[forms.BoundField]:
        """Yield the fields of the words on the projects below."""
        for row in self.below:
            yield self[f"word-{row.code}"]

    @property
    def may_add(self) -> bool:
        """Return whether the form takes one more question."""
        return self.count < MOST_ASKED

    def clean(self) -> dict[str, Any]:
        """Return the chosen projects and the questions. Refuse one about a project that is not reviewed."""
        typed: dict[str, Any] = super().clean() or {}
        chosen, asked = typed.get("chosen", []), []
        if self.count > MOST_ASKED:
            self.add_error(None, _("Ask at most %(n)d questions.") % {"n": MOST_ASKED})
        for number in range(min(self.count, MOST_ASKED)):
            about, text = typed.get(f"about-{number}") or self.root, typed.get(f"question-{number}", "")
            if text and about != self.root and about not in chosen:
                self.add_error(f"about-{number}", gettext("Select a project of this review."))
            elif text:
                asked.append((about, text))
        if not self.below:
            return {"chosen": chosen, "asked": asked}
        words = {row.code: typed.get(f"word-{row.code}", "") for row in self.below}
        rhythm = typed.get("rhythm", Rhythm.MONTH)
        if rhythm != Rhythm.MONTH:
            for code, word in words.items():
                if not word:
                    self.add_error(f"word-{code}", gettext("Select a word on %(project)s.") % {"project": code})
            if not {*words} <= {*chosen}:
                self.add_error("chosen", gettext("A review of the quarter or the year covers every project below."))
        return {"chosen": chosen, "asked": asked, "rhythm": rhythm, "words": words}


def _count_rows(data: Any) -> int:
    """Return the number of rows that were posted, 1 at least."""
    numbers = [int(match[1]) for name in data or () if (match := QUESTION.fullmatch(name))]
    return max(numbers, default=0) + 1
