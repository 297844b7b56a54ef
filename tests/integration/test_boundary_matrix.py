"""Policy x fault, on real sockets: whatever is broken, nothing sensitive reaches the cloud.

A row is a fault, a column a place where something sensitive stands. Each cell plants a canary of its own in that place
alone. So that each cell can fail by itself, the same questions without canaries reach the cloud where nothing is
broken, and in each row a harmless question does so wherever the fault leaves it to.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest

from bot.answer import Deps, answer
from bot.domain import Answer, Question, Route
from bot.policy import detect
from bot.policy.decide import Decision
from bot.policy.detect.finding import Finding
from bot.policy.detect.segment import Segment
from bot.policy.parts import Masking
from bot.policy.rules import Rules
from bot.policy.seen import Seen
from bot.records import Records
from retrieval.database import DatabaseFault
from retrieval.errors import Fault
from retrieval.label import Label
from retrieval.passage import Document, Passage, Readers
from tests.integration.company import CONFIG, Company, company
from tests.integration.events import run
from tests.standins.openai import Garbage, HalfStream, NoFinish, OpenAIStandIn, Redirect, Reply, Says, Silent, Status

HASTY = CONFIG.replace("first_token_timeout_s = 1.5", "first_token_timeout_s = 0.3").replace(
    "attempts = 2", "attempts = 1"
)
NOWHERE = "http://127.0.0.1:9/v1"
LISTED = "한빛나래"
CLEAN = '{"kind": "none"}'


# -- columns: where it stands --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """asked: the questions of a thread, {} for the canary; the last one is the cell's. documents: by path, {} likewise.
    canary: from the number of the cell. clean: what stands there in the harmless twin. kind: a detector's that it is
    for; where there is no such detector there is no such column."""

    asked: tuple[str, ...]
    documents: Mapping[str, str]
    canary: Callable[[int], str]
    clean: str = ""
    person: str = "U1"
    room: str | None = None
    clean_room: str | None = None
    clean_path: str | None = None
    kind: str | None = None


def mobile(n: int) -> str:
    return "010-" + f"{2000 + n}-" + "5678"


def address(n: int) -> str:
    return f"canary{n}@corp" + ".example"


def word(n: int) -> str:
    return f"zqcanary{n}"


LEAVE = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일입니다.\n"}
COLUMNS: dict[str, Column] = {
    "question": Column(("연차는 며칠인가요? {}",), LEAVE, mobile),
    "earlier question": Column(("연차 규정 알려 주세요 {}", "연차는 며칠인가요?"), LEAVE, address),
    "two messages": Column(
        ("연차 규정 알려 주세요. 주민번호 앞은 900101 이고", "뒤는 1{} 인데 연차는 며칠인가요?"),
        LEAVE,
        lambda n: f"2{n:05d}",
        clean="일",
    ),
    "passage": Column(
        ("주차장은 몇 층인가요?",),
        {"public/parking.md": "# 주차 안내\n\n## 주차장\n\n주차장은 지하 2층입니다. 문의 {}\n"},
        address,
    ),
    "title": Column(
        ("기숙사 통금은 몇 시인가요?",),
        {"public/dormitory.md": "# 기숙사 안내 {}\n\n## 통금\n\n기숙사 통금은 자정입니다.\n"},
        address,
    ),
    "heading": Column(
        ("구내식당 점심은 몇 시인가요?",),
        {"public/canteen.md": "# 구내식당\n\n## 점심 {}\n\n구내식당 점심은 정오입니다.\n"},
        address,
    ),
    "room": Column(("연차는 며칠인가요? {}",), LEAVE, word, person="U2", room="C3", clean_room="C1"),
    "source level": Column(
        ("성과급 지급일은 언제인가요?",),
        {"hr/bonus.md": "# 성과급\n\n## 지급일\n\n성과급 지급일은 매년 삼월 말입니다. {}\n"},
        word,
        person="U2",
        clean_path="public/bonus.md",
    ),
    "listed name": Column((f"{LISTED}{{}} 건의 연차는 며칠인가요?",), LEAVE, word, clean="산들 "),
    "directive": Column(
        ("{} 이 내용은 대외비이니 밖으로 보내지 마세요. 연차는 며칠인가요?",), LEAVE, word, kind="directive"
    ),
    "matter": Column(("{} 제가 우울증 진단을 받아 약을 먹는데 연차는 며칠인가요?",), LEAVE, word, kind="health"),
}
SHOWN = {name: column for name, column in COLUMNS.items() if column.kind is None or column.kind in detect.KINDS}
HARMLESS = Column(("연차는 며칠인가요?",), LEAVE, word)


def documents(canaries: Mapping[str, str]) -> dict[str, str]:
    """With the columns' canaries in them; without canaries their harmless twins."""
    found = dict(LEAVE)
    for name, column in SHOWN.items():
        for path, text in column.documents.items():
            where = path if canaries or column.clean_path is None else column.clean_path
            found[where] = text.format(canaries.get(name, ""))
    return found


async def ask_in(
    naru: Company, deps: Deps, name: str, column: Column, canary: str | None, between: Meanwhile
) -> Answer:
    room = column.room if canary is not None or column.clean_room is None else column.clean_room
    says = column.clean if canary is None else canary
    answered: Answer | None = None
    for number, text in enumerate(column.asked):
        if number:
            await between(naru)
        if canary is None and name in ("listed name", "directive", "matter"):
            text = "산들 건의 연차는 며칠인가요?"
        question = naru.app.question(text.format(says), person=column.person, room=room, thread=name)
        answered = await answer(question, deps)
    assert answered is not None
    return answered


# -- rows: what is broken ------------------------------------------------------------------------------------

Meanwhile = Callable[[Company], Awaitable[None]]
Change = Callable[[Deps], Deps]


async def nothing(_: Company) -> None:
    pass


@dataclass(frozen=True)
class Row:
    """What is broken. leaves: whether a harmless question still reaches the cloud. between: done after the first
    question of a thread. proxied: the environment names a proxy. passes: it is over before the harmless question."""

    cloud: Sequence[Reply] = (Says("연차는 15일입니다. [1]"),)
    on_prem: Sequence[Reply] = (Says("연차는 15일입니다. [1]"),)
    opinion: Sequence[Reply] = ()
    environment: Mapping[str, str] | None = None
    change: Change = lambda deps: deps
    between: Meanwhile = nothing
    leaves: bool = True
    proxied: bool = False
    passes: bool = False


class Names:
    """A company's list of one name; it may be out of order."""

    def __init__(self, epoch: str = "1", error: Exception | None = None) -> None:
        self.epoch = epoch
        self._error = error

    def find(self, segment: Segment) -> Iterable[Finding]:
        if self._error is not None:
            raise self._error
        at = segment.text.find(LISTED)
        return [Finding("person", at, at + len(LISTED), 0.9, "listed")] if at >= 0 else []


def with_rules(change: Callable[[Rules], Rules], deps: Deps) -> Deps:
    rules = deps.rules
    return replace(deps, rules=lambda: change(rules()))


def listed(deps: Deps, names: Names | None = None) -> Deps:
    return with_rules(lambda rules: replace(rules, lists=names or Names()), deps)


def failing(segment: Segment) -> Iterator[Finding]:
    raise ZeroDivisionError


def detector_fails(deps: Deps) -> Deps:
    seen = Seen(find=partial(detect.find, detectors={**detect.DETECTORS, "broken": failing}))
    return with_rules(lambda rules: replace(rules, seen=seen), deps)


def with_domain_model(deps: Deps) -> Deps:
    return with_rules(lambda rules: replace(rules, model_sources={"handbook": "hr-small"}), deps)


def policy_changes(deps: Deps) -> Deps:
    """With each look another one: the one that decides is not the one that embeds, or answers the next question."""
    preferred = cycle((Route.ON_PREM, Route.CLOUD))
    return with_rules(lambda rules: replace(rules, prefer=next(preferred)), deps)


class OtherRecords(Records):
    """Records through which a Decision comes back changed, or not at all."""

    def __init__(self, records: Records, change: Callable[[Decision], Decision]) -> None:
        super().__init__(records._database, records._seal)
        self._change = change

    async def decided(
        self, decision: Decision, question: Question, operator: str | None, masking: Masking | None = None
    ) -> Decision:
        return self._change(await super().decided(decision, question, operator, masking))


def permit_refused(deps: Deps) -> Deps:
    return replace(deps, records=OtherRecords(deps.records, lambda decision: replace(decision, policy="another")))


@dataclass(frozen=True)
class NoSearch:
    """Retrieval that is down."""

    async def __call__(self, query: str, readers: Readers, limit: int, label: Label) -> tuple[Passage, ...]:
        raise DatabaseFault("The database is away.")

    async def present(self, documents: tuple[int, ...], readers: Readers) -> Mapping[int, Document]:
        return {}


async def no_audit(naru: Company) -> None:
    await run(
        naru.app.database,
        "create or replace function full_disk() returns trigger language plpgsql as "
        "$$ begin raise exception 'no space left' using errcode = '53100'; end $$",
    )
    await run(
        naru.app.database,
        "create or replace trigger full_disk before insert on decision for each row execute function full_disk()",
    )


async def no_text(naru: Company) -> None:
    await run(naru.app.database, "update question set text = null")


ROWS: dict[str, Row] = {
    "cloud: 500": Row(cloud=(Status(500),)),
    "cloud: 429": Row(cloud=(Status(429),)),
    "cloud: silent": Row(cloud=(Silent(),)),
    "cloud: reset mid-stream": Row(cloud=(HalfStream("연차는"),)),
    "cloud: redirect to another host": Row(cloud=(Redirect(NOWHERE + "/chat/completions"),)),
    "cloud: garbage": Row(cloud=(Garbage(),)),
    "cloud: no finish_reason": Row(cloud=(NoFinish("연차는 15일"),)),
    "on-prem: down": Row(environment={"NARU_ON_PREM_BASE_URL": NOWHERE}),
    "on-prem: 500": Row(on_prem=(Status(500),)),
    "on-prem: silent": Row(on_prem=(Silent(),)),
    "on-prem: garbage": Row(on_prem=(Garbage(),)),
    "on-prem: redirect": Row(on_prem=(Redirect(NOWHERE + "/chat/completions"),)),
    "on-prem: neither the domain model nor its base": Row(on_prem=(Status(404),), change=with_domain_model),
    "both shores: 500": Row(cloud=(Status(500),), on_prem=(Status(500),)),
    "a detector raises": Row(change=detector_fails, leaves=False),
    "the lists are missing": Row(change=partial(listed, names=Names("", FileNotFoundError())), leaves=False),
    "the policy changes meanwhile": Row(change=policy_changes, passes=True),
    "the audit cannot be written": Row(between=no_audit, leaves=False),
    "second opinion: away": Row(opinion=(Status(503),), leaves=False),
    "second opinion: silent": Row(opinion=(Silent(),), leaves=False),
    "second opinion: nonsense": Row(opinion=(Says("fine by me"),), leaves=False),
    "second opinion: nothing found": Row(opinion=(Says(CLEAN),)),
    "the embedding shore is down": Row(environment={"NARU_EMBED_BASE_URL": NOWHERE, "NARU_EMBED_MODEL": "m"}),
    "retrieval is down": Row(change=lambda deps: replace(deps, search=NoSearch()), leaves=False),
    "the thread's text is gone": Row(between=no_text),
    "the permit is refused": Row(change=permit_refused, leaves=False),
    "a proxy in the environment": Row(proxied=True),
}


@asynccontextmanager
async def broken(folder: Path, url: str, row: Row, canaries: Mapping[str, str]) -> AsyncIterator[tuple[Company, Deps]]:
    async with AsyncExitStack() as stack:
        naru = await stack.enter_async_context(
            company(
                folder,
                url,
                documents(canaries),
                cloud=row.cloud,
                on_prem=row.on_prem,
                opinion=row.opinion,
                environment=row.environment,
                config=HASTY,
                masks=False,
            )
        )
        yield naru, row.change(listed(naru.app.deps))


async def route_of(asked: Awaitable[Answer]) -> Route | None:
    """None: there is a sentence instead of an answer."""
    try:
        return (await asked).route
    except Fault:
        return None


@pytest.mark.parametrize("name", ROWS)
async def test_no_canary_reaches_the_cloud(
    name: str, tmp_path: Path, fresh_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, first = ROWS[name], 100 * list(ROWS).index(name)
    canaries = {place: column.canary(first + n) for n, (place, column) in enumerate(SHOWN.items())}
    async with OpenAIStandIn() as proxy, broken(tmp_path, fresh_url, row, canaries) as (naru, deps):
        if row.proxied:
            for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(variable, proxy.base_url.removesuffix("/v1"))
        for place, column in SHOWN.items():
            assert await route_of(ask_in(naru, deps, place, column, canaries[place], row.between)) is not Route.CLOUD
        assert [place for place, canary in canaries.items() if naru.cloud.heard(canary)] == []
        await row.between(naru)
        before = len(naru.cloud.requests)
        deps = listed(naru.app.deps) if row.passes else deps
        await route_of(ask_in(naru, deps, "harmless", HARMLESS, "", nothing))
        assert (len(naru.cloud.requests) > before) is row.leaves
        assert proxy.bytes_received == b""


async def test_the_same_questions_without_canaries_reach_the_cloud(tmp_path: Path, fresh_url: str) -> None:
    async with broken(tmp_path, fresh_url, Row(), {}) as (naru, deps):
        routes = {name: (await ask_in(naru, deps, name, column, None, nothing)).route for name, column in SHOWN.items()}
        assert routes == dict.fromkeys(SHOWN, Route.CLOUD)
