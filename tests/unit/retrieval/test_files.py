from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.parse import UnreadableFault
from retrieval.sources import Loaded, SourceFault
from retrieval.sources.files import Folder, to_path, to_uri


async def listed(root: Path) -> list[str]:
    return [one.uri async for one in Folder(root).list()]


def write(path: Path, content: str = "# T\n\ntext") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


async def test_documents_are_found_in_all_subfolders_and_nothing_else_is(tmp_path: Path) -> None:
    for name in ("a.md", "hr/연차.md", "hr/deep/b.markdown", "C.MD", "note.bin", ".git/x.md", "hr/.draft.md"):
        write(tmp_path / name)
    assert sorted(await listed(tmp_path)) == ["C.MD", "a.md", "hr/deep/b.markdown", "hr/연차.md"]


async def test_a_name_with_odd_characters_is_one_line_and_leads_back_to_its_file(tmp_path: Path) -> None:
    odd = ["two\nlines.md", "50%.md", "\u202eright.md", os.fsdecode(b"\xff.md"), "a b#c?.md"]
    for name in odd:
        write(tmp_path / name, f"content of {odd.index(name)}")
    uris = await listed(tmp_path)
    assert sorted(uris) == sorted(["two%0Alines.md", "50%25.md", "%E2%80%AEright.md", "%FF.md", "a b#c?.md"])
    loaded = [await Folder(tmp_path).load(uri) for uri in uris]
    read = {one.content.decode() for one in loaded if one is not None}
    assert read == {f"content of {number}" for number in range(len(odd))}


NAME = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=20)


@given(st.lists(NAME.filter(lambda name: name not in (".", "..")), min_size=1, max_size=3))
def test_a_uri_is_never_two_lines_and_always_leads_back(names: list[str]) -> None:
    path = Path(*names)
    uri = to_uri(path)
    assert len(uri.splitlines()) == 1
    assert to_path(uri) == path
    uri.encode()


async def test_a_link_out_of_the_folder_is_listed_and_never_read(tmp_path: Path) -> None:
    secret = write(tmp_path / "outside" / "secret.md", "secret")
    root = tmp_path / "root"
    write(root / "a.md")
    (root / "link.md").symlink_to(secret)
    (root / "folder").symlink_to(secret.parent, target_is_directory=True)
    (root / "broken.md").symlink_to(root / "nowhere.md")

    uris = await listed(root)
    assert sorted(uris) == ["a.md", "broken.md", "folder", "link.md"]
    for uri in ("link.md", "folder", "broken.md", "folder/secret.md", "../outside/secret.md"):
        with pytest.raises(UnreadableFault, match="leads outside the folder"):
            await Folder(root).load(uri)


async def test_a_document_that_is_linked_to_counts_once_under_its_own_name(tmp_path: Path) -> None:
    write(tmp_path / "hr" / "salary.md")
    (tmp_path / "public.md").symlink_to(tmp_path / "hr" / "salary.md")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert await listed(tmp_path) == ["hr/salary.md"]
    with pytest.raises(UnreadableFault):
        await Folder(tmp_path).load("public.md")


async def test_a_root_that_is_a_link_itself_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "real" / "a.md")
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    assert await listed(tmp_path / "link") == ["a.md"]
    assert await Folder(tmp_path / "link").load("a.md") == Loaded(b"# T\n\ntext")


async def test_a_pipe_with_the_name_of_a_document_does_not_hold_up_the_run(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(UnreadableFault, match=r"pipe\.md is not a file"):
        await Folder(tmp_path).load("pipe.md")


async def test_a_file_that_went_away_after_the_list_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFault, match=r"gone\.md cannot be read"):
        await Folder(tmp_path).load("gone.md")


async def test_a_huge_file_is_refused_by_its_size_unread(tmp_path: Path) -> None:
    with (tmp_path / "huge.md").open("wb") as file:
        file.truncate(2 * 1024**3)
    with pytest.raises(UnreadableFault, match="over 100 MB") as fault:
        await Folder(tmp_path).load("huge.md")
    assert fault.value.why == "too_big"


@pytest.mark.parametrize("name", ["missing", "file.md"])
async def test_a_folder_that_is_not_there_is_a_fault_of_the_source(tmp_path: Path, name: str) -> None:
    write(tmp_path / "file.md")
    with pytest.raises(SourceFault, match=r"is not there|is not a folder"):
        await listed(tmp_path / name)


async def test_a_loop_of_links_is_one_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "b.md")
    (tmp_path / "b.md").symlink_to(tmp_path / "a.md")
    write(tmp_path / "c.md")
    assert await listed(tmp_path) == ["a.md", "b.md", "c.md"]
    for uri in ("a.md", "b.md"):
        with pytest.raises(UnreadableFault, match=f"^{uri} "):
            await Folder(tmp_path).load(uri)


async def test_a_root_in_a_loop_of_links_is_a_fault_of_the_source(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "a")
    with pytest.raises(SourceFault, match="cannot be read"):
        await listed(tmp_path / "a")


async def test_a_file_that_changed_just_now_has_no_version_yet(tmp_path: Path) -> None:
    write(tmp_path / "a.md")
    os.utime(tmp_path / "a.md", (0, 0))  # a time that was set back says nothing: ctime does
    (listed_one,) = [one async for one in Folder(tmp_path).list()]
    assert listed_one.version is None


async def test_an_unchanged_file_keeps_its_version_and_is_not_read_again(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md")
    reader = Folder(tmp_path, racy_ns=0)
    (first,) = [one async for one in reader.list()]
    assert first.version is not None
    assert await reader.load("a.md", first.version) is None
    loaded = await reader.load("a.md")
    assert loaded is not None
    assert loaded.version == first.version

    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_text("# T\n\ntext", encoding="utf-8")
    os.utime(path, ns=times)  # the same content, size and time: only ctime tells that somebody was there
    (again,) = [one async for one in reader.list()]
    assert again.version != first.version
    assert await reader.load("a.md", first.version) is not None
