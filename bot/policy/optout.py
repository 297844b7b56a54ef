"""Who has opted out of what, as a decision asks for it. Pure.

What an opt-out says of a text is a Reason of the kind `opt_out`, and its origin is the sink that may not have the text.
No line of a policy speaks of that kind, so none can allow it. Nothing in a Reason tells who has opted out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from bot.policy import detect
from bot.policy.detect.letters import letters_of
from bot.policy.detect.lists import Names
from bot.subjects import Scope, Subject
from retrieval.label import NOTHING_SENSITIVE, Label, Level, Reason

KIND = "opt_out"
EACH = frozenset({Scope.CLOUD, Scope.RECORD, Scope.TRAIN})
"""What `all` is. Each is the name of a sink."""
OF_A_NAME = frozenset({Scope.CLOUD, Scope.TRAIN})
"""What a name alone binds: it belongs to many, so what is kept of the others stays."""
UNKNOWN_EPOCH = -1

_IN_TEXT = ", in the text"
_REMEMBERED = 4096
_KOREA = "82"


def scopes_of(scope: Scope) -> frozenset[Scope]:
    """The sinks that it closes."""
    return EACH if scope is Scope.ALL else frozenset({scope})


def refuses(reason: Reason, sink: str) -> bool:
    """Whether this reason alone keeps a text from that sink, whatever its level and the policy say."""
    if reason.kind != KIND:
        return False
    of = reason.origin.removesuffix(_IN_TEXT)
    # What this release does not know was written by another, and closes all that an opt-out can close.
    return sink in EACH if of not in EACH else sink == of


def of_the_text(reason: Reason) -> bool:
    """Whether it is there only because the text names somebody: with the name masked, it would not be."""
    return reason.kind == KIND and reason.origin.endswith(_IN_TEXT)


@dataclass(frozen=True, slots=True)
class OptedOut:
    """One opt-out that is in force. pseudonym: of a user's id, which is all that is kept of who asked earlier.
    confirmed: somebody has looked at what a person's name hits, and it is nobody else's."""

    subject: Subject
    scope: Scope
    pseudonym: str = ""
    confirmed: bool = False


class OptOuts:
    """epoch: of the list that this is. known: False where nobody can say who has opted out: then everything counts as
    opted out of everything.

    People outside Slack are found in texts as listed names are. Of each text it is remembered, by its hash, what was
    found.
    """

    def __init__(self, epoch: int = 0, opted_out: Iterable[OptedOut] = (), *, known: bool = True) -> None:
        self.epoch = epoch
        self.known = known
        entries = tuple(opted_out)
        self._bound: dict[tuple[str, str], frozenset[Scope]] = {}
        for one in entries:
            for id in filter(None, (one.subject.id, one.pseudonym)):
                key = (one.subject.kind, id)
                self._bound[key] = self._bound.get(key, frozenset()) | scopes_of(one.scope)
        people = [one for one in entries if one.subject.kind == "person"]
        made: dict[frozenset[str], Names | None] = {}  # mostly the scopes have the same names
        self._people = _names((name for one in people for name in _all_names(one)), made)
        self._by_scope = {
            scope: _names((name for one in people for name in _bound_names(one, scope)), made) for scope in EACH
        }
        self._remembered: OrderedDict[bytes, Label] = OrderedDict()

    def of_user(self, id: str) -> Label:
        """What it says of a text who wrote it: by their id, or its pseudonym."""
        return self._of("user", id)

    def of_room(self, id: str) -> Label:
        return self._of("room", id)

    def of_source(self, name: str) -> Label:
        return self._of("source", name)

    def in_text(self, text: str) -> Label:
        """What it says of a text whom it names."""
        if not self.known:
            return _label(EACH)
        if self._people is None or not text:
            return NOTHING_SENSITIVE
        key = sha256(text.encode("utf-8", "surrogatepass")).digest()
        if (label := self._remembered.get(key)) is None:
            label = self._looked(text)
            self._remembered[key] = label
            if len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        self._remembered.move_to_end(key)
        return label

    def found(self, text: str) -> tuple[detect.Finding, ...]:
        """Where a text names people who have opted out: what masking can take out of it."""
        return () if self._people is None else _findings(text, self._people)

    def _of(self, kind: str, id: str) -> Label:
        scopes = self._bound.get((kind, id), frozenset()) if self.known else EACH
        return _label(scopes)

    def _looked(self, text: str) -> Label:
        if self._people is None or not _findings(text, self._people):
            return NOTHING_SENSITIVE
        by_scope: Mapping[Scope, Names | None] = self._by_scope
        return _label((s for s, names in by_scope.items() if names is not None and _findings(text, names)), _IN_TEXT)


def _label(scopes: Iterable[Scope], how: str = "") -> Label:
    return Label(frozenset(Reason(Level.PUBLIC, KIND, f"{scope.value}{how}") for scope in scopes))


def _findings(text: str, names: Names) -> tuple[detect.Finding, ...]:
    # What could not be looked at is a finding too: nobody knows that it names none of them.
    return tuple(one for one in detect.find(text, names, {}) if one.score >= detect.ROUTE)


def _names(names: Iterable[str], made: dict[frozenset[str], Names | None]) -> Names | None:
    listed = frozenset(names)
    if listed not in made:
        made[listed] = Names([("person", name) for name in sorted(listed)]) if listed else None
    return made[listed]


def _all_names(one: OptedOut) -> Iterable[str]:
    return (one.subject.id, *(spelt for other in one.subject.also for spelt in spellings(other)))


def _bound_names(one: OptedOut, scope: Scope) -> Iterable[str]:
    """By what a text that may not go there names them."""
    if scope not in scopes_of(one.scope):
        return
    if scope in OF_A_NAME or one.confirmed:
        yield one.subject.id
    for other in one.subject.also:
        yield from spellings(other)


def spellings(identifier: str) -> Iterable[str]:
    """A Korean telephone number is written with the code of the country, or without."""
    yield identifier
    letters = letters_of(identifier)
    if letters.isdecimal() and letters.startswith("0"):
        yield _KOREA + letters[1:]
    elif letters.isdecimal() and letters.startswith(_KOREA):
        yield "0" + letters[len(_KOREA) :].removeprefix("0")


NOBODY_OUT = OptOuts()
UNKNOWN = OptOuts(UNKNOWN_EPOCH, known=False)
"""Where the list cannot be read."""
