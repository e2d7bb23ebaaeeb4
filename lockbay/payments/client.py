"""HTTP to the outside, where speed does not matter: httpx on trio, through the environment's proxy."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from lockbay.errors import SettingsError


@asynccontextmanager
async def open_client(
    url: str, headers: Mapping[str, str], setting: str, limit: float
) -> AsyncIterator[httpx.AsyncClient]:
    """A client for paths under `url`; `limit` (s) bounds each wait of a call. Raises SettingsError."""
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL:
        base = httpx.URL()
    if base.scheme not in ("http", "https") or not base.host:
        raise SettingsError(f"{setting} must begin with http:// or https:// and name a host")
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=limit) as client:
        yield client
