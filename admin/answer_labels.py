"""Where names stand beside points so that none lies over another. Pure.

Each name in turn takes the nearest of some places around its point that is free, and then again, as the others stand by
then (after Christensen, Marks and Shieber 1995, An Empirical Study of Algorithms for Point-Feature Label Placement).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

_MARK = 9.0
"""Half of what a mark takes, in points of the picture."""
_APART = 2.0
_AWAY = (6.0, 18.0, 34.0, 54.0, 78.0, 106.0)
_SIDES = tuple((cos(pi * n / 8), sin(pi * n / 8)) for n in (0, 1, -1, 2, -2, 8, 7, -7, 6, -6, 3, -3, 5, -5, 4, -4))
_TURNS = 4
_STEPS = 12
_CROSSED = 2.0
"""What each step of a line through a name counts, as area."""


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

    def crossed(self, point: tuple[float, float], other: Box) -> int:
        """Steps of the line from a point to the middle of another box that lie in this one."""
        x, y = point
        right, up = (other.x0 + other.x1) / 2 - x, (other.y0 + other.y1) / 2 - y
        steps = ((x + right * n / _STEPS, y + up * n / _STEPS) for n in range(_STEPS))
        return sum(self.x0 < px < self.x1 and self.y0 < py < self.y1 for px, py in steps)


def placed(
    points: Sequence[tuple[float, float]], sizes: Sequence[tuple[float, float]], within: Box, scale: float = 1.0
) -> list[tuple[float, float]]:
    """The lower left corner of each name, in the units of the points. sizes: width and height of each. scale: of a
    point of the picture in those units. Where no place is free, the one that covers least."""
    half, apart = _MARK * scale, _APART * scale
    marks = [Box(x - half, y - half, x + half, y + half) for x, y in points]
    found: dict[int, Box] = {}

    def covers(place: int, box: Box) -> float:
        others = [(points[n], other) for n, other in found.items() if n != place]
        return (
            box.beyond(within)
            + sum(box.overlap(mark) for mark in marks)
            + sum(box.overlap(other) for _, other in others)
            + _CROSSED * sum(box.crossed(*other) + other[1].crossed(points[place], box) for other in others)
        )

    for _ in range(_TURNS):
        for place, ((x, y), (wide, high)) in enumerate(zip(points, sizes, strict=True)):
            boxes = _around(x, y, wide + 2 * apart, high + 2 * apart, scale)
            found[place] = min(boxes, key=lambda box: covers(place, box))
    return [(found[place].x0 + apart, found[place].y0 + apart) for place in range(len(points))]


def _around(x: float, y: float, wide: float, high: float, scale: float) -> Iterator[Box]:
    """The nearest first: `min` takes the first of those that are as good."""
    for away in _AWAY:
        gap = (_MARK + away) * scale
        for right, up in _SIDES:
            x0 = x + gap * right - wide * (1 - right) / 2
            y0 = y + gap * up - high * (1 - up) / 2
            yield Box(x0, y0, x0 + wide, y0 + high)
