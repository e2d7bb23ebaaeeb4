"""Logs: one line an event, and no secret in any of them."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import structlog
import trio

from lockbay import logs

TOKEN = "123456:hush-hush"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written down while the logs are configured as in a service."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    before = structlog.get_config()
    logs.configure()
    structlog.configure(cache_logger_on_first_use=False)
    yield stream
    structlog.configure(**before)


def test_an_event_is_one_line_of_json_with_its_time_and_level(written: io.StringIO) -> None:
    structlog.get_logger().warning("poller_failed", seconds=1.5, user_id=2**40)
    (line,) = written.getvalue().splitlines()
    entry = json.loads(line)
    assert entry["timestamp"].endswith("Z")
    assert {key: entry[key] for key in ("event", "level", "seconds", "user_id")} == {
        "event": "poller_failed", "level": "warning", "seconds": 1.5, "user_id": 2**40,
    }  # fmt: skip


def test_a_full_disk_under_the_log_fails_nobody_and_the_log_goes_on_when_there_is_room(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A line is lost; a turn, a notice or the whole service that ends by it would be more."""
    log = structlog.get_logger()
    with (tmp_path / "log").open("w") as ours, open("/dev/full", "w") as full:
        monkeypatch.setattr("sys.stderr", ours)
        logs.configure()
        room = os.dup(ours.fileno())
        os.dup2(full.fileno(), ours.fileno())
        log.warning("lost")
        os.dup2(room, ours.fileno())
        os.close(room)
        log.warning("written")
    assert "written" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    "name", ["token", "bot_token", "BOT_TOKEN", "secret", "password", "api_key", "nonce", "Authorization"]
)
def test_what_is_named_like_a_secret_is_not_written(written: io.StringIO, name: str) -> None:
    structlog.get_logger().error("something", **{name: TOKEN})
    assert "hush" not in written.getvalue()
    assert "something" in written.getvalue()


def test_a_traceback_has_no_local_variables(written: io.StringIO) -> None:
    def fails(bot: str) -> None:
        url = f"https://api.telegram.org/bot{bot}/getMe"
        raise LookupError(f"{len(url)} characters")

    try:
        fails(TOKEN)
    except LookupError:
        structlog.get_logger().exception("turn_failed")
    assert "characters" in written.getvalue()
    assert "hush" not in written.getvalue()
    assert len(written.getvalue().splitlines()) == 1


def test_a_token_inside_a_text_is_not_written(written: io.StringIO) -> None:
    """The last net: whatever error some library may make of a URL."""
    url = f"https://api.telegram.org/bot{TOKEN}/sendPhoto"
    try:
        raise OSError(f"cannot connect to {url}")
    except OSError as error:
        structlog.get_logger().exception("telegram_away", reason=str(error), tries=[url])
    assert "hush" not in written.getvalue()
    assert "sendPhoto" in written.getvalue()


@pytest.mark.parametrize("url", ["postgresql://lockbay:hush@db.example/lockbay", "smtp://u%40x:hush-hush@mail:587"])
def test_a_password_in_a_url_is_not_written(written: io.StringIO, url: str) -> None:
    structlog.get_logger().error("something", reason=f"cannot use {url}")
    assert "hush" not in written.getvalue()


def test_what_only_looks_a_little_like_a_secret_is_written(written: io.StringIO) -> None:
    plain = {"web": "127.0.0.1:57731", "key": "1001.710000003.pay.1", "page": "http://127.0.0.1:8080/u/@ada"}
    structlog.get_logger().error("something", **plain)
    assert all(value in written.getvalue() for value in plain.values())


def test_debugging_is_not_written(written: io.StringIO) -> None:
    structlog.get_logger().debug("noise")
    assert written.getvalue() == ""


async def test_a_line_says_in_the_middle_of_what_it_was_written(written: io.StringIO) -> None:
    """Also one of a task that was started there; what the line says itself counts."""
    asked: list[int] = []

    def where() -> Mapping[str, object]:
        asked.append(1)
        return {"user_id": 7, "update_id": 9, "conversation": None}

    async def later() -> None:
        structlog.get_logger().info("screen_undelivered", update_id=8)

    logs.WHERE.set(where)
    structlog.get_logger().debug("noise")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(later)
    structlog.get_logger().info("turn_failed")
    late, failed = (json.loads(line) for line in written.getvalue().splitlines())
    assert (late["user_id"], late["update_id"]) == (7, 8)
    assert (failed["user_id"], failed["update_id"], "conversation" in failed) == (7, 9, False)
    assert len(asked) == 2, "nobody is asked for a line that is not written"


def test_who_is_in_the_middle_of_nothing_says_nothing_of_it(written: io.StringIO) -> None:
    structlog.get_logger().info("serving")
    assert json.loads(written.getvalue()).keys() == {"event", "level", "timestamp"}


class Pieces(io.StringIO):
    """What is written at once."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def write(self, text: str) -> int:
        self.pieces.append(text)
        return super().write(text)


def test_a_line_and_its_end_are_written_at_once_so_that_a_kill_does_not_come_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = Pieces()
    monkeypatch.setattr("sys.stderr", stream)
    before = structlog.get_config()
    logs.configure()
    structlog.configure(cache_logger_on_first_use=False)
    structlog.get_logger().warning("poller_failed")
    structlog.configure(**before)
    assert [piece[-2:] for piece in stream.pieces] == ["}\n"]
