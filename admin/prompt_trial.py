"""Prompts compared, and tried on a question by the way that every question takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from time import perf_counter
from typing import Literal

from admin.answer_variants import Variant, deps_of
from admin.app import App
from bot.answer import answer
from bot.domain import Answer, Question
from bot.policy.parts import company_label
from bot.policy.rules import Rules, allowed
from bot.prompt import NAMES, Prompts, Template
from bot.prompt_folder import PromptFolder, read_prompts
from retrieval.errors import Fault
from retrieval.label import Reason

State = Literal["as shipped", "changed", "the same"]


class PromptFault(Fault):
    """Prompts that cannot be compared."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One prompt, as shipped and as the company has it. lines: a unified diff without its head. versions: of all that
    the model is told with each, as kept with an answer. against: what keeps it from the cloud; empty: nothing does."""

    name: str
    state: State
    versions: tuple[str, str]
    lines: tuple[str, ...] = ()
    against: tuple[Reason, ...] = ()

    @property
    def added(self) -> int:
        return sum(line.startswith("+") for line in self.lines)

    @property
    def removed(self) -> int:
        return sum(line.startswith("-") for line in self.lines)


@dataclass(frozen=True, slots=True)
class Tried:
    """prompts: what those are called. seconds: from the question to the answer."""

    prompts: str
    answer: Answer
    seconds: float


def differences(own: Prompts, rules: Rules, names: Sequence[str] = NAMES) -> Iterator[Difference]:
    """What the company's prompts say otherwise than the shipped ones."""
    for name in names:
        versions = _template(Prompts(), name, rules).version, _template(own, name, rules).version
        if name not in own.own:
            yield Difference(name, "as shipped", versions)
            continue
        before, after = (one.says(name).splitlines() for one in (Prompts(), own))
        lines = tuple(unified_diff(before, after, lineterm=""))[2:]
        label = company_label(own.own[name], rules)
        refused = not allowed(label, rules.sinks["cloud"])
        against = tuple(sorted(label.reasons, reverse=True)) if refused else ()
        yield Difference(name, "changed" if lines else "the same", versions, lines, against)


def _template(prompts: Prompts, name: str, rules: Rules) -> Template:
    return prompts.opinion(rules) if name == "opinion" else prompts.answer(rules, masked=name == "masked")


def two_of(folder: PromptFolder, other: Path | None) -> tuple[tuple[str, Prompts], tuple[str, Prompts]]:
    """The shipped prompts and the company's; or what is in force and another folder's, by what they are called. Raises
    SettingsFault, and PromptFault where the two are the same."""
    if other is not None:
        a, b = ("in force", folder()), (str(other), read_prompts(other))
    else:
        a, b = ("shipped", Prompts()), ("in force", folder())
    if {name: a[1].says(name) for name in NAMES} == {name: b[1].says(name) for name in NAMES}:
        raise PromptFault(
            f"{other} says what is in force already: change a prompt there."
            if other is not None
            else f"The company has no prompts of its own to compare with: put an answer.md into {folder.folder}, or "
            "name another folder with --prompts."
        )
    return a, b


async def tried(app: App, called: str, prompts: Prompts, question: Question) -> Tried:
    """Raises what an answer raises."""
    async with AsyncExitStack() as stack:
        deps, _ = deps_of(app, Variant(called, prompts=prompts), stack)
        began = perf_counter()
        answered = await answer(question, deps)
        return Tried(called, answered, perf_counter() - began)
