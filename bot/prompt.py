"""Building the prompt from Parts. Pure, but for the fresh mark.

The static part comes first, so that a server can keep it; what others wrote stands between marks that nobody who
wrote it could know.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path

from bot.policy.parts import (
    FROM_ATTACHED,
    FROM_DOCUMENTS,
    FROM_EXAMPLES,
    Part,
    Prompt,
    Role,
    company_label,
    company_part,
    instructions,
)
from bot.policy.rules import Rules
from retrieval.label import Label

NAMES = ("answer", "task", "masked", "opinion")
"""What a company may say in its own words. task: where there is no passage to answer from, but what was said in the
thread. masked: behind either, where a prompt holds placeholders."""
_SHIPPED = Path(__file__).parent / "prompts"
_EARLIER = {Role.EARLIER_QUESTION: "Q: ", Role.EARLIER_ANSWER: "A: "}
_BEFORE = {**_EARLIER, Role.EXAMPLE_QUESTION: "Q: ", Role.EXAMPLE_ANSWER: "A: "}
"""What stands before a text of that role."""


@dataclass(frozen=True, slots=True)
class Template:
    """The instructions of one task. says: our own words, or the company's in their place. always: our own words behind
    them, which nobody replaces: what is data, and what has to be cited. label: of the company's words; None: there are
    none in it. version: the first 12 hex digits of the SHA-256 of all of it, kept with each Answer."""

    says: str
    always: str = ""
    label: Label | None = None

    @classmethod
    def shipped(cls, name: str) -> Template:
        return cls(shipped(name), shipped(f"{name}_always"))

    @property
    def text(self) -> str:
        return self.says + self._behind

    @property
    def version(self) -> str:
        return version_of(self.text)

    @property
    def parts(self) -> Prompt:
        """As they stand at the beginning of a prompt. Only what is our own is told unread."""
        if self.label is None:
            return (instructions(self.text, "system"),)
        return company_part(self.says, self.label), instructions(self._behind, "system")

    @property
    def _behind(self) -> str:
        return f"\n\n{self.always}" if self.always else ""


@dataclass(frozen=True, slots=True)
class Prompts:
    """What the models are told. own: the company's words, by name; the rest is as shipped."""

    own: Mapping[str, str] = field(default_factory=dict)

    def answer(self, rules: Rules, *, masked: bool = False) -> Template:
        """masked: for a prompt with placeholders in it."""
        return self._template(("answer", "masked") if masked else ("answer",), rules)

    def of(self, parts: Prompt, rules: Rules, *, masked: bool = False) -> Template:
        """`answer`, and `task` where these hold nothing that could be cited."""
        if any(part.role in FROM_DOCUMENTS or part.role in FROM_ATTACHED for part in parts):
            return self.answer(rules, masked=masked)
        return self._template(("task", "masked") if masked else ("task",), rules)

    def opinion(self, rules: Rules) -> Template:
        return self._template(("opinion",), rules)

    def says(self, name: str) -> str:
        return self.own.get(name) or shipped(name)

    def _template(self, names: tuple[str, ...], rules: Rules) -> Template:
        own = [company_label(self.own[name], rules) for name in names if name in self.own]
        says = "\n\n".join(self.says(name) for name in names)
        return Template(says, shipped(f"{names[0]}_always"), Label.join(own) if own else None)


@cache
def shipped(name: str) -> str:
    return (_SHIPPED / f"{name}.md").read_text(encoding="utf-8").strip()


def version_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def build(template: Template, parts: Prompt, mark: str, ending: str = "") -> Prompt:
    """The whole prompt: instructions, examples, passages by number, those of attached files after the others, what
    was said in the thread, to others and to Naru, the question or the statement that is to be judged. ending: our own
    words behind it.

    mark: letters and digits made afresh for each prompt. What stands between `<mark ...>` and `</mark>` is data;
    none of the texts can close it early, because none of their authors has seen the mark.
    """
    prompt: list[Part] = [*template.parts]
    examples = [part for part in parts if part.role in FROM_EXAMPLES]
    for number, start in enumerate(range(0, len(examples), 2), 1):
        prompt += _marked(mark, f"example {number}", examples[start : start + 2])
    documents = [part for part in parts if part.role in FROM_DOCUMENTS]
    for number, group in groupby(documents, key=lambda part: part.number):
        prompt += _marked(mark, f"passage {number}", list(group))
    attached = [part for part in parts if part.role in FROM_ATTACHED]
    # What could not be read is a label without text and has no number; the Permit is to see it all the same.
    prompt += [part for part in attached if not part.number]
    for number, group in groupby((part for part in attached if part.number), key=lambda part: part.number):
        prompt += _marked(mark, f"passage {number}, attached", list(group))
    said = [part for part in parts if part.role is Role.SAID]
    if said:
        prompt += _marked(mark, "conversation", said)
    earlier = [part for part in parts if part.role in _EARLIER]
    if earlier:
        prompt += _marked(mark, "earlier", earlier)
    judged = [part for part in parts if part.role is Role.JUDGED]
    name, last = ("statement", judged) if judged else ("question", [p for p in parts if p.role is Role.QUESTION])
    prompt += _marked(mark, name, last)
    return (*prompt, instructions(f"{ending}\n")) if ending else tuple(prompt)


def _marked(mark: str, name: str, parts: list[Part]) -> list[Part]:
    lines: list[Part] = [instructions(f"<{mark} {name}>\n")]
    for part in parts:
        lines += [instructions(_BEFORE.get(part.role, "")), part, instructions("\n")]
    return [*lines, instructions(f"</{mark}>\n")]
