"""The contracts of import-linter speak of every room of the house: one that they forget may import what it likes."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "lockbay"


def named(contract: str, key: str) -> set[str]:
    """The rooms that a contract names, without their house."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [modules] = (each[key] for each in contracts if each["name"] == contract)
    return {name.rpartition(".")[2] for name in modules}


def packages(folder: Path) -> set[str]:
    return {path.parent.name for path in folder.glob("*/__init__.py")}


ROOMS = {path.stem for path in HOUSE.glob("*.py")} - {"__init__"} | packages(HOUSE)


def test_no_area_knows_another() -> None:
    assert named("An area does not know another", "modules") == packages(HOUSE / "areas")


def test_the_outside_world_knows_nothing_but_errors() -> None:
    rooms = named("The outside world does not know LockBay", "forbidden_modules")
    assert rooms == ROOMS - {"__main__", "errors", "sandbox"}


def test_only_postgres_knows_how_the_database_is_reached() -> None:
    rooms = named("Who asks the database need not know how it is reached", "source_modules")
    assert rooms == ROOMS - {"postgres"}
