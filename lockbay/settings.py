"""All settings, one frozen tree: what the operator decides. Where it is written down: environment.py."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, cast
from urllib.parse import unquote, urlsplit

from attrs import AttrsInstance, Factory, field, fields, frozen, has

from lockbay.areas.terms import Terms
from lockbay.errors import SettingsError

PREFIX: Final = "LOCKBAY_"
TELEGRAM: Final = "https://api.telegram.org"
PROVIDERS: Final = ("blockbee", "dynopay", "fincra")  # in the order in which they are tried, unless told otherwise
PAYOUTS: Final = ("blockbee", "fincra", "kraken", "manual")  # likewise
SHORTEST_SECRET: Final = 10  # letters; a weak password would take other words with it


@frozen
class BlockBee:
    """The crypto provider. Without a key no addresses are made, without a public key no callbacks are taken."""

    url: str = "https://api.blockbee.io"
    api_key: str = field(default="", repr=False)
    public_key: str = ""  # PEM


@frozen
class DynoPay:
    """Another crypto provider. Without a key no addresses are made, without a secret no webhooks are taken."""

    url: str = "https://api.dynopay.com/api/user"
    api_key: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)  # whsec_…, as it is


@frozen
class Fincra:
    """Naira by bank transfer. Without the secret key no pages are made, without the webhook's no webhooks are taken."""

    url: str = "https://api.fincra.com"
    secret_key: str = field(default="", repr=False)
    public_key: str = field(default="", repr=False)
    business_id: str = ""
    webhook_secret: str = field(default="", repr=False)


@frozen
class Kraken:
    """Pays coins out, to addresses that are registered there under their own name. Without key and secret it is off."""

    url: str = "https://api.kraken.com"
    api_key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)  # base64


@frozen
class Rates:
    """Prices of anything that answers like CoinGecko's simple/price (https://api.coingecko.com/api/v3). Without any
    source of prices nothing has a worth in USD, and no trade can be made; nothing is exchanged with fewer than
    LOCKBAY_EXCHANGE_SOURCES of them.
    """

    url: str = ""
    key: str = field(default="", repr=False)


@frozen
class FastForex:
    """Prices of FastForex (https://api.fastforex.io), the naira's too."""

    url: str = ""
    key: str = field(default="", repr=False)


@frozen
class KrakenRates:
    """Prices of Kraken's public ticker (https://api.kraken.com)."""

    url: str = ""


@frozen
class Binance:
    """Prices of Binance's public ticker (https://data-api.binance.vision)."""

    url: str = ""


@frozen
class Settings:
    """What the operator decides. `web_bind` and `sandbox_bind` are host:port, port 0 lets the system choose.
    `providers` are those that may make places to pay in, `payouts` those that may pay out, in the order in which they
    are tried; `manual` is the staff. `trusted_proxies` are believed about whom they speak for; without
    `console_password` a link from the chat is enough to come into the console. `low_balances`: see
    payments/balances.py. `audit_minutes`: from one proof of the books to the next; 0 is none. `migration_url` names the
    same database with the role that owns it: only --migrate uses it, and leaves the role of `database_url` what the
    service needs.
    """

    bot_token: str = field(default="", repr=False)
    telegram_url: str = TELEGRAM
    database_url: str = field(default="", repr=False)
    migration_url: str = field(default="", repr=False)
    data_dir: Path = Path("var")
    admin_ids: str = ""
    web_bind: str = "127.0.0.1:8080"
    public_url: str = ""
    trusted_proxies: str = "127.0.0.0/8,::1"
    console_password: str = field(default="", repr=False)
    smtp_url: str = field(default="", repr=False)
    sandbox_bind: str = "127.0.0.1:8081"
    providers: str = ",".join(PROVIDERS)
    payouts: str = ",".join(PAYOUTS)
    low_balances: str = "NGN=500000,USDT=500"
    audit_minutes: int = 60
    blockbee: BlockBee = Factory(BlockBee)
    dynopay: DynoPay = Factory(DynoPay)
    fincra: Fincra = Factory(Fincra)
    kraken: Kraken = Factory(Kraken)
    rates: Rates = Factory(Rates)
    fastforex: FastForex = Factory(FastForex)
    kraken_rates: KrakenRates = Factory(KrakenRates)
    binance: Binance = Factory(Binance)
    terms: Terms = Factory(Terms)

    @property
    def reached_at(self) -> str:
        """How the outside reaches the web server: LOCKBAY_PUBLIC_URL, else where it listens."""
        return self.public_url.rstrip("/") or f"http://{self.web_bind}"

    @property
    def tried(self) -> tuple[str, ...]:
        """The providers' names, each once. Raises SettingsError."""
        return _some(self.providers, PROVIDERS, "PROVIDERS")

    @property
    def paying(self) -> tuple[str, ...]:
        """The names of those that pay out, each once. Raises SettingsError."""
        return _some(self.payouts, PAYOUTS, "PAYOUTS")

    @property
    def admins(self) -> frozenset[int]:
        """Raises SettingsError."""
        try:
            return frozenset(int(part) for part in self.admin_ids.split(",") if part.strip())
        except ValueError:
            raise SettingsError(f"{PREFIX}ADMIN_IDS must be numbers with commas between them") from None

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Raises SettingsError."""
        try:
            return tuple(ip_network(part.strip()) for part in self.trusted_proxies.split(",") if part.strip())
        except ValueError:
            raise SettingsError(f"{PREFIX}TRUSTED_PROXIES must be addresses or networks, with commas between") from None

    @property
    def audit_period(self) -> float:
        """Seconds; 0 is none. Raises SettingsError."""
        if self.audit_minutes < 0:
            raise SettingsError(f"{PREFIX}AUDIT_MINUTES must be 0 or more")
        return self.audit_minutes * 60.0

    @property
    def secrets(self) -> frozenset[str]:
        """What must never be written down, wherever it comes from."""
        parts = (part for value in _unshown(self) for part in _secret_parts(value))
        return frozenset(part for part in parts if len(part) >= SHORTEST_SECRET)


def _unshown(tree: AttrsInstance) -> Iterator[str]:
    """The values that its repr leaves out, at every depth."""
    for each in fields(type(tree)):
        value: object = getattr(tree, each.name)
        if has(type(value)):
            yield from _unshown(cast(AttrsInstance, value))
        elif isinstance(value, str) and not each.repr:
            yield value


def _secret_parts(value: str) -> Iterator[str]:
    """Itself, and what is secret when it stands alone: a URL's password, a bot token without the bot's number."""
    yield value
    password = urlsplit(value).password if "://" in value else value.partition(":")[2]
    if password:
        yield from (password, unquote(password))


def _some(value: str, known: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Names in their order, each once. Raises SettingsError for one that is not known."""
    names = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    if not set(names) <= set(known):
        raise SettingsError(f"{PREFIX}{name} must be some of {', '.join(known)}, with commas between them")
    return names


def bind(address: str, name: str) -> tuple[str, int]:
    """host:port in its parts. Raises SettingsError that names the setting."""
    host, _, port = address.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise SettingsError(f"{PREFIX}{name} must be host:port, not {address!r}")
    return host.strip("[]"), int(port)
