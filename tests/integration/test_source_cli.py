"""`naru source add | push | token | try` as a person or a script runs them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.integration.test_cli import ROOT, Naru, data, naru, piped, reason, variables

__all__ = ["naru", "piped", "variables"]  # fixtures

TEAM = ("--level", "internal", "--readers", "everyone")


def config(folder: Path, text: str = "") -> None:
    (folder / "naru.toml").write_text(f'directory = "people.toml"\nconsole.person = "U1"\n{text}', encoding="utf-8")
    (folder / "people.toml").write_text('people = [{id = "U1", name = "김하늘"}]', encoding="utf-8")


def rows(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        tables = ("source", "document", "passage", "term", "pushed")
        return {
            name: connection.execute(f"select count(*) from {name}").fetchone()[0]  # type: ignore[index]
            for name in tables
        }


def test_what_is_pushed_is_found_and_bad_lines_are_told(naru: Naru, piped: Naru, tmp_path: Path) -> None:
    config(tmp_path)
    added = naru("source", "add", "crm", "--kind", "push", *TEAM)
    assert (added.returncode, "naru source push crm < FILE" in added.stderr) == (0, True), added.stderr
    good = {"uri": "leave", "title": "휴가", "text": "# 휴가\n\n연차는 15일이다.", "format": "markdown"}
    pushed = piped("source", "push", "crm", "--json", stdin=f"{json.dumps(good)}\nnonsense\n")
    other, nothing = tmp_path / "other.jsonl", tmp_path / "nothing.jsonl"
    other.write_text(json.dumps({**good, "uri": "other"}), encoding="utf-8")
    nothing.touch()
    assert pushed.returncode == 1
    assert json.loads(pushed.stdout)["refused"] == [{"line": 2, "why": "is not JSON (character 1)"}]
    (hit, *_) = data(naru("search", "연차", "--as", "U1", "--json"))
    assert hit["uri"] == "leave"
    gone = naru("source", "push", "crm", "other.jsonl", "--all")
    assert "1 stored, 0 unchanged, 1 deleted." in gone.stderr
    assert "that was not done" in reason(naru("source", "push", "crm", "nothing.jsonl", "--all"))
    assert "none.jsonl cannot be read" in reason(naru("source", "push", "crm", "none.jsonl"))


def test_a_token_is_shown_once_and_only_for_a_source_of_kind_push(naru: Naru, tmp_path: Path) -> None:
    config(tmp_path)
    naru("source", "add", "crm", "--kind", "push", *TEAM)
    first, second = naru("source", "token", "crm").stdout.strip(), naru("source", "token", "crm").stdout.strip()
    assert len(first) >= 43
    assert first != second
    assert "Nobody can push" in naru("source", "token", "crm", "--revoke").stderr
    (tmp_path / "notes").mkdir()
    naru("source", "add", "notes", "notes", *TEAM)
    assert "only a source of kind push" in reason(naru("source", "token", "notes"))
    assert "There is no source 'nothing'" in reason(naru("source", "token", "nothing"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("x", "http://127.0.0.1/", "--kind", "web", *TEAM), "may not be read (loopback)"),
        (("x", "http://10.1.2.3/", "--kind", "web", *TEAM), "name it in fetch.private_hosts"),
        (("x", "ftp://x/", "--kind", "web", *TEAM), "location must begin with http"),
        (("x", "http://x/", *TEAM), "location must be a folder"),
        (("x", *TEAM), "location is missing"),
        (("x", "here", "--kind", "push", *TEAM), "location is of no use for kind push"),
        (("x", "here", "--kind", "wiki", *TEAM), "kind must be 'files' or 'web' or 'push' or 'confluence'"),
        (("x", ".", "--schedule", "always", *TEAM), "schedule must be five fields"),
        (("x", "http://x/", "--kind", "web", "--option", "depth=many", *TEAM), "holds depth, which must be a whole"),
        (
            ("x", "http://x/", "--kind", "web", "--option", "deep=1", *TEAM),
            "deep, which is no option; there are prefix",
        ),
    ],
)
def test_a_source_that_cannot_be_is_refused_in_one_sentence(
    naru: Naru, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    config(tmp_path)
    assert told in " ".join(reason(naru("source", "add", *arguments)).split())


def test_level_and_readers_are_asked_for_on_a_terminal_and_have_no_default(
    naru: Naru, variables: dict[str, str], tmp_path: Path
) -> None:
    config(tmp_path)
    (tmp_path / "notes").mkdir()
    missing = naru("source", "add", "notes", "notes", "--level", "internal")
    assert missing.returncode == 2
    assert "--readers" in missing.stderr
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "admin.cli", "source", "add", "notes", "notes"]
    environment = {**variables, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment
    ) as asked:
        os.write(ours, b"\nconfidential\ngroup:hr, user:U1\n")  # an empty line is no answer
        said = asked.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert asked.returncode == 0, said
    (notes,) = data(naru("source", "list", "--json"))
    assert (notes["level"], notes["readers"]) == ("CONFIDENTIAL", ["group:hr", "user:U1"])


def test_schedule_and_options_are_kept(naru: Naru, tmp_path: Path) -> None:
    config(tmp_path)
    (tmp_path / "notes").mkdir()
    more = ("--schedule", "0  3 * * *", "--option", "anonymous=true")
    assert naru("source", "add", "notes", "notes", *TEAM, *more).returncode == 0
    (notes,) = data(naru("source", "list", "--json"))
    assert (notes["schedule"], notes["options"]) == ("0 3 * * *", {"anonymous": True})


def test_try_shows_each_step_and_nothing_of_it_stays(naru: Naru, tmp_path: Path, fresh_url: str) -> None:
    config(tmp_path)
    (tmp_path / "leave.md").write_text(
        "# 휴가 규정\n\n## 연차\n\n연차는 15일이다. 담당 kim@corp.example", encoding="utf-8"
    )
    naru("status")
    before = rows(fresh_url)
    tried = naru("source", "try", "leave.md", "--question", "연차는 며칠인가요?", "--json")
    steps = {step["name"]: step for step in data(tried)}
    assert list(steps) == ["load", "parse", "split", "label", "embed", "store", "find"]
    assert [step["ok"] for step in steps.values()] == [True, True, True, True, None, True, True]
    assert "“휴가 규정”" in steps["parse"]["says"]
    assert "email 1×" in steps["label"]["says"]
    assert steps["find"]["says"] == "at rank 1 for the question"
    assert rows(fresh_url) == before
    shown = naru("source", "try", "leave.md")
    assert shown.stdout.count("✓") == 6
    assert "at rank 1 for its title" in shown.stdout


def test_try_stops_at_the_first_step_that_cannot_be_done(naru: Naru, tmp_path: Path) -> None:
    config(tmp_path)
    (tmp_path / "empty.md").write_text("")
    for uri, step, told in (
        ("nothing.md", "load", "cannot be read"),
        ("empty.md", "parse", "is empty"),
        ("http://169.254.169.254/latest/", "load", "may not be read (metadata)"),
        ("http://127.0.0.1/", "load", "may not be read (loopback)"),
    ):
        tried = naru("source", "try", uri, "--json")
        assert tried.returncode == 1
        last = json.loads(tried.stdout)[-1]
        assert (last["name"], last["ok"], told in last["says"]) == (step, False, True), last
    assert "is of no source there is" in reason(naru("source", "try", "x", "--kind", "push"))


def test_try_reads_a_document_as_a_reindex_does(naru: Naru, tmp_path: Path) -> None:
    program = tmp_path / "unwrap"
    program.write_text("#!/bin/sh\nexec tail -c +21 $1\n", encoding="utf-8")
    program.chmod(0o755)
    config(tmp_path, f'[parse]\nmax_mb = 1\ndecrypt = ["{program}", "{{file}}"]')
    (tmp_path / "big.md").write_text("여름 휴가 " * 100_000, encoding="utf-8")
    (tmp_path / "wrapped.md").write_text(
        "<DOCUMENT SAFER V2> # 휴가\n\n시행일: 2026. 1. 1.\n\n연차는 15일", encoding="utf-8"
    )
    refused = naru("source", "try", "big.md", "--json")
    assert json.loads(refused.stdout)[-1]["says"] == "big.md is over 1 MB: split it."
    steps = {step["name"]: step for step in data(naru("source", "try", "wrapped.md", "--json"))}
    assert "in force from 2026-01-01" in steps["label"]["says"]


def test_try_of_a_sources_document_tells_who_would_find_it(naru: Naru, tmp_path: Path) -> None:
    config(tmp_path)
    naru("source", "add", "crm", "--kind", "push", "--level", "public", "--readers", "everyone")
    leave = {"uri": "leave", "text": "# 휴가\n\n연차는 15일이다.", "format": "markdown"}
    pay = {"uri": "pay", "text": "# 급여\n\n급여일은 25일이다.", "format": "markdown"}
    said = {"level": "restricted", "readers": ["group:hr"], "effective_from": "2027-01-01"}
    (tmp_path / "lines").write_text(f"{json.dumps(leave)}\n{json.dumps(pay | said)}", encoding="utf-8")
    assert naru("source", "push", "crm", "lines").returncode == 0
    tried = naru("source", "try", "crm:pay", "--as", "U1", "--json")
    steps = {step["name"]: step for step in json.loads(tried.stdout)}
    assert "restricted, for group:hr, in force from 2027-01-01" in steps["label"]["says"]
    assert steps["find"]["says"] == "U1 may not read it: it is for group:hr"
    assert tried.returncode == 1
    assert data(naru("source", "try", "crm:leave", "--json"))[-1]["says"] == "at rank 1 for its title"
