"""What is sealed opens with its key, in its place, unchanged; or not at all."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.seal import Seal

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
SEAL = Seal(KEY)

any_text = st.text(st.characters(), max_size=200)  # lone surrogates too: a model's JSON may hold one


@given(any_text, any_text.filter(str.isprintable))
def test_what_was_sealed_opens_again(text: str, place: str) -> None:
    assert SEAL.open(SEAL.close(text, place), place) == text


@given(any_text)
def test_the_same_text_never_looks_the_same_twice(text: str) -> None:
    assert SEAL.close(text, "answer:1") != SEAL.close(text, "answer:1")


@given(st.text(min_size=8))
def test_the_text_is_never_readable_in_what_is_kept(text: str) -> None:
    assert text.encode() not in SEAL.close(text, "answer:1")


@given(any_text, st.sampled_from(["answer:2", "question:1", "answer:", "answer:11", ""]))
def test_nothing_ever_opens_in_another_place(text: str, elsewhere: str) -> None:
    assert SEAL.open(SEAL.close(text, "answer:1"), elsewhere) is None


@given(any_text)
def test_nothing_ever_opens_with_another_key(text: str) -> None:
    assert Seal(OTHER).open(SEAL.close(text, "answer:1"), "answer:1") is None


@given(any_text, st.data())
def test_nothing_that_was_changed_ever_opens(text: str, data: st.DataObject) -> None:
    sealed = bytearray(SEAL.close(text, "answer:1"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    assert SEAL.open(bytes(sealed), "answer:1") is None


@given(any_text, st.data())
def test_nothing_that_was_cut_or_made_up_ever_opens(text: str, data: st.DataObject) -> None:
    sealed = SEAL.close(text, "answer:1")
    cut = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
    made_up = data.draw(st.binary(max_size=60))
    assert SEAL.open(cut, "answer:1") is None
    assert SEAL.open(made_up, "answer:1") is None


@given(st.text(), st.text())
def test_a_person_keeps_one_pseudonym_and_shares_it_with_nobody(one: str, other: str) -> None:
    assume(one != other)
    assert SEAL.pseudonym(one) == Seal(KEY).pseudonym(one) != SEAL.pseudonym(other)
    assert SEAL.pseudonym(one) != Seal(OTHER).pseudonym(one)
