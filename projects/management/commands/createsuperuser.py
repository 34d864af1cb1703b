"""`manage.py createsuperuser`, in place of Django's: it invites an administrator, who chooses their password."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.words.characters import ensure_visible, tidy
from projects.people.accounts.invitations import build_link
from projects.people.administrators.services import invite_operator
from roles.models import User


class Command(BaseCommand):
    help = "Opens the account of an administrator by an event, and prints the link by which they choose a password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the person."""
        parser.add_argument("--email", required=True, help="the address of the person")
        parser.add_argument("--name", required=True, help="the full name of the person")
        text = "open the account although its name looks like that of somebody else"
        parser.add_argument("--another-person", action="store_true", help=text)

    def handle(self, *args: Any, **options: Any) -> None:
        """Open the account, by the installation, and print the link."""
        try:
            ensure_visible(options["name"])
            person = invite_operator(
                actor=User.objects.installation(),
                email=options["email"],
                name=tidy(options["name"]),
                is_another=options["another_person"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(build_link(person))
