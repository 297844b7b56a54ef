"""What Naru itself says to people, in the language of their question. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from bot.cloud_budget import Scope, State
from bot.domain import Route
from bot.words_learning import LEARNING
from retrieval.parse import UnreadableFault, Why
from retrieval.passage import InForce, Place
from retrieval.text import LANGUAGES, language

Language = Literal["ko", "en"]

_ROUTES = {
    "ko": {
        Route.CLOUD: "클라우드 모델(cloud)",
        Route.ON_PREM: "사내 모델(on_prem)",
        Route.QUOTE: "원문 인용(quote)",
        Route.REFUSE: "내용 비공개(refuse)",
    },
    "en": {
        Route.CLOUD: "the cloud model (cloud)",
        Route.ON_PREM: "the on-prem model (on_prem)",
        Route.QUOTE: "a quotation (quote)",
        Route.REFUSE: "no content (refuse)",
    },
}

_PLACES: Mapping[Language, Mapping[str, tuple[str, str]]] = {
    "ko": {"page": ("{}쪽",) * 2, "slide": ("슬라이드 {}",) * 2, "row": ("{}행",) * 2},
    "en": {"page": ("page {}", "pages {}"), "slide": ("slide {}", "slides {}"), "row": ("row {}", "rows {}")},
}

_HOLDS: Mapping[Language, Mapping[str, str]] = {
    "ko": {"now": "{} 시행", "later": "{} 시행 예정", "before": "옛 판, {} 시행"},
    "en": {"now": "in force {}", "later": "not in force yet, {}", "before": "no longer in force, {}"},
}
_HOLDS_UNDATED: Mapping[Language, Mapping[str, str]] = {
    "ko": {"now": "지금 판", "later": "아직 시행 전", "before": "옛 판"},
    "en": {"now": "the current version", "later": "not in force yet", "before": "no longer in force"},
}
_DAYS: Mapping[Language, tuple[str, str, str]] = {
    "ko": ("{first}부터", "{last}까지", "{first}부터 {last}까지"),
    "en": ("from {first}", "until {last}", "from {first} to {last}"),
}

_SENTENCES = {
    "ko": {
        **LEARNING["ko"],
        "unknown": "모르겠습니다. 읽을 수 있는 문서에서 답을 찾지 못했습니다.",
        "ask": " {owner} 에 물어보세요.",
        "closest": "가까운 문서:",
        "quoted": "_모델 없이 원문을 그대로 옮겼습니다. 정책이 고른 곳: {routes}._",
        "quoted_shadow": "_모델 없이 원문을 그대로 옮겼습니다._",
        "nothing_quoted": "이 일에는 모델이 필요하고 옮길 문서도 없습니다. 정책이 고른 곳: {routes}.",
        "nothing_quoted_shadow": "이 일에는 모델이 필요하고 옮길 문서도 없습니다.",
        "no_document": "_회사 문서를 쓰지 않고 이 대화만으로 썼습니다._",
        "said_partly": "_스레드의 앞선 메시지 {unheard}개는 길어서 읽지 않았습니다._",
        "shadow_nowhere": "_시험 운영(shadow) 중입니다. 정책대로라면 이 질문은 어느 모델에도 보내지 않습니다._",
        "shadow": "_시험 운영(shadow) 중이라 모델에는 아무것도 보내지 않았습니다. 정책이 보냈을 곳: {route}._",
        "base_model": "_{model} 모델이 사내 서버에 올라와 있지 않아 기본 모델이 답했습니다._",
        "models_missing": "policy.toml 의 도메인 모델이 사내 서버에 없어 기본 모델이 대신 답합니다: {models}.",
        "read_partly": "_모델이 한 번에 읽기에 길어, 찾은 부분 {found}개 가운데 {read}개만 읽고 답했습니다._",
        "other_language": "_모델이 질문과 다른 언어로 답했습니다._",
        "unconnected": "연결되어 있지 않음",
        "spent": "오늘 예산을 다 씀",
        "spent_instead": "_클라우드 모델의 오늘 예산을 다 써서 사내 모델이 답했습니다._",
        "budget_near": "{day} 클라우드 모델 예산({whose})의 {share}%를 썼습니다. 다 쓰면 그 몫의 질문은 사내 모델이나 "
        "원문 인용으로 답합니다: `naru report costs`.",
        "budget_at": "{day} 클라우드 모델 예산({whose})을 다 썼습니다. 그 몫의 질문은 내일까지 사내 모델이나 원문 "
        "인용으로 답합니다: `naru report costs`.",
        "busy": "먼저 온 질문이 많음",
        "late": "_죄송합니다. 먼저 온 질문이 많아 차례가 오지 않았습니다. 잠시 뒤에 다시 물어봐 주세요._",
        "before_you": "먼저 온 질문 {before}개에 답하고 있어요…",
        "you_are_next": "다음 차례예요…",
        "silent": "응답하지 않음",
        "withheld": "이 대화에는 내용을 보일 수 없는 문서가 있습니다. 문서에서 직접 확인하세요:",
        "changed": "답하는 사이에 문서나 읽기 권한이 바뀌어 답을 보일 수 없습니다. 다시 물어봐 주세요.",
        "differs": "문서끼리 다릅니다: {what}",
        "uncited": "_답에 출처 번호가 없어, 모델이 읽은 문서를 모두 적습니다._",
        "way": "경로: {route} · 등급: {level} ({kinds}) · /why",
        "only_titles": "_다른 사람의 눈으로 볼 때는 제목만 보입니다._",
        "line": "{route}{instead} · 등급 {level}{kinds} · 자세히는 `/naru why`",
        "instead": ", {routes} 대신",
        "cut": "_답이 길어 여기까지만 보입니다. 나머지는 문서에서 확인하세요._",
        "looking": "찾아보는 중이에요…",
        "writing": "쓰는 중이에요…",
        "heard": "알겠습니다. 곧 보여 드릴게요.",
        "reindexing": "다시 색인하는 중",
        "in_dm": "진행 상황은 저와의 DM에 보여 드릴게요.",
        "no_source": "아직 소스가 없습니다: `naru source add`.",
        "unknown_source": "‘{source}’라는 소스는 없습니다. 있는 소스: {known}.",
        "hint": "무엇이 궁금한지 한 문장으로 적어 주세요. 예: “연차는 며칠인가요?”",
        "too_long": "질문이 너무 깁니다. {longest}자까지 읽을 수 있으니, 한 가지만 묻거나 붙여 넣은 글을 줄여 주세요.",
        "apology": "죄송합니다. 지금은 답하지 못했습니다. 잠시 뒤에 다시 물어봐 주세요.",
        "withdrawn": "질문이 지워져 답도 지웠습니다.",
        "thanks": "의견을 기록했습니다. 고맙습니다.",
        "gone": "그 답은 이제 없습니다. 다시 물어봐 주세요.",
        "more_alone": "이 방에는 보일 수 없지만 당신은 읽을 수 있는 문서가 더 있습니다. (당신에게만 보입니다.)",
        "ask_alone": "DM으로 답 받기",
        "alone_there": "DM으로 답합니다.",
        "taken_back": "회수되었습니다",
        "ask_again": "다시 묻기",
        "ask_later": "모델이 돌아오면 요약",
        "later": "모델이 아직 응답하지 않습니다. 돌아오면 여기에 요약합니다.",
        "again_yourself": "그 질문의 글이 남아 있지 않거나 다른 분의 질문입니다. 직접 다시 물어봐 주세요.",
        "alone_again": "질문의 글이 남아 있지 않습니다. DM으로 다시 물어봐 주세요.",
        "good": "👍 도움이 됐어요",
        "bad": "👎 아쉬워요",
        "form": "답에 대한 의견",
        "send": "보내기",
        "close": "닫기",
        "reason": "무엇이 아쉬웠나요?",
        "better": "더 나은 답을 아신다면 적어 주세요",
        "opinion_away": "이차 판정 모델이 답하지 않아, 그동안 어떤 질문도 클라우드로 가지 않습니다 ({why})",
        "opinion_back": "이차 판정 모델이 다시 답합니다. 질문이 다시 클라우드로 갈 수 있습니다.",
        "file_hint": "파일만 왔습니다. 파일을 올리는 메시지에 질문도 함께 적어 주세요. 예: “위약금은 얼마인가요?”",
        "attached_unread": "_첨부한 {name} 은(는) 읽지 못했습니다: {why}_",
        "attached_too_many": "_첨부한 {name} 은(는) 읽지 않았습니다: 한 번에 파일 {most}개까지 읽습니다._",
        "attached_trouble": "_첨부한 {name} 을(를) 지금 읽지 못했습니다. 잠시 뒤에 다시 물어봐 주세요._",
        "attached_partly": "_첨부한 {name} 에서 질문과 가까운 부분(약 {share}%)만 읽었습니다._",
        "attached_pictures": "_첨부한 {name} 의 {pages}쪽은 글자가 없는 그림이라 읽지 못했습니다._",
        "opt_out_user": "*내 글을 어디에 쓰지 않을지* 고르세요. 다음 질문부터 적용되고, 언제든 되돌릴 수 있습니다.",
        "opt_out_room": "*이 방에서 묻는 모든 것을 어디에 쓰지 않을지* 고르세요. 다음 질문부터 바로 적용됩니다.",
        "opt_out_of_cloud": "*cloud* 클라우드 모델에 보내지 않습니다. 사내 모델이나 원문 인용으로 답합니다.",
        "opt_out_of_record": "*record* 질문과 답의 글을 저장하지 않습니다. 이어서 묻는 질문은 앞의 글을 모릅니다.",
        "opt_out_of_train": "*train* 학습 자료로 쓰지 않습니다.",
        "opt_out_of_all": "*all* 위 셋 모두에 더해, 지금까지 저장된 것을 지웁니다. 지운 것은 되돌릴 수 없습니다.",
        "opt_out_do": "거부하기",
        "opt_out_undo": "거부 취소",
        "opt_out_sure_back": "다음 질문부터 다시 쓰일 수 있습니다. 이미 지운 것은 돌아오지 않습니다.",
        "opt_out_yes": "네",
        "opt_out_no": "아니요",
        "opt_out_done": "적용되었습니다 ({scope}). 접수증은 DM으로 보냈습니다.",
        "opt_out_undone": "거부를 취소했습니다 ({scope}).",
        "opt_out_managers": "방의 거부는 방을 만든 사람이나 관리자만 정합니다. 본인 것은 `/naru optout` 입니다.",
        "receipt": "*접수증* {receipt}: {since}부터 {scope} 거부가 적용됩니다.",
        "receipt_open": "아직 처리 중이며 늦어도 {day} 까지 결과를 알려 드립니다.",
        "receipt_done": "처리가 끝났습니다.",
        "receipt_held": "법에 따라 보존해야 하는 동안은 지우지 못합니다.",
        "receipt_due": "처리되지 않은 거부 접수증 {receipt} 의 기한이 {day} 입니다: `naru optout receipt {receipt}`.",
        "copy": "가린 사본",
        "copy_note": "이 글을 복사해 쓰세요. ⟦ ⟧ 안은 가린 값이니 그대로 두세요. "
        "받은 답을 아래에 붙여 넣으면 값을 되돌립니다. 당신만 볼 수 있습니다.",
        "copy_reply": "받은 답",
        "copy_restore": "되돌리기",
        "copy_restored": "되돌린 글",
        "copy_late": "화면을 열 시간이 지났습니다. 메시지의 메뉴에서 ‘가린 사본’을 다시 눌러 주세요.",
        "copy_empty": "이 메시지에는 글이 없습니다.",
        "masked": "⟦비공개⟧",
        "also": "같은 내용: {titles}",
        "also_more": "같은 내용: {titles} 외 {more}건",
        "link": "(링크 생략)",
    },
    "en": {
        **LEARNING["en"],
        "unknown": "I don't know. No document that may be read here answers this.",
        "ask": " Ask {owner}.",
        "closest": "The closest documents:",
        "quoted": "_Quoted word for word, without a model. The policy chose {routes}._",
        "quoted_shadow": "_Quoted word for word, without a model._",
        "nothing_quoted": "This takes a model, and there is no document to quote. The policy chose {routes}.",
        "nothing_quoted_shadow": "This takes a model, and there is no document to quote.",
        "no_document": "_No company document used: written from this conversation alone._",
        "said_partly": "_The thread is long: {unheard} of its earlier messages were not read._",
        "shadow_nowhere": "_Shadow mode: the policy would have sent this question to no model._",
        "shadow": "_Shadow mode: nothing was sent to a model. The policy would have sent it to {route}._",
        "base_model": "_The base model answered, because {model} is not loaded on the on-prem server._",
        "models_missing": "Domain models of policy.toml are not on the on-prem server, and its base model answers for "
        "them: {models}.",
        "read_partly": "_Together they are longer than the model reads, so it read {read} of {found} passages._",
        "other_language": "_The model answered in another language than the question's._",
        "unconnected": "not connected",
        "spent": "today's budget is used up",
        "spent_instead": "_Today's budget of the cloud model is used up, so the on-prem model answered._",
        "budget_near": "{share}% of the cloud model's budget {whose} are used on {day}. Once it is used up the on-prem "
        "model answers there, or documents are quoted: `naru report costs`.",
        "budget_at": "The cloud model's budget {whose} is used up on {day}. Until tomorrow the on-prem model answers "
        "there, or documents are quoted: `naru report costs`.",
        "busy": "too many questions before it",
        "late": "_Sorry: too many questions came before yours, so its turn did not come. Ask again in a moment._",
        "before_you": "{before} before you…",
        "you_are_next": "You are next…",
        "silent": "no answer",
        "withheld": "Some documents may not be shown in this conversation. Please open them yourself:",
        "changed": "The documents or the right to read them changed meanwhile, so this answer cannot be shown. "
        "Please ask again.",
        "differs": "The documents differ: {what}",
        "uncited": "_The answer cites no passage, so every document that the model read is listed._",
        "way": "way: {route} · level: {level} ({kinds}) · /why",
        "only_titles": "_With another's eyes only titles are shown._",
        "line": "{route}{instead} · level {level}{kinds} · more with `/naru why`",
        "instead": ", instead of {routes}",
        "cut": "_The answer is longer than a message may be. The documents hold the rest._",
        "looking": "Looking…",
        "writing": "Writing…",
        "heard": "All right, one moment.",
        "reindexing": "Re-indexing",
        "in_dm": "The progress stands in your direct messages with me.",
        "no_source": "There is no source yet: `naru source add`.",
        "unknown_source": "There is no source '{source}'; there is {known}.",
        "hint": "Tell me in a sentence what you want to know, for example: “How many days of leave do I have?”",
        "too_long": "The question is too long: I read up to {longest} characters. Ask for one thing, and shorten the "
        "text that it is about.",
        "apology": "Sorry, there is no answer right now. Please ask again in a moment.",
        "withdrawn": "The question was deleted, and so was the answer.",
        "thanks": "Your feedback is recorded. Thank you.",
        "gone": "That answer is not there any more. Please ask again.",
        "more_alone": "There is more that you may read and this room may not be shown. (Only you see this message.)",
        "ask_alone": "Answer me in a direct message",
        "alone_there": "The answer comes in our direct message.",
        "taken_back": "Withdrawn",
        "ask_again": "Ask again",
        "ask_later": "Summarise when it is back",
        "later": "The model does not answer yet. Once it does, the summary comes here.",
        "again_yourself": "The text of that question was not kept, or it is somebody else's. Please ask it yourself.",
        "alone_again": "The text of your question was not kept. Please ask it again in a direct message.",
        "good": "👍 Helpful",
        "bad": "👎 Not helpful",
        "form": "About this answer",
        "send": "Send",
        "close": "Close",
        "reason": "What was wrong with it?",
        "better": "If you know a better answer, write it here",
        "opinion_away": "The second opinion is away, and no question goes to the cloud meanwhile ({why})",
        "opinion_back": "The second opinion is back: questions may go to the cloud again.",
        "file_hint": "Only a file came. Write what you want to know in the message that carries the file, for example: "
        "“What is the penalty?”",
        "attached_unread": "_An attached file could not be read: {why}_",
        "attached_too_many": "_The attached {name} was not read: I read up to {most} files at a time._",
        "attached_trouble": "_The attached {name} could not be read just now. Please ask again in a moment._",
        "attached_partly": "_Of the attached {name} only the parts closest to the question were read, about {share}%._",
        "attached_pictures": "_{pages} pages of the attached {name} are pictures without text and were not read._",
        "opt_out_user": "Choose *what your text is not to be used for*. It holds from the next question on, and can "
        "be taken back at any time.",
        "opt_out_room": "Choose *what anything asked in this room is not to be used for*. It holds from the next "
        "question on.",
        "opt_out_of_cloud": "*cloud* Nothing goes to the cloud model. The on-prem model or a quotation answers.",
        "opt_out_of_record": "*record* The text of questions and answers is not kept. A follow-up does not know what "
        "came before.",
        "opt_out_of_train": "*train* Nothing becomes training data.",
        "opt_out_of_all": "*all* All three, and what was kept so far is erased. What is erased does not come back.",
        "opt_out_do": "Opt out",
        "opt_out_undo": "Take back",
        "opt_out_sure_back": "From the next question on it may be used again. What was erased does not come back.",
        "opt_out_yes": "Yes",
        "opt_out_no": "No",
        "opt_out_done": "It is in force ({scope}). The receipt is in your direct messages.",
        "opt_out_undone": "The opt-out is taken back ({scope}).",
        "opt_out_managers": "Only whoever made a room, or an admin, can opt it out. For yourself: `/naru optout`.",
        "receipt": "*Receipt* {receipt}: you have opted out of {scope} since {since}.",
        "receipt_open": "It is being worked on; you hear what came of it by {day}.",
        "receipt_done": "Everything is done.",
        "receipt_held": "Nothing is erased for as long as the law holds it.",
        "receipt_due": "The receipt {receipt} of an opt-out is not finished and is due on {day}: `naru optout receipt "
        "{receipt}`.",
        "copy": "Masked copy",
        "copy_note": "Copy this text. What stands in ⟦ ⟧ is hidden: leave it as it is. Paste the reply below, and the "
        "values come back. Only you see this.",
        "copy_reply": "The reply",
        "copy_restore": "Restore",
        "copy_restored": "Restored",
        "copy_late": "The time to open the form is over. Choose Masked copy in the message's menu once more.",
        "copy_empty": "There is no text in this message.",
        "masked": "⟦withheld⟧",
        "also": "the same in: {titles}",
        "also_more": "the same in: {titles} and {more} more",
        "link": "(link removed)",
    },
}


_WHOSE: Mapping[Language, Mapping[Scope, str]] = {
    "ko": {"all": "전체", "person": "한 사람 몫", "room": "한 방 몫"},
    "en": {"all": "for all", "person": "for one person", "room": "for one room"},
}
_ALSO = 3

_UNREAD_KO: Mapping[Why, str] = {
    "encrypted": "암호가 걸려 있습니다. 암호를 풀어 다시 올려 주세요.",
    "drm": "문서 보안(DRM)이 걸려 있습니다. 보안을 풀어 다시 올려 주세요.",
    "distribution": "배포용 HWP 문서라 보기만 할 수 있습니다. 작성자에게 원본을 받아 주세요.",
    "scanned": "글자가 없는 스캔 그림입니다. 글자 인식(OCR)을 한 파일을 올려 주세요.",
    "legacy": "예전 형식입니다. .docx, .xlsx, .pptx, .hwpx 로 저장해 다시 올려 주세요.",
    "unknown": "읽을 수 없는 종류입니다. PDF나 오피스 문서로 올려 주세요.",
    "empty": "내용이 비어 있습니다.",
    "binary": "글이 아닙니다.",
    "broken": "깨졌거나 이름과 다른 파일입니다. 원래 프로그램에서 다시 저장해 올려 주세요.",
    "too_big": "너무 큽니다. 나누어 올려 주세요.",
    "bomb": "압축을 풀면 너무 커지거나 안전하지 않은 구조입니다.",
    "too_slow": "읽는 데 너무 오래 걸립니다. 나누어 올려 주세요.",
    "too_much_memory": "읽는 데 메모리가 너무 많이 듭니다. 나누어 올려 주세요.",
    "link": "이 워크스페이스의 슬랙이 아닌 곳에 있습니다. 파일을 직접 올려 주세요.",
    "closed": "슬랙이 이 파일을 나루에게 주지 않습니다. 관리자는 앱의 files:read 권한을 확인해 주세요.",
    "away": "지금 슬랙에서 받을 수 없습니다. 지워졌거나 슬랙이 답하지 않습니다.",
}
"""What a person can do about a file of theirs; the parsers' own sentences speak English."""


def unread_name(tongue: Language, name: str, fault: UnreadableFault) -> str:
    """Why a file that came with a question could not be read."""
    korean = _UNREAD_KO.get(fault.why) if tongue == "ko" else None
    return say(tongue, "attached_unread", name=name, why=korean or str(fault))


def spoken(text: str) -> Language:
    """The language to answer in."""
    return "ko" if language(text) == "ko" else "en"


def say(tongue: Language, sentence: str, **words: str) -> str:
    return _SENTENCES[tongue][sentence].format(**words)


def both(sentence: str, **words: str) -> str:
    """In every language: for a command, which says too little to tell one by."""
    return " · ".join(say(tongue, sentence, **words) for tongue in LANGUAGES)


def place_name(tongue: Language, place: Place | None) -> str:
    """Where in its file a passage stands, as a citation says it; empty for None."""
    if place is None:
        return ""
    one, many = _PLACES[tongue][place.kind]
    if place.first == place.last:
        return one.format(place.first)
    return many.format(f"{place.first}–{place.last}")


def in_force_name(tongue: Language, in_force: InForce | None) -> str:
    """When a text holds, as a citation and a prompt say it; empty for None."""
    if in_force is None:
        return ""
    first, last = in_force.first, in_force.last
    if first is None and last is None:
        return _HOLDS_UNDATED[tongue][in_force.state]
    days = _DAYS[tongue][2 if first and last else 0 if first else 1].format(first=first, last=last)
    return _HOLDS[tongue][in_force.state].format(days)


def also_name(tongue: Language, titles: Sequence[str]) -> str:
    """Which other documents say the same, as a citation says it; empty for none."""
    if not titles:
        return ""
    named = ", ".join(titles[:_ALSO])
    more = len(titles) - _ALSO
    return say(tongue, "also_more", titles=named, more=str(more)) if more > 0 else say(tongue, "also", titles=named)


def budget_told(state: State, scope: Scope, day: date, share: float) -> str:
    """That a budget of that day is nearly used up, or is, in every language. share: from which on it is near."""
    return " · ".join(
        say(tongue, f"budget_{state}", whose=_WHOSE[tongue][scope], day=str(day), share=f"{100 * share:g}")
        for tongue in LANGUAGES
    )


def ahead_name(tongue: Language, before: int) -> str:
    """How many questions are before one that waits for a model."""
    return say(tongue, "before_you", before=str(before)) if before else say(tongue, "you_are_next")


def route_name(tongue: Language, route: Route) -> str:
    return _ROUTES[tongue][route]
