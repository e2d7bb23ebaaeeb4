"""The service as the README starts it: a process of its own with the whole sandbox in it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from attrs import define, field

from lockbay.postgres.embedded import EmbeddedPostgres
from tests.e2e.conftest import free_port

REPOSITORY: Final = Path(__file__).parent.parent.parent
STOPS_WITHIN: Final = 10.0  # s, what a supervisor grants
AUDIT_WITHIN: Final = 30.0  # s


@define
class House:
    """One data folder and two ports, which stay the same when the service is started again."""

    folder: Path
    log: Path
    url: str = field(init=False)
    _environment: dict[str, str] = field(init=False, repr=False)
    _process: subprocess.Popen[str] | None = field(init=False, default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        sandbox = f"127.0.0.1:{free_port()}"
        self.url = f"http://{sandbox}"
        others = {name: value for name, value in os.environ.items() if not name.startswith("LOCKBAY_")}
        self._environment = others | {
            "PYTHONPATH": str(REPOSITORY),
            "LOCKBAY_DATA_DIR": str(self._data),
            "LOCKBAY_SANDBOX_BIND": sandbox,
            "LOCKBAY_WEB_BIND": f"127.0.0.1:{free_port()}",
        }

    @property
    def _data(self) -> Path:
        return self.folder / "var"

    def start(self) -> str:
        """The README's command. Returns the line that it greets with, after which the page can be opened."""
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                self._command("--poll", "--sandbox"),
                cwd=self.folder, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def audit(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command("--audit"),
            cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=AUDIT_WITHIN, check=False,
        )  # fmt: skip

    def stop(self) -> int:
        """SIGTERM; the exit code. Raises TimeoutExpired when it takes longer than a supervisor would wait."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(STOPS_WITHIN)
        self._forget()
        return code

    def end(self) -> None:
        """Whatever state it is in, nothing of it runs afterwards; its PostgreSQL would outlive a kill -9."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.stop()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._forget()
        EmbeddedPostgres(self._data / "postgres").kill()

    def _forget(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "lockbay", *arguments]
