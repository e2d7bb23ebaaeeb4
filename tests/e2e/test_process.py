"""The service as a process, in the sandbox's world: what an operator meets at its start and at its end."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import pytest

from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Town
from tests.e2e.conftest import ADA, SAM, settings_for
from tests.e2e.test_trade import create, welcome
from tests.process import environment, is_one_clear_line, lockbay, run

TOKEN = "123456:not-a-token-that-Telegram-knows"


async def test_a_token_that_telegram_does_not_know_is_one_line(
    world: Sandbox,
    database_url: str,
    tmp_path: Path,
) -> None:
    settings = environment(settings_for(world, database_url)) | {"LOCKBAY_BOT_TOKEN": TOKEN}
    ended = await run("--poll", environment=settings, folder=tmp_path)
    assert ended.code == 2
    is_one_clear_line(ended, "LOCKBAY_BOT_TOKEN is not accepted")
    assert TOKEN not in ended.err


async def test_a_taken_port_is_one_line(
    world: Sandbox,
    database_url: str,
    tmp_path: Path,
    taken_port: int,
) -> None:
    settings = environment(settings_for(world, database_url)) | {"LOCKBAY_WEB_BIND": f"127.0.0.1:{taken_port}"}
    ended = await run("--poll", environment=settings, folder=tmp_path)
    assert ended.code == 2
    is_one_clear_line(ended, f"LOCKBAY_WEB_BIND 127.0.0.1:{taken_port}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOCKBAY_WEB_BIND", "8080"),
        ("LOCKBAY_WEB_BIND", "127.0.0.1:99999"),
        ("LOCKBAY_TELEGRAM_URL", "nonsense"),
        ("LOCKBAY_TELEGRAM_URL", "https://127.0.0.1:port"),
        ("LOCKBAY_ADMIN_IDS", "Olu"),
        ("LOCKBAY_SMTP_URL", "imap://127.0.0.1"),
        ("LOCKBAY_BLOCKBEE_PUBLIC_KEY", "no key"),
        ("LOCKBAY_BOT_TOKEN", "with a space"),
        ("LOCKBAY_BLOCKBEE_URL", "nonsense"),
        ("LOCKBAY_RATES_URL", "nonsense"),
    ],
)
async def test_a_setting_that_cannot_be_used_is_named(
    world: Sandbox,
    database_url: str,
    tmp_path: Path,
    name: str,
    value: str,
) -> None:
    settings = environment(settings_for(world, database_url)) | {name: value}
    ended = await run("--poll", environment=settings, folder=tmp_path)
    assert ended.code == 2, ended.err
    is_one_clear_line(ended, name)


async def test_one_that_waits_for_another_service_to_end_stops_when_told(
    world: Sandbox,
    database_url: str,
    tmp_path: Path,
) -> None:
    first, second = (environment(settings_for(world, database_url)) for _ in range(2))
    async with lockbay("--poll", environment=first, folder=tmp_path) as serving:
        await serving.logs("serving")
        async with lockbay("--poll", environment=second, folder=tmp_path) as waiting:
            await waiting.logs("waiting_for_another_service")
            waiting.signal(signal.SIGTERM)
            ended = await waiting.ended(within=10)
        assert ended.code == 0
        assert not waiting.logged("serving")
        serving.signal(signal.SIGTERM)
        assert (await serving.ended(within=10)).code == 0


async def test_a_whole_run_tells_no_secret(world: Sandbox, town: Town, database_url: str, tmp_path: Path) -> None:
    """Onboarding with a code, a deposit, a trade, and Telegram in trouble; then every line, /metrics and /health."""
    settings = settings_for(world, database_url)
    ada, sam = town.person(ADA), town.person(SAM)
    async with lockbay("--poll", environment=environment(settings), folder=tmp_path) as process:
        await process.logs("serving")
        await welcome(ada)
        await sam.start()
        await sam.say("sam@example.com")
        await sam.sees("code")
        code = next(
            word for word in (await town.mail("sam@example.com")).text.split() if word.isdigit() and len(word) == 6
        )
        await sam.say(code)
        await sam.press("Accept")
        await ada.say("/wallet")
        await ada.press("Deposit")
        await ada.press("USDT")
        await ada.press("TRC20")
        await town.pay((await ada.sees("minimum")).copied("Copy"), "200")
        await ada.sees("credited")
        for kind in ("server_error", "reset_after", "malformed"):
            await town.fault(kind, times=3)
        await create(ada, "@sam", "100")
        await ada.press("Confirm")
        await ada.press("Pay")
        await ada.press("From your wallet")
        await ada.press("Confirm")
        await sam.sees("is paid", within=30)
        await town.fault("refuse", method="sendMessage", status=400, times=1)
        await ada.say("/menu")
        await process.logs("screen_undelivered")
        async with httpx.AsyncClient(base_url=f"http://{settings.web_bind}", trust_env=False) as client:
            pages = [(await client.get(page)).text for page in ("/metrics", "/health")]
        process.signal(signal.SIGTERM)
        ended = await process.ended(within=10)
    assert ended.code == 0
    written = "\n".join([ended.out, ended.err, *pages])
    token = settings.bot_token
    for secret in (token, token.partition(":")[2], settings.blockbee.api_key, "sam@example.com", code):
        assert secret not in written
