"""A machine on which the commands of the guides are run as they stand, below a folder instead of `/`.

What stands for what, and why:
- `/etc`, `/opt`, `/var` are folders of the test, the ports 80, 443, 5432, 6379, 8000 free ones: nothing outside them is
  touched, and two runs go on side by side;
- the packages are those of the tests: PostgreSQL 18 of the wheel, in a cluster that `initdb` makes with the words of
  the guide, Redis, Python and its packages, which `venv` and `pip` only name, to save minutes. nginx is Debian's;
- `git clone` copies this checkout, since the tag of the guide is made when it is published;
- `systemctl` reads the units and runs their commands (systemctl.py); `useradd` makes nobody and `runuser` changes
  nobody, so rights of files and users are not tried; the superuser of PostgreSQL has a password instead of a socket;
- `docker` runs on the machine what Compose would run in a service, with the settings of that service (docker.py);
- certbot's certificate is one that the test signs itself.
"""

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from config.database import passwords
from config.processes import free_port
from tests.guides import systemctl
from tools.servers import embedded, postgres
from tools.servers.embedded import ROOT

PROGRAMS = Path(sys.executable).parent
LEFT_OUT = shutil.ignore_patterns("var", ".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", "*.mo")
SERVICES = ("ouvrage-web", "ouvrage-worker", "ouvrage-beat", "ouvrage-notary")
PLACES = ("/etc/ouvrage", "/etc/systemd", "/etc/nginx", "/etc/caddy", "/etc/letsencrypt", "/opt/ouvrage", "/var/lib")
#: Folders that nginx makes at its start, wherever it needs them or not.
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
PLACES += ("/var/backups", "/root/saved")


class Machine:
    """Servers, folders and a shell for the commands of a guide."""

    def __init__(self, folder: Path, cluster: Sequence[str]) -> None:
        self.folder, self.root = folder, folder / "machine"
        password = passwords(folder / "secret/keys.json")["postgres"]
        self.superuser = urlsplit(postgres.start(folder, password, cluster))
        self.redis_url = embedded.start_redis(folder)
        self.ports = {port: free_port() for port in (80, 443, 8000)}
        for place in ("etc/systemd/system", "etc/nginx/conf.d", "etc/caddy", "opt", "bin", "var/lib"):
            (self.root / place).mkdir(parents=True)
        self._stage_code()
        self._install_programs()

    def end(self) -> None:
        """End the processes of the machine, then its servers."""
        systemctl.main(self.root, "stop", [*SERVICES, "nginx"])
        embedded.stop_servers(self.folder)
        postgres.remove(self.folder)

    def below(self, place: str) -> Path:
        """Return the folder or file of the test for a place of the machine."""
        return self.root / place.lstrip("/")

    def at_home(self, text: str) -> str:
        """Return the text of a command or file with the places and ports of this machine."""
        text = re.sub(rf"(?<![\w/])({'|'.join(PLACES)})(?=[\W]|$)", lambda found: f"{self.root}{found[0]}", text)
        text = text.replace("127.0.0.1:5432/", f"{self.superuser.hostname}:{self.superuser.port}/")
        text = text.replace("redis://127.0.0.1:6379/0", self.redis_url)
        text = re.sub(r"\b(127\.0\.0\.1:)8000\b", rf"\g<1>{self.ports[8000]}", text)
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
        return re.sub(r"\blisten (80|443)\b", lambda found: f"listen 127.0.0.1:{self.ports[int(found[1])]}", text)

    def run(self, commands: Sequence[str], *, fails: bool = False, **more: str) -> str:
        """Run commands in one shell, as a reader does who copies them, and return what they print.

        `more` are variables of the environment. Asserts that they succeed, or that they do not.
        """
        script = self.at_home("set -eu\n" + "\n".join(commands))
        path = f"{self.root}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        env = {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8", **more}
        place = self.below("/opt/ouvrage")
        done = subprocess.run(
            ["/bin/sh", "-c", script],
            cwd=place if place.exists() else self.root,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        logs = "" if bool(done.returncode) is fails else "".join(map(self.read_log, SERVICES))
        assert bool(done.returncode) is fails, f"{script}\n{done.stdout[-4000:]}{done.stderr[-4000:]}{logs}"
        return done.stdout + (done.stderr if fails else "")

    def read_log(self, service: str) -> str:
        """Return the end of what a service has printed."""
        file = self.below(f"/var/log/{service}.log")
        return f"\n{service}:\n{file.read_text()[-2000:]}" if file.exists() else ""

    def _stage_code(self) -> None:
        """Copy the code of this checkout to where `git clone` takes it from, its scripts and samples at home here."""
        shutil.copytree(ROOT, self.root / "staged", ignore=LEFT_OUT)
        for file in filter(Path.is_file, (self.root / "staged/deploy").rglob("*")):
            file.write_text(self.at_home(file.read_text()).replace("--every 60", "--every 1"))
        server, log = f"include {self.root}/etc/nginx/conf.d/*.conf;", self.root / "nginx.log"
        owner = "user root;" if os.geteuid() == 0 else ""
        temporary = " ".join(f"{name}_temp_path {self.root}/{name};" for name in TEMPORARY)
        (self.root / "nginx.conf").write_text(
            f"{owner} pid {self.root}/run-nginx.pid; error_log {log}; events {{}}\n"
            f"http {{ access_log off; {temporary} {server} }}\n"
        )

    def _install_programs(self) -> None:
        server = self.superuser
        names = {"PGHOST": server.hostname, "PGPORT": server.port, "PGPASSWORD": server.password, "PGUSER": "postgres"}
        login = " ".join(f"{name}={shlex.quote(str(value))}" for name, value in names.items())
        self._install("useradd", 'case "$*" in *--home-dir*) mkdir --mode=0700 "$4" ;; esac')
        self._install(
            "git",
            "test $1 != describe || echo v0.2.0",
            "test $1 = clone || exit 0",
            "for last; do :; done",
            f'mv {self.root}/staged "$last"',
        )
        self._install("nginx", f'exec /usr/sbin/nginx -c {self.root}/nginx.conf "$@"')
        self._install("runuser", f'test "$2" != postgres || export {login}', "shift 3", 'exec "$@"')
        self._install("docker", self._python("tests.guides.docker", str(self.root), '"$@"'))
        self._install("systemctl", self._python("tests.guides.systemctl", str(self.root), '"$@"'))
        self._install("python3.13", "mkdir --parents venv/bin", f"cp {self.root}/bin/of-venv/* venv/bin")
        for name in ("python", "gunicorn", "celery"):
            self._install(f"of-venv/{name}", f'exec {PROGRAMS / name} "$@"')
        self._install("of-venv/pip", 'test -s "$4"')
        for name in ("psql", "pg_dump", "pg_restore"):
            self._install(name, f'exec {postgres.program(name)} "$@"')

    def _python(self, module: str, *words: str) -> str:
        return f"export CALLED_FROM=$PWD; cd {ROOT} && exec {PROGRAMS / 'python'} -m {module} {' '.join(words)}"

    def _install(self, name: str, *lines: str) -> None:
        file = self.root / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)


def has_program(name: str) -> bool:
    """Return whether a program of the distribution is there."""
    return shutil.which(name, path=f"/usr/sbin:/usr/bin:{os.environ['PATH']}") is not None
