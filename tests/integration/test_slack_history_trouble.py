"""Slack's history as a source: what Slack refuses, or gives wrongly."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from bot.slack.archive import TRIES
from bot.slack.history_kind import KIND, SLOW
from bot.slack.history_source import MOST_STRANGERS, HistoryFault
from retrieval.database import Database
from retrieval.label import Level
from retrieval.passage import Source
from retrieval.sources import SourceFault
from tests.integration.retrieval.shelf import principals
from tests.integration.slack_history import DAY_S, Office, found, office
from tests.standins.slack import Answers, Dropped, rate_limited, refuses


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


async def test_a_run_that_is_asked_to_wait_for_a_day_ends_and_another_goes_on(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        await here.slack.says(here.hana, here.general, "남아 있을 이야기")
        await here.runs(database, source)
        here.slack.scripts("conversations.history", rate_limited(86_400))
        async with asyncio.timeout(10):
            with pytest.raises(HistoryFault, match="fewer calls") as raised:
                await here.runs(database, source)
        assert raised.value.again
        assert await found(database, "남아 있을 이야기")


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


def _without_end(**page: object) -> list[Answers]:
    """The same page under other cursors."""
    return [Answers(body={"ok": True, **page, "response_metadata": {"next_cursor": f"c{n}"}}) for n in range(50)]


async def test_replies_and_people_without_end_are_no_list_either(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        first = await here.slack.says(here.hana, here.general, "끝없는 이야기")
        await here.slack.says(here.minsu, here.general, "네", first.ts)
        message = {"type": "message", "ts": first.ts, "user": here.hana.id, "text": "되풀이"}
        here.slack.scripts("conversations.replies", *_without_end(messages=[message]))
        report = await here.runs(database, source)
        assert ["repeats" in one.sentence for one in report.problems] == [True]
        assert len(here.slack.calls_of("conversations.replies")) < 8
        here.slack.scripts("users.list", *_without_end(members=[{"id": here.hana.id}]))
        with pytest.raises(HistoryFault, match="again and again"):
            await here.listed(source)
        assert len(here.slack.calls_of("users.list")) < 8


async def test_half_a_character_in_a_message_ends_no_run(database: Database) -> None:
    async with office() as here:
        source = here.source(here.general)
        message = {"type": "message", "ts": "1790000000.000001", "user": here.hana.id, "text": "반쪽 \ud83d\0 이야기"}
        here.slack.scripts("conversations.history", Answers(body={"ok": True, "messages": [message]}))
        report = await here.runs(database, source)
        assert (report.added, report.problems) == (2, ())


async def test_a_message_that_mentions_thousands_asks_slack_for_no_more_than_some_hundreds() -> None:
    async with office() as here:
        mentions = " ".join(f"<@U0NOBODY{n}>" for n in range(2_000))
        message = {"type": "message", "ts": "1790000000.000001", "user": here.hana.id, "text": mentions}
        here.slack.scripts("conversations.history", Answers(body={"ok": True, "messages": [message]}))
        assert len(await here.listed(here.source(here.general))) == 2
        assert len(here.slack.calls_of("users.info")) == MOST_STRANGERS


async def test_days_that_a_run_does_not_remember_are_asked_for_once_more() -> None:
    async with office() as here:
        source = here.source(here.general)
        for said in ("월요일 이야기", "화요일 이야기", "수요일 이야기"):
            await here.slack.says(here.hana, here.general, said)
            here.slack.advance(DAY_S)
        for most, asked in ((40, 3), (10_000, 1)):
            reader, before = here.reader(source, most_kept=most), len(here.slack.calls_of("conversations.history"))
            days = [one.uri async for one in reader.list() if not one.uri.endswith("about")]
            loaded = [await reader.load(uri) for uri in days]
            assert [one.content.decode().split(": ")[1] for one in loaded if one] == [
                "수요일 이야기", "화요일 이야기", "월요일 이야기",
            ]  # fmt: skip
            assert len(here.slack.calls_of("conversations.history")) - before == asked
