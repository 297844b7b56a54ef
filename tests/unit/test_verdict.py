"""What a company's questions said of a re-ranking model holds for that model, that index and those questions."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin.verdict import Measured, Verdict, VerdictFault, hash_of, named

NOW = Measured(model="bge-reranker-v2-m3", api="score", depth=20, embed="bge-m3", index=4)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "asked.jsonl").write_text('{"question": "q", "relevant": []}', encoding="utf-8")
    return tmp_path / "rerank.json"


def verdict(file: Path, says: str = "better") -> Verdict:
    questions = file.parent / "asked.jsonl"
    return Verdict(says, NOW, named(questions, file), hash_of(questions), {"sentence": "it is better"}, "2026-11-23")


def test_a_verdict_is_read_as_it_was_written_and_moves_with_its_folder(file: Path, tmp_path: Path) -> None:
    written = verdict(file)
    written.write(file)
    assert Verdict.read(file) == written
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for one in (file, file.parent / "asked.jsonl"):
        one.rename(moved / one.name)
    again = Verdict.read(moved / file.name)
    assert again is not None
    assert again.why_not(NOW, moved / file.name) is None


@pytest.mark.parametrize("says", ["worse", "not distinguishable", "", "BETTER"])
def test_only_better_lets_a_model_be_used(file: Path, says: str) -> None:
    why_not = verdict(file, says).why_not(NOW, file)
    assert why_not is not None
    assert "asked.jsonl" in why_not


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from([field.name for field in fields(Measured)]), data=st.data())
def test_a_verdict_never_speaks_for_anything_but_what_was_measured(file: Path, name: str, data: st.DataObject) -> None:
    value = data.draw(st.integers() if isinstance(getattr(NOW, name), int) else st.text(max_size=5))
    now = replace(NOW, **{name: value})  # type: ignore[arg-type]
    why_not = verdict(file).why_not(now, file)
    assert (why_not is None) == (now == NOW)
    if why_not is not None:
        assert f"{name} was {getattr(NOW, name)}" in why_not


def test_other_questions_need_another_verdict(file: Path) -> None:
    said = verdict(file)
    (file.parent / "asked.jsonl").write_text("another", encoding="utf-8")
    assert "are others now" in (said.why_not(NOW, file) or "")
    (file.parent / "asked.jsonl").unlink()
    assert "cannot be read" in (said.why_not(NOW, file) or "")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"says": "better"}', '{"measured": {}, "says": "better"}', "null"])
def test_what_is_no_verdict_is_a_sentence(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(VerdictFault, match="is no verdict"):
        Verdict.read(file)


def test_no_file_is_no_verdict_and_one_that_cannot_be_kept_is_a_sentence(file: Path) -> None:
    assert Verdict.read(file) is None
    with pytest.raises(VerdictFault, match="cannot be written"):
        verdict(file).write(file.parent / "no" / "such" / "folder.json")
