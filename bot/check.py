"""What may be shown. Pure.

A draft is somebody else's text, even when our own model wrote it: what it cites must exist, what it links to must be
a source it used, what it pings nobody wants, and what the room may not see is taken out or withheld.

Markup is made harmless in two steps. `_bare` reads it as its author meant it and leaves the words; whatever it does
not understand is still there. `_inert` understands nothing and breaks everything that could work: it is the wall.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import unescape
from uuid import uuid4

from bot.basis import Basis
from bot.differences import Difference, differences
from bot.domain import SHORES, Answer, Attached, Citation, Draft, Question, Room, Route
from bot.examples import approved
from bot.policy import detect
from bot.policy.decide import Decision
from bot.policy.parts import example_parts, found_in, joined, passage_parts
from bot.policy.rules import Rules, Sink, allowed
from bot.words import Language, route_name, say, spoken
from retrieval.label import Label, Level
from retrieval.passage import Document, Passage, Readers

# Citations as models write them: [1], [1, 2], [^1], 【1†source】, [문서 1]. What stands in code is code.
_CITED = re.compile(
    r"(?P<code>```.*?(?:```|\Z)|`[^`\n]+`)"
    r"|\\?[\[【]\s?\^?(?:passage |문서 ?|출처 ?)?(?P<numbers>\d{1,3}(?:\s?[,、·;]\s?\d{1,3}){0,19})\s?"
    r"(?:†[^\[\]【】\n]*)?\\?[\]】]",
    re.DOTALL | re.IGNORECASE,
)
_SAYS_UNKNOWN = re.compile(
    r"[^.!?\n]{0,80}?(?:모르겠|찾지 못했|찾을 수 없|알 수 없|나와 있지 않"
    r"|(?:do|does|did|could)(?:n['’]t| not) (?:know|find|answer|say)|can(?:not|['’]t| not) (?:find|answer))",
    re.IGNORECASE,
)

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_IMAGE = re.compile(r"!\[[^\[\]\n]*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])")
# A number in brackets is a citation, and what follows it in parentheses is a remark: [1](근속 3년 미만).
_LINK = re.compile(r"\[(?!\d{1,3}\])([^\[\]\n]*)\]\(\s*[^()\s]*[/.:#@][^()\s]*(?:\s+[\"'][^()\n]*)?\)")
_DEFINITION = re.compile(r"^[ \t>]*\[[^\[\]\n]+\]:\s*<?[^\s<>]*[/:][^\n]*$", re.MULTILINE)
_ANGLED = re.compile(
    r"<(?:[!@#][^<>\n]*"
    r"|(?P<address>[A-Za-z][A-Za-z0-9+.-]*:[^<>|\s]*)(?:\|(?P<label>[^<>\n]*))?"
    r"|/?(?:a|abbr|audio|b|base|blockquote|body|br|button|code|details|div|em|embed|font|form|h[1-6]|head|hr|html|i|iframe"
    r"|img|input|kbd|li|link|mark|meta|object|ol|p|pre|s|script|small|source|span|strike|strong|style|sub|summary|sup|svg"
    r"|table|tbody|td|th|thead|tr|u|ul|video)(?![A-Za-z0-9-])[^<>]*)>",
    re.IGNORECASE,
)

_SPLIT = r"[*_~`\\]*"  # markup inside an address, which is not there any more once it is shown
_REST = r"[^\s<>()\[\]{}|\"`]*"
# Each alternative starts only where a word does, so that a long run of letters is read once.
_ADDRESS = (
    rf"(?:(?<![A-Za-z0-9+.*_~`\\-])[A-Za-z0-9+.*_~`\\-]+)?:{_SPLIT}/{_SPLIT}/(?:\[[0-9A-Fa-f:.]+\])?{_REST}"
    rf"|(?<![A-Za-z0-9])(?:https?|javascript|vbscript|mailto|file|blob|data(?=:[a-z]*[/,;])){_SPLIT}:(?=[!-~]){_REST}"
    rf"|(?<![\w@.-])\.*(?:[\w-]+\\?\.)*(?:www\.|xn--){_REST}"
    r"|(?<![\w/.。-])(?://)?[.。]*(?:[\w-]+\\?[.。]+(?://)?)+"
    # Names of files and products are no hosts; what is a top-level domain as well (md, sh, py) counts as one.
    r"(?!(?:js|jsx|ts|tsx|json|ya?ml|toml|html?|css|xml|txt|csv|pdf|docx?|xlsx?|pptx?|hwpx?|png|jpe?g|gif|log)\b)"
    rf"(?:[A-Za-z]{{2,24}}|한국)\.?(?::[0-9]{{1,5}})?[/?#]{_REST}"
)
_PING = re.compile(
    rf"(?<!@)(?:(?<![A-Za-z0-9])@|@@)@*(?={_SPLIT}(?:channel|here|everyone)(?![A-Za-z0-9_]))", re.IGNORECASE
)
_JOINT = re.compile(r"\](?=[(:])|<(?=[A-Za-z/!?@#])|&(?=#[0-9]|#[xX]|[A-Za-z][A-Za-z0-9]*;)")
_EMPHASIS = re.compile(r"\*+|~~|`+|\\")
# Browsers read an address in full-width letters, or with other dots, as any other.
_FULL_WIDTH = {0xFEE0 + ord(c): c for c in map(chr, range(0x21, 0x7F)) if c.isalnum() or c in ":/.@?#&=%"}
_FULL_WIDTH |= {ord("․"): ".", ord("｡"): "."}
_HOLE = "\ue000"  # private use: in no text that somebody wrote


@dataclass(frozen=True, slots=True)
class Shown:
    """What the conversation may see of what was found: passages for the prompt, numbered from 1 in this order, and
    documents of which only title and link may be shown here. attached: the question's files, whose pieces are numbered
    after the passages. examples: what shows the model how an answer is to be; it may say them again. basis: other than
    DOCUMENTS where nothing was searched for. earlier: the documents beneath what else a model sees: then earlier
    answers, and examples."""

    passages: tuple[Passage, ...]
    title_only: tuple[Passage, ...]
    attached: tuple[Attached, ...] = ()
    examples: tuple[Passage, ...] = ()
    basis: Basis = Basis.DOCUMENTS
    earlier: tuple[Document, ...] = ()

    @classmethod
    def in_room(
        cls, found: tuple[Passage, ...], room: Room, rules: Rules, attached: tuple[Attached, ...] = ()
    ) -> Shown:
        """Passages that the room's `slack` sink does not take stay out of the prompt: an answer made from them could
        not be shown either."""
        sink = rules.shown_in(room)
        fit = tuple(p for p in found if allowed(joined(passage_parts(0, p, rules), rules), sink))
        return cls(fit, tuple(p for p in found if p not in fit), attached)

    def readable_by(self, readers: Readers) -> bool:
        """Whether these readers may read all of it, as far as was known when it was found."""
        every = (*(p.document for p in self._every), *self.earlier)
        return all(readers.may_read(document.readers) for document in every)

    def with_examples(
        self, examples: Iterable[Passage], room: Room, rules: Rules, beneath: Iterable[Document] = ()
    ) -> Shown:
        """With those that the room may be shown. beneath: what they rest on: an answer that was shown how by them
        stands as long as these stand."""
        sink = rules.shown_in(room)
        fit = tuple(p for p in examples if allowed(joined(example_parts(p, rules), rules), sink))
        return replace(self, examples=fit, earlier=(*self.earlier, *beneath) if fit else self.earlier)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to answer from, and so no model is asked."""
        return self.basis is Basis.DOCUMENTS and not (self.documents or self.sources)

    @property
    def given(self) -> tuple[Passage, ...]:
        """All that a model is given of documents."""
        return (*self.passages, *self.examples)

    @property
    def _every(self) -> tuple[Passage, ...]:
        return (*self.passages, *self.title_only, *self.examples)

    @property
    def documents(self) -> tuple[int, ...]:
        found = (one for p in self._every for one in (p.document, *p.also))
        return tuple(dict.fromkeys(one.id for one in (*found, *self.earlier)))

    @property
    def sources(self) -> tuple[Citation, ...]:
        """What an answer may cite, by number."""
        passages = (Citation.of(number, passage) for number, passage in enumerate(self.passages, 1))
        pieces = enumerate(((file, piece) for file in self.attached for piece in file.pieces), len(self.passages) + 1)
        return (*passages, *(Citation.of_attached(number, file, piece) for number, (file, piece) in pieces))


def check(
    question: Question,
    draft: Draft,
    decision: Decision,
    shown: Shown,
    present: Mapping[int, Document],
    rules: Rules,
) -> Answer:
    """The Answer that may be shown. present: the documents that still exist and that the readers of this moment may
    read, by id; when one that the draft rests on is missing, or more sensitive than it was, the draft is not shown."""
    tongue = spoken(question.text)
    hide = partial(masked, sink=rules.shown_in(question.room), rules=rules, tongue=tongue)
    refused = draft.route is Route.REFUSE
    offered = approved(question.text, shown.examples)
    given = shown.given if draft.route in SHORES or offered else shown.passages
    stale = not refused and not _are_as_they_were(given, shown.earlier, present, rules)
    text, cited = ("", frozenset[int]()) if stale else _harmless(draft.text, shown, tongue, draft.unread)
    # Who cites something does say something, whatever the first words are.
    known = draft.known and not stale and bool(cited or (text and not _SAYS_UNKNOWN.match(text)) or refused)
    answered = known and not refused
    said = [text, draft.note if text else ""]
    if offered and answered:
        said.insert(0, _offer(offered, tongue))
    if shown.basis is not Basis.DOCUMENTS and draft.route in SHORES and text:
        said.append(say(tongue, "no_document"))
        if unheard := question.unsaid + draft.unheard:
            said.append(say(tongue, "said_partly", unheard=str(unheard)))
    elif answered and not cited and shown.basis is Basis.DOCUMENTS:
        said.append(say(tongue, "uncited"))
    every = range(1, len(shown.passages) + 1)
    differ = differences(shown.passages, question.text, cited or every) if answered else ()
    said.append("\n\n".join(say(tongue, "differs", what=_inert(_bare(str(one)), (), tongue)) for one in differ))
    withheld = (*shown.passages, *shown.title_only) if refused else shown.title_only
    named = {} if stale else {p.document.id: p.document for p in withheld if p.document.id in present}
    said.append(_titles(named.values(), tongue))
    if draft.unread and answered:
        read = len(shown.sources) - len(draft.unread)
        said.append(say(tongue, "read_partly", read=str(read), found=str(len(shown.sources))))
    if draft.other_language and text:
        said.append(say(tongue, "other_language"))
    if draft.spent and text:
        said.append(say(tongue, "spent_instead"))
    if draft.missing and text:
        said.append(say(tongue, "base_model", model=_inert(_bare(draft.missing), (), tongue)))
    if not any(said):
        said = [say(tongue, "changed" if stale or refused else "unknown")]
    if rules.shadow and not shown.nothing:  # without any, no model would have been asked
        said.append(_in_shadow(decision.routes[0], tongue))
    said += [_inert(_bare(says), (), tongue) for file in shown.attached for says in (file.unread, file.partly) if says]
    text = hide("\n\n".join(filter(None, said)))
    return Answer(
        id=uuid4(),
        question=question.id,
        decision=decision.id,
        text=text,
        citations=_citations(_sources(cited, differ), shown, present, tongue, hide, draft.unread) if answered else (),
        route=Route.REFUSE if stale else draft.route,
        # A title is a text of its document: a follow-up, which carries this answer, may not take it to the cloud.
        label=Label.join(
            [decision.label, found_in(text, "answer", rules, document=True), *map(rules.document_label, named.values())]
        ),
        known=known,
        documents=tuple(sorted({document.id for document in (*(p.document for p in given), *shown.earlier)})),
        passages=tuple(sorted({p.key for p in given})),
        tried=draft.tried,
        model=draft.model,
        prompt_version=draft.prompt_version,
        usage=draft.usage,
        strange=draft.strange,
        away=draft.away if answered else frozenset(),
    )


def _offer(example: Passage, tongue: Language) -> str:
    """What reviewers approved, first, and for which question."""
    asked, given = (_inert(_bare(text), (), tongue) for text in (example.document.title, example.text))
    return say(tongue, "approved_answer", question=asked, answer=given)


def _in_shadow(route: Route, tongue: Language) -> str:
    if route in (Route.QUOTE, Route.REFUSE):
        return say(tongue, "shadow_nowhere")
    return say(tongue, "shadow", route=route_name(tongue, route))


def _sources(cited: frozenset[int], differ: Iterable[Difference]) -> frozenset[int]:
    """The passages that the text names: those it cites, and those that say something else. None cited: none."""
    return cited.union(*(one.numbers for one in differ)) if cited else cited


def check_so_far(text: str, question: Question, shown: Shown, present: Mapping[int, Document], rules: Rules) -> str:
    """What may be shown of an answer of which only these sentences are there; empty: nothing."""
    if not _are_as_they_were(shown.given, shown.earlier, present, rules):
        return ""
    tongue = spoken(question.text)
    return masked(_harmless(text, shown, tongue)[0], rules.shown_in(question.room), rules, tongue)


def masked(text: str, sink: Sink, rules: Rules, tongue: Language) -> str:
    """The text without what the room's `slack` sink does not take: identifiers, secrets, listed names and the company's
    own words, by their kind or by their level."""
    text = text.replace(_HOLE, "")
    # What stood glued to one identifier may be recognised only once that is gone. Each turn takes at least one
    # character, so it ends.
    while spans := [(start, end) for start, end in _found(text, sink, rules) if text[start:end].strip(_HOLE)]:
        kept, done = "", 0
        for start, end in sorted(spans):
            kept += text[done : max(done, start)] + (_HOLE if end > done else "")
            done = max(done, end)
        text = kept + text[done:]
    return text.replace(_HOLE, say(tongue, "masked"))


def _found(text: str, sink: Sink, rules: Rules) -> Iterator[tuple[int, int]]:
    """The spans that may not be shown, as the text is written and as it is read: 90**01**01."""
    hidden = {n for match in _EMPHASIS.finditer(text) for n in range(*match.span())}
    looks: list[tuple[str, Sequence[int]]] = [(text, range(len(text)))]
    if hidden:
        read = [n for n in range(len(text)) if n not in hidden]
        looks.append(("".join(text[n] for n in read), read))
    for look, places in looks:
        for level, finding in _findings(look, rules):
            if finding.start < finding.end and _refused(finding.kind, level, sink):
                yield places[finding.start], places[finding.end - 1] + 1


def _findings(text: str, rules: Rules) -> Iterator[tuple[Level, detect.Finding]]:
    """What surely stands there. Of a listed name nothing needs to be sure: the company has said that it is one."""
    for finding in detect.find(text, rules.lists):
        if finding.score >= (detect.ROUTE if finding.kind in detect.LISTED else detect.MASK):
            yield rules.kind_level(finding.kind), finding
    yield from rules.terms.found(text)


def _refused(kind: str, level: Level, sink: Sink) -> bool:
    """Whether it is not for that room. What a text is about is no value that could be taken out of it for its level."""
    return kind in sink.refuse or (kind not in detect.ABOUT and level > sink.ceiling)


def _are_as_they_were(
    given: Iterable[Passage], earlier: Iterable[Document], present: Mapping[int, Document], rules: Rules
) -> bool:
    return all(_is_as_it_was(p, present, rules) for p in given) and all(_unchanged(d, present, rules) for d in earlier)


def _is_as_it_was(passage: Passage, present: Mapping[int, Document], rules: Rules) -> bool:
    """Whether it may still be shown. Another document that says the same may be gone, but not be more sensitive now."""
    also = (one for one in passage.also if one.id in present)
    return all(_unchanged(one, present, rules) for one in (passage.document, *also))


def _unchanged(document: Document, present: Mapping[int, Document], rules: Rules) -> bool:
    """Whether no more is known against it than there was, by its source and by the labels that it carries."""
    if (now := present.get(document.id)) is None:
        return False
    label, before = rules.document_label(now), rules.document_label(document)
    return label.level <= before.level and label.kinds <= before.kinds


def _harmless(
    text: str, shown: Shown, tongue: Language, unread: frozenset[int] = frozenset()
) -> tuple[str, frozenset[int]]:
    """Without images, HTML, pings, and links to anywhere but the documents that were used; and which passages it
    cites."""
    used = {source.link for source in shown.sources if source.link}
    text, cited = _numbered(_bare(text), frozenset(range(1, len(shown.sources) + 1)) - unread)
    return _inert(text, used, tongue).strip(), cited


def _bare(text: str) -> str:
    """The words without their markup, as far as it is well formed; nothing invisible is left."""
    text = _ENTITY.sub(lambda m: unescape(m[0]), text).translate(_FULL_WIDTH)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    return _ANGLED.sub(lambda m: m["label"] or m["address"] or "", _DEFINITION.sub("", text))


def _numbered(text: str, read: frozenset[int]) -> tuple[str, frozenset[int]]:
    """Every citation as [n], those of passages that nobody read taken out; and the numbers that are left."""
    cited: set[int] = set()

    def brackets(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        numbers = [n for n in map(int, re.findall(r"\d+", match["numbers"])) if n in read]
        cited.update(numbers)
        return "".join(f"[{n}]" for n in numbers)

    return _CITED.sub(brackets, text), frozenset(cited)


def _inert(text: str, used: Iterable[str], tongue: Language) -> str:
    """A text in which no markup works any more, in Markdown or in Slack, and no address is left but the used ones."""
    known = "|".join(map(re.escape, sorted(used, key=len, reverse=True))) or "(?!)"
    # A Korean particle may follow an address; a space keeps it from becoming a part of it.
    ends = r"(?=[.,;:!?*_~`'\"]*(?:\s|\Z|[)\]>|]))|(?P<particle>(?=[가-힣]))"
    addresses = re.compile(rf"(?P<used>(?<![*_~`\\\\]){_SPLIT}(?-i:{known}))(?:{ends})|{_ADDRESS}", re.IGNORECASE)

    def address(match: re.Match[str]) -> str:
        if match["used"] is None:
            return say(tongue, "link")
        return match["used"] + (" " if match["particle"] is not None else "")

    return _JOINT.sub(r"\g<0> ", addresses.sub(address, _PING.sub("", text)))


def _citations(
    cited: frozenset[int],
    shown: Shown,
    present: Mapping[int, Document],
    tongue: Language,
    hide: Callable[[str], str],
    unread: frozenset[int],
) -> tuple[Citation, ...]:
    """What the text cites, in the order of the numbers; when it cites nothing all passages that were read, and each
    file once."""

    def clean(text: str) -> str:
        return hide(_inert(_bare(text), (), tongue))

    citations: list[Citation] = []
    sources = {source.number: source for source in shown.sources}
    once = {
        (source.uri, source.link): number
        for number, source in reversed(sources.items())
        if number > len(shown.passages)
    }
    read = [n for n in sources if n not in unread]
    for number in sorted(cited) or [n for n in read if n <= len(shown.passages) or n in once.values()]:
        whole = sources[number]
        link = whole.link if whole.link and hide(whole.link) == whole.link else None
        title, heading, uri = clean(whole.title), clean(whole.heading), clean(whole.uri)
        same = shown.passages[number - 1].also if number <= len(shown.passages) else ()
        also = tuple(clean(one.title) for one in same if one.id in present)
        citations.append(replace(whole, title=title, heading=heading, uri=uri, link=link, also=also))
    return tuple(citations)


def _titles(documents: Iterable[Document], tongue: Language) -> str:
    """Where to read what may not be shown here; empty where there is nothing."""
    lines = [
        f"• {_inert(_bare(d.title), (), tongue)} ({d.link or _inert(_bare(d.uri), (), tongue)})" for d in documents
    ]
    return "\n".join([say(tongue, "withheld"), *lines]) if lines else ""
