"""Settings: one tree from the environment and lockbay.toml; what is wrong is named, and no secret told."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import AttrsInstance, astuple, fields, has

from lockbay import settings
from lockbay.areas.terms import Terms
from lockbay.environment import load
from lockbay.errors import SettingsError
from lockbay.settings import DynoPay, Fincra, Settings, bind


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine's environment says."""
    for name in os.environ:
        if name.startswith(settings.PREFIX):
            monkeypatch.delenv(name)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lockbay.toml"


def test_without_anything_there_are_defaults(file: Path) -> None:
    assert load(file) == Settings()
    assert load(file).telegram_url == "https://api.telegram.org"
    assert load(file).terms.fee_percent == 5


def test_the_business_begins_with_the_terms_of_the_contract(file: Path) -> None:
    terms, hour = load(file).terms, timedelta(hours=1)
    assert (terms.smallest_trade_usd, terms.largest_trade_usd, terms.trades_a_day, terms.fee_percent) == (
        2,
        10_000,
        10,
        5,
    )
    assert (terms.payment_window, terms.answer_window, terms.dispute_window) == (hour, 24 * hour, 48 * hour)
    assert (terms.shortest_delivery_hours, terms.longest_delivery_hours, terms.delivery_grace) == (1, 168, 24 * hour)
    tolerances: tuple[Decimal | int, ...] = (
        terms.tolerance_small_percent,
        terms.tolerance_middle_percent,
        terms.tolerance_large_percent,
    )
    assert tolerances == (5, 3, 1)
    assert (terms.cashout_approval_usd, terms.cashout_daily_count, terms.cashout_unverified_daily_usd) == (500, 10, 50)
    assert (terms.cashout_code, terms.code_lifetime, terms.code_tries, terms.code_pause) == (
        "verified", hour / 6, 5, hour / 60,
    )  # fmt: skip
    assert (terms.spread_percent, terms.quote_lock, terms.exchange_sources) == (2, hour / 6, 2)
    assert (terms.referral_newcomer, terms.referral_referrer, terms.referral_volume_usd) == (5, 5, 100)


def test_the_names_that_stay_are_names_of_settings() -> None:
    """All that the contract names but LOCKBAY_NATS_URL: nothing speaks NATS yet."""
    stay = (
        "BOT_TOKEN TELEGRAM_URL DATABASE_URL DATA_DIR ADMIN_IDS WEB_BIND PUBLIC_URL SMTP_URL SANDBOX_BIND KRAKEN_URL "
        "KRAKEN_API_KEY KRAKEN_SECRET RATES_URL RATES_KEY CASHOUT_CODE CASHOUT_DAILY_COUNT CASHOUT_DAILY_USD "
        "CASHOUT_UNVERIFIED_DAILY_USD CASHOUT_APPROVAL_USD"
    )
    known = {*names(Settings()), *(f"LOCKBAY_{term.name.upper()}" for term in fields(Terms))}
    assert {f"LOCKBAY_{name}" for name in stay.split()} - known == set()


def test_the_file_has_flat_names_at_every_depth(file: Path) -> None:
    file.write_text('bot_token = "1:a"\nblockbee_api_key = "b"\nfee_percent = "4.5"\ntrades_a_day = 3\n')
    loaded = load(file)
    assert (loaded.bot_token, loaded.blockbee.api_key) == ("1:a", "b")
    assert (loaded.terms.fee_percent, loaded.terms.trades_a_day) == (Decimal("4.5"), 3)


def test_the_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('bot_token = "1:a"\nrates_key = "file"\n')
    monkeypatch.setenv("LOCKBAY_BOT_TOKEN", "2:b")
    monkeypatch.setenv("LOCKBAY_BLOCKBEE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("LOCKBAY_FEE_PERCENT", "2.5")
    loaded = load(file)
    assert (loaded.bot_token, loaded.rates.key, loaded.blockbee.url) == ("2:b", "file", "http://127.0.0.1:1")
    assert loaded.terms.fee_percent == Decimal("2.5")


def test_every_setting_of_the_business_can_be_set(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKBAY_SMALLEST_TRADE_USD", "0.01")
    monkeypatch.setenv("LOCKBAY_CODE_TRIES", "3")
    monkeypatch.setenv("LOCKBAY_PAYMENT_WINDOW", "01:30:00")
    terms = load(file).terms
    assert (terms.smallest_trade_usd, terms.code_tries) == (Decimal("0.01"), 3)
    assert terms.payment_window == timedelta(minutes=90)


@pytest.mark.parametrize(("value", "meant"), [("0", 0), ("00:00:00", 0), ("00:05:00", 5), ("1:00:00", 60)])
def test_an_outage_is_as_long_as_it_is_said(
    file: Path, monkeypatch: pytest.MonkeyPatch, value: str, meant: int
) -> None:
    monkeypatch.setenv("LOCKBAY_SHORTEST_OUTAGE", value)
    assert load(file).terms.shortest_outage == timedelta(minutes=meant)


@pytest.mark.parametrize("text", ['bot_tocken = "1:a"', '[terms]\nfee_percent = "4"', "blockbee = 3"])
def test_an_unknown_name_in_the_file_is_refused_by_name(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError, match=r"lockbay\.toml: there is no setting (bot_tocken|terms|blockbee)$"):
        load(file)


def test_a_file_that_is_no_toml_is_named(file: Path) -> None:
    file.write_text("bot_token: 1")
    with pytest.raises(SettingsError, match=r"lockbay\.toml"):
        load(file)


def test_a_file_in_another_encoding_is_named(file: Path) -> None:
    file.write_bytes(b'bot_token = "\xff"')
    with pytest.raises(SettingsError, match=r"lockbay\.toml"):
        load(file)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FEE_PERCENT", "free"),
        ("FEE_PERCENT", "NaN"),
        ("FEE_PERCENT", "Infinity"),
        ("TRADES_A_DAY", "many"),
        ("CODE_TRIES", "1.5"),
        ("PAYMENT_WINDOW", "an hour"),
        ("CASHOUT_CODE", "off"),
        ("ADMIN_IDS", "@ada"),
        ("AUDIT_MINUTES", "-5"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_not_repeated(
    file: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"LOCKBAY_{name}", value)
    with pytest.raises(SettingsError, match=f"LOCKBAY_{name}") as caught:
        load(file)
    assert value not in str(caught.value) or "must" in str(caught.value)


def names(tree: AttrsInstance, prefix: str = settings.PREFIX) -> Iterator[str]:
    """Of all settings but the terms of the business, which the README leaves to lockbay/areas/terms.py."""
    for each in fields(type(tree)):
        value, name = getattr(tree, each.name), prefix + each.name.upper()
        if not has(type(value)):
            yield name
        elif not isinstance(value, Terms):
            yield from names(value, f"{name}_")


def described() -> Iterator[str]:
    """What the README's table names: in full, or (`_KEY`) in place of the end of the row's first name."""
    for row in (Path(__file__).parent.parent / "README.md").read_text().splitlines():
        if row.startswith("| `LOCKBAY_"):
            first, *others = re.findall(r"`(\w+)`", row.split("|")[1])
            yield from (first, *others)
            stems = [first[: place.start()] for place in re.finditer("_", first)]
            yield from (stem + other for stem in stems for other in others if other.startswith("_"))


def test_the_readme_names_every_setting() -> None:
    assert sorted(set(names(Settings())) - set(described())) == []


def test_money_is_never_a_float(file: Path) -> None:
    file.write_text("fee_percent = 4.5")
    with pytest.raises(SettingsError, match="LOCKBAY_FEE_PERCENT"):
        load(file)


def test_every_provider_has_the_names_of_the_contract(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = (
        "BLOCKBEE_URL BLOCKBEE_API_KEY BLOCKBEE_PUBLIC_KEY DYNOPAY_URL DYNOPAY_API_KEY DYNOPAY_WEBHOOK_SECRET "
        "FINCRA_URL FINCRA_SECRET_KEY FINCRA_PUBLIC_KEY FINCRA_BUSINESS_ID FINCRA_WEBHOOK_SECRET"
    )
    for name in names.split():
        monkeypatch.setenv(f"LOCKBAY_{name}", name)
    loaded = load(file)
    fields = [*astuple(loaded.blockbee), *astuple(loaded.dynopay), *astuple(loaded.fincra)]
    assert fields == names.split()
    assert (DynoPay().url, Fincra().url) == ("https://api.dynopay.com/api/user", "https://api.fincra.com")


def test_providers_are_tried_in_the_order_that_is_set(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(file).tried == ("blockbee", "dynopay", "fincra")
    monkeypatch.setenv("LOCKBAY_PROVIDERS", " fincra, blockbee,fincra,")
    assert load(file).tried == ("fincra", "blockbee")
    monkeypatch.setenv("LOCKBAY_PROVIDERS", "")
    assert load(file).tried == ()


@pytest.mark.parametrize("providers", ["kraken", "blockbee;dynopay", "BlockBee", "blockbee,dinopay"])
def test_a_provider_that_nobody_knows_is_refused_at_once(
    file: Path, monkeypatch: pytest.MonkeyPatch, providers: str
) -> None:
    monkeypatch.setenv("LOCKBAY_PROVIDERS", providers)
    with pytest.raises(SettingsError, match="LOCKBAY_PROVIDERS must be some of blockbee, dynopay, fincra"):
        load(file)


def test_admins_are_numbers(file: Path) -> None:
    assert Settings(admin_ids="").admins == frozenset()
    assert Settings(admin_ids=f"1, 2,{2**40},").admins == {1, 2, 2**40}
    with pytest.raises(SettingsError, match="LOCKBAY_ADMIN_IDS"):
        _ = Settings(admin_ids="@olu").admins


def test_proxies_are_addresses_and_networks(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [str(network) for network in load(file).proxies] == ["127.0.0.0/8", "::1/128"]
    assert [str(network) for network in Settings(trusted_proxies=" 10.88.0.1, fd00::/8,").proxies] == [
        "10.88.0.1/32",
        "fd00::/8",
    ]
    for wrong in ("proxy.example", "10.0.0.1/8", "10.0.0.0/33"):
        monkeypatch.setenv("LOCKBAY_TRUSTED_PROXIES", wrong)
        with pytest.raises(SettingsError, match="LOCKBAY_TRUSTED_PROXIES"):
            load(file)


def test_an_address_is_host_and_port() -> None:
    assert bind("127.0.0.1:0", "WEB_BIND") == ("127.0.0.1", 0)
    assert bind("[::1]:8080", "WEB_BIND") == ("::1", 8080)
    for address in ("", "8080", ":8080", "host:", "host:port", "host:-1", "host:65536", "host:٣"):
        with pytest.raises(SettingsError, match="LOCKBAY_WEB_BIND"):
            bind(address, "WEB_BIND")


def test_secrets_are_not_in_the_representation() -> None:
    secrets = {"bot_token": "1:hush", "database_url": "postgresql://u:hush@h/d", "smtp_url": "smtp://u:hush@h"}
    providers = {
        "blockbee": settings.BlockBee(api_key="hush"),
        "dynopay": DynoPay(api_key="hush", webhook_secret="hush"),
        "fincra": Fincra(secret_key="hush", public_key="hush", webhook_secret="hush"),
        "rates": settings.Rates(key="hush"),
    }
    shown = repr(Settings(**secrets, **providers))  # type: ignore[arg-type]
    assert "hush" not in shown


def test_who_pays_out_is_said_by_name(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(file).paying == ("blockbee", "fincra", "kraken", "manual")
    file.write_text('payouts = "kraken, manual"\nkraken_api_key = "k"\n')
    assert (load(file).paying, load(file).kraken.api_key) == (("kraken", "manual"), "k")
    monkeypatch.setenv("LOCKBAY_PAYOUTS", "paypal")
    with pytest.raises(SettingsError, match="LOCKBAY_PAYOUTS"):
        load(file)
