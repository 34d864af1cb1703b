"""`manage.py createsuperuser`, in place of Django's: it invites an administrator, who chooses their password."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from projects.administrators.services import invite_operator
from projects.people.invitations import build_link
from roles.models import User


class Command(BaseCommand):
    help = "Opens the account of an administrator by an event, and prints the link by which they choose a password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the person."""
        parser.add_argument("--email", required=True, help="the address of the person")
        parser.add_argument("--name", required=True, help="the full name of the person")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open the account, by the installation, and print the link."""
        try:
            validate_email(options["email"])
            person = invite_operator(actor=User.objects.installation(), email=options["email"], name=options["name"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(build_link(person))
