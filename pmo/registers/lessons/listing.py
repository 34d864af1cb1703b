"""List of lessons learned, of one project or of all that the reader sees: columns, order and filters."""

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.lists.columns import Column, rank
from core.lists.filters import Asked, Filter, read_filters
from core.lists.pages import Listing
from pmo.registers.lessons.enums import Family
from pmo.registers.lessons.models import LessonQuerySet


def build_listing(lessons: LessonQuerySet, query: QueryDict, *, everywhere: bool = False) -> tuple[Listing, Asked]:
    """Build the list of these lessons that the query string asks for, the newest first, and what it asks for.

    Words are searched for without their endings, in French and in English.
    """
    asked = read_filters(query, [Filter("family", _("All families"), Family.choices)])
    found = lessons.matching(asked.words) if asked.words else lessons
    listing = Listing(
        rows=asked.narrow(found),
        among=lessons,
        columns=_list_columns(everywhere=everywhere),
        query=query,
        sort="-raised",
        load=lambda rows: rows.defer("words").select_related("project", "raised_by"),
        chips=asked.chips,
    )
    return listing, asked


def _list_columns(*, everywhere: bool) -> list[Column]:
    project = Column("project", _("Project"), lambda lesson: lesson.project.code, "project__code")
    return [
        Column("title", _("Title"), lambda lesson: lesson.title, "title", head=True),
        *([project] if everywhere else []),
        Column(
            "family",
            _("Family"),
            lambda lesson: capfirst(lesson.get_family_display()),
            rank("family", Family.values),
        ),
        Column("context", _("What happened"), lambda lesson: lesson.context, "context"),
        Column("lesson", _("What it taught"), lambda lesson: lesson.lesson, "lesson"),
        Column("recommendation", _("What to do next time"), lambda lesson: lesson.recommendation, "recommendation"),
        Column("role", _("Role"), lambda lesson: lesson.raised_by_role, "raised_by_role"),
        Column("raised", _("Added"), lambda lesson: lesson.raised_at, "raised_at", numeric=True),
    ]
