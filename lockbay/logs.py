"""Structured logs: one line an event, to standard error. Readable on a terminal, JSON elsewhere."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Collection, Mapping, MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from functools import partial
from types import TracebackType
from typing import Final
from urllib.parse import quote

import structlog
from attrs import field, frozen
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer

# Without local variables: they hold rows, and rows hold what people keep to themselves.
TRACEBACKS: Final = ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
SHAPES: Final = re.compile(  # of secrets, wherever they stand: a bot token; the password in a URL
    r"\d{5,}:[A-Za-z0-9_-]{8,}|(?<=://)[^/\s:@\"]*:[^/\s@\"]+(?=@)"
)
SECRET: Final = ("token", "secret", "password", "api_key", "nonce", "authorization")

# What is going on when a line is written: asked only when one is. It costs a turn half a µs, where structlog's own
# contextvars take 3. Tasks that a turn starts inherit it.
WHERE: Final[ContextVar[Callable[[], Mapping[str, object]] | None]] = ContextVar("lockbay_where", default=None)


@frozen
class Net:
    """The last net: takes secrets out of what is written, by their shapes and, of our own, by their very letters."""

    _known: re.Pattern[str] = field(repr=False)

    @classmethod
    def of(cls, secrets: Collection[str]) -> Net:
        """As they are, as in JSON and as in a URL; the longest first, so that no end of one is left."""
        forms = {form for each in secrets for form in (each, json.dumps(each)[1:-1], quote(each, safe=""))}
        return cls(re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))) or r"(?!)"))

    def __call__(self, _: object, __: str, line: object) -> str:
        """The rendered line. Errors of libraries may quote URLs."""
        return self.strained(str(line))

    def strained(self, text: str) -> str:
        return SHAPES.sub("…", self._known.sub("…", text))

    def crashed(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """In the place of sys.excepthook: whatever ends the process is told there."""
        sys.stderr.write(self.strained("".join(traceback.format_exception(kind, error, trace))))


class LossyLogger(structlog.WriteLogger):
    """Writes a line and its end at once, and fails nobody who logs: what the disk has no room for is lost."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    debug = info = warning = error = critical = exception = msg


def configure(level: int = logging.INFO, *, secrets: Collection[str] = ()) -> Net:
    """For the whole process, at its start; again when its secrets are known."""
    net = Net.of(secrets)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells whole URLs, and ours hold nonces
    shared: list[structlog.types.Processor] = [
        located,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    if sys.stderr.isatty():
        shared.append(structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback))
    else:
        shared += [TRACEBACKS, structlog.processors.JSONRenderer()]
    structlog.configure(
        [*shared, net],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=partial(LossyLogger, sys.stderr),
        cache_logger_on_first_use=True,
    )
    return net


def located(_: object, __: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """With the update, the user and the conversation that it is about, unless the line says so itself."""
    where = WHERE.get()
    if where is not None:
        for name, value in where().items():
            if value is not None:
                event.setdefault(name, value)
    return event


def redact(_: object, __: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Nothing that is named like a secret is written down. The last net, not the first."""
    for name in event:
        if any(word in name.casefold() for word in SECRET):
            event[name] = "…"
    return event
