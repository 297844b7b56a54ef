"""The audit as a chain: seals over entries, each covering the one before, and what does not fit together. Pure.

    entries   1 2 3 | 5 6 | 7 8        4 was never written: its transaction was rolled back
    seals     seal 1  seal 2           7 and 8 are not sealed yet

A seal has a mark of each of its entries, which is its id and a keyed digest of all that it says, and a keyed hash over
the marks, itself and the seal before. So a changed, removed or inserted entry is found by its id, and a seal can still
be checked when its entries are long deleted.
"""

from __future__ import annotations

import json
import struct
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

Digest = Callable[[bytes], bytes]
"""32 bytes that only the key makes (bot/seal.py)."""

NOTHING = "0" * 64
"""What the first seal has as the one before."""
FORGOTTEN = "forgotten"
"""The kind of the entry that says which others were deleted because they were old."""
_NAMED = 100
"""Seals that are missing in a row and named one by one."""
_MARK = struct.Struct(">q16s")


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done. actor, subject: keyed pseudonyms; None: Naru itself, nobody."""

    id: int
    at: datetime
    kind: str
    actor: str | None
    subject: str | None
    body: Mapping[str, Any]

    def data(self) -> dict[str, Any]:
        """As JSON has it."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return {"id": self.id, "at": at, "kind": self.kind, "actor": self.actor, "subject": self.subject} | {
            "body": dict(self.body)
        }


@dataclass(frozen=True, slots=True)
class Seal:
    """first, last: ids, both included; what lies between and has no mark was never written. hash, previous: hex."""

    id: int
    first: int
    last: int
    marks: bytes
    hash: str
    previous: str
    sealed_at: datetime

    @property
    def marked(self) -> Iterator[tuple[int, bytes]]:
        """(id, digest) of each entry; nothing where the marks were cut."""
        whole = len(self.marks) - len(self.marks) % _MARK.size
        return _MARK.iter_unpack(self.marks[:whole])

    def line(self) -> str:
        """As one line of JSON, without the marks."""
        return json.dumps([self.id, self.first, self.last, self.hash, self.previous, _iso(self.sealed_at)])


def sealed(entries: Sequence[Entry], before: Seal | None, at: datetime, digest: Digest) -> Seal:
    """The seal over entries, at least one, in the order of their ids, that come after those of the seal before."""
    marks = b"".join(_MARK.pack(entry.id, _digest(entry, digest)) for entry in entries)
    number, first = (before.id + 1, before.last + 1) if before else (1, 1)
    seal = Seal(number, first, entries[-1].id, marks, "", before.hash if before else NOTHING, at)
    return replace(seal, hash=_hash(seal, digest))


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was written. entry, seal: which one, where it is about one. after, before: between
    which times it was, as what stands beside it says."""

    what: str
    entry: int | None = None
    seal: int | None = None
    after: datetime | None = None
    before: datetime | None = None

    def __str__(self) -> str:
        times = [f"{word} {_iso(at)}" for word, at in (("after", self.after), ("before", self.before)) if at]
        return f"{self.what} ({', '.join(times)})" if times else self.what

    def data(self) -> dict[str, Any]:
        times = {"after": self.after, "before": self.before}
        named = {"problem": self.what, "entry": self.entry, "seal": self.seal}
        return named | {name: _iso(at) if at else None for name, at in times.items()}


@dataclass(slots=True)
class Verified:
    """What a look at all of it found. forgotten: entries that were deleted because they were old, by what the audit
    itself says. open: entries that no seal covers yet."""

    entries: int = 0
    seals: int = 0
    forgotten: int = 0
    open: int = 0
    problems: list[Problem] = field(default_factory=list)


async def verified(entries: AsyncIterator[Entry], seals: Sequence[Seal], head: str | None, digest: Digest) -> Verified:
    """Look at everything. entries: by id. seals: by id. head: the line of a seal that is known to have been there."""
    found = Verified(seals=len(seals))
    marks = {id: mark for seal in seals for id, mark in seal.marked}
    present: dict[int, tuple[bytes, datetime]] = {}
    gone_to, last = 0, seals[-1].last if seals else 0
    async for entry in entries:
        mark = _digest(entry, digest)
        present[entry.id] = mark, entry.at
        found.entries += 1
        found.open += entry.id > last
        # Only a sealed entry says what may be missing: anybody could add another.
        if entry.kind == FORGOTTEN and marks.get(entry.id) == mark:
            gone_to = max(gone_to, int(entry.body["last"]))
    found.forgotten = sum(id <= gone_to and id not in present for id in marks)
    found.problems += _of_seals(seals, head, digest)
    found.problems += _of_entries(marks, present, gone_to, last)
    return found


def _of_seals(seals: Sequence[Seal], head: str | None, digest: Digest) -> Iterator[Problem]:
    before: Seal | None = None
    for seal in seals:
        number = before.id + 1 if before else 1
        after, until = before.sealed_at if before else None, seal.sealed_at
        for missing in range(number, min(seal.id, number + _NAMED)):
            yield Problem(f"Seal {missing} is gone.", None, missing, after, until)
        if not _fits(seal, before, digest):
            wrong = f"Seal {seal.id} is not as it was made, or was made with another key."
            yield Problem(wrong, None, seal.id, after, until)
        before = seal
    if head is None:
        return
    number = int(json.loads(head)[0])
    if not any(seal.line() == head for seal in seals):
        ends = before.sealed_at if before else None
        cut = before is None or before.id < number
        what = "was cut off at its end" if cut else "is another one than it was"
        yield Problem(f"The chain {what}: seal {number} was there, as its copy outside says.", seal=number, after=ends)


def _fits(seal: Seal, before: Seal | None, digest: Digest) -> bool:
    """Where the seal before is gone nothing can be said of how this one follows it."""
    if seal.id == 1:
        follows = (seal.previous, seal.first) == (NOTHING, 1)
    elif before is not None and before.id + 1 == seal.id:
        follows = (seal.previous, seal.first) == (before.hash, before.last + 1)
    else:
        follows = True
    return follows and compare_digest(seal.hash, _hash(seal, digest))


def _of_entries(
    marks: Mapping[int, bytes], present: Mapping[int, tuple[bytes, datetime]], gone_to: int, last: int
) -> Iterator[Problem]:
    """Each entry against its mark. last: the last id that is sealed."""
    before: datetime | None = None
    waiting: list[tuple[int, str, datetime | None]] = []
    for id in sorted(marks.keys() | present.keys()):
        here = present.get(id)
        if here is None and id <= gone_to:
            continue
        wrong = _wrong(here, marks.get(id)) if id <= last else ""
        if wrong:
            waiting.append((id, wrong, before))
        elif here:
            yield from (Problem(f"Entry {n} {how}.", n, None, after, here[1]) for n, how, after in waiting)
            waiting, before = [], here[1]
    yield from (Problem(f"Entry {n} {how}.", n, None, after) for n, how, after in waiting)


def _wrong(here: tuple[bytes, datetime] | None, mark: bytes | None) -> str:
    if here is None:
        return "is gone"
    if mark is None:
        return "was put there later, or its seal is gone"
    return "" if here[0] == mark else "is not as it was written"


def _digest(entry: Entry, digest: Digest) -> bytes:
    return digest(b"entry" + _canonical(entry.data()))[:16]


def _hash(seal: Seal, digest: Digest) -> str:
    said = [seal.id, seal.first, seal.last, seal.marks.hex(), seal.previous, _iso(seal.sealed_at)]
    return digest(b"seal" + _canonical(said)).hex()


def _canonical(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
