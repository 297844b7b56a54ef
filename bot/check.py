"""What may be shown. Pure.

A draft is somebody else's text, even when our own model wrote it: what it cites must exist, what it links to must be
a source it used, what it pings nobody wants, and what the room may not see is taken out or withheld.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import uuid4

from bot.domain import Answer, Citation, Draft, Question, Route
from bot.policy import detect
from bot.policy.decide import Decision
from bot.policy.parts import found_in
from bot.policy.rules import Rules
from bot.words import Language, say, spoken
from retrieval.passage import Document, Passage

_CITED = re.compile(r"\[(\d{1,3})\]")
_IMAGE = re.compile(r"!\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\])")
_INLINE_LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)|\[([^\]\n]*)\]\[[^\]\n]*\]")
_REFERENCE = re.compile(r"^[ \t]*\[[^\]\n]+\]:.*$", re.MULTILINE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_PING = re.compile(r"<(?:[!@#][^<>\n]*)>|@(?:channel|here|everyone)\b")
_ADDRESS = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s<>()|\"'`]+|\bwww\.[^\s<>()|\"'`]+", re.ASCII)
_SAYS_UNKNOWN = re.compile(r"^\W*(?:모르겠습니다|잘 모르겠|I don['’]t know|I do not know)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the conversation may see of what was found: passages for the prompt, numbered from 1 in this order, and
    documents of which only title and link may be shown here."""

    passages: tuple[Passage, ...]
    title_only: tuple[Passage, ...]

    @property
    def documents(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(p.document.id for p in (*self.passages, *self.title_only)))


def check(
    question: Question,
    draft: Draft,
    decision: Decision,
    shown: Shown,
    present: Mapping[int, Document],
    rules: Rules,
) -> Answer:
    """The Answer that may be shown. present: the documents that still exist and that the readers of this moment may
    read, by id; when one that the draft rests on is missing, the draft is not shown."""
    tongue = spoken(question.text)
    stale = any(p.document.id not in present for p in shown.passages) and draft.route is not Route.REFUSE
    known = draft.known and not stale and not _SAYS_UNKNOWN.match(draft.text)
    text = say(tongue, "changed") if stale else _harmless(draft.text, shown, tongue)
    citations = _citations(text, shown, known and draft.route is not Route.REFUSE)
    if known and draft.route is not Route.REFUSE and not _CITED.search(text):
        text += "\n\n" + say(tongue, "uncited")
    visible = tuple(p for p in shown.title_only if p.document.id in present)
    if visible and not stale:
        text = f"{text}\n\n{_titles(visible, tongue)}".strip()
    text = masked(text, rules, tongue)
    return Answer(
        id=uuid4(),
        question=question.id,
        decision=decision.id,
        text=text,
        citations=tuple(_masked_citation(c, rules, tongue) for c in citations),
        route=Route.REFUSE if stale else draft.route,
        label=decision.label | found_in(text, "answer", rules),
        known=known,
        documents=tuple(sorted({p.document.id for p in shown.passages})),
        tried=draft.tried,
        model=draft.model,
        prompt_version=draft.prompt_version,
        usage=draft.usage,
    )


def masked(text: str, rules: Rules, tongue: Language) -> str:
    """The text without what the `slack` sink refuses at any level: secrets and unique identifiers."""
    refused = rules.sinks["slack"].refuse
    shown, end = "", 0
    for finding in detect.find(text):
        if finding.kind in refused and finding.score >= detect.MASK and finding.end > end:
            shown += text[end : max(end, finding.start)] + say(tongue, "masked")
            end = finding.end
    return shown + text[end:]


def _masked_citation(citation: Citation, rules: Rules, tongue: Language) -> Citation:
    title, heading, uri = (masked(t, rules, tongue) for t in (citation.title, citation.heading, citation.uri))
    link = citation.link if citation.link and masked(citation.link, rules, tongue) == citation.link else None
    return Citation(citation.number, title, heading, uri, link)


def _harmless(text: str, shown: Shown, tongue: Language) -> str:
    """Without images, HTML, pings, and links to anywhere but the documents that were used."""
    used = {p.document.link for p in shown.passages if p.document.link}
    text = _PING.sub("", text)
    text = _IMAGE.sub("", text)
    text = _REFERENCE.sub("", text)
    text = _INLINE_LINK.sub(lambda m: m[1] if m[1] is not None else m[2], text)
    text = _TAG.sub("", text)
    text = _ADDRESS.sub(lambda m: m[0] if m[0].rstrip(".,;:!?") in used else say(tongue, "link"), text)
    numbers = range(1, len(shown.passages) + 1)
    return _CITED.sub(lambda m: m[0] if int(m[1]) in numbers else "", text).strip()


def _citations(text: str, shown: Shown, wanted: bool) -> tuple[Citation, ...]:
    """The passages that the text cites, in the order of their numbers; all of them when it cites none."""
    if not wanted:
        return ()
    cited = {int(number) for number in _CITED.findall(text)} or set(range(1, len(shown.passages) + 1))
    return tuple(Citation.of(number, shown.passages[number - 1]) for number in sorted(cited))


def _titles(passages: Iterable[Passage], tongue: Language) -> str:
    documents = {p.document.id: p.document for p in passages}.values()
    lines = [f"• {document.title} ({document.link or document.uri})" for document in documents]
    return "\n".join([say(tongue, "withheld"), *lines])
