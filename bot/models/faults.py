"""A model that did not answer."""

from __future__ import annotations

from retrieval.errors import Fault

_KEY_REFUSED = (401, 403)
_TIMED_OUT = 408


class ModelFault(Fault):
    """One try at a model failed; the sentence says how. again: another try may help. after: seconds that the server
    asked to wait (Retry-After), where it did. status: what it answered with, where it did. too_long: the prompt is
    longer than the model reads. unsent: nothing of it has left."""

    def __init__(
        self,
        sentence: str,
        *,
        again: bool,
        after: float | None = None,
        status: int | None = None,
        too_long: bool = False,
        unsent: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.again = again
        self.after = after
        self.status = status
        self.too_long = too_long
        self.unsent = unsent

    @property
    def unwell(self) -> bool:
        """Whether it says something of the server: the next question would fare no better."""
        return self.again or self.status in _KEY_REFUSED

    @property
    def free(self) -> bool:
        """Whether it surely cost nothing: it did not leave, or the server has refused it unanswered."""
        return self.unsent or (self.status is not None and 400 <= self.status < 500 and self.status != _TIMED_OUT)


class SpentFault(ModelFault):
    """What is left of a budget does not cover a request, or nobody can tell: it was not sent."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, again=False, unsent=True)
