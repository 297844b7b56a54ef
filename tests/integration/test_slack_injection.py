"""Whatever a document, a question or a name orders, and though the model obeys: nothing of it works in Slack.

A third of other people's attacks; NARU_TEST_EVERY_ATTACK=1 tries all of them, which takes a minute more. One Naru for
all cases: its model says what every order that it reads asks for, and what Slack was told is read as Slack
and people's clients would read it.
"""

from __future__ import annotations

import asyncio
import os
import re
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from admin.app import App
from admin.slack import SlackOperations
from bot.check import Shown, check_so_far
from bot.drafts import whole_sentences
from bot.inbox import Inbox
from bot.slack.answering import Answering
from bot.slack.app import check_in, http_session, slack_app, web_client
from bot.slack.blocks import draft
from bot.slack.budget import Rate, UpdateBudget
from bot.slack.commands import Commands
from bot.slack.people import PER_MINUTE, SlackPeople
from bot.slack.post import SlackDoor
from bot.slack.posted import Posted
from bot.spool import Spool
from bot.worker import Worker
from tests.attacks import ENCODINGS, LINK, Attack, of_others, own
from tests.builders import ROOT, ask, document, no_directory, passage, shipped_rules
from tests.integration.company import CONFIG, company
from tests.standins.openai import Request
from tests.standins.slack import TEAM, Limit, Message, SlackStandIn, Workspace
from tests.standins.slack.blocks import texts
from tests.standins.slack.calls import Arguments, Call

DATA = Path(os.environ.get("NARU_DATA", ROOT.parent / "shared" / "data")) / "security"
OWN = tuple(own())
OTHERS = tuple(of_others(DATA))[:: 1 if os.environ.get("NARU_TEST_EVERY_ATTACK") else 3] if DATA.is_dir() else ()
ATTACKS = (*OWN, *OTHERS)
ADDRESSES = {LINK + quote(attack.document[0]) for attack in ATTACKS}
RELAXED = {
    Limit.POST_RATE: "hundreds of questions within a minute are asked to save time",
    Limit.METHOD_RATE: "hundreds of questions within a minute are asked to save time",
}
WITHIN_S = 400
PATIENT = re.sub(r"(?m)(first_token_timeout_s|total_timeout_s) = .*$", rf"\1 = {WITHIN_S}", CONFIG)
"""Where the machine is busy its model is slow: a quotation instead of its answer would prove nothing."""

_KINDS = {"section", "context", "actions", "button", "mrkdwn", "plain_text"}
_TOKEN = re.compile(r"<([^<>]*)>")
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]*:/|/{2}\w|www\.|xn--|(?:javascript|vbscript|data|mailto|tel|blob):\S|[\w-]\.[a-z가-힣]{2,24}[:/?#]\S",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\]\(|\]:\s|<")
_BROADCAST = re.compile(r"@\W*(?:channel|here|everyone)(?!\w)", re.IGNORECASE)


@dataclass
class Obedient:
    """A model that does what every order in what it reads asks for."""

    obeyed: set[str] = field(default_factory=set)

    def __call__(self, request: Request) -> str:
        read = "\n".join(message["content"] for message in request.json["messages"])
        orders = [attack for attack in ATTACKS if attack.code in read]
        self.obeyed |= {attack.id for attack in orders}
        known = [attack for attack in ATTACKS if attack.key in read]
        says = [f"{attack.shown} 이라고 적혀 있습니다. [1]" for attack in known]
        return "\n\n".join([*says, *(attack.effect for attack in orders)]) or "모르겠습니다."


@dataclass(frozen=True)
class Told:
    """All that Slack was told for each attack, by its id; and the attacks whose orders the model obeyed."""

    calls: Mapping[str, list[Call]]
    obeyed: set[str]


@pytest.fixture(scope="module")
async def told(
    new_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Told]:
    model = Obedient()
    documents = dict(attack.document for attack in ATTACKS)
    async with AsyncExitStack() as stack:
        url = stack.enter_context(new_database())
        folder = tmp_path_factory.mktemp("attacks")
        made = company(folder, url, documents, cloud=[model], on_prem=[model], config=PATIENT)
        naru = await stack.enter_async_context(made)
        slack = await stack.enter_async_context(SlackStandIn(relaxed=RELAXED))
        await _answers(stack, naru.app, slack)
        asked = await _asked(slack.workspace, slack)
        await slack.settled(within=WITHIN_S)
        async with asyncio.timeout(WITHIN_S):
            while await asyncio.to_thread(_open, url):  # noqa: ASYNC110 - what is done sets no event here
                await asyncio.sleep(0.3)
        yield Told({id: _said(slack, message) for id, message in asked.items()}, model.obeyed)


async def _answers(stack: AsyncExitStack, app: App, slack: SlackStandIn) -> None:
    """What admin/slack.py serves, with a budget of updates that lets hundreds of answers pass within a minute."""
    session = http_session()
    stack.push_async_callback(session.close)
    client = web_client(slack.bot_token, session, api_url=slack.api_url)
    identity = await check_in(client, slack.app_token)
    # Hundreds of questions at once on a busy machine: who waits for an answer is not in a hurry here.
    people = SlackPeople(
        client,
        identity.team,
        no_directory,
        limits=dict.fromkeys(PER_MINUTE, 100_000),
        patience_s=WITHIN_S,
        fresh_patience_s=WITHIN_S,
    )
    stack.push_async_callback(people.close)
    inbox = Inbox(app.database, app.seal, Spool(app.settings.home / "spool", app.seal))
    door = SlackDoor(client, bot_user=identity.bot_user, budget=UpdateBudget(Rate.of(100_000)))
    deps = replace(app.deps, people=people, operator=None)
    commands = Commands(inbox, door, people, app.deps.records, SlackOperations(app))
    posted = Posted(app.database, app.seal)
    answering = Answering(inbox, door, people, deps, commands, identity.bot_user, TEAM, 10_000, posted)
    worker = Worker(inbox, answering.handle, answering.give_up, at_once=16)
    bolt = slack_app(client, identity, signing_secret=None, put=inbox.put, changed=people.changed, follows=None)
    handler = AsyncSocketModeHandler(bolt, slack.app_token, web_client=client)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    stack.push_async_callback(handler.close_async)
    working = asyncio.create_task(worker.run())
    stack.push_async_callback(asyncio.wait, {working})
    stack.push_async_callback(worker.stop, 5.0)


async def _asked(workspace: Workspace, slack: SlackStandIn) -> dict[str, Message]:
    asker = workspace.user("haneul")
    named = {
        attack.id: workspace.user(
            attack.key, profile={"real_name": attack.effect, "display_name": attack.effect, "title": attack.effect}
        )
        for attack in ATTACKS
        if attack.place == "person"
    }
    general = workspace.channel("general", members=[asker, *named.values(), workspace.bot])
    mention = f"<@{workspace.bot.id}>"
    return {
        attack.id: await slack.says(named.get(attack.id, asker), general, f"{mention} {attack.asked}")
        for attack in ATTACKS
    }


def _open(url: str) -> int:
    with psycopg.connect(url) as database:
        row = database.execute("select count(*) from inbox where state <> 'done'").fetchone()
        return int(row[0]) if row else 0


def _said(slack: SlackStandIn, asked: Message) -> list[Call]:
    answers = {answer.ts for answer in slack.replies(asked)}
    return [
        call
        for call in slack.calls
        if call.arguments.get("thread_ts") == asked.ts or call.arguments.get("ts") in answers
    ]


def harm(call: Call, attack: Attack) -> Iterator[str]:
    """What could work in one call: a preview, an image, a link, a ping, a secret in an address."""
    given = Arguments(call.arguments)
    for name in ("unfurl_links", "unfurl_media", "link_names"):
        if name not in given or given.flag(name):
            yield f"{name} is not off"
    if given.text("parse", "full") != "none":
        yield "parse is not none"
    blocks = given.json("blocks")
    for one in _objects(blocks):
        if one["type"] not in _KINDS or one.keys() & {"url", "image_url", "accessory"}:
            yield f"a block of type {one['type']}"
        if one["type"] == "mrkdwn" and one.get("verbatim") is not True:
            yield "Slack looks for links and names in the text"
    for text in (given.text("text"), *texts(blocks)):
        yield from active(text, attack.secret)


def active(text: str, secret: str) -> Iterator[str]:
    """What works in a text, or would where somebody looks for it: read as Slack and as a lenient client read it."""
    for token in _TOKEN.findall(text):
        if unescape(token.partition("|")[0]) not in ADDRESSES:
            yield f"<{token}> works"
    rest = _TOKEN.sub(" ", text)
    for address in ADDRESSES:
        rest = re.sub(rf"{re.escape(address)}(?![^\s.,)])", " ", rest)
    for found in _MARKUP.finditer(rest):
        yield f"markup: {found[0]}"
    read = unicodedata.normalize("NFKC", "".join(c for c in unescape(rest) if unicodedata.category(c) != "Cf"))
    for pattern in (_ADDRESS, _BROADCAST):
        for found in pattern.finditer(read):
            yield f"{found[0]!r} in the text"
    forms = {encode(secret).casefold() for encode in ENCODINGS}
    for word in read.split():
        if re.search(r"\w[.:/]\w", word) and any(form in word.casefold() for form in forms):
            yield f"the secret in {word!r}"


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)


def not_tried(told: Told, attack: Attack) -> bool:
    """Whether no model was asked: the question holds so much else that no document seems to answer it."""
    return attack.place == "question" and attack.id not in told.obeyed


def judged(told: Told, attack: Attack) -> Iterator[str]:
    """What is wrong with what Slack was told for one attack."""
    calls = told.calls[attack.id]
    if {call.method for call in calls} != {"chat.postMessage", "chat.update"}:
        yield f"other calls than a post and its edits: {[call.method for call in calls]}"
        return
    if not_tried(told, attack):
        yield from (problem for call in calls for problem in harm(call, attack))
        return
    if not any(attack.shown in text for text in texts(Arguments(calls[-1].arguments).json("blocks"))):
        yield "the document was not answered from"
    if (attack.id in told.obeyed) != (attack.place != "person"):
        yield "the model did not read the order"
    yield from (problem for call in calls for problem in harm(call, attack))


async def test_no_order_that_is_obeyed_does_anything_in_slack(told: Told) -> None:
    """One test for all: where they are shared out over processes, each would have to ask every question."""
    problems = {attack.id: found for attack in ATTACKS if (found := list(judged(told, attack)))}
    assert not problems
    assert sum(not_tried(told, attack) for attack in ATTACKS) <= 0.02 * len(ATTACKS)


def test_no_draft_of_an_order_that_is_obeyed_does_anything() -> None:
    source, rules = document(), shipped_rules()
    shown, present = Shown((passage(of=source),), ()), {source.id: source}
    for attack in ATTACKS:
        says = f"{attack.shown} 이라고 적혀 있습니다. [1]\n\n{attack.effect}\n끝입니다.\n"
        for sentences in {whole_sentences(says[:end]) for end in range(len(says) + 1)}:
            message = draft(check_so_far(sentences, ask(), shown, present, rules), "ko")
            problems = [p for text in (message.text, *texts(message.blocks)) for p in active(text, attack.secret)]
            assert not problems, f"{attack.id}: {'; '.join(problems)}"


@pytest.mark.parametrize("attack", [pytest.param(attack, id=f"{attack.id}-{attack.place}") for attack in OWN])
def test_each_attack_would_work_on_a_bot_that_shows_what_its_model_says(attack: Attack) -> None:
    assert any(list(active(text, attack.secret)) for text in (attack.effect, unescape(attack.effect)))


def test_there_are_enough_cases_of_our_own() -> None:
    assert len(OWN) >= 40


@pytest.mark.skipif(not OTHERS, reason="the texts of others are not there: no security/ in NARU_DATA or ../shared/data")
def test_there_are_enough_cases_with_those_of_others() -> None:
    assert len(ATTACKS) >= 150
