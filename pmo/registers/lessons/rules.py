"""Permissions of lessons learned."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person
from pmo.registers.lessons.models import LessonLearned
from projects.seats.mandates.authorities import ROLE_HOLDER, NamedRole, Subject

RAISER = NamedRole(ROLE_HOLDER.label, "raised_by_role")


class LessonAuthor(Authority[Subject]):
    """Grant to every role on a project; on a lesson, to the role that noted it."""

    def holds(self, user: Person, on: Subject | None) -> bool:
        return RAISER.holds(user, on) if isinstance(on, LessonLearned) else ROLE_HOLDER.holds(user, on)

    def holders(self, on: Subject) -> Iterable[Holder]:
        return RAISER.holders(on) if isinstance(on, LessonLearned) else ROLE_HOLDER.holders(on)


PERMISSIONS = (
    Permission(
        "pmo.note_lesson",
        _("add a lesson learned"),
        "R2",
        _("Role holders add lessons learned. The role that added a lesson can edit it."),
        LessonAuthor(ROLE_HOLDER.label),
    ),
)
