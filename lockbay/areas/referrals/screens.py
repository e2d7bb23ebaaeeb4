"""What a person's own link looks like, and those whom it brought. Pure."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup

from lockbay.actors.screen import Copy, Link, Row, Screen, Url
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.payin_screens import qr
from lockbay.areas.referrals.records import Progress, ReferralList, ReferralPage, Referred
from lockbay.areas.text import cut, isolated, lines, paragraphs
from lockbay.money import USDT


def link(bot: str, code: str) -> str:
    """Opens the chat with the bot, and says who sent them."""
    return f"https://t.me/{bot}?start=r_{code}"


def referral(words: Words, page: ReferralPage, bot: str, *, opened: str = "") -> Screen:
    """The own link as text, picture and buttons, the rules, and what came of it. `opened`: the code of a link that the
    person has just come by.
    """
    own = link(bot, page.code)
    text = paragraphs(
        (
            _opened(words, page, opened) if opened else None,
            words("🎁 <b>Referral</b>"),
            words("<code>{link}</code>", link=own),
            _rules(words, page),
            _counts(words, page),
            words("Fee credit pays fees back when a trade is completed. It cannot be cashed out."),
        )
    )
    return Screen(text, _rows(words, page, own), qr(own))


def referred(words: Words, page: ReferralList, *, is_first: bool) -> Screen:
    """One page of those whom the link brought, the newest on top."""
    people = [_person(words, each) for each in page.people] or [
        words("Nobody has opened your link yet.") if is_first else words("There is nobody older.")
    ]
    turning = pages.turning(words, "referred", is_first=is_first, next=page.next)
    text = paragraphs((words("🎁 <b>Whom you brought</b>"), *people))
    return Screen(text, (turning, buttons.way_out(words, "referral")))


def _opened(words: Words, page: ReferralPage, code: str) -> Markup:
    if code.lower() == page.code:
        return words("⚠️ That is your own link. Send it to people who are new here.")
    return words("⚠️ You are with LockBay already. Such a link is for people who are new here; below is yours.")


def _rules(words: Words, page: ReferralPage) -> Markup:
    newcomer, referrer = words.amount(page.newcomer_gets, USDT), words.amount(page.referrer_gets, USDT)
    return lines(
        words(
            "Who is new, comes by this link and accepts the terms gets <b>{amount}</b> of fee credit.", amount=newcomer
        )
        if page.newcomer_gets
        else None,
        words(
            "You get <b>{amount}</b> of fee credit when they have completed trades worth {usd}.",
            amount=referrer,
            usd=words.usd(page.needed),
        )
        if page.referrer_gets
        else None,
    )


def _counts(words: Words, page: ReferralPage) -> Markup:
    waiting = words.amount(page.waiting * page.referrer_gets, USDT)
    return lines(
        words("Opened it: <b>{n}</b>", n=page.invited),
        words("Joined: <b>{n}</b>", n=page.joined),
        words("Have traded: <b>{n}</b>", n=page.traded),
        words("Earned: <b>{amount}</b>", amount=words.amount(page.earned, USDT)),
        words("Still to come: <b>{amount}</b>", amount=waiting) if page.waiting and page.referrer_gets else None,
        words("Your fee credit: <b>{amount}</b>", amount=words.amount(page.credit, USDT)),
    )


def _rows(words: Words, page: ReferralPage, own: str) -> tuple[Row, ...]:
    text = words.label("Trade safely with people you do not know: LockBay holds the money.")
    share = f"https://t.me/share/url?url={quote(own, safe='')}&text={quote(text, safe='')}"
    rows: tuple[Row, ...] = ((Copy(words.label("📋 Copy link"), own), Url(words.label("📨 Share"), share)),)
    if page.invited:
        rows += ((Link(words.label("Whom you brought ({n})", n=page.invited), "referred"),),)
    return (*rows, (buttons.wallet(words), buttons.menu(words)))


def _person(words: Words, each: Referred) -> Markup:
    """The name last on its line: a right-to-left one then turns nothing else around."""
    return words(
        "{progress} · {time} · <b>{name}</b>",
        progress=_progress(words, each.state)
        if each.earned is None
        else words.label("✅ +{amount}", amount=words.amount(each.earned, USDT)),
        time=words.time(each.at),
        name=isolated(cut(each.name, 64)),
    )


def _progress(words: Words, state: Progress) -> str:
    return {
        "invited": words.label("👀 opened it"),
        "joined": words.label("🙋 joined"),
        "traded": words.label("🤝 has traded"),
        "earned": words.label("✅ earned"),
    }[state]
