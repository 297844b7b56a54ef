"""Ways of answering that are compared: each is Naru as it is, but for one thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from admin.app import App
from admin.doors import door_to
from admin.evaluate import EvaluationFault
from bot.answer import Deps
from bot.basis import Basis
from bot.config_file import Models, OnPrem
from bot.domain import Draft, Question, Route, Usage
from bot.models.door import Heard
from bot.models.endpoint import Endpoint
from bot.models.line import Line, Told, nobody_is_told
from bot.models.shores import Shores
from bot.policy.decide import Decision
from bot.policy.parts import Masking, Prompt
from bot.policy.rules import Rules
from bot.prompt import Prompts
from bot.prompt_folder import read_prompts
from bot.trial_records import TrialRecords
from bot.worth_reading import Budget

NOW = "as it is"


@dataclass(frozen=True, slots=True)
class Variant:
    """said: on the command line. prompts: in place of those in force. passages: at most so many. model: cloud, on_prem
    or quote, and no other; any other is the name of one that the on-prem server has. server: asked in place of all of
    these, for the model that it names itself. basis: on what each answer rests, whatever is asked."""

    said: str
    prompts: Prompts | None = None
    passages: int | None = None
    model: str | None = None
    server: OnPrem | None = None
    basis: Basis | None = None


def variants(folders: Sequence[Path], passages: Sequence[int], models: Sequence[str]) -> tuple[Variant, ...]:
    """As it is, and one for each thing that is named. Raises SettingsFault, EvaluationFault for one named twice."""
    made = (
        Variant(NOW),
        *(Variant(f"prompts {folder}", prompts=read_prompts(folder)) for folder in folders),
        *(Variant(f"{number} passages", passages=number) for number in passages),
        *(Variant(f"model {name}", model=name) for name in models),
    )
    said = [one.said for one in made]
    if twice := sorted({one for one in said if said.count(one) > 1}):
        raise EvaluationFault(f"'{twice[0]}' is named twice: leave one of them out.")
    return made


@dataclass(slots=True)
class Heeded:
    """What the last question came to: its Decision, what its prompt was made of, and the draft."""

    decision: Decision | None = None
    parts: Prompt = ()
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class HeedingShores(Shores):
    """Shores that remember the last question. named: their on-prem model is the one that is to be asked, whatever the
    policy says of domain models."""

    heeded: Heeded = field(default_factory=Heeded)
    named: bool = False

    async def complete(
        self,
        question: Question,
        decision: Decision,
        parts: Prompt,
        rules: Callable[[], Rules],
        heard: Heard | None = None,
        masking: Masking | None = None,
        told: Told = nobody_is_told,
    ) -> Draft:
        asked = replace(decision, domain_model=None) if self.named else decision
        draft = await Shores.complete(self, question, asked, parts, rules, heard, masking, told)
        self.heeded.decision, self.heeded.parts, self.heeded.draft = decision, parts, draft
        return draft


def deps_of(app: App, variant: Variant, stack: AsyncExitStack) -> tuple[Deps, Heeded]:
    """What the story needs to answer so, and nobody. Raises EvaluationFault where there is no such model."""
    deps, heeded = app.deps, Heeded()
    own, rests_on = variant.prompts, variant.basis
    prompts = deps.shores.prompts if own is None else (lambda: own)
    shores = HeedingShores(
        _endpoints(app, variant, stack),
        prompts,
        deps.shores.glossary,
        deps.shores.missing,
        deps.shores.work_s,
        deps.shores.wait_s,
        deps.shores.afford,
        heeded,
        named=variant.server is not None or variant.model not in (None, Route.CLOUD, Route.ON_PREM, Route.QUOTE),
    )
    made = replace(
        deps,
        records=TrialRecords(app.database, app.seal),
        shores=shores,
        opinion=app.opinion.told(prompts) if app.opinion else deps.opinion,
        budget=Budget(variant.passages or deps.budget.passages, deps.budget.characters),
        basis=deps.basis if rests_on is None else (lambda *_: rests_on),
    )
    return made, heeded


def _endpoints(app: App, variant: Variant, stack: AsyncExitStack) -> Mapping[Route, Endpoint]:
    if (server := variant.server) is not None:
        own = door_to(Route.ON_PREM, server)
        stack.push_async_callback(own.aclose)
        line = Line(server.at_once)
        return {Route.ON_PREM: Endpoint(own, server.attempts, server.total_timeout_s, app.deps.look, line)}
    there, model = app.deps.shores.endpoints, variant.model
    if model is None:
        return there
    if model == Route.QUOTE:
        return {}
    route = Route(model) if model in (Route.CLOUD, Route.ON_PREM) else Route.ON_PREM
    if route not in there:
        raise EvaluationFault(f"'{model}' needs the {route.value} model; [models.{route.value}] connects one.")
    if model == route:
        return {route: there[route]}
    door = door_to(route, app.settings.models.on_prem.model_copy(update={"model": model}))
    stack.push_async_callback(door.aclose)
    return {route: replace(there[route], door=door)}


@dataclass(frozen=True, slots=True)
class Price:
    """Of a million tokens that go in, and that come out."""

    into: float
    out: float

    def of(self, usage: Usage) -> float | None:
        """None where the server does not say what it took."""
        if usage.prompt_tokens is None or usage.completion_tokens is None:
            return None
        return (usage.prompt_tokens * self.into + usage.completion_tokens * self.out) / 1_000_000


def prices_of(models: Models) -> dict[Route, Price]:
    """Of those whose section says it: the cloud's. What the on-prem model costs is not paid by the token."""
    cloud = models.cloud
    if cloud.price_in is None or cloud.price_out is None:
        return {}
    return {Route.CLOUD: Price(cloud.price_in, cloud.price_out)}
