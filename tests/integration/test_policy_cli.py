"""`naru policy ...` as a person or a program runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from admin.cli import main
from admin.cli.policy_detect import detected, found_in
from admin.policy import cases, failures
from bot.policy import detect
from bot.policy.parts import joined, question_part
from retrieval.label import Level
from tests.builders import ROOT, api_key, ask, rrn, shipped_rules

SHIPPED = (ROOT / "policy.toml").read_text(encoding="utf-8")
PHONE = "-".join(("010", "2345", "6789"))


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


Naru = Callable[..., Done]


@pytest.fixture
def naru(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Naru:
    """Runs `naru policy ...` in this process: importing it all takes longer than most commands do."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NARU_HOME", str(tmp_path / "home"))

    def run(*arguments: str) -> Done:
        with pytest.raises(SystemExit) as end:
            main(["policy", *arguments])
        told = capsys.readouterr()
        return Done(int(end.value.code or 0), told.out, told.err)

    return run


def test_what_the_company_lists_counts_in_whatever_is_tried(naru: Naru, tmp_path: Path) -> None:
    (tmp_path / "naru.toml").write_text('[lists]\ncustomers = "customers.txt"\n', encoding="utf-8")
    (tmp_path / "customers.txt").write_text("바다물산\n", encoding="utf-8")
    for text, goes in (("하늘전자와 회의가 있나요?", True), ("바다물산과 회의가 있나요?", False)):
        told = json.loads(naru("explain", text, "--with-terms", "--json").stdout)
        assert told["sinks"]["cloud"]["allowed"] is goes, text


def piped(folder: Path, *command: str, stdin: str = "") -> Done:
    """Runs Python as a process of its own."""
    done = subprocess.run(
        [sys.executable, *command],
        input=stdin,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def said(done: Done) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_detect_answers_line_by_line_and_never_says_what_it_read(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(SHIPPED + '\n[terms]\n"달빛호" = "confidential"\n', encoding="utf-8")
    texts = [f"번호는 {rrn()} 입니다", "안녕하세요", f"key {api_key()}", "달빛호의 일정", "lone \ud800 half"]
    lines = [json.dumps({"id": n, "text": text}) for n, text in enumerate(texts)]
    bad = ["{", "[]", '{"id": 7, "text": 3}', '{"id": 8}']  # what is known of a bad line is said
    lines = [*lines[:2], *bad, "", *lines[2:]]
    done = piped(tmp_path, "-m", "admin.cli", "policy", "detect", "--policy", "policy.toml", stdin="\n".join(lines))
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [one["id"] for one in found] == [0, 1, None, None, 7, 8, 2, 3, 4]
    assert [one["level"] for one in found if "error" not in one][:4] == [
        "restricted", "public", "restricted", "confidential",
    ]  # fmt: skip
    first = found[0]["findings"][0]
    assert (first["kind"], texts[0][first["start"] : first["end"]]) == ("kr_rrn", rrn())
    assert set(first) == {"kind", "start", "end", "score"}
    for secret in (rrn(), api_key(), "달빛호"):
        assert secret not in done.stdout + done.stderr
    assert all("error" in one for one in found if one["id"] is None)


def test_detect_loads_neither_the_database_nor_the_models(tmp_path: Path) -> None:
    code = (
        "import sys; from admin.cli import main\n"
        "try: main(['policy', 'detect'])\n"
        "except SystemExit as end:\n"
        "    print(end.code, sorted({'sqlalchemy', 'openai', 'slack_sdk', 'lxml'} & set(sys.modules)))"
    )
    done = piped(tmp_path, "-c", code)
    assert done.stdout.split("\n")[0] == "0 []"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"id": NaN, "text": "a"}', "NaN and Infinity"),
        ('{"id": -Infinity, "text": "a"}', "NaN and Infinity"),
        ('{"id": 1e999, "text": "a"}', "a number that is too long"),
        ('{"id": %s, "text": "a"}' % ("1" * 5000), "a number that is too long"),
        ('{"text": "010-2345-6789", "text": "a"}', "a key twice"),
        ('{"id": {"a": 1, "a": 2}, "text": "a"}', "a key twice"),
    ],
)
def test_detect_takes_only_json_that_everybody_reads_alike(line: str, says: str) -> None:
    (found,) = detected([line.encode()], shipped_rules())
    assert says in found["error"]
    assert found["id"] is None


SPLIT = ["생년월일 {0} 뒷자리 {1}", "| {0} | {1} |", "<td>{0}</td><td>{1}</td>", "{0}\n{1}", "앞은 {0} 그리고 {1}"]


@pytest.mark.parametrize("shape", [*SPLIT, "연차는 {0[0]}일", "x"])
def test_detect_says_the_level_that_the_decision_would_have(shape: str) -> None:
    text, rules = shape.format(*rrn().split("-")), shipped_rules()
    level, found = found_in(text, rules)
    decided = joined((question_part(ask(text), rules),), rules)
    kinds = {one["kind"] for one in found if one["score"] >= detect.ROUTE}
    assert kinds == decided.kinds - {"channel"}
    assert level is max((rules.kind_level(kind) for kind in kinds), default=Level.PUBLIC)
    assert (level is Level.RESTRICTED) is (shape in SPLIT)


def test_what_has_nothing_to_look_at_or_cannot_be_read_is_told_in_a_sentence(naru: Naru, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(SHIPPED, encoding="utf-8")
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    (tmp_path / "bad.jsonl").write_text("{\n[]\n", encoding="utf-8")
    for arguments, says in (
        (("test", "nowhere.jsonl"), "nowhere.jsonl cannot be read (No such file or directory)"),
        (("test", "empty.jsonl"), "has no case in it, so nothing was tried"),
        (("test", "bad.jsonl"), "Line 2 of the cases must be an object"),
        (("explain", ""), "There is no text to explain"),
        (("explain", " \n"), "There is no text to explain"),
    ):
        done = naru(*arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert says in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("redirect", "says"),
    [("<&-", "Standard input is closed"), ("< latin", "Standard input is not UTF-8")],
)
def test_standard_input_that_cannot_be_read_is_no_harmless_text(redirect: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(SHIPPED, encoding="utf-8")
    (tmp_path / "latin").write_bytes("caf\xe9 010".encode("latin-1"))
    command = f"exec {sys.executable} -m admin.cli policy explain - {redirect}"
    done = piped(tmp_path, "-c", f"import subprocess; exit(subprocess.run({command!r}, shell=True).returncode)")
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_check_says_what_is_wrong_or_what_is_worth_knowing(naru: Naru, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('profile = "finance"\n' + SHIPPED.replace("phone =", "fone ="), encoding="utf-8")
    done = naru("check", "bad.toml")
    assert done.returncode == 1
    assert "kinds.fone is no kind; did you mean phone?" in done.stderr
    assert "sinks.cloud.ceiling is internal, and the profile finance" in done.stderr
    (tmp_path / "good.toml").write_text(
        "shadow = true\n" + SHIPPED.replace('phone = "internal"', "") + '\n[sources.names]\nwikki = "internal"\n',
        encoding="utf-8",
    )
    remarks = said(naru("check", "good.toml", "--json"))["remarks"]
    assert remarks[0] == "It says nothing of phone: they count as restricted."
    assert remarks[1].startswith("Shadow mode is on")
    assert remarks[2].startswith("sources.names.wikki names a source that naru.toml does not have")


def test_explain_says_why_and_not_what(naru: Naru) -> None:
    text = f"{rrn()} 이 사람의 연차는?"
    found = said(naru("explain", text, "--room", "C1", "--kind", "private", "--json"))
    assert found["routes"] == ["on_prem", "quote"]
    assert ["RESTRICTED", "kr_rrn", "question"] in found["reasons"]
    assert "kr_rrn (question)" in found["sinks"]["cloud"]["why"]
    assert rrn() not in json.dumps(found)
    document = said(naru("explain", "연차는 15일", "--source", "nothing like it", "--json"))
    assert document["routes"] == ["refuse"]


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({"text": "연차는?", "expect": "cloud"}, None),
        ({"text": "연차는?", "room": "private", "expect": "cloud"}, "goes to on_prem → quote"),
        ({"text": "연차는?", "room": "private", "expect": "on_prem"}, None),
        ({"text": "연차는?", "room": {"id": "C1", "kind": "public", "guests": True}, "expect": "never_cloud"}, None),
        ({"text": f"{rrn()}", "expect": "never_cloud", "kinds": ["kr_rrn"]}, None),
        ({"text": "연차는?", "expect": "cloud", "kinds": ["kr_rrn"]}, "kr_rrn was not found"),
        ({"text": "연차는?", "expect": "quote"}, "goes to cloud → on_prem → quote"),
        ({"text": f"{PHONE} 연차는?", "expect": "masked"}, None),
        ({"text": f"{PHONE} 연차는?", "expect": "never_cloud"}, None),
        ({"text": f"{PHONE} 연차는?", "expect": "on_prem"}, None),
        ({"text": f"{PHONE} {rrn()}", "expect": "masked"}, "goes to on_prem → quote"),
        ({"text": "연차는?", "expect": "masked"}, "goes to cloud → on_prem → quote"),
        ({"text": f"{PHONE} 연차는?", "expect": "quote"}, "goes to cloud → on_prem → quote, masked"),
    ],
)
def test_cases_are_met_or_told_by_their_line(case: dict[str, Any], why: str | None) -> None:
    lines = [b"", json.dumps(case).encode()]
    assert [(one.case.line, one.why) for one in failures(cases(lines), shipped_rules())] == ([(2, why)] if why else [])


def test_test_ends_with_a_table_and_a_status(naru: Naru, tmp_path: Path) -> None:
    good, bad = {"text": "연차는?", "expect": "cloud"}, {"text": "연차는?", "expect": "refuse"}
    (tmp_path / "cases.jsonl").write_text(f"{json.dumps(good)}\n{json.dumps(bad)}\n", encoding="utf-8")
    done = naru("test", "cases.jsonl")
    assert (done.returncode, "1 of 2 cases are met" in done.stderr) == (1, True)
    assert "refuse" in done.stdout
    (tmp_path / "cases.jsonl").write_text('{"text": "연차는?", "expect": "clowd"}\n', encoding="utf-8")
    done = naru("test", "cases.jsonl")
    assert done.returncode == 1
    assert 'Line 1 of the cases must have an "expect"' in done.stderr


def test_diff_tells_looser_from_tighter(naru: Naru, tmp_path: Path) -> None:
    for name, old, new in (
        ("old", "", ""),
        ("tighter", '"internal"', '"restricted"'),
        ("looser", '"email", ', ""),
    ):
        (tmp_path / f"{name}.toml").write_text(SHIPPED.replace(old, new, 1) if old else SHIPPED, encoding="utf-8")
    assert said(naru("diff", "old.toml", "tighter.toml", "--json"))["only_tightens"]
    loose = said(naru("diff", "old.toml", "looser.toml", "--json"))
    assert not loose["only_tightens"]
    assert {change["what"] for change in loose["changes"] if change["way"] == "looser"} == {"sinks.cloud.refuse"}
    assert any(one["found"] == "email" and "cloud" in one["after"] for one in loose["samples"])
    assert "It only tightens" in naru("diff", "old.toml", "tighter.toml").stdout
