"""Building the prompt from Parts. Pure, but for the fresh mark.

The static part comes first, so that a server can keep it; what others wrote stands between marks that nobody who
wrote it could know.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from bot.policy.parts import FROM_ATTACHED, FROM_DOCUMENTS, Part, Prompt, Role, instructions

_SHIPPED = Path(__file__).parent / "prompts"
_EARLIER = {Role.EARLIER_QUESTION: "Q: ", Role.EARLIER_ANSWER: "A: "}


@dataclass(frozen=True, slots=True)
class Template:
    """The instructions of one task. version: the first 12 hex digits of their SHA-256, kept with each Answer."""

    text: str

    @classmethod
    def shipped(cls, name: str) -> Template:
        return cls((_SHIPPED / f"{name}.md").read_text(encoding="utf-8"))

    def over_masked(self) -> Template:
        """The same for a prompt with placeholders in it."""
        return Template(f"{self.text.rstrip()}\n\n{Template.shipped('masked').text}")

    @property
    def version(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


def build(template: Template, parts: Prompt, mark: str, ending: str = "") -> Prompt:
    """The whole prompt: instructions, passages by number, those of attached files after the others, the thread, the
    question. ending: our own words behind it.

    mark: letters and digits made afresh for each prompt. What stands between `<mark ...>` and `</mark>` is data;
    none of the texts can close it early, because none of their authors has seen the mark.
    """
    prompt: list[Part] = [instructions(template.text, "system")]
    documents = [part for part in parts if part.role in FROM_DOCUMENTS]
    for number, group in groupby(documents, key=lambda part: part.number):
        prompt += _marked(mark, f"passage {number}", list(group))
    attached = [part for part in parts if part.role in FROM_ATTACHED]
    # What could not be read is a label without text and has no number; the Permit is to see it all the same.
    prompt += [part for part in attached if not part.number]
    for number, group in groupby((part for part in attached if part.number), key=lambda part: part.number):
        prompt += _marked(mark, f"passage {number}, attached", list(group))
    earlier = [part for part in parts if part.role in _EARLIER]
    if earlier:
        prompt += _marked(mark, "earlier", earlier)
    prompt += _marked(mark, "question", [part for part in parts if part.role is Role.QUESTION])
    return (*prompt, instructions(f"{ending}\n")) if ending else tuple(prompt)


def _marked(mark: str, name: str, parts: list[Part]) -> list[Part]:
    lines: list[Part] = [instructions(f"<{mark} {name}>\n")]
    for part in parts:
        lines += [instructions(_EARLIER.get(part.role, "")), part, instructions("\n")]
    return [*lines, instructions(f"</{mark}>\n")]
