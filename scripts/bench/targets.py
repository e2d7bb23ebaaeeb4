"""What a full run must reach. A small one judges no speed: it is over before anything has settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from scripts.report import Figure, Options


@frozen
class Target:
    """A figure must be at most, or at least, so much."""

    figure: str
    most: float | None = None
    least: float | None = None

    def missed(self, figures: Mapping[str, Figure]) -> str | None:
        """The sentence that says so; None when it is reached or was not measured."""
        value = figures.get(self.figure)
        if not isinstance(value, int | float):
            return None
        if self.most is not None and value > self.most:
            return f"{self.figure}: {value:.3g}, not {self.most:g} or less"
        if self.least is not None and value < self.least:
            return f"{self.figure}: {value:.3g}, not {self.least:g} or more"
        return None


def missed(options: Options, figures: Mapping[str, Figure], targets: Sequence[Target]) -> tuple[str, ...]:
    if options.size < 1:
        return ()
    return tuple(filter(None, (target.missed(figures) for target in targets)))
