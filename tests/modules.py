"""All of LockBay's modules: what is declared or counted in one of them is known once it is imported."""

from __future__ import annotations

import importlib
import pkgutil

import lockbay


def import_everything() -> None:
    """All but what is run as a program."""
    for module in pkgutil.walk_packages(lockbay.__path__, "lockbay."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
