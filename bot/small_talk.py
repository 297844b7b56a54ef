"""What is no question: it gets a reaction or a hint, and no model is called. Pure."""

from __future__ import annotations

import re
from enum import Enum, auto

_THANKS = re.compile(
    r"(?:정말|너무|오|아|네|넵)?\s*"
    r"(?:고마워요?|고맙습니다|감사합니다|감사해요|감사|땡큐|ㄳ|ㄱㅅ|thanks?(?: you| a lot| so much)?|thx|ty)"
    r"(?:요|드립니다)?",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"(?:ㅇㅇ|ㅇㅋ|ㄴㄴ|ㅎㅎ+|ㅋㅋ+|네+|넵+|예|응+|아+|오+|음+|안녕(?:하세요)?|hi|hello|hey|ok(?:ay)?|yes|no|test|테스트)?",
    re.IGNORECASE,
)
_EMOJI = re.compile(r":[^\s:]+:")
"""As Slack sends one that was picked or typed."""
_AROUND = " \t\n.,!?~^…:;-_*'\"()[]💙❤️🙏👍😊🙂"


class SmallTalk(Enum):
    """THANKS: a reaction says enough. NOTHING: there is nothing to search for; a hint says how to ask."""

    THANKS = auto()
    NOTHING = auto()


def small_talk(text: str) -> SmallTalk | None:
    """None for a question. Anything that goes on after the courtesy is a question."""
    words = _EMOJI.sub(" ", text).strip(_AROUND)
    if _NOTHING.fullmatch(words) or not any(map(str.isalnum, words)):
        return SmallTalk.NOTHING
    return SmallTalk.THANKS if _THANKS.fullmatch(words) else None
