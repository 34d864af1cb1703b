"""Fail on template lines wider than 160 characters: one tag a line."""

import sys
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
WIDEST = 160


def wide_lines() -> list[str]:
    """List the template lines that are too wide, each with its file, number and width."""
    return [
        f"{path.relative_to(TEMPLATES.parent)}:{number}: {len(line)} characters, at most {WIDEST}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > WIDEST
    ]


def main() -> int:
    found = wide_lines()
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
