"""The routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import trio
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from lockbay.payments.provider import WEBHOOKS, Receiver
from lockbay.postgres.database import Database
from lockbay.web.console.access import PATH as CONSOLE
from lockbay.web.guard import RETRY_AFTER, Guard
from lockbay.web.health import Examine, complaints, report
from lockbay.web.limits import Limits
from lockbay.web.profile import PROFILE, profile_page
from lockbay.web.webhooks import Turns, Webhook

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def web_app(
    database: Database,
    receivers: Sequence[Receiver],
    examine: Examine,
    *,
    limits: Limits | None = None,
    registry: CollectorRegistry = REGISTRY,
    bot: str = "",
    console: ASGIApp | None = None,
) -> ASGIApp:
    """The app that serve_web serves: a webhook for each receiver, the pages of people, and the probes; every other path
    is a 404. `bot` is the bot's username: pages link to the chat with it. `console` serves /admin.
    """
    limits = limits or Limits()
    statements = trio.CapacityLimiter(limits.statements)
    routes = [
        *(
            Route(WEBHOOKS + each.name, Webhook(each, database, Turns(limits.webhooks, statements)))
            for each in receivers
        ),
        Route(PROFILE, profile_page(database, bot, Turns(limits.webhooks, trio.CapacityLimiter(limits.pages)))),
        *_probes(examine, registry),
    ]
    router: ASGIApp = Router(routes, redirect_slashes=False)
    paths = {route.path for route in routes}
    if console is None:
        return Guard(router, paths, limits)
    return Guard(_below(CONSOLE, console, router), {*paths, CONSOLE, f"{CONSOLE}/{{page}}"}, limits)


def standby_app(examine: Examine, *, registry: CollectorRegistry = REGISTRY) -> ASGIApp:
    """What a service that waits for its turn serves: the probes."""
    routes = _probes(examine, registry)
    return Guard(Router(routes, redirect_slashes=False), {route.path for route in routes}, Limits())


def _probes(examine: Examine, registry: CollectorRegistry) -> list[Route]:
    """/health/live: this process answers. /health: it can serve people. /metrics: Prometheus'."""
    return [
        Route("/health/live", _live),
        Route("/health", _health(examine)),
        Route("/metrics", _metrics(registry)),
    ]


async def _live(_: Request) -> Response:
    return JSONResponse({"status": "alive"})


def _below(prefix: str, inside: ASGIApp, outside: ASGIApp) -> ASGIApp:
    """An app for everything below a path, and another one for the rest."""

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        below = scope["type"] == "http" and (scope["path"] == prefix or scope["path"].startswith(f"{prefix}/"))
        await (inside if below else outside)(scope, receive, send)

    return either


def _health(examine: Examine) -> Endpoint:
    async def health(_: Request) -> Response:
        found = await examine()
        wrong = complaints(found)
        return JSONResponse(report(found), 503 if wrong else 200, RETRY_AFTER if wrong else None)

    return health


def _metrics(registry: CollectorRegistry) -> Endpoint:
    async def metrics(_: Request) -> Response:
        """In a thread: a thousand series take longer than the event loop may be held."""
        text = await trio.to_thread.run_sync(generate_latest, registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return metrics
