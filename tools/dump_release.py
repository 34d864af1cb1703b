"""Write the dump that later releases must be able to migrate: `python tools/dump_release.py 0.1`.

Run as the owner role on an empty database: it migrates, loads the methods and a scenario, populates XS without the odd
ones, and writes tests/releases/<release>.sql.xz. Each release adds its dump once and never changes it afterwards.
"""

import lzma
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
STEPS = (
    ["migrate", "--verbosity", "0"],
    ["load_catalogue"],
    ["load_scenario", "vigie"],
    ["populate", "--size", "XS", "--without-odd", "--into-existing"],
)


def main() -> int:
    """Make the dump and say how large it is."""
    sys.path.insert(0, str(ROOT))
    from tools.servers.postgres import program

    for step in STEPS:
        subprocess.run([*MANAGE, *step], cwd=ROOT, check=True)
    command = [
        str(program("pg_dump")),
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        os.environ["DATABASE_OWNER_URL"],
    ]
    sql = subprocess.run(command, check=True, capture_output=True).stdout
    target = ROOT / "tests/releases" / f"{sys.argv[1]}.sql.xz"
    target.write_bytes(lzma.compress(sql, preset=9 | lzma.PRESET_EXTREME))
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 2**20:.1f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
