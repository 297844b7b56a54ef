"""What the Home tab says. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.subjects import Scope
from bot.words import Language

SENTENCES: Mapping[Language, Mapping[str, str]] = {
    "ko": {
        "intro": "저는 사람이 아니라 기계(AI)이고, 회사 문서에서 찾아 답합니다. 방에서 저를 멘션하거나, "
        "메시지 탭에서 바로 물어보세요.",
        "held": "나에 대해 남은 것",
        "numbers": "• 물은 질문 **{questions}개**, 그 가운데 글까지 남은 것 **{texts}개**\n"
        "• 답에 남긴 의견 **{opinions}개**",
        "out_of": "• 빠진 범위: **{names}**",
        "none": "없음",
        "opting": "빠지기",
        "out": "빠지기",
        "in": "다시 넣기",
        "sure": "정말 빠질까요?",
        "yes": "네",
        "no": "아니요",
        "within": "_모두에서 빠져 있습니다._",
        "training": "☐ **내 질문과 답을 사내 모델 학습에 쓰기** · 모든 사람에게 꺼져 있고, 지금은 켤 수 없습니다. "
        "켤 수 있게 되어 당신이 켜면, 검토자가 승인한 당신의 질문과 답만 사내 모델을 가르치는 데 쓰고, "
        "끄면 그것으로 배운 모델을 내립니다.",
        "sources": "읽을 수 있는 소스",
        "source": "• **{name}** · 문서 {documents}개",
        "more": "• 그 밖에 {count}개",
        "no_sources": "DM에서 당신이 읽을 수 있는 문서가 아직 없습니다.",
        "helps": "도움말",
        "help": "• `/naru why` 마지막 답이 왜 그렇게 처리됐는지\n"
        "• 질문을 고치면 다시 답하고, 지우면 답도 지웁니다.\n• 👍 👎 로 의견을 남기면 답이 나아집니다.",
        "version": "안내 {version}",
        "admin": "관리자에게만 보입니다",
        "failed": "요청하신 것을 하지 못했습니다: ‘{what}’. `/naru optout` 으로 다시 해 보거나, "
        "나루를 관리하는 사람에게 말해 주세요.",
    },
    "en": {
        "intro": "I am a machine (AI), no person, and answer from the company's documents. Mention me in a room, "
        "or just ask on the Messages tab.",
        "held": "What is stored of you",
        "numbers": "• Questions asked: **{questions}**, of which with their text: **{texts}**\n"
        "• Opinions on answers: **{opinions}**",
        "out_of": "• Opted out of: **{names}**",
        "none": "nothing",
        "opting": "Opting out",
        "out": "Opt out",
        "in": "Opt in again",
        "sure": "Opt out?",
        "yes": "Yes",
        "no": "No",
        "within": "_You are opted out of everything._",
        "training": "☐ **Train the company's own model with my questions and answers** · Off for everyone, and it "
        "cannot be turned on yet. Once it can and you do, only questions and answers of yours that a reviewer approved "
        "teach the company's own model; turned off again, models that learned from them are taken out of service.",
        "sources": "Sources that you may read",
        "source": "• **{name}** · {documents} documents",
        "more": "• and {count} more",
        "no_sources": "There is no document yet that you may read in a direct message.",
        "helps": "Help",
        "help": "• `/naru why` why your last answer took its way\n"
        "• Edit a question and it is answered again; delete it and the answer goes too.\n"
        "• 👍 👎 tell us what to make better.",
        "version": "Notice {version}",
        "admin": "Only admins see this",
        "failed": "What you asked for was not done: '{what}'. Try `/naru optout`, or tell whoever runs Naru.",
    },
}

SCOPES: Mapping[Language, Mapping[Scope, tuple[str, str]]] = {
    "ko": {
        Scope.CLOUD: ("클라우드", "내 글을 클라우드 모델에 보내지 않습니다. 사내 모델이나 원문 인용으로 답합니다."),
        Scope.RECORD: ("기록", "앞으로 내 질문과 그 답의 글을 남기지 않습니다. 이어서 물으면 앞 대화를 모릅니다."),
        Scope.TRAIN: ("학습", "학습이 시작되더라도 내 글은 쓰지 않습니다."),
        Scope.ALL: ("모두", "위의 세 가지에서 모두 빠지고, 이미 남은 내 글도 지웁니다."),
    },
    "en": {
        Scope.CLOUD: ("Cloud", "My text is not sent to the cloud model. The on-prem model answers, or a quotation."),
        Scope.RECORD: ("Record", "From now on the text of my questions and their answers is not kept. Follow-ups then "
                       "know nothing of what was said before."),
        Scope.TRAIN: ("Training", "Should training begin, my text is not used for it."),
        Scope.ALL: ("Everything", "All three of the above, and what is stored of my text already is erased."),
    },
}  # fmt: skip
"""What each scope is called, and what opting out of it does; at most 300 characters, as a dialog takes them."""
