"""The local Fincra's banks, and whose account a number is."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.fincra import fincra as fincra


async def test_banks_have_names_and_codes(fincra: httpx.AsyncClient) -> None:
    banks = (await fincra.get("/core/banks", params={"currency": "NGN", "country": "NG"})).json()["data"]
    named = {bank["code"]: bank["name"] for bank in banks}
    assert (named["058"], named["057"], len(named) >= 25) == ("Guaranty Trust Bank", "Zenith Bank", True)
    assert (await fincra.get("/core/banks", params={"currency": "GHS"})).status_code == 400


async def test_an_account_has_the_name_that_its_number_gives_it(fincra: httpx.AsyncClient) -> None:
    body = {"accountNumber": "0123456789", "bankCode": "058", "type": "nuban"}
    first = (await fincra.post("/core/accounts/resolve", json=body)).json()["data"]
    assert (first["accountNumber"], first["bankCode"]) == ("0123456789", "058")
    assert first["accountName"].isupper()
    again = (await fincra.post("/core/accounts/resolve", json={**body, "bankCode": "057"})).json()["data"]
    assert again["accountName"] == first["accountName"]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"accountNumber": "0123456000"}, 422),
        ({"bankCode": "999"}, 422),
        ({"accountNumber": "123"}, 400),
        ({"accountNumber": "01234567891"}, 400),
        ({"accountNumber": 123456789}, 400),
        ({"type": "iban"}, 400),
        ({"country": "NG"}, 400),
    ],
)
async def test_what_is_no_account_does_not_resolve(
    fincra: httpx.AsyncClient, wrong: dict[str, object], status: int
) -> None:
    body = {"accountNumber": "0123456789", "bankCode": "058", "type": "nuban", **wrong}
    assert (await fincra.post("/core/accounts/resolve", json=body)).status_code == status
