"""All settings, one frozen tree, from the environment (LOCKBAY_BOT_TOKEN) and lockbay.toml (bot_token = "…").

The environment wins. Nested settings have flat names: blockbee.api_key is LOCKBAY_BLOCKBEE_API_KEY, in the file
blockbee_api_key.
The terms of the business have no prefix of their own: LOCKBAY_FEE_PERCENT, fee_percent.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, cast
from urllib.parse import unquote, urlsplit

import typed_settings
from attrs import AttrsInstance, Factory, asdict, field, fields, frozen, has
from typed_settings.converters import get_default_cattrs_converter
from typed_settings.dict_utils import set_path
from typed_settings.exceptions import ConfigFileLoadError, InvalidSettingsError, TsError
from typed_settings.loaders import Loader
from typed_settings.types import OptionInfo, OptionList, SettingsClass, SettingsDict

from lockbay.areas.terms import Terms
from lockbay.errors import SettingsError

PREFIX: Final = "LOCKBAY_"
FILE: Final = Path("lockbay.toml")
TELEGRAM: Final = "https://api.telegram.org"
PROVIDERS: Final = ("blockbee", "dynopay", "fincra")  # in the order in which they are tried, unless told otherwise
PAYOUTS: Final = ("blockbee", "fincra", "kraken", "manual")  # likewise
SHORTEST_OUTAGE: Final = timedelta(minutes=5)  # longer than a healthy service leaves between two beats
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


class _Environment(typed_settings.EnvLoader):
    """LOCKBAY_ and the flat name."""

    def get_envvar(self, option: OptionInfo) -> str:
        return PREFIX + _flat(option).upper()


class _FlatToml:
    """A TOML file of flat names."""

    def __call__(self, path: Path, settings_cls: SettingsClass, options: OptionList) -> SettingsDict:
        known = {_flat(option): option.path for option in options}
        settings: SettingsDict = {}
        for name, value in _toml(path).items():
            if name not in known:
                raise ConfigFileLoadError(f"{path}: there is no setting {name}")
            set_path(settings, known[name], value)
        return settings


def load(file: Path = FILE) -> Settings:
    """Raises SettingsError with a sentence that names the setting."""
    loaders: list[Loader] = [
        typed_settings.FileLoader({"*.toml": _FlatToml()}, [file]),
        _Environment(PREFIX),
    ]
    converter = get_default_cattrs_converter(resolve_paths=False)
    converter.register_structure_hook(Decimal, lambda value, _: _decimal(value))
    try:
        loaded = typed_settings.load_settings(Settings, loaders, converter=converter)
    except InvalidSettingsError as error:
        raise SettingsError(
            f"these settings cannot be used: {', '.join(_names(error))}"
        ) from None  # values stay unsaid
    except TsError as error:
        raise SettingsError(str(error)) from None
    _refuse_terms(loaded.terms)
    _ = loaded.tried, loaded.paying, loaded.proxies, loaded.admins  # what cannot be is said before anything starts
    return loaded


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


def _refuse_terms(terms: Terms) -> None:
    """Raises SettingsError for terms that nobody could trade on."""
    negative = [name for name, value in asdict(terms).items() if value < type(value)()]
    if negative:
        raise SettingsError(f"{PREFIX}{negative[0].upper()} must not be negative")
    whole = [name for name, value in asdict(terms).items() if name.endswith("_percent") and value >= 100]
    if whole:
        raise SettingsError(f"{PREFIX}{whole[0].upper()} must be less than 100")
    if timedelta() < terms.shortest_outage < SHORTEST_OUTAGE:
        raise SettingsError(f"{PREFIX}SHORTEST_OUTAGE must be 0 or at least {SHORTEST_OUTAGE}")


def _decimal(value: Decimal | str | int) -> Decimal:
    """Exact, so no float: write 4.5 as "4.5" in lockbay.toml."""
    if isinstance(value, float):
        raise TypeError("a float is not exact")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite():
        raise ValueError("not a number")
    return number


def _names(error: InvalidSettingsError) -> list[str]:
    """The settings that could not be converted, out of "… for option 'terms.fee_percent' from …"."""
    found = (re.search(r"for option '([\w.]+)'", str(problem)) for problem in error.exceptions)
    return [PREFIX + _flat_name(match[1]).upper() for match in found if match]


def _flat(option: OptionInfo) -> str:
    return _flat_name(option.path)


def _flat_name(path: str) -> str:
    return path.removeprefix("terms.").replace(".", "_")


def _toml(path: Path) -> SettingsDict:
    try:
        return tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:  # no TOML, or no UTF-8
        raise ConfigFileLoadError(f"{path}: {error}") from error
