"""glossary.toml: what is wrong with it is said with its line, and a comma too much stops no search."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

import pytest

from bot.glossary_file import GlossaryFile, glossary_of, load_entries
from bot.settings import SAMPLE_CONFIG
from bot.toml_file import SettingsFault

GOOD = """\
[[words]]
same = ["연차", "PTO"]

[[words]]
say = ["법카"]
mean = ["법인카드"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "glossary.toml"
    path.write_text(dedent(text), encoding="utf-8")
    return path


def means(file: GlossaryFile, question: str) -> list[tuple[str, ...]]:
    return [found.means for found in file().find(question)]


def test_a_group_works_both_ways_and_slang_one_way(tmp_path: Path) -> None:
    file = GlossaryFile(written(tmp_path, GOOD))
    assert means(file, "연차") == [("PTO",)]
    assert means(file, "pto") == [("연차",)]
    assert means(file, "법카") == [("법인카드",)]
    assert means(file, "법인카드") == []


@pytest.mark.parametrize(
    ("entry", "line", "sentence"),
    [
        ('same = ["연차"]', 8, "`same` needs two words that differ"),
        ('same = ["연가", "연 가"]', 8, "`same` needs two words that differ"),
        ('say = ["법카2"]', 8, "an entry has `same`, or else both `say` and `mean`"),
        ('same = ["가나", "다라"]\nsay = ["마바"]\nmean = ["사아"]', 8, "an entry has `same`, or else both"),
        ("", 8, "an entry has `same`"),
        ('same = [\n  "육휴",\n  "휴",\n]', 11, "'휴' is one letter"),
        ('same = ["육휴", "pto"]', 9, "'pto' stands in line 2 already"),
        ('say = ["연차"]\nmean = ["연차휴가"]', 9, "'연차' stands in line 2 already"),
        ('same = "연차"', 8, "same must be a list in [brackets]"),
        ('same = ["육휴", 3]', 8, 'same[2] must be text in "quotes"'),
        ('sane = ["육휴", "육아휴직"]', 8, "sane is not a setting; did you mean same?"),
        (f"same = {[f'낱말{n}호' for n in range(12)]}", 8, "more than 8 others"),
    ],
)
def test_each_problem_is_said_with_its_line(tmp_path: Path, entry: str, line: int, sentence: str) -> None:
    path = written(tmp_path, GOOD + f"\n[[words]]\n{entry}\n")
    with pytest.raises(SettingsFault) as fault:
        load_entries(path)
    said = str(fault.value).splitlines()
    assert said[0].startswith(f"{path}, line {line}: ")
    assert sentence in said[0]


def test_broken_toml_is_said_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match=r"is not valid TOML: .*line 3"):
        load_entries(written(tmp_path, '[[words]]\nsame = ["연차"\nx = 1\n'))


def test_a_change_counts_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    file = GlossaryFile(path)
    assert means(file, "연차")
    written(tmp_path, '[[words]]\nsame = ["병가", "sick leave"]\n')
    os.utime(path, ns=(1, 1))
    assert means(file, "연차") == []
    assert means(file, "병가") == [("sick leave",)]


def test_while_it_cannot_be_used_the_last_one_that_could_goes_on_and_nothing_of_it_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path, GOOD)
    file = GlossaryFile(path)
    assert means(file, "연차")
    written(tmp_path, '[[words]]\nsame = ["비밀프로젝트", "비"]\n')
    os.utime(path, ns=(1, 1))
    assert means(file, "연차") == [("PTO",)]
    assert "naru glossary check" in caplog.text
    assert "비밀" not in caplog.text


def test_without_a_file_no_question_is_widened(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    file = GlossaryFile(path)
    assert means(file, "연차")
    path.unlink()
    assert means(file, "연차") == []


def test_the_samples_glossary_is_right() -> None:
    assert glossary_of(load_entries(SAMPLE_CONFIG.parent / "glossary.toml")).find("법카 한도")
