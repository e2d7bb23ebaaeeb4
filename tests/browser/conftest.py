from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from attrs import Factory, define, frozen
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect, sync_playwright

from tests.browser.house import REPOSITORY, House

ARTEFACTS: Final = REPOSITORY / "artefacts" / "browser"
DOCS: Final = REPOSITORY / "docs"
MARGIN: Final = 4  # px around what is shown in the README
PATIENCE: Final = 15_000  # ms, for a machine that is busy with other things
QUIET: Final = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
)  # fmt: skip


@define
class Album:
    """Screenshots, numbered in their order. Those for the README are made when LOCKBAY_DOCS=1."""

    taken: int = 0

    def keep(self, name: str, what: Page | Locator) -> None:
        self.taken += 1
        what.screenshot(path=ARTEFACTS / f"{self.taken:02}-{name}.png", animations="disabled")

    def show(self, name: str, *what: Locator) -> None:
        """Parts of a page with what lies between and around them, also for the README."""
        page, boxes = what[0].page, [box for each in what if (box := each.bounding_box()) is not None]
        left, top = (min(box[side] for box in boxes) - MARGIN for side in ("x", "y"))
        right = max(box["x"] + box["width"] for box in boxes) + MARGIN
        bottom = max(box["y"] + box["height"] for box in boxes) + MARGIN
        clip: FloatRect = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        page.mouse.move(0, 0)  # nothing is lit because it is pointed at
        self.keep(name, page)
        if os.environ.get("LOCKBAY_DOCS") == "1":
            page.screenshot(path=DOCS / f"{name}.png", animations="disabled", clip=clip)


@frozen
class Desk:
    """A browser, the service, an album, and what went wrong in the pages' scripts."""

    browser: Browser
    house: House
    album: Album
    problems: list[str] = Factory(list)


@pytest.fixture(scope="module")
def chromium(plain_asyncio: None) -> Iterator[Browser]:
    """Debian's Chromium, headless. Without it the tests are skipped; in continuous integration they fail."""
    program = shutil.which("chromium")
    if program is None:
        complain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        complain("Chromium is not installed: the browser tests need Debian's package chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def plain_asyncio() -> Iterator[None]:
    """trio-asyncio gives out loops of its own, in which Playwright cannot run; this thread gets asyncio's again.

    No longer than for a module: between its calls Playwright leaves its loop marked as running.
    """
    asyncio.set_event_loop_policy(asyncio.get_event_loop_policy())
    yield
    asyncio.set_event_loop_policy(None)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's: every other run of it closes that again for the user that PostgreSQL runs as under root."""
    with TemporaryDirectory(prefix="lockbay-browser-") as made:
        yield Path(made)


@pytest.fixture
def desk(chromium: Browser, folder: Path) -> Iterator[Desk]:
    shutil.rmtree(ARTEFACTS, ignore_errors=True)
    ARTEFACTS.mkdir(parents=True)
    house = House(folder, ARTEFACTS / "service.log")
    album = Album()
    yield Desk(chromium, house, album)
    for context in chromium.contexts:
        for page in context.pages:
            album.keep("at-the-end", page)
        context.close()
    house.end()
