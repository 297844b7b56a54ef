"""What a model has written so far, shown in whole sentences while it goes on writing."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.waiting import happens
from retrieval.errors import Fault
from retrieval.passage import Document

_log = logging.getLogger(__name__)

APART_S = 1.0
"""Seconds from one draft of an answer to the next: nobody reads faster, and each is a call."""
LOOK_S = 5.0
"""Seconds for which a look at who may read stands; what events say has changed counts at once."""
_LONGEST = 13_000
"""Characters; no message shows more."""

# After a digit it is an item's number or a date. A run of marks is looked at once, from its first on.
_END = re.compile(r"(?<![\d.!?…。！？])[.!?…。！？]++[\"'”’)\]]*+(?=\s)|\n")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
_KEY = re.compile(r"-----BEGIN")

Show = Callable[[str], Awaitable[None]]


def whole_sentences(text: str) -> str:
    """The text up to the end of its last whole sentence or line. Code that is not closed is left out, and so is what
    begins like a key: half of it would not be recognised."""
    if key := _KEY.search(text):
        text = text[: key.start()]
    fences = [match.start() for match in _FENCE.finditer(text)]
    if len(fences) % 2:
        text = text[: fences[-1]]
    ends = [match.end() for match in _END.finditer(text)]
    return text[: ends[-1]].strip() if ends else ""


@dataclass(frozen=True, slots=True)
class Drafts:
    """How drafts come to be shown.

    look: the documents that may be read, as that was so many seconds ago at most. checked: what may be shown of some
    sentences, given those documents; empty: nothing. show: a Fault that it or `look` raises ends the drafts, and the
    answer still comes.
    """

    look: Callable[[float], Awaitable[Mapping[int, Document]]]
    checked: Callable[[str, Mapping[int, Document]], str]
    show: Show
    apart_s: float = APART_S

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[Callable[[str], None]]:
        """Yields what is to be told of the text so far. Once it is closed no draft is under way any more, so that
        what is shown then stays."""
        heard = _Heard()
        showing = asyncio.create_task(self._run(heard))
        try:
            yield heard
            heard.end()
            await showing
        except BaseException:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
            raise

    async def _run(self, heard: _Heard) -> None:
        try:
            await heard.begun.wait()
            if heard.ended.is_set():
                return
            await self.look(0)  # while the first sentence is being written, so that it need not wait
            while await heard.more():
                text = self.checked(heard.sentences, await self.look(LOOK_S))
                if text and not heard.ended.is_set():
                    await self.show(text)
                    await happens(heard.ended, self.apart_s)
        except Fault as fault:
            _log.info("no more drafts of this answer: %s", fault)


class _Heard:
    """The newest whole sentences."""

    def __init__(self) -> None:
        self.begun, self.ended, self._more = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.sentences = ""

    def __call__(self, text: str) -> None:
        self.begun.set()
        if len(text) <= _LONGEST and (sentences := whole_sentences(text)) not in ("", self.sentences):
            self.sentences = sentences
            self._more.set()

    def end(self) -> None:
        for event in (self.ended, self.begun, self._more):
            event.set()

    async def more(self) -> bool:
        """Waits for further sentences; False: there are none to show any more."""
        await self._more.wait()
        self._more.clear()
        return not self.ended.is_set()
