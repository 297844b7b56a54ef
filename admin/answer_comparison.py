"""Ways of answering side by side: each asked the same cases by the way that every question takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from admin.answer_cases import Case
from admin.answer_evaluation import Told, evaluated
from admin.answer_ways import Way
from admin.answer_worth import Worth, cost_by_hour, cost_by_token, worth
from admin.app import App
from bot.config_file import Models
from bot.domain import Route

_GB = 1e9


@dataclass(frozen=True, slots=True)
class Compared:
    """worth: None where it was not asked. cost: of 1,000 questions; None: not known. routes: questions by where they
    were answered."""

    way: Way
    worth: Worth | None = None
    cost: float | None = None
    routes: tuple[tuple[str, int], ...] = ()

    @property
    def gigabytes(self) -> float | None:
        """Of weights on disk, in 10^9 bytes."""
        return None if self.way.weights is None else self.way.weights / _GB

    def data(self) -> dict[str, Any]:
        """As --json prints it."""
        return {
            "way": self.way.key,
            "model": self.way.model,
            "not_asked": self.way.why_not,
            **(self.worth.data() if self.worth else {}),
            "routes": dict(self.routes),
            "cost_of_1000": None if self.cost is None else round(self.cost, 4),
            "gb": None if self.gigabytes is None else round(self.gigabytes, 3),
            "can_forget": {"how": self.way.forgets, "sentence": self.way.forgetting},
        }


async def compared(
    app: App,
    rows: Sequence[Way],
    cases: Sequence[Case],
    person: str | None,
    room: str | None,
    *,
    gpu_hour: float | None = None,
    judge: bool = False,
    told: Told = lambda done, total: None,
) -> list[Compared]:
    """Each way, in its place; one whose model dies while it is asked says so, and the others go on. gpu_hour: price of
    an hour of one card. Raises EvaluationFault."""
    asked = [way.variant for way in rows if way.variant is not None]
    found = iter(await evaluated(app, asked, cases, person, room, judge=judge, told=told))
    made: list[Compared] = []
    for way in rows:
        if way.variant is None:
            made.append(Compared(way))
            continue
        results = next(found).results
        counted = worth(results, judged=judge)
        if way.variant.model in (Route.QUOTE, Route.CLOUD):
            cost = cost_by_token(results)
        else:
            cost = cost_by_hour(counted, None if gpu_hour is None else gpu_hour * way.cards)
        routes = [one.given.route.value for one in results]
        counts = tuple((route, routes.count(route)) for route in dict.fromkeys(routes))
        made.append(Compared(way, counted, cost, counts))
    return made


def unknown_costs(found: Sequence[Compared], models: Models, gpu_hour: float | None) -> Iterator[str]:
    """A sentence for each reason why a cost is not known."""
    lacking = {one.way.key for one in found if one.worth is not None and one.worth.asked and one.cost is None}
    if "cloud" in lacking and models.cloud.price_in is None:
        yield "What the cloud costs is not known: set price_in, price_out and currency under [models.cloud]."
    elif "cloud" in lacking:
        yield "What the cloud costs is not known: its server does not say how many tokens an answer took."
    if lacking - {"cloud"} and gpu_hour is None:
        yield "What a model of your own costs is not known: say by --gpu-hour what an hour of one card does."
