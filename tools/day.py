"""Run a command, and all that it starts, as if it began on another day: `python3 tools/day.py DAY -- COMMAND`.

DAY is a date, which keeps the present time, or a date and a time, in the time zone TZ or of Paris: 2028-02-29 or
2028-03-01T00:30. libfaketime adds a constant offset to every clock but the monotonic one, by which programs wait.
"""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

LIBRARY = "*/faketime/libfaketimeMT.so.1"
PACKAGE = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "libfaketime")


def find_library() -> Path:
    """Return the library, which Debian's package is asked for where it is missing and we may."""
    if not any(Path("/usr/lib").glob(LIBRARY)) and os.geteuid() == 0:
        subprocess.run(("apt-get", "update", "-qq"), check=False)
        subprocess.run(PACKAGE, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    found = next(Path("/usr/lib").glob(LIBRARY), None)
    if found is None:
        sys.exit(
            "Another day needs libfaketime: install it first, on Debian and Ubuntu: sudo apt-get install libfaketime"
        )
    return found


def read_offset(day: str) -> int:
    """Return how many seconds away the day is. Raises ValueError on anything else."""
    now = datetime.now(ZoneInfo(os.environ.get("TZ") or "Europe/Paris"))
    begun = datetime.fromisoformat(day)
    time = begun.time() if "T" in day else now.time()
    return round(datetime.combine(begun, time, now.tzinfo).timestamp() - now.timestamp())


def main() -> None:
    _program, day, _dashes, *command = sys.argv
    try:
        offset = read_offset(day)
    except ValueError:
        sys.exit(f"{day} is no day: DAY=2028-02-29, or with a time of Paris DAY=2028-03-01T00:30")
    os.environ |= {"LD_PRELOAD": str(find_library()), "FAKETIME": f"{offset:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    os.execvp(command[0], command)  # noqa: S606 (what the caller names)


if __name__ == "__main__":
    main()
