"""A trade as its two sides see it, with what each can do. Pure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias
from urllib.parse import quote as url_quoted

from markupsafe import Markup

from lockbay.actors.screen import Copy, Link, Row, Screen, Url
from lockbay.actors.words import Words
from lockbay.areas import buttons, disputed
from lockbay.areas.text import BLANK, fact, lines, quoted
from lockbay.areas.trades import unpayable
from lockbay.areas.trades.advice import advice
from lockbay.areas.trades.chat_layout import chat_button
from lockbay.areas.trades.layout import arrived, hours, invitation_link, limit, other_side, when, who_pays
from lockbay.areas.trades.moves import POSITIVE, is_early, less, move_button
from lockbay.areas.trades.records import Move, State
from lockbay.areas.trades.states import SIGNS, status
from lockbay.areas.trades.views import TradeDispute, TradePage
from lockbay.money import USDT

Deed: TypeAlias = Move | Literal["create", "join"]
SETTLED: Final[frozenset[State]] = frozenset({"released", "declined", "refunded"})  # the advice says no more than that
FRUITLESS: Final[frozenset[State]] = frozenset({"cancelled", "expired", "declined", "refunded"})


def trade(
    words: Words, page: TradePage, now: datetime, bot: str, headline: Markup | None = None, *, is_told: bool = False
) -> Screen:
    """A trade with everything that its viewer may do. `headline` says what has just happened; `is_told`: what has
    become of it stands above.
    """
    text = lines(
        headline,
        BLANK if headline is not None else None,
        words(
            "{sign} <b>Trade {slug}: {status}</b>",
            sign=SIGNS[page.state],
            slug=page.slug,
            status=status(words, page.state),
        ),
        _turn(words, page, now),
        BLANK,
        *_facts(words, page, now),
        quoted(page.description),
        *_dispute(words, page),
        None if is_told and page.state in SETTLED else unpayable.advice(words, page) or advice(words, page),
        less(words, page),
        _credit_back(words, page),
        _proposal(words, page),
    )
    return Screen(text, _rows(words, page, bot))


def _rows(words: Words, page: TradePage, bot: str) -> tuple[Row, ...]:
    foremost = [move for move in page.may if move in POSITIVE and not is_early(page, move)]
    return (
        *((_move(words, page, move),) for move in foremost),
        *_invite(words, page, bot),
        *_chat(words, page),
        *((_move(words, page, move),) for move in page.may if move not in foremost),
        *_rating(words, page),
        (buttons.my_trades(words), buttons.menu(words)),
    )


def _move(words: Words, page: TradePage, move: Move) -> Link:
    return move_button(words, page.id, move, has_parts=bool(page.parts), is_early=is_early(page, move))


def done(words: Words, deed: Deed) -> Markup:
    """What the viewer has just done."""
    return {
        "create": words("✅ <b>Your trade is created.</b> It waits for your payment."),
        "join": words("✅ <b>You have joined.</b>"),
        "pay": words("✅ <b>Paid.</b> LockBay holds the money now."),
        "reduce": words("✅ <b>You go on with what arrived.</b> The seller has to accept that."),
        "cancel": words("✅ <b>Cancelled.</b>"),
        "accept": words("✅ <b>Accepted.</b> Your time to deliver begins now."),
        "decline": words("✅ <b>Declined.</b> The buyer is told."),
        "deliver": words("✅ <b>Marked as delivered.</b> The buyer is told."),
        "release": words("✅ <b>Released.</b> Thank you for trading here."),
        "propose": words("✅ <b>Proposed.</b> The other side is asked."),
        "agree": words("✅ <b>Cancelled together.</b> The buyer has the money back."),
        "disagree": words("✅ <b>The trade goes on.</b> The other side is told."),
        "withdraw": words("✅ <b>Withdrawn.</b> The trade goes on."),
        "give_back": words("✅ <b>Refunded.</b> The buyer has the money back."),
        "dispute": words("✅ <b>The trade is disputed.</b> Its time stands still."),
    }[deed]


def _facts(words: Words, page: TradePage, now: datetime) -> tuple[Markup | None, ...]:
    is_buyer, unit = page.role == "buyer", page.currency
    return (
        fact(words, words.label("Seller") if is_buyer else words.label("Buyer"), other_side(words, page)),
        fact(words, words.label("Amount"), words.amount(page.amount, unit)),
        *_sums(words, page),
        *_parts(words, page),
        fact(words, words.label("In your wallet"), words.amount(page.available, unit)) if "pay" in page.may else None,
        _delivery(words, page, now),
        fact(words, words.label("Ended"), words.time(page.ended_at)) if page.ended_at else None,
    )


def _sums(words: Words, page: TradePage) -> tuple[Markup, ...]:
    """The fee and the viewer's side of it; of what ended with nothing for the seller what came back."""
    is_buyer, unit = page.role == "buyer", page.currency
    if page.state not in FRUITLESS:
        fee = f"{words.amount(_fee(page), unit)} · {who_pays(words, page.fee_payer, page.role)}"
        label = words.label("Fee, if released") if page.state == "disputed" else words.label("Fee")
        return fact(words, label, fee), _paid(words, page) if is_buyer else _earned(words, page)
    if not is_buyer or page.paid_at is None:
        return ()
    return (fact(words, words.label("Paid, and back in your wallet"), words.amount(page.buyer_pays, unit)),)


def _parts(words: Words, page: TradePage) -> tuple[Markup, ...]:
    """What has arrived of the price, and what is missing."""
    if not page.parts:
        return ()
    missing = fact(words, words.label("Missing"), words.amount(page.missing, page.currency))
    return (*arrived(words, page.parts, page.currency), missing)


def _fee(page: TradePage) -> Decimal:
    """What is or would be earned: less when the buyer went on with less."""
    if page.state == "resolved" and page.dispute is not None and page.dispute.fee is not None:
        return page.dispute.fee
    return page.buyer_pays - page.seller_gets if page.paid_at else page.fee


def _paid(words: Words, page: TradePage) -> Markup:
    label = words.label("You paid") if page.paid_at else words.label("You pay")
    return fact(words, label, words.amount(page.buyer_pays, page.currency))


def _earned(words: Words, page: TradePage) -> Markup:
    labels: dict[State, str] = {
        "disputed": words.label("You get, if released"),
        "released": words.label("You got"),
        "resolved": words.label("You got"),
    }
    label = labels.get(page.state, words.label("You get"))
    decided = page.dispute.seller_gets if page.dispute and page.state == "resolved" else None
    return fact(words, label, words.amount(page.seller_gets if decided is None else decided, page.currency))


def _delivery(words: Words, page: TradePage, now: datetime) -> Markup | None:
    if page.state in ("awaiting_payment", "underpaid", "paid"):
        return fact(words, words.label("Delivery within"), hours(words, page.delivery_hours))
    if page.state == "accepted" and page.refund_at:
        return fact(words, words.label("Refund to the buyer after"), when(words, page.refund_at, now))
    return None


def _turn(words: Words, page: TradePage, now: datetime) -> Markup | None:
    """Whose move it is, and by when."""
    if page.turn is None or page.deadline is None:
        return None
    by = when(words, limit(page, now) or page.deadline, now)
    if page.turn == page.role:
        return words("👉 <b>Your turn</b> until {when}", when=by)
    if page.turn == "buyer":
        return words("The buyer’s turn until {when}", when=by)
    return words("The seller’s turn until {when}", when=by)


def _dispute(words: Words, page: TradePage) -> tuple[Markup | None, ...]:
    """By whom, when, why, also once it is over; and what came of it."""
    found = page.dispute
    if found is None:
        return ()
    who = words.label("you") if found.role == page.role else disputed.side(words, found.role)
    opened = words(
        "⚖️ Dispute opened by {who}, {time}: {reason}",
        who=who, time=words.time(found.opened_at), reason=disputed.reason(words, found.reason),
    )  # fmt: skip
    return opened, *_decision(words, page, found)


def _decision(words: Words, page: TradePage, found: TradeDispute) -> tuple[Markup | None, ...]:
    if page.state != "resolved" or found.buyer_gets is None or found.seller_gets is None:
        return ()
    return (
        fact(words, words.label("The buyer got back"), words.amount(found.buyer_gets, page.currency)),
        fact(words, words.label("The seller got"), words.amount(found.seller_gets, page.currency)),
        words("LockBay decided that. The reason: {why}", why=found.why or ""),
    )


def _credit_back(words: Words, page: TradePage) -> Markup | None:
    """What the viewer's fee credit does for them."""
    if page.credit_back is None:
        return None
    amount = words.amount(page.credit_back, USDT)
    if page.ended_at is not None:
        return words("🎁 Your fee credit has paid <b>{amount}</b> of the fee back.", amount=amount)
    return words("🎁 Released, your fee credit pays <b>{amount}</b> of the fee back.", amount=amount)


def _proposal(words: Words, page: TradePage) -> Markup | None:
    """Somebody wants to end it together, and the other has not answered yet."""
    if page.proposed_by is None:
        return None
    if page.proposed_by == page.role:
        return words("🤝 <b>You have proposed to cancel together.</b> The other side has not answered yet.")
    return words(
        "🤝 <b>{name} proposes to cancel together:</b> the buyer gets {amount} back.",
        name=other_side(words, page),
        amount=words.amount(page.buyer_pays, page.currency),
    )


def _invite(words: Words, page: TradePage, bot: str) -> tuple[Row, ...]:
    """How the buyer brings in a seller who is not here yet."""
    if page.token is None:
        return ()
    link = invitation_link(bot, page.token)
    text = words.label("A trade on LockBay: {slug}", slug=page.slug)
    share = f"https://t.me/share/url?url={url_quoted(link, safe='')}&text={url_quoted(text, safe='')}"
    return ((Copy(words.label("📋 Copy invitation link"), link), Url(words.label("📨 Send it"), share)),)


def _rating(words: Words, page: TradePage) -> tuple[Row, ...]:
    """What others say of the other side, and what the viewer can say of them."""
    if page.other_slug is None:
        return ()
    about = buttons.about(words, other_side(words, page), page.other_slug, page.id)
    return ((buttons.rate(words, page.id), about) if page.may_rate else (about,),)


def _chat(words: Words, page: TradePage) -> tuple[Row, ...]:
    """Two can talk, one cannot."""
    return () if page.newest_message is None else ((chat_button(words, page.id, page.newest_message, page.unread),),)


def unknown(words: Words) -> Screen:
    """No such trade, or not theirs: the same sentence, so that nobody learns which."""
    text = lines(
        words("🔍 <b>There is no such trade of yours.</b>"), BLANK, words("Look for it in the list of your trades.")
    )
    return Screen(text, ((buttons.my_trades(words), buttons.menu(words)),))
