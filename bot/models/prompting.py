"""One question's prompt at one route: built anew for each try, and shorter where the model cannot read it whole. Pure,
but for the fresh mark."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.policy.parts import FROM_ATTACHED, FROM_DOCUMENTS, FROM_EXAMPLES, Prompt, Role
from bot.prompt import Template, build

MOST = 5
"""How often a prompt is made shorter: without examples, then twelve passages, six, three, one, and without what was
said before."""
_EARLIER = (Role.EARLIER_QUESTION, Role.EARLIER_ANSWER)


@dataclass(slots=True)
class Prompting:
    """ending: our own words behind everything else. unread: the numbers of the passages that were left out; unheard:
    how many messages of the thread."""

    template: Template
    parts: Prompt
    ending: str = ""
    unread: frozenset[int] = frozenset()
    unheard: int = 0
    _shortened: int = 0

    def built(self) -> Prompt:
        """With a mark of its own."""
        return build(self.template, self.parts, secrets.token_hex(8), self.ending)

    def shorten(self) -> bool:
        """Leave out the examples; then the weaker half of the passages, which are the later ones; then the earlier half
        of the thread's messages; then what was said to us before; then the later half of what came attached. Never
        the question, never our rules. False: it is as short as it gets."""
        self._shortened += 1
        if self._shortened > MOST:
            return False
        passages = self._numbers(frozenset(FROM_DOCUMENTS))
        attached = self._numbers(frozenset(FROM_ATTACHED))
        if any(part.role in FROM_EXAMPLES for part in self.parts):
            self.parts = tuple(part for part in self.parts if part.role not in FROM_EXAMPLES)
        elif len(passages) > 1:
            self._leave_out(passages[len(passages) // 2 :])
        elif len(said := [n for n, part in enumerate(self.parts) if part.role is Role.SAID]) > 1:
            gone = frozenset(said[: len(said) // 2])
            self.unheard += len(gone)
            self.parts = tuple(part for n, part in enumerate(self.parts) if n not in gone)
        elif any(part.role in _EARLIER for part in self.parts):
            self.parts = tuple(part for part in self.parts if part.role not in _EARLIER)
        elif len(attached) > 1:
            self._leave_out(attached[len(attached) // 2 :])
        else:
            return False
        return True

    def _numbers(self, roles: frozenset[Role]) -> list[int]:
        return sorted({part.number for part in self.parts if part.role in roles and part.number})

    def _leave_out(self, numbers: list[int]) -> None:
        self.unread |= frozenset(numbers)
        self.parts = tuple(part for part in self.parts if part.number not in self.unread)
