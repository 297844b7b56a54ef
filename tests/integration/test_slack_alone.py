"""That somebody may read more than the room is said to them alone, with the offer of an answer in a direct message."""

from __future__ import annotations

from pathlib import Path

import psycopg

from bot.slack.blocks import ALONE
from tests.integration.in_slack import ASKED, SALARY, InSlack, in_slack, modes
from tests.standins.slack import Message, User


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
