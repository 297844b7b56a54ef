"""Terms counted in processes of their own: it is the slow part of a load, and Python counts with one processor only.

A request is a frame, its length in four bytes and then numbers of four bytes each as this machine has them, how many
come first: of each passage how long its document's title, its heading and its text are, in characters. Behind them are
those texts. The answer is a frame of numbers: the passages' languages, their lengths, how many terms each has, the
terms of all and then the counts of all. Both sides are this program. Each ends when the other does.
"""

from __future__ import annotations

import asyncio
import sys
from array import array
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from pathlib import Path
from struct import Struct
from types import TracebackType
from typing import BinaryIO, TypeVar

from retrieval.bags import Bag, Bagged, Texts, bagged, counted_terms
from retrieval.errors import Fault
from retrieval.split import Piece
from retrieval.text import LANGUAGES
from retrieval.tokenizer import Tokenizer

T = TypeVar("T")

LONGEST_S = 120.0
"""What some documents may take: a hundred times what the slowest do."""
QUICK = 20_000
"""Characters that are counted in 3 ms. For more, a thread keeps the process answering meanwhile."""

_ROOT = Path(__file__).resolve().parents[1]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from retrieval import counting; counting.serve()"
_LENGTH = Struct("!I")
_NUMBER = array("i").itemsize
_BUFFER = 1 << 20


class CountFault(Fault):
    """A process that counts terms has ended, or does not start. What was stored before stays."""

    again = True


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A document's title and pieces."""

    title: str
    pieces: Sequence[Piece]


Count = Callable[[Sequence[Uncounted]], Awaitable[Sequence[Sequence[Bagged]]]]
"""The passages of each document, in order. Raises CountFault."""


def here(tokenizer: Tokenizer) -> Count:
    """In this process: nothing has to be started for few."""

    async def count(documents: Sequence[Uncounted]) -> Sequence[Sequence[Bagged]]:
        def all_of_them() -> list[Sequence[Bagged]]:
            return [bagged(one.title, one.pieces, tokenizer) for one in documents]

        # For more, a thread keeps the process answering meanwhile.
        return all_of_them() if _characters(documents) <= tokenizer.at_once else await asyncio.to_thread(all_of_them)

    return count


class Counting:
    """A Count by pairs (tokenizer.py) in at most `processes` processes, each started when it is needed; an async
    context manager, at whose end they end. One holds some 55 MB, and the documents that it was asked of last."""

    def __init__(self, processes: int) -> None:
        self._free = asyncio.Semaphore(processes)
        self._idle: list[_Worker] = []

    async def __aenter__(self) -> Counting:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._idle:
            await self._idle.pop().end()

    async def __call__(self, documents: Sequence[Uncounted]) -> Sequence[Sequence[Bagged]]:
        request = await _aside(documents, lambda: _request(documents))
        async with self._free:
            worker = self._idle.pop() if self._idle else await _Worker.started()
            try:
                async with asyncio.timeout(LONGEST_S):
                    answer = await worker.ask(request)
            except (OSError, EOFError) as error:  # TimeoutError is an OSError
                raise _ended(late=isinstance(error, TimeoutError), status=await worker.end()) from None
            except BaseException:
                await asyncio.shield(worker.end())
                raise
            self._idle.append(worker)
        return await _aside(documents, lambda: _counted(documents, answer))


def serve() -> None:
    """The other side: answers requests until there are no more. What it raises says nothing: it could hold the text."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while (request := _frame_of(requests)) is not None:
        answer = _answer(request)
        answers.write(_LENGTH.pack(len(answer)) + answer)
        answers.flush()


class _Worker:
    def __init__(self, process: Process) -> None:
        assert process.stdin
        assert process.stdout
        self._process = process
        self._to, self._from = process.stdin, process.stdout

    @classmethod
    async def started(cls) -> _Worker:
        try:
            # -I: neither the environment nor the current folder says what is imported. A session of its own, so that
            # Ctrl-C reaches Naru alone, whose end ends it.
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-c", _START, str(_ROOT)),
                # Nothing is multiplied here, for which numpy would start a thread for each processor.
                env={"OPENBLAS_NUM_THREADS": "1"},
                cwd="/",
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                start_new_session=True,
                limit=_BUFFER,
            )
        except OSError as error:
            raise CountFault(f"A process that counts terms does not start ({error.strerror}).") from None
        return cls(process)

    async def ask(self, request: bytes) -> bytes:
        """Raises EOFError or OSError when the process ends meanwhile."""
        self._to.write(_LENGTH.pack(len(request)) + request)
        await self._to.drain()
        (length,) = _LENGTH.unpack(await self._from.readexactly(_LENGTH.size))
        return await self._from.readexactly(length)

    async def end(self) -> int:
        """Kills it, if it lives; its exit status, negative where a signal ended it."""
        with suppress(ProcessLookupError):
            self._process.kill()
        return await self._process.wait()


def _ended(*, late: bool, status: int) -> CountFault:
    how = f"took longer than {LONGEST_S:g} s" if late else f"was ended from outside (status {status})"
    return CountFault(
        f"A process that counts the terms of documents {how}; what was stored before stays. Run the re-index again; "
        "if it happens again, look whether this machine runs out of memory."
    )


async def _aside(documents: Sequence[Uncounted], work: Callable[[], T]) -> T:
    return work() if _characters(documents) <= 20 * QUICK else await asyncio.to_thread(work)


def _characters(documents: Sequence[Uncounted]) -> int:
    return sum(len(piece.text) for one in documents for piece in one.pieces)


def _request(documents: Sequence[Uncounted]) -> bytes:
    texts = [text for one in documents for each in one.pieces for text in (one.title, each.heading, each.text)]
    lengths = array("i", [len(texts), *map(len, texts)])
    return lengths.tobytes() + "".join(texts).encode(errors="surrogatepass")


def _answer(request: bytes) -> bytes:
    (size,) = _numbers(request[:_NUMBER])
    behind = _NUMBER * (size + 1)
    ends = accumulate(_numbers(request[_NUMBER:behind]), initial=0)
    written = request[behind:].decode(errors="surrogatepass")
    texts = [written[start:end] for start, end in pairwise(ends)]
    passages: list[Texts] = list(zip(texts[::3], texts[1::3], texts[2::3], strict=True))
    found = counted_terms(passages)
    heads = (
        array("i", [LANGUAGES.index(spoken) for spoken, _ in found]),
        array("i", [bag.length for _, bag in found]),
        array("i", [len(bag.terms) for _, bag in found]),
    )
    return b"".join(chain(heads, (bag.terms for _, bag in found), (bag.counts for _, bag in found)))


def _counted(documents: Sequence[Uncounted], answer: bytes) -> list[list[Bagged]]:
    numbers, passages = _numbers(answer), sum(len(one.pieces) for one in documents)
    spoken, lengths, sizes = (numbers[n * passages : (n + 1) * passages] for n in range(3))
    start, apart = 3 * passages, sum(sizes)
    bags: list[Bag] = []
    for length, size in zip(lengths, sizes, strict=True):
        end = start + size
        bags.append(Bag(numbers[start:end], numbers[start + apart : end + apart], length))
        start = end
    each = zip(spoken, bags, strict=True)
    return [[_bagged(piece, *next(each)) for piece in one.pieces] for one in documents]


def _bagged(piece: Piece, spoken: int, bag: Bag) -> Bagged:
    return Bagged(piece, LANGUAGES[spoken], bag)


def _numbers(written: bytes) -> array[int]:
    return array("i", written)


def _frame_of(stream: BinaryIO) -> bytes | None:
    """None: the other side is gone."""
    length = stream.read(_LENGTH.size)
    return stream.read(_LENGTH.unpack(length)[0]) if len(length) == _LENGTH.size else None
