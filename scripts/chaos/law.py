"""What is legal, written down once more and apart from the product: who may be shown what, and who may move what.

The product has its own tables of that; here they are compared with what really happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import define, field

from scripts.chaos.crowd import Member, Shown

STATES: Final[Mapping[str, str]] = {
    "not paid yet": "awaiting_payment", "paid in part": "underpaid", "paid and held": "paid",
    "in delivery": "accepted", "delivered": "delivered", "completed": "released", "cancelled": "cancelled",
    "expired": "expired", "declined": "declined", "refunded": "refunded", "disputed": "disputed",
    "dispute resolved": "resolved",
}  # fmt: skip
ALONE: Final = "paid, and nobody has joined"
NOT_HERE: Final = "(not here yet)"
PROPOSALS: Final = frozenset({"propose_cancel", "agree_cancel", "decline_cancel", "withdraw_cancel"})
MAY: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("awaiting_payment", "buyer"): frozenset({"pay", "cancel_trade"}),
    ("underpaid", "buyer"): frozenset({"pay", "reduce", "cancel_trade"}),
    ("paid", "buyer"): PROPOSALS,
    (ALONE, "buyer"): frozenset({"cancel_trade"}),
    ("awaiting_payment", "seller"): frozenset({"decline"}),
    ("underpaid", "seller"): frozenset({"decline"}),
    ("accepted", "buyer"): PROPOSALS | {"open_dispute", "release"},
    ("delivered", "buyer"): PROPOSALS | {"open_dispute", "release"},
    ("disputed", "buyer"): PROPOSALS | {"release"},
    ("paid", "seller"): PROPOSALS | {"accept", "decline"},
    ("accepted", "seller"): PROPOSALS | {"deliver", "give_back", "open_dispute"},
    ("delivered", "seller"): PROPOSALS | {"give_back", "open_dispute"},
    ("disputed", "seller"): PROPOSALS | {"give_back"},
}
MOVES: Final = frozenset().union(*MAY.values())
PAGE: Final = re.compile(r"^\W*Trade (T-\w+): ([a-z ]+)$", re.MULTILINE)
ROLE: Final = re.compile(r"^(You pay|You paid|You get|You got)(?:, if released)?:", re.MULTILINE)
SLUG: Final = re.compile(r"\bT-[0-9A-Z]{4,}\b")

# From one state to another: the operations that may do it.
TRADE: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("awaiting_payment", "underpaid"): frozenset({"deposits/apply", "admin/attach_unapplied"}),
    ("awaiting_payment", "paid"): frozenset(
        {"trades/pay", "trades/pay_quoted", "deposits/apply", "admin/attach_unapplied"}
    ),
    ("awaiting_payment", "cancelled"): frozenset({"trades/cancel", "preferences/close"}),
    ("awaiting_payment", "declined"): frozenset({"trades/decline"}),
    ("awaiting_payment", "expired"): frozenset({"trades/elapse"}),
    ("underpaid", "paid"): frozenset(
        {"trades/pay", "trades/pay_quoted", "trades/reduce", "deposits/apply", "admin/attach_unapplied"}
    ),
    ("underpaid", "cancelled"): frozenset({"trades/cancel"}),
    ("underpaid", "declined"): frozenset({"trades/decline"}),
    ("underpaid", "expired"): frozenset({"trades/elapse"}),
    ("paid", "accepted"): frozenset({"trades/accept"}),
    ("paid", "cancelled"): frozenset({"trades/cancel"}),
    ("paid", "declined"): frozenset({"trades/decline"}),
    ("paid", "refunded"): frozenset({"trades/elapse", "trades/agree"}),
    ("accepted", "delivered"): frozenset({"trades/deliver"}),
    ("accepted", "released"): frozenset({"trades/release"}),
    ("accepted", "refunded"): frozenset({"trades/elapse", "trades/agree", "trades/give_back"}),
    ("accepted", "disputed"): frozenset({"disputes/open"}),
    ("delivered", "released"): frozenset({"trades/release", "trades/elapse"}),
    ("delivered", "refunded"): frozenset({"trades/agree", "trades/give_back"}),
    ("delivered", "disputed"): frozenset({"disputes/open"}),
    ("disputed", "resolved"): frozenset({"disputes/resolve"}),
    ("disputed", "released"): frozenset({"trades/release"}),
    ("disputed", "refunded"): frozenset({"trades/agree", "trades/give_back"}),
}
PROVIDERS: Final = frozenset({"cashout/send", "cashout/settle", "deposits/apply"})
STAFF: Final = frozenset({"cashout/decide"})
CASHOUT: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("awaiting_approval", "requested"): STAFF,
    ("awaiting_approval", "declined"): STAFF,
    ("awaiting_approval", "cancelled"): frozenset({"cashout/cancel"}),
    ("requested", "cancelled"): frozenset({"cashout/cancel"}),
    ("requested", "sending"): PROVIDERS,
    ("requested", "waiting"): PROVIDERS,
    ("sending", "sent"): PROVIDERS,
    ("sending", "unknown"): PROVIDERS,
    ("sending", "waiting"): PROVIDERS,
    ("sending", "done"): PROVIDERS,
    ("sending", "refunded"): PROVIDERS,
    ("unknown", "sent"): PROVIDERS,
    ("unknown", "waiting"): PROVIDERS,
    ("unknown", "done"): PROVIDERS | STAFF,
    ("unknown", "refunded"): PROVIDERS | STAFF,
    ("waiting", "sending"): PROVIDERS,
    ("waiting", "sent"): PROVIDERS,
    ("waiting", "done"): PROVIDERS | STAFF,
    ("waiting", "refunded"): PROVIDERS | STAFF,
    ("waiting", "declined"): STAFF,
    ("sent", "done"): PROVIDERS,
    ("sent", "refunded"): PROVIDERS,
    ("sent", "unknown"): PROVIDERS,
}
BUYERS: Final = frozenset({"trades/pay", "trades/pay_quoted", "trades/cancel", "trades/reduce", "trades/release"})
SELLERS: Final = frozenset({"trades/accept", "trades/decline", "trades/deliver", "trades/give_back"})
SIDES: Final = frozenset({"trades/agree", "disputes/open"})
DUTIES: Final = frozenset({"disputes/resolve", "admin/attach_unapplied", "cashout/decide"})

KEEP: Final = """
CREATE TABLE chaos_moves (
    n bigint GENERATED ALWAYS AS IDENTITY, subject text, id bigint, from_state text, to_state text,
    tx text DEFAULT (pg_current_xact_id()::text::numeric % 4294967296)::text);
CREATE FUNCTION chaos_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO chaos_moves (subject, id, from_state, to_state) VALUES (TG_ARGV[0], NEW.id, OLD.state, NEW.state);
    RETURN NULL;
END
$$;
CREATE TRIGGER chaos_trade AFTER UPDATE ON trades FOR EACH ROW WHEN (OLD.state <> NEW.state)
    EXECUTE FUNCTION chaos_moved('trade');
CREATE TRIGGER chaos_cashout AFTER UPDATE ON cashouts FOR EACH ROW WHEN (OLD.state <> NEW.state)
    EXECUTE FUNCTION chaos_moved('cashout');
"""
# A request's row is written by the transaction that moves.
KEPT: Final = """
SELECT DISTINCT ON (m.n) m.subject, m.id, m.from_state, m.to_state, r.operation, r.key,
    coalesce(t.buyer_id, c.user_id) AS first, t.seller_id AS second
FROM chaos_moves m
LEFT JOIN (SELECT operation, key, xmin::text AS tx FROM requests) r ON r.tx = m.tx
LEFT JOIN trades t ON m.subject = 'trade' AND t.id = m.id
LEFT JOIN cashouts c ON m.subject = 'cashout' AND c.id = m.id
ORDER BY m.n
"""
# Who may be shown a trade's name: its sides, and who was invited to it.
CONCERNED: Final = """
SELECT t.slug, t.buyer_id, t.seller_id, i.user_id, i.token, i.handle
FROM trades t LEFT JOIN invitations i ON i.trade_id = t.id
"""


@define
class Court:
    """Judges what is shown; remembers who saw which trade."""

    staff: frozenset[int]
    pages: int = 0
    saw: set[tuple[int, str]] = field(factory=set)

    def judge(self, member: Member, shown: Shown) -> list[str]:
        if member.id not in self.staff:
            self.saw |= {(member.id, slug) for slug in SLUG.findall(shown.text)}
        page, role = PAGE.search(shown.text), ROLE.search(shown.text)
        if page is None or role is None or page[2] not in STATES:
            return []
        self.pages += 1
        side = "buyer" if role[1] in ("You pay", "You paid") else "seller"
        state = ALONE if STATES[page[2]] == "paid" and NOT_HERE in shown.text else STATES[page[2]]
        offered = {data.split(":")[1] for _, data in shown.presses if data[:2] in ("l:", "n:")} & MOVES
        illegal = offered - MAY.get((state, side), frozenset())
        return [f"{name} on a trade that is {page[2]}, as its {side}" for name in sorted(illegal)]


def broken(moves: Iterable[tuple[object, ...]], staff: frozenset[int]) -> list[str]:
    """What moved against the law, out of the rows of KEPT."""
    return [problem for move in moves if (problem := _broken(move, staff))]


def _broken(move: tuple[object, ...], staff: frozenset[int]) -> str | None:
    subject, number, before, after, operation, key, first, second = move
    what = f"{subject} {number} went from {before} to {after} by {operation} ({key})"
    by = (TRADE if subject == "trade" else CASHOUT).get((str(before), str(after)))
    if by is None:
        return f"{what}: that is no move"
    if operation not in by:
        return f"{what}: not by that"
    actor = str(key).partition(".")[0]
    may = _actors(str(operation), str(first), str(second), staff)
    return None if may is None or actor in may else f"{what}: by somebody who may not"


def _actors(operation: str, first: str, second: str, staff: frozenset[int]) -> set[str] | None:
    """Who may do it, of a trade's buyer and seller or a cash-out's owner; None: it is nobody's act."""
    if operation in BUYERS or operation == "cashout/cancel":
        return {first}
    if operation in SELLERS:
        return {second}
    if operation in SIDES:
        return {first, second}
    return {str(each) for each in staff} if operation in DUTIES else None


def leaked(saw: Iterable[tuple[int, str]], links: Iterable[str], trades: Iterable[tuple[object, ...]]) -> list[str]:
    """Trades that were shown to somebody who is in no way concerned. Whoever has a trade's link may look."""
    concerned: dict[str, set[str]] = {}
    ends = {link.rpartition("_")[2] for link in links} | set(links)
    for slug, buyer, seller, invited, token, handle in trades:
        concerned[str(slug)] = {str(buyer), str(seller), str(invited), str(handle).removeprefix("user")}
        if any(link.endswith(str(token)) for link in ends if token):
            concerned[str(slug)].add("*")
    return [
        f"{member} was shown {slug}"
        for member, slug in sorted(saw)
        if not concerned.get(slug, {"*"}) & {"*", str(member)}
    ]
