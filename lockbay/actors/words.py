"""How LockBay speaks to one person: in their language, their number format and their time zone.

Free text (names, descriptions, what people typed) is escaped here and nowhere else: every value that goes into a
sentence through `words("Trade with {name}", name=...)` is escaped for Telegram's HTML, unless it is Markup already.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from decimal import Context, Decimal, localcontext
from functools import lru_cache
from pathlib import Path
from typing import Final, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import field, frozen
from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol
from markupsafe import Markup, escape

from lockbay.errors import Invalid
from lockbay.money import Currency, Money, Writing, currency

CATALOGUES: Final = Path(__file__).parent.parent / "locale"
MINUTE: Final = timedelta(minutes=1)
UNSAFE: Final = re.compile("[&<>\"']")
DEFAULT_ZONE: Final = "UTC"  # the zone of whoever has not chosen one
DIGITS: Final = Context(prec=50)  # numeric(38, 18) and some more


@frozen
class Words:
    """Sentences, amounts and times for one person. Immutable, shared by all who speak alike.

    Numbers are those of their `locale`; whatever is a word, that of a month too, is in the language that is `spoken`.
    """

    locale: Locale
    spoken: Locale
    zone: tzinfo
    catalogue: gettext.NullTranslations
    year: int | None = None  # the one that goes without saying; None: any
    _tag: str = field(init=False)
    _percent: str = field(init=False)
    _dollar_first: bool = field(init=False)
    _is_utc: bool = field(init=False)

    @_is_utc.default
    def _is_default_zone(self) -> bool:
        return str(self.zone) == DEFAULT_ZONE

    @_tag.default
    def _locale_tag(self) -> str:
        return str(self.locale)

    @_percent.default
    def _percent_pattern(self) -> str:
        return str(self.locale.percent_formats[None].pattern).replace("0", "0.##################")

    @_dollar_first.default
    def _has_dollar_first(self) -> bool:
        return bool(self.locale.currency_formats["standard"].pattern.startswith("¤"))

    def __call__(self, message: str, /, **values: object) -> Markup:
        """A sentence of the catalogue. `message` is trusted HTML of ours; the values are escaped."""
        return _filled(self.catalogue.gettext(message), values)

    def count(self, one: str, many: str, n: int, /, **values: object) -> Markup:
        """A sentence in singular or plural; {n} is the number."""
        return _filled(self.catalogue.ngettext(one, many, n), {"n": self.number(Decimal(n)), **values})

    def some(self, one: str, many: str, n: int, /) -> Markup | None:
        """The same; None where there is none: of that no line is needed."""
        return self.count(one, many, n) if n else None

    def label(self, message: str, /, **values: object) -> str:
        """A button's label: plain text, which Telegram does not parse."""
        text = self.catalogue.gettext(message)
        return text.format_map(values) if values else text

    def state(self, of: str, message: str, /) -> str:
        """A word that other languages say otherwise of another noun: of a trade, refusée; of a cash-out, refusé."""
        return self.catalogue.pgettext(of, message)

    def problem(self, problem: Invalid) -> Markup:
        """What to say of an answer that cannot be used.

        Only Markup is trusted HTML: a plain message is escaped as it stands, because free text may have got into it.
        """
        if isinstance(problem.message, Markup):
            return problem.message
        message = escape(self.catalogue.gettext(problem.message))
        return _filled(message, problem.values) if problem.values else message

    def number(self, value: Decimal) -> str:
        """Grouped digits, all decimals that are there, no trailing zeros."""
        return self._decimal(value, "#,##0.##################")

    def money(self, money: Money) -> str:
        """1,250.5 USDT; fiat always with two decimals: 1,250.50 NGN."""
        return self.amount(money.amount, money.currency)

    def amount(self, amount: Decimal, of: Currency | str) -> str:
        """Like money(), for an amount whose currency stands beside it in a row."""
        unit = currency(of) if isinstance(of, str) else of
        pattern = "#,##0.00" if unit.scale == 2 else "#,##0.##################"
        return f"{self._decimal(amount, pattern)} {unit.code}"

    def signed(self, amount: Decimal, of: Currency | str) -> str:
        """+5 USDT, −5 USDT: what came or went."""
        return f"{'+' if amount > 0 else ''}{self.amount(amount, of)}"

    def usd(self, worth: Decimal) -> str:
        """$1,250.50, or where the sign stands behind the number: 1 250,50 $."""
        number = self._decimal(worth, "#,##0.00")
        return f"${number}" if self._dollar_first else f"{number}\u00a0$"

    def percent(self, value: Decimal | int) -> str:
        """4.5%, or where a space stands before the sign: 4,5 %."""
        return self._decimal(Decimal(value).scaleb(-2, DIGITS), self._percent)

    @property
    def writing(self) -> Writing:
        """How numbers look: what is typed as the screens show it is understood."""
        if get_decimal_symbol(self.locale) != ",":
            return "1,250.5"
        return "1.250,5" if get_group_symbol(self.locale) == "." else "1 250,5"

    def time(self, moment: datetime) -> str:
        """22 Nov, 14:05, or 22 Nov 2025, 14:05, in the person's time zone; 22 Nov, 13:05 UTC for whoever has not said
        which that is.
        """
        is_plain = self.year is None or moment.astimezone(self.zone).year == self.year
        pattern = "d MMM, HH:mm" if is_plain else "d MMM y, HH:mm"
        told = str(format_datetime(moment, pattern, tzinfo=self.zone, locale=self.spoken))
        return f"{told} UTC" if self._is_utc else told

    def time_from(self, moment: datetime) -> str:
        """As `time`, of the next whole minute: from then on it is so, whatever the seconds."""
        over = timedelta(seconds=moment.second, microseconds=moment.microsecond)
        return self.time(moment - over + MINUTE if over else moment)

    def zoned_time(self, moment: datetime) -> str:
        """22 Nov, 14:05 WAT: always with the zone, for what is read outside the chat."""
        told = self.time(moment)
        return told if self._is_utc else f"{told} {moment.astimezone(self.zone).tzname()}"

    def month(self, moment: datetime) -> str:
        """November 2026, in the person's time zone."""
        return str(format_datetime(moment, "MMMM yyyy", tzinfo=self.zone, locale=self.spoken))

    def until(self, moment: datetime, now: datetime) -> str:
        """in 3 hours; 5 minutes ago."""
        return str(format_timedelta(moment - now, add_direction=True, threshold=1.2, locale=self.spoken))

    def _decimal(self, value: Decimal, pattern: str) -> str:
        return _formatted(str(value), pattern, self._tag)


@lru_cache(1_000)
def words(language: str, zone: str, year: int | None = None) -> Words:
    """Words for a language code of Telegram (en, pt-br) and an IANA zone. Unknown ones fall back to English and UTC."""
    locale = _locale(language)
    catalogue = gettext.translation("lockbay", CATALOGUES, [str(locale), locale.language], fallback=True)
    return Words(locale, _spoken(locale), _zone(zone), catalogue, year)


def words_at(language: str, zone: str, now: datetime) -> Words:
    """The same for what is said now: times of another year say which."""
    return words(language, zone, now.astimezone(_zone(zone)).year)


@lru_cache(1)
def languages() -> tuple[str, ...]:
    """The codes that LockBay speaks: English, which stands in the sources, and each that has a catalogue."""
    return ("en", *sorted(path.parent.parent.name for path in CATALOGUES.glob("*/LC_MESSAGES/lockbay.mo")))


@lru_cache(10_000)
def _formatted(value: str, pattern: str, locale: str) -> str:
    """Remembered: babel needs 30 µs, and a wallet is looked at more often than it changes. By texts: a
    Decimal and a Locale take half as long again to be found.

    It rounds in the current context, where 10 billion with 18 decimals are an invalid operation.
    """
    with localcontext(DIGITS):
        return str(format_decimal(Decimal(value), format=pattern, locale=locale)).replace("-", "−")


def escaped(value: object) -> str:
    """A value as it may stand in HTML. Half the time of escape(), which makes Markup of everything: most that people
    wrote has nothing to escape, and what is Markup stays as it is.
    """
    kind = type(value)
    if kind is Markup or (kind is str and UNSAFE.search(cast(str, value)) is None):
        return cast(str, value)
    return escape(value)


def trusted(text: str) -> Markup:
    """What is HTML already. Markup(text) looks for __html__ first, which takes as long again."""
    return str.__new__(Markup, text)


def _filled(template: str, values: Mapping[str, object]) -> Markup:
    """Less than half the time of Markup.format: ours are plain {names}, never {name!r} or {name:.2f}."""
    return trusted(
        template.format_map({name: escaped(value) for name, value in values.items()}) if values else template
    )


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale("en")


def _spoken(locale: Locale) -> Locale:
    """One of the languages that there are; English for any other."""
    known = {code.partition("-")[0] for code in languages()}
    return locale if locale.language in known else Locale("en")


def _zone(zone: str) -> tzinfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(DEFAULT_ZONE)
