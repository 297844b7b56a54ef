"""That a text costs what its length costs, said so that a slow machine turns no test red.

What takes a second or less is quick enough. Whatever takes longer is asked about a quarter of the text too: what takes
the square of its length takes 16 times as long for four times the text, what takes its length four times.
"""

from __future__ import annotations

import time
from collections.abc import Callable

QUICK_S = 1.0
MOST_TIMES = 9
TRIES = 3


def assert_text_costs_its_length(work: Callable[[str], object], text: str) -> None:
    """Raises AssertionError when ``text`` takes ``work`` more processor time than its length explains.

    Of two quarters the slower one counts: one keeps both ends, since what makes a text slow may need its beginning and
    its end, and one is the text's beginning, as what is cut in the middle may be nothing any more. Of several times the
    shortest counts, since the machine does other things too.
    """
    longest = _seconds(work, text)
    if longest <= QUICK_S:
        return
    eighth = len(text) // 8
    quarters = text[:eighth] + text[-eighth:], text[: 2 * eighth]
    shortest = max(min(_seconds(work, quarter) for _ in range(TRIES)) for quarter in quarters)
    if longest > MOST_TIMES * shortest:
        longest = min(longest, *(_seconds(work, text) for _ in range(TRIES - 1)))
    assert longest <= MOST_TIMES * shortest, f"{longest:.2f} s for all of it, {shortest:.2f} s for a quarter of it"


def _seconds(work: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began
