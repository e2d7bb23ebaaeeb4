"""What each start of the service works out anew and is the same every time: kept from before the fork.

So a death by the failpoints costs half a start, and another look for payouts need not wait for a second. Scenarios that
start LockBay as a program of its own, as `kill` does, start it cold and leave its periods alone.
"""

from __future__ import annotations

import functools
import gc
from types import CodeType
from typing import Final

import httpx._transports.default
import jinja2

from lockbay.clock import payouts
from lockbay.postgres import catalogue, files
from lockbay.postgres.catalogue import Catalogue
from lockbay.wallclock import SystemClock
from lockbay.web.console.rendering import Rendering

PERIOD: Final = 0.25  # s between two looks for payouts, instead of 1


def warm() -> None:
    """To be called once, by whoever forks."""
    assert payouts.PERIOD > PERIOD
    vars(payouts)["PERIOD"] = PERIOD
    transports = vars(httpx._transports.default)
    transports["create_ssl_context"] = functools.lru_cache(transports["create_ssl_context"])
    _keep_templates()
    Rendering(SystemClock())
    book = Catalogue(files.read_files(files.sql_folder()))
    for declaration in catalogue.declared():
        book.plan(declaration)
    gc.collect()
    gc.freeze()  # else each life's first collection goes through all of it, and makes it its own


def _keep_templates() -> None:
    """By what they are compiled of; there is one kind of environment."""
    compiled, code = jinja2.Environment.compile, dict[tuple[object, ...], CodeType]()

    def kept(environment: jinja2.Environment, source: str, *rest: object) -> CodeType:
        key = (source, *rest)
        if key not in code:
            code[key] = compiled(environment, source, *rest)  # type: ignore[call-overload]
        return code[key]

    jinja2.Environment.compile = kept  # type: ignore[assignment, method-assign]
