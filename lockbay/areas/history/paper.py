"""A statement as PDF: what a person can read, print and hand in. Pure, but slow: some 8 s for 50 000 movements.

DejaVu has ₦ and most alphabets that are written from left to right; what it has not is a box on the paper.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from lockbay.actors.words import Words
from lockbay.areas.history import labels
from lockbay.areas.history.receipts import moment, reference
from lockbay.areas.history.records import Movement
from lockbay.areas.history.statement import Statement, Sums, account
from lockbay.areas.period import Period
from lockbay.areas.text import cut

FONTS: Final = Path(__file__).parents[2] / "fonts"
FAMILY: Final = "DejaVu"
HEIGHT: Final = 5.2  # mm
BASE: Final = 3.5  # mm from a row's upper edge to the line that letters stand on
GREY, LINE, SHADE, DARK = (110, 118, 128), (205, 210, 216), (244, 246, 248), (25, 30, 36)
SUMMARY: Final = (34.0, 38.0, 38.0, 38.0, 38.0)  # mm; 186 in all
TOTALS: Final = (70.0, 34.0, 24.0, 58.0)
MOVEMENTS: Final = (40.0, 20.0, 54.0, 36.0, 36.0)
PAGES: Final = "{number}"  # stands for their number, and is as wide as the largest
SIZE: Final = 7.6  # pt
SMALLEST: Final = 4.5  # pt
LONGEST_NAME: Final = 80

Cells = Sequence[str]
Widths = Sequence[float]


def as_pdf(words: Words, made: Statement) -> bytes:
    """The whole file."""
    logging.getLogger("fpdf").setLevel(logging.ERROR)  # it warns of each letter that the font has not
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    paper = Paper(words)
    paper.add_page()
    paper.head(made)
    paper.summary(made)
    paper.totals(made)
    paper.movements(made)
    return bytes(paper.output())


class Paper(FPDF):
    """A4, upright."""

    def __init__(self, words: Words) -> None:
        super().__init__(format="A4")
        self._words = words
        self._columns: tuple[Cells, Widths, str] | None = None
        self.set_margins(12, 12)
        self.set_auto_page_break(True, 16)
        self.alias_nb_pages(PAGES)
        self.add_font(FAMILY, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FAMILY, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_title(words.label("Statement"))
        self.set_creator("LockBay")
        self.set_draw_color(*LINE)
        self.set_fill_color(*SHADE)

    def header(self) -> None:
        """A table that goes on has its heads again."""
        if self._columns is not None:
            self._heads(*self._columns)

    def footer(self) -> None:
        """Which page it is."""
        self.set_y(-12)
        self._ink(7, GREY)
        number = self._words.label("LockBay · page {page} of {pages}", page=self.page_no(), pages=PAGES)
        self.cell(0, 5, number, align="C")

    def head(self, made: Statement) -> None:
        """Whose, of which time, made when."""
        words = self._words
        self._ink(17, DARK, bold=True)
        self._line(words.label("Statement"), 9)
        self._ink(9.5, DARK)
        self._line(cut(made.holder.name, LONGEST_NAME), 5.5)
        self._line(Period.of(made.ordered.period).said(words), 5.5)
        self._ink(7.5, GREY)
        at = moment(words, made.asked_at)
        self._line(words.label("Asked for at {time}; all times are of this time zone.", time=at), 4.5)
        self._line(words.label("Telegram id {id}", id=made.holder.user_id), 4.5)
        if made.ordered.cut:
            self._ink(8, DARK, bold=True)
            self._line(words.label("Only the newest movements: there are more than fit a file."), 5.5)
        self.ln(3)

    def summary(self, made: Statement) -> None:
        """Opening and closing, account by account."""
        words = self._words
        heads = (
            words.label("Account"), words.label("Opening"), words.label("In"), words.label("Out"),
            words.label("Closing"),
        )  # fmt: skip
        with_rows = [self._balances(each) for each in made.accounts]
        self._table(words.label("Balances"), heads, SUMMARY, "LRRRR", with_rows)

    def totals(self, made: Statement) -> None:
        """What came and went, kind by kind."""
        words = self._words
        heads = (words.label("What"), words.label("Account"), words.label("Number"), words.label("Total"))
        rows = [
            (
                group,
                self._name(each),
                words.number(Decimal(total.count)),
                words.signed(total.amount, each.span.currency),
            )
            for each in made.accounts
            for group, total in each.groups.items()
        ]
        self._table(words.label("Totals"), heads, TOTALS, "LLRR", rows)

    def movements(self, made: Statement) -> None:
        """Each one, the oldest first."""
        words = self._words
        heads = (
            words.label("Time"), words.label("Reference"), words.label("What"), words.label("Amount"),
            words.label("Balance"),
        )  # fmt: skip
        self._table(
            words.label("Movements"), heads, MOVEMENTS, "LLLRR", (self._movement(each) for each in made.movements)
        )

    def _balances(self, each: Sums) -> Cells:
        code = each.span.currency
        opening, closing = (self._words.amount(amount, code) for amount in (each.span.opening, each.span.closing))
        came, went = (self._words.signed(total.amount, code) for total in (each.came, each.went))
        return self._name(each), opening, came, went, closing

    def _name(self, each: Sums) -> str:
        return f"{each.span.currency} · {account(self._words, each.span.account)}"

    def _movement(self, each: Movement) -> Cells:
        words = self._words
        return (
            each.at.astimezone(words.zone).isoformat(" ", "seconds"), reference(each.id),
            labels.what(words, each).unescape(), words.signed(each.amount, each.currency),
            words.amount(each.balance_after, each.currency),
        )  # fmt: skip

    def _table(self, title: str, heads: Cells, widths: Widths, aligned: str, rows: Iterable[Cells]) -> None:
        if self.will_page_break(6 * HEIGHT):
            self.add_page()
        self._ink(10.5, DARK, bold=True)
        self._line(title, 7)
        self._heads(heads, widths, aligned)
        self._columns = heads, widths, aligned
        for row in rows:
            if self.will_page_break(HEIGHT):
                self.add_page()
            self._row(row, widths, aligned)
        self._columns = None
        self.ln(4)

    def _heads(self, heads: Cells, widths: Widths, aligned: str) -> None:
        self._ink(SIZE, DARK, bold=True)
        for text, width, align in zip(heads, widths, aligned, strict=True):
            self.cell(width, HEIGHT + 0.6, text, border="B", align=align, fill=True)
        self.ln()
        self._ink(SIZE, DARK)

    def _row(self, row: Cells, widths: Widths, aligned: str) -> None:
        """By text(): cell() takes ten times as long, which a long statement feels."""
        left, base = self.l_margin, self.y + BASE
        for text, width, align in zip(row, widths, aligned, strict=True):
            room = width - 2 * self.c_margin
            wide = self._fitted(text, room)
            self.text(left + self.c_margin + (room - wide if align == "R" else 0), base, text)
            if self.font_size_pt != SIZE:
                self.set_font_size(SIZE)
            left += width
        self.set_y(self.y + HEIGHT)
        self.line(self.l_margin, self.y, left, self.y)

    def _fitted(self, text: str, room: float) -> float:
        """Makes the letters as small as a long text needs; how wide it is then."""
        wide = self.get_string_width(text)
        if wide <= room:
            return wide
        size = max(SMALLEST, SIZE * room / wide)
        self.set_font_size(size)
        return wide * size / SIZE

    def _line(self, text: str, height: float) -> None:
        self.cell(0, height, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _ink(self, size: float, colour: tuple[int, int, int], *, bold: bool = False) -> None:
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(*colour)
