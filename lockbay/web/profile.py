"""The public page of a person: what everybody may know of them, and the way to trade with them.

No scripts, nothing from elsewhere, no cookies; what people wrote is escaped, and isolated where it may run from right
to left. Search engines are told to stay out: people made this page for those whom they show it to.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeAlias

import structlog
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from lockbay.actors.words import CATALOGUES, Words, words
from lockbay.areas import standing
from lockbay.areas.ratings.profiles import Links
from lockbay.areas.ratings.records import GetPublicPage, PublicPage, Rating
from lockbay.errors import OutcomeUnknown, Unavailable
from lockbay.postgres.database import Database
from lockbay.web.guard import RETRY_AFTER
from lockbay.web.webhooks import Turns

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

PROFILE: Final = "/u/{slug}"
FRESH: Final = 60  # s for which a page may be kept by whoever fetched it
STYLE: Final = Markup((Path(__file__).parent / "profile.css").read_text())  # noqa: S704 ours
ALLOWED: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{ALLOWED}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Vary": "Accept-Language",
}

_SLUG: Final = re.compile(r"[0-9a-f]{12}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}", re.ASCII)
log = structlog.get_logger()


def profile_page(database: Database, bot: str, turns: Turns) -> Endpoint:
    """GET and HEAD of /u/<slug>: 404 for whoever is unknown, not public, blocked or gone, all alike; 503 when we
    cannot.
    """
    links = Links(bot)

    async def profile(request: Request) -> Response:
        speech = _speech(request.headers.get("accept-language", ""))
        slug = request.path_params["slug"]
        if not _SLUG.fullmatch(slug):
            return _nobody(speech)
        if turns.are_taken:
            return Response(status_code=503, headers=RETRY_AFTER)
        try:
            with turns.taken():
                async with turns.statements:
                    found = await database.run(GetPublicPage(slug))
        except (Unavailable, OutcomeUnknown) as error:
            log.warning("page_not_shown", error=str(error))
            return Response(status_code=503, headers=RETRY_AFTER)
        if found is None:
            return _nobody(speech)
        return _answer(speech, found.name, _body(speech, found, links), 200)

    return profile


def _speech(accepted: str) -> Words:
    """The first language that the reader wants and that we speak, else English. Times are in UTC: months only."""
    for wanted in accepted[:200].lower().split(","):
        language = wanted.partition(";")[0].partition("-")[0].strip()
        if language == "en" or (_LANGUAGE.fullmatch(language) and (CATALOGUES / language).is_dir()):
            return words(language, "UTC")
    return words("en", "UTC")


def _nobody(speech: Words) -> Response:
    text = speech("There is no public profile at this address.")
    return _answer(speech, "LockBay", Markup("<main><p>{}</p></main>").format(text), 404)


def _answer(speech: Words, title: str, body: Markup, status: int) -> Response:
    page = PAGE.format(language=speech.spoken.language, title=title, style=STYLE, body=body)
    return HTMLResponse(page, status, {**HEADERS, "Cache-Control": f"public, max-age={FRESH}"})


def _body(speech: Words, page: PublicPage, links: Links) -> Markup:
    it = page.standing
    facts = [
        (speech("Completed trades"), speech.number(Decimal(it.completed))),
        *([(speech("Volume"), standing.volume(speech, it))] if it.completed else []),
        *([(speech("Level"), it.level)] if it.level else []),
        (speech("Here since"), speech.month(it.since)),
    ]
    return BODY.format(
        name=page.name,
        stars=standing.rated(speech, it),
        facts=_each("<div><dt>{}</dt><dd>{}</dd></div>", facts),
        achievements=_each("<li>{}</li>", [(standing.achieved(speech, each),) for each in page.achievements]),
        link=links.chat(page.slug),
        trade=speech.label("🤝 Trade with them on Telegram"),
        ratings=_ratings(speech, page),
        about=speech("LockBay holds the buyer’s money until the seller has delivered."),
    )


def _ratings(speech: Words, page: PublicPage) -> Markup:
    if not page.ratings:
        return Markup()
    said = Markup().join(_rating(speech, each) for each in page.ratings)
    return Markup("<h2>{}</h2>{}").format(speech("What others say"), said)


def _rating(speech: Words, rating: Rating) -> Markup:
    who = speech.label("a buyer") if rating.role == "buyer" else speech.label("a seller")
    return RATING.format(
        told=speech.label("{n} of 5 stars", n=rating.stars),
        stars="★" * rating.stars,
        rest="★" * (5 - rating.stars),
        comment=rating.comment or "",
        who=who,
        month=speech.month(rating.at),
    )


def _each(template: str, rows: Iterable[tuple[object, ...]]) -> Markup:
    """One after the other; the values are escaped."""
    return Markup().join(Markup(template).format(*row) for row in rows)  # noqa: S704 templates of ours


PAGE: Final = Markup(
    """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · LockBay</title>
<style>{style}</style>
</head>
<body>
<header>🔒 LockBay</header>
{body}
</body>
</html>
"""
)
BODY: Final = Markup(
    """<main>
<h1><bdi>{name}</bdi></h1>
<p class="stars">{stars}</p>
<dl>{facts}</dl>
<ul>{achievements}</ul>
<p><a class="trade" href="{link}">{trade}</a></p>
{ratings}
</main>
<footer>{about}</footer>"""
)
RATING: Final = Markup(
    """<figure>
<div class="given" role="img" aria-label="{told}">{stars}<span>{rest}</span></div>
<blockquote dir="auto">{comment}</blockquote>
<figcaption>{who}, {month}</figcaption>
</figure>"""
)
