"""Check that the mail server and the address of Ouvrage answer, the latter with a certificate that browsers take."""

import socket
import ssl
import sys
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import BaseCommand

#: Seconds to wait for each.
PATIENCE = 5


class Command(BaseCommand):
    help = "Check that the mail server and the address of Ouvrage answer; exit 0 only when both do."
    requires_system_checks = ()  # they load every page; migrate runs them

    def handle(self, *args: Any, **options: Any) -> None:
        found = [(settings.BASE_URL, self._read_site_error())]
        if not settings.MAIL_DIR:
            server = settings.MAILERS["default"]["OPTIONS"]
            address = (server["host"], server["port"])
            found.append((f"the mail server {address[0]}:{address[1]}", self._read_error(address, "")))
        for name, error in found:
            self.stdout.write(f"bad     {name} does not answer: {error}" if error else f"ok      {name} answers")
        if any(error for _name, error in found):
            sys.exit(1)

    def _read_site_error(self) -> str:
        url = urlsplit(settings.BASE_URL)
        secured = str(url.hostname) if url.scheme == "https" else ""
        return self._read_error((str(url.hostname), url.port or (443 if secured else 80)), secured)

    def _read_error(self, address: tuple[str, int], secured: str) -> str:
        """Return why nobody answers there, or not by TLS under the name `secured`; empty when somebody does."""
        try:
            with socket.create_connection(address, PATIENCE) as connection:
                if secured:
                    ssl.create_default_context().wrap_socket(connection, server_hostname=secured).close()
        except OSError as error:
            return str(error)
        return ""
