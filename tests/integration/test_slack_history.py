"""Slack's history as a source: what becomes a document, and what never does."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack.history_kind import KIND
from bot.slack.history_source import HistoryFault
from bot.subjects import Scope
from retrieval.label import Level
from retrieval.parse import UnreadableFault
from tests.integration.retrieval.shelf import principals
from tests.integration.slack_history import DAY_S, office

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
