"""Names in a picture lie over no other name and no mark, wherever there is room."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from admin.answer_labels import Box, placed

WITHIN = Box(0, 0, 900, 600)
SIZES = st.tuples(st.floats(20, 150), st.floats(10, 40))


@given(st.lists(st.tuples(st.floats(20, 880), st.floats(20, 580)), min_size=1, max_size=3), st.data())
def test_a_few_names_never_lie_over_each_other(points: list[tuple[float, float]], data: st.DataObject) -> None:
    sizes = data.draw(st.lists(SIZES, min_size=len(points), max_size=len(points)))
    boxes = [
        Box(x, y, x + wide, y + high) for (x, y), (wide, high) in zip(placed(points, sizes, WITHIN), sizes, strict=True)
    ]
    assert [one.overlap(other) for one, other in combinations(boxes, 2) if one.overlap(other) > 1e-6] == []


def test_nine_ways_that_are_worth_the_same_can_all_be_read() -> None:
    sizes = [(120.0, 26.0)] * 9
    found = placed([(450.0, 590.0)] * 9, sizes, WITHIN)
    boxes = [Box(x, y, x + 120, y + 26) for x, y in found]
    assert all(one.overlap(other) == 0 for one, other in combinations(boxes, 2))
    assert all(box.beyond(WITHIN) == 0 for box in boxes)
