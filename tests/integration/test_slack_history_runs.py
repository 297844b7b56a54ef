"""Slack's history as a source: what a run does when Slack changes."""

from __future__ import annotations

import pytest

from bot.policy.conversation import speakers
from bot.slack.archive import TRIES
from bot.slack.history_source import HistoryFault
from retrieval.database import Database
from retrieval.index import Index
from tests.integration.events import SEAL
from tests.integration.slack_history import DAY_S, found, office, uris
from tests.standins.slack import Answers, refuses


async def test_only_what_changed_is_read_again(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        first = await here.slack.says(here.hana, here.general, "VPN이 안 돼요")
        await here.slack.says(here.minsu, here.general, "재시작해 보세요", first.ts)
        other = await here.slack.says(here.hana, here.general, "프린터가 멈췄어요")
        reply = await here.slack.says(here.minsu, here.general, "종이를 넣으세요", other.ts)
        await here.slack.says(here.minsu, here.general, "점심 드셨어요")
        assert (await here.runs(database, source)).added == 4
        before = len(here.slack.calls_of("conversations.replies"))
        again = await here.runs(database, source)
        assert (again.unchanged, again.changed, again.relabelled) == (4, 0, 0)
        assert len(here.slack.calls_of("conversations.replies")) == before
        await here.slack.says(here.hana, here.general, "뒤늦은 답입니다", first.ts)
        late = await here.runs(database, source)
        assert (late.unchanged, late.changed) == (3, 1)
        assert "뒤늦은" in "".join(await found(database, "뒤늦은 답"))
        await here.slack.deletes(reply)
        await here.runs(database, source)
        assert await found(database, "종이를 넣으세요") == []
        assert any("프린터" in text for text in await found(database, "프린터가 멈췄어요"))


async def test_what_is_edited_or_deleted_is_so_here_too(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        await here.slack.says(here.hana, here.general, "좋은 아침입니다")
        edited = await here.slack.says(here.hana, here.general, "비밀번호는 참새입니다")
        gone = await here.slack.says(here.hana, here.general, "회의실은 까치입니다")
        parent = await here.slack.says(here.hana, here.general, "창고는 두루미입니다")
        below = await here.slack.says(here.minsu, here.general, "열쇠는 제비입니다", parent.ts)
        await here.runs(database, source)
        await here.slack.edits(edited, "비밀번호는 바뀌었습니다")
        await here.slack.deletes(gone)
        await here.slack.deletes(parent)
        await here.runs(database, source)
        text = "".join(
            [one for word in ("참새", "까치", "두루미", "제비", "바뀌") for one in await found(database, word)]
        )
        for never in ("참새", "까치", "두루미"):
            assert never not in text
        assert "바뀌었습니다" in text
        assert "제비" in text
        await here.slack.deletes(below)
        await here.slack.deletes(edited)
        await here.slack.says(here.hana, here.general, "새로운 이야기")
        await here.runs(database, source)
        assert await found(database, "제비 바뀌었습니다") == []


async def test_the_first_run_of_a_day_lists_all_and_those_after_it_the_last_week(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        old = await here.slack.says(here.hana, here.general, "옛날에 나눈 이야기")
        await here.slack.says(here.minsu, here.general, "옛날 답", old.ts)
        loose = await here.slack.says(here.hana, here.general, "옛날 혼잣말")
        here.slack.advance(20 * DAY_S)
        new = await here.slack.says(here.hana, here.general, "요즘 나눈 이야기")
        await here.runs(database, source)
        before = await uris(database)
        await here.slack.deletes(loose)
        await here.slack.says(here.minsu, here.general, "아주 늦은 답", old.ts)
        await here.slack.edits(new, "요즘 고친 이야기")
        second = await here.runs(database, source)
        assert (second.changed, second.removed, await uris(database)) == (1, 0, before)
        whole, week = (float(call.arguments["oldest"]) for call in here.slack.calls_of("conversations.history"))
        assert week - whole > 300 * DAY_S
        here.slack.advance(DAY_S)
        await here.runs(database, source)
        assert not any("혼잣말" in text for text in await found(database, "옛날 혼잣말"))
        assert any("아주 늦은 답" in text for text in await found(database, "아주 늦은 답"))


async def test_who_opts_out_is_taken_out_of_what_is_older_than_a_week_too_by_the_very_next_run(
    database: Database,
) -> None:
    async with office() as here:
        source = here.source(here.general)
        old = await here.slack.says(here.hana, here.general, "하나가 옛날에 물었다")
        await here.slack.says(here.minsu, here.general, "민수가 옛날에 답했다", old.ts)
        await here.slack.says(here.hana, here.general, "하나의 옛날 혼잣말")
        await here.slack.says(here.minsu, here.general, "민수의 옛날 혼잣말")
        here.slack.advance(20 * DAY_S)
        await here.runs(database, source)
        await here.runs(database, source)
        here.outs.out(here.hana.id)
        await here.runs(database, source)
        text = "".join(await found(database, "옛날에 물었다 답했다 혼잣말"))
        assert "하나" not in text
        assert "민수가 옛날에 답했다" in text
        assert "민수의 옛날 혼잣말" in text


async def test_the_topic_of_a_channel_says_what_it_is_about(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        here.general.topic = ("배포 일정을 나누는 곳", here.hana.id)
        await here.runs(database, source)
        assert any("배포 일정을 나누는 곳" in text for text in await found(database, "배포 일정"))
        here.outs.out(here.hana.id)
        await here.runs(database, source)
        assert await found(database, "배포 일정") == []


async def test_an_edited_reply_is_read_again_within_a_day_while_its_thread_is_young(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        first = await here.slack.says(here.hana, here.general, "접속 방법 알려 주세요")
        reply = await here.slack.says(here.minsu, here.general, "현관 번호는 독수리입니다", first.ts)
        await here.runs(database, source)
        await here.slack.edits(reply, "따로 알려 드릴게요")
        here.slack.advance(DAY_S)
        await here.runs(database, source)
        assert await found(database, "독수리") == []


async def test_a_channel_that_is_shared_left_or_opted_out_goes_whole_however_much_it_is(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general, here.hr)
        for day in range(25):
            await here.slack.says(here.hana, here.general, f"일반 이야기 {day}")
            here.slack.advance(DAY_S)
        await here.slack.says(here.hana, here.hr, "인사 이야기")
        assert (await here.runs(database, source)).added == 28
        await here.slack.shares(here.general)
        assert (await here.runs(database, source)).removed == 26
        assert {uri.partition("/")[0] for uri in await uris(database)} == {here.general.id, here.hr.id}
        here.general.other_teams.clear()
        assert (await here.runs(database, source)).added == 26
        here.outs.out(here.general.id, kind="room")
        assert (await here.runs(database, source)).removed == 26
        here.outs.out()
        await here.slack.leaves(here.slack.workspace.bot, here.hr)
        (gone,) = (await here.runs(database, source)).problems
        assert (gone.uri, gone.why) == (f"{here.hr.id}/", "closed")
        assert "invite it" in gone.sentence
        assert {uri for uri in await uris(database) if uri.startswith(here.hr.id)} == {f"{here.hr.id}/"}


async def test_who_opts_out_later_is_taken_out_by_the_next_run_however_much_it_is(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        for day in range(25):
            await here.slack.says(here.hana, here.general, f"하나 이야기 {day}")
            here.slack.advance(DAY_S)
        both = await here.slack.says(here.minsu, here.general, "민수가 묻습니다")
        await here.slack.says(here.hana, here.general, "하나가 답합니다", both.ts)
        alone = await here.slack.says(here.hana, here.general, "하나가 혼자 시작합니다")
        await here.slack.says(here.hana, here.general, "하나가 혼자 맺습니다", alone.ts)
        assert (await here.runs(database, source)).added == 28
        here.outs.out(here.hana.id)
        await here.runs(database, source)
        known = await Index(database).known("talk")
        assert {one for held in known.values() for one in speakers(held.said.carried)} == {
            SEAL.pseudonym(here.minsu.id)
        }
        assert not any("하나" in text for text in await found(database, "하나 이야기 답합니다 혼자"))
        assert any("민수가 묻습니다" in text for text in await found(database, "민수가 묻습니다"))
        # Where it cannot even be listed, what is theirs goes all the same.
        here.outs.out(here.hana.id, here.minsu.id)
        here.slack.scripts("conversations.history", refuses("fatal_error"), *[refuses("fatal_error")] * TRIES)
        await here.runs(database, source)
        assert await found(database, "민수가 묻습니다") == []


async def test_a_channel_that_becomes_private_is_for_its_members_at_once_and_its_name_follows(
    database: Database,
) -> None:
    async with office() as here:
        source = here.source(here.general)
        await here.slack.says(here.hana, here.general, "연봉 협상 이야기")
        await here.runs(database, source)
        assert await found(database, "연봉 협상")
        await here.slack.converts(here.general, "private")
        await here.slack.renames(here.general, "secret-room")
        await here.runs(database, source)
        assert await found(database, "연봉 협상") == []
        assert await found(database, "연봉 협상", f"channel:{here.general.id}")
        titles = {known.title.partition(" ")[0] for known in (await Index(database).known("talk")).values()}
        assert titles == {"#secret-room"}
        await here.slack.converts(here.general, "public")
        await here.runs(database, source)
        assert await found(database, "연봉 협상")


async def test_an_archived_channel_stays_as_it_is(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        await here.slack.says(here.hana, here.general, "닫기 전 이야기")
        await here.runs(database, source)
        await here.slack.archives(here.general)
        await here.runs(database, source)
        assert await found(database, "닫기 전 이야기")
        here.general.members.remove(here.slack.workspace.bot.id)
        report = await here.runs(database, source)
        assert (report.removed, len(report.problems)) == (0, 1)
        assert await found(database, "닫기 전 이야기")


async def test_a_killed_run_is_gone_on_with_and_nothing_is_read_twice(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        for n in range(220):
            first = await here.slack.says(here.hana, here.general, f"주제 {n}")
            await here.slack.says(here.minsu, here.general, f"답 {n}", first.ts)
        here.slack.advance(10 * DAY_S)
        asked = 0

        def killed(call: object) -> Answers | None:
            nonlocal asked
            asked += getattr(call, "method", "") == "conversations.replies"
            return Answers(body={"ok": False, "error": "invalid_auth"}) if asked > 210 else None

        here.slack.script.otherwise = killed
        with pytest.raises(HistoryFault, match="not valid any more"):
            await here.runs(database, source)
        here.slack.script.otherwise = None
        done = len(await uris(database))
        asked_before = len(here.slack.calls_of("conversations.replies"))
        report = await here.runs(database, source)
        assert 0 < done < 220
        assert report.added == 221 - done
        assert len(await found(database, "주제 0")) > 0
        assert len(here.slack.calls_of("conversations.replies")) - asked_before == 220 - done


async def test_a_run_that_ends_behind_midnight_does_not_count_as_the_first_of_the_new_day(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        old = await here.slack.says(here.hana, here.general, "옛날 혼잣말")
        here.slack.advance(20 * DAY_S)
        await here.slack.says(here.hana, here.general, "요즘 나눈 이야기")
        await here.runs(database, source)
        now, before = here.slack.clock.now, len(here.slack.calls_of("conversations.history"))

        def a_day_later_once_it_was_listed() -> float:
            return now() + DAY_S * (len(here.slack.calls_of("conversations.history")) > before)

        here.slack.clock.now = a_day_later_once_it_was_listed  # type: ignore[method-assign]
        await here.runs(database, source)
        await here.slack.deletes(old)
        await here.runs(database, source)
        assert not any("혼잣말" in text for text in await found(database, "옛날 혼잣말"))
