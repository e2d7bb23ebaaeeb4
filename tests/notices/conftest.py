"""What tests of notices begin with."""

from __future__ import annotations

import pytest
import trio

from tests.notices.smtp import MailServer


@pytest.fixture
async def server(nursery: trio.Nursery) -> MailServer:
    server = MailServer()
    await nursery.start(server.serve)
    return server
