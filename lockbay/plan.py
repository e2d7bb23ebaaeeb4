"""All areas together: every flow, every command, every notice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.aside import first_of
from lockbay.actors.conversation import Flow
from lockbay.actors.notice import Notice
from lockbay.actors.plan import Plan, onward, together
from lockbay.areas import (
    admin,
    cashout,
    code_mail,
    contacts,
    deposits,
    disputes,
    exchange,
    groups,
    history,
    menu,
    onboarding,
    preferences,
    ratings,
    referrals,
    support,
    trades,
    wallet,
)

HOME: Final = "menu"
COMMANDS: Final[Mapping[str, str]] = {
    **onboarding.COMMANDS,
    **menu.COMMANDS,
    **wallet.COMMANDS,
    **deposits.COMMANDS,
    **cashout.COMMANDS,
    **contacts.COMMANDS,
    **exchange.COMMANDS,
    **history.COMMANDS,
    **trades.COMMANDS,
    **disputes.COMMANDS,
    **support.COMMANDS,
    **ratings.COMMANDS,
    **referrals.COMMANDS,
    **preferences.COMMANDS,
    **groups.COMMANDS,
    **admin.COMMANDS,
    "cancel": HOME,
}


def plan(bot_username: str, site: str = "", secret: bytes = b"") -> Plan:
    """What a person can do. `bot_username` is for links that lead back to the chat, `site` for those to pages of ours:
    the web server as the world reaches it, or "". `secret` is what links into the console are derived from.
    """
    home = menu.FLOWS[HOME]
    trading = trades.flows(bot_username)
    flows: dict[str, Flow] = {}
    entering = onboarding.flows(home, trading["invitation"], onward(flows, HOME))
    flows |= together(
        entering,
        menu.FLOWS,
        wallet.FLOWS,
        deposits.FLOWS,
        cashout.FLOWS,
        contacts.FLOWS,
        exchange.FLOWS,
        history.FLOWS,
        trading,
        disputes.flows(home),
        support.flows(home),
        ratings.flows(bot_username, site),
        referrals.flows(bot_username),
        preferences.flows(entering["email"]),
        groups.flows(bot_username),
        admin.flows(home, site, secret),
    )
    aside = first_of(trades.aside, support.aside)
    in_group = groups.in_group(bot_username)
    return Plan(flows, COMMANDS, HOME, onboarding.gate, aside, in_group, onboarding.KEYBOARDS)


def notices(bot_username: str, secret: bytes) -> Mapping[str, Notice]:
    """How each kind of outbox row is told. `secret` is what codes are derived from."""
    return {
        **trades.notices(bot_username),
        **trades.CHAT_NOTICES,
        **deposits.NOTICES,
        **exchange.NOTICES,
        **cashout.NOTICES,
        **code_mail.notices(secret),
        **disputes.NOTICES,
        **support.NOTICES,
        **ratings.NOTICES,
        **referrals.NOTICES,
        **preferences.NOTICES,
        **groups.NOTICES,
        **admin.NOTICES,
    }
