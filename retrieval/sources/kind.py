"""What a kind of source says of itself, and what its readers are given to work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from retrieval.database import Database
from retrieval.fetch import Fetcher
from retrieval.parse import Parse
from retrieval.passage import Source
from retrieval.sources import Reader

Value = bool | int | float | str
Absolute = Callable[[str], str]
"""A path as somebody wrote it -> from the root on."""


@dataclass(frozen=True, slots=True)
class Credential:
    """Who to be at the locations that begin with `location`. username: "" where the password alone says it, as a token
    does."""

    location: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """tries: of one request. first_s: about as long is waited after the first that failed, twice as long after the
    next, unless the server says how long. longest_s: a server that asks for more is away. per_second: requests."""

    tries: int = 5
    first_s: float = 1.0
    longest_s: float = 300.0
    per_second: float = 10.0


@dataclass(frozen=True, slots=True)
class Means:
    """What readers work with; the composition root builds it. parse: in a process that can do little else. patience:
    with web APIs, as often a second as the source's options say. kinds: of the root's own, beside this package's."""

    database: Database
    fetcher: Fetcher
    parse: Parse
    credentials: tuple[Credential, ...] = ()
    patience: Patience = Patience()
    kinds: Mapping[str, Kind] = field(default_factory=dict)

    def credential(self, location: str) -> Credential | None:
        """The one that names the most of this location."""
        fitting = [one for one in self.credentials if _lies_below(location, one.location)]
        return max(fitting, key=lambda one: len(one.location), default=None)


@dataclass(frozen=True, slots=True)
class Option:
    """Something that only sources of one kind can be told. default: also says its type; most: for numbers."""

    default: Value
    least: float = 0
    most: float = 0

    def checked(self, value: object) -> Value:
        """The value; raises ValueError with the rest of a sentence."""
        if isinstance(self.default, bool | str):
            if not isinstance(value, type(self.default)):
                raise ValueError("must be true or false" if isinstance(self.default, bool) else "must be text")
            return value
        numbers = int if isinstance(self.default, int) else int | float
        if isinstance(value, bool) or not isinstance(value, numbers) or not self.least <= value <= self.most:
            whole = "a whole number" if isinstance(self.default, int) else "a number"
            raise ValueError(f"must be {whole} from {self.least:g} to {self.most:g}")
        return value


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source.

    located: a location as somebody wrote it -> as it is kept; raises ValueError with the rest of a sentence.
    reader: reads a source whose location and options were checked. options: by name. ruled: whether rules may give its
    documents other levels and readers; False: its readers are not for a file to say.
    """

    located: Callable[[str, Absolute], str]
    reader: Callable[[Source, Means], Reader]
    options: Mapping[str, Option] = field(default_factory=dict)
    ruled: bool = True

    def checked(self, options: Mapping[str, object]) -> dict[str, Value]:
        """All options, those not given with their default; raises ValueError with the rest of a sentence."""
        values = {name: option.default for name, option in self.options.items()}
        for name, value in options.items():
            if name not in self.options:
                known = ", ".join(self.options) or "none for this kind of source"
                raise ValueError(f"holds {name}, which is no option; there are {known}")
            try:
                values[name] = self.options[name].checked(value)
            except ValueError as error:
                raise ValueError(f"holds {name}, which {error}") from None
        return values


def _lies_below(location: str, prefix: str) -> bool:
    return location == prefix or location.startswith(prefix.rstrip("/") + "/")
