"""Support: what people ask, and what the staff answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.actors.notice import Notice

FLOWS: Final[Mapping[str, Flow]] = {}
COMMANDS: Final[Mapping[str, str]] = {}
NOTICES: Final[Mapping[str, Notice]] = {}
