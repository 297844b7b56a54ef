"""Whatever is done to the audit behind Naru's back is found, and what was not touched is not accused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audit_chain import FORGOTTEN, Entry, Seal, Verified, sealed, verified
from bot.seal import Seal as Key

DIGEST = Key(b"k" * 32).digest
BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Kept:
    """What the database holds, and the copy of the last seal beside it."""

    entries: tuple[Entry, ...]
    seals: tuple[Seal, ...]
    head: str | None

    def looked_at(self) -> Verified:
        async def streamed() -> AsyncIterator[Entry]:
            for entry in self.entries:
                yield entry

        return asyncio.run(verified(streamed(), self.seals, self.head, DIGEST))


def entry(id: int) -> Entry:
    at = BEGIN + timedelta(seconds=id)
    return Entry(id, at, "decision", "a" * 32, None, {"decision": f"d{id}", "level": id % 4, "계약": "서울"})


def kept(gaps: Sequence[int], batches: Sequence[int], open: int = 0) -> Kept:
    """gaps: how many ids were never written before each entry. batches: entries of each seal. open: after them."""
    ids, at = list[int](), 0
    for number in range(sum(batches) + open):
        at += 1 + gaps[number % len(gaps)]
        ids.append(at)
    entries = tuple(entry(id) for id in ids)
    seals: list[Seal] = []
    for batch in batches:
        done = sum(batches[: len(seals)])
        part = entries[done : done + batch]
        seals.append(sealed(part, seals[-1] if seals else None, part[-1].at + timedelta(seconds=30), DIGEST))
    return Kept(entries, tuple(seals), seals[-1].line())


audits = st.builds(
    kept,
    st.lists(st.integers(0, 3), min_size=1, max_size=6),
    st.lists(st.integers(1, 5), min_size=1, max_size=5),
    st.integers(0, 3),
)


@given(audits)
def test_what_nobody_touched_is_whole(audit: Kept) -> None:
    found = audit.looked_at()
    assert found.problems == []
    assert found.entries == len(audit.entries)
    assert found.entries - found.open == sum(1 for e in audit.entries if e.id <= audit.seals[-1].last)


Change = Callable[[Entry], Entry]
CHANGES: tuple[Change, ...] = (
    lambda e: replace(e, at=e.at + timedelta(microseconds=1)),
    lambda e: replace(e, kind="sent"),
    lambda e: replace(e, actor=None),
    lambda e: replace(e, subject="b" * 32),
    lambda e: replace(e, body={**e.body, "level": 9}),
    lambda e: replace(e, body={}),
)


@given(audits, st.data())
def test_any_one_changed_entry_is_found_by_its_id_and_between_which_times_it_was(
    audit: Kept, data: st.DataObject
) -> None:
    covered = [n for n, e in enumerate(audit.entries) if e.id <= audit.seals[-1].last]
    at = data.draw(st.sampled_from(covered))
    change = data.draw(st.sampled_from(CHANGES))
    changed = (*audit.entries[:at], change(audit.entries[at]), *audit.entries[at + 1 :])
    (problem,) = replace(audit, entries=changed).looked_at().problems
    assert problem.entry == audit.entries[at].id
    assert problem.after == (audit.entries[at - 1].at if at else None)
    assert problem.before == (audit.entries[at + 1].at if at + 1 < len(audit.entries) else None)


@given(audits, st.data())
def test_any_one_removed_entry_is_found(audit: Kept, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([n for n, e in enumerate(audit.entries) if e.id <= audit.seals[-1].last]))
    (problem,) = replace(audit, entries=audit.entries[:at] + audit.entries[at + 1 :]).looked_at().problems
    assert (problem.entry, "is gone" in str(problem)) == (audit.entries[at].id, True)


@given(audits, st.data())
def test_any_entry_that_was_put_into_a_gap_is_found(audit: Kept, data: st.DataObject) -> None:
    taken = {e.id for e in audit.entries}
    gaps = [id for id in range(1, audit.seals[-1].last + 1) if id not in taken]
    if not gaps:
        return
    id = data.draw(st.sampled_from(gaps))
    entries = tuple(sorted((*audit.entries, entry(id)), key=lambda e: e.id))
    (problem,) = replace(audit, entries=entries).looked_at().problems
    assert problem.entry == id


@given(audits, st.data())
def test_two_entries_that_changed_places_are_both_found(audit: Kept, data: st.DataObject) -> None:
    covered = [n for n, e in enumerate(audit.entries) if e.id <= audit.seals[-1].last]
    if len(covered) < 2:
        return
    one, other = sorted(data.draw(st.lists(st.sampled_from(covered), min_size=2, max_size=2, unique=True)))
    entries = list(audit.entries)
    entries[one], entries[other] = (
        replace(entries[other], id=entries[one].id),
        replace(entries[one], id=entries[other].id),
    )
    found = replace(audit, entries=tuple(entries)).looked_at().problems
    assert {problem.entry for problem in found} == {entries[one].id, entries[other].id}


SEAL_CHANGES: tuple[Callable[[Seal], Seal], ...] = (
    lambda s: replace(s, first=s.first - 1),
    lambda s: replace(s, last=s.last + 1),
    lambda s: replace(s, hash=s.hash[1:] + ("0" if s.hash[0] != "0" else "1")),
    lambda s: replace(s, previous="f" * 64),
    lambda s: replace(s, sealed_at=s.sealed_at + timedelta(seconds=1)),
    lambda s: replace(s, marks=s.marks[:-1] + bytes([s.marks[-1] ^ 1])),
    lambda s: replace(s, marks=s.marks[:-24]),
    lambda s: replace(s, marks=b""),
)


@given(audits, st.data())
def test_any_one_changed_seal_is_found(audit: Kept, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(audit.seals) - 1))
    change = data.draw(st.sampled_from(SEAL_CHANGES))
    seals = (*audit.seals[:at], change(audit.seals[at]), *audit.seals[at + 1 :])
    found = replace(audit, seals=seals).looked_at().problems
    assert any(problem.seal == audit.seals[at].id for problem in found)


@given(audits, st.data())
def test_any_one_removed_seal_is_found_the_last_one_by_its_copy_outside(audit: Kept, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(audit.seals) - 1))
    found = replace(audit, seals=audit.seals[:at] + audit.seals[at + 1 :]).looked_at().problems
    assert any(problem.seal == audit.seals[at].id for problem in found)


@given(audits, st.data())
def test_an_end_that_was_cut_off_with_its_seals_is_found_by_the_copy_outside(audit: Kept, data: st.DataObject) -> None:
    keep = data.draw(st.integers(0, len(audit.seals) - 1))
    last = audit.seals[keep - 1].last if keep else 0
    cut = Kept(tuple(e for e in audit.entries if e.id <= last), audit.seals[:keep], audit.head)
    (problem,) = cut.looked_at().problems
    assert problem.seal == audit.seals[-1].id
    assert "cut off" in str(problem)


def test_an_end_that_was_cut_off_and_sealed_anew_is_found_even_by_whoever_has_the_key() -> None:
    audit = kept([0], [3, 3])
    entries = (*audit.entries[:5], replace(audit.entries[5], kind="sent"))
    seals = (audit.seals[0], sealed(entries[3:], audit.seals[0], audit.seals[1].sealed_at, DIGEST))
    assert Kept(entries, seals, None).looked_at().problems == []
    (problem,) = Kept(entries, seals, audit.head).looked_at().problems
    assert "another one" in str(problem)


def test_with_another_key_no_seal_holds() -> None:
    audit = kept([0], [2, 2])
    other = Key(b"o" * 32).digest

    async def streamed() -> AsyncIterator[Entry]:
        for one in audit.entries:
            yield one

    found = asyncio.run(verified(streamed(), audit.seals, audit.head, other))
    assert {problem.seal for problem in found.problems if problem.seal} == {1, 2}


def forgotten(audit: Kept, through: int, *, in_seal: bool) -> Kept:
    """The entries of the first seals are deleted, and an entry says so."""
    last = audit.seals[through - 1].last
    note = replace(entry(audit.entries[-1].id + 1), kind=FORGOTTEN, body={"seal": through, "last": last, "entries": 1})
    seals = audit.seals
    if in_seal:
        seals = (*seals, sealed([note], seals[-1], note.at, DIGEST))
    return Kept((*(e for e in audit.entries if e.id > last), note), seals, seals[-1].line())


@given(st.lists(st.integers(1, 4), min_size=2, max_size=5), st.data())
def test_what_the_audit_says_was_deleted_is_not_missed_and_the_rest_still_is(
    batches: list[int], data: st.DataObject
) -> None:
    audit = forgotten(kept([0, 1], batches), data.draw(st.integers(1, len(batches) - 1)), in_seal=True)
    found = audit.looked_at()
    assert found.problems == []
    assert found.forgotten > 0
    gone = data.draw(st.integers(0, len(audit.entries) - 1))
    assert replace(audit, entries=audit.entries[:gone] + audit.entries[gone + 1 :]).looked_at().problems


def test_an_entry_that_no_seal_covers_excuses_no_deletion() -> None:
    found = forgotten(kept([0], [2, 2]), 1, in_seal=False).looked_at()
    assert [problem.entry for problem in found.problems] == [1, 2]


@pytest.mark.parametrize("head", ['[7, 1, 2, "x", "y", "2026-01-01T00:00:00+00:00"]'])
def test_an_audit_without_any_seal_was_cut_where_the_copy_knows_one(head: str) -> None:
    (problem,) = Kept((), (), head).looked_at().problems
    assert problem.seal == 7
