"""The commands that reach behind somebody's back: looking with another's eyes, exporting what is held of somebody."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import psycopg
import pytest
from sqlalchemy import insert

from admin.cli import main
from admin.cli.run import actions
from admin.operators import EXPORTED, LOOKED, Operator, RoleFault, login_name
from admin.people import PersonFault
from admin.person_export import exported
from bot import tables
from bot.answer import answer
from bot.audit import Audit
from bot.domain import Answer, Feedback
from tests.integration.company import CONFIG, PEOPLE, Company, company

OFFICER = Operator("kim", frozenset({"officer"}))
PAY = "급여 밴드가 어떻게 되나요?"
DOCUMENTS = {"hr/pay.md": "# 급여 밴드\n\n## 시니어\n\n시니어 급여 밴드는 구천만 원부터입니다.\n"}
ROLES = f'\n[roles]\nadmins = ["{login_name()}"]\n'

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def here(tmp_path: Path, fresh_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    for uri, text in DOCUMENTS.items():
        path = tmp_path / "handbook" / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "naru.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("NARU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NARU_DATABASE_URL", fresh_url)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def naru(here: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return run


def noted(url: str, kind: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute("select body from audit where kind = %s", (kind,)).fetchall()


def test_with_anothers_eyes_only_titles_are_seen_by_those_with_a_role_and_a_reason(
    naru: Run, here: Path, fresh_url: str
) -> None:
    asked = ("ask", PAY, "--as", "U2", "--json", "--reason", "민원 확인")
    status, out, err = naru(*asked)
    assert (status, out) == (1, "")
    assert "must stand in officers or admins under [roles] in naru.toml" in err
    assert noted(fresh_url, LOOKED) == []
    (here / "naru.toml").write_text(CONFIG + ROLES, encoding="utf-8")
    answered = json.loads(naru(*asked)[1])
    assert (answered["text"], [c["title"] for c in answered["citations"]][:1]) == (None, ["급여 밴드"])
    searched = naru("search", PAY, "--as", "U2", "--json", "--reason", "민원 확인")[1]
    assert json.loads(searched)[0]["title"] == "급여 밴드"
    printed = naru("ask", PAY, "--as", "U2", "--reason", "민원 확인")[1]
    for shown in (str(answered), searched, printed):
        assert "구천만" not in shown
        assert "시니어" not in shown
    assert [body["command"] for (body,) in noted(fresh_url, LOOKED)] == ["ask", "search", "ask"]


async def test_the_console_asks_as_others_only_for_a_reason_and_with_ones_own_eyes_for_none(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as refused:
        assert await actions(refused.app).look_as("U1", None) is False
        with pytest.raises(RoleFault, match="must stand in"):
            await actions(refused.app).look_as("U2", "why")
    assert noted(fresh_url, LOOKED) == []


async def test_everything_that_is_held_about_a_person_is_exported_and_nobody_elses_text(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        mine, theirs = await asked_by("U2", PAY, naru), await asked_by("U3", "비밀 계획이 있나요?", naru)
        await naru.app.records.give(Feedback(mine.id, "U2", "bad", "숫자가 옛것"), naru.app.rules())
        await naru.app.records.give(Feedback(theirs.id, "U2", "good"), naru.app.rules())
        await naru.app.records.give(Feedback(mine.id, "U3", "bad", "남의 생각"), naru.app.rules())
        await opted_out(naru, mine)
        held = await exported(naru.app, "U2", OFFICER, "본인의 요구")
        said = json.dumps(held.sections, ensure_ascii=False, default=str)
        (question,) = held.sections["questions"]
        assert question["text"] == PAY
        assert "연차는 15일" in question["answer"]["text"]
        assert [one["reason"] for one in held.sections["feedback"]] == ["숫자가 옛것", None]
        assert held.sections["person"]["directory"]["name"] == "이서연"
        assert [one["scope"] for one in held.sections["opt_outs"]] == ["train"]
        assert held.sections["receipts"][0]["counts"] == {"answer": {"erased": 1}}
        assert [one["ts"] for one in held.sections["posted"]] == ["1.5", "1.6"]
        assert held.sections["notices"][0]["version"] == "v1"
        assert "opted_out" in [one["kind"] for one in held.sections["audit"]]
        assert "비밀 계획" not in said
        assert "남의 생각" not in said
        (body,) = noted(fresh_url, EXPORTED)
        assert body[0]["held"]["questions"] == 1
        assert "본인의" not in str(body)


async def test_what_was_asked_in_somebodys_name_is_not_their_text_and_nobody_is_told_of_nobody(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await naru.ask(PAY, person="U2")
        (question,) = (await exported(naru.app, "U2", OFFICER, "r")).sections["questions"]
        assert (question["in_their_name"], question["text"]) == (True, None)
        with pytest.raises(PersonFault, match="nothing is held"):
            await exported(naru.app, "nobody@x.example", OFFICER, "r")


def test_an_export_is_a_file_that_only_its_writer_reads_and_never_another_one_overwritten(
    naru: Run, here: Path, fresh_url: str
) -> None:
    (here / "naru.toml").write_text(CONFIG + ROLES, encoding="utf-8")
    asked = ("person", "export", "U2", "--to", "out.zip", "--reason", "본인의 요구")
    assert naru(*asked)[0] == 0
    assert (here / "out.zip").stat().st_mode & 0o777 == 0o600
    with ZipFile(here / "out.zip") as archive:
        assert json.loads(archive.read("person.json"))["ids"] == ["U2"]
        assert "operator" in archive.read("left_out.txt").decode()
    status, _, err = naru(*asked)
    assert (status, "is there already" in err) == (1, True)
    assert naru("person", "export", "U2", "--reason", "r")[0] == 2
    assert len(noted(fresh_url, EXPORTED)) == 1


async def asked_by(person: str, text: str, naru: Company) -> Answer:
    """As in Slack, where nobody stands between."""
    question = naru.app.question(text, person=person, room=None, thread=f"one thread of {person}")
    return await answer(question, replace(naru.app.deps, operator=None))


async def opted_out(naru: Company, answered: Answer) -> None:
    """What the other rooms keep about U2."""
    seal, id, now = naru.app.seal, uuid4(), datetime.now(UTC)
    said = json.dumps({"id": "U2", "also": [], "by": "U2", "why": "", "confirmed": False})
    key = seal.pseudonym("user:U2")
    row = {"id": id, "subject": key, "kind": "user", "scope": "train", "sealed": seal.close(said, f"opt_out:{id}")}
    receipt = {"id": uuid4(), "opt_out": id, "due_at": now + timedelta(days=10), "counts": {"answer": {"erased": 1}}}
    async with naru.app.database.transaction() as connection:
        await connection.execute(insert(tables.opt_out), row)
        await connection.execute(insert(tables.receipt), receipt)
        for ts, question in (("1.5", answered.question), ("1.6", uuid4())):  # of the second the question is not kept
            row = {"channel": "C1", "ts": ts, "question": question, "asker": seal.pseudonym("U2"), "documents": []}
            await connection.execute(insert(tables.posted), row)
        await connection.execute(insert(tables.noticed), {"person": seal.pseudonym("U2"), "version": "v1"})
        await Audit(seal).note(connection, "opted_out", {"scope": "train"}, actor="U2", subject="user:U2")
