"""Which providers there are, as the settings have them."""

from __future__ import annotations

import pytest
from attrs import evolve
from structlog.testing import capture_logs

from lockbay.errors import SettingsError
from lockbay.payments.providers import open_payouts, open_providers, receivers, tried
from lockbay.settings import BlockBee, DynoPay, Fincra, Kraken, Settings
from tests.clock import MovedClock
from tests.payments.callbacks import Signer

ALL = Settings(
    blockbee=BlockBee(api_key="bee", public_key=Signer().pem),
    dynopay=DynoPay(api_key="dyno", webhook_secret="whsec_test"),
    fincra=Fincra(secret_key="sk_test", public_key="pk_test", business_id="b", webhook_secret="fincra-secret"),
)
HOME = "https://t.me/lockbay_bot"


async def names(settings: Settings) -> list[str]:
    async with open_providers(settings, HOME) as providers:
        return [provider.name for provider in tried(settings, providers)]


async def test_who_is_not_tried_any_more_is_still_asked_about_what_was_made_earlier() -> None:
    async with open_providers(evolve(ALL, providers="fincra"), HOME) as providers:
        assert [provider.name for provider in providers] == ["fincra", "blockbee", "dynopay"]


async def test_they_are_tried_in_the_order_that_is_set() -> None:
    assert await names(ALL) == ["blockbee", "dynopay", "fincra"]
    assert await names(evolve(ALL, providers="fincra,blockbee")) == ["fincra", "blockbee"]
    assert await names(evolve(ALL, providers="")) == []


async def test_one_without_a_key_is_off() -> None:
    assert await names(evolve(ALL, dynopay=DynoPay(webhook_secret="whsec_test"))) == ["blockbee", "fincra"]
    assert await names(Settings()) == []


async def payers(settings: Settings) -> list[str]:
    async def keep(cashout_id: int, external_id: str) -> bool:
        return True

    async with open_payouts(settings, keep, MovedClock()) as payouts:
        return [payer.name for payer in payouts]


async def test_those_that_have_keys_pay_out_in_their_order_and_the_staff_does_the_rest() -> None:
    keys = evolve(ALL, kraken=Kraken(api_key="key", secret="c2VjcmV0"))
    assert await payers(keys) == ["blockbee", "fincra", "kraken", "manual"]
    assert await payers(evolve(keys, payouts="kraken,blockbee")) == ["kraken", "blockbee"]
    assert await payers(Settings()) == ["manual"]
    with pytest.raises(SettingsError, match="LOCKBAY_KRAKEN_SECRET"):
        await payers(evolve(ALL, kraken=Kraken(api_key="key", secret="no base64!")))


async def test_a_wrong_url_is_named() -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_DYNOPAY_URL"):
        await names(evolve(ALL, dynopay=DynoPay(url="api.dynopay.com", api_key="dyno")))


def test_webhooks_are_served_for_whoever_can_be_verified_also_if_it_is_not_tried() -> None:
    served = receivers(evolve(ALL, providers="blockbee", dynopay=DynoPay(webhook_secret="whsec_test")), MovedClock())
    assert [(each.name, each.acknowledgement) for each in served] == [
        ("blockbee", "*ok*"), ("dynopay", "ok"), ("fincra", "ok")
    ]  # fmt: skip


def test_without_a_secret_a_webhook_is_not_served_and_the_operator_is_told() -> None:
    with capture_logs() as logs:
        assert receivers(Settings(), MovedClock()) == []
    assert [(each["event"], each["missing"]) for each in logs] == [
        ("webhook_not_served", "LOCKBAY_BLOCKBEE_PUBLIC_KEY"),
        ("webhook_not_served", "LOCKBAY_DYNOPAY_WEBHOOK_SECRET"),
        ("webhook_not_served", "LOCKBAY_FINCRA_WEBHOOK_SECRET"),
    ]
