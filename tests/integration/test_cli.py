"""The commands as a person or a script runs them, on the sample company or a folder of one's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from admin.cli import main
from admin.operators import login_name

ROOT = Path(__file__).parent.parent.parent
KEYS = {"text", "citations", "route", "label", "reasons", "decision"}

Naru = Callable[..., "Done"]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def variables(tmp_path: Path, fresh_url: str) -> dict[str, str]:
    """The environment of an empty folder, with a database of its own."""
    return {"NARU_DATABASE_URL": fresh_url, "NARU_HOME": str(tmp_path / "home")}


@pytest.fixture
def naru(
    tmp_path: Path, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Naru:
    """Runs `naru ...` in this process: importing it all takes longer than most commands do."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **more: str) -> Done:
        with monkeypatch.context() as environment:
            for name, value in {**variables, **more}.items():
                environment.setenv(name, value)
            with pytest.raises(SystemExit) as end:
                main(arguments)
        said = capsys.readouterr()
        return Done(int(end.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def piped(tmp_path: Path, variables: dict[str, str]) -> Naru:
    """Runs `naru ...` as a process of its own, with lines piped in."""

    def run(*arguments: str, stdin: str = "") -> Done:
        path = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-m", "admin.cli", *arguments],
            input=stdin,
            env={**path, **variables, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


def data(done: Done) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def reason(done: Done) -> str:
    """The sentence of a command that could not do what it was asked."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_ask_prints_a_cited_answer_as_json(piped: Naru) -> None:
    answered = data(piped("ask", "연차는 며칠인가요?", "--as", "U1", "--in", "C1", "--json"))
    assert set(answered) == KEYS
    assert answered["citations"][0]["uri"] == "hr/leave.md"
    assert answered["route"] == "quote"
    assert "클라우드 모델(cloud)" in answered["text"], "says which shore the policy would have chosen"
    assert "15일" in answered["text"]


def test_a_text_is_masked_and_what_comes_back_is_restored(piped: Naru) -> None:
    number = "-".join(("010", "2345", "6789"))
    copy = piped("mask", stdin=f"{number}로 전화해 주세요\n")
    assert (copy.returncode, copy.stdout) == (0, "⟦PHONE_1⟧로 전화해 주세요\n")
    back = piped("unmask", stdin="⟦PHONE_1⟧으로 걸었고 ⟦PHONE_2⟧ 는 모릅니다.\n")
    assert (back.returncode, back.stdout) == (0, f"{number}로 걸었고 ⟦PHONE_2⟧ 는 모릅니다.\n")
    assert "and stay: 1." in back.stderr
    assert number not in copy.stderr + back.stderr


def test_a_piped_question_is_answered_and_the_console_ends(piped: Naru) -> None:
    done = piped("run", stdin="연차는 며칠인가요?\n/why\n/good\n")
    assert done.returncode == 0, done.stderr
    assert "휴가 규정" in done.stdout
    assert "cloud → on_prem → quote" in done.stdout
    assert "기록했습니다" in done.stdout


def test_the_console_speaks_for_others_in_other_rooms(piped: Naru) -> None:
    asked = "시니어 개발 연봉 밴드 알려주세요"
    lines = [asked, "/as U2", asked, "/in C1", asked, "/quit"]
    done = piped("run", stdin="\n".join(lines))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("salary-bands.md") >= 1
    engineer, _, after = done.stdout.partition("salary-bands.md")
    assert "모르겠습니다" in engineer
    assert "모르겠습니다" in after, "in #general HR learns as much as everyone there"


def test_a_piped_line_that_cannot_be_answered_gives_its_reason_and_the_rest_goes_on(piped: Naru) -> None:
    done = piped("run", stdin=f"{'가' * 40_000}\n/as U99\n/fly\n연차는 며칠인가요?\n")
    assert done.returncode == 1
    assert "40,000 characters" in done.stdout
    assert "'U99'" in done.stdout
    assert "/fly" in done.stdout
    assert "휴가 규정" in done.stdout


def test_explain_decides_and_keeps_nothing(naru: Naru, fresh_url: str) -> None:
    explained = data(naru("explain", "연차는 며칠인가요?", "--json"))
    assert explained["routes"] == ["cloud", "on_prem", "quote"]
    assert explained["sinks"]["train"]["allowed"] is True
    with psycopg.connect(fresh_url) as database:
        assert database.execute("select count(*) from question").fetchone() == (0,)


def test_search_shows_what_the_person_may_read_there(naru: Naru) -> None:
    asked = ("search", "급여 밴드", "--json", "--as")
    assert "hr/salary-bands.md" in {found["uri"] for found in data(naru(*asked, "U2"))}
    assert "hr/salary-bands.md" not in {found["uri"] for found in data(naru(*asked, "U1"))}
    assert "hr/salary-bands.md" not in {found["uri"] for found in data(naru(*asked, "U2", "--in", "general"))}


def test_a_folder_is_added_indexed_listed_and_removed(naru: Naru, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "parking.md").write_text("# 주차\n\n주차 정기권 추첨은 매달 첫 월요일입니다.\n", encoding="utf-8")
    (folder / "broken.md").write_bytes(b"\x00\x01\x02")
    added = naru("source", "add", "notes", "notes", "--level", "internal", "--readers", "everyone")
    assert added.returncode == 0, added.stderr
    report = data(naru("source", "reindex", "notes", "--json"))["notes"]
    assert report["added"] == 1
    assert [problem["uri"] for problem in report["problems"]] == ["broken.md"]
    status = data(naru("status", "--json"))
    (notes,) = [source for source in status["sources"] if source["name"] == "notes"]
    assert (notes["documents"], notes["problems"][0]["uri"]) == (1, "broken.md")
    again = data(naru("source", "reindex", "notes", "--json"))["notes"]
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 1)
    answered = data(naru("ask", "주차 정기권 추첨은 언제인가요?", "--json"))
    assert "첫 월요일" in answered["text"]
    assert naru("source", "remove", "notes").returncode == 0
    assert "notes" not in {source["name"] for source in data(naru("source", "list", "--json"))}


def test_a_folder_that_vanished_deletes_nothing(naru: Naru, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "parking.md").write_text("# 주차\n\n주차 정기권 추첨은 매달 첫 월요일입니다.\n", encoding="utf-8")
    naru("source", "add", "notes", str(folder), "--level", "internal", "--readers", "everyone")
    data(naru("source", "reindex", "notes", "--json"))
    folder.rename(tmp_path / "elsewhere")
    gone = naru("source", "reindex", "notes")
    assert gone.returncode == 1
    assert str(folder) in gone.stderr
    assert "첫 월요일" in data(naru("ask", "주차 정기권 추첨은 언제인가요?", "--json"))["text"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ask", "", "--as", "U1"), "empty"),
        (("ask", "가" * 40_000), "40,000 characters"),
        (("ask", "연차", "--as", "U99"), "Nobody with the id 'U99'"),
        (("ask", "연차", "--in", "C99"), "no room 'C99'"),
        (("ask", "연차", "--as", "U1", "--in", "C3"), "not in #hr-team"),
        (("source", "remove", "handbook"), "naru.toml"),
        (("source", "remove", "nothing"), "nothing"),
        (("source", "reindex", "nothing"), "nothing"),
        (("source", "add", "x", ".", "--level", "secret", "--readers", "everyone"), "level must be"),
        (("source", "add", "x", ".", "--level", "internal", "--readers", "hr"), "readers"),
        (("source", "add", "x", ".", "--level", "internal", "--readers", ""), "readers"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(naru: Naru, arguments: tuple[str, ...], says: str) -> None:
    assert says in reason(naru(*arguments))


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"NARU_CLOUD_BASE_URL": "ftp://x", "NARU_KEY": "short"}, ("NARU_CLOUD_BASE_URL", "NARU_KEY")),
        ({"NARU_CLOUD_MODLE": "x"}, ("NARU_CLOUD_MODEL",)),
        ({"NARU_CONFIG": "missing.toml"}, ("missing.toml",)),
        ({"NARU_POLICY": "missing.toml"}, ("NARU_POLICY",)),
        ({"NARU_ON_PREM_BASE_URL": "http://far.example/v1", "NARU_ON_PREM_MODEL": "m"}, ("NARU_ON_PREM_BASE_URL",)),
        ({"NARU_DATABASE_URL": "postgresql://naru@127.0.0.1:1/naru"}, ("127.0.0.1",)),
    ],
)
def test_wrong_settings_are_all_named_at_once(naru: Naru, variables: dict[str, str], says: tuple[str, ...]) -> None:
    told = reason(naru("status", **variables))
    for word in says:
        assert word in told


def test_a_policy_that_says_nonsense_stops_the_start(naru: Naru, tmp_path: Path) -> None:
    shipped = (ROOT / "policy.toml").read_text(encoding="utf-8")
    wrong = shipped.replace('ceiling = "internal"', 'ceiling = "cosy"', 1).replace("[routes]", "[roads]")
    (tmp_path / "mine.toml").write_text(wrong, encoding="utf-8")
    told = reason(naru("ask", "연차", NARU_POLICY="mine.toml"))
    assert "sinks.cloud.ceiling must be public, internal, confidential or restricted" in told
    assert "roads is not a setting" in told
    assert "routes is missing" in told


def test_a_newer_database_is_left_alone(naru: Naru, fresh_url: str) -> None:
    with psycopg.connect(fresh_url) as database:
        database.execute("update alembic_version set version_num = '9999'")
    for command in (("ask", "연차"), ("migrate",), ("status",), ("run",), ("source", "list"), ("backup", "b")):
        assert "newer Naru" in reason(naru(*command))


def test_a_half_migrated_database_is_named(naru: Naru, fresh_url: str) -> None:
    with psycopg.connect(fresh_url) as database:
        database.execute("drop table feedback cascade")
    assert "half-migrated" in reason(naru("ask", "연차"))


def test_a_database_without_tables_is_told_about_migrate_and_migrate_does_it(naru: Naru, empty_url: str) -> None:
    assert "naru migrate" in reason(naru("status", NARU_DATABASE_URL=empty_url))
    for _ in range(2):
        assert naru("migrate", NARU_DATABASE_URL=empty_url).returncode == 0
    assert data(naru("status", "--json", NARU_DATABASE_URL=empty_url))["sources"] == []


def test_without_a_directory_only_asking_needs_one(naru: Naru, tmp_path: Path) -> None:
    (tmp_path / "naru.toml").write_text("", encoding="utf-8")
    assert data(naru("status", "--json"))["sources"] == []
    assert data(naru("source", "list", "--json")) == []
    assert "people.toml does not exist" in reason(naru("ask", "연차", "--as", "U1"))
    assert "--as ID" in reason(naru("ask", "연차"))


def test_a_key_is_never_made_anew_over_text_that_was_sealed_with_another(naru: Naru, tmp_path: Path) -> None:
    data(naru("ask", "연차는 며칠인가요?", "--json"))
    key = tmp_path / "home" / "key"
    key.unlink()
    assert "sealed with it: restore it" in reason(naru("ask", "연차는 며칠인가요?"))
    assert not key.exists()


@pytest.mark.parametrize("columns", ["40", "100"])
def test_an_answer_is_whole_in_a_terminal_of_any_width(naru: Naru, columns: str) -> None:
    asked = ("ask", "남은 연차는 다음 해로 이월되나요?")
    whole = "".join(data(naru(*asked, "--json"))["text"].split())
    shown = "".join(naru(*asked, COLUMNS=columns).stdout.replace("▌", "").split())
    assert "사용촉진안내를보낸날은보상하지않습니다" in whole
    assert "사용촉진안내를보낸날은보상하지않습니다" in shown


@pytest.mark.parametrize("columns", ["40", "100"])
def test_a_table_is_whole_in_a_terminal_of_any_width(piped: Naru, variables: dict[str, str], columns: str) -> None:
    variables["COLUMNS"] = columns
    shown = piped("run", stdin="/as\n/help\n").stdout
    assert "…" not in shown
    assert "ask in another" in " ".join(shown.split()) or columns == "40"


def test_what_a_terminal_would_obey_is_not_printed(naru: Naru) -> None:
    assert "\x1b[31m" not in reason(naru("ask", "연차", "--as", "\x1b[31mU1"))


def test_a_source_that_cannot_be_listed_is_in_status_until_it_can(naru: Naru, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    add = ("source", "add", "notes", str(folder), "--level", "public", "--readers", "everyone")
    assert "is not there" in reason(naru(*add))
    folder.mkdir()
    (folder / "a.md").write_text("# 주차\n\n추첨은 월요일입니다.\n", encoding="utf-8")
    assert naru(*add).returncode == 0
    folder.rename(tmp_path / "away")

    def problem() -> str:
        (notes,) = [one for one in data(naru("status", "--json"))["sources"] if one["name"] == "notes"]
        return str(notes["problem"])

    assert naru("source", "reindex", "notes").returncode == 1
    assert "is not there" in problem()
    (tmp_path / "away").rename(folder)
    assert naru("source", "reindex", "notes").returncode == 0
    assert problem() == "None"


def test_who_comes_while_another_indexes_waits_and_gets_the_answer(piped: Naru) -> None:
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(lambda _: piped("run", stdin="연차는 며칠인가요?\n"), range(2)))
    for done in both:
        assert done.returncode == 0, done.stderr
        assert "휴가 규정" in done.stdout


def notes_of(naru: Naru, tmp_path: Path, *options: str) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_text("# 주차\n\n추첨은 월요일입니다.\n", encoding="utf-8")
    long_ago = time.time() - 3600  # what was written a moment ago has no version yet
    os.utime(folder / "a.md", (long_ago, long_ago))
    add = ("source", "add", "notes", "notes", "--level", "internal", "--readers", "everyone", *options)
    assert naru(*add).returncode == 0
    return folder


def test_coverage_names_the_gaps_and_its_status_says_whether_there_are_any(naru: Naru, tmp_path: Path) -> None:
    notes_of(naru, tmp_path)
    gaps = naru("source", "coverage", "notes", "--json")
    assert gaps.returncode == 1
    assert json.loads(gaps.stdout)["gaps"] == [
        {"uri": "a.md", "reason": "not_read", "sentence": None, "searched": False}
    ]
    assert naru("source", "reindex", "notes").returncode == 0
    whole = naru("source", "coverage", "notes")
    assert whole.returncode == 0
    assert "1 of them indexed; 0 gaps" in whole.stderr


def test_a_run_in_the_background_waits_in_the_status_and_can_be_stopped(naru: Naru, tmp_path: Path) -> None:
    notes_of(naru, tmp_path, "--schedule", "0 3 * * *")
    assert data(naru("source", "reindex", "notes", "--background", "--json"))["notes"]["state"] == "waiting"

    def notes() -> Any:
        return next(one for one in data(naru("status", "--json"))["sources"] if one["name"] == "notes")

    assert notes()["run"]["state"] == "waiting"
    assert notes()["next"].endswith("T03:00:00+09:00")
    assert naru("source", "cancel", "notes").returncode == 0
    assert notes()["run"]["state"] == "cancelled"
    assert "no run of it waits" in reason(naru("source", "cancel", "notes"))


def test_the_kinds_of_what_cannot_be_read_are_counted(naru: Naru, tmp_path: Path) -> None:
    folder = notes_of(naru, tmp_path)
    for name in ("b.md", "c.md"):
        (folder / name).write_text("", encoding="utf-8")
    report = data(naru("source", "reindex", "notes", "--json"))["notes"]
    assert {problem["kind"] for problem in report["problems"]} == {"empty"}
    (notes,) = [one for one in data(naru("status", "--json"))["sources"] if one["name"] == "notes"]
    assert notes["kinds"] == {"empty": 2}
    assert notes["run"]["report"]["problems"] == {"empty": 2}
    assert "cannot be read: 2 empty" in naru("status").stdout


def test_a_schedule_that_is_none_is_refused(naru: Naru, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    add = ("source", "add", "notes", "notes", "--level", "internal", "--readers", "everyone", "--schedule", "daily")
    assert "five fields" in reason(naru(*add))


def test_a_worker_does_what_waits_and_follows_the_word_to_stop(
    naru: Naru, variables: dict[str, str], tmp_path: Path
) -> None:
    notes_of(naru, tmp_path)
    data(naru("source", "reindex", "notes", "--background", "--json"))
    path = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    worker = subprocess.Popen(
        [sys.executable, "-m", "admin.cli", "work"],
        env={**path, **variables, "PYTHONPATH": str(ROOT)}, cwd=tmp_path, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        (notes,) = [one for one in data(naru("status", "--json"))["sources"] if one["name"] == "notes"]
        if notes["run"]["state"] == "done":
            break
    worker.terminate()
    _, said = worker.communicate(timeout=30)
    assert worker.returncode == 0, said
    assert notes["run"]["report"]["added"] == 1


def test_the_version_is_told(naru: Naru) -> None:
    assert naru("--version").stdout.strip()


def test_a_lost_key_is_said_and_nothing_is_overwritten(naru: Naru, tmp_path: Path) -> None:
    data(naru("ask", "연차는 며칠인가요?", "--json"))
    key = tmp_path / "home" / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.write_text("gone", encoding="utf-8")
    assert str(key) in reason(naru("ask", "연차는 며칠인가요?"))
    assert key.read_text(encoding="utf-8") == "gone"


@pytest.mark.parametrize(
    "command",
    ["run", "ask", "explain", "search", "status", "migrate", "source", "people", "check", "backup", "restore", "work"],
)
def test_every_command_explains_itself(naru: Naru, command: str) -> None:
    done = naru(command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


DIRECTORY = """이메일,이름,슬랙,그룹,고용형태,퇴사일
kim@x.example,김하늘,U1,hr,정규직,
lee@x.example,이서윤,U2,,계약직,
gone@x.example,박지호,U3,hr,정규직,2020-01-31
"""
SOURCES = """
[directory]
file = "people.csv"
[directory.external]
"ext:wiki/people" = ["group:hr"]
[[sources]]
name = "notes"
location = "notes"
level = "internal"
readers = ["ext:wiki/people"]
[[sources.rules]]
match = "lost/*"
level = "internal"
readers = ["ext:wiki/unknown", "group:hrr"]
"""


@pytest.fixture
def listed(tmp_path: Path, naru: Naru) -> Naru:
    """Naru of a company with a CSV directory, and documents of another system's groups."""
    (tmp_path / "people.csv").write_bytes(DIRECTORY.encode("cp949"))
    (tmp_path / "naru.toml").write_text(SOURCES + f'[roles]\nadmins = ["{login_name()}"]\n', encoding="utf-8")
    for name in ("parking.md", "lost/parking.md"):
        path = tmp_path / "notes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# 주차\n\n주차 정기권 추첨은 매달 첫 월요일입니다.\n", encoding="utf-8")
    return naru


def test_an_external_group_is_read_by_those_it_is_mapped_to_and_an_unmapped_one_by_nobody(listed: Naru) -> None:
    asked = ("search", "주차 정기권", "--reason", "누가 읽는지 시험", "--json")
    found = {who: data(listed(*asked, "--as", who)) for who in ("U1", "U2")}
    assert [passage["uri"] for passage in found["U1"]] == ["parking.md"]
    assert found["U2"] == []
    assert "U3 has left the company" in reason(listed("search", "주차 정기권", "--as", "U3"))


def test_status_says_which_documents_nobody_may_read(listed: Naru, tmp_path: Path) -> None:
    data(listed("source", "reindex", "--json"))
    status = data(listed("status", "--json"))
    assert status["directory"] == {"file": str(tmp_path / "people.csv"), "people": 2, "left": 1, "everyone": 1}
    assert status["nobody"]["documents"] == 1
    assert [one["principal"] for one in status["nobody"]["readers"]] == ["ext:wiki/unknown", "group:hrr"]
    shown = " ".join(listed("status", COLUMNS="200").stdout.split())
    assert "0 people may read 1 document." in shown
    assert "did you mean group:hr?" in shown


def test_status_says_what_is_wrong_with_the_directory(listed: Naru, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("email\nnobody\n", encoding="utf-8")
    assert "people.csv: line 2, email must be" in data(listed("status", "--json"))["directory"]["problem"]


def test_who_somebody_is_and_why_they_read_is_shown(listed: Naru) -> None:
    shown = data(listed("people", "show", "KIM@x.example", "--json"))
    assert shown["directory"]["id"] == "U1"
    assert {one["principal"]: one["why"] for one in shown["principals"]} == {
        "user:U1": "their id in the directory",
        "email:kim@x.example": "their address in the directory",
        "group:hr": "a group of the directory",
        "everyone": "of those that are everyone in naru.toml",
        "ext:wiki/people": "stands for group:hr in naru.toml",
    }
    gone = data(listed("people", "show", "U3", "--json"))
    assert (gone["left"], gone["principals"]) == (True, [])
    assert "may read nothing at all" in listed("people", "show", "U3").stdout
    assert "'U9' is in the directory" in reason(listed("people", "show", "U9"))


def test_the_people_of_the_directory_are_listed(listed: Naru) -> None:
    people = {one["id"]: one for one in data(listed("people", "list", "--json"))}
    assert {id: (one["everyone"], one["left"]) for id, one in people.items()} == {
        "U1": (True, False),
        "U2": (False, False),
        "U3": (False, True),
    }
    assert "left after 2020-01-31" in listed("people", "list", COLUMNS="200").stdout


def test_a_directory_is_checked_before_it_is_used(listed: Naru, tmp_path: Path) -> None:
    sound = data(listed("people", "check", "--json"))
    assert (sound["people"], sound["left"], sound["groups"], sound["problems"]) == (2, 1, {"hr": 1}, [])
    new = tmp_path / "new.csv"
    new.write_text("이메일,퇴사일\nnobody,soon\n,\n,2026-01-01\n", encoding="utf-8")
    told = reason(listed("people", "check", str(new)))
    for line in ("line 2, 이메일 must", "line 2, 퇴사일 must", "line 4 has neither"):
        assert line in told
    done = listed("people", "check", str(new), "--json")
    assert done.returncode == 1
    assert [problem["at"] for problem in json.loads(done.stdout)["problems"]] == [
        "line 2, 이메일",
        "line 2, 퇴사일",
        "line 4",
    ]


def test_the_glossary_is_listed_checked_and_tried(naru: Naru, tmp_path: Path) -> None:
    (tmp_path / "naru.toml").write_text("")
    path = tmp_path / "glossary.toml"
    path.write_text(
        '[[words]]\nsame = ["연차", "PTO"]\n\n[[words]]\nsay = ["법카"]\nmean = ["법인카드"]\n', encoding="utf-8"
    )
    assert data(naru("glossary", "list", "--json")) == [
        {"line": 1, "words": ["연차", "PTO"], "means": [], "one_way": False},
        {"line": 4, "words": ["법카"], "means": ["법인카드"], "one_way": True},
    ]
    assert data(naru("glossary", "check", "--json")) == {"file": str(path), "entries": 2}
    assert data(naru("glossary", "try", "법카로 산 연차는?", "--json")) == [
        {"word": "법카", "also": ["법인카드"]},
        {"word": "연차", "also": ["PTO"]},
    ]
    path.write_text('[[words]]\nsame = ["연차", "연"]\n', encoding="utf-8")
    done = naru("glossary", "check")
    assert done.returncode == 1
    assert done.stderr.strip() == f"{path}, line 2: '연' is one letter, which is found in every other word"


def test_a_file_is_asked_about_and_stays_in_the_building(naru: Naru, tmp_path: Path) -> None:
    contract = tmp_path / "계약서.md"
    contract.write_text("# 계약\n\n## 위약금\n\n위약금은 총액의 이십 퍼센트입니다.\n", encoding="utf-8")
    asked = ("이 계약서의 위약금은 얼마인가요?", "--as", "U1", "--attach", str(contract), "--json")
    said = json.loads(naru("ask", *asked).stdout)
    assert "이십 퍼센트" in said["text"]
    assert "계약서.md" in [citation["title"] for citation in said["citations"]]
    assert ["CONFIDENTIAL", "attached"] in [[reason["level"], reason["kind"]] for reason in said["reasons"]]
    explained = json.loads(naru("explain", *asked).stdout)
    assert explained["routes"] == ["on_prem", "quote"]
    assert explained["attached"] == [{"name": "계약서.md", "pieces": 1, "unread": None}]


def test_a_file_that_is_not_there_or_cannot_be_read_says_so(naru: Naru, tmp_path: Path) -> None:
    missing = naru("ask", "위약금은?", "--as", "U1", "--attach", str(tmp_path / "none.md"))
    assert missing.returncode == 1
    assert "none.md cannot be opened (No such file or directory)" in missing.stderr
    folder = naru("ask", "위약금은?", "--as", "U1", "--attach", str(tmp_path))
    assert "cannot be opened" in folder.stderr
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    unread = json.loads(naru("ask", "연차는 며칠인가요?", "--as", "U1", "--attach", str(picture), "--json").stdout)
    assert "a.png 은(는) 읽지 못했습니다" in unread["text"]
    assert unread["label"] == "RESTRICTED"
