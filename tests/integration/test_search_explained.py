"""`naru search --explain`: each number, why visible, why not chosen; by role and reason what a room may not read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from admin.cli import main
from admin.operators import LOOKED, login_name
from tests.integration.company import CONFIG, PEOPLE

DOCUMENTS = {
    "leave.md": "# 휴가\n\n## 연차\n\n연차는 1년에 15일이고 급여는 같습니다.\n\n## 반차\n\n반차는 반나절입니다.\n",
    "public/card.md": "# Corporate card\n\nThe card's limit is 500,000 won a month.\n",
    "hr/pay.md": "# 급여 밴드\n\n## 시니어\n\n시니어 급여 밴드는 구천만 원부터입니다.\n",
    "guide-2024.md": "# 재택 지침 2024\n\n2024년 1월 1일부터 시행.\n\n재택 근무는 한 주에 이틀까지 신청합니다.\n",
    "guide-2025.md": "# 재택 지침 2025\n\n2025년 1월 1일부터 시행.\n\n재택 근무는 한 주에 사흘까지 신청합니다.\n",
}
ROLES = f'\n[roles]\nadmins = ["{login_name()}"]\n'
PAY = "급여 밴드와 연차"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def naru(tmp_path: Path, fresh_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for uri, text in DOCUMENTS.items():
        path = tmp_path / "handbook" / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "naru.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "glossary.toml").write_text("[[words]]\nsame = ['법카', 'corporate card']", encoding="utf-8")
    monkeypatch.setenv("NARU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NARU_DATABASE_URL", fresh_url)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return run


def explained(naru: Run, question: str, *more: str) -> dict[str, Any]:
    status, out, err = naru("search", question, "--explain", "--json", *more)
    assert status == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def looks(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute("select body, actor from audit where kind = %s", (LOOKED,)).fetchall()


def test_every_number_and_why_it_is_visible(naru: Run) -> None:
    said = explained(naru, "연차는 며칠?", "--limit", "1")
    first, *others = said["found"]
    assert (first["uri"], first["place"], first["outcome"]) == ("leave.md", 1, "read")
    assert sum(first["parts"].values()) == pytest.approx(first["score"], abs=0.01)
    assert sum(first["matched"].values()) == pytest.approx(first["parts"]["words"], abs=0.01)
    assert first["readable_by"] == ["everyone"]
    assert {one["outcome"] for one in others} <= {"beyond", "superseded"}
    assert {term["term"]: term["df"] for term in said["terms"]}["연차"] == 1
    assert said["hidden"] is None
    (plain,) = json.loads(naru("search", "연차는 며칠?", "--limit", "1", "--json")[1])
    assert plain["uri"] == "leave.md"


def test_what_is_too_far_behind_and_what_another_version_replaces(naru: Run) -> None:
    said = explained(naru, "재택 근무 신청", "--limit", "1")
    outcomes = {one["uri"]: (one["place"], one["outcome"]) for one in said["found"]}
    assert outcomes["guide-2025.md"] == (1, "read")
    assert outcomes["guide-2024.md"][1] in ("superseded", "beyond")
    both = explained(naru, "반차는 반나절 limit")
    assert {one["uri"]: one["outcome"] for one in both["found"]}["public/card.md"] == "below"


def test_the_tables_speak_the_questions_language(naru: Run) -> None:
    printed = naru("search", "법카 limit 알려줘", "--explain")[1]
    assert "법카 → corporate card" in printed
    assert "답의 근거가 될 수 있음" in printed
    english = naru("search", "limit of the card", "--explain")[1]
    assert "an answer may rest on it" in english
    assert "everyone" in english
    assert "no words to look for" in naru("search", "how do I?", "--explain")[1]


def test_what_the_room_may_not_read_needs_a_role_and_a_reason_and_shows_titles_alone(
    naru: Run, tmp_path: Path, fresh_url: str
) -> None:
    asked = ("search", PAY, "--in", "C1", "--explain", "--hidden", "--json")
    for person in ("U1", "U2"):  # also for one's own eyes, and for somebody who may read it alone
        status, out, err = naru(*asked, "--as", person, "--reason", "답이 없다는 문의")
        assert (status, out) == (1, "")
        assert "must stand in officers or admins" in err
    (tmp_path / "naru.toml").write_text(CONFIG + ROLES, encoding="utf-8")
    assert "--reason" in naru(*asked, "--as", "U1")[2]
    assert looks(fresh_url) == []
    said = naru(*asked, "--as", "U2", "--reason", "답이 없다는 문의")[1]
    (hidden,) = json.loads(said)["hidden"]
    assert hidden == {
        "title": "급여 밴드",
        "uri": "hr/pay.md",
        "source": "handbook",
        "readable_by": ["group:hr"],
        "asker_alone": True,
    }
    printed = naru(*[one for one in asked if one != "--json"], "--as", "U1", "--reason", "답이 없다는 문의")[1]
    assert "급여 밴드" in printed
    for shown in (said, printed):
        assert "구천만" not in shown
        assert "시니어" not in shown
    assert [(body["command"], actor) for body, actor in looks(fresh_url)] == [
        ("search --explain", looks(fresh_url)[0][1]),
        ("search --explain", looks(fresh_url)[0][1]),
    ]


def test_without_being_asked_it_says_nothing_of_what_the_room_may_not_read(naru: Run) -> None:
    said = naru("search", PAY, "--in", "C1", "--explain", "--json")[1]
    assert "pay.md" not in said
    assert "급여 밴드" not in said
    assert {term["term"]: term["df"] for term in json.loads(said)["terms"]}["밴드"] == 0


FAULTS = (
    (("연차", "--explain", "--as", "U77"), 1, "Nobody with the id 'U77'"),
    (("연차", "--explain", "--in", "nowhere"), 1, "There is no room 'nowhere'"),
    (("", "--explain"), 1, "The question is empty"),
    (("   ", "--explain"), 1, "The question is empty"),
    (("연차", "--hidden"), 2, "--hidden belongs to --explain"),
    (("연차", "--explain", "--limit", "0"), 2, "--limit"),
)


def test_what_cannot_be_explained_is_one_sentence(naru: Run) -> None:
    for arguments, status, says in FAULTS:
        ended, out, err = naru("search", *arguments)
        assert (ended, out) == (status, ""), arguments
        assert says in " ".join(err.replace("│", " ").split())
