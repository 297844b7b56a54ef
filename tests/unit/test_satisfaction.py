"""Figures about people never say something of one of them."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.reports.satisfaction import LEAST, Rated, Unanswered, clusters

PARKING = [
    "주차권은 어디서 받나요?",
    "주차권 어디서 받아요",
    "주차권을 받을 수 있나요?",
    "주차권 받는 곳",
    "방문객 주차권은 어디서 받나요?",
]
words = st.sampled_from(["주차권", "주차권은", "회의실", "예약", "비밀번호", "wifi", "password", "3층", "hana7"])
questions = st.lists(
    st.builds(Unanswered, st.sampled_from(list("abcdefg")), st.lists(words, min_size=1, max_size=4).map(" ".join)),
    max_size=40,
)


def test_what_five_people_ask_for_is_said_in_the_words_that_they_share() -> None:
    (found,) = clusters(Unanswered(f"U{n}", text) for n, text in enumerate(PARKING))
    assert (found.people, found.questions, found.words) == (5, 5, ("주차권",))


def test_one_person_who_asks_a_thousand_times_is_one_person() -> None:
    assert clusters([Unanswered("U1", text) for text in PARKING * 200]) == []


@given(questions)
def test_no_word_is_shown_that_fewer_people_used(asked: list[Unanswered]) -> None:
    used: defaultdict[str, set[str]] = defaultdict(set)
    for one in asked:
        for word in one.text.split():
            for end in range(1, len(word) + 1):
                used[word[:end]].add(one.asker)
    for cluster in clusters(asked):
        assert cluster.people >= LEAST
        assert all(len(used[word]) >= LEAST for word in cluster.words)


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_share_lies_in_its_interval(good: int, bad: int) -> None:
    one = Rated("all", 100, good + bad, LEAST, good, bad + (not good and not bad))
    assert one.satisfaction is not None
    assert one.interval is not None
    low, high = one.interval
    assert 0 <= low <= one.satisfaction + 1e-9
    assert one.satisfaction - 1e-9 <= high <= 1


@pytest.mark.parametrize("people", range(LEAST))
def test_what_few_people_think_is_not_said(people: int) -> None:
    data = Rated("model", 10, people, people, people, 0).data()
    assert (data["satisfaction"], data["interval"], data["votes"]) == (None, None, None)
    assert data["response"] == people / 10
