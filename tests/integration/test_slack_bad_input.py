"""What a workspace can do wrong, by accident or on purpose, and what Naru makes of it."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import psycopg
import pytest

from bot.slack.app import http_session
from bot.slack.blocks import BAD, BETTER, REASON
from tests.integration.events import until
from tests.integration.test_slack import ASKED, InSlack, in_slack, modes
from tests.standins.openai import Says
from tests.standins.slack import Delivery, Message, refuses

SLOWLY = Says("연차는 15일입니다. 3영업일 전에 올립니다. [1]", delay_s=0.3)


def outcomes(here: InSlack) -> list[str]:
    """In the order in which they came in."""
    with psycopg.connect(here.url) as database:
        return [row[0] for row in database.execute("select outcome from inbox order by id")]


def shown(message: Message) -> str:
    return f"{message.text} {message.blocks}"


def mention(here: InSlack, text: str = ASKED) -> str:
    return f"<@{here.slack.workspace.bot.id}> {text}"


# Out of order


async def changes_first(here: InSlack) -> None:
    """Of what was held the edits and deletions arrive, and the rest when they are done."""
    held = list(here.slack.deliveries)

    def is_change(delivery: Delivery) -> bool:
        return delivery.payload["event"].get("subtype") in ("message_changed", "message_deleted")

    here.slack.courier.release(lambda them: filter(is_change, them))
    await here.quiet()
    for delivery in held:
        if not is_change(delivery):
            here.slack.courier.again(delivery)
    await here.quiet()


@modes
async def test_a_question_that_arrives_after_its_deletion_is_not_answered(
    http: bool, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        here.slack.courier.hold()
        asked = await here.slack.says(here.engineer, here.general, mention(here))
        await here.slack.deletes(asked)
        await changes_first(here)
        assert here.answers(asked) == []
        assert outcomes(here) == ["ignored", "outdated"]


@modes
async def test_a_question_that_arrives_after_its_edit_is_answered_once(
    http: bool, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        here.slack.courier.hold()
        asked = await here.slack.says(here.engineer, here.general, mention(here, "육아휴직은?"))
        await here.slack.edits(asked, mention(here))
        await changes_first(here)
        assert "15일" in shown(here.answer(asked))
        assert outcomes(here) == ["answered", "outdated"]


# Edits and deletions


async def test_an_answer_that_an_edit_asked_for_goes_with_its_question(tmp_path: Path, fresh_url: str) -> None:
    """The mention came in by an edit, so there is no row for the message as it was first."""
    async with in_slack(tmp_path, fresh_url) as here:
        asked = await here.slack.says(here.engineer, here.general, ASKED)
        for text in (mention(here), mention(here, f"{ASKED} 급해요")):
            await here.slack.edits(asked, text)
            await here.quiet()
        assert len(here.answers(asked)) == 1
        await here.slack.deletes(asked)
        await here.quiet()
        assert here.answers(asked) == []


async def test_a_question_whose_mention_was_edited_away_takes_its_answer_with_it(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        await here.slack.edits(asked, f"{ASKED} 아무나 알려 주세요")
        await here.quiet()
        assert len(here.answers(asked)) == 1
        await here.slack.deletes(asked)
        await here.quiet()
        assert here.answers(asked) == []


@pytest.mark.parametrize("streaming", [False, True])
async def test_a_question_deleted_while_it_is_answered_is_shown_nothing_more(
    streaming: bool, tmp_path: Path, fresh_url: str
) -> None:
    says = Says("연차는 15일입니다. " * 3 + "[1]", delay_s=0.3)
    async with in_slack(tmp_path, fresh_url, cloud=(says,), streaming=streaming) as here:
        asked = await here.slack.says(here.engineer, here.general, mention(here))
        await until(lambda: len(here.slack.calls_of("chat.update", "chat.appendStream")), 1)
        before = len(here.slack.calls)
        await here.slack.deletes(asked)
        await here.quiet()
        after = [call for call in here.slack.calls[before:] if "feedback_good" in str(call.arguments)]
        assert not here.answers(asked)
        assert not after


async def test_edits_while_a_question_is_answered_end_in_one_answer_to_the_last(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, cloud=(SLOWLY, Says("열흘 전입니다. [1]"))) as here:
        asked = await here.slack.says(here.engineer, here.general, mention(here))
        await until(lambda: len(here.slack.calls_of("chat.update")), 1)
        for text in ("연차는 언제 올리나요?", "연차는 며칠 전에 올리나요?"):
            await here.slack.edits(asked, mention(here, text))
        await here.quiet()
        assert "열흘" in shown(here.answer(asked))
        assert outcomes(here) == ["answered", "outdated", "answered"]


@pytest.mark.parametrize("error", ["unknown_method", "cant_delete_message", "missing_scope"])
async def test_where_slack_lets_us_delete_nothing_a_notice_replaces_the_answer(
    error: str, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        here.slack.scripts("chat.delete", refuses(error))
        await here.slack.deletes(asked)
        await here.quiet()
        assert "15일" not in shown(here.answer(asked))
        assert "지워져" in shown(here.answer(asked))


# What is no question


async def test_where_slack_takes_no_reaction_nobody_apologises_for_a_thank_you(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        here.slack.scripts("reactions.add", *[refuses("missing_scope")] * 9)
        thanks = await here.writes(here.engineer, "고마워요 :pray:")
        assert here.answers(thanks) == []
        assert outcomes(here) == ["thanked"]


# Requests


UNREADABLE = [
    (b"\xff\xfe{", {}, 400),
    (b"{not json", {}, 400),
    (b"[]", {}, 400),
    (b"{}", {"Content-Type": "application/json; charset=utf-99"}, 400),
    (b"{}", {"X-Slack-Request-Timestamp": "now", "X-Slack-Signature": "v0=0"}, 401),
    (b"{}", {"X-Slack-Request-Timestamp": "1" * 5000, "X-Slack-Signature": "v0=0"}, 401),
    (b"{}", {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=é"}, 401),
    (b"{}", {}, 401),
]


async def test_what_is_no_request_of_slacks_is_refused_in_silence(
    tmp_path: Path, fresh_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Anybody who knows the address can send it, as often as they like."""
    async with in_slack(tmp_path, fresh_url, http=True) as here, http_session() as session:
        assert here.slack.requests is not None
        for body, headers, status in UNREADABLE:
            given = {"Content-Type": "application/json"} | headers
            async with session.post(here.slack.requests.target, data=body, headers=given) as answer:
                assert (answer.status, headers) == (status, headers)
        assert outcomes(here) == []
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_requests_that_are_sent_again_as_they_were_do_nothing_twice(tmp_path: Path, fresh_url: str) -> None:
    """Within five minutes their signature is right."""
    async with in_slack(tmp_path, fresh_url, http=True) as here:
        asked = await here.mentions(here.engineer, here.general, ASKED)
        await here.slack.edits(asked, mention(here, f"{ASKED} 급해요"))
        await here.quiet()
        await here.slack.clicks(here.engineer, here.answer(asked), BAD)
        await here.quiet()
        (form,) = here.slack.workspace.views.values()
        await here.slack.submits(form, {(REASON, REASON): "빠졌어요"})
        await here.slack.slash(here.engineer, here.general, "/naru", "why")
        await here.quiet()
        done, calls = outcomes(here), len(here.slack.calls)
        assert here.slack.requests is not None
        for delivery in list(here.slack.deliveries):
            await here.slack.requests.post(delivery)
        await here.quiet()
        assert outcomes(here) == done
        assert [call.method for call in here.slack.calls[calls:]] == []
