"""What a company's own questions said of a re-ranking model, in a file beside naru.toml.

It is a file and no row, so that it is reviewed and travels to every machine with the settings that it speaks for. It
counts only for what was measured: another model, depth, embedding model or index, and other questions, need another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.config_file import Models
from retrieval.errors import Fault
from retrieval.index import FORMAT

_ASK = "run `naru evaluate retrieval FILE --adopt`"


class VerdictFault(Fault):
    """A verdict that cannot be read or written, or that does not hold."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a verdict speaks of. embed: the embedding model beside it, empty for none. index: how passages are made."""

    model: str
    api: str
    depth: int
    embed: str
    index: int

    @classmethod
    def of(cls, models: Models) -> Measured:
        embed = models.embed.model if models.embed.base_url else models.embed.local
        rerank = models.rerank
        return cls(rerank.model or "", rerank.api, rerank.depth, embed or "", FORMAT)

    def differs(self, now: Measured) -> str:
        """The first thing that is another now, as a sentence's part; empty where all is the same."""
        then, says = asdict(self), asdict(now)
        return next((f"{name} was {then[name] or 'none'}" for name in then if then[name] != says[name]), "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """says: "better", "worse" or "not distinguishable". questions: the path of their file, relative to the verdict's
    where it lies below; hash: of its bytes. figures: what was measured, for people. at: the day."""

    says: str
    measured: Measured
    questions: str
    hash: str
    figures: Mapping[str, Any]
    at: str

    def why_not(self, now: Measured, file: Path) -> str | None:
        """Why the model may not be used on the strength of this; None where it may. file: where the verdict stands."""
        if self.says != "better":
            return f"on the questions of {self.questions} it was {self.says} ({self.at})"
        if other := self.measured.differs(now):
            return f"it was measured when {other}: {_ASK} again"
        questions = file.parent / self.questions
        try:
            same = hash_of(questions) == self.hash
        except OSError as error:
            return f"its questions, {questions}, cannot be read ({error.strerror}): put them there, or {_ASK} again"
        return None if same else f"its questions, {questions}, are others now: {_ASK} again"

    def write(self, file: Path) -> None:
        """Raises VerdictFault."""
        try:
            file.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise VerdictFault(f"{file} cannot be written ({error.strerror}): the verdict belongs there.") from None

    @classmethod
    def read(cls, file: Path) -> Verdict | None:
        """None where there is no such file. Raises VerdictFault where it is no verdict."""
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            measured = Measured(**said.pop("measured"))
            return cls(**said, measured=measured)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise VerdictFault(f"{file} cannot be read ({error.strerror}): it says whether to re-rank.") from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise VerdictFault(f"{file} is no verdict on a re-ranking model: {_ASK} again.") from None


def hash_of(file: Path) -> str:
    """Raises OSError."""
    return sha256(file.read_bytes()).hexdigest()


def named(questions: Path, verdict: Path) -> str:
    """How a verdict names its questions: relative to itself where they lie below it, so that both can move."""
    whole, folder = questions.resolve(), verdict.resolve().parent
    return str(whole.relative_to(folder)) if whole.is_relative_to(folder) else str(whole)
