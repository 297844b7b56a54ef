"""The picture is written or it is said why not; what it shows can be read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from admin.answer_comparison import Compared
from admin.answer_plot import PlotFault, draw, drawable
from admin.answer_variants import Variant
from admin.answer_ways import Way
from admin.answer_worth import Outcome, Worth

PNG = b"\x89PNG\r\n\x1a\n"


def row(key: str, model: str | None, right: float, *, failed: int = 0, cost: float | None = 1.0) -> Compared:
    way = Way(key, key, model, Variant(key), None, "at once", "at once: nothing is learnt", None)
    outcomes = dict.fromkeys(Outcome, 1)
    counted = Worth(5, 4, failed, "It failed." if failed else None, 2, right, 0.5, 1.0, 0.0, outcomes, 0.4, 0.9, 0.5)
    return Compared(way, counted, cost, (("on_prem", 5),))


def not_asked() -> Compared:
    way = Way("cloud", "cloud", None, None, "it is not connected", "at the vendor", "not known", None)
    return Compared(way)


@pytest.mark.parametrize("cost", [1.0, None])
def test_a_picture_is_a_png_with_a_row_for_each_way_that_was_asked(tmp_path: Path, cost: float | None) -> None:
    found = [row("quote", None, 0.5, cost=0.0), row("RAG", "$x_1$ & <near>", 0.75, failed=1, cost=cost), not_asked()]
    assert draw(found, tmp_path / "ways.png", "USD") is None
    assert (tmp_path / "ways.png").read_bytes().startswith(PNG)


def test_letters_that_no_font_has_are_written_as_codes_and_it_is_said(tmp_path: Path) -> None:
    said = draw([row("RAG", "\U000e0100\U0010fffd", 0.5)], tmp_path / "ways.png", None)
    assert said is not None
    assert "install one" in said


def test_what_cannot_be_drawn_is_said_before_anybody_is_asked(tmp_path: Path) -> None:
    (tmp_path / "taken.png").mkdir()
    for name, says in (
        ("ways.pdf", "ends in .png"),
        ("nowhere/ways.png", "No such file or directory"),
        ("taken.png", "cannot be written"),
    ):
        with pytest.raises(PlotFault, match=says):
            drawable(tmp_path / name)
    drawable(tmp_path / "ways.PNG")
    assert not (tmp_path / "ways.PNG").exists()


def test_without_the_extra_it_is_said_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(PlotFault, match=r"naru\[plots\]"):
        drawable(tmp_path / "ways.png")


def test_the_command_line_starts_without_the_library_of_pictures() -> None:
    code = "import sys, admin.cli.commands; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
