"""A model that did not answer."""

from __future__ import annotations

from retrieval.errors import Fault

_KEY_REFUSED = (401, 403)


class ModelFault(Fault):
    """One try at a model failed; the sentence says how. again: another try may help. after: seconds that the server
    asked to wait (Retry-After), where it did. status: what it answered with, where it did. too_long: the prompt is
    longer than the model reads."""

    def __init__(
        self,
        sentence: str,
        *,
        again: bool,
        after: float | None = None,
        status: int | None = None,
        too_long: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.again = again
        self.after = after
        self.status = status
        self.too_long = too_long

    @property
    def unwell(self) -> bool:
        """Whether it says something of the server: the next question would fare no better."""
        return self.again or self.status in _KEY_REFUSED
