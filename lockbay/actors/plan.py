"""What there is to do: flows by name, and which command leads to which. The areas together make one plan."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from attrs import field, frozen

from lockbay.actors.conversation import Flow
from lockbay.actors.person import Person


@frozen
class Plan:
    """Every flow and the commands that open one.

    `home` is where /menu, /cancel and a text outside of any conversation lead. `gate` names the flow that a person
    must finish before any other (onboarding, a notice to the blocked), or None.
    """

    flows: Mapping[str, Flow]
    commands: Mapping[str, str]
    home: str
    gate: Callable[[Person, str], str | None]
    _takes: Mapping[str, range] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        unknown = {self.home, *self.commands.values()} - self.flows.keys()
        if unknown:
            raise LookupError(f"no such flows: {sorted(unknown)}")
        object.__setattr__(self, "_takes", {name: _arguments(flow) for name, flow in self.flows.items()})

    def opens(self, flow: str, args: tuple[str, ...]) -> bool:
        """Whether there is such a flow and it takes that many arguments. A forged button may name anything."""
        return len(args) in self._takes.get(flow, ())

    def accepts(self, flow: str, args: tuple[str, ...]) -> tuple[str, ...]:
        """Those of a command's arguments that its flow takes."""
        return args[: self._takes[flow].stop - 1]


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
