"""Who hears what, when and by which way: the one table of all notices.

Who does something sees the outcome on their screen and gets no notice of it; notices are for everybody else whom it
concerns. A kind that is not in the table is told at once, with a sound: nothing is lost by an omission here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from attrs import frozen

from lockbay.actors.words import Words

Topic: TypeAlias = Literal[
    "trades",
    "chat",
    "money",
    "disputes",
    "support",
    "ratings",
    "referrals",
    "announcements",
    "security",
    "staff_payments",
    "staff_payouts",
    "staff_disputes",
    "staff_support",
    "staff_house",
]
# security: cannot be muted, and sounds at night
# important: it is the person's turn, or money of theirs moved without them: cannot be muted, silent at night
# ordinary: can be muted, silent at night
# low: can be muted, waits until the night is over
Urgency: TypeAlias = Literal["security", "important", "ordinary", "low"]
# first: Telegram, and e-mail where that does not reach them; both: each gets a row of its own (sql/outbox/secure.sql)
Way: TypeAlias = Literal["first", "both"]


@frozen
class Rule:
    """How one kind of notice is told. What cannot be muted is told although its topic is. `repeats`: it is told again
    where nobody knows whether Telegram has shown it.
    """

    topic: Topic
    urgency: Urgency = "ordinary"
    way: Way = "first"
    repeats: bool = True

    @property
    def can_be_muted(self) -> bool:
        return self.urgency in ("ordinary", "low")


UNKNOWN: Final = Rule("security", "security")
RULES: Final[Mapping[str, Rule]] = {
    # a trade, to the side that did not make the move
    "trade_invited": Rule("trades", "important"),
    "trade_joined": Rule("trades"),
    "trade_paid": Rule("trades", "important"),
    "trade_reduced": Rule("trades", "important"),
    "trade_accepted": Rule("trades"),
    "trade_delivered": Rule("trades", "important"),
    "trade_reminder": Rule("trades", "important"),
    "trade_proposed": Rule("trades", "important"),
    "trade_agreed": Rule("trades"),
    "trade_disagreed": Rule("trades"),
    "trade_withdrawn": Rule("trades"),
    "trade_cancelled": Rule("trades"),
    "trade_expired": Rule("trades"),
    "trade_declined": Rule("trades"),
    "trade_refunded": Rule("trades"),
    "trade_returned": Rule("trades"),
    "trade_released": Rule("trades"),
    "chat_message": Rule("chat"),
    # money that comes and goes
    "deposit_seen": Rule("money"),
    "deposit_credited": Rule("money"),
    "payment_seen": Rule("money"),
    "payment_done": Rule("money"),
    "payment_part": Rule("money", "important"),
    "payment_extra": Rule("money"),
    "payment_waits": Rule("money", "important"),
    "cashout_is_requested": Rule("money"),
    "cashout_is_awaiting_approval": Rule("money"),
    "cashout_is_sending": Rule("money"),
    "cashout_is_unknown": Rule("money"),
    "cashout_is_waiting": Rule("money"),
    "cashout_is_sent": Rule("money"),
    "cashout_is_done": Rule("money", "important"),
    "cashout_is_cancelled": Rule("money"),
    "cashout_is_declined": Rule("money", "important"),
    "cashout_is_refunded": Rule("money", "important"),
    "unapplied_credited": Rule("money", "important"),
    "unapplied_refunded": Rule("money", "important"),
    "unapplied_attached": Rule("money", "important"),
    "unapplied_moved": Rule("money", "important"),
    # who brought whom
    "referral_welcome": Rule("referrals"),
    "referral_joined": Rule("referrals", "low"),
    "referral_earned": Rule("referrals"),
    "fee_credit_used": Rule("money"),
    "corrected": Rule("money", "important"),
    # disputes, to both sides
    "dispute_opened": Rule("disputes", "important"),
    "dispute_message": Rule("disputes"),
    "dispute_resolved": Rule("disputes", "important"),
    # support and ratings
    "ticket_answer": Rule("support"),
    "ticket_closed": Rule("support", "low"),
    "rated": Rule("ratings", "low"),
    # groups that they brought us into
    "group_added": Rule("announcements", "important"),
    # what an owner told everybody, to whom it could not be sent at once
    "announcement": Rule("announcements", repeats=False),
    # who has the account
    "email_code": Rule("security", "security"),
    "email_replaced": Rule("security", "security"),
    "account_closed": Rule("security", "security", "both"),
    "blocked": Rule("security", "security"),
    "unblocked": Rule("security", "security"),
    "role_changed": Rule("security", "security"),
    # those who run LockBay
    "unapplied": Rule("staff_payments"),
    "unreadable": Rule("staff_payments"),
    "reconciliation": Rule("staff_payments"),
    "exchange_position": Rule("staff_payments"),
    "cashout_approval": Rule("staff_payouts"),
    "cashout_strange": Rule("staff_payouts"),
    "payout_claimed": Rule("staff_payouts"),
    "payout_of_nobody": Rule("staff_payouts"),
    "payout_stuck": Rule("staff_payouts"),
    "payout_unknown": Rule("staff_payouts"),
    "payout_waiting": Rule("staff_payouts"),
    "balance_low": Rule("staff_payouts"),
    "books_differ": Rule("staff_house", "important"),
    "outage": Rule("staff_house"),
    "team_changed": Rule("staff_payouts", "security"),
    "correction_proposed": Rule("staff_payouts"),
    "dispute_to_decide": Rule("staff_disputes"),
    "dispute_said": Rule("staff_disputes"),
    "dispute_conceded": Rule("staff_disputes"),
    "dispute_waits": Rule("staff_disputes"),
    "ticket_message": Rule("staff_support"),
    "ticket_assigned": Rule("staff_support"),
    "broadcast_progress": Rule("staff_house"),
}

# What people choose among. Notices for the staff are told to whoever has such a role at that moment.
OF_ALL: Final[tuple[Topic, ...]] = (
    "trades", "chat", "money", "disputes", "support", "ratings", "referrals", "announcements",
)  # fmt: skip
OF_STAFF: Final[Mapping[Topic, frozenset[str]]] = {
    "staff_payments": frozenset({"finance", "owner"}),
    "staff_payouts": frozenset({"finance", "owner"}),
    "staff_disputes": frozenset({"support", "owner"}),
    "staff_support": frozenset({"support", "owner"}),
    "staff_house": frozenset({"owner"}),
}
# What reaches who has closed their account: what is theirs may still come, and support is the way back.
AFTER_CLOSING: Final[frozenset[Topic]] = frozenset({"security", "support", "money"})


def choices(role: str | None) -> tuple[Topic, ...]:
    """The topics that somebody of this role can mute."""
    return (*OF_ALL, *(topic for topic, roles in OF_STAFF.items() if role in roles))


def title(words: Words, topic: Topic) -> str:
    """As it stands on a button."""
    titles: Mapping[Topic, str] = {
        "trades": words.label("Trades"),
        "chat": words.label("Chat of trades"),
        "money": words.label("Money"),
        "disputes": words.label("Disputes"),
        "support": words.label("Support"),
        "ratings": words.label("Ratings"),
        "referrals": words.label("Referrals"),
        "announcements": words.label("News of LockBay"),
        "security": words.label("Security"),
        "staff_payments": words.label("Staff: payments"),
        "staff_payouts": words.label("Staff: cash-outs"),
        "staff_disputes": words.label("Staff: disputes"),
        "staff_support": words.label("Staff: support"),
        "staff_house": words.label("Staff: the house"),
    }
    return titles[topic]
