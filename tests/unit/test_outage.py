"""That a model is away is said once where people talk, and not with every answer."""

from __future__ import annotations

from uuid import uuid4

from bot.domain import Route
from bot.outage import TOLD_S, Outages

ON_PREM = frozenset({Route.ON_PREM})
BOTH = frozenset({Route.ON_PREM, Route.CLOUD})


def test_a_room_is_told_once_and_another_room_once_as_well() -> None:
    outages = Outages(lambda: 0.0)
    assert outages.is_news("C1", ON_PREM, uuid4())
    assert not outages.is_news("C1", ON_PREM, uuid4())
    assert outages.is_news("C2", ON_PREM, uuid4())


def test_another_attempt_at_the_same_question_says_it_too() -> None:
    outages, question = Outages(lambda: 0.0), uuid4()
    assert outages.is_news("C1", ON_PREM, question)
    assert outages.is_news("C1", ON_PREM, question)


def test_what_is_new_is_said_another_model_another_outage_another_hour() -> None:
    now = 0.0
    outages = Outages(lambda: now)
    assert outages.is_news("C1", ON_PREM, uuid4())
    assert outages.is_news("C1", BOTH, uuid4())
    outages.over("C1")
    assert outages.is_news("C1", BOTH, uuid4())
    now = TOLD_S
    assert outages.is_news("C1", BOTH, uuid4())
