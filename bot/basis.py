"""On what an answer rests: the company's documents, or only what was said around the question. By rule. Pure.

A summary of a thread, a translation of what stands above and a draft from it need no document, and a search for them
would find what has nothing to do with it. Where somebody asks for a document at all, documents are searched.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Basis(StrEnum):
    """CONVERSATION: what was said before, and what the question brings itself; EXAMPLES: approved answers as well, and
    still no document. Where it is not DOCUMENTS, nothing is cited, and the answer says so."""

    DOCUMENTS = "documents"
    EXAMPLES = "examples"
    CONVERSATION = "conversation"


_TASK = re.compile(
    r"요약|간추|정리|번역|옮겨|(?:영어|한국어|국문|영문|일본어|중국어)로(?!\s?(?:답|대답|말|알려|설명))|초안|답장|회신"
    r"|(?:메일|공지|글|문장)[을를]?\s?(?:써|작성)|작성해|다듬|고쳐\s?(?:써|줘|주)"
    r"|\bsumm?ar(?:y|i[sz]e)|\btl;?\s?dr\b|\brecap\b|\btranslat|\b(?:into|to) (?:english|korean|japanese|chinese)\b"
    r"|\bdraft|\brephrase|\brewrite|\bproofread|\bwrite (?:a|an|the|me)\b|\baction items\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"줘|줄래|주[세시실십]|줄 수|달라|부탁|바랍니다|바람|해라|하자|할래"
    r"|(?:요약|번역|정리|초안|답장|회신|로)(?:본|문|만)?\s*[.!~]*\s*\Z"
)
"""In Korean a task is asked for so; otherwise it is only talked about."""
_ASKS_HOW = re.compile(r"\s*(?:how|where|who|when|why|which|does|is|are|do|should|may) ", re.IGNORECASE)
_NOTHING_ELSE = re.compile(
    r"해|[세네두]\s?줄|로|을|를|좀|간단히|짧게|줘|주세요|주시겠어요|부탁|드립니다|드려요|합니다|\b(?:please|this|it|that|can|could|you|in|the)\b"
    r"|[\W\d_]",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"(?:이|위|위의|앞|앞의|여기|현재|지금)\s?(?:스레드|쓰레드|글타래|대화|논의|토론)"
    r"|(?:위|앞|방금|직전|아까|지난|마지막)(?:의|에|에서)?\s?(?:나온|나눈|쓴|한|하신|말한|적은)?\s?(?:내용|글|답변|답|대화|메시지|말씀|말|이야기|얘기|논의|질문)"
    r"|윗글|위(?:를|에 것)|(?:네|너의|나루의?)\s?(?:답변|답|말)|그 (?:답변|답|대화|메시지)"
    r"|(?:지금|여기)까지\s?(?:의|나온|나눈|한|말한)?\s?(?:대화|이야기|얘기|논의|내용|말|글|메시지|것)"
    r"|\b(?:this|the|our|whole|entire|above) (?:thread|conversation|discussion|chat|exchange)\b"
    r"|\b(?:above|so far)\b|\b(?:your|that|the|last|previous) (?:last |previous )?(?:answer|reply|message)\b"
    r"|\bwhat (?:we|you|they|was|has been) (?:have |just )?(?:said|discussed|wrote|decided)\b",
    re.IGNORECASE,
)
_HANGUL = re.compile(r"[가-힣]")
_BROUGHT = re.compile(r"(?:[:：]\s*|\n\s*|[\"“‘「『])\S.{11,}", re.DOTALL)
_BEHIND = re.compile(r"[\"”’」』\n]")
_DOCUMENTS = re.compile(
    r"규정|지침|정책|내규|매뉴얼|편람|핸드북|취업규칙|사규|위키|(?:사내|회사)\s?문서|문서(?:에서|를 찾|에 따|들)"
    r"|\b(?:polic(?:y|ies)|guidelines?|handbook|manual|wiki|documents?|docs)\b",
    re.IGNORECASE,
)


def basis(text: str, spoken_before: bool) -> Basis:
    """text: the question. spoken_before: whether anything was said before it in its thread."""
    brought = _BROUGHT.search(text)
    asked = text[: brought.start()] if brought else text
    if brought and not _asks(asked):
        # What is asked for may stand behind what it is about, too.
        asked = _BEHIND.split(text)[-1] if _BEHIND.search(text) else ""
    if not _asks(asked) or _DOCUMENTS.search(asked):
        return Basis.DOCUMENTS
    about = _AROUND.search(asked) or not _NOTHING_ELSE.sub("", _TASK.sub("", asked))
    return Basis.CONVERSATION if brought or (spoken_before and about) else Basis.DOCUMENTS


def _asks(text: str) -> bool:
    """Whether it asks for a task: a question about how one is done does not."""
    if not _TASK.search(text):
        return False
    return bool(_REQUEST.search(text)) if _HANGUL.search(text) else not _ASKS_HOW.match(text)


def may_need_thread(text: str) -> bool:
    """Whether the messages around the question have to be read to answer it."""
    return basis(text, spoken_before=True) is Basis.CONVERSATION
