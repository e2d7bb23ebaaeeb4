"""What any provider may do to who asks it."""

from __future__ import annotations

import gzip

import pytest
from starlette.requests import Request
from starlette.responses import Response

from lockbay.errors import ProviderUnavailable
from lockbay.payments.client import LONGEST, open_api, open_client
from lockbay.payments.prices import ask
from tests.payments.outside import Script, outside, says


def packed(content: bytes) -> Script:
    async def script(_: Request) -> Response:
        return Response(gzip.compress(content), headers={"content-encoding": "gzip"})

    return script


ENDLESS = [says(b" " * (LONGEST + 1)), packed(b" " * (LONGEST + 1))]


@pytest.mark.parametrize("script", ENDLESS, ids=["plain", "packed"])
async def test_an_answer_that_would_fill_the_memory_is_none(script: Script) -> None:
    async with outside(script) as server:
        async with open_api(server.url, {}, "provider") as api:
            with pytest.raises(ProviderUnavailable):
                await api.exchange("GET", "anything")
        async with open_client(server.url, {}, "SETTING", 5) as client:
            with pytest.raises(ProviderUnavailable):
                await ask(client, "source", "anything", {})


@pytest.mark.parametrize("make", [says, packed], ids=["plain", "packed"])
async def test_a_long_answer_is_read(make: type) -> None:
    content = b'{"a": "' + b"x" * 500_000 + b'"}'
    async with outside(make(content)) as server, open_api(server.url, {}, "provider") as api:
        assert (await api.exchange("GET", "anything")).body == content
