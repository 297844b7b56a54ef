"""What a model says that saw placeholders, with the values back in their places while it is still writing. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.policy.mask import Unmasker, unmasked


class Restored:
    """Told what a model has written so far, it tells `heard` the same with the values back.

    A placeholder of which only half is there, and the particle behind one, wait for the rest. values: by placeholder,
    of those that the model was sent; any other stays as it is.
    """

    def __init__(self, values: Mapping[str, str], heard: Callable[[str], None] | None) -> None:
        self._values = values
        self._heard = heard
        self.begin()

    def begin(self) -> None:
        """A further try: what was heard of the one before is over."""
        self._unmasker = Unmasker(self._values)
        self._fed = 0
        self._said = ""

    def __call__(self, text: str) -> None:
        """text: all of this try so far, as Heard is told."""
        self._said += self._unmasker.feed(text[self._fed :])
        self._fed = len(text)
        if self._heard is not None and self._said:
            self._heard(self._said)

    def whole(self, text: str) -> tuple[str, int]:
        """The finished text, and how many placeholders in it nobody issued."""
        return unmasked(text, self._values)
