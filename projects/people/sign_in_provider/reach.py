"""Where the client of the provider may connect to: https on the internet, and what the operator names besides.

An administrator enters the address, and the provider's document names others: neither reaches the server itself or the
network behind it. The address that was checked is the one that is connected to, so that no name changes in between.
"""

import socket
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

HTTPS = 443
#: Addresses of one host that are tried.
TRIES = 3
#: Prefix of IPv6 addresses that lead to the IPv4 address in their last 32 bits (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")


class Unreachable(Exception):
    """Raised for an address that the client of the provider may not connect to."""


def is_secure(address: str) -> bool:
    """Return whether an address is https, or http on this machine outside production."""
    try:
        parts = urlsplit(address)
        return (
            bool(parts.hostname)
            and parts.port != 0
            and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in settings.OIDC_LOCAL_HOSTS))
        )
    except ValueError:
        return False


def ensure_reachable(address: str) -> None:
    """Resolve the host of an address. Raises Unreachable unless the client may connect there."""
    parts = urlsplit(address)
    list_addresses(parts.hostname or "", parts.port or HTTPS)


def list_addresses(host: str, port: int) -> list[str]:
    """List the IP addresses to connect to, in the order in which to try them.

    Raises Unreachable unless the host resolves to public addresses alone and the port is that of https, or the operator
    has named both.
    """
    is_named = host in settings.OIDC_LOCAL_HOSTS or f"{host.lower().rstrip('.')}:{port}" in settings.OIDC_HOSTS
    if port != HTTPS and not is_named:
        raise Unreachable(f"port {port} of {host} is not named in OIDC_HOSTS")
    try:
        found = [str(place[0]) for *_rest, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host} is not resolved: {error}") from error
    if not is_named and not all(map(is_public, found)):
        raise Unreachable(f"{host} is not on the internet and is not named in OIDC_HOSTS: {', '.join(found)}")
    return found[:TRIES]


def is_public(address: str) -> bool:
    """Return whether an IP address is on the internet; one that holds an IPv4 address counts as that one."""
    found = ip_address(address.partition("%")[0])
    if found.version == 6:
        held = found.ipv4_mapped or found.sixtofour
        if held is None and found in NAT64:
            held = IPv4Address(int(found) & 0xFFFFFFFF)
        if held is not None:
            return is_public(str(held))
        if found.is_site_local:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


class _Checked:
    """Connects to an address that `list_addresses` returns; certificates are checked for the name."""

    _dns_host: str
    port: int

    def _new_conn(self) -> socket.socket:
        name, failure = self._dns_host, None
        try:
            for address in list_addresses(name, self.port):
                self._dns_host = address
                try:
                    connected: socket.socket = super()._new_conn()  # type: ignore[misc]
                except HTTPError as error:
                    failure = error
                else:
                    return connected
        finally:
            self._dns_host = name
        raise failure or Unreachable(f"{name} has no address")


class _CheckedHTTPConnection(_Checked, HTTPConnection):
    """http, which `is_secure` leaves to tests and development."""


class _CheckedHTTPSConnection(_Checked, HTTPSConnection):
    """https."""


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _CheckedHTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedHTTPSConnection


class CheckedAdapter(HTTPAdapter):
    """Transport of requests that connects to checked addresses only. Through a proxy, the proxy connects."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Use our pools."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
