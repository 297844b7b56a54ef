"""What Naru says of learning, and to reviewers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

LEARNING: Mapping[Literal["ko", "en"], Mapping[str, str]] = MappingProxyType(
    {
        "ko": {
            "approved_answer": "**승인된 답** (“{question}”): {answer}",
            "learn": "나루가 이 질문과 의견에서 배워도 됩니다",
            "learn_label": "나루의 학습",
            "learn_means": "검토자가 읽고 승인한 것만 배우며, 언제든 거둘 수 있습니다.",
            "learns": "고맙습니다. 검토자가 읽고 승인하면 나루가 여기서 배웁니다.",
            "learn_not": "배우지 않게 하기",
            "review_none": "검토할 것이 없습니다.",
            "review_left": "남은 것 {left}",
            "review_split": "의견이 갈립니다.",
            "review_second": "{needed}명 가운데 {approved}명이 승인했습니다.",
            "review_changed": "근거 문서가 바뀌어 승인할 수 없습니다.",
            "review_approve": "승인",
            "review_edit": "고쳐서 승인",
            "review_discard": "버리기",
            "review_next": "다음",
            "review_form": "고쳐서 승인",
            "review_question": "질문",
            "review_answer": "답",
            "review_approved": "승인했습니다. 다음 질문부터 모델이 본보기로 삼습니다.",
            "review_one_more": "승인했습니다. 다른 검토자 한 명이 같은 글을 승인해야 쓰입니다.",
            "review_discarded": "버렸습니다.",
            "review_who": "관리자와 소스 담당자만 검토합니다.",
            "review_waits": "나루가 배워도 되는지 검토를 기다리는 답이 {left}건 있습니다. 하나에 30초면 됩니다: "
            "`/naru review`.",
        },
        "en": {
            "approved_answer": "**Approved answer** (“{question}”): {answer}",
            "learn": "Naru may learn from my question and what I said",
            "learn_label": "Learning",
            "learn_means": "Only what a reviewer reads and approves. You can take it back any time.",
            "learns": "Thank you. Naru learns from it once a reviewer has read and approved it.",
            "learn_not": "Naru may not learn from it",
            "review_none": "Nothing waits for you.",
            "review_left": "{left} left",
            "review_split": "People do not agree about this answer.",
            "review_second": "{approved} of {needed} reviewers have approved it.",
            "review_changed": "The documents beneath it have changed, so it cannot be approved.",
            "review_approve": "Approve",
            "review_edit": "Edit",
            "review_discard": "Discard",
            "review_next": "Next",
            "review_form": "Edit",
            "review_question": "Question",
            "review_answer": "Answer",
            "review_approved": "Approved: the models are shown it from the next question on.",
            "review_one_more": "Approved. One more reviewer has to approve the same words.",
            "review_discarded": "Discarded.",
            "review_who": "Admins and the owners of sources review.",
            "review_waits": "{left} answers wait for a review of whether Naru may learn from them, 30 seconds each: "
            "`/naru review`.",
        },
    }
)
