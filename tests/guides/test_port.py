"""Test that `make start` and `make demo` keep the port of their first start, since mailed links lead to it."""

import os
from pathlib import Path

import pytest

from config.processes import Failure, Progress, free_port, reserve_port, write_private
from tools.servers import instance


def test_the_first_start_takes_a_free_port_and_a_later_one_the_same(tmp_path: Path) -> None:
    with reserve_port(8000):
        assert instance.choose_port(tmp_path, {}) != 8000
    port = free_port()
    write_private(tmp_path / instance.KEPT_PORT, str(port))
    assert instance.choose_port(tmp_path, {}) == port
    assert instance.choose_port(tmp_path, {"PORT": "8123"}) == 8123
    for wrong in ("web", "0", "70000", "-1"):
        with pytest.raises(Failure, match="PORT is a number"):
            instance.choose_port(tmp_path, {"PORT": wrong})


def test_a_port_that_is_taken_is_told_with_what_to_do_and_nothing_is_started(tmp_path: Path) -> None:
    with reserve_port() as port:
        write_private(tmp_path / instance.KEPT_PORT, str(port))
        with pytest.raises(Failure) as failure:
            instance.start(tmp_path, (), instance.choose_port(tmp_path, {}), Progress(instance.steps(())), {})
    for words in (f"Port {port} of 127.0.0.1 is taken by", f"(process {os.getpid()})", "PORT=", "invitations"):
        assert words in str(failure.value)
    assert not (tmp_path / "postgres").exists()
    assert (tmp_path / instance.KEPT_PORT).read_text() == str(port)


def test_another_port_is_kept_only_once_it_could_be_had(tmp_path: Path) -> None:
    write_private(tmp_path / instance.KEPT_PORT, "8000")
    with reserve_port() as port, pytest.raises(Failure):
        instance.start(tmp_path, (), port, Progress(instance.steps(())), {})
    assert (tmp_path / instance.KEPT_PORT).read_text() == "8000"
