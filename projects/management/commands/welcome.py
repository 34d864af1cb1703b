"""`manage.py welcome`: print the address at which the first administrator sets Ouvrage up."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from projects.people.services import list_administrators
from projects.people.set_up import build_set_up_link


class Command(BaseCommand):
    help = "Prints the address that sets an empty instance up: it works for a day, and once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the address, unless there is an administrator."""
        if list_administrators().exists():
            raise CommandError("There is an administrator already: ask them for an invitation.")
        self.stdout.write(build_set_up_link())
