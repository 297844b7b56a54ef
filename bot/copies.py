"""A masked copy of a text, to paste where the company's documents do not go, and the way back of what comes from there.

What may stand behind a placeholder does; what else the cloud would not take is left out, and does not come back. A copy
has a thread of its own, so nobody else's placeholders restore anything in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.check import masked
from bot.masks import Masks
from bot.policy.mask import mask, unmasked
from bot.policy.parts import found_in, maskable
from bot.policy.rules import Rules, allowed
from bot.words import spoken
from retrieval.errors import Fault


class CopyFault(Fault):
    """There can be no copy that may leave the building."""


@dataclass(frozen=True, slots=True)
class Copies:
    """rules: the policy as it is now."""

    masks: Masks
    rules: Callable[[], Rules]

    async def make(self, text: str, thread: str, asker: str) -> str:
        """The copy; what its placeholders stand for is kept before it is given out. asker: the id of who wants it.
        Raises CopyFault, FullFault, TakenFault and DatabaseFault."""
        rules = self.rules()
        cloud = rules.sinks["cloud"]
        if cloud.closed:
            raise CopyFault(f"There is no masked copy: the policy lets no text leave the building ({cloud.closed}).")
        if not allowed(rules.opt_outs.of_user(asker) | rules.opt_outs.in_text(text), rules.sinks["record"]):
            raise CopyFault(
                "There is no masked copy: what its placeholders stand for would have to be kept, and somebody who asks "
                "for it or is named in it has opted out of that."
            )
        before = await self.masks.of(thread)
        hidden = mask(text, rules.masking, lambda one: maskable(one, rules), before)
        copy = masked(hidden.text, cloud, rules, spoken(text))
        told = found_in(copy, "copy", rules)
        if not allowed(told, cloud):
            still = sorted({one.kind for one in told.reasons if one.level > cloud.highest or one.kind in cloud.refuse})
            raise CopyFault(
                f"There is no masked copy: {', '.join(still)} would still stand in it. Take it out of the text."
            )
        await self.masks.keep(thread, before, hidden.placeholders)
        return copy

    async def restore(self, text: str, thread: str) -> tuple[str, int]:
        """A text with the values of that thread back, and how many placeholders in it nobody issued there. Raises
        DatabaseFault."""
        return unmasked(text, (await self.masks.of(thread)).values)
