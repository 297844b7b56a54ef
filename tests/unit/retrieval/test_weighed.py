"""What a question's terms are worth, and which of them passages are looked up by."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.glossary import Glossary
from retrieval.weighed import Weighed

ASKED = Glossary({"법카": ("법인카드", "회사 카드"), "pto": ("annual leave", "연차")}).asked("법카 PTO 한도 얼마까지")
TERMS = sorted(ASKED.terms)


@given(
    df=st.dictionaries(st.sampled_from(TERMS), st.integers(1, 1_000), min_size=1),
    passage=st.dictionaries(st.sampled_from(TERMS), st.floats(0, 1.7)),
)
def test_a_passage_is_never_worth_more_than_the_bound_by_which_it_is_cut_off(
    df: dict[int, int], passage: dict[int, float]
) -> None:
    def worth(weights: dict[int, float]) -> float:
        return sum(weight * passage.get(term, 0.0) for term, weight in weights.items())

    weighed = Weighed.of(ASKED, df, 1_000, df)
    words: dict[int, float] = {}
    for word, way in weighed.ways:
        words[word] = max(words.get(word, 0.0), worth(dict(way)))
    assert worth(dict(weighed.rank)) + sum(words.values()) <= worth(dict(weighed.upper)) + 1e-9


@given(df=st.dictionaries(st.sampled_from(TERMS), st.integers(0, 1_000), min_size=1), most=st.integers(1, 2_000))
def test_no_more_is_looked_up_than_is_allowed_but_for_one_word(df: dict[int, int], most: int) -> None:
    hidden = 10
    everywhere = {term: hidden * (one + 1) for term, one in df.items()}
    weighed = Weighed.of(ASKED, df, 1_000, everywhere, most)
    rarest, *others = weighed.candidates
    assert everywhere[rarest] == min(everywhere.values())
    assert not others or sum(df[term] for term in weighed.candidates) <= most
    assert not others or weighed.looked_up == sum(everywhere[term] for term in weighed.candidates) <= 3 * most
    assert weighed.bounded == (len(weighed.candidates) < len(df))
