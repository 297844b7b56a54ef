from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import fields
from importlib.metadata import PathDistribution
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import Benchmark, BenchmarkFault, Row, Tell
from benchmarks.__main__ import ALONE, BENCHMARKS, main
from benchmarks.chaos_found import Found, out_of_order
from benchmarks.installation import default_install, installed_bytes
from benchmarks.invented import kr_rrn
from benchmarks.leaks import leaks
from benchmarks.questions import Result, rows
from benchmarks.sample import Asked, environment, questions

GOOD = Row.at_most("time (ms)", 40, 50, "here")
BAD = Row.at_least("found", 51, 52, "here")


def benchmark(*rows: Row, detail: str = "") -> Benchmark:
    async def measure(tell: Tell) -> list[Row]:
        await asyncio.sleep(0)
        tell(detail)
        return list(rows)

    return measure


async def broken(_: Tell) -> list[Row]:
    raise BenchmarkFault("Nothing was measured.")


def distribution(folder: Path, name: str, *needed: str, **files: str) -> None:
    """An installed distribution that puts `files` beside its metadata."""
    metadata = folder / f"{name}-1.dist-info"
    metadata.mkdir()
    requires = "".join(f"Requires-Dist: {each}\n" for each in needed)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1\n{requires}")
    for file, content in files.items():
        (folder / file).write_text(content)
    (metadata / "RECORD").write_text("".join(f"{file},,\n" for file in files))


# -- rows ------------------------------------------------------------------------------------------------------


def test_a_figure_on_its_limit_is_ok() -> None:
    assert Row.at_most("time (ms)", 50, 50, "").ok
    assert Row.at_least("found", 52, 52, "").ok


def test_a_figure_is_judged_before_it_is_rounded() -> None:
    row = Row.at_most("time (ms)", 50.0001, 50, "")
    assert (row.value, row.ok) == (50.0, False)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_a_figure_that_misses_its_target_is_never_ok(value: float, limit: float) -> None:
    assert Row.at_most("", value, limit, "").ok is not (value > limit)
    assert Row.at_least("", value, limit, "").ok is not (value < limit)


def test_what_is_no_number_is_not_ok() -> None:
    assert not Row.at_most("", math.nan, 50, "").ok
    assert not Row.at_least("", math.nan, 50, "").ok


# -- the command -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "status"), [((GOOD,), 0), ((GOOD, BAD), 1), ((BAD, GOOD), 1)])
def test_the_exit_status_says_whether_every_figure_is_ok(rows: tuple[Row, ...], status: int) -> None:
    assert main(["it", "--json"], {"it": benchmark(*rows)}) == status
    assert main(["it"], {"it": benchmark(*rows)}) == status


def test_json_is_one_document_with_every_row_of_all_benchmarks(capsys: pytest.CaptureFixture[str]) -> None:
    main(["all", "--json"], {"a": benchmark(GOOD), "b": benchmark(BAD)})
    good, bad = json.loads(capsys.readouterr().out)
    assert good == {"figure": "time (ms)", "value": 40, "target": "≤ 50", "ok": True, "conditions": "here"}
    assert (bad["figure"], bad["target"], bad["ok"]) == ("found", "≥ 52", False)


def test_one_benchmark_runs_alone() -> None:
    assert main(["good", "--json"], {"good": benchmark(GOOD), "broken": broken}) == 0


def test_the_table_shows_each_figure_and_the_conditions_once(capsys: pytest.CaptureFixture[str]) -> None:
    main(["it"], {"it": benchmark(GOOD, BAD)})
    shown = capsys.readouterr().out
    assert "time (ms)" in shown
    assert "not ok" in shown
    assert shown.count("here") == 1


@pytest.mark.parametrize(("arguments", "said"), [([], ""), (["--verbose"], "7 misses\n")])
def test_details_go_to_stderr_and_only_when_asked_for(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    main(["it", "--json", *arguments], {"it": benchmark(GOOD, detail="7 misses")})
    assert capsys.readouterr().err == said


def test_an_unknown_name_is_one_sentence_that_lists_the_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speed"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert all(name in said.err for name in ("speed", "all", *BENCHMARKS, *ALONE))


def test_a_benchmark_that_could_not_measure_says_why_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["it", "--json"], {"it": broken}) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "Nothing was measured.\n")


def test_what_has_options_of_its_own_is_not_part_of_all() -> None:
    assert ALONE.keys().isdisjoint(BENCHMARKS)
    with pytest.raises(SystemExit, match="2"):
        main(["chaos", "--events", "many"])


# -- chaos -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["lost", "twice", "orphans", "differs", "out_of_order", "tampered", "leaked"])
def test_one_question_that_went_wrong_is_not_ok(what: str) -> None:
    numbers = dict.fromkeys((each.name for each in fields(Found)), 0)
    assert Found(**numbers).ok
    assert not Found(**numbers | {what: 1}).ok


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        ((1, 1, 2), (2, 2, 3), 0),
        ((1, 1, 3), (2, 2, 2), 1),
        ((1, 3, 4), (2, 2, 3), 0),  # the later one was done before the earlier one had come in
    ],
)
def test_a_question_that_overtook_an_earlier_one_of_its_thread_is_out_of_order(
    first: tuple[int, int, int], second: tuple[int, int, int], wrong: int
) -> None:
    names = ("ts", "received_at", "done_at")
    rows = [SimpleNamespace(thread="t", **dict(zip(names, row, strict=True))) for row in (first, second)]
    assert out_of_order(rows) == wrong
    rows[0].thread = "another"
    assert out_of_order(rows) == 0


def test_a_leak_is_told_by_its_kind_and_line_and_ids_of_our_own_are_none() -> None:
    dice = Random(1)
    number = kr_rrn(dice)
    id = f"cf06{2644}-79{30}-4182-8123-0123456789ab"
    assert leaks([f"decision {id}", f"asked {number}", "key sesame"], ["sesame"]) == [
        "line 2: kr_rrn",
        "line 3: planted",
    ]
    assert all(number not in told for told in leaks([number], []))


# -- the questions ---------------------------------------------------------------------------------------------


def results(
    *, first: int = 60, fifth: int = 0, sixth: int = 0, nowhere: int = 0, unknown: int = 20, answered: int = 0
) -> Mapping[str, Row]:
    ranks = [1] * first + [5] * fifth + [6] * sixth + [None] * nowhere
    answerable = [Result(Asked("q", "U1", frozenset({"a.md"})), rank, known=True) for rank in ranks]
    others = [Result(Asked("q", "U1", frozenset()), None, known=n >= unknown) for n in range(unknown + answered)]
    return {row.figure.split(",")[0]: row for row in rows([*answerable, *others], "")}


@pytest.mark.parametrize(("first", "ok"), [(52, True), (51, False)])
def test_52_of_60_documents_must_come_first(first: int, ok: bool) -> None:
    assert results(first=first, fifth=60 - first)["right document at rank 1"].ok is ok


@pytest.mark.parametrize(("missing", "ok"), [(2, True), (3, False)])
def test_58_of_60_documents_must_be_among_the_first_five(missing: int, ok: bool) -> None:
    assert results(first=60 - missing, sixth=missing)["right document in the top 5"].ok is ok
    assert results(first=60 - missing, nowhere=missing)["right document in the top 5"].ok is ok


@pytest.mark.parametrize(("unknown", "ok"), [(16, True), (15, False)])
def test_16_of_20_questions_without_an_answer_must_get_i_dont_know(unknown: int, ok: bool) -> None:
    assert results(unknown=unknown, answered=20 - unknown)['"I don\'t know"'].ok is ok


def test_more_questions_do_not_make_the_targets_easier() -> None:
    assert results(first=104, nowhere=16)["right document at rank 1"].target == "≥ 104"


def test_a_document_found_late_counts_by_its_place() -> None:
    assert results(first=1, fifth=1, nowhere=2)["MRR@10"].value == pytest.approx((1 + 1 / 5) / 4)


def test_the_sample_questions_are_those_that_the_targets_speak_of() -> None:
    answerable = [asked for asked in questions() if asked.relevant]
    assert (len(answerable), len(questions())) == (70, 90)


# -- what is measured ------------------------------------------------------------------------------------------


def test_a_measured_naru_gets_no_settings_but_the_samples_own() -> None:
    assert set(environment(Path("home"))) == {"NARU_HOME", "NARU_CONFIG"}


def test_the_default_installation_is_what_runs_naru_and_not_what_tests_it() -> None:
    names = default_install().keys()
    assert {"naru", "openai", "sqlalchemy", "greenlet"} <= names  # greenlet: an extra of a dependency
    assert names.isdisjoint({"pytest", "mypy", "hypothesis"})


def test_a_package_that_is_missing_is_said_in_a_sentence() -> None:
    with pytest.raises(BenchmarkFault, match="nowhere-to-be-found is not installed"):
        default_install("nowhere-to-be-found")


def test_a_file_that_two_packages_list_counts_once(tmp_path: Path) -> None:
    distribution(tmp_path, "a", x="12345", y="123")
    distribution(tmp_path, "b", x="12345")
    installed = [PathDistribution(tmp_path / f"{name}-1.dist-info") for name in "ab"]
    assert installed_bytes(installed) == 8


def test_a_package_that_does_not_list_its_files_is_not_counted_as_nothing(tmp_path: Path) -> None:
    distribution(tmp_path, "a")
    with pytest.raises(BenchmarkFault, match="a does not list its files"):
        installed_bytes([PathDistribution(tmp_path / "a-1.dist-info")])
