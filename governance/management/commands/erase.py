"""Erase personal data on request; see docs/personal-data.md."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import translation

from core.record.meaning import is_meaningful
from governance.record.erasure.guards import erasable_models
from governance.record.erasure.models import Erasure
from governance.record.erasure.services import (
    CannotErase,
    ensure_erasable,
    erase_person,
    erase_text,
    find_occurrences,
    is_person_erased,
    list_projects,
    list_signed_rows,
    list_texts,
)
from projects.models import Delegation, Mandate
from roles.models import User

SHOWN = 70


class Command(BaseCommand):
    help = "Erase a person or a text as personal data. Run as the role that owns the tables; it cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the subcommands, the reason and the requesting account."""
        whats = parser.add_subparsers(dest="what", required=True)
        person = whats.add_parser("person", help="an account and its signatures")
        person.add_argument("email")
        text = whats.add_parser("text", help="what was written in some fields of one row")
        labels = sorted(erasable_models())
        text.add_argument("label", choices=labels, metavar="LABEL", help=f"one of {', '.join(labels)}")
        text.add_argument("number", type=int, metavar="ID")
        text.add_argument("fields", nargs="+", metavar="FIELD")
        for command in (person, text):
            command.add_argument(
                "--because", required=True, help="why, for the record; it repeats nothing that is erased"
            )
            command.add_argument(
                "--by", metavar="EMAIL", help="the account that asks for it; else the installation's own"
            )
            command.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, what: str, because: str, by: str | None, yes: bool, **options: Any) -> None:
        """Show the data, ask for confirmation, erase."""
        actor = self._account(by) if by else User.objects.installation()
        try:
            with translation.override("en"):
                if what == "person":
                    done = self._person(actor, self._account(options["email"]), because.strip(), yes)
                else:
                    done = self._text(actor, options, because.strip(), yes)
        except CannotErase as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database refused, nothing was erased: {str(error).splitlines()[0]}") from error
        self.stdout.write(f"Erased: {len(done)} entries on record.")

    def _person(self, actor: User, person: User, because: str, yes: bool) -> list[Erasure]:
        if is_person_erased(person):
            raise CannotErase("This account is erased already.")
        shown = {f"{row._meta.label_lower} {row.pk} signature": [row.signature] for row in list_signed_rows(person)}
        self._show({"account": [f"{person} <{person.email}>"]} | shown)
        seats = [*Mandate.objects.active().filter(holder=person), *Delegation.objects.active().filter(delegate=person)]
        for seat in seats:
            self.stdout.write(f"  still in office, the seat stays empty: {seat}")
        self._confirm({person.name, person.email}, set(shown), because, yes)
        self.stdout.write(f"Erasing on {len(list_projects(person))} projects…")
        return erase_person(actor=actor, person=person, because=because)

    def _text(self, actor: User, options: dict[str, Any], because: str, yes: bool) -> list[Erasure]:
        label, fields = options["label"], list(dict.fromkeys(options["fields"]))
        row = erasable_models()[label]._default_manager.filter(pk=options["number"]).first()
        if row is None:
            raise CannotErase(f"There is no {label} {options['number']}.")
        ensure_erasable(row, fields)
        shown = {f"{label} {row.pk} {name}": list(list_texts(getattr(row, name))) for name in fields}
        self._show(shown)
        self._confirm({text for texts in shown.values() for text in texts}, set(shown), because, yes)
        self.stdout.write("Erasing…")
        return erase_text(actor=actor, row=row, fields=fields, because=because)

    def _account(self, email: str) -> User:
        account = User.objects.filter(email__iexact=email).first()
        if account is None:
            raise CommandError(f"There is no account {email}.")
        return account

    def _show(self, texts_by_row: dict[str, list[str]]) -> None:
        for where, lines in texts_by_row.items():
            for line in (" ".join(text.split()) for text in lines):
                self.stdout.write(f"  {where}: {line[:SHOWN]}{'…' if len(line) > SHOWN else ''}")

    def _confirm(self, words: set[str], shown: set[str], because: str, yes: bool) -> None:
        """Name other texts with the same words, which need a command of their own; then ask."""
        for place in sorted({place for text in words for place in find_occurrences(text)} - shown):
            self.stdout.write(f"  stays, though it holds the same words: {place}")
        if not is_meaningful(because):
            raise CommandError("Say why: --because.")
        if any(text.casefold() in because.casefold() for text in words):
            raise CommandError("The reason stays on record: do not repeat in it what is to be erased.")
        if not yes and input("Erase this for good? It cannot be undone. [yes/no] ").strip() != "yes":
            raise CommandError("Nothing was erased.")
