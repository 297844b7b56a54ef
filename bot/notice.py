"""What people are told before their first answer: the facts that naru.toml holds, put into texts. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.words import Language
from retrieval.text import LANGUAGES

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True, slots=True)
class Terms:
    """What the contract with the cloud says. vendor: None where naru.toml does not name it."""

    vendor: str | None
    country: str
    training: bool
    retention_days: int
    contract: str
    expires: date


@dataclass(frozen=True, slots=True)
class Facts:
    """company, contact: None where naru.toml does not say. cloud, on_prem: the models' names, None where none is
    connected; host: of the cloud's address. days: for how many each thing is kept, by its name in _KEPT; None: until
    it is erased, 0: not at all. There too: events, of what came in; samples, of what was sent to the cloud."""

    company: str | None
    contact: str | None
    cloud: str | None
    host: str | None
    terms: Terms | None
    on_prem: str | None
    days: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice in each language."""

    texts: Mapping[Language, str]

    @property
    def version(self) -> str:
        """The first 12 hex digits of the SHA-256 over all languages: whoever changes theirs is not told again."""
        whole = "\0".join(self.texts[tongue] for tongue in LANGUAGES)
        return hashlib.sha256(whole.encode()).hexdigest()[:12]


SETTINGS: Mapping[str, str] = {
    "vendor": "models.cloud.data_use.vendor",
    "country": "models.cloud.data_use.region",
    "retention_days": "models.cloud.data_use.retention_days",
    "contract": "models.cloud.data_use.contract",
    "model": "models.cloud.model",
    "on_prem_model": "models.on_prem.model",
}
"""Placeholders without a default: the setting that each is filled from."""

_KEPT: Mapping[Language, Mapping[str, str]] = {
    "ko": {"questions": "질문", "answers": "답", "feedback": "의견(👍 👎)"},
    "en": {"questions": "questions", "answers": "answers", "feedback": "opinions (👍 👎)"},
}
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "ko": {
        "company": "회사",
        "contact": "이 워크스페이스에서 나루를 관리하는 사람",
        "for": "{days}일",
        "for_ever": "지울 때까지",
        "never": "두지 않음",
        "kept": "{things}. 들어온 글은 답할 때까지만 두고, 그 뒤 {events}일은 글 없이 처리했다는 표시만 둡니다.",
        "reads": "질문과, 답에 쓸 문서 구절을 언어 모델이 읽습니다.",
        "no_model": "지금은 언어 모델 없이, 찾은 원문을 그대로 보여 줍니다.",
        "samples": " 클라우드로 보낸 것 가운데 무작위로 고른 일부는 감사를 위해 {days}일 동안 둡니다.",
        "on_prem": "사내 모델({model})은 회사가 관리하는 서버에서 돕니다.",
        "cloud": "클라우드 모델({model})의 운영자는 {vendor}, 처리하는 나라는 {country}입니다. "
        "계약({contract}, {expires}까지)에 따라 {training}, {retention}. 민감하다고 판단한 것은 보내지 않습니다.",
        "bare_cloud": "클라우드 모델({model}, {vendor})도 연결되어 있지만, 약관을 확인하지 못해 누구나 볼 수 있는 "
        "글만 보냅니다.",
        "no_cloud": "클라우드 모델은 쓰지 않습니다.",
        "trains": "보낸 글을 학습에 쓸 수 있고",
        "trains_not": "보낸 글을 학습에 쓰지 않고",
        "retains": "{days}일 동안 보관합니다",
        "retains_not": "보관하지 않습니다",
    },
    "en": {
        "company": "your company",
        "contact": "whoever runs Naru in this workspace",
        "for": "{days} days",
        "for_ever": "until erased",
        "never": "not kept",
        "kept": "{things}. What comes in is kept until it is answered; then, for {events} days, only a mark without "
        "text that it was.",
        "reads": "A language model reads your question and the passages that answer it.",
        "no_model": "At present there is no language model: what is found is shown word for word.",
        "samples": " Of what is sent to the cloud, a part chosen at random is kept for {days} days, for an audit.",
        "on_prem": "The on-prem model ({model}) runs on servers that the company controls.",
        "cloud": "The cloud model ({model}) is run by {vendor} and works in {country}. By contract ({contract}, until "
        "{expires}) {training}, and {retention}. What is found to be sensitive is "
        "not sent there.",
        "bare_cloud": "A cloud model ({model}, {vendor}) is connected too, but its terms are not known, so only text "
        "that anybody may see is sent there.",
        "no_cloud": "No cloud model is used.",
        "trains": "it may train on what is sent",
        "trains_not": "it does not train on what is sent",
        "retains": "keeps it for {days} days",
        "retains_not": "does not keep it",
    },
}  # fmt: skip


def values(facts: Facts, tongue: Language) -> Mapping[str, str | None]:
    """What each placeholder stands for; None where the settings do not say."""
    words, terms = _WORDS[tongue], facts.terms
    return {
        "company": facts.company or words["company"],
        "contact": facts.contact or words["contact"],
        "models": _models(facts, words),
        "kept": _kept(facts, tongue),
        "vendor": terms.vendor if terms else None,
        "country": terms.country if terms else None,
        "retention_days": str(terms.retention_days) if terms else None,
        "contract": terms.contract if terms else None,
        "model": facts.cloud,
        "on_prem_model": facts.on_prem,
    }


def filled(text: str, given: Mapping[str, str | None]) -> tuple[str, tuple[str, ...]]:
    """The text with its placeholders filled, and the names of those that could not be: unknown, or None."""
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        found = given.get(match[1])
        if found is None:
            missing.append(match[1])
        return found or ""

    return _PLACEHOLDER.sub(value, text), tuple(dict.fromkeys(missing))


def _models(facts: Facts, words: Mapping[str, str]) -> str:
    if facts.cloud is None and facts.on_prem is None:
        return words["no_model"]
    on_prem = words["on_prem"].format(model=facts.on_prem) if facts.on_prem else ""
    return " ".join(filter(None, (words["reads"], on_prem, _cloud(facts, words))))


def _cloud(facts: Facts, words: Mapping[str, str]) -> str:
    if facts.cloud is None:
        return words["no_cloud"]
    terms = facts.terms
    vendor = (terms.vendor if terms else None) or facts.host or ""
    if terms is None:
        return words["bare_cloud"].format(model=facts.cloud, vendor=vendor)
    retention = words["retains"].format(days=terms.retention_days) if terms.retention_days else words["retains_not"]
    return words["cloud"].format(
        model=facts.cloud,
        vendor=vendor,
        country=terms.country,
        contract=terms.contract,
        expires=terms.expires.isoformat(),
        training=words["trains" if terms.training else "trains_not"],
        retention=retention,
    )


def _kept(facts: Facts, tongue: Language) -> str:
    words = _WORDS[tongue]

    def how_long(days: int | None) -> str:
        return words["for_ever"] if days is None else words["for"].format(days=days) if days else words["never"]

    names: dict[str, list[str]] = {}
    for what, name in _KEPT[tongue].items():
        names.setdefault(how_long(facts.days[what]), []).append(name)
    things = "; ".join(f"{', '.join(alike)}: {long}" for long, alike in names.items())
    kept = words["kept"].format(things=things[0].upper() + things[1:], events=facts.days["events"])
    samples = facts.days["samples"] if facts.cloud else 0
    return kept + (words["samples"].format(days=samples) if samples else "")
