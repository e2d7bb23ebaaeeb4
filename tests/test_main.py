"""The command line: what an operator types, and what they are told when something is wrong. Never a traceback."""

from __future__ import annotations

import json
import re
import signal
import sys
from pathlib import Path

import pytest
import trio
from click.testing import CliRunner

from lockbay import __version__
from lockbay.__main__ import main
from lockbay.postgres import bridge
from tests.e2e.conftest import free_port
from tests.process import is_one_clear_line, lockbay, run

TOKEN = "123456:not-a-token-that-Telegram-knows"


def test_help_names_every_option() -> None:
    shown = CliRunner().invoke(main, ["--help"])
    assert shown.exit_code == 0
    for option in ("--poll", "--sandbox", "--migrate", "--audit", "--json", "--version"):
        assert option in shown.output


def test_the_version_is_the_packages() -> None:
    shown = CliRunner().invoke(main, ["--version"])
    assert shown.output == f"lockbay, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [[], ["--sandbox"], ["--poll", "--migrate"], ["--audit", "--poll"], ["--pol"]],
)  # fmt: skip
def test_a_command_line_that_makes_no_sense_is_refused(arguments: list[str]) -> None:
    shown = CliRunner().invoke(main, arguments)
    assert shown.exit_code == 2
    assert "Error: " in shown.output


async def test_a_start_does_not_read_what_is_needed_later() -> None:
    program = "import sys; from lockbay import __main__, service; print([m for m in service.LATER if m in sys.modules])"
    read = await trio.run_process([sys.executable, "-c", program], capture_stdout=True)
    assert read.stdout == b"[]\n"


async def test_without_a_token_one_line_names_the_setting(tmp_path: Path) -> None:
    ended = await run("--poll", environment={}, folder=tmp_path)
    assert ended.code == 2
    assert ended.err.splitlines() == [
        "lockbay: LOCKBAY_BOT_TOKEN is not set. Get a token from @BotFather, or add --sandbox."
    ]


async def test_without_a_database_one_line_names_the_setting(tmp_path: Path) -> None:
    ended = await run("--poll", environment={"LOCKBAY_BOT_TOKEN": TOKEN}, folder=tmp_path)
    assert ended.code == 2
    is_one_clear_line(ended, "LOCKBAY_DATABASE_URL is not set")


async def test_an_unknown_setting_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "lockbay.toml").write_text('bot_tocken = "1:2"\n')
    ended = await run("--poll", environment={}, folder=tmp_path)
    assert ended.code == 2
    is_one_clear_line(ended, "lockbay.toml", "bot_tocken")


async def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    away = f"postgresql://lockbay:hush-hush@127.0.0.1:{free_port()}/lockbay"
    for option in ("--poll", "--migrate", "--audit"):
        ended = await run(
            option, environment={"LOCKBAY_BOT_TOKEN": TOKEN, "LOCKBAY_DATABASE_URL": away}, folder=tmp_path
        )
        assert ended.code == 1
        is_one_clear_line(ended, "database")
        assert "hush-hush" not in ended.err


async def test_a_database_url_that_is_none_is_one_line(tmp_path: Path) -> None:
    for url in ("mysql://127.0.0.1/lockbay", "nonsense", "postgresql://127.0.0.1:port/lockbay"):
        ended = await run(
            "--poll", environment={"LOCKBAY_BOT_TOKEN": TOKEN, "LOCKBAY_DATABASE_URL": url}, folder=tmp_path
        )
        assert ended.code == 2
        is_one_clear_line(ended, "LOCKBAY_DATABASE_URL")


async def test_terms_outside_their_bounds_end_a_start_with_their_names(database_url: str, tmp_path: Path) -> None:
    settings = {
        "LOCKBAY_BOT_TOKEN": TOKEN,
        "LOCKBAY_DATABASE_URL": database_url,
        "LOCKBAY_TELEGRAM_URL": f"http://127.0.0.1:{free_port()}",
        "LOCKBAY_EXCHANGE_SOURCES": "0",
        "LOCKBAY_PAYMENT_WINDOW": "00:00:01",
    }
    ended = await run("--poll", environment=settings, folder=tmp_path)
    assert ended.code == 2
    is_one_clear_line(
        ended,
        "LOCKBAY_EXCHANGE_SOURCES must be from 1 to 10",
        "LOCKBAY_PAYMENT_WINDOW must be from 00:05:00 to 24:00:00",
    )


async def test_migrating_and_auditing_a_new_database(empty_database_url: str, tmp_path: Path) -> None:
    settings = {"LOCKBAY_DATABASE_URL": empty_database_url}
    for _ in range(2):
        ended = await run("--migrate", environment=settings, folder=tmp_path)
        assert (ended.code, ended.out) == (0, "The schema is up to date.")
    ended = await run("--audit", environment=settings, folder=tmp_path)
    assert ended.code == 0
    assert "the books are right" in ended.out


async def test_auditing_a_database_without_schema_is_one_line(empty_database_url: str, tmp_path: Path) -> None:
    ended = await run("--audit", environment={"LOCKBAY_DATABASE_URL": empty_database_url}, folder=tmp_path)
    assert ended.code == 1
    is_one_clear_line(ended, "--migrate")


async def test_the_audit_exits_1_and_tells_where_on_a_planted_difference(database_url: str, tmp_path: Path) -> None:
    settings = {"LOCKBAY_DATABASE_URL": database_url}
    ended = await run("--audit", "--json", environment=settings, folder=tmp_path)
    assert ended.code == 0
    assert json.loads(ended.out)["passed"] is True
    async with bridge.open_connection(database_url) as connection:
        await connection.execute("INSERT INTO users (id, first_name, created_at) VALUES (1, 'Eve', now())")
        await connection.execute(
            "INSERT INTO accounts (user_id, kind, currency, balance, version) VALUES (1, 'available', 'USDT', 9, 0)"
        )
    ended = await run("--audit", "--json", environment=settings, folder=tmp_path)
    assert ended.code == 1
    report = json.loads(ended.out)
    assert report["passed"] is False
    assert report["differences"]
    ended = await run("--audit", environment=settings, folder=tmp_path)
    assert ended.code == 1
    assert re.search(r"\d+ differences", ended.out)


async def test_the_sandboxs_taken_port_is_one_line(tmp_path: Path, taken_port: int) -> None:
    ended = await run(
        "--poll", "--sandbox", environment={"LOCKBAY_SANDBOX_BIND": f"127.0.0.1:{taken_port}"}, folder=tmp_path
    )
    assert ended.code == 2
    is_one_clear_line(ended, f"LOCKBAY_SANDBOX_BIND 127.0.0.1:{taken_port}")


async def test_a_data_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "var"
    settings = {"LOCKBAY_DATA_DIR": str(folder), "LOCKBAY_SANDBOX_BIND": "127.0.0.1:0"}
    ended = await run("--poll", "--sandbox", environment=settings, folder=tmp_path)
    assert ended.code == 2
    is_one_clear_line(ended, "LOCKBAY_DATA_DIR", str(folder))


async def test_a_full_disk_at_start_is_one_line(tmp_path: Path) -> None:
    """As near as an ordinary user gets: no file may grow beyond 100 kB."""
    settings = {"LOCKBAY_DATA_DIR": str(tmp_path / "var"), "LOCKBAY_SANDBOX_BIND": "127.0.0.1:0"}
    ended = await run(
        "--poll", "--sandbox", environment=settings, folder=tmp_path, limits=("prlimit", "--fsize=100000")
    )
    assert ended.code == 2
    is_one_clear_line(ended, str(tmp_path / "var"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_service_that_cannot_reach_telegram_yet_stops_when_told(
    database_url: str, tmp_path: Path, number: signal.Signals
) -> None:
    settings = {
        "LOCKBAY_BOT_TOKEN": TOKEN,
        "LOCKBAY_TELEGRAM_URL": f"http://127.0.0.1:{free_port()}",
        "LOCKBAY_DATABASE_URL": database_url,
    }
    async with lockbay("--poll", environment=settings, folder=tmp_path) as process:
        await process.logs("telegram_not_reached")
        process.signal(number)
        ended = await process.ended(within=10)
    assert ended.code == 0
    assert "Traceback" not in ended.err
    assert TOKEN not in ended.err
