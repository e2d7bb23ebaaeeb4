"""What there is to do: flows by name, and which command leads to which. The areas together make one plan."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Final

from attrs import field, frozen

from lockbay.actors.aside import Aside, InGroup
from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.person import Person

# What the home screen is told, if it takes an argument, of a message that nothing was waiting for.
SAID: Final = "said"  # a text, a photo, a contact
NO_COMMAND: Final = "no_command"


@frozen
class Plan:
    """Every flow and the commands that open one.

    `home` is where /menu, /cancel, and a text or an unknown command outside of any conversation lead. `gate` names the
    flow that a person must finish before any other (onboarding, a notice to the blocked), or None.

    `aside` gets what replies to a message of ours, before anything else does and whatever is going on, and says whether
    it took it. It reads, does and shows, but asks nothing: the running conversation stays where it is. So does
    `in_group`, about what happens in groups; what it shows goes there.

    `keyboards` are flows that ask with buttons in the place of the person's keyboard. Whoever leaves one gets it back:
    its buttons would answer whatever is asked next.
    """

    flows: Mapping[str, Flow]
    commands: Mapping[str, str]
    home: str
    gate: Callable[[Person, str], str | None]
    aside: Aside | None = None
    in_group: InGroup | None = None
    keyboards: frozenset[str] = frozenset()
    _takes: Mapping[str, range] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        unknown = {self.home, *self.commands.values()} - self.flows.keys()
        if unknown:
            raise LookupError(f"no such flows: {sorted(unknown)}")
        object.__setattr__(self, "_takes", {name: _arguments(flow) for name, flow in self.flows.items()})

    def opens(self, flow: str, args: tuple[str, ...]) -> bool:
        """Whether there is such a flow and it takes that many arguments. A forged button may name anything."""
        return len(args) in self._takes.get(flow, ())

    @property
    def unasked(self) -> tuple[str, tuple[str, ...]]:
        """Where what nothing waited for leads."""
        return self.home, self.accepts(self.home, (SAID,))

    def commanded(self, name: str, payload: str) -> tuple[str, tuple[str, ...]]:
        """The flow that a command opens, and with what."""
        flow = self.commands.get(name)
        if flow is None:
            return self.home, self.accepts(self.home, (NO_COMMAND,))
        return flow, self.accepts(flow, (payload,) if payload else ())

    def entrance(self, person: Person, flow: str, args: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """Where a person who wants to open a flow arrives: there, or at a gate, which is told where they were going."""
        gate = self.gate(person, flow)
        if gate is None:
            return flow, args
        return gate, self.accepts(gate, (place(flow, args),) if flow != self.home else ())

    def accepts(self, flow: str, args: tuple[str, ...]) -> tuple[str, ...]:
        """Those of a command's arguments that its flow takes."""
        return args[: self._takes[flow].stop - 1]


def place(flow: str, args: tuple[str, ...]) -> str:
    """A flow with its arguments as one argument of another: /trade/17."""
    return "".join(f"/{part}" for part in (flow, *args))


def onward(flows: Mapping[str, Flow], home: str) -> Flow:
    """The flow that goes on as the one at a place; as the home screen where the place is none. `flows` may be filled
    later.
    """

    async def flow(chat: Chat, wanted: str = "") -> None:
        name, *args = wanted.removeprefix("/").split("/")
        found = flows.get(name)
        if found is None or len(args) not in _arguments(found):
            return await flows[home](chat)
        await found(chat, *args)

    return flow


def together(*areas: Mapping[str, Flow]) -> dict[str, Flow]:
    """The flows of several areas. Two of one name are an error."""
    flows: dict[str, Flow] = {}
    for area in areas:
        twice = flows.keys() & area.keys()
        if twice:
            raise LookupError(f"two flows of the name {sorted(twice)}")
        flows |= area
    return flows


def _arguments(flow: Flow) -> range:
    """How many arguments a flow takes besides the chat."""
    parameters = list(inspect.signature(flow).parameters.values())[1:]
    needed = sum(parameter.default is inspect.Parameter.empty for parameter in parameters)
    return range(needed, len(parameters) + 1)
