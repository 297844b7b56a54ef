"""The whole path on a real database: who learns what, what is kept, and what happens when something is broken."""

from __future__ import annotations

import logging
from pathlib import Path

import psycopg
import pytest

from bot.answer import ASKABLE, QUOTABLE
from bot.domain import Feedback, QuestionFault, Route
from bot.why import explained
from retrieval.database import DatabaseFault
from retrieval.passage import EVERYONE, Readers
from tests.builders import rrn
from tests.integration.company import company
from tests.standins.openai import Request, Says, Status

DOCUMENTS = {
    "public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일이고 3영업일 전에 올립니다.\n",
    "hr/salary.md": "# 급여 밴드\n\n## 시니어 엔지니어\n\n시니어 엔지니어의 급여 밴드는 구천만 원부터입니다.\n",
    "legal/contract.md": "# 누리 계약\n\n## 위약금\n\n누리 계약의 위약금은 총액의 십오 퍼센트입니다.\n",
}
SALARY = "시니어 엔지니어 급여 밴드가 어떻게 되나요?"


async def test_an_answer_shows_where_it_comes_from(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        answered = await naru.ask("연차는 며칠인가요?")
        assert answered.route is Route.CLOUD
        (citation,) = answered.citations
        assert (citation.title, citation.uri) == ("휴가 규정", "public/leave.md")
        assert citation.link == "https://handbook.example/public/leave.md"


async def test_the_salary_question_as_engineer_and_as_hr(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem=(Says("구천만 원부터입니다. [1]"),)) as naru:
        engineer, in_a_room, hr = (
            await naru.ask(SALARY, "U1", thread="a"),
            await naru.ask(SALARY, "U2", "C1", thread="b"),
            await naru.ask(SALARY, "U2", thread="c"),
        )
        for told in (engineer, in_a_room):
            assert not told.known
            assert told.citations == ()
            for word in ("구천만", "급여 밴드", "salary"):
                assert word not in told.text
        assert hr.route is Route.ON_PREM
        assert "구천만" in hr.text
        assert naru.cloud.bytes_received == b""


async def test_a_hidden_document_and_no_document_give_the_same_answer(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        hidden = await naru.ask(SALARY, "U1", thread="a")
        (naru.folder / "handbook" / "hr" / "salary.md").unlink()
        await naru.reindex()
        none = await naru.ask(SALARY, "U1", thread="b")
        assert hidden.text == none.text
        assert hidden.known is none.known is False


async def test_a_guest_in_the_room_hides_what_everyone_else_may_read(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        assert not (await naru.ask("연차는 며칠인가요?", "U1", "C6")).known


async def test_what_may_not_be_shown_here_is_named_with_its_link_only(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        answered = await naru.ask("누리 계약의 위약금은 얼마인가요?", "U3")
        assert answered.route is Route.REFUSE
        assert "누리 계약 (https://handbook.example/legal/contract.md)" in answered.text
        assert "십오 퍼센트" not in answered.text
        assert naru.cloud.bytes_received == naru.on_prem.bytes_received == b""


async def test_a_document_that_may_not_be_shown_does_not_keep_the_others_from_answering(
    tmp_path: Path, fresh_url: str
) -> None:
    terms = "# 표준 약관\n\n## 위약금\n\n약관의 위약금은 계약마다 따로 정합니다.\n"
    documents = {**DOCUMENTS, "public/terms.md": terms}
    async with company(tmp_path, fresh_url, documents, cloud=(Says("계약마다 다릅니다. [1]"),)) as naru:
        answered = await naru.ask("계약의 위약금은 얼마인가요?", "U3")
        assert answered.route is Route.CLOUD
        assert [c.title for c in answered.citations] == ["표준 약관"]
        assert "누리 계약 (https://handbook.example/legal/contract.md)" in answered.text
        assert naru.cloud.heard("약관의 위약금")
        assert not naru.cloud.heard("십오 퍼센트")
        assert not naru.cloud.heard("누리 계약")


async def test_what_a_private_room_is_told_a_public_one_gets_as_title_and_link_only(
    tmp_path: Path, fresh_url: str
) -> None:
    link = "급여 밴드 (https://handbook.example/hr/salary.md)"
    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem=(Says("구천만 원부터입니다. [1]"),)) as naru:
        for room in (None, "C3"):
            told = await naru.ask(SALARY, "U2", room, thread=f"in {room}")
            assert told.route is Route.ON_PREM
            assert "구천만" in told.text
        asked = len(naru.on_prem.requests)
        in_public = await naru.ask(SALARY, "U2", "C2", thread="in C2")
        assert in_public.route is Route.REFUSE
        assert link in in_public.text
        assert "구천만" not in in_public.text
        assert len(naru.on_prem.requests) == asked
        assert naru.cloud.bytes_received == b""
        last = await naru.app.records.last("U2", naru.app.question("?", person="U2", room="C2", thread="t").room)
        assert last is not None
        why = dict(explained(last, last["route"], last["model"], last["tried"]))
        assert why["slack"] == "no, takes up to INTERNAL: source (source handbook)"


async def test_an_earlier_answer_stays_out_of_the_prompt_once_its_room_is_public(
    tmp_path: Path, fresh_url: str
) -> None:
    replies = Says("구천만 원부터입니다. [1]"), Says("연차는 15일입니다. [1]")
    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem=replies) as naru:
        await naru.ask(SALARY, "U2", "C3")
        people = tmp_path / "people.toml"
        opened = people.read_text(encoding="utf-8").replace(
            'kind = "private", members = ["U2"]', 'kind = "public", members = ["U2"]'
        )
        people.write_text(opened, encoding="utf-8")
        follow_up = await naru.ask("연차는 1년에 며칠이고 언제까지 올려야 하나요?", "U2", "C3")
        assert follow_up.route is Route.ON_PREM
        assert naru.on_prem.heard("15일이고")
        assert "구천만" not in str(naru.on_prem.requests[-1].json)
        assert naru.cloud.bytes_received == b""


async def test_the_title_of_a_document_that_was_only_named_does_not_leave_with_the_next_question(
    tmp_path: Path, fresh_url: str
) -> None:
    terms = "# 표준 약관\n\n## 위약금\n\n약관의 위약금은 계약마다 따로 정합니다.\n"
    async with company(tmp_path, fresh_url, {**DOCUMENTS, "public/terms.md": terms}) as naru:
        first = await naru.ask("계약의 위약금은 얼마인가요?", "U3")
        assert first.route is Route.CLOUD
        assert "누리 계약" in first.text
        follow_up = await naru.ask("그럼 약관의 위약금은 어떻게 정하나요?", "U3")
        assert follow_up.route is Route.ON_PREM
        assert not naru.cloud.heard("누리 계약")


async def test_a_doubtful_passage_is_shown_to_a_model_and_not_quoted(tmp_path: Path, fresh_url: str) -> None:
    """A model can say that the passages do not answer; a quotation cannot."""
    asked = "연차 양식은 어디에서 받나요?"
    away = (Status(401),)
    async with company(
        tmp_path, fresh_url, DOCUMENTS, cloud=(Says("양식은 없습니다. [1]"), *away), on_prem=away
    ) as naru:
        found = (await naru.app.search(asked, Readers(frozenset({EVERYONE})), 6))[0]
        assert ASKABLE <= found.confidence < QUOTABLE
        by_the_model = await naru.ask(asked, thread="a")
        assert by_the_model.known
        without = await naru.ask(asked, thread="b")
        assert not without.known
        assert "15일" not in without.text


async def test_what_nobody_wrote_down_is_said_not_to_be_known(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        answered = await naru.ask("주차장 정기권 추첨은 언제 하나요?")
        assert answered.text.startswith("모르겠습니다.")
        assert not answered.known
        assert naru.cloud.requests == []


async def test_a_right_that_ends_while_the_model_writes_ends_the_answer(tmp_path: Path, fresh_url: str) -> None:
    def revoke(request: Request) -> str:
        people = tmp_path / "people.toml"
        people.write_text(people.read_text(encoding="utf-8").replace('["hr"]', "[]"), encoding="utf-8")
        return "구천만 원부터입니다. [1]"

    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem=(revoke,)) as naru:
        answered = await naru.ask(SALARY, "U2")
        assert "구천만" not in answered.text
        assert answered.citations == ()
        assert answered.route is Route.REFUSE


async def test_the_decision_is_committed_before_the_first_byte_leaves(tmp_path: Path, fresh_url: str) -> None:
    seen: list[int] = []

    def look(request: Request) -> str:
        with psycopg.connect(fresh_url) as other:
            row = other.execute("select count(*) from decision where 'cloud' = any(routes)").fetchone()
            seen.append(row[0] if row else 0)
        return "15일입니다. [1]"

    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=(look,)) as naru:
        await naru.ask("연차는 며칠인가요?")
    assert seen == [1]


async def test_the_cloud_is_out_when_the_decision_cannot_be_recorded(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        with psycopg.connect(fresh_url) as other:
            other.execute(
                "create function full_disk() returns trigger language plpgsql as "
                "$$ begin raise exception 'no space left' using errcode = '53100'; end $$"
            )
            other.execute("create trigger full_disk before insert on decision execute function full_disk()")
        with pytest.raises(DatabaseFault):
            await naru.ask("연차는 며칠인가요?")
        assert naru.cloud.bytes_received == b""
        assert naru.on_prem.heard("15일이고")


async def rows(url: str) -> str:
    """Everything in every table of the bot, as text."""
    with psycopg.connect(url) as other:
        tables = ("question", "decision", "answer", "feedback")
        return "\n".join(str(row) for table in tables for row in other.execute(f"select * from {table}"))


async def test_what_is_kept_is_sealed_and_names_nobody(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        answered = await naru.ask("연차는 며칠인가요?")
        await naru.app.records.give(Feedback(answered.id, "U1", "bad", "며칠 전인지 빠졌어요"), naru.app.rules())
        kept = await rows(fresh_url)
        for told in ("연차", "15일", "빠졌어요", "U1", "휴가 규정", "leave.md"):
            assert told not in kept
        (turn,) = await naru.app.records.thread(naru.app.question("또?", person="U1", room=None, thread="t"))
        assert (turn.question, turn.answer) == ("연차는 며칠인가요?", "연차는 15일입니다. [1]")


async def test_a_text_that_the_record_sink_refuses_is_not_kept_and_the_thread_stays_restricted(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await naru.ask(f"{rrn()} 님의 연차는 며칠인가요?")
        (turn,) = await naru.app.records.thread(naru.app.question("또?", person="U1", room=None, thread="t"))
        assert turn.question is turn.answer is None
        follow_up = await naru.ask("3영업일 전에 올리는 것은 무엇인가요? 연차인가요?")
        assert follow_up.route is Route.ON_PREM
        assert naru.cloud.bytes_received == b""


async def test_a_follow_up_is_searched_with_the_question_before_it(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        await naru.ask("연차는 며칠인가요?")
        follow_up = await naru.ask("그럼 언제 올려야 하나요?")
        assert follow_up.known
        assert [c.uri for c in follow_up.citations] == ["public/leave.md"]


async def test_the_last_verdict_of_a_person_stands(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        answered = await naru.ask("연차는 며칠인가요?")
        for verdict in ("good", "bad"):
            await naru.app.records.give(Feedback(answered.id, "U1", verdict), naru.app.rules())
        await naru.app.records.give(Feedback(answered.id, "U2", "good"), naru.app.rules())
        with psycopg.connect(fresh_url) as other:
            assert sorted(other.execute("select verdict from feedback")) == [("bad",), ("good",)]


@pytest.mark.parametrize(("text", "says"), [("", "empty"), (" \n\t", "empty"), ("가" * 40_000, "40,000 characters")])
async def test_a_question_that_cannot_be_taken_gets_a_reason(
    text: str, says: str, tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        with pytest.raises(QuestionFault, match=says):
            await naru.ask(text)


@pytest.mark.parametrize(
    "text", ["?", "👍👍", "the of and", "그 이 저", "\x00연차", "연차\ud800", "'; drop table answer; --"]
)
async def test_odd_questions_are_answered_or_not_known(text: str, tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        assert (await naru.ask(text)).text


async def test_no_log_holds_what_was_asked_or_answered(
    tmp_path: Path, fresh_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # A route that fails is logged, so it has to fail here.
    async with company(tmp_path, fresh_url, DOCUMENTS, cloud=(Status(500),)) as naru:
        await naru.ask("연차는 며칠인가요?")
        await naru.ask(f"{rrn()} 님의 연차는 며칠인가요?")
    assert "did not answer" in caplog.text
    for told in ("며칠인가요", "15일", rrn(), "3영업일"):
        assert told not in caplog.text


async def test_an_answer_is_the_same_story_for_two_people_at_once(tmp_path: Path, fresh_url: str) -> None:
    import asyncio

    async with company(tmp_path, fresh_url, DOCUMENTS, on_prem=(Says("구천만 원부터입니다. [1]"),)) as naru:
        pairs = [(f"t{n}", "U1" if n % 2 else "U2") for n in range(12)]
        answers = await asyncio.gather(*(naru.ask(SALARY, person, thread=thread) for thread, person in pairs))
        for (_, person), answered in zip(pairs, answers, strict=True):
            assert ("구천만" in answered.text) is (person == "U2")


EXPENSES = {
    "old.md": "# 경비 규정 2025\n\n- 시행일: 2025-01-01\n\n## 한도\n\n연장근로 식대는 1인 10,000원까지 청구합니다.\n",
    "new.md": "# 경비 규정 2026\n\n- 시행일: 2026-01-01\n\n## 한도\n\n연장근로 식대는 1인 15,000원까지 청구합니다.\n",
}
DIFFER = "문서끼리 다릅니다: [1] 15,000원 (2026-01-01) · [2] 10,000원 (2025-01-01)"


async def test_the_version_in_force_is_answered_from_and_the_other_is_not_hidden(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, EXPENSES, cloud=(Says("15,000원입니다. [1]"),)) as naru:
        answered = await naru.ask("연장근로 식대는 얼마인가요?")
        assert answered.route is Route.CLOUD
        assert DIFFER in answered.text
        assert [c.uri for c in answered.citations] == ["new.md", "old.md"]
        assert [c.in_force.state for c in answered.citations if c.in_force] == ["now", "before"]
        (request,) = naru.cloud.requests
        prompt = request.json["messages"][1]["content"]
        assert "경비 규정 2026\nin force from 2026-01-01\n" in prompt
        assert "경비 규정 2025\nno longer in force, from 2025-01-01\n" in prompt


async def test_a_quotation_says_as_well_where_documents_differ(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, EXPENSES, cloud=(Status(500),), on_prem=(Status(500),)) as naru:
        answered = await naru.ask("연장근로 식대는 얼마인가요?")
        assert answered.route is Route.QUOTE
        assert DIFFER in answered.text
        assert answered.text.index("15,000원") < answered.text.index("10,000원")


async def test_a_version_that_may_not_be_shown_in_a_room_is_in_no_difference_there(
    tmp_path: Path, fresh_url: str
) -> None:
    documents = {"hr/old.md": EXPENSES["old.md"], "new.md": EXPENSES["new.md"]}
    async with company(tmp_path, fresh_url, documents, cloud=(Says("15,000원입니다. [1]"),)) as naru:
        answered = await naru.ask("연장근로 식대는 얼마인가요?", "U2", "C2")
        assert "10,000" not in answered.text
        assert "다릅니다" not in answered.text


async def test_the_companys_words_widen_the_search_and_are_in_no_prompt(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, DOCUMENTS) as naru:
        assert not (await naru.ask("PTO?", thread="a")).known
        words = '[[words]]\nsame = ["연차", "PTO", "쉬는날주머니"]\n'
        (tmp_path / "glossary.toml").write_text(words, encoding="utf-8")
        assert (await naru.ask("PTO?", thread="b")).known
        assert "쉬는날주머니".encode() not in naru.cloud.bytes_received + naru.on_prem.bytes_received
