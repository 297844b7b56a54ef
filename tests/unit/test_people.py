"""Who may read what, as a directory file says it: in a room only what everyone there may read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import QuestionFault, Room
from bot.people import Directory, DirectoryFile, load_directory
from bot.toml_file import SettingsFault
from retrieval.passage import EVERYONE, NOBODY, Principal
from tests.builders import DM

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
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture
def directory(file: Path) -> Directory:
    return load_directory(file)


def test_in_a_direct_message_a_person_has_all_of_their_own_principals(directory: Directory) -> None:
    assert directory.readers("U1", DM).principals == {"user:U1", "group:engineering", "group:sky", "everyone"}


def test_a_guest_is_not_everyone(directory: Directory) -> None:
    assert EVERYONE not in directory.readers("U9", DM).principals


def test_in_a_room_only_what_all_members_share_counts(directory: Directory) -> None:
    room = directory.room("C1", "U1")
    assert directory.readers("U1", room).principals == {"group:sky", "everyone", "channel:C1"}


@pytest.mark.parametrize("id", ["C2", "C3", "C4"])
def test_with_people_from_outside_only_what_is_given_to_the_room_is_readable(directory: Directory, id: str) -> None:
    """A guest, another organisation whose people the directory does not list, and somebody unknown."""
    room = directory.room(id, "U1")
    assert room.shared
    assert directory.readers("U1", room).principals == {f"channel:{id}"}


@pytest.mark.parametrize(
    ("asker", "room"),
    [
        ("U77", DM),
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
        load_directory(file)


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
    directory = load_directory(path)
    readers = directory.readers(f"U{members[0]}", Room("C1", "r", "private")).principals - {Principal("channel:C1")}
    for member in (f"U{n}" for n in members):
        own = directory.people[member].principals if member in directory.people else frozenset()
        assert readers <= own


def write(file: Path, text: str | None) -> None:
    if text is None:
        file.unlink()
    else:
        file.write_text(text, encoding="utf-8")


async def test_the_file_is_read_again_when_it_changes(file: Path) -> None:
    people = DirectoryFile(file)
    assert "group:hr" not in (await people.readers("U1", DM)).principals
    write(file, FILE.replace('"engineering"', '"engineering", "hr"'))
    assert "group:hr" in (await people.readers("U1", DM)).principals


async def test_while_the_file_cannot_be_read_nobody_may_read_anything(file: Path) -> None:
    people = DirectoryFile(file)
    assert await people.readers("U1", DM) != NOBODY
    write(file, "[[people]]\nid = ")
    assert await people.readers("U1", DM) == NOBODY
    assert await people.readers("U1", DM) == NOBODY
    with pytest.raises(SettingsFault, match="not valid TOML"):
        people.directory()
    write(file, None)
    assert await people.readers("U1", DM) == NOBODY
    write(file, FILE)
    assert await people.readers("U1", DM) != NOBODY
