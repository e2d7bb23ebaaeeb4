"""Structured logs: one line an event, to standard error. Readable on a terminal, JSON elsewhere."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from contextvars import ContextVar
from typing import Final

import structlog
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer

# Without local variables: they hold rows, and rows hold what people keep to themselves.
TRACEBACKS: Final = ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
SHAPES: Final = re.compile(  # of secrets, wherever they stand: a bot token; the password in a URL
    r"\d{5,}:[A-Za-z0-9_-]{8,}|(?<=://)[^/\s:@\"]*:[^/\s@\"]+(?=@)"
)
SECRET: Final = ("token", "secret", "password", "api_key", "nonce", "authorization")

# In the middle of what a line is written: asked only when one is. A turn pays half a µs for it, where structlog's own
# contextvars take 3. Tasks that a turn starts inherit it.
WHERE: Final[ContextVar[Callable[[], Mapping[str, object]] | None]] = ContextVar("lockbay_where", default=None)


def configure(level: int = logging.INFO) -> None:
    """For the whole process, once at its start."""
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
        [*shared, without_secrets],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def located(_: object, __: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """With the update, the user and the conversation that it is about, unless the line says so itself."""
    where = WHERE.get()
    if where is not None:
        for name, value in where().items():
            if value is not None:
                event.setdefault(name, value)
    return event


def without_secrets(_: object, __: str, line: object) -> str:
    """The rendered line. Errors of libraries may quote URLs."""
    return SHAPES.sub("…", str(line))


def redact(_: object, __: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Nothing that is named like a secret is written down. The last net, not the first."""
    for name in event:
        if any(word in name.casefold() for word in SECRET):
            event[name] = "…"
    return event
