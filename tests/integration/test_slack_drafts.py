"""While the model writes, whole sentences of it stand in Slack: by edits, or by Slack's own streams."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.builders import rrn
from tests.integration.events import until
from tests.integration.in_slack import ASKED, SALARY, InSlack, in_slack, modes
from tests.standins.openai import HalfStream, Request, Says
from tests.standins.slack import Call, Channel, LostReply, Message, User, Usergroup, rate_limited, refuses
from tests.standins.slack.render import message as rendered

SENTENCES = ("연차는 15일입니다. ", "3영업일 전에 ", "올립니다. ", "끝입니다. [1]")
SLOWLY = Says("".join(SENTENCES), delay_s=0.2, chunks=SENTENCES)


def shown(here: InSlack, asked: Message) -> list[Call]:
    """What was set where the answer stands, in order."""
    (answer,) = here.answers(asked)
    return [call for call in here.slack.calls_of("chat.update") if call.arguments.get("ts") == answer.ts]


def is_final(call: Call) -> bool:
    return "feedback_good" in str(call.arguments["blocks"])


@modes
async def test_whole_sentences_are_shown_while_the_model_writes(http: bool, tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, http=http, cloud=(SLOWLY,)) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        *drafts, final = shown(here, asked)
        assert drafts
        assert "연차는 15일입니다." in str(drafts[0].arguments["blocks"])
        assert "3영업일" not in str(drafts[0].arguments["blocks"])
        assert not any(map(is_final, drafts))
        assert is_final(final)
        assert "끝입니다" in str(final.arguments["blocks"])


async def test_a_right_that_ends_while_the_model_writes_ends_the_drafts(tmp_path: Path, fresh_url: str) -> None:
    groups: list[Usergroup] = []

    def leave(request: Request) -> Says:
        groups[0].users.clear()
        return Says("구천만 원부터입니다. 자세한 것은 다음과 같습니다. [1]", delay_s=0.2)

    async with in_slack(tmp_path, fresh_url, on_prem=(leave,)) as here:
        groups += here.slack.workspace.usergroups.values()
        asked = await here.slack.says(here.hr, here.slack.workspace.im(here.hr), SALARY)
        await here.quiet()
        assert shown(here, asked)
        assert not any("구천만" in str(call.arguments) for call in here.slack.calls)


async def test_a_right_that_ends_after_a_draft_takes_it_back(tmp_path: Path, fresh_url: str) -> None:
    money = Says("구천만 원부터입니다. 자세한 것은 다음과 같습니다. [1]", delay_s=0.3)
    async with in_slack(tmp_path, fresh_url, on_prem=(money,)) as here:
        asked = await here.slack.says(here.hr, here.slack.workspace.im(here.hr), SALARY)
        await until(lambda: len(here.slack.calls_of("chat.update")), 1)
        next(iter(here.slack.workspace.usergroups.values())).users.clear()
        await here.quiet()
        first, *_, final = shown(here, asked)
        assert "구천만" in str(first.arguments)
        assert "구천만" not in str(final.arguments)


async def test_a_guest_who_comes_while_the_model_writes_is_shown_what_a_room_with_guests_may_see(
    tmp_path: Path, fresh_url: str
) -> None:
    """Given to the room itself, so that the guest may read it; above what Slack shows where guests are present."""
    rooms: list[Channel] = []
    guests: list[User] = []

    def come(request: Request) -> Says:
        rooms[0].members.append(guests[0].id)
        return Says("구천만 원부터입니다. 자세한 것은 다음과 같습니다. [1]", delay_s=0.2)

    async with in_slack(tmp_path, fresh_url, on_prem=(come,)) as here:
        guests.append(here.guest)
        rooms.append(here.slack.workspace.channel("bands", members=[here.hr, here.slack.workspace.bot], kind="private"))
        with psycopg.connect(here.url) as database:
            of = "(select audience_id from document where uri = 'hr/salary.md')"
            given = [f"channel:{rooms[0].id}"]
            database.execute(f"update document set readers = %s where audience_id = {of}", (given,))
            database.execute(f"update audience set readers = %s where id = {of}", (given,))
        asked = await here.mentions(here.hr, rooms[0], SALARY)
        assert here.naru.on_prem.requests
        assert not any("구천만" in str(call.arguments) for call in here.slack.calls)
        assert "급여 밴드" in str(here.answer(asked).blocks)


async def test_a_right_that_ends_between_two_attempts_ends_the_stored_answer(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        here.slack.scripts("chat.update", refuses("something_new"))
        asked = await here.slack.says(here.hr, here.slack.workspace.im(here.hr), SALARY)
        await until(lambda: len(here.slack.calls_of("chat.update")), 1)
        next(iter(here.slack.workspace.usergroups.values())).users.clear()
        await here.quiet()
        first, *_, final = shown(here, asked)
        assert "구천만" in str(first.arguments), "what Slack refused"
        assert "구천만" not in str(final.arguments)


async def test_a_draft_is_masked_like_the_answer(tmp_path: Path, fresh_url: str) -> None:
    says = Says(f"번호는 {rrn()} 입니다. <!channel> https://evil.example/x 입니다. 끝 [1]", delay_s=0.3)
    async with in_slack(tmp_path, fresh_url, cloud=(says,)) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        assert len(shown(here, asked)) > 1
        for call in shown(here, asked):
            assert not any(bad in str(call.arguments) for bad in (rrn(), rrn()[7:], "evil.example", "!channel"))


async def test_when_the_cloud_breaks_off_the_answer_of_the_other_shore_replaces_its_sentences(
    tmp_path: Path, fresh_url: str
) -> None:
    half = HalfStream("열흘이라고 들었습니다. 그리고 더 있는데", delay_s=0.2)
    async with in_slack(tmp_path, fresh_url, cloud=(half,), on_prem=(Says("15일입니다. [1]"),)) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        first, *_, final = shown(here, asked)
        assert "열흘" in str(first.arguments["blocks"])
        assert "열흘" not in str(final.arguments["blocks"])


@pytest.mark.parametrize("reply", [rate_limited(5), refuses("internal_error")])
async def test_a_draft_that_slack_refuses_costs_nothing(reply: object, tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, cloud=(SLOWLY,)) as here:
        here.slack.scripts("chat.update", reply)  # type: ignore[arg-type]
        asked = await here.mentions(here.engineer, here.general, ASKED)
        assert [is_final(call) for call in shown(here, asked)] == [False, True]


async def test_an_answer_is_set_once_more_where_a_draft_may_come_late(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, cloud=(SLOWLY,)) as here:
        here.slack.scripts("chat.update", LostReply())
        asked = await here.mentions(here.engineer, here.general, ASKED)
    # What was planned for later is done at the end.
    assert [is_final(call) for call in shown(here, asked)][-2:] == [True, True]


@modes
async def test_by_slacks_streams_the_answer_grows_and_ends_as_any_other(
    http: bool, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, http=http, cloud=(SLOWLY,), streaming=True) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        appended = "".join(str(call.arguments["markdown_text"]) for call in here.slack.calls_of("chat.appendStream"))
        assert appended.startswith("연차는 15일입니다.")
        assert here.slack.calls_of("chat.postMessage") == []
        assert [is_final(call) for call in shown(here, asked)] == [True]
        assert here.answer(asked).streaming_since is None
        assert "찾아보는" not in str(here.answer(asked).blocks)


@pytest.mark.parametrize("reply", [refuses("unknown_method"), rate_limited(30)])
async def test_where_slack_takes_no_stream_the_answer_is_edited(reply: object, tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, cloud=(SLOWLY,), streaming=True) as here:
        here.slack.scripts("chat.startStream", reply)  # type: ignore[arg-type]
        asked = await here.mentions(here.engineer, here.general, ASKED)
        assert not is_final(shown(here, asked)[0])
        assert is_final(shown(here, asked)[-1])


async def test_a_stream_of_unknown_outcome_is_found_again(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, streaming=True) as here:
        earlier = await here.mentions(here.engineer, here.general, ASKED)
        here.slack.scripts("chat.startStream", LostReply())
        asked = await here.mentions(here.engineer, here.general, "그럼 언제까지 올려요?", earlier.ts)
        assert len(here.answers(earlier)) == 2
        assert all("15일" in str(rendered(one, here.slack.workspace)) for one in here.answers(earlier))
        assert asked.ts not in {one.ts for one in here.answers(earlier)}
