"""`make start`: run an empty Ouvrage on this machine until Ctrl-C, and print the address that sets it up."""

import os
import sys

from config import embedded, instance
from config.demo import watch
from config.processes import Failure, Interrupted, Progress, end_on_signals, lock_folder, say

FOLDER = embedded.ROOT / "var/start"
BUSY = "Ouvrage runs from this checkout already: end it with Ctrl-C where it was started"


def start() -> int:
    """Start all processes, print the address, supervise, then stop them all; the data stays for the next time."""
    end_on_signals()
    with lock_folder(FOLDER / "run", BUSY):
        try:
            port = int(os.environ.get("PORT", "8000"))
            running = instance.start(FOLDER, (), port, Progress(instance.steps(())), os.environ)
            say(f"\nOuvrage is at {running.base_url}/    (mail: {FOLDER / 'mail'}, logs: {FOLDER / 'log'})")
            say(f"\n{set_up_line(running)}\n\nCtrl-C ends it; the data stays for the next time.")
            return watch(FOLDER)
        except Interrupted:
            return 0
        finally:
            say("\nEnding … ")
            instance.end(FOLDER)


def set_up_line(running: instance.Instance) -> str:
    """Return the address that sets the instance up, or the sentence that it is done."""
    address = instance.set_up_url(running)
    return f"Set it up (once, within a day): {address}" if address else "It is set up: sign in."


if __name__ == "__main__":
    try:
        sys.exit(start())
    except Failure as failure:
        sys.exit(str(failure))
