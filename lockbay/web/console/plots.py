"""Plots as SVG: bars, one a slot, made here so that a page needs no script. Colours and sizes are the style sheet's."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from attrs import frozen
from markupsafe import Markup

from lockbay.actors.words import words
from lockbay.web.console.house_records import Activity, Slot

WIDTH: Final = 360
HEIGHT: Final = 88
ENGLISH: Final = words("en", "UTC")
TITLES: Final = {"trades": "Trades", "volume": "Volume", "cashouts": "Cash-outs paid", "deposits": "Deposits"}
IN_USD: Final = ("volume", "cashouts")


@frozen
class Plot:
    """A picture, with what it comes to."""

    title: str
    total: str
    svg: Markup


def plots(activity: Activity, *, month: bool) -> list[Plot]:
    """One of each kind, over the last day by hours or the last month by days."""
    slots = activity.month if month else activity.day
    return [_plot(kind, [slot for slot in slots if slot.kind == kind], month) for kind in TITLES]


def _plot(kind: str, slots: Sequence[Slot], month: bool) -> Plot:
    in_usd = kind in IN_USD
    values = [slot.usd if in_usd else Decimal(slot.n) for slot in slots]
    labels = [_label(slot, in_usd, month) for slot in slots]
    total = sum(values, Decimal())
    return Plot(TITLES[kind], ENGLISH.usd(total) if in_usd else f"{total:,}", _bars(TITLES[kind], values, labels))


def _label(slot: Slot, in_usd: bool, month: bool) -> str:
    when = f"{slot.at:%d %b}" if month else f"{slot.at:%H:%M}"
    return f"{when}: {ENGLISH.usd(slot.usd)} in {slot.n}" if in_usd else f"{when}: {slot.n:,}"


def _bars(title: str, values: Sequence[Decimal], labels: Sequence[str]) -> Markup:
    """Each bar says what it stands for when it is pointed at. The highest fills the height."""
    highest, width = max([*values, Decimal(1)]), WIDTH / max(len(values), 1)
    bars = Markup("").join(
        _bar(place * width, width, float(value / highest), label)
        for place, (value, label) in enumerate(zip(values, labels, strict=True))
    )
    return Markup(
        '<svg class="plot" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}'
        '<line class="floor" x1="0" x2="{}" y1="{}" y2="{}"/></svg>'
    ).format(WIDTH, HEIGHT, title, bars, WIDTH, HEIGHT - 0.5, HEIGHT - 0.5)


def _bar(left: float, width: float, share: float, label: str) -> Markup:
    """A strip of the whole height takes the pointer; nothing at all is drawn as nothing."""
    high = max(share * (HEIGHT - 6), 1.5) if share else 0.0
    return Markup(
        '<g><title>{}</title><rect class="strip" x="{:.1f}" y="0" width="{:.1f}" height="{}"/>'
        '<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1.5"/></g>'
    ).format(label, left, width, HEIGHT, left + width * 0.12, HEIGHT - high, width * 0.76, high)
