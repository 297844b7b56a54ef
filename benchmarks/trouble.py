"""What can be wrong with a model, and what becomes of a question then: each endpoint in each trouble, on sockets."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from uuid import uuid4

from admin.app import App
from admin.doors import endpoints
from bot.answer import Deps, answer
from bot.config_file import Cloud, Models, OnPrem
from bot.domain import SHORES, Answer, Route
from bot.models.shores import Shores
from tests.standins.openai import Garbage, HalfStream, OpenAIStandIn, Reply, Says, Silent, Stall, Status

SAYS = "연차는 3영업일 전에 올립니다. [1]"
PERSON = "U2"
"""Of HR, in the sample company and in that of the tests."""
NOWHERE = "http://127.0.0.1:9/v1"
_CONTEXT = '{"error": {"message": "This model\'s maximum context length is 512 tokens.", "code": 400}}'


@dataclass(frozen=True)
class Trouble:
    """A server that does this to every request. served: the models that it has; none given: any."""

    replies: Sequence[Reply] = (Says(SAYS),)
    served: Sequence[str] = ()
    down: bool = False


def troubles(first_token_s: float, retry_after_s: float) -> Mapping[str, Trouble]:
    """first_token_s: how long a server may be silent."""
    again = {"Retry-After": f"{retry_after_s:g}"}
    return {
        "down": Trouble(down=True),
        "429 with Retry-After": Trouble((Status(429, headers=again),)),
        "500": Trouble((Status(500),)),
        "silent": Trouble((Silent(),)),
        "slow first token": Trouble((Says(SAYS, delay_first_s=0.7 * first_token_s),)),
        "stall": Trouble((Stall("연차는 3영업일"),)),
        "half stream": Trouble((HalfStream("연차는 3영업일"),)),
        "garbage": Trouble((Garbage(),)),
        "wrong key": Trouble((Status(401),)),
        "model missing": Trouble(served=("another",)),
        "context too long": Trouble((Status(400, _CONTEXT),)),
    }


ANSWERS_ALL_THE_SAME = frozenset({"slow first token"})
"""The troubles after which its answer comes."""


@dataclass(frozen=True)
class Case:
    """shore: which is in trouble, and the first choice. other: whether the other one may answer; the cloud may not
    where the policy keeps the question in the building, and the on-prem model not where none is connected."""

    trouble: str
    shore: Route
    other: bool


CASES = tuple(Case(trouble, shore, other) for trouble in troubles(1, 1) for shore in SHORES for other in (True, False))


@dataclass(frozen=True)
class Seen:
    """What became of a case's question. calls: requests by shore, those of the on-prem one that is not connected 0.
    strayed: whether anything at all came to the shore that may not answer."""

    case: Case
    answer: Answer
    calls: Mapping[Route, int]
    seconds: float
    strayed: bool


def expected(seen: Seen) -> Route:
    """Who is to answer."""
    case = seen.case
    if case.trouble in ANSWERS_ALL_THE_SAME:
        return case.shore
    if not case.other:
        return Route.QUOTE
    return Route.ON_PREM if case.shore is Route.CLOUD else Route.CLOUD


async def tried(app: App, case: Case, models: Models, retry_after_s: float, question: str, kept: str) -> Seen:
    """question: one that may go to the cloud; kept: one that may not. models: their timeouts."""
    trouble = troubles(models.cloud.first_token_timeout_s, retry_after_s)[case.trouble]
    async with _naru(app, case, trouble, models) as (deps, servers):
        in_building = case.shore is Route.ON_PREM and not case.other
        asked = app.question(kept if in_building else question, person=PERSON, room=None, thread=uuid4().hex)
        began = time.monotonic()
        given = await answer(asked, deps)
        seconds = time.monotonic() - began
        other = Route.ON_PREM if case.shore is Route.CLOUD else Route.CLOUD
        strayed = not case.other and bool(servers[other].bytes_received)
        return Seen(case, given, {route: len(server.requests) for route, server in servers.items()}, seconds, strayed)


@asynccontextmanager
async def _naru(
    app: App, case: Case, trouble: Trouble, models: Models
) -> AsyncIterator[tuple[Deps, Mapping[Route, OpenAIStandIn]]]:
    """With doors, lines and breakers of its own."""
    async with AsyncExitStack() as stack:
        servers = {
            route: await stack.enter_async_context(
                OpenAIStandIn(trouble.replies, models=trouble.served)
                if route is case.shore
                else OpenAIStandIn([Says(SAYS)])
            )
            for route in SHORES
        }
        at = {route: server.base_url for route, server in servers.items()}
        if trouble.down:
            at[case.shore] = NOWHERE
        cloud: Cloud = models.cloud.model_copy(update={"base_url": at[Route.CLOUD], "model": "m"})
        on_prem: OnPrem = models.on_prem.model_copy(update={"base_url": at[Route.ON_PREM], "model": "m"})
        if case.shore is Route.CLOUD and not case.other:
            on_prem = models.on_prem.model_copy(update={"base_url": None, "model": None})
        settings = replace(
            app.settings, models=app.settings.models.model_copy(update={"cloud": cloud, "on_prem": on_prem})
        )
        doors = endpoints(settings, app.database, app.audit, app.samples.take, stack, app.deps.look, app.use)
        rules = app.deps.rules
        deps = replace(
            app.deps,
            rules=lambda: replace(rules(), prefer=case.shore),
            shores=Shores(doors, app.deps.shores.prompts, app.deps.shores.glossary),
        )
        yield deps, servers
