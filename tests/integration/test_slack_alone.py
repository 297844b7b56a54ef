"""That somebody may read more than the room is said to them alone, with the offer of an answer in a direct message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from bot.slack.blocks import ALONE, GOOD, offered
from bot.slack.events import event_of
from retrieval.database import Database
from tests.integration.events import claimed, lease_runs_out
from tests.integration.in_slack import ASKED, SALARY, InSlack, in_slack, modes
from tests.integration.test_slack_killed import Desk, a_mention
from tests.standins.openai import Says
from tests.standins.slack import Message, User
from tests.standins.slack.interactions import action, block_actions


def offers(here: InSlack) -> list[Message]:
    return [said for said in here.slack.workspace.ephemerals if ALONE in str(said.blocks)]


def in_dm(here: InSlack, user: User) -> list[Message]:
    return [m for m in here.slack.workspace.im(user).messages.values() if m.user == here.slack.workspace.bot.id]


@modes
async def test_who_may_read_more_than_the_room_is_answered_in_a_direct_message(
    http: bool, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        asked = await here.mentions(here.hr, here.general, SALARY)
        (offer,) = offers(here)
        assert offer.seen_only_by == here.hr.id
        assert "구천만" not in str(here.answer(asked).blocks) + str(offer.blocks)
        await here.slack.clicks(here.hr, offer, ALONE)
        await here.slack.clicks(here.hr, offer, ALONE)
        await here.quiet()
        (answer,) = in_dm(here, here.hr)
        assert "구천만" in str(answer.blocks)
        assert not here.naru.cloud.heard("구천만")


async def test_nobody_is_told_of_what_they_may_not_read(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        await here.mentions(here.engineer, here.general, SALARY)
        await here.mentions(here.hr, here.general, ASKED)
        await here.writes(here.hr, SALARY)
        assert offers(here) == []


async def test_an_offer_is_its_askers_alone(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        await here.mentions(here.hr, here.general, SALARY)
        (offer,) = offers(here)
        await here.slack.clicks(here.engineer, offer, ALONE)
        await here.quiet()
        assert in_dm(here, here.engineer) == []


async def test_what_was_asked_in_a_closed_room_stays_as_sensitive_in_a_direct_message(
    tmp_path: Path, fresh_url: str
) -> None:
    """The room's level goes along: the words of a room with guests reach no cloud by way of a direct message."""
    async with in_slack(tmp_path, fresh_url) as here:
        await here.mentions(here.engineer, here.shared, ASKED)
        (offer,) = offers(here)
        await here.slack.clicks(here.engineer, offer, ALONE)
        await here.quiet()
        assert len(in_dm(here, here.engineer)) == 1
        assert here.naru.on_prem.requests
        assert here.naru.cloud.requests == []
        with psycopg.connect(here.url) as database:
            levels = [row[0] for row in database.execute("select level from decision order by decided_at").fetchall()]
        assert levels == [3, 3]


@pytest.fixture
async def desk(tmp_path: Path, fresh_database: Database, fresh_url: str) -> AsyncIterator[Desk]:
    """A question that was answered in a room."""
    async with a_mention(tmp_path, fresh_database, fresh_url, Says("연차는 15일입니다. [1]")) as here:
        mention = await claimed(here.inbox)
        await here.answering.handle(mention)
        await here.inbox.done(mention, "answered")
        offer = offered(mention.question, "ko")
        await here.answering.door.ephemeral(here.asked.channel, asker(here).id, offer)
        yield here


def asker(here: Desk) -> User:
    assert here.asked.user is not None
    return here.slack.workspace.users[here.asked.user]


async def clicked(here: Desk, shown: Message, what: str) -> None:
    """Into the inbox, where nobody works on it yet."""
    state, user = here.slack.state, asker(here)
    done = action(shown.blocks, what, None, state.clock.stamp())
    event = event_of(block_actions(state, user, shown, done), here.slack.workspace.bot.id, datetime.now(UTC))
    assert event is not None
    await here.inbox.put(event)


async def test_where_an_answer_in_a_direct_message_is_given_up_it_is_said_there(
    desk: Desk, fresh_database: Database
) -> None:
    await clicked(desk, desk.slack.workspace.ephemerals[-1], ALONE)
    await desk.answering.handle(await claimed(desk.inbox))
    await lease_runs_out(fresh_database)
    await desk.answering.give_up(await claimed(desk.inbox))
    (post,) = desk.slack.shown(desk.slack.workspace.im(asker(desk)))
    assert "죄송합니다" in post.text
    (answer,) = desk.slack.replies(desk.asked)
    assert "15일" in str(answer.blocks)


@pytest.mark.parametrize("what", [ALONE, GOOD])
async def test_a_click_that_comes_to_nothing_is_no_silence(what: str, desk: Desk) -> None:
    (answer,) = desk.slack.replies(desk.asked)
    await clicked(desk, desk.slack.workspace.ephemerals[-1] if what == ALONE else answer, what)
    await desk.answering.give_up(await claimed(desk.inbox))
    assert "죄송합니다" in desk.slack.workspace.ephemerals[-1].text


async def test_an_answer_in_a_direct_message_is_given_though_the_room_can_be_told_nothing_any_more(desk: Desk) -> None:
    await clicked(desk, desk.slack.workspace.ephemerals[-1], ALONE)
    desk.slack.advance(2000)  # response_urls live for 30 minutes
    assert await desk.answering.handle(await claimed(desk.inbox)) == "answered"
    (post,) = desk.slack.shown(desk.slack.workspace.im(asker(desk)))
    assert "15일" in str(post.blocks)
