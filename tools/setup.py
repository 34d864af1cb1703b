"""Set up with any python3: a private uv, then .venv with Python 3.13 and the hash-checked packages.

`python3 tools/setup.py` does what is missing; `python3 tools/setup.py chromium` installs a browser for the tests.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "var/tools"
UV = TOOLS / "bin/uv"
VENV = ROOT / ".venv"
#: Chromium without a window: the tests take half the processor time in it.
HEADLESS = "chromium-headless-shell"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def step(number: int, title: str) -> float:
    print(f"[set-up {number}/3] {title} … ", end="", flush=True)
    return time.monotonic()


def run(*words: object) -> None:
    """Run a command; print its output and one line only when it fails."""
    result = subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, text=True, errors="replace")
    if result.returncode:
        sys.exit(f"failed\n{result.stdout}{result.stderr}\nSet-up stopped at: {' '.join(str(word) for word in words)}")


def works(*words: object) -> bool:
    """Return whether a command runs and succeeds."""
    try:
        return subprocess.run([str(word) for word in words], capture_output=True).returncode == 0
    except OSError:
        return False


def install_uv() -> None:
    """Install a private uv: in a virtual environment, or with pip --target where Python lacks ensurepip."""
    pinned = (
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
        ROOT / "requirements/uv.txt",
    )
    shutil.rmtree(TOOLS, ignore_errors=True)
    if works(sys.executable, "-c", "import ensurepip, venv"):
        run(sys.executable, "-m", "venv", TOOLS)
        run(TOOLS / "bin/python", "-m", "pip", "install", *pinned)
    elif works(sys.executable, "-m", "pip", "--version"):
        run(sys.executable, "-m", "pip", "install", *pinned, "--target", TOOLS)
    else:
        sys.exit("failed\nThis Python has neither venv nor pip; on Debian and Ubuntu: apt-get install -y python3-venv")


def set_up() -> None:
    """Install uv, .venv and the packages as requirements/ says, then mark the set-up as done."""
    began = step(1, "uv")
    pinned = (ROOT / "requirements/uv.txt").read_text().split()[0].partition("==")[2]
    if not UV.exists() or pinned not in subprocess.run([UV, "--version"], capture_output=True, text=True).stdout:
        install_uv()
    UV.touch()
    print(f"{time.monotonic() - began:.1f} s")

    began = step(2, "Python 3.13")
    if not works(VENV / "bin/python", "-c", "import sys; sys.exit(sys.version_info[:2] != (3, 13))"):
        run(UV, "venv", "--quiet", "--clear", "--python", "3.13", VENV)
    print(f"{time.monotonic() - began:.1f} s")

    began = step(3, "packages")
    run(
        UV,
        "pip",
        "sync",
        "--quiet",
        "--python",
        VENV / "bin/python",
        "--require-hashes",
        "requirements/dev.txt",
    )
    (VENV / ".ready").touch()
    print(f"{time.monotonic() - began:.1f} s")


def chromium() -> None:
    """Install Debian's headless Chromium when it is missing and we may; where it cannot be had, any other will do."""
    if shutil.which(HEADLESS):
        return
    other = any(shutil.which(name) for name in BROWSERS)
    if not (os.geteuid() == 0 and shutil.which("apt-get")):
        if other:
            return
        sys.exit(
            "The tests drive Chromium: install it first, on Debian and Ubuntu with: sudo apt-get install -y chromium"
        )
    print(f"{HEADLESS} is missing: installing Debian's … ", end="", flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
    if works("apt-get", "update", "-qq") and works(*install, HEADLESS):
        print("done")
    elif other:
        print("not to be had, the tests take another Chromium")
    else:
        run(*install, "chromium")
        print("done, with Chromium")


if __name__ == "__main__":
    chromium() if sys.argv[1:] == ["chromium"] else set_up()
