"""Put tasks off and take them back. It is a view of one's own list: nothing of any project changes."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from governance.desk.inbox.models import Snooze
from governance.desk.inbox.moving_in import FOR_GOOD, NAMES, key_of
from governance.desk.inbox.queries import MOST_SNOOZED
from governance.desk.inbox.task import Task
from projects.organisation_settings.queries import today
from roles.models import User


def snooze(*, person: User, task: Task, until: date) -> None:
    """Leave a task out of the list of `person` until that day.

    Raises ValidationError on a day that is not to come, on one after the last day of a task that only they can do, and
    beyond MOST_SNOOZED ("until").
    """
    day = today()
    if until <= day:
        raise ValidationError({"until": _("Select a day after today.")})
    if task.kind.is_own and task.due and until > task.due:
        message = _("Only you can do this task. Select a day up to its due date.")
        raise ValidationError({"until": message})
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        Snooze.objects.past(day).filter(person=person).delete()
        others = Snooze.objects.filter(person=person, until__lt=FOR_GOOD).exclude(task=task.key).count()
        if others >= MOST_SNOOZED:
            raise ValidationError({"until": _("You have snoozed %(n)s tasks already.") % {"n": others}})
        Snooze.objects.update_or_create(person=person, task=task.key, defaults={"until": until})


def unsnooze(*, person: User, task: Task) -> None:
    """Show a task in the list of `person` again."""
    Snooze.objects.filter(person=person, task=task.key).delete()


def put_away(*, person: User, name: str) -> None:
    """Leave a step of moving in out of the home of `person` for good. Raises ValidationError on an unknown one."""
    if name not in NAMES:
        raise ValidationError(_("This step does not exist."))
    Snooze.objects.update_or_create(person=person, task=key_of(name), defaults={"until": FOR_GOOD})


def show_put_away(*, person: User) -> None:
    """Show the steps of moving in that `person` has put away again."""
    Snooze.objects.filter(person=person, task__in=[key_of(name) for name in NAMES]).delete()
