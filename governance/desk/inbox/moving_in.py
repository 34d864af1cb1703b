"""Steps of moving in, for administrators: what is left to do after the set-up, with its state."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import Text, can
from governance.decide.decisions.models import Decision
from governance.desk.inbox.models import Snooze
from governance.record.notary.models import Checkpoint
from projects.enums import Level
from projects.models import Notification, Project
from projects.organisation_settings.queries import organisation
from projects.organisation_settings.sections import SIGN_IN
from projects.people.accounts.queries import ACTIVE, BY_STATE, LINKED
from roles.models import INSTALLATION, User

MAIL, PEOPLE, PROJECT, FACTOR, BACKUP, NOTARY = "mail", "people", "project", "second_factor", "backup", "notary"
NAMES = (MAIL, PEOPLE, PROJECT, FACTOR, BACKUP, NOTARY)
#: A step is put away for good: as a snooze that no night deletes.
FOR_GOOD = date.max
PREFIX = "moving_in-"


@dataclass(frozen=True)
class Step:
    """One step: what is to be done, its state, and the page where it is done, if there is one.

    `detail` is a fingerprint or the like. `by_hand`: Ouvrage cannot see that it is done, an administrator says so.
    """

    name: str
    title: Text
    state: Text
    url: str = ""
    action: Text = ""
    is_done: bool = False
    detail: str = ""
    by_hand: bool = False
    is_put_away: bool = False

    @property
    def is_left(self) -> bool:
        """Return whether it is still to be done."""
        return not self.is_done and not self.is_put_away


@dataclass(frozen=True)
class MovingIn:
    """The steps that are not put away, and how many are."""

    steps: list[Step]
    put_away: int

    @property
    def left(self) -> int:
        """Return how many are still to be done."""
        return sum(step.is_left for step in self.steps)


def read_moving_in(user: User) -> MovingIn | None:
    """Return the steps for an administrator; None once none is left. One query, four while one is left."""
    if not can(user, "projects.edit_settings"):
        return None
    away = list_put_away(user)
    if away >= {*NAMES}:
        return None
    steps = list_steps(user, away)
    if not any(step.is_left for step in steps):
        return None
    return MovingIn([step for step in steps if not step.is_put_away], len(away))


def key_of(name: str) -> str:
    """Return the key of a step among the tasks that are snoozed."""
    return f"{PREFIX}{name}"


def list_put_away(user: User) -> set[str]:
    """List the names of the steps that `user` has put away. One query."""
    rows = Snooze.objects.filter(person=user, task__in=[key_of(name) for name in NAMES])
    return {task.removeprefix(PREFIX) for task in rows.values_list("task", flat=True)}


def list_steps(user: User, away: set[str]) -> list[Step]:
    """List all steps in their order. Three queries."""
    others = User.objects.exclude(email=INSTALLATION).exclude(pk=user.pk).filter(is_active=True)
    counts = others.annotate(is_linked=LINKED).aggregate(
        invited=Count("pk"), joined=Count("pk", filter=BY_STATE[ACTIVE])
    )
    opened = Project.objects.exclude(level=Level.ORGANISATION)
    count = opened.count()
    facts: Any = User.objects.filter(pk=user.pk).values(
        left=Exists(Notification.objects.filter(mailed_at__isnull=False)),
        failed=Exists(Notification.objects.failed()),
        decided=Exists(Decision.objects.all()),
        newest_key=Subquery(Checkpoint.objects.order_by("-number").values("public_key")[:1]),
    )[0]
    parts: tuple[dict[str, Any], ...] = (
        _mail(facts["left"], facts["failed"]),
        _people(counts["invited"], counts["joined"], decided=facts["decided"]),
        _project(count),
        _second_factor(),
        _backup(),
        _notary(facts["newest_key"]),
    )
    return [Step(name, is_put_away=name in away, **part) for name, part in zip(NAMES, parts, strict=True)]


def _mail(left: bool, failed: bool) -> dict[str, Any]:
    if failed:
        state, page = _("Some emails failed to leave."), "failed_mails"
    else:
        state = _("Emails leave.") if left else _("No email has left yet.")
        page = "projects:organisation_settings:mail_test"
    return {
        "title": _("Check that emails leave"),
        "state": state,
        "url": reverse(page),
        "action": _("Read why") if failed else _("Send a test email"),
        "is_done": left and not failed,
    }


def _people(invited: int, joined: int, *, decided: bool) -> dict[str, Any]:
    """Describe the people; from the first decision on, an invitation that waits is no step of moving in."""
    words = ngettext(
        "%(joined)s of %(n)s person invited has signed in.",
        "%(joined)s of %(n)s people invited have signed in.",
        invited,
    )
    return {
        "title": _("Invite people"),
        "state": words % {"joined": joined, "n": invited} if invited else _("Nobody is invited yet."),
        "url": reverse("projects:people:person_list" if invited else "projects:people:person_invite"),
        "action": _("Open the list of people") if invited else _("Invite a person"),
        "is_done": invited > 0 and (decided or joined == invited),
    }


def _project(count: int) -> dict[str, Any]:
    words = ngettext("%(n)s is open.", "%(n)s are open.", count)
    return {
        "title": _("Open the first portfolio or project"),
        "state": words % {"n": count} if count else _("None is open yet."),
        "url": reverse("projects:opening:project_open"),
        "action": _("Open a project"),
        "is_done": count > 0,
    }


def _second_factor() -> dict[str, Any]:
    settings = organisation()
    if settings.requires_factors:
        state = _("A second factor is required of: %(people)s.") % {"people": settings.get_second_factor_display()}
    else:
        state = _("No account has to have one. Owners and administrators should.")
    return {
        "title": _("Require a second factor"),
        "state": state,
        "url": SIGN_IN.url,
        "action": _("Open the settings"),
        "is_done": settings.requires_factors,
    }


def _backup() -> dict[str, Any]:
    return {
        "title": _("Save the server every night, and try a restore"),
        "state": _("Ouvrage cannot see the dumps. The commands deploy/ouvrage backup and restore make and read them."),
        "by_hand": True,
    }


def _notary(key: bytes | None) -> dict[str, Any]:
    if key is None:
        state = _("The notary has signed no checkpoint yet.")
        return {
            "title": _("Keep the public key of the notary elsewhere"),
            "state": state,
            "url": reverse("system_state"),
            "action": _("Open the state of the system"),
        }
    return {
        "title": _("Keep the public key of the notary elsewhere"),
        "state": _("Write it down where the administrator of the database cannot change it:"),
        "detail": bytes(key).hex(),
        "by_hand": True,
    }
