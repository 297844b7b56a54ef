"""Where texts of people lie, and what erases each of them.

Every column of text or bytes in every table stands here, by what erases it or by why it needs nothing:
tests/integration/test_forget_registry.py compares with the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.forget import asked, documents, kept
from bot.forget.reach import Step
from bot.forget.reviews import reviews

STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "placeholders": kept.placeholders,  # while the questions still say whose thread it is
        "costs": kept.costs,  # and who else asked in a room
        "reviews": reviews,  # and what they became
        "opinions": asked.opinions,
        "asked": asked.forget,
        "shown": kept.shown,
        "samples": kept.samples,
        "events": kept.events,
        "passages": documents.passages,
        "titles": documents.titles,
        "pushed": documents.texts,
    }
)
"""In the order in which they are done."""

_KEY = "a keyed pseudonym: says nobody's name, and goes with its row"
_OURS = "a word of Naru's own"
_DIGEST = "a digest"
_RECORD = "is the record of the opt-out itself, which must outlive what it erases; sealed"
_CONFIG = "what the company's settings say"

ERASED: Mapping[str, str] = MappingProxyType(
    {
        "question.text": "asked",
        "answer.text": "asked",
        "feedback.reason": "opinions",
        "feedback.better": "opinions",
        "review.pair": "reviews",
        "inbox.body": "events",
        "inbox.finished": "events",
        "placeholder.value": "placeholders",
        "cloud_use.key": "costs",
        "egress_sample.payload": "samples",
        "posted.channel": "shown",
        "posted.ts": "shown",
        "posted.asker": "shown",
        "passage.heading": "passages",
        "passage.text": "passages",
        "document.title": "titles",
        "pushed.text": "pushed",
    }
)
"""Column: the step of STEPS that erases it."""

EXEMPT: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("question.thread", "question.room", "question.asker", "question.operator", "feedback.person",
             "review.person", "review.reviewer",
             "inbox.thread", "placeholder.thread", "opt_out.subject", "legal_hold.subject", "audit.actor",
             "audit.subject", "noticed.person", "run.by", "forgetting.subject"),
            _KEY,
        ),
        **dict.fromkeys(
            ("decision.policy", "decision.routes", "answer.prompt_version", "erasure.chain", "audit_seal.hash",
             "audit_seal.previous", "policy_version.hash", "push_token.sha256", "document.sha256", "noticed.version",
             "tombstone.key", "audit_seal.marks", "audience.digest", "answer.passages"),
            _DIGEST,
        ),
        **dict.fromkeys(
            ("answer.route", "feedback.verdict", "review.verdict", "inbox.kind", "inbox.state", "inbox.outcome",
             "placeholder.name", "posted.why", "opt_out.kind", "opt_out.scope", "audit.kind", "source.kind",
             "run.state", "run.fault",
             "passage.language", "passage.place", "corpus.language", "audience_passages.language", "model.state",
             "pushed.format", "document.problem_kind", "erasure.kind", "forgetting.step", "forgetting.after",
             "cloud_use.scope"),
            _OURS,
        ),
        **dict.fromkeys(
            ("decision.domain_model", "answer.model", "source.name", "source.location", "source.readers", "source.link",
             "source.owner", "source.schedule", "source.problem", "model.name", "model.revision", "model.languages",
             "update_budget.team"),
            _CONFIG,
        ),
        **dict.fromkeys(("opt_out.sealed", "receipt.sealed", "legal_hold.sealed", "forgetting.sealed"), _RECORD),
        "inbox.key": "Slack's ids of an event, needed to know it when it is delivered twice; goes after inbox_days",
        "inbox.channel": "Slack's id of a conversation; goes after inbox_days",
        "inbox.placeholder": "the time of a message; goes after inbox_days",
        "policy_version.content": "policy.toml as it was in force: the company's, and sealed",
        "policy_version.author": "who changed the policy: an official act of the company's",
        "document.uri": "names a file at its source, by which it is known again; its owner must rename it (receipt)",
        "document.version": "what the source calls a version; no text",
        **dict.fromkeys(("document.readers", "audience.readers"), "who may read, as the source says"),
        "review.readers": "who may read, as a reviewer said",
        "document.owner": "whom to ask, as the source says; its owner must change it",
        "document.link": "where people open it at its source; its owner must change it",
        "document.problem": "names the file that cannot be read, as its source names it",
        "pushed.uri": "as document.uri",
        "pushed.version": "a digest of what was pushed",
        "erasure.key": "a digest or an id, in a ledger that must outlive what it erases",
    }
)  # fmt: skip
"""Column: why nothing has to erase it."""
