"""What can go wrong is told once, when it surely is wrong; and again where nobody could be told."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from admin.watch import Watched, watch_over


class OverError(Exception):
    """The script has ended."""


@dataclass
class Told:
    """Looks that find what the script says, and whoever is told. deaf: how often nobody can be reached first."""

    finds: list[str | None]
    deaf: int = 0
    heard: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    async def look(self) -> str | None:
        if not self.finds:
            raise OverError
        return self.finds.pop(0)

    async def tell(self, key: str, text: str) -> int:
        if self.deaf:
            self.deaf -= 1
            return 0
        self.heard.append(text)
        self.keys.append(key)
        return 1


async def heard(told: Told, over: str = "") -> list[str]:
    with pytest.raises(OverError):
        await watch_over(Watched("thing", told.look, every_s=0, over=over), told.tell)
    return told.heard


async def test_what_only_one_look_finds_is_no_trouble() -> None:
    assert await heard(Told([None, "bad", None, "bad", "worse", None, None])) == []


async def test_each_wording_that_lasts_is_told_once_and_its_end_is_not() -> None:
    assert await heard(Told([None, *["bad"] * 3, *["worse"] * 3, None, None])) == ["bad", "worse"]


async def test_what_has_an_end_to_tell_is_told_at_once_and_its_words_may_change() -> None:
    told = Told([None, None, "500", "silent", "500", None, None, "500", None])
    assert await heard(told, over="It is back.") == ["500", "It is back.", "500", "It is back."]
    assert len(set(told.keys)) == 4


@pytest.mark.parametrize("over", ["", "It is back."])
async def test_what_nobody_could_be_told_is_told_at_the_next_look(over: str) -> None:
    assert await heard(Told(["bad"] * 6, deaf=2), over) == ["bad"]
