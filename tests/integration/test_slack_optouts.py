"""`/naru optout`: who opts out for themselves, who for a room, and what they are told."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from bot.subjects import Scope, Subject
from tests.integration.in_slack import ASKED, InSlack, in_slack, modes
from tests.integration.test_slack_commands import direct, said, shown
from tests.standins.slack import Message, User


async def offered(here: InSlack, user: User, words: str = "optout") -> Message:
    """What the command shows its person."""
    await here.slack.slash(user, here.general, "/naru", words)
    await here.quiet()
    return here.slack.workspace.ephemerals[-1]


async def presses(here: InSlack, user: User, message: Message, action: str) -> str:
    await here.slack.clicks(user, message, action)
    await here.quiet()
    return said(here.slack)[-1]


@modes
async def test_somebody_opts_out_by_a_button_has_a_receipt_and_takes_it_back(
    http: bool, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        message = await offered(here, here.engineer)
        assert "내 글을 어디에" in shown(message)
        assert "what your text is not" in shown(message)
        assert all(f"*{scope.value}*" in shown(message) for scope in Scope)
        for _ in range(2):
            assert "It is in force (cloud)" in await presses(here, here.engineer, message, "opt_out:cloud")
        (receipt,) = direct(here.slack, here.engineer)
        (kept,) = await here.naru.app.opting_out.receipts_of(Subject("user", here.engineer.id))
        assert str(kept[0].id) in shown(receipt)
        assert len(await here.naru.app.opting_out.register.listed()) == 1
        asked = await here.mentions(here.engineer, here.general, ASKED)
        assert here.naru.cloud.requests == []
        told = shown(here.answer(asked))
        assert "opt_out" in told
        assert here.engineer.id not in told
        await here.mentions(here.hr, here.general, ASKED)
        assert len(here.naru.cloud.requests) == 1, "it binds nobody else"
        again = await offered(here, here.engineer)
        await presses(here, here.engineer, again, "opt_back:cloud")
        await here.mentions(here.engineer, here.general, ASKED)
        assert len(here.naru.cloud.requests) == 2


async def test_a_room_is_opted_out_by_whoever_made_it_or_an_admin_and_by_nobody_else(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        register = here.naru.app.opting_out.register
        refused = await offered(here, here.engineer, "optout room")
        assert "Only whoever made a room" in shown(refused)
        message = await offered(here, here.admin, "optout room")
        assert "Only whoever made a room" in await presses(here, here.engineer, message, "opt_out:cloud")
        assert await register.listed() == ()
        await presses(here, here.admin, message, "opt_out:cloud")
        assert [entry.subject for entry in await register.listed()] == [Subject("room", here.general.id)]
        await here.mentions(here.hr, here.general, ASKED)
        assert here.naru.cloud.requests == []
        await here.slack.slash(here.hr, here.general, "/naru", "why")
        await here.quiet()
        why = said(here.slack)[-1]
        assert "opt_out" in why
        assert here.admin.id not in why
        assert "opt_out ·" not in why
        here.general.creator = here.engineer.id
        mine = await offered(here, here.engineer, "optout room")
        await presses(here, here.engineer, mine, "opt_back:cloud")
        assert await register.listed() == ()


async def test_a_button_for_somebody_else_does_nothing(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        message = await offered(here, here.engineer)
        assert "Only whoever made a room" in await presses(here, here.hr, message, "opt_out:all")
        assert await here.naru.app.opting_out.register.listed() == ()
        async with here.naru.app.database.transaction() as connection:
            assert await connection.scalar(text("select count(*) from audit where kind like 'opt%'")) == 0
