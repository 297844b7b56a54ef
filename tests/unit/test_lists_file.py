"""What the company lists: read again when it changes, refused with its line, never quietly nothing."""

from __future__ import annotations

import asyncio
import logging
import os
from datetime import date
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from bot.config_file import ListsSection
from bot.directory import Directory, Listed, Person, Terms
from bot.lists_file import Count, ListFiles, counts
from bot.policy.detect import find
from bot.policy.detect.lists import Names
from bot.toml_file import Problem, SettingsFault
from tests.builders import read_again

GOOD = """\
# our customers
하늘전자\tHaneul Electronics | HNE    # since 2019

바다물산
"""
_clock = count(1)


def written(folder: Path, text: str | bytes, name: str = "customers.txt") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, ns=(next(_clock), 1 << 60 | next(_clock)))
    return path


def nobody() -> Directory:
    return Directory(Listed(), Terms(), date(2026, 11, 22))


def listed(path: Path) -> ListFiles:
    return ListFiles(ListsSection(customers=str(path)), nobody)


def kinds(lists: ListFiles, text: str) -> set[str]:
    return {one.kind for one in find(text, read_again(lists))}


def refused(path: Path) -> list[str]:
    with pytest.raises(SettingsFault) as fault:
        listed(path)()
    return str(fault.value).splitlines()


def test_a_name_and_each_of_its_aliases_is_found(tmp_path: Path) -> None:
    lists = listed(written(tmp_path, GOOD))
    for text in ("하늘전자와 회의", "haneul electronics renewal", "HNE의 견적", "바다 물산에서"):
        assert kinds(lists, text) == {"customer"}, text
    assert kinds(lists, "our customers since 2019") == set()


def test_each_file_lists_its_kind(tmp_path: Path) -> None:
    customers, projects = written(tmp_path, GOOD), written(tmp_path, "새벽별\n", "projects.txt")
    lists = ListFiles(ListsSection(customers=str(customers), projects=str(projects)), nobody)
    assert kinds(lists, "바다물산의 새벽별") == {"customer", "project"}


def test_a_change_counts_once_it_is_read_and_makes_another_epoch(tmp_path: Path) -> None:
    lists = listed(written(tmp_path, GOOD))
    before = lists().epoch
    written(tmp_path, "산들바람\n")
    assert kinds(lists, "산들바람과") == {"customer"}
    assert kinds(lists, "바다물산과") == set()
    assert lists().epoch != before


def test_what_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    lists = listed(written(tmp_path, GOOD))
    assert lists() is lists()


@pytest.mark.parametrize("later", ["가\n", b"\xff\xfe", None], ids=["too short", "not UTF-8", "gone"])
def test_a_list_that_breaks_later_stays_as_it_was_and_is_warned_of_once(
    tmp_path: Path, later: str | bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path, GOOD)
    lists = listed(path)
    assert kinds(lists, "바다물산") == {"customer"}
    if later is None:
        path.unlink()
    else:
        written(tmp_path, later)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert kinds(lists, "바다물산") == {"customer"}
    assert [str(path) in record.getMessage() for record in caplog.records] == [True]
    told = lists.notice()
    assert told is not None
    assert str(path) in told
    assert "stay in force" in told


def test_a_list_that_is_mended_counts_again(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    lists = listed(path)
    lists()
    assert lists.notice() is None
    written(tmp_path, "가\n나\n")
    read_again(lists)
    assert "And 1 more" in str(lists.notice())
    written(tmp_path, "산들바람\n")
    assert kinds(lists, "산들바람") == {"customer"}
    assert lists.notice() is None


class Slow:
    """Reads when it is told to."""

    def __init__(self) -> None:
        self.listed = [Names([("customer", "바다물산")])]
        self.go, self.begun = Event(), Event()
        self.go.set()

    def __call__(self) -> Names:
        self.begun.set()
        assert self.go.wait(10)
        return self.listed.pop(0)


async def test_while_a_change_is_read_questions_go_on_with_what_was_listed_before(tmp_path: Path) -> None:
    path, slow = written(tmp_path, GOOD), Slow()
    lists = ListFiles(ListsSection(customers=str(path)), nobody, slow)
    before = lists()
    slow.listed.append(Names([("customer", "산들바람")]))
    slow.go.clear()
    slow.begun.clear()
    written(tmp_path, "산들바람\n")
    assert lists() is before
    await asyncio.to_thread(slow.begun.wait, 10)
    # It is being read, and stays so until told otherwise: whoever asks now is not kept waiting, and reads nothing.
    assert [lists() for _ in range(3)] == [before] * 3
    assert not slow.go.is_set()
    slow.go.set()
    assert {one.kind for one in find("산들바람", read_again(lists))} == {"customer"}
    assert slow.listed == []


def test_what_changes_while_a_change_is_read_is_read_after_it(tmp_path: Path) -> None:
    path, slow = written(tmp_path, GOOD), Slow()
    lists = ListFiles(ListsSection(customers=str(path)), nobody, slow)
    lists()
    slow.listed += [Names([("customer", "산들바람")]), Names([("customer", "하늘전자")])]
    slow.go.clear()
    for text in ("산들바람\n", "하늘전자\n"):
        written(tmp_path, text)
        lists()
    slow.go.set()
    read_again(lists)
    assert kinds(lists, "하늘전자") == {"customer"}


def test_a_list_that_is_missing_when_naru_starts_is_a_sentence_each_time_it_is_asked(tmp_path: Path) -> None:
    lists = listed(tmp_path / "customers.txt")
    for _ in range(2):
        with pytest.raises(SettingsFault, match="cannot be read"):
            lists()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("가", "needs 2 letters or digits"),
        ("하늘물산 | -", "needs 2 letters or digits"),
        ("정보", "an ordinary word"),
        ("The", "an ordinary word"),
        ("2027", "a short number"),
    ],
)
def test_a_name_that_would_be_found_everywhere_is_refused_with_its_line(tmp_path: Path, line: str, says: str) -> None:
    path = written(tmp_path, f"{GOOD}\n{line}\n산들바람\n")
    (problem,) = refused(path)
    assert problem.startswith(f"{path}, line 6: ")
    assert says in problem


def test_no_message_holds_a_name(tmp_path: Path) -> None:
    assert "정보" not in "".join(refused(written(tmp_path, "정보\n")))


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(written(tmp_path, "하늘전자\n".encode("cp949")))
    assert "is not UTF-8: save it as UTF-8" in problem


def test_of_many_problems_the_first_are_said(tmp_path: Path) -> None:
    assert len(refused(written(tmp_path, "가\n" * 1_000))) == 20


def test_people_come_from_the_directory_in_each_way_they_are_written_there() -> None:
    people = [(Person("U1", "홍길동 (Gildong Hong)"), Person("U2", ""), Person("U3", "이")), (Person("U1", "김서연"),)]
    today = [Directory(Listed(people[0]), Terms(), date(2026, 11, 22))]
    lists = ListFiles(ListsSection(people=True), lambda: today[0])
    assert kinds(lists, "홍길동님과") == kinds(lists, "Hong Gildong says") == {"person"}
    assert kinds(lists, "이 일은") == set()
    today[0] = Directory(Listed(people[1]), Terms(), date(2026, 11, 22))
    assert kinds(lists, "김서연은") == {"person"}
    assert kinds(lists, "홍길동님과") == set()


def test_a_directory_that_cannot_be_used_later_leaves_its_people_listed() -> None:
    def directory() -> Directory:
        if broken:
            raise SettingsFault(Problem("people.toml", "", "is broken"))
        return Directory(Listed((Person("U1", "홍길동"),)), Terms(), date(2026, 11, 22))

    broken = False
    lists = ListFiles(ListsSection(people=True), directory)
    assert kinds(lists, "홍길동") == {"person"}
    broken = True
    assert kinds(lists, "홍길동") == {"person"}
    with pytest.raises(SettingsFault):
        ListFiles(ListsSection(people=True), directory)()


def test_who_asks_how_much_is_listed_is_told_per_list(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert counts(ListsSection(customers=str(path)), nobody) == (Count("customer", str(path), 4),)
    assert counts(ListsSection(), nobody) == ()
