"""`manage.py welcome`: print the address at which the first administrator sets Ouvrage up, or ask on the terminal."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from projects.organisation_settings.mails import MailFailed, send_test_mail
from projects.organisation_settings.queries import organisation
from projects.people.accounts.services import list_administrators
from projects.people.accounts.set_up import build_set_up_link
from projects.people.accounts.terminal import ask_and_set_up
from roles.models import User


class Command(BaseCommand):
    help = "Prints the address that sets an empty instance up: it works for a day, and once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the terminal mode."""
        parser.add_argument("--terminal", action="store_true", help="ask the questions here, without a browser")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the address, or ask the questions, unless there is an administrator."""
        if list_administrators().exists():
            raise CommandError("There is an administrator already: ask them for an invitation.")
        if not options["terminal"]:
            self.stdout.write(build_set_up_link())
            return
        language = organisation().language
        with translation.override(language):
            person = ask_and_set_up(language, input, getpass.getpass, self.stdout.write)
            self._send_test_mail(person)

    def _send_test_mail(self, person: User) -> None:
        """Send a test mail to the new administrator and print its result."""
        try:
            send_test_mail(person)
        except MailFailed as failed:
            self.stderr.write(str(failed))
        else:
            text = translation.gettext("The email server accepted the email for %(to)s. Check your email.")
            self.stdout.write(text % {"to": person.email})
