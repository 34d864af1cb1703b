"""Import of people: accounts that are invited. The mails leave through the outbox of notices, not in the request."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.access import Text
from core.acts import cached
from core.history import create_many, save_many
from core.record.erasure import is_erased
from projects.imports.registry import Announcement, Batch, Importer, column, register
from projects.ledger.models import LedgerEvent
from projects.organisation_settings.queries import organisation, today
from projects.people.accounts.changes import record_changes
from projects.people.accounts.employers import begin_employments
from projects.people.accounts.forms import InviteForm
from projects.people.accounts.invitations import invite_by_outbox
from projects.people.accounts.names import ensure_same_letters
from projects.people.accounts.services import build_invited, find_organisation
from projects.project.models import Project
from roles.accounts.addresses import LOOKS_TAKEN, address_skeleton
from roles.models import INSTALLATION, Organisation, User

CLOSED, KNOWN, SEEN = "addresses of closed accounts", "names of organisations", "addresses by their skeletons"
#: Fields of an account that a line may change.
CHANGED = ("name", "title", "organisation")
#: Ways to bring people in: with their invitations, or with none until a button sends them all.
NOW, LATER = "now", "later"


def _list_closed_addresses() -> set[str]:
    """List the addresses of closed accounts, and of the installation, in lower case."""
    return {email.lower() for email in User.objects.filter(is_active=False).values_list("email", flat=True)}


def _list_organisations() -> dict[str, str]:
    """Return the names of the organisations by their lower case."""
    return {name.lower(): name for name in Organisation.objects.values_list("name", flat=True)}


def _find_home(name: str) -> Organisation | None:
    """Return the organisation of this name, found or created once per file."""
    return cached((Organisation, name.casefold()), lambda: find_organisation(name))


def _list_skeletons() -> dict[str, str]:
    """Return the addresses of all accounts by what they look like; lines add theirs."""
    return {address_skeleton(email): email.lower() for email in User.objects.values_list("email", flat=True)}


def _ensure_distinct(email: str) -> None:
    """Refuse an address that looks like that of an account, or of a line before."""
    if cached(SEEN, _list_skeletons).setdefault(address_skeleton(email), email) != email:
        raise ValidationError({"email": LOOKS_TAKEN}, code="looks_taken")


class LineForm(InviteForm):
    """An invitation whose organisation is named as it is known; the importer judges its name and address."""

    def list_alike(self, name: str) -> list[User]:
        """Return nobody: no line says that it is another person."""
        return []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["organisation"].required = False

    def clean_organisation(self) -> str:
        """Return the name of the organisation, in the case of a known one."""
        name: str = self.cleaned_data["organisation"]
        return cached(KNOWN, _list_organisations).get(name.lower(), name)


@register
class PeopleImporter(Importer[User]):
    """Open accounts, matched by their address. A line of a new address opens an account and invites its person."""

    name = "people"
    title = _("Import people")
    back_label = _("People")
    back_url_name = "projects:people:person_list"
    permission = "projects.invite"
    of_organisation = True
    most_lines = 2000
    keys = (("email",),)
    addresses = frozenset({"email"})
    fixed = frozenset({"language"})
    synonyms = {"language": {"fr": "french|francaise|fra|fre", "en": "anglais|anglaise|eng"}}
    shown = ("email", "name", "organisation", "language")
    columns = (
        column(
            "email",
            _("Email address"),
            "email|e mail|mail|courriel|mel|adresse mail|adresse email|adresse e mail|adresse electronique|messagerie"
            "|adresse|address",
        ),
        column(
            "name",
            _("Full name"),
            "name|full name|nom|nom complet|nom et prenom|prenom et nom|nom prenom|prenom nom|nom de famille|nom usuel"
            "|last name|surname|family name|personne|person|agent",
        ),
        column("title", _("Title or position"), "title|position|job title|fonction|titre|poste|qualite|emploi|metier"),
        column(
            "organisation",
            _("Organisation"),
            "organisation|organization|company|entity|organisme|societe|structure|entreprise|employeur|etablissement"
            "|entite|direction|service|department|rattachement|unite",
        ),
        column("language", _("Language"), "language|langue|lang"),
    )
    extra = (
        column("first_name", _("First name, joined to the name"), "first name|given name|forename|prenom|prenom usuel"),
    )

    def build_form(self, project: Project) -> LineForm:
        return LineForm()

    def list_rows(self, project: Project) -> Iterable[User]:
        """List the open accounts by name."""
        people = User.objects.filter(is_active=True).exclude(email=INSTALLATION).select_related("organisation")
        return [person for person in people.order_by("name", "pk") if not is_erased(person.name)]

    def get_value(self, row: User, name: str) -> Any:
        if name == "organisation":
            return row.organisation.name if row.organisation else ""
        return getattr(row, name) or (organisation().language if name == "language" else "")

    def prepare(self, cells: dict[str, str]) -> Iterable[tuple[str, Text]]:
        first = cells.pop("first_name", "")
        if first and cells.get("name"):
            cells["name"] = f"{first} {cells['name']}"
        return ()

    def list_ways(self, new: int, total: int) -> Sequence[tuple[str, Text]]:
        """Let the invitations leave now or later, with their number."""
        if not new:
            return ()
        now = ngettext("Import, and send %(n)s invitation", "Import, and send %(n)s invitations", new) % {"n": new}
        return (LATER, _("Import, and invite later")), (NOW, now)

    def announce(self, lines: Iterable[Mapping[str, Any]]) -> Sequence[Announcement]:
        known = cached(KNOWN, _list_organisations)
        names = [line.get("organisation") or "" for line in lines]
        new = {name.casefold(): name for name in reversed(names) if name and name.lower() not in known}
        return [Announcement(_("New organisations"), sorted(new.values(), key=str.casefold))] if new else []

    def ensure_line(self, actor: User, project: Project, fields: Mapping[str, Any], row: User | None) -> None:
        """Refuse the address of a closed account, which is not among the rows, and what looks like somebody else's."""
        if row is None and fields.get("email", "").lower() in cached(CLOSED, _list_closed_addresses):
            raise ValidationError({"email": _("The account with this address is closed.")})
        if row is None:
            _ensure_distinct(fields["email"].lower())
        if "name" in fields:
            ensure_same_letters(fields["name"], row)

    def create(self, batch: Batch, fields: dict[str, Any]) -> User:
        """Build an account without a password."""
        return build_invited(**fields | {"organisation": _find_home(fields["organisation"])})

    def change(self, batch: Batch, row: User, fields: dict[str, Any]) -> None:
        """Add what the account is to say of its person to the batch."""
        if "organisation" in fields:
            fields = fields | {"organisation": _find_home(fields["organisation"])}
        batch.changed.append((row, fields))

    def store(self, batch: Batch, created: list[User]) -> None:
        """Write the accounts at once, with one version each by the actor of the act."""
        people = User.objects.select_for_update(of=("self",)).select_related("organisation")
        locked = people.in_bulk([row.pk for row, _fields in batch.changed])
        moves = [
            (locked[row.pk], locked[row.pk].organisation, fields["organisation"])
            for row, fields in batch.changed
            if "organisation" in fields
        ]
        begin_employments(batch.actor, moves, today())
        for row, fields in batch.changed:
            for name, value in fields.items():
                setattr(locked[row.pk], name, value)
        create_many(created)
        save_many(list(locked.values()), CHANGED)

    def conclude(self, batch: Batch, event: LedgerEvent, created: list[User]) -> None:
        """Leave the invitations to the worker unless they are for later, and tell the others what changed of them."""
        if batch.way != LATER:
            invite_by_outbox(event, created)
        record_changes(batch.actor, batch.project, batch.changed)
