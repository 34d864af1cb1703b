"""The directory as a file: the people that the page lists, one on each row."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.tables.writer import as_csv, as_xlsx
from projects.people.accounts.queries import ACTIVE, CLOSED, INVITED, state_of
from roles.models import User

STATE_LABELS = {
    ACTIVE: pgettext_lazy("account", "Active"),
    INVITED: gettext_lazy("Invited"),
    CLOSED: pgettext_lazy("account", "Closed"),
}
INVITATION_FAILED = gettext_lazy("Invited, email not sent")
NOT_INVITED = gettext_lazy("Not invited yet")
WIDTHS = (28, 34, 30, 34, 12, 24, 14, 12)
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def label_account(person: Any) -> Any:
    """Return the state of an account of `list_people`, and whether its invitation is for later, or failed to leave."""
    state = state_of(person)
    if state == INVITED and not (person.was_invited or person.is_staff or person.external_id):
        return NOT_INVITED
    return INVITATION_FAILED if state == INVITED and person.mail_failed else STATE_LABELS[state]


def write_people(kind: str, people: Iterable[Any]) -> tuple[bytes, str]:
    """Return the file of this kind, "csv" or "xlsx", and its content type."""
    if kind == "csv":
        return as_csv(_list_headers(), _list_rows(people)), "text/csv; charset=utf-8"
    return as_xlsx(_("People"), _list_headers(), _list_rows(people), widths=WIDTHS, frozen=1), XLSX_TYPE


def _list_headers() -> list[str]:
    return [
        _("Full name"),
        _("Email address"),
        _("Title or position"),
        _("Organisation"),
        _("Language"),
        _("Account"),
        _("Administrator"),
        _("Roles"),
    ]


def _list_rows(people: Iterable[Any]) -> Iterator[list[str]]:
    for person in people:
        yield [
            person.name,
            person.email,
            person.title,
            str(person.organisation or ""),
            User.Language(person.language).label if person.language else "",
            str(label_account(person)),
            _("Yes") if person.is_staff else _("No"),
            str(person.roles_held),
        ]
