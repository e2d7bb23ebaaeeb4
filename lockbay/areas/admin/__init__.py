"""Administration: the state of the house, and the decisions that only people can make."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.actors.notice import Notice
from lockbay.areas.admin import correction_records, house_records, letter_records, people_records  # noqa: F401
from lockbay.areas.admin import alarms, cashout_flows, cashout_news, conversations, news


def flows(menu: Flow) -> dict[str, Flow]:
    """`menu` is where people land who are not of the staff."""
    every = {**conversations.FLOWS, **cashout_flows.FLOWS, **alarms.FLOWS}
    return {name: partial(flow, menu) for name, flow in every.items()}


COMMANDS: Final[Mapping[str, str]] = {"admin": "admin"}
NOTICES: Final[Mapping[str, Notice]] = {**news.NOTICES, **cashout_news.NOTICES}
