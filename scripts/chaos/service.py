"""The service as a process, and what its log says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from attrs import define, field

DECODER: Final = json.JSONDecoder()
CUT: Final = re.compile(r'"level": ?"(error|critical)')


@define(eq=False)
class Service:
    """LockBay as a process that is killed and started again. Its log goes to a file, all lives one after another."""

    settings: Mapping[str, str]
    address: tuple[str, int]
    log: Path
    program: tuple[str, ...] = ("-m", "lockbay", "--poll")
    starts: int = field(default=0, init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def burnt(self) -> float:
        """CPU seconds of the present life."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def start(self) -> None:
        """Does not wait until it serves."""
        self.starts += 1
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.program], env=dict(self.settings), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=log, cwd=self.log.parent,
            )  # fmt: skip

    def kill(self) -> None:
        """kill -9: nothing of it runs when this returns."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def logged(self) -> list[dict[str, object]]:
        """All that its lives have logged; what is no JSON is an entry of the level `crash`."""
        return [entry for line in self.log.read_bytes().splitlines() for entry in entries(line)]


def entries(line: bytes) -> Iterator[dict[str, object]]:
    """What a line of the log says. A kill may have come into the middle of it, and the next life goes on there. What
    was cut off is `torn`; an error, or what is no JSON, is a `crash`.
    """
    text = line.decode(errors="replace")
    while text:
        try:
            entry, end = DECODER.raw_decode(text)
        except ValueError:
            torn, rest = _torn(text)
            yield {"level": "torn" if torn.startswith("{") and not CUT.search(torn) else "crash", "event": torn}
            text = rest
            continue
        yield entry if isinstance(entry, dict) else {"level": "crash", "event": str(entry)}
        text = text[end:].strip()


def _torn(text: str) -> tuple[str, str]:
    """What was cut off, and what follows it."""
    begin = text.find('{"', 1)
    while begin > 0:
        with suppress(ValueError):
            if "event" in DECODER.raw_decode(text[begin:])[0]:
                return text[:begin], text[begin:]
        begin = text.find('{"', begin + 1)
    return text, ""
