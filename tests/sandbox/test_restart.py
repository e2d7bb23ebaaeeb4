"""The sandbox by itself: it survives kill -9 with all that was said, and ends cleanly when asked to."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import trio
from attrs import frozen

from lockbay.sandbox.addresses import address
from lockbay.sandbox.person import Person, open_town
from tests.sandbox.conftest import Bot


@frozen
class Running:
    """A sandbox in a process of its own."""

    process: trio.Process
    described: dict[str, object]

    @property
    def url(self) -> str:
        return str(self.described["url"])


@asynccontextmanager
async def running(data_dir: Path) -> AsyncIterator[Running]:
    command = [sys.executable, "-m", "lockbay.sandbox", "--bind", "127.0.0.1:0", "--data-dir", str(data_dir)]
    process = await trio.lowlevel.open_process(command, stdout=subprocess.PIPE)
    assert process.stdout
    try:
        with trio.fail_after(20):
            line = b""
            while not line.endswith(b"\n"):
                line += await process.stdout.receive_some()
        yield Running(process, json.loads(line))
    finally:
        process.kill()
        await process.wait()
        await process.stdout.aclose()


async def test_all_that_was_said_outlives_kill_9(tmp_path: Path) -> None:
    async with running(tmp_path) as first, open_town(first.url) as town, httpx.AsyncClient(trust_env=False) as client:
        bot = Bot(client, f"{first.url}/bot{first.described['token']}")
        ada = town.person(1001)
        await ada.start("t_abc")
        sent = (await bot.send(1001, "<b>one</b>", parse_mode="HTML"))["message_id"]
        await bot.call("setMyCommands", commands=[{"command": "menu", "description": "All"}])
        (update,) = await bot.updates()
        first.process.send_signal(signal.SIGKILL)
        await first.process.wait()
    async with running(tmp_path) as again, open_town(again.url) as town, httpx.AsyncClient(trust_env=False) as client:
        assert {**again.described, "url": ""}.keys() == first.described.keys()
        assert again.described["token"] == first.described["token"]
        bot = Bot(client, f"{again.url}/bot{again.described['token']}")
        assert await bot.updates() == [update]
        edited = await bot.call("editMessageText", chat_id=1001, message_id=sent, text="two")
        assert isinstance(edited, dict)
        assert [str(message.text) for message in await town.person(1001).messages()] == ["/start t_abc", "two"]
        people = (await client.get(f"{again.url}/api/people")).json()
        assert [person["id"] for person in people["people"]] == [1001, 1002, 1003]
        assert people["people"][0]["commands"] == [{"command": "menu", "description": "All"}]
        later = Person(town.client, 1001)
        await later.say("more")
        assert (await bot.updates(offset=-1))[0]["update_id"] == update["update_id"] + 1  # type: ignore[operator]


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_cleanly_when_asked_to_even_with_a_waiting_poll(tmp_path: Path, asked: signal.Signals) -> None:
    async with running(tmp_path) as sandbox, httpx.AsyncClient(trust_env=False) as client:

        async def poll() -> None:
            with pytest.raises(httpx.TransportError):
                await client.get(f"{sandbox.url}/bot{sandbox.described['token']}/getUpdates", params={"timeout": 50})

        async with trio.open_nursery() as nursery:
            nursery.start_soon(poll)
            await client.get(f"{sandbox.url}/api/people")
            with trio.fail_after(5):
                sandbox.process.send_signal(asked)
                assert await sandbox.process.wait() == 0


async def test_a_line_torn_by_a_crash_is_dropped(tmp_path: Path) -> None:
    async with running(tmp_path) as sandbox, open_town(sandbox.url) as town:
        await town.person(1001).say("kept")
    with (tmp_path / "journal.jsonl").open("ab") as file:
        file.write(b'["message","1001:999",{"chat":10')
    async with running(tmp_path) as sandbox, open_town(sandbox.url) as town:
        assert [message.text for message in await town.person(1001).messages()] == ["kept"]


async def test_a_taken_address_is_said_in_one_line(tmp_path: Path) -> None:
    async with running(tmp_path / "a") as sandbox:
        bind = sandbox.url.removeprefix("http://")
        command = [sys.executable, "-m", "lockbay.sandbox", "--bind", bind, "--data-dir", str(tmp_path / "b")]
        ended = await trio.run_process(command, capture_stderr=True, capture_stdout=True, check=False)
        [line] = ended.stderr.decode().splitlines()
        assert ended.returncode == 1
        assert line.startswith("lockbay.sandbox: ")
        assert "in use" in line


async def test_an_address_that_is_none_is_said_without_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lockbay.sandbox", "--bind", "127.0.0.1:http", "--data-dir", str(tmp_path)]
    ended = await trio.run_process(command, capture_stderr=True, capture_stdout=True, check=False)
    assert ended.returncode == 2
    assert b"argument --bind: invalid address value: '127.0.0.1:http'" in ended.stderr


async def test_payouts_ways_and_sources_outlive_kill_9(tmp_path: Path) -> None:
    to = address("trc20/usdt", "Ada")

    async def paid(running: Running) -> httpx.Response:
        url, key = running.described["blockbee_url"], {"apikey": str(running.described["blockbee_api_key"])}
        async with httpx.AsyncClient(trust_env=False, headers=key) as client:
            return await client.post(f"{url}/trc20/usdt/payout/request/bulk/process/", json={"outputs": {to: 5}})

    async with running(tmp_path) as first, open_town(first.url) as town:
        await town.payouts.always("hold")
        await town.payouts.next("no_funds", 2)
        await town.payouts.register("Tether USD (TRC20)", to)
        await town.source("binance", factor="1.1")
        assert (await paid(first)).status_code == 400
        first.process.send_signal(signal.SIGKILL)
        await first.process.wait()
    async with running(tmp_path) as second, open_town(second.url) as town:
        assert (await paid(second)).status_code == 400
        assert (await paid(second)).json()["queued"] is True
        assert (await town.payouts.sees(to, "processing"))["how"] == "hold"
        assert (await town.client.get("/api/kraken/keys")).json()["keys"][0]["address"] == to
        assert (await town.client.get("/api/rates/sources")).json()["binance"]["factor"] == "1.1"
        assert second.described["kraken_secret"] == first.described["kraken_secret"]
