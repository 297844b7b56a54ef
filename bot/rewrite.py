"""The query for a follow-up question: by rule, without a model. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain import Question, Turn
from bot.policy import detect
from retrieval.text import query_terms

_LEANS_BACK = re.compile(
    r"^(?:그럼|그러면|그건|그게|그거|그 |그때|거기|이건|이거|반대로|만약|아니면|또|추가로"
    r"|and\b|what about|how about|then\b|but\b|is (?:it|that)|does (?:it|that)|what if|why\b)",
    re.IGNORECASE,
)
_FEW_TERMS = 3


def rewrite(question: Question, thread: Sequence[Turn]) -> str:
    """The question itself; if it leans on what was said before (by its first words, or because it says too little to
    be searched for), together with the question before it. Without identifiers and secrets: whose number it is says
    nothing of what is asked."""
    asked = _without_identifiers(question.text)
    before = next((turn.question for turn in reversed(thread) if turn.question), None)
    short = len(query_terms(asked)) <= _FEW_TERMS
    if before and (short or _LEANS_BACK.match(asked)):
        # This question first: a search reads only so many terms, and a long one before must not push it out.
        return f"{asked}\n{_without_identifiers(before)}"
    return asked


def _without_identifiers(text: str) -> str:
    """The text with a space for each finding; the text as it is where nothing would be left to search for."""
    kept, end = "", 0
    for finding in detect.find(text):
        if finding.kind in detect.ABOUT:
            continue  # what is asked about is what is searched for
        kept += text[end : max(end, finding.start)] + " "
        end = max(end, finding.end)
    kept += text[end:]
    return kept if query_terms(kept) else text
