"""What was learnt from somebody's question, as a document: from whom, where, and what it rests on. Pure.

An example says so by labels whose ids no other system's have. So whoever opts out is honoured from the next question
on, an erasure finds it, and nobody is shown it who may not read what it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.policy.optout import OptOuts, refuses
from bot.subjects import Subject
from retrieval.label import NOTHING_SENSITIVE, ImportedLabel, Label

_BY, _IN, _FROM, _ON = "naru:learnt-by:", "naru:learnt-in:", "naru:learnt-from:", "naru:learnt-on:"
_CLOSES = ("record", "train")
"""The sinks whose opt-outs keep an example from everybody: it is a text that is kept to be learnt from."""


def labels(
    people: Iterable[str], room: str, sources: Iterable[str], documents: Iterable[int]
) -> tuple[ImportedLabel, ...]:
    """people: pseudonyms of who asked and who wrote the answer. room: as `question.room` has it. sources, documents: of
    what it rests on."""
    ids = [
        *(f"{_BY}{one}" for one in sorted(set(people))),
        f"{_IN}{room}",
        *(f"{_FROM}{one}" for one in sorted(set(sources))),
        *(f"{_ON}{one}" for one in sorted(set(documents))),
    ]
    return tuple(ImportedLabel("", id) for id in ids)


def labels_of(subject: Subject, pseudonym: str) -> frozenset[str]:
    """The ids of the labels by which is found what was learnt from a subject."""
    match subject.kind:
        case "user":
            return frozenset({f"{_BY}{pseudonym}"})
        case "room":
            return frozenset({f"{_IN}{subject.id}", f"{_IN}{pseudonym}"})
        case "source":
            return frozenset({f"{_FROM}{subject.id}"})
        case _:
            return frozenset()


def is_ours(label: ImportedLabel) -> bool:
    return label.id.startswith((_BY, _IN, _FROM, _ON))


def opted_out(label: ImportedLabel, opt_outs: OptOuts) -> Label:
    """What those it was learnt from have opted out of."""
    for prefix, of in ((_BY, opt_outs.of_user), (_IN, opt_outs.of_room), (_FROM, opt_outs.of_source)):
        if label.id.startswith(prefix):
            return of(label.id.removeprefix(prefix))
    return NOTHING_SENSITIVE


def rests_on(labels: Iterable[ImportedLabel]) -> frozenset[int]:
    """The documents, by id."""
    return frozenset(int(one.id.removeprefix(_ON)) for one in labels if one.id.startswith(_ON))


def closed(label: Label) -> bool:
    """Whether somebody has opted out of what an example is, whatever the rest of its label says."""
    return any(refuses(reason, sink) for reason in label.reasons for sink in _CLOSES)
