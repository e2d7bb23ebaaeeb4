"""The console as an app: from a request to a page, a decision, or a refusal that says nothing it should not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlencode

import structlog
import trio
from prometheus_client import REGISTRY, CollectorRegistry
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lockbay.areas.disputes.records import DisputeCase
from lockbay.areas.disputes.split import Split, split
from lockbay.errors import KeyReused, OutcomeUnknown, Unavailable
from lockbay.money import CURRENCIES
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused, View
from lockbay.web.console.access import PATH, Allowances, Forged, Gate, NoSession, TooMany, request_key
from lockbay.web.console.access_records import Session
from lockbay.web.console.callers import Callers, Network
from lockbay.web.console.chores import Chores
from lockbay.web.console.decisions import DECISIONS, DONE, GENERAL, PROBLEMS, BadForm, Decision, Filled
from lockbay.web.console.gauges import read_gauges
from lockbay.web.console.house_records import Activity
from lockbay.web.console.ledger_records import BeginAudit
from lockbay.web.console.pages import CASHOUT_STATES, PAGES, TRADE_STATES, NotFound, Page, Unasked, line
from lockbay.web.console.plots import plots
from lockbay.web.console.rendering import HEADERS, Rendering

STATEMENTS: Final = 2  # at a time: the pool's other connections are left for people
ENTER: Final = PATH + "/enter/{token}"
LEAVE: Final = PATH + "/leave"
RUN_AUDIT: Final = PATH + "/audit/run"
STATIC: Final = {
    "console.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "console.svg": "image/svg+xml",
}

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
log = structlog.get_logger()


class Console:
    """An ASGI app for everything under /admin: `routes`. `chores` must run beside it."""

    def __init__(
        self,
        database: Database,
        public_url: str,
        chores: Chores,
        *,
        proxies: tuple[Network, ...] = (),
        password: str = "",
        allowances: Allowances | None = None,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        self._database = database
        self._gate = Gate(database, public_url, Callers(proxies), password, allowances or Allowances())
        self._chores = chores
        self._registry = registry
        self._rendering = Rendering(database.clock)
        self._statements = trio.CapacityLimiter(STATEMENTS)
        self.routes = self._routes()
        self._app = Hardened(Router(self.routes, redirect_slashes=False, default=self._unknown))
        if public_url.startswith("https://") and not password:
            log.warning("console_without_password", set="LOCKBAY_CONSOLE_PASSWORD")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def prepare(self) -> None:
        """Beside whatever else begins: the first who looks at a page should not have to wait for its template."""
        await trio.to_thread.run_sync(self._rendering.compile, abandon_on_cancel=True)

    def _routes(self) -> list[Route]:
        routes = [
            Route(ENTER, self._handled(self._look_at_link), methods=["GET"]),
            Route(ENTER, self._handled(self._enter), methods=["POST"]),
            Route(LEAVE, self._handled(self._leave), methods=["POST"]),
            Route(RUN_AUDIT, self._handled(self._run_audit), methods=["POST"]),
            *(Route(f"{PATH}/static/{name}", _static(name), methods=["GET"]) for name in STATIC),
        ]
        routes += [Route(each.path, self._handled(self._deciding(each)), methods=["POST"]) for each in DECISIONS]
        return routes + [Route(each.path, self._handled(self._showing(each)), methods=["GET"]) for each in PAGES]

    def _handled(self, endpoint: Endpoint) -> Endpoint:
        """What can go wrong, as an answer. One page at a time asks the database: see STATEMENTS."""

        async def handle(request: Request) -> Response:
            try:
                async with self._statements:
                    return await endpoint(request)
            except NoSession:
                return self._signed_out()
            except TooMany as error:
                return self._problem(429, {"Retry-After": str(error.seconds)})
            except (Forged, BadForm) as error:
                log.warning("console_form_refused", reason=type(error).__name__)
                return self._problem(403 if isinstance(error, Forged) else 400)
            except NotFound:
                return self._problem(404)
            except (Unavailable, OutcomeUnknown, KeyReused) as error:
                log.warning("console_not_answered", error=type(error).__name__)
                return self._problem(409 if isinstance(error, KeyReused) else 503)

        return handle

    def _problem(self, status: int, headers: dict[str, str] | None = None) -> Response:
        response = self._rendering.page("problem.html", None, status, status=status)
        response.headers.update(headers or {})
        return response

    def _signed_out(self) -> Response:
        response = self._rendering.page("signed_out.html", None, 401)
        self._gate.forget_cookie(response)
        return response

    async def _unknown(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._problem(404)(scope, receive, send)

    async def _look_at_link(self, request: Request) -> Response:
        """A page with a button: what only looks at links, such as a preview, does not use them up."""
        self._gate.may_enter(request)
        return self._rendering.page("enter.html", None, asks=self._gate.asks_password, wrong=False)

    async def _enter(self, request: Request) -> Response:
        """A wrong password does not use the link up: a slip of the hand is forgiven, and guesses are counted."""
        self._gate.may_enter(request)
        if not await self._gate.knows_password(request):
            log.warning("console_password_wrong")
            return self._rendering.page("enter.html", None, 403, asks=True, wrong=True)
        response = RedirectResponse(PATH, 303)
        entered = await self._gate.enter(request, request.path_params["token"], response)
        if entered is None:
            return self._rendering.page("link_over.html", None, 410)
        log.info("console_entered", user_id=entered)
        return response

    async def _leave(self, request: Request) -> Response:
        session = await self._gate.session(request)
        await self._gate.form(request, session)
        response = self._rendering.page("signed_out.html", None)
        await self._gate.leave(session, response)
        log.info("console_left", user_id=session.user_id)
        return response

    def _showing(self, page: Page) -> Endpoint:
        async def show(request: Request) -> Response:
            session = await self._gate.session(request, touches=page.touches)
            views = await self._read(page, request, session)
            if page.touches:  # what the staff looks at is private; what was searched for may be, too, and is not told
                log.info("console_looked", user_id=session.user_id, page=page.path, **request.path_params)
            return self._rendering.page(page.template, session, **views, **self._about(page, request, views))

        return show

    async def _read(self, page: Page, request: Request, session: Session) -> dict[str, View | None]:
        """Raises NotFound without a row: there is no such thing, or not for them."""
        views: dict[str, View | None] = {}
        for name, wanted in page.views.items():
            try:
                views[name] = await self._database.read(wanted.kind, session.user_id, *wanted.keys(request))
            except Unasked:
                views[name] = None
            if views[name] is None and not wanted.optional:
                raise NotFound
        return views

    def _about(self, page: Page, request: Request, views: dict[str, View | None]) -> dict[str, object]:
        """What a template gets besides its views."""
        query = request.query_params
        about: dict[str, object] = {
            "path": page.path,
            "query": {name: line(value) for name, value in query.items()},
            "done": DONE if "done" in query else "",
            "problem": PROBLEMS.get(query["problem"], GENERAL) if "problem" in query else "",
            "trade_states": TRADE_STATES,
            "cashout_states": CASHOUT_STATES,
        }
        activity = views.get("activity")
        if isinstance(activity, Activity):
            about |= {"day": plots(activity, month=False), "month": plots(activity, month=True)}
        case = views.get("case")
        if isinstance(case, DisputeCase):
            about |= {"shares": shares(case, query.get("percent", "")), "bad_percent": PROBLEMS["bad_percent"]}
        if page.template == "health.html":
            about["gauges"] = read_gauges(self._registry)
        return about

    def _deciding(self, decision: Decision) -> Endpoint:
        async def decide(request: Request) -> Response:
            session = await self._gate.session(request)
            form = await self._gate.form(request, session)
            filled = Filled(session.user_id, form, request.path_params)
            outcome = await self._database.perform(decision.make(filled), request_key(session, form))
            return _back(decision.where(request), outcome)

        return decide

    async def _run_audit(self, request: Request) -> Response:
        session = await self._gate.session(request)
        form = await self._gate.form(request, session)
        begun = await self._database.perform(BeginAudit(session.user_id), request_key(session, form))
        if not isinstance(begun, Refused):
            self._chores.begin_audit(begun)
        return _back(PATH + "/audit", begun)


def shares(case: DisputeCase, percent: str) -> tuple[int, Split] | None:
    """What a percentage that somebody typed would come to; None: it is none."""
    if not (percent.isascii() and percent.isdigit() and len(percent) <= 3 and int(percent) <= 100):
        return None
    return int(percent), split(case.held, case.payout, int(percent), CURRENCIES[case.currency])


def _back(path: str, outcome: object) -> Response:
    """To the page that shows how it stands now: loading that again decides nothing again."""
    if isinstance(outcome, Refused):
        reason = outcome.reason if outcome.reason in PROBLEMS else "unknown"
        return RedirectResponse(f"{path}?{urlencode({'problem': reason})}", 303)
    return RedirectResponse(f"{path}?done", 303)


def _static(name: str) -> Endpoint:
    body = (Path(__file__).parent / "static" / name).read_bytes()

    async def give(_: Request) -> Response:
        return Response(body, media_type=STATIC[name])

    return give


class Hardened:
    """Every answer of an app with the headers that keep browsers from doing other things with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        await self._app(scope, receive, hardened)
