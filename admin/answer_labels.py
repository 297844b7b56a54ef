"""Where names stand beside points so that none lies over another. Pure.

Each name in turn takes the nearest of some places around its point that is free (greedy point labelling: Christensen,
Marks and Shieber 1995, An Empirical Study of Algorithms for Point-Feature Label Placement).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MARK = 9.0
"""Half of what a mark takes, in points of the picture."""
_AWAY = (6.0, 18.0, 34.0, 54.0, 78.0, 106.0)
_SIDES = ((1, 0), (1, 1), (1, -1), (-1, 0), (-1, 1), (-1, -1), (0, 1), (0, -1))


@dataclass(frozen=True, slots=True)
class Box:
    x0: float
    y0: float
    x1: float
    y1: float

    def overlap(self, other: Box) -> float:
        """The area that both cover."""
        wide = min(self.x1, other.x1) - max(self.x0, other.x0)
        high = min(self.y1, other.y1) - max(self.y0, other.y0)
        return wide * high if wide > 0 and high > 0 else 0.0

    def beyond(self, within: Box) -> float:
        """The area that lies outside."""
        return (self.x1 - self.x0) * (self.y1 - self.y0) - self.overlap(within)


def placed(
    points: Sequence[tuple[float, float]], sizes: Sequence[tuple[float, float]], within: Box, scale: float = 1.0
) -> list[tuple[float, float]]:
    """The lower left corner of each name, in the units of the points. sizes: width and height of each. scale: of a
    point of the picture in those units. Where no place is free, the one that covers least."""
    half = _MARK * scale
    taken = [Box(x - half, y - half, x + half, y + half) for x, y in points]
    found: list[tuple[float, float]] = []
    for (x, y), size in zip(points, sizes, strict=True):
        boxes = list(_around(x, y, *size, scale))
        best = min(boxes, key=lambda box: box.beyond(within) + sum(box.overlap(other) for other in taken))
        taken.append(best)
        found.append((best.x0, best.y0))
    return found


def _around(x: float, y: float, wide: float, high: float, scale: float) -> Iterator[Box]:
    """The nearest first: `min` takes the first of those that are as good."""
    for away in _AWAY:
        gap = (_MARK + away) * scale
        for right, up in _SIDES:
            x0 = x + gap if right > 0 else x - gap - wide if right < 0 else x - wide / 2
            y0 = y + gap if up > 0 else y - gap - high if up < 0 else y - high / 2
            yield Box(x0, y0, x0 + wide, y0 + high)
