"""BlockBee's callback over HTTP, and what has come of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest
from prometheus_client import REGISTRY

from lockbay.postgres.database import Database
from tests.payments.callbacks import NONCE, OFFICIAL, REFERENCE
from tests.web.site import Site, give_address, open_site

OK = (200, "*ok*")
FORM = "application/x-www-form-urlencoded"
BODY = urlencode(OFFICIAL).encode()
OWN = f"reference={REFERENCE}&nonce={NONCE}"


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    await give_address(database)
    async with open_site(database) as site:
        yield site


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.text


def events(outcome: str) -> float:
    labels = {"provider": "blockbee", "outcome": outcome}
    return REGISTRY.get_sample_value("lockbay_webhook_events_total", labels) or 0.0
