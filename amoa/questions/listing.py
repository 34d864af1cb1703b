"""List of the questions about the requirements of a project: columns, order and filters."""

from collections.abc import Container, Sequence
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from amoa.requirements.liaison import list_answerable
from amoa.requirements.question_models import Question
from core.access import Person
from core.pages.lists.columns import Column, in_language, text
from core.pages.lists.filters import Asked, Filter, read_filters
from core.pages.lists.pages import Listing
from core.record.erasure import display_text
from core.templatetags.ui import role_badge
from projects.models import Project

#: Value of `show` for the answered questions as well.
EVERY = "all"
_SEARCHED = ("text", "answer", "requirement__code", "requirement__title", "asked_by__name")


def build_listing(project: Project, user: Person, query: QueryDict, roles: Sequence[str] = ()) -> tuple[Listing, Asked]:
    """Build the list of questions that the query string asks for, the oldest first, and what it asks for.

    Only the open ones are listed unless it asks for all. `roles` are those that are asked.
    """
    asked = read_filters(query, [Filter("asked_of", _("Every role asked"), [(role, role) for role in roles])])
    answerable: set[int] = set()
    among = project.questions.all() if shows_all(query) else project.questions.open()

    def build(questions: Sequence[Question]) -> Sequence[Question]:
        for question in questions:
            question.project = question.requirement.project = project
        answerable.update(list_answerable(list(questions), user))
        return questions

    listing = Listing(
        rows=asked.narrow(among, _SEARCHED),
        among=among,
        columns=_list_columns(project.language, answerable),
        query=query,
        sort="since",
        load=lambda rows: rows.select_related("requirement", "asked_by", "answered_by"),
        build=build,
        chips=asked.chips,
        kept=("show",),
    )
    return listing, asked


def shows_all(query: QueryDict) -> bool:
    """Return whether the query string asks for the answered questions as well."""
    return query.get("show") == EVERY


def _list_columns(lang: str, answerable: Container[int]) -> list[Column]:
    def draw(template: str) -> Any:
        return lambda question: render_to_string(
            template, {"question": question, "may_answer": question.pk in answerable, "language": lang}
        )

    return [
        Column(
            "question",
            _("Question"),
            lambda question: f"{question} {display_text(question.text)}",
            "requirement__code",
            html=draw("amoa/questions/_question_text.html"),
            head=True,
        ),
        Column(
            "requirement",
            _("Requirement"),
            lambda question: display_text(question.requirement.title),
            "requirement__title",
            html=lambda question: in_language(question.requirement.title, lang),
            usual=False,
        ),
        Column(
            "asked_role",
            _("Question from"),
            lambda question: f"{question.asked_role}, {question.asked_by}",
            "asked_role",
            html=_render_asker,
        ),
        Column(
            "asked_of",
            _("Question to"),
            lambda question: question.asked_of,
            "asked_of",
            html=lambda question: role_badge(question.asked_of),
            card=True,
        ),
        Column(
            "since",
            _("Since"),
            lambda question: question.asked_at,
            "asked_at",
            html=draw("amoa/questions/_question_age.html"),
            card=True,
        ),
        Column(
            "answer",
            _("Answer"),
            lambda question: display_text(question.answer),
            text("answer"),
            html=draw("amoa/questions/_question_answer.html"),
            card=True,
        ),
        Column(
            "answered",
            pgettext_lazy("question", "Answered"),
            lambda question: question.answered_at,
            "answered_at",
            numeric=True,
            usual=False,
        ),
    ]


def _render_asker(question: Any) -> SafeString:
    badge = role_badge(question.asked_role)
    return format_html('{}<br><span class="small">{}</span>', badge, question.asked_by)
