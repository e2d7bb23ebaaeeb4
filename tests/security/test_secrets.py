"""No secret of ours is shown by a repr, a log, an error, a traceback or a crash. What the service writes in a whole run
is looked through in tests/e2e/test_process.py.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
import pytest
import structlog

from lockbay import logs, settings
from lockbay.areas.terms import Terms
from lockbay.settings import Settings
from tests.altered import altered
from tests.process import REPOSITORY, run

# Whatever else is a text is a secret: a new setting is hidden, or stands here on purpose.
SHOWN: Final = {
    "telegram_url", "admin_ids", "web_bind", "public_url", "trusted_proxies", "sandbox_bind", "providers", "payouts",
    "low_balances",
    "blockbee.url", "blockbee.public_key", "dynopay.url", "fincra.url", "fincra.business_id", "kraken.url", "rates.url",
    "fastforex.url", "kraken_rates.url", "binance.url",
}  # fmt: skip
TRICKY: Final = 'hush"hush/hush+hush\\hush é'
TOKEN: Final = "123456789:AAHhushhushhushhushhushhushhush"


def texts(tree: object, prefix: str = "") -> Iterator[str]:
    """The names of all settings that are texts."""
    for each in attrs.fields(type(tree)):  # type: ignore[arg-type]
        value = getattr(tree, each.name)
        if attrs.has(type(value)) and not isinstance(value, Terms):
            yield from texts(value, f"{prefix}{each.name}.")
        elif isinstance(value, str):
            yield prefix + each.name


def filled() -> tuple[Settings, dict[str, str]]:
    """Settings in which each text is its own, and those texts by their names."""
    values = {name: f"canary-{number:03}-{name}" for number, name in enumerate(texts(Settings()))}
    chosen = Settings()
    for name, value in values.items():
        outer, _, inner = name.rpartition(".")
        if outer:
            value_of = altered(getattr(chosen, outer), **{inner: value})
            chosen = altered(chosen, **{outer: value_of})
        else:
            chosen = altered(chosen, **{name: value})
    return chosen, values


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged by a service with these secrets."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    before = structlog.get_config()
    logs.configure(secrets=[TRICKY, *filled()[0].secrets])
    structlog.configure(cache_logger_on_first_use=False)
    yield stream
    structlog.configure(**before)


def test_a_repr_shows_no_setting_that_is_not_meant_to_be_seen() -> None:
    chosen, values = filled()
    shown = {name for name, value in values.items() if value in repr(chosen)}
    assert shown == SHOWN & values.keys()
    assert chosen.secrets >= {value for name, value in values.items() if name not in SHOWN}
    assert "bot_token" in values.keys() - shown


def test_a_secret_of_ours_is_in_no_line_whatever_it_is_called(written: io.StringIO) -> None:
    chosen, values = filled()
    for value in (chosen.blockbee.api_key, chosen.fincra.webhook_secret, TRICKY):
        try:
            raise OSError(f"cannot open https://pay.example/?apikey={value}&x=1")
        except OSError as error:
            structlog.get_logger().exception(
                "provider_away", reason=str(error), asked={"deep": [value]}, raw=value.encode()
            )
    assert [value for name, value in values.items() if name not in SHOWN and value in written.getvalue()] == []
    assert "hush" not in json.loads(written.getvalue().splitlines()[-1])["reason"]
    assert written.getvalue().count("provider_away") == 3


def test_a_password_of_a_url_is_a_secret_of_its_own() -> None:
    chosen = Settings(
        bot_token=TOKEN,
        database_url="postgresql://service:hush%2Fhush-hush@db/lockbay",
        smtp_url="smtp://u@x:another-hush@mail",
    )
    assert chosen.secrets >= {TOKEN, TOKEN.partition(":")[2], "hush%2Fhush-hush", "hush/hush-hush", "another-hush"}


def test_a_weak_password_does_not_take_words_out_of_the_logs() -> None:
    assert "lockbay" not in Settings(database_url="postgresql://lockbay:lockbay@db/lockbay").secrets


def test_without_secrets_nothing_is_taken_out() -> None:
    assert logs.Net.of([]).strained("plain text") == "plain text"


def test_a_crash_tells_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    url = f"https://api.telegram.org/file/bot{TOKEN}/photos/1.jpg"
    try:
        raise LookupError(url) from ValueError(TRICKY)
    except LookupError as error:
        logs.Net.of([TRICKY]).crashed(LookupError, error, error.__traceback__)
    assert "hush" not in stream.getvalue()
    assert "LookupError" in stream.getvalue()
    assert "photos/1.jpg" in stream.getvalue()


async def test_settings_that_cannot_be_used_are_named_without_their_values(tmp_path: Path) -> None:
    environment = {
        "LOCKBAY_BOT_TOKEN": TOKEN,
        "LOCKBAY_DATABASE_URL": "postgresql://service:hush-hush-hush@127.0.0.1:1/lockbay?connect_timeout=hush",
        "LOCKBAY_SMTP_URL": "smtp://u:hush-hush-hush@127.0.0.1:hush",
        "LOCKBAY_FEE_PERCENT": "hush",
    }
    for mode in ("--poll", "--migrate", "--audit"):
        ended = await run(mode, environment=environment, folder=tmp_path)
        environment.pop("LOCKBAY_FEE_PERCENT", None)
        assert ended.code != 0
        assert "hush" not in ended.out + ended.err


def test_nothing_in_the_repository_is_a_secret() -> None:
    """Keys of the outside world have shapes. What tests call secrets has not."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True).stdout.split(
        b"\0"
    )
    shapes = re.compile(
        rb"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b|BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----\s*[A-Za-z0-9+/]{40}"
        rb"|\bghp_[A-Za-z0-9]{36}|\bAKIA[0-9A-Z]{16}\b|\bwhsec_[A-Za-z0-9]{24,}|\bsk_live_[A-Za-z0-9]{16,}"
    )
    found = [
        name.decode()
        for name in files
        if name and (path := REPOSITORY / name.decode()).is_file() and shapes.search(path.read_bytes())
    ]
    assert found == []


def test_every_secret_is_named_as_one() -> None:
    """Settings that look like secrets by their names are hidden by their reprs."""
    likely = [
        name for name in texts(Settings()) if re.search(r"token|secret|api_key|\bkey$|password|smtp|database", name)
    ]
    assert [name for name in likely if name in SHOWN] == []
    assert len(likely) >= 10
    assert settings.SHORTEST_SECRET <= 10
