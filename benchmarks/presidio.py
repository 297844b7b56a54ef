"""The peer: Presidio with its pattern recognisers and no language model, on the very messages that the detectors read.

An extra of the benchmark only: `pip install -c constraints.txt '.[bench]'`.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.policy.detect import Finding

KINDS: Mapping[str, str] = {
    "KR_RRN": "kr_rrn",
    "KR_FRN": "kr_rrn",
    "KR_BRN": "kr_business",
    "KR_DRIVER_LICENSE": "kr_driver_licence",
    "KR_PASSPORT": "kr_passport",
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "US_SSN": "us_ssn",
    "IP_ADDRESS": "ip",
}
"""By its name for an entity. What has no name here is kept under its own."""
_KOREAN_WORDS: Mapping[str, tuple[str, ...]] = {
    "CREDIT_CARD": ("카드", "카드번호", "법인카드"),
    "PHONE_NUMBER": ("전화", "전화번호", "연락처", "휴대폰"),
    "EMAIL_ADDRESS": ("메일", "이메일"),
    "KR_RRN": ("주민번호", "주민등록번호"),
}
"""It is given the words that its generic recognisers lack, so that it is measured at its best."""
_NOT_COUNTED = {"URL", "DATE_TIME"}
"""Found nearly everywhere, and nothing that we look for."""
_LANGUAGE = "en"


def opened(*, everything: bool) -> Callable[[str], tuple[Finding, ...]] | None:
    """A function like `detect.find`; None where Presidio is not installed.

    everything: the recognisers of all countries; otherwise the generic ones and Korea's.
    """
    try:
        import presidio_analyzer
        import spacy
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
    except ImportError:
        return None
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    engine: Any = SpacyNlpEngine(models=[{"lang_code": _LANGUAGE, "model_name": "none"}])
    pipeline = spacy.blank("xx")
    spacy.language.Language.component("word_is_its_lemma", func=_word_is_its_lemma)
    pipeline.add_pipe("word_is_its_lemma")
    engine.nlp = {_LANGUAGE: pipeline}
    registry = presidio_analyzer.RecognizerRegistry(supported_languages=[_LANGUAGE])
    registry.recognizers = list(_recognisers(presidio_analyzer, everything))
    analyser = presidio_analyzer.AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[_LANGUAGE])

    def find(text: str) -> tuple[Finding, ...]:
        return tuple(
            Finding(KINDS.get(found.entity_type, found.entity_type), found.start, found.end, found.score, "")
            for found in analyser.analyze(text, language=_LANGUAGE)
            if found.entity_type not in _NOT_COUNTED
        )

    return find


def _word_is_its_lemma(doc: Any) -> Any:
    """A blank pipeline knows no lemmas, and without any no context is ever seen."""
    for token in doc:
        token.lemma_ = token.text
    return doc


def _recognisers(presidio: Any, everything: bool) -> Iterator[Any]:
    """Every recogniser that works by pattern, and the telephone library's."""
    classes = vars(presidio.predefined_recognizers).values()
    for cls in classes:
        patterns = inspect.isclass(cls) and issubclass(cls, presidio.PatternRecognizer)
        if not patterns and getattr(cls, "__name__", "") != "PhoneRecognizer":
            continue
        country = cls.__module__.partition("country_specific.")[2].partition(".")[0]
        if not everything and country not in ("", "korea"):
            continue
        yield _adapted(cls)


def _adapted(cls: Any) -> Any:
    regions = {"supported_regions": ("KR", "US", "GB", "DE")} if cls.__name__ == "PhoneRecognizer" else {}
    recogniser = cls(supported_language=_LANGUAGE, **regions)
    for entity in recogniser.supported_entities:
        recogniser.context = [*(recogniser.context or ()), *_KOREAN_WORDS.get(entity, ())]
    if cls.__name__ == "EmailRecognizer":
        recogniser.validate_result = _known_domain()
    return recogniser


def _known_domain() -> Callable[[str], bool]:
    """Its own check, which would fetch the list of public suffixes: with the list that came with the library."""
    import tldextract

    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    return lambda text: extract(text).fqdn != ""
