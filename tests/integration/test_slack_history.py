"""Slack's history as a source: what becomes a document, what never does, and what a run does when Slack changes."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.policy.conversation import speakers
from bot.slack.archive import TRIES
from bot.slack.history_kind import KIND, SLOW
from bot.slack.history_source import HistoryFault
from bot.subjects import Scope
from retrieval.database import Database
from retrieval.index import Index
from retrieval.label import Level
from retrieval.parse import UnreadableFault
from retrieval.passage import Readers, Source
from retrieval.search import Search
from retrieval.sources import SourceFault
from tests.integration.events import SEAL
from tests.integration.retrieval.shelf import ANYONE, principals
from tests.integration.slack_history import Office, office
from tests.standins.slack import Answers, Dropped, rate_limited, refuses

DAY_S = 86_400.0


async def uris(database: Database) -> set[str]:
    return set(await Index(database).known("talk"))


async def found(database: Database, words: str, *readers: str) -> list[str]:
    who = Readers(principals(*readers)) if readers else ANYONE
    return [passage.text for passage in await Search(database)(words, who, 10)]


# -- what becomes a document ---------------------------------------------------------------------------------------


async def test_a_thread_is_a_document_and_what_stands_in_none_is_one_by_days() -> None:
    async with office() as here:
        first = await here.slack.says(
            here.hana, here.general, "*VPN*의 _설정_은 `a_b_c`와 <https://wiki.example/vpn|여기>에 있어요"
        )
        await here.slack.says(here.minsu, here.general, f"<@{here.hana.id}> 고마워요 & <!here>", first.ts)
        loose = await here.slack.says(here.minsu, here.general, "내일 점검 있습니다")
        here.slack.advance(DAY_S)
        file = here.slack.workspace.file("plan.pdf", b"nothing that is read", user=here.hana)
        await here.slack.says(here.hana, here.general, "계획입니다", files=(file,))
        read = await here.read(here.source(here.general))
        thread = read[f"{here.general.id}/{first.ts}"]
        assert thread.said is not None
        assert thread.said.title is not None
        assert "하나" in thread.content.decode()
        assert "VPN의 설정은 a_b_c와 여기 (https://wiki.example/vpn)에 있어요" in thread.content.decode()
        assert "@하나 고마워요 & @here" in thread.content.decode()
        assert thread.said.title.startswith("#general 20")
        assert thread.said.title.endswith("VPN의 설정은 a_b_c와 여기 (https://wiki.example/vpn)에 있어요")
        days = {uri: one.content.decode() for uri, one in read.items() if uri != f"{here.general.id}/{first.ts}"}
        assert len(days) == 2
        assert ["점검 있습니다" in text for text in days.values()].count(True) == 1
        assert any(text.endswith("계획입니다\n[plan.pdf]") for text in days.values())
        assert not any("nothing that is read" in one.content.decode() for one in read.values())
        link = f"https://standin.slack.com/archives/{here.general.id}/p{loose.ts.replace('.', '')}"
        assert link in {one.said.link for one in read.values() if one.said}


async def test_what_apps_and_naru_say_and_what_is_said_to_naru_is_left_out() -> None:
    async with office() as here:
        await here.slack.integration_says(here.general, "빌드가 깨졌습니다")
        await here.slack.says(here.hana, here.general, "/naru 대신 물어봅니다")
        asked = await here.slack.says(here.hana, here.general, f"{here.bot} 연차는 며칠인가요?")
        await here.archive._client.chat_postMessage(channel=here.general.id, text="15일입니다", thread_ts=asked.ts)
        await here.slack.says(here.hana, here.general, "그럼 반차는요?", asked.ts)
        own = await here.slack.says(here.minsu, here.general, "이건 우리끼리 얘기예요")
        await here.slack.says(here.hana, here.general, f"{here.bot} 이 얘기 맞아?", own.ts)
        await here.slack.says(here.hana, here.general, "네 맞아요", own.ts)
        await here.slack.joins(here.slack.workspace.user("new"), here.general)
        text = await here.text(here.source(here.general))
        assert "우리끼리" in text
        assert "네 맞아요" in text
        for never in ("빌드", "연차", "15일", "반차", "이 얘기 맞아", "joined"):
            assert never not in text


async def test_readers_levels_and_labels_are_those_of_the_channel() -> None:
    async with office() as here:
        for channel in (here.general, here.hr):
            await here.slack.says(here.hana, channel, "안녕하세요")
        source = here.source(ids=(here.general.id, f"{here.hr.id}=confidential"))
        listed = await here.listed(source)
        said = {uri.partition("/")[0]: source.access(uri, one.said) for uri, one in listed.items()}
        assert said == {
            here.general.id: (Level.INTERNAL, principals("everyone")),
            here.hr.id: (Level.CONFIDENTIAL, principals(f"channel:{here.hr.id}")),
        }


# -- what never does -----------------------------------------------------------------------------------------------


async def test_no_direct_message_is_read_even_when_it_is_named() -> None:
    async with office() as here:
        pair = here.slack.workspace.im(here.hana)
        group = here.slack.workspace.channel("mpdm", members=[here.hana, here.slack.workspace.bot], kind="mpim")
        await here.slack.says(here.hana, pair, "둘만의 비밀입니다")
        await here.slack.says(here.hana, group, "셋만의 비밀입니다")
        with pytest.raises(ValueError, match="direct messages are never read"):
            KIND.checked({"channels": pair.id})
        source = here.source(group)
        assert [(one.uri, one.withdrawn) for one in (await here.listed(source)).values()] == [(f"{group.id}/", True)]
        with pytest.raises(UnreadableFault, match="direct message"):
            await here.reader(source).load(f"{group.id}/{next(iter(group.messages))}")


async def test_a_shared_channel_is_read_only_where_the_source_says_so_and_for_its_members_alone() -> None:
    async with office() as here:
        await here.slack.says(here.hana, here.general, "협력사와 나눈 이야기")
        await here.slack.shares(here.general)
        assert "협력사" not in await here.text(here.source(here.general))
        source = here.source(here.general, shared=True)
        assert "협력사" in await here.text(source)
        said = {source.access(uri, one.said)[1] for uri, one in (await here.listed(source)).items()}
        assert said == {principals(f"channel:{here.general.id}")}


@pytest.mark.parametrize("scope", [Scope.ALL, Scope.RECORD])
async def test_what_somebody_said_who_opted_out_of_being_kept_is_left_out_and_nobody_names_them(scope: Scope) -> None:
    async with office() as here:
        first = await here.slack.says(here.hana, here.general, "하나의 첫마디")
        await here.slack.says(here.minsu, here.general, f"<@{here.hana.id}> 님께 답합니다", first.ts)
        await here.slack.says(here.hana, here.general, "하나의 혼잣말")
        here.outs.out(here.hana.id, scope=scope)
        text = await here.text(here.source(here.general))
        assert "답합니다" in text
        assert "하나" not in text
        here.outs.out(here.hana.id, scope=Scope.CLOUD)
        assert "하나의 첫마디" in await here.text(here.source(here.general))


async def test_while_nobody_can_say_who_has_opted_out_nothing_is_read() -> None:
    async with office() as here:
        await here.slack.says(here.hana, here.general, "안녕하세요")
        here.outs.unknown()
        with pytest.raises(HistoryFault, match="not known who has opted out"):
            await here.listed(here.source(here.general))


WORDS = st.sampled_from(["점심", "배포", "휴가", "회의", "예산"])
LINES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.booleans(), WORDS), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, st.sets(st.integers(0, 3)), st.sets(st.integers(0, 4)))
async def test_nothing_of_who_opted_out_of_a_direct_message_or_of_a_shared_channel_is_ever_listed(
    lines: list[tuple[int, int, bool, str]], out: set[int], shared: set[int]
) -> None:
    """Four people write in five places, in threads or not; every line is its own word."""
    async with office() as here:
        bot, made = here.slack.workspace.bot, here.slack.workspace
        people = [here.hana, here.minsu, made.user("지아"), made.user("도윤")]
        kinds = ("public", "private", "mpim", "public", "private")
        rooms = [made.channel(f"room{n}", members=[*people, bot], kind=kind) for n, kind in enumerate(kinds)]  # type: ignore[arg-type]
        threads: dict[int, str] = {}
        for n, (who, where, threaded, word) in enumerate(lines):
            said = await here.slack.says(
                people[who], rooms[where], f"{word}말{n}끝", threads.get(where) if threaded else None
            )
            threads.setdefault(where, said.ts)
        for where in shared:
            await here.slack.shares(rooms[where])
        here.outs.out(*(people[n].id for n in out))
        source = here.source(*rooms)
        reader = here.reader(source)
        listed = [one async for one in reader.list()]
        text = "\n".join(str(one.said.title) for one in listed)
        for one in listed:
            if not one.uri.endswith("/"):
                loaded = await reader.load(one.uri)
                assert loaded is not None
                text += f"\n{loaded.said}\n{loaded.content.decode()}"
        for n, (who, where, _, word) in enumerate(lines):
            allowed = who not in out and where not in shared and kinds[where] != "mpim"
            assert (f"{word}말{n}끝" in text) == allowed


# -- what a run does when Slack changes ------------------------------------------------------------------------------


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


# -- what Slack refuses, or gives wrongly -----------------------------------------------------------------------------


@pytest.mark.parametrize("error", ["token_revoked", "token_expired", "invalid_auth", "account_inactive"])
async def test_a_token_that_is_good_no_longer_is_one_sentence_and_deletes_nothing(
    error: str, database: Database
) -> None:
    async with office() as here:
        source = here.source(here.general)
        await here.slack.says(here.hana, here.general, "남아 있을 이야기")
        await here.runs(database, source)
        here.slack.revoke(error)
        with pytest.raises(SourceFault, match="SLACK_BOT_TOKEN") as raised:
            await here.runs(database, source)
        assert here.slack.bot_token not in str(raised.value)
        assert await found(database, "남아 있을 이야기")


async def test_a_call_is_made_again_as_late_as_slack_says_and_where_it_does_not_say() -> None:
    async with office() as here:
        await here.slack.says(here.hana, here.general, "기다린 이야기")
        silent = Answers(429, {"ok": False, "error": "ratelimited"})
        here.slack.scripts("conversations.history", silent, rate_limited(1), Dropped(), Answers(503, b"oops"))
        began = asyncio.get_running_loop().time()
        assert "기다린 이야기" in await here.text(here.source(here.general))
        assert asyncio.get_running_loop().time() - began >= 1


async def test_limits_that_do_not_end_end_the_run_and_another_try_may_help() -> None:
    async with office() as here:
        here.slack.scripts("conversations.history", *[rate_limited(0)] * TRIES)
        with pytest.raises(HistoryFault, match="fewer calls") as raised:
            await here.listed(here.source(here.general))
        assert raised.value.again


@pytest.mark.parametrize("turn", [1, 2])
async def test_a_list_that_repeats_itself_is_no_list_and_deletes_nothing(turn: int, database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        said = await here.slack.says(here.hana, here.general, "되풀이되지 않을 이야기")
        await here.runs(database, source)
        message = {"type": "message", "ts": said.ts, "user": here.hana.id, "text": "되풀이"}
        pages = [
            Answers(body={"ok": True, "messages": [message], "response_metadata": {"next_cursor": f"c{n % turn}"}})
            for n in range(50)
        ]
        here.slack.scripts("conversations.history", *pages)
        report = await here.runs(database, source)
        assert report.removed == 0
        assert len(here.slack.calls_of("conversations.history")) < 8
        assert any("repeats" in one.sentence for one in report.problems)


async def test_other_cursors_without_end_are_no_list_either() -> None:
    async with office() as here:
        page = {"ok": True, "messages": []}
        here.slack.scripts(
            "conversations.history",
            *[Answers(body={**page, "response_metadata": {"next_cursor": f"c{n}"}}) for n in range(50)],
        )
        listed = await here.listed(here.source(here.general))
        assert set(listed) == {f"{here.general.id}/"}


@pytest.mark.parametrize("body", [{"ok": True}, {"ok": True, "messages": [{"text": "x"}]}, b"<html>", None])
async def test_half_an_answer_is_no_answer(body: dict[str, object] | bytes | None, database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        await here.slack.says(here.hana, here.general, "남아 있을 이야기")
        await here.runs(database, source)
        here.slack.scripts("conversations.history", *[Answers(body=body)] * TRIES)
        report = await here.runs(database, source)
        assert (report.removed, len(report.problems)) == (0, 1)
        assert await found(database, "남아 있을 이야기")


async def test_one_channel_that_cannot_be_read_keeps_no_other_from_it(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general, here.hr)
        for channel in (here.general, here.hr):
            await here.slack.says(here.hana, channel, "이야기")
        await here.runs(database, source)
        await here.slack.says(here.hana, here.hr, "새로운 이야기")
        here.slack.scripts("conversations.history", *[refuses("fatal_error")] * TRIES)
        report = await here.runs(database, source)
        assert (report.changed, report.removed, len(report.problems)) == (1, 0, 1)


async def test_a_thread_that_goes_between_listing_and_reading_is_a_problem_of_its_own(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        first = await here.slack.says(here.hana, here.general, "사라질 이야기")
        await here.slack.says(here.minsu, here.general, "네", first.ts)
        await here.slack.says(here.hana, here.general, "남을 이야기")
        here.slack.scripts("conversations.replies", refuses("thread_not_found"))
        report = await here.runs(database, source)
        assert (report.added, len(report.problems)) == (2, 1)


@pytest.mark.parametrize("skew_s", [-7 * DAY_S, 7 * DAY_S])
async def test_a_clock_that_is_wrong_loses_nothing(skew_s: float) -> None:
    async with office() as here:
        await here.slack.says(here.hana, here.general, "제시간의 이야기")
        here.slack.clock.now = _shifted(here, skew_s)  # type: ignore[method-assign]
        assert "제시간의 이야기" in await here.text(here.source(here.general))


def _shifted(here: Office, by_s: float):  # type: ignore[no-untyped-def]
    now = here.slack.clock.now
    return lambda: now() + by_s


async def test_what_is_older_than_the_days_asked_for_is_not_read() -> None:
    async with office() as here:
        await here.slack.says(here.hana, here.general, "오래된 이야기")
        here.slack.advance(40 * DAY_S)
        await here.slack.says(here.hana, here.general, "요즘 이야기")
        text = await here.text(here.source(here.general, days=30))
        assert "요즘" in text
        assert "오래된" not in text


async def test_an_app_that_slack_holds_to_fifteen_messages_a_minute_is_told_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with office() as here:
        for n in range(40):
            await here.slack.says(here.hana, here.general, f"이야기 {n}")
        here.slack.state.is_limited = True
        with caplog.at_level(logging.WARNING):
            text = await here.text(here.source(here.general))
        assert all(f"이야기 {n}" in text for n in range(40))
        assert len(here.slack.calls_of("conversations.history")) == 3
        assert sum(SLOW in record.message for record in caplog.records) == 1


async def test_a_source_without_channels_or_with_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must name the channels"):
        KIND.checked({})
    with pytest.raises(ValueError, match="no level"):
        KIND.checked({"channels": "C012AB3CD=secret"})
    with pytest.raises(ValueError, match="is of no use"):
        KIND.located("C012AB3CD", str)
    assert not KIND.ruled
    with pytest.raises(SourceFault, match="SLACK_BOT_TOKEN"):
        KIND.reader(Source("talk", "slack", "", Level.PUBLIC, principals("everyone")), None)  # type: ignore[arg-type]
