"""Which domain models the on-prem server did not have when it was asked last."""

from __future__ import annotations

from bot.words import both


class MissingModels:
    """Read from other threads: what is noted is replaced, never changed."""

    def __init__(self) -> None:
        self._names: frozenset[str] = frozenset()

    def missed(self, model: str) -> None:
        self._names |= {model}

    def answered(self, model: str) -> None:
        self._names -= {model}

    def problem(self) -> str | None:
        """In words for an admin; None: nothing is missing."""
        names = self._names
        return both("models_missing", models=", ".join(sorted(names))) if names else None
