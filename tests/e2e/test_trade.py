"""A trade from its beginning to its end, as three people play it in Telegram."""

from __future__ import annotations

from datetime import timedelta

from tests.e2e.conftest import Played


async def test_smoke(played: Played) -> None:
    ada = played.ada
    await ada.start()
    seen = await ada.sees("")
    print(seen)
