"""Nigerian banks by the codes under which the local Fincra knows them, and whose account is whose.

GET /core/banks and POST /core/accounts/resolve (docs/apis.md §3.3). Codes are those that the banks have; accounts are
nobody's: a name follows from its number.
"""

from __future__ import annotations

import hashlib
from typing import Final

from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox import fincra_asks
from lockbay.sandbox.control import Handler
from lockbay.sandbox.fincra import Keys, error, read
from lockbay.sandbox.troubles import Troubles
from lockbay.sandbox.wire import Object, answer

BANKS: Final = {
    "044": "Access Bank",
    "023": "Citibank Nigeria",
    "050": "Ecobank Nigeria",
    "070": "Fidelity Bank",
    "011": "First Bank of Nigeria",
    "214": "First City Monument Bank",
    "00103": "Globus Bank",
    "058": "Guaranty Trust Bank",
    "301": "Jaiz Bank",
    "082": "Keystone Bank",
    "50211": "Kuda Microfinance Bank",
    "303": "Lotus Bank",
    "50515": "Moniepoint Microfinance Bank",
    "999992": "OPay Digital Services",
    "999991": "PalmPay",
    "076": "Polaris Bank",
    "105": "PremiumTrust Bank",
    "101": "Providus Bank",
    "221": "Stanbic IBTC Bank",
    "068": "Standard Chartered Bank Nigeria",
    "232": "Sterling Bank",
    "302": "TAJ Bank",
    "032": "Union Bank of Nigeria",
    "033": "United Bank for Africa",
    "215": "Unity Bank",
    "566": "VFD Microfinance Bank",
    "035": "Wema Bank",
    "057": "Zenith Bank",
}
NOBODYS: Final = "000"  # how the numbers end that belong to no account
FIRST: Final = ("ADEBAYO", "AMINA", "CHIDINMA", "EMEKA", "FUNMILAYO", "HALIMA", "IFEANYI", "NGOZI", "OLUMIDE", "YUSUF")
LAST: Final = ("ABUBAKAR", "ADEYEMI", "BALOGUN", "EZE", "IBRAHIM", "NWOSU", "OBI", "OKAFOR", "OKONKWO", "SANI")


def holder(number: str) -> str:
    """Whose account it is, as banks write names; empty when there is none."""
    if number.endswith(NOBODYS):
        return ""
    digest = hashlib.sha256(number.encode()).digest()
    return f"{LAST[digest[0] % len(LAST)]} {FIRST[digest[1] % len(FIRST)]}"


@frozen
class FincraBanks:
    """What may be asked of it without money moving."""

    keys: Keys = field(repr=False)

    def routes(self, troubles: Troubles) -> list[BaseRoute]:
        def route(path: str, handler: Handler, method: str) -> Route:
            return Route(f"/fincra/core/{path}", troubles.around("fincra", handler), methods=[method])

        return [route("banks", self._banks, "GET"), route("accounts/resolve", self._resolve, "POST")]

    async def _banks(self, request: Request) -> Response:
        if response := self.keys.stranger(request):
            return response
        query = request.query_params
        if query.get("currency", "NGN") != "NGN" or query.get("country", "NG") != "NG":
            return error("Only banks in Nigeria are known", "VALIDATION_FAILED")
        banks: list[Object] = [
            {"id": n, "code": code, "name": name, "country": "NG"} for n, (code, name) in enumerate(BANKS.items())
        ]
        return answer({"success": True, "message": "Banks fetched successfully", "data": banks})

    async def _resolve(self, request: Request) -> Response:
        if response := self.keys.stranger(request):
            return response
        body = await read(request)
        if isinstance(body, Response):
            return body
        if problem := fincra_asks.problem(body, fincra_asks.RESOLVE, tuple(fincra_asks.RESOLVE)):
            return error(problem, "VALIDATION_FAILED")
        number, code = str(body["accountNumber"]), str(body["bankCode"])
        name = holder(number)
        if code not in BANKS or not name:
            return error("Account could not be resolved", "UNPROCESSABLE_ENTITY", 422)
        data = {"accountNumber": number, "accountName": name, "bankCode": code}
        return answer({"success": True, "message": "Account resolve successful", "data": data})
