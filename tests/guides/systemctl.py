"""Stand for `systemctl` in the test of the guides: run what the unit files say, without an init system.

`systemctl.py ROOT VERB UNIT…`: units are read below ROOT/etc/systemd/system, as they were installed. Users and the
walls around a process (ProtectSystem and its kind) are not applied. A timer is only noted.
"""

import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil

Unit = list[tuple[str, str]]


def read_unit(root: Path, name: str) -> Unit:
    """List the settings of a unit file in their order, with repetitions."""
    file = root / "etc/systemd/system" / (name if "." in name else f"{name}.service")
    return [(key, value) for key, value in re.findall(r"^(\w+)=(.*)$", file.read_text(), flags=re.MULTILINE)]


def read_environment(unit: Unit) -> dict[str, str]:
    """Return the variables of its EnvironmentFile lines; the later ones count."""
    return read_variables("\n".join(Path(value).read_text() for key, value in unit if key == "EnvironmentFile"))


def read_variables(text: str) -> dict[str, str]:
    """Return the variables of a file of settings."""
    lines = [line for line in text.splitlines() if line]
    return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}


def start(root: Path, name: str) -> None:
    """Start the process of a unit, or run it to its end if it is `oneshot`."""
    if name.endswith(".timer"):
        assert dict(read_unit(root, name))["OnCalendar"]
        return
    unit = read_unit(root, name)
    known = dict(unit)
    for folder in known.get("StateDirectory", "").split():
        (root / "var/lib" / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    env = {"PATH": os.environ["PATH"], **read_environment(unit)}
    words, folder = shlex.split(known["ExecStart"]), known.get("WorkingDirectory", "/")
    if known.get("Type") == "oneshot":
        subprocess.run(words, cwd=folder, env=env, check=True)
        return
    log = root / f"var/log/{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            words, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    (root / f"run-{name}.pid").write_text(str(child.pid))


def stop(root: Path, name: str) -> None:
    """End the process of a unit with its forks, and wait for them."""
    file = root / f"run-{name}.pid"
    if not file.exists():
        return
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(int(file.read_text()))
        family = [process, *process.children(recursive=True)]
        process.terminate()
        _gone, left = psutil.wait_procs(family, timeout=20)
        for late in left:
            late.kill()
    file.unlink(missing_ok=True)


def main(root: Path, verb: str, names: list[str]) -> None:
    if verb == "daemon-reload":
        return
    if verb == "reload":
        subprocess.run(names, check=True)  # nginx, which is not one of our units
        return
    if verb == "is-active":
        for name in names:
            sys.stdout.write("active\n" if (root / f"run-{name}.pid").exists() else "inactive\n")
    if verb in {"stop", "restart"}:
        with ThreadPoolExecutor() as at_once:
            list(at_once.map(partial(stop, root), names))
    if verb in {"start", "restart", "enable"}:
        for name in names:
            if not (root / f"run-{name}.pid").exists():
                start(root, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], [word for word in sys.argv[3:] if word != "--now"])
