"""What a workspace can do wrong, by accident or on purpose, and what Naru makes of it."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from bot.slack.app import http_session
from bot.slack.blocks import BAD, BETTER, REASON
from tests.integration.events import until
from tests.integration.in_slack import ASKED, InSlack, in_slack, modes
from tests.standins.openai import Says
from tests.standins.slack import OTHER_TEAM, Delivery, Message, refuses

SLOWLY = Says("연차는 15일입니다. 3영업일 전에 올립니다. [1]", delay_s=0.3)


def outcomes(here: InSlack, *, as_written: bool = False) -> list[str]:
    """In the order in which they came in, or in that in which they were written."""
    with psycopg.connect(here.url) as database:
        found = database.execute("select outcome, ts from inbox order by id").fetchall()
    return [outcome for outcome, _ in (sorted(found, key=lambda row: row[1]) if as_written else found)]


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
        assert outcomes(here, as_written=True) == ["answered", "outdated", "answered"]


@pytest.mark.parametrize("error", ["unknown_method", "cant_delete_message"])
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
    loud = [record.name for record in caplog.records if record.levelno >= logging.WARNING]
    assert not [name for name in loud if name.startswith(("aiohttp", "bot", "slack"))]


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


# Questions


async def test_whatever_is_asked_something_sensible_is_said(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        bot = here.slack.workspace.bot.id
        for text, says in {
            f"<@{bot}> 연차는 <@{bot}> 며칠인가요?": "15일",
            mention(here, "연차\x00는 며칠\ud800인가요?"): "15일",
            mention(here, "<!channel> <@U0> <!subteam^S1|@hr> <https://evil.example|*연차*>"): "",
            mention(here, "연차는 며칠인가요? " * 3600)[:40_000]: "8,000자까지",
            mention(here, ":smile: 🎉"): "what you want to know",
            mention(here, "<https://evil.example/x?y=1>"): "don't know",
        }.items():
            asked = await here.slack.says(here.engineer, here.general, text)
            await here.quiet()
            blocks = shown(here.answer(asked))
            assert says in blocks
            assert not any(bad in blocks for bad in ("evil.example", "<!", "<@"))


@modes
async def test_a_question_is_answered_wherever_it_stands(http: bool, tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        slack, bot = here.slack, here.slack.workspace.bot
        group = slack.workspace.channel("mpdm", members=[here.engineer, here.hr, bot], kind="mpim")
        others = await slack.says(here.hr, here.general, "남의 이야기")
        note = slack.workspace.file("note.txt", b"...", user=here.engineer)
        asked = [
            await slack.says(here.engineer, group, mention(here)),
            await slack.says(here.engineer, here.general, mention(here), files=(note,)),
            await slack.says(here.engineer, here.general, mention(here), others.ts, broadcast=True),
        ]
        empty = await slack.says(here.engineer, slack.workspace.im(here.engineer), "", files=(note,))
        await here.quiet()
        answers = [here.answer(one) for one in (asked[0], asked[1], others)]
        assert all("public/leave.md" in shown(answer) for answer in answers)
        assert "what you want to know" in shown(here.answer(empty))


async def test_who_is_no_member_of_the_company_learns_nothing_and_orders_nothing(
    tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        made = here.slack.workspace
        people = [
            here.guest,
            made.user("stranger", team_id=OTHER_TEAM, is_stranger=True),
            made.user("nobody", profile=None, is_restricted=True),
            made.user("gone", deleted=True),
        ]
        for person in people:
            assert "15일" not in shown(here.answer(await here.writes(person, ASKED)))
        for text in ("reindex all", "status"):
            await here.slack.slash(here.guest, made.im(here.guest), "/naru", text)
        await here.quiet()
        assert [m.text for m in made.ephemerals if "Only admins" in m.text] == [made.ephemerals[-1].text] * 2
        assert here.naru.cloud.requests == here.naru.on_prem.requests == []


async def test_a_member_without_a_profile_is_a_member(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        bare = here.slack.workspace.user("bare", profile=None)
        assert "15일" in shown(here.answer(await here.writes(bare, ASKED)))


async def test_a_command_may_be_anything(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        made = here.slack.workspace
        for text in ("", "x" * 4000, "<@U1> `{x}` %s", "reindex " + "<!channel>" * 300):
            before = len(made.ephemerals)
            await here.slack.slash(here.admin, made.im(here.admin), "/naru", text)
            await here.quiet()
            answer = shown(made.ephemerals[-1])
            assert len(made.ephemerals) == before + 2
            assert "There is no source" in answer if text.startswith("reindex") else "/naru why" in answer
            assert "<!" not in answer


# Answers


def _letters(number: int) -> str:
    """Another for each number: an answer that only repeats itself is cut off earlier."""
    return "".join("가나다라마바사아자차"[int(digit)] for digit in str(number))


ENDLESS = {
    "line": "".join(f"연차는 {_letters(number)} 십오일입니다 " for number in range(3500)),
    "lines": "".join(f"{_letters(number)} 연차는 15일입니다. [1]\n" for number in range(3000)),
    "code": "```\n" + "".join(f"x = 15 # 연차 {_letters(number)}\n" for number in range(3000)) + "```\n",
    "table": "| 연차 | 일 |\n|---|---|\n" + "".join(f"| 15일 | {_letters(number)} |\n" for number in range(3000)),
}


@pytest.mark.parametrize("streaming", [False, True])
async def test_an_answer_of_50_kb_is_shown_as_far_as_a_message_goes(
    streaming: bool, tmp_path: Path, fresh_url: str
) -> None:
    def said(text: str) -> Says:
        pieces = [text[at : at + 2500] for at in range(0, len(text), 2500)]
        return Says(f"{text}[1]", chunks=(*pieces, "[1]"), delay_s=0.02)

    async with in_slack(tmp_path, fresh_url, cloud=[*map(said, ENDLESS.values())], streaming=streaming) as here:
        for kind in ENDLESS:
            answer = here.answer(await here.mentions(here.engineer, here.general, ASKED))
            assert len(str(answer.blocks)) > 10_000, kind
            assert "나머지는 문서에서" in shown(answer), kind
            assert "feedback_good" in shown(answer), kind
        assert set(outcomes(here)) == {"answered"}
        assert all((call.answer or {}).get("ok") for call in here.slack.calls_of("chat.update"))


# Places and tokens that go away


async def test_a_bot_that_was_removed_before_it_could_say_anything_says_nothing(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        here.slack.courier.hold()
        asked = await here.slack.says(here.engineer, here.general, mention(here))
        here.general.members.remove(here.slack.workspace.bot.id)
        here.slack.courier.release()
        await here.quiet()
        assert here.answers(asked) == []
        assert outcomes(here) == ["gone"]
        assert here.naru.cloud.requests == []


@pytest.mark.parametrize("streaming", [False, True])
async def test_a_channel_that_is_archived_while_the_model_writes_ends_the_question(
    streaming: bool, tmp_path: Path, fresh_url: str
) -> None:
    async with in_slack(tmp_path, fresh_url, cloud=(SLOWLY,), streaming=streaming) as here:
        asked = await here.slack.says(here.engineer, here.general, mention(here))
        await until(lambda: len(here.slack.calls_of("chat.postMessage", "chat.startStream")), 1)
        await here.slack.archives(here.general)
        await here.quiet()
        assert outcomes(here) == ["gone"]
        assert "feedback_good" not in shown(here.answer(asked))


@pytest.mark.parametrize("error", ["token_revoked", "missing_scope"])
async def test_what_an_admin_must_mend_is_in_the_log_and_no_token_is(
    error: str, tmp_path: Path, fresh_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with in_slack(tmp_path, fresh_url) as here:
        here.slack.script.otherwise = lambda call: None if call.method == "apps.connections.open" else refuses(error)
        await here.slack.says(here.engineer, here.general, mention(here))
        await until(lambda: caplog.text.count("attempt 1 failed"), 1)
        here.slack.script.otherwise = None
        await here.quiet()
        assert outcomes(here) == ["answered"]
    assert f"chat.postMessage failed ({error}): " in caplog.text
    assert "install" in caplog.text
    secrets = (here.slack.bot_token, here.slack.app_token, here.slack.signing_secret, "ticket=", "15일", "며칠인가요")
    assert not [secret for secret in secrets if secret in caplog.text]


@pytest.mark.parametrize(
    ("method", "outcome"),
    [
        ("chat.startStream", "answered"),
        ("conversations.info", "answered"),
        ("conversations.members", "answered"),
        ("usergroups.list", "answered"),
        ("users.info", "answered"),
        ("chat.postMessage", None),
        ("chat.update", None),
    ],
)
async def test_a_method_that_slack_does_not_know_is_in_the_log_where_it_costs_the_answer(
    method: str, outcome: str | None, tmp_path: Path, fresh_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    async with in_slack(tmp_path, fresh_url, streaming="Stream" in method) as here:
        here.slack.script.otherwise = lambda call: refuses("unknown_method") if call.method == method else None
        asked = await here.slack.says(here.engineer, here.general, mention(here))
        if outcome is None:
            await until(lambda: caplog.text.count(f"{method} failed (unknown_method)"), 1)
            return
        await here.quiet()
        assert outcomes(here) == [outcome]
        assert "15일" in shown(here.answer(asked)) or f"{method} answered unknown_method" in caplog.text


# Opinions


async def test_a_click_on_what_is_not_there_says_so_to_its_person_alone(tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url) as here:
        forged = await here.slack.says(here.hr, here.general, "제가 답해 드릴게요")
        for value in (str(uuid4()), "nonsense"):
            button = {"type": "button", "action_id": BAD, "value": value, "text": {"type": "plain_text", "text": "x"}}
            forged.blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
            await here.slack.clicks(here.engineer, forged, BAD)
            await here.quiet()
            told = here.slack.workspace.ephemerals[-1]
            assert (told.text, told.seen_only_by) == ("그 답은 이제 없습니다. 다시 물어봐 주세요.", here.engineer.id)
        assert outcomes(here) == ["gone", "gone"]
        assert not here.slack.workspace.views


@modes
async def test_a_form_may_be_empty_too_long_and_sent_twice(http: bool, tmp_path: Path, fresh_url: str) -> None:
    async with in_slack(tmp_path, fresh_url, http=http) as here:
        answer = here.answer(await here.mentions(here.engineer, here.general, ASKED))
        await here.slack.clicks(here.engineer, answer, BAD)
        await here.quiet()
        (form,) = here.slack.workspace.views.values()
        for fields in ({}, {(REASON, REASON): "가" * 5000, (BETTER, BETTER): "나" * 5000}):
            await here.slack.submits(form, fields)
            await here.quiet()
        with psycopg.connect(here.url) as database:
            assert database.execute("select verdict, reason, better from feedback").fetchall() == [("bad", None, None)]
        assert outcomes(here) == ["answered", "recorded", "recorded"]
