"""Ending a paid trade before its time: both sides together, or the seller alone. The buyer gets everything back,
without a fee. What is asked of the database; refusals as in records.py.
"""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from lockbay.areas.trades.records import TradeState
from lockbay.postgres.queries import Operation


@frozen
class ProposeCancel(Operation[TradeState]):
    """Asks the other side to end the trade together. The proposal stands until it is answered or withdrawn, or the
    trade moves on. Refused: `proposed` (one stands already), `nobody_there` (no seller has joined).
    """

    file: ClassVar[str] = "trades/propose"
    user_id: int
    trade_id: int


@frozen
class AgreeCancel(Operation[TradeState]):
    """Ends the trade as the other side proposed. Refused: `no_proposal`."""

    file: ClassVar[str] = "trades/agree"
    user_id: int
    trade_id: int


@frozen
class EndProposal(Operation[TradeState]):
    """The trade goes on: who was asked declines, or who proposed withdraws. Refused: `no_proposal`."""

    file: ClassVar[str] = "trades/disagree"
    user_id: int
    trade_id: int


@frozen
class GiveBack(Operation[TradeState]):
    """The seller gives everything back; nobody has to agree."""

    file: ClassVar[str] = "trades/give_back"
    user_id: int
    trade_id: int
