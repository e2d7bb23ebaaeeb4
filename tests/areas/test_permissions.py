"""Who may do what, for every screen and every decision of those who run LockBay: whatever is pressed, forged or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import count
from types import UnionType
from typing import Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import pytest

from lockbay import plan
from lockbay.actors.inbox import Inbox
from lockbay.actors.screen import Link, Screen, encode_link
from lockbay.actors.services import Services
from lockbay.actors.session import Session
from lockbay.actors.update import Press, Sender, Update
from lockbay.areas import admin, disputes, support
from lockbay.postgres import catalogue, files
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Refused
from tests.actors.house import Replies
from tests.areas.people import fresh_key
from tests.areas.powers import FLOWS, MAY, OPERATIONS, ROLES, WHO
from tests.areas.powers import house as house
from tests.clock import MovedClock
from tests.modules import import_everything

UPDATES = count(1)
TELLING: Final = ("admin/tell", "cashout/tell_staff")  # what only tells the staff something, and asks nobody


def operations() -> dict[str, type[Operation[object]]]:
    """The operations whose SQL asks what somebody may, itself or by what it calls. Telling the staff is no asking."""
    import_everything()
    sql = files.read_files(files.sql_folder())
    asks = {"admin_may"}
    while True:
        calls = re.compile(rf"\b(?:{'|'.join(asks)})\(|'not_staff'")
        more = {
            file.function.name
            for file in sql.values()
            if file.function and file.name not in TELLING and calls.search(_body(file.text))
        }
        if more <= asks:
            break
        asks |= more
    return {
        kind.__name__: kind
        for kind in catalogue.declared()
        if issubclass(kind, Operation) and (function := sql[kind.file].function) and function.name in asks
    }


def _body(text: str) -> str:
    """Without comments and without its own name."""
    code = re.sub(r"--[^\n]*", "", text)
    return re.sub(r"CREATE FUNCTION \w+\(", "", code)


def sample(kind: type[Operation[object]], user_id: int) -> Operation[object]:
    """Such an operation by somebody, about things that are not there."""
    hints = get_type_hints(kind)
    fields = attrs.fields(kind) if attrs.has(kind) else ()
    values = {each.name: _value(hints[each.name]) for each in fields}
    return kind(**{**values, "user_id": user_id})


def _value(hint: object) -> object:
    origin = get_origin(hint)
    if origin is Literal:
        return get_args(hint)[0]
    if origin in (Union, UnionType):
        return None if type(None) in get_args(hint) else _value(get_args(hint)[0])
    if origin in (list, tuple):
        return origin()
    samples: Mapping[object, object] = {int: 999_999_999, str: "x", bool: True, Decimal: Decimal(1), bytes: b""}
    return samples[hint]


def test_every_flow_of_the_staff_is_in_the_table() -> None:
    menu = plan.plan("bot").flows["menu"]
    every = {**admin.flows(menu), **disputes.flows(menu), **support.flows(menu)}
    assert every.keys() == FLOWS.keys()


def test_every_operation_of_the_staff_is_in_the_table() -> None:
    assert operations().keys() == OPERATIONS.keys()


async def pressed(database: Database, clock: MovedClock, role: str, data: str) -> tuple[list[Screen], bool]:
    """What somebody sees who presses a button with this data, wherever they got it from, and whether they are asked."""
    services = Services(plan.plan("lockbay_bot"), database, Inbox(database, 7), Replies(), clock, lambda raw: None)
    session = Session(WHO[role], services)
    sender = Sender(WHO[role], role.title(), f"the_{role}")
    turn, _ = await session.take(Update(next(UPDATES), sender, sender.id, Press("callback", data, 1), b"{}"))
    return [screen for screen, _ in turn.shown], session.journal is not None


@pytest.mark.parametrize("role", ROLES)
async def test_a_forged_button_opens_the_menu_for_who_may_not(house: Database, clock: MovedClock, role: str) -> None:
    for name, (args, power) in FLOWS.items():
        if power == "everybody":
            continue
        menu, _ = await pressed(house, clock, role, encode_link("menu", ()))
        shown, is_asked = await pressed(house, clock, role, encode_link(name, args))
        if role in MAY[power]:
            assert shown != menu, f"{name} shows {role} nothing"
        else:
            assert (shown, is_asked) == (menu, False), f"{name} shows {role} {shown}"


@pytest.mark.parametrize("role", ROLES)
async def test_an_operation_is_refused_to_who_may_not(house: Database, role: str) -> None:
    for name, kind in operations().items():
        outcome = await house.perform(sample(kind, WHO[role]), fresh_key())
        refused = isinstance(outcome, Refused) and outcome.reason == "not_staff"
        assert refused is (role not in MAY[OPERATIONS[name]]), f"{role}: {name} answers {outcome}"


@pytest.mark.parametrize("role", ROLES[1:])
async def test_no_screen_leads_its_viewer_to_what_they_may_not(house: Database, clock: MovedClock, role: str) -> None:
    seen, wanted = set[str](), [Link("", "admin")]
    while wanted:
        link = wanted.pop()
        data = encode_link(link.flow, link.args)
        if link.flow not in FLOWS or data in seen:
            continue
        assert role in MAY[FLOWS[link.flow][1]], f"{role} finds {link}"
        seen.add(data)
        shown, _ = await pressed(house, clock, role, data)
        wanted += [button for screen in shown for row in screen.rows for button in row if isinstance(button, Link)]
    assert len(seen) > 5
