"""Promise 1 behind placeholders, at the socket: the cloud is asked, and none of what is hidden reaches it.

For each kind of Part a value stands in that Part alone. What comes back is shown with the value in its place, to those
who may see it, while the model is still writing and afterwards.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.answer import answer
from bot.domain import Route
from bot.settings import SHIPPED_POLICY
from tests.builders import rrn
from tests.integration.company import Company, company
from tests.integration.events import run
from tests.integration.test_boundary import ASKED, leave
from tests.standins.openai import Says, Status

PHONE = "-".join(("010", "2345", "6789"))
OTHER = "-".join(("010", "9876", "5432"))
MAIL = "kim.h@corp" + ".example"
TEXT = "문의는 ⟦PHONE_1⟧으로 하세요. 이어서 씁니다. [1]\n끝까지 씁니다. [1]\n"
BACK = Says("담당자 번호는 ⟦PHONE_1⟧ 입니다. [1]")


def number(n: int) -> str:
    return "-".join(("010", f"2345{n}"[-4:], "6789"))


def address(n: int) -> str:
    return f"naru.h{n}@corp" + ".example"


async def rows(naru: Company, query: str) -> list[Any]:
    async with naru.app.database.transaction() as connection:
        return list((await connection.execute(text(query))).all())


async def test_the_cloud_is_asked_and_what_is_hidden_in_one_part_never_reaches_it(
    tmp_path: Path, fresh_url: str
) -> None:
    """Each value is of its own, so that what comes through says by itself where it stood."""
    documents = {
        "public/parking.md": f"# 주차 안내\n\n## 주차장\n\n주차장은 지하 2층입니다. 문의 {number(1)}\n",
        "public/dormitory.md": f"# 기숙사 안내 {address(2)}\n\n## 통금\n\n기숙사 통금은 자정입니다.\n",
        "public/canteen.md": f"# 구내식당\n\n## 점심 {number(3)}\n\n구내식당 점심은 정오입니다.\n",
    }
    asked = {
        "passage": "주차장은 몇 층인가요?",
        "title": "기숙사 통금은 몇 시인가요?",
        "heading": "구내식당 점심은 몇 시인가요?",
        "question": f"{ASKED} {number(4)} {address(5)}",
        "earlier question": f"{ASKED} {address(6)}",
    }
    async with company(tmp_path, fresh_url, {**leave(), **documents}) as naru:
        for place, text in asked.items():
            assert (await naru.ask(text, thread=place)).route is Route.CLOUD, place
        assert (await naru.ask(ASKED, thread="earlier question")).route is Route.CLOUD
        values = (number(1), address(2), number(3), number(4), address(5), address(6))
        assert [value for value in values if naru.cloud.heard(value)] == []
        assert not naru.cloud.heard("naru.h")
        assert naru.cloud.heard("문의 ⟦PHONE_1⟧")
        assert naru.cloud.heard("안내 ⟦EMAIL_1⟧")


async def test_the_value_is_back_in_the_answer_and_the_stored_text_has_the_placeholder(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, leave(text=f"담당자 번호는 {PHONE}입니다."), cloud=(BACK,)) as naru:
        answered = await naru.ask(ASKED)
        assert PHONE in answered.text
        assert answered.kept is not None
        assert PHONE not in answered.kept
        (row,) = await rows(naru, "select text from answer")
        assert naru.app.seal.open(row.text, f"answer:{answered.id}") == answered.kept


async def test_a_draft_shows_the_value_with_the_particle_that_fits_it_however_the_stream_is_cut(
    tmp_path: Path, fresh_url: str
) -> None:
    seen: list[str] = []

    async def show(sentences: str) -> None:
        seen.append(sentences)

    says = Says(TEXT, delay_s=0.03, chunks=tuple(TEXT))
    async with company(tmp_path, fresh_url, leave(text=f"문의 {PHONE}"), cloud=(says,)) as naru:
        question = naru.app.question(ASKED, person="U1", room=None, thread="t")
        await answer(question, naru.app.deps, show)
    assert f"문의는 {PHONE}로 하세요." in seen[0]
    assert not any("⟦" in sentences for sentences in seen)


async def test_a_value_keeps_its_number_over_a_thread_and_another_thread_begins_with_1(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, leave(), cloud=(Says("⟦PHONE_2⟧ 로 하세요. [1]"),)) as naru:
        await naru.ask(f"{ASKED} {PHONE}")
        followed = await naru.ask(f"{ASKED} {OTHER}, {PHONE} 중 어디로요?")
        assert naru.cloud.heard("⟦PHONE_2⟧, ⟦PHONE_1⟧")
        assert OTHER in followed.text
        elsewhere = await naru.ask(f"{ASKED} {OTHER}", thread="another")
        # What the first thread knows as its second number this one has never given out.
        assert OTHER not in elsewhere.text
        assert "⟦PHONE_2⟧" in elsewhere.text
        assert not naru.cloud.heard(PHONE)
        assert not naru.cloud.heard(OTHER)


async def test_a_placeholder_that_this_prompt_does_not_hold_brings_nothing_back(tmp_path: Path, fresh_url: str) -> None:
    """Whoever has a model write one would read what somebody else has typed in the thread."""
    async with company(tmp_path, fresh_url, leave(), cloud=(Says("연차는 15일입니다. [1]"), BACK)) as naru:
        await naru.ask(f"{ASKED} {PHONE}")
        await run(naru.app.database, "delete from answer")  # so that no later prompt carries that turn
        answered = await naru.ask(f"{ASKED} {MAIL} ⟦PHONE_1⟧")
        assert answered.route is Route.CLOUD
        assert PHONE not in answered.text


async def test_an_unknown_placeholder_stays_and_is_counted(
    tmp_path: Path, fresh_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    says = Says("⟦PHONE_7⟧ 그리고 ⟦PERSON_3⟧ [1]")
    async with company(tmp_path, fresh_url, leave(), cloud=(says,)) as naru:
        answered = await naru.ask(f"{ASKED} {PHONE}")
        assert "⟦PHONE_7⟧" in answered.text
        (entry,) = await rows(naru, "select kind, body from audit where kind = 'unknown_placeholders'")
        assert entry.body == {"decision": str(answered.decision), "placeholders": 2}
        (warning,) = [r.getMessage() for r in caplog.records if "placeholders" in r.getMessage()]
        assert "PHONE" not in warning


async def test_after_a_restart_a_thread_still_knows_what_its_placeholders_stand_for(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, leave(), cloud=(BACK,)) as naru:
        await naru.ask(f"{ASKED} {PHONE}")
    async with company(tmp_path, fresh_url, leave(), cloud=(BACK,), on_prem=(BACK,)) as again:
        followed = await again.ask(ASKED)
        assert followed.route is Route.CLOUD
        assert PHONE in followed.text
        assert not again.cloud.heard(PHONE)


async def test_nothing_is_kept_in_clear_and_each_value_is_bound_to_its_row(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, leave()) as naru:
        await naru.ask(f"{ASKED} {PHONE} {OTHER}")
        found = await rows(naru, "select thread, name, value from placeholder order by name")
        assert [row.name for row in found] == ["PHONE_1", "PHONE_2"]
        assert all(PHONE.encode() not in row.value for row in found)
        first, second = found
        assert naru.app.seal.open(first.value, f"placeholder:{first.thread}:PHONE_1") == PHONE
        assert naru.app.seal.open(first.value, f"placeholder:{first.thread}:PHONE_2") is None
        assert second.value != first.value


async def test_what_may_not_be_hidden_keeps_all_of_it_in_the_building(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, leave()) as naru:
        answered = await naru.ask(f"{ASKED} {PHONE} {rrn()}")
        assert answered.route is Route.ON_PREM
        assert naru.cloud.bytes_received == b""
        assert await rows(naru, "select 1 from placeholder") == []


async def test_what_is_split_over_two_messages_is_not_hidden_and_stays_in_the_building(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, leave()) as naru:
        await naru.ask(f"휴가 규정에서 연차는 1년에 15일인가요? 전화번호는 {PHONE[:8]}")
        answered = await naru.ask(f"{PHONE[9:]} 이 사람의 연차는 며칠인가요? {MAIL}")
        assert answered.route is Route.ON_PREM
        assert not naru.cloud.heard(MAIL)


async def test_what_cannot_be_stored_is_not_sent(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, leave()) as naru:
        await run(
            naru.app.database,
            "create function full_disk() returns trigger language plpgsql as "
            "$$ begin raise exception 'no space left' using errcode = '53100'; end $$",
            "create trigger full_disk before insert on placeholder for each row execute function full_disk()",
        )
        answered = await naru.ask(f"{ASKED} {PHONE}")
        assert answered.route is Route.ON_PREM
        assert naru.cloud.bytes_received == b""


async def test_without_its_placeholders_a_thread_stays_in_the_building(tmp_path: Path, fresh_url: str) -> None:
    async with company(tmp_path, fresh_url, leave()) as naru:
        await run(naru.app.database, "alter table placeholder rename to away")
        answered = await naru.ask(f"{ASKED} {PHONE}")
        assert answered.route is Route.ON_PREM
        assert naru.cloud.bytes_received == b""


async def test_the_on_prem_model_is_given_the_values_where_the_cloud_does_not_answer(
    tmp_path: Path, fresh_url: str
) -> None:
    async with company(tmp_path, fresh_url, leave(), cloud=(Status(500),)) as naru:
        answered = await naru.ask(f"{ASKED} {PHONE}")
        assert answered.route is Route.ON_PREM
        assert naru.on_prem.heard(PHONE)
        assert not naru.cloud.heard(PHONE)
        # It has seen the number, so what it says may rest on it: the thread is hidden no more.
        assert (await naru.ask(ASKED)).route is Route.ON_PREM


async def test_where_the_record_sink_refuses_what_is_hidden_the_texts_are_kept_with_placeholders(
    tmp_path: Path, fresh_url: str
) -> None:
    policy = SHIPPED_POLICY.read_text(encoding="utf-8")
    at = policy.index("[sinks.record]")
    policy = policy[:at] + policy[at:].replace("refuse = [", 'refuse = ["phone", ', 1)
    (tmp_path / "policy.toml").write_text(policy, encoding="utf-8")
    async with company(tmp_path, fresh_url, leave(), cloud=(BACK,)) as naru:
        await naru.ask(f"{ASKED} {PHONE}")
        (question,) = await rows(naru, "select id, text from question")
        assert naru.app.seal.open(question.text, f"question:{question.id}") == f"{ASKED} ⟦PHONE_1⟧"
        # And the thread goes on: it is not lost, as it would be without its text.
        followed = await naru.ask(ASKED)
        assert followed.route is Route.CLOUD
        assert PHONE in followed.text
        asked = await naru.app.records.asked(question.id, "U1")
        assert asked is not None
        assert asked[0] == f"{ASKED} {PHONE}"
