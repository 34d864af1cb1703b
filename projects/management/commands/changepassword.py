"""`manage.py changepassword EMAIL`, in place of Django's: nobody types the password of somebody else."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.people.accounts.services import mail_reset
from roles.models import User


class Command(BaseCommand):
    help = "Has a link mailed to the address on file, by which its person chooses a new password. Nobody types one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the account."""
        parser.add_argument("email", help="the address of the account")

    def handle(self, *args: Any, **options: Any) -> None:
        """Have the link mailed, by the installation, with an event."""
        person = User.objects.filter(email__iexact=options["email"]).first()
        if person is None:
            raise CommandError(f"{options['email']} is not the address of an account.")
        try:
            mail_reset(actor=User.objects.installation(), person=person)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"A link is on its way to {person.email}. The person decides again once it counts.")
