"""Who may read what where, as a directory file says it: in a room only what everyone there may read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.directory import Directory
from bot.directory_table import load_directory
from bot.domain import QuestionFault, Room
from bot.people import DirectoryFile
from bot.toml_file import SettingsFault
from retrieval.passage import NOBODY, Principal
from tests.builders import DM, TODAY

FILE = """
[[people]]
id = "U1"
name = "김하늘"
groups = ["engineering", "sky"]

[[people]]
id = "U2"
name = "이서윤"
groups = ["hr", "sky"]

[[people]]
id = "U9"
name = "오누리"
groups = ["sky"]
guest = true

[[people]]
id = "U5"
groups = ["sky"]
leaving = 2026-11-21

[[rooms]]
id = "C1"
name = "general"
kind = "public"
members = ["U1", "U2"]

[[rooms]]
id = "C2"
name = "with-guest"
kind = "private"
members = ["U1", "U9"]

[[rooms]]
id = "C3"
name = "connected"
kind = "private"
shared = true
members = ["U1", "U2"]

[[rooms]]
id = "C4"
name = "with-unknown"
kind = "private"
members = ["U1", "U77"]

[[rooms]]
id = "C5"
name = "with-one-who-left"
kind = "private"
members = ["U1", "U5"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture
def directory(file: Path) -> Directory:
    return load_directory(file, TODAY)


def test_in_a_direct_message_a_person_has_all_of_their_own_principals(directory: Directory) -> None:
    assert directory.readers("U1", DM).principals == {"user:U1", "group:engineering", "group:sky", "everyone"}


def test_a_guest_is_not_everyone_and_in_no_group(directory: Directory) -> None:
    assert directory.readers("U9", DM).principals == {"user:U9"}


def test_in_a_room_only_what_all_members_share_counts(directory: Directory) -> None:
    room = directory.room("C1", "U1")
    assert directory.readers("U1", room).principals == {"group:sky", "everyone", "channel:C1"}


@pytest.mark.parametrize("id", ["C2", "C3", "C4", "C5"])
def test_with_people_from_outside_only_what_is_given_to_the_room_is_readable(directory: Directory, id: str) -> None:
    """A guest, another organisation whose people the directory does not list, somebody unknown, and one who left."""
    room = directory.room(id, "U1")
    assert room.shared
    assert directory.readers("U1", room).principals == {f"channel:{id}"}


@pytest.mark.parametrize(
    ("asker", "room"),
    [
        ("U77", DM),
        ("U5", DM),
        ("U5", Room("C5", "with-one-who-left", "private")),
        ("U77", Room("C1", "general", "public")),
        ("U9", Room("C1", "general", "public")),
        ("U1", Room("C99", "new", "public")),
        ("U1", Room("C99", "new", "unknown")),
    ],
)
def test_whoever_or_whatever_is_unknown_may_read_nothing(directory: Directory, asker: str, room: Room) -> None:
    assert directory.readers(asker, room) == NOBODY


@pytest.mark.parametrize("id", ["C1", "general", "#general"])
def test_a_room_is_found_by_id_and_by_name(directory: Directory, id: str) -> None:
    assert directory.room(id, "U1") == Room("C1", "general", "public")


def test_without_a_room_a_question_is_asked_in_the_askers_own_dm(directory: Directory) -> None:
    assert directory.room(None, "U1").kind == "dm"
    assert directory.room(None, "U1") != directory.room(None, "U2")


@pytest.mark.parametrize(
    ("id", "asker", "sentence"),
    [
        (None, "U77", "Nobody with the id 'U77'"),
        (None, "U5", "U5 has left the company"),
        ("nowhere", "U1", "no room 'nowhere'"),
        ("C1", "U9", "U9 is not in #general"),
    ],
)
def test_nobody_asks_as_nobody_or_where_they_are_not(
    directory: Directory, id: str | None, asker: str, sentence: str
) -> None:
    with pytest.raises(QuestionFault, match=sentence):
        directory.room(id, asker)


@pytest.mark.parametrize("again", ['[[people]]\nid = "U1"\nname = "x"', FILE[FILE.index("[[rooms]]") :]])
def test_an_id_that_stands_twice_is_refused(file: Path, again: str) -> None:
    file.write_text(FILE + again, encoding="utf-8")
    with pytest.raises(SettingsFault, match="twice"):
        load_directory(file, TODAY)


GROUPS = st.frozensets(st.sampled_from(["a", "b", "c"]))
PEOPLE = st.lists(st.tuples(GROUPS, st.booleans()), min_size=1, max_size=5)


def written(people: list[tuple[frozenset[str], bool]], members: list[int], shared: bool) -> str:
    lines = [
        f'[[people]]\nid = "U{n}"\nname = "x"\ngroups = {sorted(groups)}\nguest = {str(guest).lower()}'
        for n, (groups, guest) in enumerate(people)
    ]
    ids = [f"U{n}" for n in members]
    return "\n".join(
        [*lines, f'[[rooms]]\nid="C1"\nname="r"\nkind="private"\nmembers={ids}\nshared={str(shared).lower()}']
    )


@given(PEOPLE, st.lists(st.integers(0, 5), min_size=1, unique=True), st.booleans())
def test_a_room_never_reads_what_one_of_its_members_may_not(
    tmp_path_factory: pytest.TempPathFactory,
    people: list[tuple[frozenset[str], bool]],
    members: list[int],
    shared: bool,
) -> None:
    path = tmp_path_factory.mktemp("directory") / "people.toml"
    path.write_text(written(people, members, shared), encoding="utf-8")
    directory = load_directory(path, TODAY)
    readers = directory.readers(f"U{members[0]}", Room("C1", "r", "private")).principals - {Principal("channel:C1")}
    for member in (f"U{n}" for n in members):
        own = directory.principals(directory.people.get(member))
        assert readers <= own


def write(file: Path, text: str | None) -> None:
    if text is None:
        file.unlink()
    else:
        file.write_text(text, encoding="utf-8")


class Day:
    """A clock in seconds, and the day that it is."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.today = TODAY

    def file(self, path: Path, keep_s: float = 900) -> DirectoryFile:
        return DirectoryFile(path, lambda: self.today, keep_s=keep_s, clock=lambda: self.now)


BROKEN = "[[people]]\nid = "


async def test_the_file_is_read_again_when_it_changes(file: Path) -> None:
    people = Day().file(file)
    assert "group:hr" not in (await people.readers("U1", DM)).principals
    write(file, FILE.replace('"engineering"', '"engineering", "hr"'))
    assert "group:hr" in (await people.readers("U1", DM)).principals


async def test_a_change_that_cannot_be_used_leaves_the_last_good_version_for_a_while(file: Path) -> None:
    day = Day()
    people = day.file(file)
    assert people.problem() is None
    write(file, BROKEN)
    assert await people.readers("U1", DM) != NOBODY
    day.now += 899
    assert await people.readers("U1", DM) != NOBODY
    day.now += 1
    assert await people.readers("U1", DM) == NOBODY
    with pytest.raises(SettingsFault, match="not valid TOML"):
        people.directory()
    write(file, FILE)
    assert await people.readers("U1", DM) != NOBODY
    assert people.problem() is None


async def test_one_bad_version_after_another_does_not_keep_the_last_good_one_longer(file: Path) -> None:
    day = Day()
    people = day.file(file)
    people.directory()
    for text in (BROKEN, None, BROKEN + "1", BROKEN):
        write(file, text)
        assert await people.readers("U1", DM) != NOBODY
        day.now += 225
    assert await people.readers("U1", DM) == NOBODY


async def test_a_second_trouble_has_its_own_while(file: Path) -> None:
    day = Day()
    people = day.file(file)
    for text in (FILE, BROKEN, FILE, BROKEN + "1"):
        write(file, text)
        day.now += 600
        assert await people.readers("U1", DM) != NOBODY


@pytest.mark.parametrize("text", [BROKEN, None])
async def test_without_any_good_version_and_without_a_while_nobody_may_read(file: Path, text: str | None) -> None:
    day = Day()
    strict = day.file(file, keep_s=0)
    assert await strict.readers("U1", DM) != NOBODY
    write(file, text)
    assert await strict.readers("U1", DM) == NOBODY
    assert await day.file(file).readers("U1", DM) == NOBODY


async def test_who_leaves_by_the_last_good_version_is_nobody_from_that_day_on(file: Path) -> None:
    day = Day()
    people = day.file(file)
    write(file, FILE.replace("2026-11-21", "2026-11-22"))
    assert await people.readers("U5", DM) != NOBODY, "the last day is a day"
    write(file, BROKEN)
    assert await people.readers("U5", DM) != NOBODY
    day.today += timedelta(days=1)
    assert await people.readers("U5", DM) == NOBODY
    assert await people.readers("U1", DM) != NOBODY


async def test_the_alarm_names_the_file_and_the_line_once_and_nobody(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    people = Day().file(file)
    people.directory()
    write(file, FILE.replace("leaving = 2026-11-21", 'leaving = "soon"'))
    for _ in range(3):
        await people.readers("U1", DM)
    (said,) = caplog.messages
    assert f"{file}: line 21, leaving must be a date such as 2027-12-31" in said
    assert "15 more minutes" in said
    assert said == people.problem()
    assert "soon" not in said


async def test_an_alarm_of_a_thousand_lines_is_cut_short(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    write(file, "email\n" + "nobody\n" * 1000)
    said = Day().file(file).problem()
    assert said is not None
    assert "... and 995 more: `naru people check` lists them." in said
    assert "Nobody may read anything" in said
