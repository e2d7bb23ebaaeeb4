"""The places around the service, and a bad network between it and each of them, and between those and its webhooks."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import trio

from scripts.chaos.faulty import Proxy, Weather
from scripts.chaos.world import World
from scripts.processes import HOST

BAD: Final = 0.12  # of the HTTP requests
BAD_ELSEWHERE: Final = 0.3  # of the calls to providers, of which there are few, and of their webhooks
BAD_DATABASE: Final = 0.01  # of what is received from it or sent to it: a statement is some of these
# Who is where, by setting; those of one line share a proxy.
PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "telegram": ("TELEGRAM_URL",),
    "blockbee": ("BLOCKBEE_URL",),
    "dynopay": ("DYNOPAY_URL",),
    "fincra": ("FINCRA_URL",),
    "rates": ("RATES_URL", "FASTFOREX_URL", "KRAKEN_RATES_URL", "BINANCE_URL"),
}


async def stand_between(world: World, nursery: trio.Nursery, chance: random.Random) -> list[Weather]:
    """Puts a proxy before each place, and the service behind one. It has not started yet."""
    settings, weathers = dict(world.service.settings), []

    async def placed(name: str, share: float, host: str, port: int) -> int:
        weather = Weather(random.Random(chance.random()), share)
        weathers.append(weather)
        proxy = Proxy(name, weather, partial(trio.open_tcp_stream, host, port))
        return int(await nursery.start(proxy.serve_http))

    for name, places in PLACES.items():
        address = urlsplit(settings[f"LOCKBAY_{places[0]}"])
        port = await placed(
            name, BAD if name == "telegram" else BAD_ELSEWHERE, str(address.hostname), int(address.port or 80)
        )
        for place in places:
            settings[f"LOCKBAY_{place}"] = moved(settings[f"LOCKBAY_{place}"], port)
    webhooks = f"http://{HOST}:{await placed('webhooks', BAD_ELSEWHERE, *world.service.address)}"
    settings["LOCKBAY_PUBLIC_URL"] = webhooks
    for provider in ("fincra", "dynopay"):
        await world.town.merchant(provider, f"{webhooks}/webhooks/{provider}")
    weather = Weather(random.Random(chance.random()), BAD_DATABASE)
    socket = world.server.socket_folder / ".s.PGSQL.5432"
    port = await nursery.start(Proxy("database", weather, partial(trio.open_unix_socket, socket)).serve_stream)
    weathers.append(weather)
    settings["LOCKBAY_DATABASE_URL"] = f"postgresql://postgres@{HOST}:{port}/lockbay?sslmode=disable"
    world.service.settings = settings
    return weathers


def moved(url: str, port: int) -> str:
    return urlunsplit(urlsplit(url)._replace(netloc=f"{HOST}:{port}"))


def struck(weathers: Iterable[Weather]) -> Counter[str]:
    """What was done to whom, by both their names."""
    return sum((weather.struck for weather in weathers), Counter[str]())


def by_part(faults: Counter[str], part: int) -> str:
    """How many to each place (0) or of each kind (1), the most first."""
    found = Counter[str]()
    for name, count in faults.items():
        found[name.split(" ")[part]] += count
    return ", ".join(f"{name} {count}" for name, count in found.most_common())
