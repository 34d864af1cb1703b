"""`make check`: all static checks; one line per check, with its output only when it fails."""

import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
PRODUCTION = {
    "OUVRAGE_ENV": "production",
    "OUVRAGE_HTTPS": "1",
    "DEBUG": "0",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "ouvrage.example",
    "BASE_URL": "https://ouvrage.example",
    "MAIL_DIR": "",
    "MAIL_URL": "smtp://mail.example:25",
}


def templates() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))


def checks() -> list[tuple[str, list[str], dict[str, str]]]:
    """Return the name, command and extra environment of each check."""
    manage = [sys.executable, "manage.py"]
    return [
        ("types", ["mypy"], {}),
        ("tests, collection", ["pytest", "--collect-only", "-qq"], {"OUVRAGE_ENV": "test"}),
        ("style", ["ruff", "check", "."], {}),
        ("format", ["ruff", "format", "--check", "."], {}),
        ("layers", ["lint-imports", "--no-cache"], {}),
        ("templates, lint", ["djlint", "--lint", "--quiet", "templates"], {}),
        ("templates, format", ["djade", "--check", "--target-version", "6.1", *templates()], {}),
        ("templates, width", [sys.executable, "tools/template_width.py"], {}),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], {"OUVRAGE_DB_ROLE": "owner"}),
        ("migrations, lint", [sys.executable, "tools/lint_migrations.py"], {"OUVRAGE_DB_ROLE": "owner"}),
        ("deployment settings", [*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        (
            "docker-compose.yml",
            ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
            {},
        ),
    ]


def run(command: list[str], environment: dict[str, str]) -> tuple[float, str | None]:
    """Run a check; return its seconds, and its output if it failed."""
    began = time.monotonic()
    program = PROGRAMS / command[0]
    result = subprocess.run(
        [str(program) if program.exists() else command[0], *command[1:]],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return time.monotonic() - began, result.stdout if result.returncode else None


def main() -> int:
    """Run the checks, two at a time: the types alone take as long as all the others.

    The collection compiles the tests, which their workers would do each for itself.
    """
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        running = {pool.submit(run, command, environment): name for name, command, environment in checks()}
        for number, done in enumerate(as_completed(running), start=1):
            seconds, output = done.result()
            print(f"[{number}/{len(running)}] {running[done]} … {seconds:.1f} s", flush=True)
            if output is not None:
                print(f"failed\n{output}")
                failed.append(running[done])
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
