"""The ledger of erasures: each entry follows the one before, and the copy tells when it was cut or changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.backup.replay import missing
from admin.ledger import LedgerFile
from retrieval.erasures import Entry, LedgerFault, key_of

BEGIN = Entry(0, "begun", "", datetime(2026, 11, 22, tzinfo=UTC), "0" * 64)


def chained(count: int, begin: Entry = BEGIN) -> list[Entry]:
    entries = [begin]
    for number in range(count):
        entries.append(entries[-1].next("document", key_of("notes", f"{number}.md"), begin.erased_at))
    return entries


def kept(folder: Path, entries: list[Entry]) -> LedgerFile:
    (folder / "erasures.jsonl").write_text("".join(f"{entry.line()}\n" for entry in entries), encoding="utf-8")
    (folder / "erasures.head").write_text(f"{entries[-1].line()}\n", encoding="utf-8")
    return LedgerFile(folder)


@given(st.integers(0, 8), st.integers(0, 8))
def test_a_ledger_knows_what_a_backup_of_its_history_lacks(before: int, after: int) -> None:
    ledger = chained(before + after)
    last = ledger[before]
    assert missing(ledger, last.seq, last.chain) == ledger[before + 1 :]


@given(st.integers(0, 8))
def test_a_ledger_of_another_history_never_counts(length: int) -> None:
    other = chained(length, Entry(0, "begun", "", BEGIN.erased_at, "f" * 64))
    assert missing(chained(length), length, other[-1].chain) is None
    assert missing(chained(length), length + 1, other[-1].chain) is None


@given(st.sampled_from(("kind", "key", "chain", "seq")), st.integers(0, 5))
def test_an_entry_that_was_changed_never_follows(what: str, position: int) -> None:
    before, entry = chained(position + 1)[-2:]
    values = {"seq": entry.seq, "kind": entry.kind, "key": entry.key, "chain": entry.chain}
    changed = {**values, what: entry.seq + 1 if what == "seq" else f"{values[what]}x"}
    assert entry.follows(before)
    assert not Entry(erased_at=entry.erased_at, **changed).follows(before)  # type: ignore[arg-type]


def test_a_line_reads_as_it_was_written() -> None:
    for entry in chained(2):
        assert Entry.of(entry.line()) == entry


def test_the_copy_reads_as_it_was_written(tmp_path: Path) -> None:
    assert LedgerFile(tmp_path).entries() == ()
    assert list(kept(tmp_path, chained(3)).entries()) == chained(3)


def test_a_line_that_a_crash_left_unfinished_is_no_entry(tmp_path: Path) -> None:
    ledger = kept(tmp_path, chained(3))
    with ledger.path.open("a", encoding="utf-8") as file:
        file.write(chained(4)[-1].line()[:-3])
    assert list(ledger.entries()) == chained(3)


@pytest.mark.parametrize("lines", [0, 1, 3])
def test_a_copy_that_lost_its_end_is_noticed(tmp_path: Path, lines: int) -> None:
    ledger = kept(tmp_path, chained(3))
    whole = ledger.path.read_text(encoding="utf-8").splitlines(keepends=True)
    ledger.path.write_text("".join(whole[:lines]), encoding="utf-8")
    with pytest.raises(LedgerFault, match="lost its end"):
        ledger.entries()


def test_a_line_that_was_taken_out_or_changed_is_noticed(tmp_path: Path) -> None:
    ledger = kept(tmp_path, chained(3))
    whole = ledger.path.read_text(encoding="utf-8").splitlines(keepends=True)
    for damaged in (whole[:1] + whole[2:], [*whole[:2], whole[2].replace("document", "source"), whole[3]], ["x\n"]):
        ledger.path.write_text("".join(damaged), encoding="utf-8")
        with pytest.raises(LedgerFault, match=r"was changed at line|is damaged at line"):
            ledger.entries()


def test_the_ledger_names_nothing_by_its_text() -> None:
    assert "salary" not in chained(1)[-1].line() + key_of("hr", "salary.md")
    assert key_of("a", "b") != key_of("ab", "")
