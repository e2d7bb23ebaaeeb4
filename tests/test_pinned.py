"""What is deployed is pinned: docs/requirements.txt holds all that pyproject.toml asks for, and all that needs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

ROOT = Path(__file__).parent.parent
PYTHONS = ["3.11", "3.12", "3.13"]


def applies(requirement: Requirement, python: str) -> bool:
    on = {"python_version": python, "python_full_version": f"{python}.5", "sys_platform": "linux", "extra": ""}
    return requirement.marker is None or requirement.marker.evaluate(on)


def pinned(python: str) -> dict[NormalizedName, str]:
    """Name to version, as far as it is for this Python on Linux; each with the hashes of its files."""
    text = (ROOT / "docs" / "requirements.txt").read_text().replace("\\\n", " ")
    have = {}
    for line in text.splitlines():
        wanted, hashes, _ = line.partition("--hash=sha256:")
        if line.startswith("#") or not applies(Requirement(wanted), python):
            continue
        assert hashes, line
        [exact] = Requirement(wanted).specifier
        assert exact.operator == "=="
        have[canonicalize_name(Requirement(wanted).name)] = exact.version
    return have


def asked() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [Requirement(line) for line in [*project["project"]["dependencies"], *project["build-system"]["requires"]]]


def needed_by(names: set[NormalizedName]) -> Iterator[Requirement]:
    for installed in distributions():
        if canonicalize_name(installed.name) in names:
            yield from map(Requirement, installed.requires or [])


@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_asked_for_is_pinned_to_what_satisfies_it(python: str) -> None:
    have = pinned(python)
    for each in asked():
        assert each.specifier.contains(have[canonicalize_name(each.name)]), each


@pytest.mark.parametrize("python", PYTHONS)
def test_so_is_whatever_that_needs(python: str) -> None:
    have = pinned(python)
    needed = [each for each in needed_by(set(have)) if applies(each, python)]
    assert len(needed) > 30
    assert [str(each) for each in needed if canonicalize_name(each.name) not in have] == []


def test_the_image_holds_nothing_else() -> None:
    installs = re.findall(r"pip install (.+)", (ROOT / "docs" / "Containerfile").read_text())
    assert installs == ["--require-hashes -r docs/requirements.txt", "--no-deps --no-build-isolation ."]
