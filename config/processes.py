"""Start and stop background processes, identified by pid and start time.

Every process gets its own session and a record (`run/NAME.json`) with its pid and start time. It is found and ended
only while the record still matches: a recycled pid is never touched.
"""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

#: Given only to the process that needs one, never inherited from our environment.
SECRETS = {"DATABASE_OWNER_URL", "DATABASE_NOTARY_URL", "DATABASE_SUPERUSER_URL", "OUVRAGE_NOTARY_KEY"}
MARK = "OUVRAGE_PROCESS"  # set in the environment of everything started here and of its forks, to find them
end_requested = threading.Event()  # set by a signal, after `end_on_signals`
_children: dict[int, subprocess.Popen[bytes]] = {}


class Failure(Exception):
    """Raised for an error that a person must read: one line, with the next place to look."""


class Interrupted(Exception):
    """Raised when a signal ends a wait."""


@dataclass(frozen=True)
class Record:
    name: str
    pid: int
    started: float
    argv: list[str]
    env: dict[str, str]
    cwd: str
    log: str
    user: int | None

    def process(self) -> psutil.Process | None:
        """Return the live process of this record, or None."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 2
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


def spawn(
    run: Path,
    name: str,
    argv: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    user: int | None = None,
) -> Record:
    """Start `argv` in the background with `env` on top of ours, appending its output to `log`; as `user` when root.

    A program without a path is looked up in the PATH of `env`. The SECRETS of our environment are not inherited.
    """
    words = [str(word) for word in argv]
    extra = {**(env or {}), MARK: _mark(run, name)}
    log.parent.mkdir(parents=True, exist_ok=True)
    run.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env={name: value for name, value in os.environ.items() if name not in SECRETS} | extra,
            start_new_session=True,
            user=user,
            group=_group(user),
            extra_groups=None if user is None else [],
        )
    _children[child.pid] = child
    try:
        started = psutil.Process(child.pid).create_time()
    except psutil.NoSuchProcess:
        started = time.time()
    record = Record(name, child.pid, started, words, extra, str(cwd), str(log), user)
    write_private(run / f"{name}.json", json.dumps(asdict(record), indent=1))
    return record


def _group(user: int | None) -> int | None:
    if user is None:
        return None
    import pwd

    return pwd.getpwuid(user).pw_gid


def respawn(run: Path, name: str) -> Record:
    """Restart a recorded process: same command, same environment; end the old one if it lives."""
    old = find_record(run, name)
    if old is None:
        raise Failure(f"nothing called {name} was started here")
    stop(run, name)
    return spawn(run, name, old.argv, log=Path(old.log), cwd=Path(old.cwd), env=old.env, user=old.user)


def find_record(run: Path, name: str) -> Record | None:
    """Return the last record of this name, whether the process lives or not."""
    try:
        return Record(**json.loads((run / f"{name}.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def running(run: Path, name: str) -> int | None:
    """Return the pid of that process while it lives."""
    record = find_record(run, name)
    return record.pid if record and record.process() else None


def stop(run: Path, name: str, sign: signal.Signals = signal.SIGTERM, grace: float = 15) -> None:
    """End that process and its forks, with `sign` first, then SIGKILL; delete the record."""
    record = find_record(run, name)
    if record is None:
        return
    if (process := record.process()) is not None:
        process.send_signal(sign)
        limit = time.monotonic() + grace
        while record.process() is not None:
            if time.monotonic() > limit:
                process.kill()
            time.sleep(0.05)
    if (child := _children.pop(record.pid, None)) is not None:
        child.wait()
    for left in _left_behind(_mark(run, name)):
        left.kill()
    (run / f"{name}.json").unlink(missing_ok=True)


def _mark(run: Path, name: str) -> str:
    return f"{run.resolve()}#{name}"


def _left_behind(mark: str) -> list[psutil.Process]:
    """List the forks that outlived their parent."""
    processes = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                processes.append(process)
        except (OSError, psutil.Error):
            continue
    return processes


def wait_until(ready: Callable[[], bool], record: Record, quiet: float) -> None:
    """Wait for `ready()` while the process works: a busy machine may take many times as long as an idle one.

    Raises Failure with the end of the log when the process dies, when it neither used a processor nor wrote to its log
    for `quiet` seconds, or after twenty times as long.
    """
    began = time.monotonic()
    last, since = _traces(record), began
    while not ready():
        if end_requested.is_set():
            raise Interrupted
        if record.process() is None:
            raise Failure(f"{record.name} ended at once; {tail(Path(record.log))}")
        now, traces = time.monotonic(), _traces(record)
        if traces != last:
            last, since = traces, now
        if now > since + quiet or now > began + 20 * quiet:
            raise Failure(f"{record.name} did not answer in {now - began:.0f} s; {tail(Path(record.log))}")
        time.sleep(0.05)


def _traces(record: Record) -> tuple[float, int]:
    """Return what shows that a process works: its processor time with its children's, and the size of its log."""
    log, seconds = Path(record.log), 0.0
    with suppress(psutil.Error):
        process = psutil.Process(record.pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                seconds += sum(one.cpu_times()[:2])
    return seconds, log.stat().st_size if log.exists() else 0


def end_on_signals() -> None:
    """Make Ctrl-C, SIGTERM and SIGHUP only set `end_requested`, so that no start is interrupted halfway."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda *_: end_requested.set())


@contextmanager
def lock_folder(folder: Path, refusal: str) -> Iterator[None]:
    """Lock the folder for one command at a time; the lock of a killed process is released."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(refusal) from None
        yield


def tail(log: Path, lines: int = 12) -> str:
    """Return the name of a log with its last lines."""
    text = log.read_text(errors="replace").splitlines()[-lines:] if log.exists() else []
    return f"see {log}:\n" + "\n".join(f"    {line}" for line in text)


def free_port(preferred: int | None = None) -> int:
    """Return a free port of the loopback address, the preferred one when it is free."""
    with reserve_port(preferred) as port:
        return port


@contextmanager
def reserve_port(preferred: int | None = None) -> Iterator[int]:
    """Reserve a free port until the block ends."""
    for wish in (preferred or 0, 0):
        with socket.socket() as holder:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                holder.bind(("127.0.0.1", wish))
                holder.listen()
            except OSError:
                continue
            yield int(holder.getsockname()[1])
            return
    raise Failure("no free port on 127.0.0.1")


def write_private(path: Path, text: str) -> None:
    """Write a file readable only by its owner, atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


class Progress:
    """Progress with one line per step: `[3/9] PostgreSQL 18 … 1.2 s`."""

    def __init__(self, total: int, done: int = 0) -> None:
        self.total, self.done = total, done

    def __call__(self, title: str) -> "Progress":
        self.done += 1
        write(f"[{self.done}/{self.total}] {title} … ")
        return self

    def __enter__(self) -> None:
        self.began = time.monotonic()

    def __exit__(self, kind: object, *_: object) -> None:
        say(f"{time.monotonic() - self.began:.1f} s" if kind is None else "failed")


def say(line: str) -> None:
    """Print a line to the terminal, if it is still open."""
    write(line + "\n")


def write(text: str) -> None:
    """Write text to the terminal; a closed one raises nothing, above all while ending."""
    with suppress(OSError):
        sys.stdout.write(text)
        sys.stdout.flush()
