"""What a source says of its documents, where they stand and what is left of them: followed in one run, and passages
that are still there keep their number, because vectors hang on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.label import Level
from retrieval.parse import Parsed, UnreadableFault
from retrieval.parse.families import in_thread
from retrieval.passage import Readers, Rule, Said
from retrieval.reindex import Report
from retrieval.search import Search
from retrieval.sources import SourceFault
from tests.integration.retrieval.shelf import ANYONE, Shelf, a_source, principals, reindex, shelve


def section(name: str, says: str = "규정은 담당 부서에 신청합니다.") -> str:
    """Long enough to be a passage of its own."""
    return f"## {name}\n\n" + " ".join([f"{name} {says}"] * 12)


LEAVE = f"# 휴가\n\n{section('연차', '는 1년에 15일입니다.')}\n\n{section('병가', '는 진단서가 필요합니다.')}"


async def passages(database: Database) -> dict[int, tuple[str, str, str]]:
    """By number: document, heading and text."""
    async with database.transaction() as connection:
        rows = await connection.execute(
            text(
                "select passage.id, uri, heading, passage.text from passage join document on document.id = document_id"
            )
        )
        return {row.id: (row.uri, row.heading, row.text) for row in rows}


async def documents(database: Database) -> dict[str, Mapping[str, Any]]:
    async with database.transaction() as connection:
        return {row.uri: dict(row._mapping) for row in await connection.execute(text("select * from document"))}


async def index(database: Database) -> dict[str, object]:
    """All that is stored, without numbers."""
    async with database.transaction() as connection:

        async def rows(statement: str) -> list[tuple[object, ...]]:
            return [tuple(row) for row in await connection.execute(text(statement))]

        return {
            "documents": await rows(
                "select uri, title, sha256, format, level, readers, version, said, in_force_from, owner, link, problem,"
                " problem_kind from document order by uri"
            ),
            "passages": await rows(
                "select uri, ordinal, heading, text, place, language, length, terms, cast(weights as text)"
                " from passage join document on document.id = document_id order by uri, ordinal"
            ),
            "terms": await rows(
                "select readers, term.id, df from term join audience on audience.id = audience_id"
                " order by readers, term.id"
            ),
            "of audiences": await rows(
                "select readers, language, passages from audience_passages join audience on audience.id = audience_id"
                " where passages > 0 order by readers, language"
            ),
            "corpus": await rows("select language, passages, length from corpus order by language"),
        }


# A new version of a document


async def test_a_passage_that_is_still_there_keeps_its_number(database: Database) -> None:
    source = a_source()
    await shelve(database, source, {"a.md": LEAVE})
    before = await passages(database)
    assert len(before) == 2
    edited = LEAVE.replace("## 병가", f"{section('경조사')}\n\n## 병가").replace("15일", "16일")

    await reindex(database, source, Shelf({"a.md": edited}))

    after = await passages(database)
    assert [after[id] for id in before.keys() & after.keys()] == [("a.md", "병가", before[max(before)][2])]
    assert len(after) == 3
    async with database.transaction() as connection:
        ordered = await connection.scalars(text("select heading from passage order by ordinal"))
        assert list(ordered) == ["연차", "경조사", "병가"]


async def test_passages_that_change_places_keep_their_numbers(database: Database) -> None:
    source = a_source()
    one, other = section("연차"), section("병가")
    await shelve(database, source, {"a.md": f"# 휴가\n\n{one}\n\n{other}"})
    before = await passages(database)
    report = await reindex(database, source, Shelf({"a.md": f"# 휴가\n\n{other}\n\n{one}"}))
    assert report.changed == 1
    assert await passages(database) == before


async def test_a_passage_that_stands_twice_and_then_once_loses_one_number(database: Database) -> None:
    source = a_source()
    same = section("연차")
    await shelve(database, source, {"a.md": f"# 휴가\n\n{same}\n\n{same}"})
    before = await passages(database)
    assert len(before) == 2
    await reindex(database, source, Shelf({"a.md": f"# 휴가\n\n{same}"}))
    assert (await passages(database)).items() < before.items()


async def test_another_title_is_found_and_the_passages_keep_their_numbers(database: Database) -> None:
    source = a_source()
    await shelve(database, source, {"a.md": "# 휴가\n\n연차는 15일입니다."})
    before = await passages(database)
    await reindex(database, source, Shelf({"a.md": "# 복지\n\n연차는 15일입니다."}))
    assert await passages(database) == before
    assert len(await Search(database)("복지", ANYONE)) == 1
    assert await Search(database)("휴가", ANYONE) == ()


# Versions


async def test_what_the_source_says_is_unchanged_is_not_read(database: Database) -> None:
    source = a_source()
    await Catalogue(database).sync([source])
    documents = {"a.md": "# 가\n\n연차", "b.md": "# 나\n\n출장"}
    await reindex(database, source, Shelf({**documents}, versions={"a.md": "1", "b.md": "1"}))
    again = Shelf({**documents, "b.md": "# 나\n\n재택"}, versions={"a.md": "1", "b.md": "2"})
    report = await reindex(database, source, again)
    assert again.loaded == ["b.md"]
    assert (report.changed, report.unchanged) == (1, 1)


async def test_another_version_of_the_same_text_is_remembered_and_not_read_again(database: Database) -> None:
    source = a_source()
    await Catalogue(database).sync([source])
    await reindex(database, source, Shelf({"a.md": "# 가\n\n연차"}, versions={"a.md": "1"}))
    touched = Shelf({"a.md": "# 가\n\n연차"}, versions={"a.md": "2"})
    assert (await reindex(database, source, touched)).unchanged == 1
    assert (await reindex(database, source, touched)).unchanged == 1
    assert touched.loaded == ["a.md"]


async def test_a_source_that_compares_versions_itself_may_say_that_nothing_changed(database: Database) -> None:
    class Etags(Shelf):
        async def load(self, uri: str, version: str | None = None) -> Any:
            loaded = await super().load(uri, version)
            assert loaded is not None
            return None if version == "e1" else replace(loaded, version="e1")

    source = a_source()
    await Catalogue(database).sync([source])
    shelf = Etags({"a.md": "# 가\n\n연차"})
    assert (await reindex(database, source, shelf)).added == 1
    assert (await reindex(database, source, shelf)).unchanged == 1


async def test_a_document_that_could_not_be_read_is_tried_again_at_the_same_version(database: Database) -> None:
    source = a_source()
    await Catalogue(database).sync([source])
    await reindex(database, source, Shelf({"a.md": ""}, versions={"a.md": "1"}))
    (row,) = (await documents(database)).values()
    assert (row["problem_kind"], row["sha256"]) == ("empty", None)
    report = await reindex(database, source, Shelf({"a.md": "# 가\n\n연차"}, versions={"a.md": "1"}))
    assert report.added == 1
    (row,) = (await documents(database)).values()
    assert (row["problem"], row["problem_kind"]) == (None, None)


# What the source says of a document


async def test_stricter_readers_that_the_source_says_hold_though_its_document_cannot_be_read(
    database: Database,
) -> None:
    source = a_source()
    await shelve(database, source, {"a.md": "# 가\n\n연차"})
    said = {"a.md": Said(level=Level.CONFIDENTIAL, readers=principals("group:hr"))}
    report = await reindex(database, source, Shelf({"a.md": b"\0\0"}, said))
    assert len(report.problems) == 1
    assert await Search(database)("연차", ANYONE) == ()
    (found,) = await Search(database)("연차", Readers(principals("group:hr")))
    assert found.document.level is Level.CONFIDENTIAL


async def test_readers_follow_before_any_text_is_read(fresh_database: Database) -> None:
    seen: list[object] = []

    class Watching(Shelf):
        async def load(self, uri: str, version: str | None = None) -> Any:
            seen.append(await Search(fresh_database)("연차", ANYONE))
            return await super().load(uri, version)

    source = a_source()
    await shelve(fresh_database, source, {"a.md": "# 가\n\n연차"})
    said = {"a.md": Said(readers=principals("group:hr"))}
    report = await reindex(fresh_database, source, Watching({"a.md": "# 가\n\n연차", "b.md": "# 나\n\n출장"}, said))
    assert seen == [(), ()]
    assert (report.relabelled, report.added, report.unchanged) == (1, 1, 0)


async def test_what_is_said_changes_the_document_and_leaves_its_text_unread(database: Database) -> None:
    source = a_source(link="https://wiki.example")
    await Catalogue(database).sync([source])
    content: dict[str, str | bytes] = {"a.md": "# 가\n\n연차"}
    await reindex(database, source, Shelf({**content}, versions={"a.md": "1"}))
    before = await passages(database)
    said = Said(level=Level.CONFIDENTIAL, owner="#hr", link="https://a.example/1", in_force_from=date(2026, 1, 1))
    shelf = Shelf({**content}, {"a.md": replace(said, title="제목")}, {"a.md": "1"})
    report = await reindex(database, source, shelf)
    assert (report.relabelled, report.changed, report.unchanged) == (1, 0, 0)
    assert await passages(database) == before
    (found,) = await Search(database)("제목", ANYONE)
    document = found.document
    assert (document.level, document.owner, document.link, document.in_force_from, document.title) == (
        Level.CONFIDENTIAL, "#hr", "https://a.example/1", date(2026, 1, 1), "제목",
    )  # fmt: skip
    assert (await reindex(database, source, shelf)).unchanged == 1

    silent = Shelf({**content}, versions={"a.md": "1"})
    assert (await reindex(database, source, silent)).relabelled == 1
    assert await index(database) == await from_scratch(database, silent)


async def test_a_date_in_the_text_holds_where_the_source_says_none(database: Database) -> None:
    source = a_source()
    await Catalogue(database).sync([source])
    shelf = Shelf({"a.md": "# 가\n\n시행일: 2025-05-01"}, {"a.md": Said(in_force_from=date(2026, 1, 1))})
    for said, expected in ((shelf.said, date(2026, 1, 1)), ({}, date(2025, 5, 1))):
        await reindex(database, source, Shelf(shelf.documents, said))
        assert (await documents(database))["a.md"]["in_force_from"] == expected


async def test_new_rules_of_the_source_keep_what_it_said_of_a_document(database: Database) -> None:
    source = a_source()
    await Catalogue(database).sync([source])
    await reindex(database, source, Shelf({"a.md": "# 가\n\n연차"}, {"a.md": Said(level=Level.RESTRICTED)}))
    await Catalogue(database).sync([a_source(level=Level.CONFIDENTIAL, readers=["group:hr"])])
    (row,) = (await documents(database)).values()
    assert (row["level"], row["readers"]) == (Level.RESTRICTED, ["group:hr"])


# Documents that moved


async def test_a_document_that_moved_keeps_its_numbers_and_gets_the_readers_of_its_new_place(
    database: Database,
) -> None:
    source = a_source(rules=(Rule("hr/*", Level.CONFIDENTIAL, principals("group:hr")),))
    await shelve(database, source, {"open/leave.md": LEAVE, "b.md": "# 나\n\n출장"})
    before, known = await passages(database), await documents(database)
    report = await reindex(database, source, Shelf({"hr/leave.md": LEAVE, "b.md": "# 나\n\n출장"}))
    assert (report.moved, report.added, report.removed, report.unchanged) == (1, 0, 0, 1)
    assert (await passages(database)).keys() == before.keys()
    now = await documents(database)
    assert now["hr/leave.md"]["id"] == known["open/leave.md"]["id"]
    assert now["hr/leave.md"]["readers"] == ["group:hr"]
    assert await Search(database)("연차", ANYONE) == ()


async def test_a_title_that_comes_from_the_name_moves_with_it(database: Database) -> None:
    source = a_source()
    await shelve(database, source, {"휴가.md": "연차는 15일입니다."})
    before = await passages(database)
    await reindex(database, source, Shelf({"복지.md": "연차는 15일입니다."}))
    assert (await passages(database)).keys() == before.keys()
    assert [found.document.title for found in await Search(database)("복지", ANYONE)] == ["복지"]
    assert await Search(database)("휴가", ANYONE) == ()


async def test_of_equal_documents_that_moved_each_gets_the_readers_of_its_own_new_place(database: Database) -> None:
    source = a_source(rules=(Rule("hr/*", Level.CONFIDENTIAL, principals("group:hr")),))
    await shelve(database, source, {"a/1.md": LEAVE, "a/2.md": LEAVE, "a/3.md": LEAVE})
    before = await passages(database)
    report = await reindex(database, source, Shelf({"b/1.md": LEAVE, "hr/2.md": LEAVE}))
    assert (report.moved, report.removed) == (2, 1)
    assert (await passages(database)).keys() < before.keys()
    readers = {uri: row["readers"] for uri, row in (await documents(database)).items()}
    assert readers == {"b/1.md": ["everyone"], "hr/2.md": ["group:hr"]}


# Documents that are gone


@pytest.mark.parametrize(("left", "refused"), [(9, True), (10, False)])
async def test_a_source_that_lists_less_than_half_loses_nothing_until_somebody_says_so(
    left: int, refused: bool, database: Database
) -> None:
    source = a_source()
    all_of_them: dict[str, str | bytes] = {f"{number:02}.md": f"# {number}\n\n연차" for number in range(20)}
    await shelve(database, source, all_of_them)
    shelf = Shelf(dict(list(all_of_them.items())[:left]))
    if refused:
        with pytest.raises(SourceFault, match=r"lists 9 now: nothing was deleted.*--accept-deletions"):
            await reindex(database, source, shelf)
        assert len(await documents(database)) == 20
    report = await reindex(database, source, shelf, accept_deletions=refused)
    assert report.removed == 20 - left
    assert (await documents(database)).keys() == shelf.documents.keys()


async def test_a_folder_that_was_renamed_is_no_loss(database: Database) -> None:
    source = a_source()
    await shelve(database, source, {f"old/{n:02}.md": f"# {n}\n\n연차 {n}" for n in range(30)})
    before = await passages(database)
    report = await reindex(database, source, Shelf({f"new/{n:02}.md": f"# {n}\n\n연차 {n}" for n in range(30)}))
    assert (report.moved, report.removed) == (30, 0)
    assert (await passages(database)).keys() == before.keys()


async def test_an_empty_source_is_no_deletion_whoever_says_so(database: Database) -> None:
    source = a_source()
    await shelve(database, source, {"a.md": "# 가\n\n연차"})
    with pytest.raises(SourceFault, match="remove the source"):
        await reindex(database, source, Shelf({}), accept_deletions=True)


# Whatever happens, the index is what it would be if it were built now


@dataclass(frozen=True)
class State:
    """A source at one time."""

    documents: dict[str, str] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)

    def shelf(self) -> Shelf:
        return Shelf({**self.documents}, self.said, {uri: str(hash(text)) for uri, text in self.documents.items()})


SECTIONS = st.sampled_from([section("연차"), section("출장"), section("leave of absence")])
TEXTS = st.one_of(
    st.tuples(
        st.sampled_from(["", "# 휴가\n\n", "# Leave policy\n\n"]),
        st.lists(SECTIONS, min_size=1, max_size=3),
    ).map(lambda parts: parts[0] + "\n\n".join(parts[1])),
    st.sampled_from(["", "\0"]),
)
SAID = st.builds(
    Said,
    title=st.sampled_from([None, "복지", "휴가"]),
    level=st.sampled_from([None, Level.RESTRICTED]),
    readers=st.sampled_from([None, principals("group:hr")]),
    in_force_from=st.sampled_from([None, date(2026, 1, 1)]),
    owner=st.sampled_from([None, "#hr"]),
)
URIS = st.sampled_from(["a.md", "b.md", "hr/a.md", "휴가.md"])
STATES = st.builds(State, st.dictionaries(URIS, TEXTS, min_size=1), st.dictionaries(URIS, SAID))
RULES = (Rule("hr/*", Level.CONFIDENTIAL, principals("group:hr", "group:legal")),)


async def from_scratch(database: Database, shelf: Shelf) -> dict[str, object]:
    """What the index would be, on an empty database with the average lengths of this one."""
    (source,) = [one.source for one in await Catalogue(database).status()]
    async with database.transaction() as connection:
        averages = (await connection.execute(text("select language, average from corpus"))).all()
    await Catalogue(database).sync([])
    await Catalogue(database).remove(source.name)
    async with database.transaction() as connection:
        for row in averages:
            again = text("update corpus set average = :average where language = :language")
            await connection.execute(again, dict(row._mapping))
    await Catalogue(database).sync([source])
    await reindex(database, source, shelf)
    return await index(database)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STATES, min_size=1, max_size=4))
async def test_after_any_edits_the_index_is_as_built_anew_and_what_stayed_has_its_number(
    database: Database, states: list[State]
) -> None:
    source = a_source(rules=RULES)
    await Catalogue(database).sync([source])
    for state in states:
        before = await passages(database)
        await reindex(database, source, state.shelf())
        after = await passages(database)
        still = {uri for uri, text in state.documents.items() if text.strip("\0")}
        for uri in still:
            had = Counter(passage[1:] for passage in before.values() if passage[0] == uri)
            has = Counter(passage[1:] for passage in after.values() if passage[0] == uri)
            same = (one for id, one in after.items() if one[0] == uri and before.get(id) == one)
            kept = Counter(one[1:] for one in same)
            assert kept == had & has
    # What cannot be read keeps its last good version, which nothing built anew can know.
    readable = {uri: text if text.strip("\0") else "# 다시\n\n읽음" for uri, text in states[-1].documents.items()}
    last = State(readable, states[-1].said).shelf()
    await reindex(database, source, last)
    assert await index(database) == await from_scratch(database, last)
    await Catalogue(database).sync([])
    await Catalogue(database).remove(source.name)
    async with database.transaction() as connection:
        await connection.execute(text("update corpus set average = null"))


async def test_the_kind_of_a_problem_is_kept_and_counted(database: Database) -> None:
    async def locked(uri: str, content: bytes, suffix: str | None) -> Parsed:
        if uri == "a.md":
            raise UnreadableFault("a.md has a password.", "encrypted")
        return await in_thread(uri, content, suffix)

    source = a_source()
    await Catalogue(database).sync([source])
    report: Report = await reindex(database, source, Shelf({"a.md": "x", "b.md": "# 나\n\n글"}), parse=locked)
    (status,) = await Catalogue(database).status()
    assert [problem.why for problem in status.problems] == [problem.why for problem in report.problems] == ["encrypted"]
    assert report.lacking == 1
