"""What a person sees when a model is in trouble, after how many calls and seconds: each endpoint in each trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks import Machine, Row, Tell
from benchmarks.command import parser_of, say, shown
from benchmarks.sample import company, empty_home, environment
from benchmarks.trouble import CASES, Case, Seen, expected, tried
from bot.domain import Route
from bot.words import route_name

QUESTION = "연차 며칠 전에 올려야 돼요?"
KEPT = "시니어 개발자 연봉 밴드 상단이 얼마지?"
"""Answered by a document that the policy keeps in the building."""
RETRY_AFTER_S = 5.0
LONGEST_S = 60.0
APART_S = 1.0


@dataclass(frozen=True)
class Line:
    """One row of the table, as people read it."""

    first: str
    trouble: str
    other: str
    sees: str
    calls: str
    seconds: float


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 when every figure is ok."""
    parser = parser_of("fallback", __doc__)
    parser.add_argument("--markdown", action="store_true", help="the table as docs/fallback.md has it, and no figures")
    options = parser.parse_args(arguments)
    seen: list[Seen] = []

    def measure(tell: Tell) -> Sequence[Row]:
        return asyncio.run(measured(tell, seen))

    if options.markdown:
        measure(say if options.verbose else lambda _: None)
        print(markdown(seen))
        return 0
    return shown(options, measure)


async def measured(tell: Tell, seen: list[Seen]) -> list[Row]:
    """All cases side by side, for most of their time is waiting, but begun one after the other. seen: takes what became
    of each."""
    machine = Machine.now()
    with empty_home() as home:
        async with company(environment(home)) as app:
            models = app.settings.models
            asked = partial(tried, app, models=models, retry_after_s=RETRY_AFTER_S, question=QUESTION, kept=KEPT)
            for case in CASES[:2]:
                await asked(case)

            async def in_turn(number: int, case: Case) -> Seen:
                await asyncio.sleep(number * APART_S)
                return await asked(case)

            seen += await asyncio.gather(*(in_turn(number, case) for number, case in enumerate(CASES)))
            runs = (
                f"{len(seen)} cases, each a question with stand-ins of its own over real sockets, begun {APART_S:g} s "
                "apart; the timeouts, tries and limits that Naru comes with"
            )
            conditions = await machine.conditions(app.database, runs)
    tell(markdown(seen))
    cases = [
        Row.at_most(
            f"{one.trouble}: {one.first} first, the other one {one.other} -> {one.sees}; {one.calls} calls (s)",
            one.seconds,
            LONGEST_S,
            conditions,
        )
        for one in map(line, seen)
    ]
    return [
        *cases,
        Row.at_most("the longest that anybody waits (s)", max(one.seconds for one in seen), LONGEST_S, conditions),
        Row.at_most("cases in which the wrong shore was called", sum(one.strayed for one in seen), 0, conditions),
        Row.at_most("cases without an answer or a quotation", sum(_silent(one) for one in seen), 0, conditions),
        Row.at_most(
            "cases of the wrong outcome", sum(one.answer.route is not expected(one) for one in seen), 0, conditions
        ),
    ]


def _silent(seen: Seen) -> bool:
    return seen.answer.route is Route.REFUSE or not seen.answer.known


def line(seen: Seen) -> Line:
    case = seen.case
    names = {Route.CLOUD: "cloud", Route.ON_PREM: "on-prem"}
    sees = f"an answer of {route_name('en', seen.answer.route)}"
    if seen.answer.route is Route.QUOTE:
        sees = "the passages word for word, and why"
    calls = ", ".join(f"{names[route]} {number}" for route, number in seen.calls.items())
    other = "may answer" if case.other else "may not"
    return Line(names[case.shore], case.trouble, other, sees, calls, round(seen.seconds, 1))


def markdown(seen: Sequence[Seen]) -> str:
    rows = [
        f"| {one.trouble} | {one.first} | {one.other} | {one.sees} | {one.calls} | {one.seconds:g} |"
        for one in map(line, seen)
    ]
    head = "| trouble | first choice, in trouble | the other one | the person sees | calls | seconds |"
    return "\n".join([head, "| --- | --- | --- | --- | --- | --- |", *rows])
