"""Test that the client of the provider reaches nothing on the server or in the network behind it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from projects.people.sign_in_provider.claims import Fetcher, ProviderFailed
from projects.people.sign_in_provider.reach import Unreachable, is_public, is_secure, list_addresses

INSIDE = [
    "0.0.0.0",  # noqa: S104 nothing is bound
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["1.1.1.1", "93.184.215.14", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2606:4700:4700::1111"]


@pytest.fixture(autouse=True)
def _production(settings: Any) -> None:
    settings.OIDC_LOCAL_HOSTS, settings.OIDC_HOSTS = frozenset(), set()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Return the addresses of names, which a test fills; an address resolves to itself."""
    known: dict[str, list[str]] = {}

    def resolve(host: str, port: int, *_args: Any, **_options: Any) -> list[Any]:
        found = known.get(host, [host])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return known


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_of_the_server_or_its_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_connected_to(address: str, names: dict[str, list[str]]) -> None:
    names["sesame.example"] = ["1.1.1.1", address]
    with pytest.raises(Unreachable, match="not on the internet"):
        list_addresses("sesame.example", 443)


@pytest.mark.parametrize("port", [22, 80, 5432, 6379, 8443])
def test_no_other_port_is_reached(port: int, names: dict[str, list[str]]) -> None:
    names["sesame.example"] = ["1.1.1.1"]
    assert list_addresses("sesame.example", 443) == ["1.1.1.1"]
    with pytest.raises(Unreachable, match="OIDC_HOSTS"):
        list_addresses("sesame.example", port)


def test_the_operator_names_a_host_of_the_network_and_its_port(settings: Any, names: dict[str, list[str]]) -> None:
    settings.OIDC_HOSTS = {"sesame.intern:8443"}
    names["Sesame.intern."] = names["other.intern"] = ["10.0.0.5"]
    assert list_addresses("Sesame.intern.", 8443) == ["10.0.0.5"]
    for host, port in (("Sesame.intern.", 443), ("other.intern", 8443), ("10.0.0.5", 8443)):
        with pytest.raises(Unreachable):
            list_addresses(host, port)


@pytest.mark.parametrize(
    "address",
    ["http://sesame.example", "http://localhost:8000", "ftp://sesame.example", "https://", "https://[x", "https://a:b"],
)
def test_only_https_is_asked_in_production(address: str) -> None:
    assert not is_secure(address)
    with pytest.raises(ProviderFailed):
        Fetcher().get(address)


@contextmanager
def listening() -> Iterator[tuple[int, list[Any]]]:
    """Yield a port of this machine, and the connections that reach it."""
    reached: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def accept() -> None:
            while not ended.is_set():
                try:
                    connection, peer = server.accept()
                except TimeoutError:
                    continue
                reached.append(peer)
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1], reached
        finally:
            ended.set()
            thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "[::ffff:127.0.0.1]"])
def test_no_writing_of_this_machine_reaches_a_port_of_it(host: str, settings: Any) -> None:
    with listening() as (port, reached):
        for is_named in (False, True):  # the port may be named, for another host
            settings.OIDC_HOSTS = {f"sesame.intern:{port}"} if is_named else set()
            with pytest.raises(ProviderFailed):
                Fetcher().get(f"https://{host}:{port}/")
        assert reached == []
        settings.OIDC_HOSTS = {f"{host.strip('[]')}:{port}"}
        with pytest.raises(ProviderFailed):  # it is reached now, and speaks no TLS
            Fetcher().get(f"https://{host}:{port}/")
        assert reached != [] or host.startswith("[")


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads inside at its second resolution is not resolved a second time."""
    asked: list[str] = []
    reached: list[str] = []

    def resolve(host: str, port: int, *_args: Any, **_options: Any) -> list[Any]:
        asked.append(host)
        address = host if host[0].isdigit() else "1.1.1.1" if asked.count(host) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(_socket: socket.socket, address: Any) -> None:
        reached.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(ProviderFailed):
        Fetcher().get("https://rebinding.example/")
    assert (asked.count("rebinding.example"), reached) == (1, ["1.1.1.1"])


def test_a_name_that_leads_inside_is_not_asked_of_a_proxy_either(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names["sesame.example"] = ["10.0.0.5"]
    with listening() as (port, reached):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        with pytest.raises(ProviderFailed, match="not on the internet"):
            Fetcher().get("https://sesame.example/")
        assert reached == []
