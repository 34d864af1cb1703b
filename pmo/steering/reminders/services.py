"""Act of reminding the holders of a role of an open obligation."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.acts import act, act_time
from governance.decide.obligations.queries import load_obligations
from governance.desk.inbox.obligations import is_due
from pmo.enums import Act, Reason
from pmo.steering.dashboards.obligations import Obligation, build_of_duty, list_obligations
from pmo.steering.dashboards.scope import Scope
from pmo.steering.reminder_rows.models import Reminder
from projects.ledger.models import LedgerEvent
from projects.models import Project
from projects.notices.services import notify
from projects.organisation_settings.queries import organisation, today
from projects.seats.mandates.events import record_in_role
from projects.seats.mandates.holders import holders
from roles.models import User


class RemindedToday(Exception):
    """A reminder of this obligation was sent today."""


@dataclass(frozen=True)
class Notice:
    """The subject of the notice: the obligation, and the page where it is fulfilled."""

    obligation: Obligation

    @property
    def reference(self) -> str:
        """Return its source."""
        return self.obligation.source

    @property
    def title(self) -> str:
        """Return what is to be done."""
        return self.obligation.text

    def get_absolute_url(self) -> str:
        """Return the page of the obligation."""
        return self.obligation.href


@act("pmo.remind", on="project")
def remind(*, actor: User, project: Project, key: str) -> Reminder:
    """Remind the holders of the role of the open obligation `key`. Raises RemindedToday.

    Raises ValidationError without such an obligation, and when nobody but the actor holds its role.
    """
    day = today()
    found = find_obligation(project, key)
    if found is None:
        raise ValidationError(_("This obligation is no longer open."))
    people = [mandate.holder for mandate in holders(project, found.role) if mandate.holder_id != actor.pk]
    if not people:
        raise ValidationError(_("No other person has the role %(role)s."), params={"role": found.role})
    if Reminder.objects.filter(project=project, key=key, day=day).exists():
        raise RemindedToday
    sent = Reminder.objects.create(
        project=project, key=key, role=found.role, day=day, reminded_by=actor, acted_at=act_time()
    )
    event = record_in_role(Act.REMIND, sent, project=project, detail=found.role, key=key)
    _tell(event, key, people)
    return sent


def _tell(event: LedgerEvent, key: str, people: Iterable[User]) -> None:
    """Notify each of these people in their own language: the notice keeps the words of the obligation."""
    by_language: dict[str, list[User]] = {}
    for person in people:
        by_language.setdefault(person.language or organisation().language, []).append(person)
    for language, readers in by_language.items():
        with override(language):
            if found := find_obligation(event.project, key):
                notify(event=event, reason=Reason.OBLIGATION_REMINDED, about=Notice(found), people=readers)


def find_obligation(project: Project, key: str) -> Obligation | None:
    """Return the open obligation of this key, or None."""
    return next((row for row in _list_open(project) if row.key == key), None)


def _list_open(project: Project) -> Iterator[Obligation]:
    """List the open obligations, then those of proposals, which have tasks of their own."""
    scope = Scope(project, Project.objects.filter(pk=project.pk), today())
    yield from list_obligations(scope)
    kind = _("responsibility")
    yield from (build_of_duty(row, kind) for row in load_obligations(project) if is_due(row, scope.today))
