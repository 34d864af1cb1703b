"""Form of a lesson learned."""

from core.forms import RowForm
from core.pages.register.registers import with_fields
from pmo.registers.lessons.register import LESSONS


@with_fields(LESSONS, *LESSONS.typed)
class LessonForm(RowForm):
    """Describe a lesson: facts, lesson and recommendation."""
