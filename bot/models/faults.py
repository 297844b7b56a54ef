"""A model that did not answer."""

from __future__ import annotations

from retrieval.errors import Fault


class ModelFault(Fault):
    """One try at a model failed; the sentence says how. again: another try may help. after: seconds that the server
    asked to wait (Retry-After), where it did. status: what it answered with, where it did."""

    def __init__(self, sentence: str, *, again: bool, after: float | None = None, status: int | None = None) -> None:
        super().__init__(sentence)
        self.again = again
        self.after = after
        self.status = status
