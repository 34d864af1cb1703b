"""Stand for `docker compose` in the test of the guides: run on the test's machine what would run in a container.

It knows the words of the scripts: exec and run without a terminal, build, stop, up, ps. Any other is refused, and so is
a service that docker-compose.yml does not have. What containers, volumes and images do is not tried.
"""

import os
import subprocess
import sys
from pathlib import Path

import yaml

from tests.guides import systemctl
from tools.servers.embedded import ROOT

SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
#: The service's settings are those of this file beside ouvrage.env.
SETTINGS = {"web": "", "migrate": "owner", "notary": "notary"}


def main(root: Path, words: list[str]) -> int:
    match words:
        case ["compose", "exec", "-T", "postgres", program, "--username", "postgres", *rest]:
            return call(["runuser", "-u", "postgres", "--", program, *rest], {})
        case ["compose", "run", "--rm", "--no-deps", "-T", service, *command] if service in SERVICES:
            env = read_settings(root / "etc/ouvrage/ouvrage.env")
            if extra := SETTINGS[service]:
                env |= read_settings(root / f"etc/ouvrage/{extra}.env")
            return call(command, env | {"PATH": f"{root}/opt/ouvrage/venv/bin:{os.environ['PATH']}"})
        case ["compose", "stop", *services] if set(services) <= set(SERVICES):
            systemctl.main(root, "stop", [f"ouvrage-{service}" for service in services])
            return 0
        case ["compose", "build" | "ps"]:
            return 0
        case ["compose", "up", "--detach"]:
            systemctl.main(root, "start", [f"ouvrage-{name}" for name in ("web", "worker", "beat", "notary")])
            return 0
    raise SystemExit(f"docker {' '.join(words)}: nothing of Ouvrage needs that")


def read_settings(file: Path) -> dict[str, str]:
    """Return the variables of a file of settings."""
    return systemctl.read_variables(file.read_text())


def call(words: list[str], env: dict[str, str]) -> int:
    """Run a program where the script was called, with its input and output."""
    return subprocess.run(words, env=os.environ | env, cwd=os.environ["CALLED_FROM"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
