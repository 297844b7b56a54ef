"""The query for a follow-up question: by rule, without a model. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain import Question, Turn
from retrieval.text import query_terms

_LEANS_BACK = re.compile(
    r"^(?:그럼|그러면|그건|그게|그거|그 |그때|거기|이건|이거|반대로|만약|아니면|또|추가로"
    r"|and\b|what about|how about|then\b|but\b|is (?:it|that)|does (?:it|that)|what if|why\b)",
    re.IGNORECASE,
)
_FEW_TERMS = 3


def rewrite(question: Question, thread: Sequence[Turn]) -> str:
    """The question itself; if it leans on what was said before (by its first words, or because it says too little to
    be searched for), with the question before it in front."""
    before = next((turn.question for turn in reversed(thread) if turn.question), None)
    short = len(query_terms(question.text)) <= _FEW_TERMS
    if before and (short or _LEANS_BACK.match(question.text)):
        return f"{before}\n{question.text}"
    return question.text
