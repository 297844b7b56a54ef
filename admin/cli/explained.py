"""How the explanation of a search is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from admin.cli.ask import in_force_data
from admin.cli.base import out
from admin.explaining import Hidden, Outcome, Why
from bot.console import table
from bot.words import Language, in_force_name
from retrieval.explain import Explained, Term

_TERMS_SHOWN = 40

_OUTCOMES: Mapping[Language, Mapping[Outcome, str]] = {
    "ko": {
        "read": "답의 근거가 될 수 있음",
        "below": "가장 좋은 구절에 크게 못 미침",
        "beyond": "개수 한도 밖",
        "superseded": "지금 시행 중인 다른 판에 밀림",
        "folded": "같은 내용의 다른 구절로 접힘",
    },
    "en": {
        "read": "an answer may rest on it",
        "below": "too far below the best, or all too unsure",
        "beyond": "beyond the limit",
        "superseded": "another version is in force",
        "folded": "folded into one that says the same",
    },
}
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "ko": {
        "term": "찾은 말", "word": "질문의 낱말", "weight": "비중", "df": "구절 수", "more": "그 밖에 {}개",
        "document": "문서", "score": "점수", "confidence": "확신", "became": "결과", "parts": "점수의 구성",
        "matched": "맞은 말", "met": "읽을 수 있는 근거", "words": "낱말", "context": "같은 문서", "meaning": "뜻",
        "boosts": "가산", "cosine": "코사인", "guessed": "벡터 없음, 어림", "reranked": "재정렬", "was": "점수 순위 {}",
        "hidden": "이 방이 읽을 수 없는 문서", "needs": "읽을 수 있는 사람", "alone": "물은 사람 혼자는 읽을 수 있음",
        "model": "구절 {}개 가운데 찾음, 벡터: {}", "by_words": "없음(낱말로만)",
        "nothing": "이 자리에서 읽을 수 있는 것 가운데 이 말이 든 구절이 없습니다.",
        "none_hidden": "이 방이 읽지 못해 빠진 문서는 없습니다.",
        "no_words": "질문에 찾을 말이 없습니다. 무엇에 대한 것인지 낱말로 적어 주세요.",
    },
    "en": {
        "term": "looked for", "word": "word", "weight": "weight", "df": "passages", "more": "and {} more",
        "document": "document", "score": "score", "confidence": "confidence", "became": "what became of it",
        "parts": "score in its parts", "matched": "what matched", "met": "readable by", "words": "words",
        "context": "its document", "meaning": "meaning", "boosts": "boosts", "cosine": "cosine",
        "guessed": "no vector, estimated", "reranked": "re-ranker", "was": "by score {}",
        "hidden": "documents that the room may not read", "needs": "readable by",
        "alone": "the asker may, alone", "model": "of {} passages that may be read there; vectors: {}",
        "by_words": "none, by words alone",
        "nothing": "Nothing that may be read there has any of these words.",
        "none_hidden": "No document is left out because the room may not read it.",
        "no_words": "The question has no words to look for: say in nouns what it is about.",
    },
}  # fmt: skip


def print_explained(why: Why, tongue: Language, only_titles: bool) -> None:
    """What was looked for, what was found with its score in parts, why it may be read, and what became of it."""
    words, said = _WORDS[tongue], why.explanation
    if not said.terms:
        out.print(words["no_words"], markup=False)
        return
    out.print(table([words["term"], words["word"], words["weight"], words["df"], "idf"], _terms(said.terms, words)))
    if said.passages:
        out.print(words["model"].format(f"{said.passages:,}", said.model or words["by_words"]), markup=False)
    out.print()
    if said.explained:
        columns = ["", words["document"], words["score"], words["confidence"], words["became"]]
        pairs = list(zip(said.explained, why.outcomes, strict=True))
        out.print(table(columns, (_row(one, outcome, tongue, only_titles) for one, outcome in pairs)))
        out.print()
        rows = ((_place(one), _parts(one, words), _matched(one), ", ".join(one.met)) for one in said.explained)
        out.print(table(["", words["parts"], words["matched"], words["met"]], rows))
    else:
        out.print(words["nothing"], markup=False)
    if why.hidden is not None:
        out.print()
        _print_hidden(why.hidden, words)


def _print_hidden(hidden: tuple[Hidden, ...], words: Mapping[str, str]) -> None:
    if not hidden:
        out.print(words["none_hidden"], markup=False)
        return
    rows = ((h.document.title, h.document.uri, ", ".join(h.needs), words["alone"] if h.alone else "") for h in hidden)
    out.print(table([words["hidden"], "", words["needs"], ""], rows))


def _terms(terms: tuple[Term, ...], words: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for term in terms[:_TERMS_SHOWN]:
        word = f"{term.instead_of} → {term.spelled.word}" if term.instead_of else term.spelled.word
        yield term.spelled.term, word, f"{term.weight:g}", f"{term.df:,}", f"{term.idf:.2f}"
    if len(terms) > _TERMS_SHOWN:
        yield words["more"].format(len(terms) - _TERMS_SHOWN), "", "", "", ""


def _row(one: Explained, outcome: Outcome, tongue: Language, only_titles: bool) -> tuple[str, ...]:
    passage = one.passage
    name = passage.document.title if only_titles else passage.heading
    moved = _WORDS[tongue]["was"].format(one.found_at) if one.place != one.found_at else ""
    became = ", ".join(filter(None, (_OUTCOMES[tongue][outcome], in_force_name(tongue, passage.in_force), moved)))
    where = " › ".join(filter(None, (passage.document.uri, name)))
    return _place(one), where, f"{passage.score:.2f}", f"{passage.confidence:.2f}", became


def _place(one: Explained) -> str:
    return "-" if one.place is None else str(one.place)


def _parts(one: Explained, words: Mapping[str, str]) -> str:
    numbers = one.numbers
    parts = {name: getattr(numbers, name) for name in ("words", "context", "meaning", "boosts")}
    shown = [f"{words[name]} {worth:.2f}" for name, worth in parts.items() if worth]
    if numbers.meaning:
        how = words["guessed"] if numbers.cosine is None else f"{words['cosine']} {numbers.cosine:.2f}"
        shown.append(f"({how})")
    if one.reranked is not None:
        shown.append(f"· {words['reranked']} {one.reranked:.3g}")
    return " ".join(shown)


def _matched(one: Explained) -> str:
    return ", ".join(f"{matched.spelled.term} {matched.points:.2f}" for matched in one.matched)


def explained_data(why: Why, only_titles: bool) -> dict[str, Any]:
    """As --json prints it. The parts of a score add up to it."""
    said = why.explanation
    return {
        "readers": sorted(why.readers.principals),
        "limit": why.limit,
        "passages": said.passages,
        "model": said.model,
        "terms": [
            {
                "term": term.spelled.term,
                "word": term.spelled.word,
                "instead_of": term.instead_of or None,
                "weight": term.weight,
                "df": term.df,
                "idf": round(term.idf, 4),
            }
            for term in said.terms
        ],
        "found": [_found(one, outcome, only_titles) for one, outcome in zip(said.explained, why.outcomes, strict=True)],
        "hidden": None if why.hidden is None else [_hidden(one) for one in why.hidden],
    }


def _found(one: Explained, outcome: Outcome, only_titles: bool) -> dict[str, Any]:
    passage, numbers = one.passage, one.numbers
    return {
        "place": one.place,
        "by_score": one.found_at,
        "outcome": outcome,
        "title": passage.document.title,
        "heading": None if only_titles else passage.heading,
        "uri": passage.document.uri,
        "source": passage.document.source,
        "in_force": in_force_data(passage.in_force),
        "readable_by": list(one.met),
        "score": round(passage.score, 4),
        "parts": {
            "words": round(numbers.words, 4),
            "context": round(numbers.context, 4),
            "meaning": round(numbers.meaning, 4),
            "boosts": round(numbers.boosts, 4),
        },
        "cosine": None if numbers.cosine is None else round(numbers.cosine, 4),
        "reranked": one.reranked,
        "confidence": round(passage.confidence, 4),
        "matched": {matched.spelled.term: round(matched.points, 4) for matched in one.matched},
    }


def _hidden(one: Hidden) -> dict[str, Any]:
    document = one.document
    return {
        "title": document.title,
        "uri": document.uri,
        "source": document.source,
        "readable_by": list(one.needs),
        "asker_alone": one.alone,
    }
