"""`make check`: all static checks; one line per check, with its output only when it fails."""

import os
import secrets
import subprocess
import sys
import time
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
        ("style", ["ruff", "check", "."], {}),
        ("format", ["ruff", "format", "--check", "."], {}),
        ("types", ["mypy"], {}),
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


def main() -> int:
    failed = []
    todo = checks()
    for number, (name, command, environment) in enumerate(todo, start=1):
        print(f"[{number}/{len(todo)}] {name} … ", end="", flush=True)
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
        print(f"{time.monotonic() - began:.1f} s" if result.returncode == 0 else f"failed\n{result.stdout}")
        if result.returncode:
            failed.append(name)
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
