"""Register of lessons learned, of one project or of all that the reader sees."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.pages.register.fields import Choice, Field, Filtered, Line, Listed, Prose
from core.pages.register.registers import Register, Searched, declare
from pmo.registers.lessons.enums import Family
from pmo.registers.lessons.models import LessonLearned


class Lessons(Register):
    """Lessons learned, the newest first."""

    name = "lessons"
    title = _("Lessons learned")
    permission = "pmo.note_lesson"
    list_url = "pmo:lessons:lessons"
    row_url = "pmo:lessons:lesson_edit"
    sort = "-raised"
    searched = Searched(title="title", texts=("context", "lesson", "recommendation"))
    typed = ("title", "family", "context", "lesson", "recommendation")
    fields = (
        Line("title", _("Title"), missing=_("Enter a title."), listed=Listed(head=True)),
        Field(
            "project",
            _("Project"),
            listed=Listed(value=lambda lesson: lesson.project.code, sort=lambda: "project__code"),
        ),
        Choice("family", _("Family"), of=Family, listed=Listed(), filtered=Filtered(_("All families"))),
        Prose("context", _("What happened"), rows=3, optional=True, listed=Listed()),
        Prose(
            "lesson",
            _("What it taught"),
            rows=3,
            missing=_("Describe the lesson learned."),
            help_text=_("Write for readers who do not know the project."),
            listed=Listed(),
        ),
        Prose("recommendation", _("What to do next time"), rows=3, optional=True, listed=Listed()),
        Field("raised_by_role", _("Role"), listed=Listed(name="role")),
        Field("raised_at", _("Added"), listed=Listed(name="raised", numeric=True)),
    )

    def list_of(self, project: Any) -> Any:
        return project.lessons.all()

    def find(self, rows: Any, words: str) -> Any:
        """Return the lessons with these words, without their endings, in French and in English."""
        return rows.matching(words)

    def load(self, rows: Any) -> Any:
        return rows.defer("words").select_related("project", "raised_by")

    def get_name(self, row: LessonLearned) -> str:
        return row.title


LESSONS = declare(Lessons())
