"""From records to HTML. Everything is escaped by Jinja; what is Markup is our own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Final

from attrs import frozen
from markupsafe import Markup
from starlette.responses import HTMLResponse

from lockbay.actors.words import words
from lockbay.areas.admin import acts, term_values
from lockbay.areas.admin.term_values import GROUPS
from lockbay.areas.admin.terms_records import Term
from lockbay.areas.text import isolated
from lockbay.money import CURRENCIES, plain
from lockbay.wallclock import WallClock
from lockbay.web.console.access import new_once
from lockbay.web.console.access_records import Role, Session

ENGLISH: Final = words("en", "UTC")
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers send forms from nowhere: Origin: null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


@frozen
class Place:
    """A page in the navigation, and who finds anything there."""

    path: str
    label: str
    roles: frozenset[Role]


ALL: Final[frozenset[Role]] = frozenset({"support", "finance", "owner"})
SUPPORT: Final[frozenset[Role]] = frozenset({"support", "owner"})
FINANCE: Final[frozenset[Role]] = frozenset({"finance", "owner"})
OWNER: Final[frozenset[Role]] = frozenset({"owner"})
PLACES: Final = (
    Place("/admin", "Dashboard", ALL),
    Place("/admin/trades", "Trades", ALL),
    Place("/admin/users", "People", ALL),
    Place("/admin/disputes", "Disputes", SUPPORT),
    Place("/admin/tickets", "Tickets", SUPPORT),
    Place("/admin/payouts", "Cash-outs", FINANCE),
    Place("/admin/unapplied", "Unapplied", FINANCE),
    Place("/admin/corrections", "Corrections", FINANCE),
    Place("/admin/books", "Providers", FINANCE),
    Place("/admin/ledger", "Ledger", FINANCE),
    Place("/admin/audit", "Audit", FINANCE),
    Place("/admin/letters", "Undelivered", SUPPORT),
    Place("/admin/health", "Health", ALL),
    Place("/admin/terms", "Terms", OWNER),
    Place("/admin/maintenance", "Maintenance", OWNER),
    Place("/admin/team", "Staff", OWNER),
    Place("/admin/log", "Log", OWNER),
)


class Rendering:
    """The templates, each compiled once: by `compile`, or when it is first wanted."""

    def __init__(self, clock: WallClock) -> None:
        self._clock = clock
        import jinja2  # nobody else's start needs it

        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("lockbay.web.console"),
            autoescape=True,
            auto_reload=False,  # else each page looks for its files on the disk, in the loop
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "amount": amount, "number": number, "usd": ENGLISH.usd, "time": moment, "ago": self._ago, "state": state,
            "grouped": grouped, "term": partial(term_values.title, ENGLISH), "held": held, "isolated": name,
            "act": partial(acts.act, ENGLISH),
        }  # fmt: skip

    def compile(self) -> None:
        """All of them. Takes a third of a second; may run in a thread of its own."""
        for name in self._environment.list_templates(["html"]):
            self._environment.get_template(name)

    def page(self, template: str, session: Session | None, status: int = 200, /, **values: object) -> HTMLResponse:
        """A page; with a session it has the navigation of their role, and every form of it their token."""
        places = [place for place in PLACES if session is not None and session.role in place.roles]
        html = self._environment.get_template(template).render(
            me=session,
            places=places,
            csrf=session.csrf if session else "",
            once=new_once,
            now=self._clock.now(),
            **values,
        )
        return HTMLResponse(html, status)

    def _ago(self, at: datetime) -> str:
        return ENGLISH.until(at, self._clock.now())


def amount(value: Decimal, code: str) -> str:
    """1,250.5 USDT; all digits of a currency that need not be ours."""
    digits = plain(value)
    fits = code in CURRENCIES and len(digits.partition(".")[2]) <= CURRENCIES[code].scale
    return ENGLISH.amount(value, code) if fits else f"{digits[:60]} {code[:12]}"


def held(value: str, term: Term) -> str:
    """A term's value: 5%, 2 d."""
    return term_values.shown(ENGLISH, term, value)


def grouped(terms: Iterable[Term]) -> list[tuple[str, list[Term]]]:
    """The terms under their headings, as in the chat."""
    known = {term.name: term for term in terms}
    return [(say(ENGLISH), [known[name] for name in names if name in known]) for say, names in GROUPS.values()]


def number(value: int) -> str:
    return f"{value:,}"


def name(value: str | int) -> str:
    """What a person is called; a name from right to left turns nothing around beside it."""
    return isolated(str(value))


def moment(at: datetime) -> Markup:
    """To the second, in UTC."""
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        at.isoformat(), f"{at:%Y-%m-%d %H:%M:%S}", f"{at:%d %b %Y, %H:%M}"
    )


def state(word: str) -> Markup:
    """A state as a badge."""
    return Markup('<span class="badge {}">{}</span>').format(COLOURS.get(word, "plain"), word.replace("_", " "))


COLOURS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("released", "done", "resolved", "credited", "attached", "approved"), "good"),
    **dict.fromkeys(("disputed", "unknown", "declined", "underpaid"), "bad"),
    **dict.fromkeys(("awaiting_payment", "awaiting_approval", "waiting", "requested", "sending", "sent"), "wait"),
    **dict.fromkeys(("paid", "accepted", "delivered"), "open"),
}
