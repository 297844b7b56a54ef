"""The routes of a Decision, tried in order. Each try builds its own prompt and gets its own Permit."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from bot.cloud_budget import most_of
from bot.domain import Draft, Question, Route
from bot.models.broken_answers import asks_for, of_another_language
from bot.models.door import Completion, Heard
from bot.models.endpoint import Endpoint
from bot.models.faults import ModelFault, SpentFault
from bot.models.line import WAIT_S, WORK_S, Asking, LateFault, Told, nobody_is_told
from bot.models.missing import MissingModels
from bot.models.prompting import Prompting
from bot.models.quote import quote
from bot.models.restored import Restored
from bot.policy.decide import Decision
from bot.policy.parts import Masking, Prompt
from bot.policy.permit import ChangedFault, Permit, PermitFault, domain_permit, permit
from bot.policy.rules import Rules
from bot.prompt import Prompts
from bot.words import route_name, say, spoken
from retrieval.glossary import NO_GLOSSARY, Glossary

_log = logging.getLogger(__name__)
_NOT_FOUND = 404
"""What an OpenAI-compatible server answers to the name of a model that it does not have."""
Afford = Callable[[UUID, int], Awaitable[None]]
"""Whether a Decision's question may still cost a prompt of so many tokens; raises SpentFault where it may not."""


async def whatever_it_costs(decision: UUID, prompt_tokens: int) -> None:
    """Where no budget is set."""


@dataclass(frozen=True, slots=True)
class _One:
    """One question at one shore."""

    endpoint: Endpoint
    question: Question
    asking: Asking
    rules: Callable[[], Rules]
    others: bool

    @property
    def model(self) -> str:
        return self.endpoint.door.model

    async def complete(
        self, issue: Callable[[], tuple[Prompt, Permit]], heard: Heard | None, prompting: Prompting
    ) -> tuple[Completion, bool]:
        """What it says, and whether that is in another language than the question: then it was asked once more, with
        the plain instruction. issue: builds the next prompt from `prompting`."""

        async def asked() -> Completion:
            return await self.endpoint.complete(
                issue, heard, self.asking, others=self.others, shorter=prompting.shorten
            )

        first = await asked()
        if not of_another_language(self.question.text, first.text):
            return first, False
        prompting.ending = asks_for(spoken(self.question.text))
        try:
            second = await asked()
        except ModelFault as fault:
            _log.info("an answer in another language stays, as there is no other: %s", fault)
            return first, True
        return second, of_another_language(self.question.text, second.text)


@dataclass(frozen=True, slots=True)
class Shores:
    """endpoints: the models that are connected, by route. prompts: what they are told, as it is now. glossary: the
    company's words as they are now, which a quotation looks for as the search did; no model is told any. missing:
    takes note of domain models that the on-prem server does not have. work_s: seconds that models may take for a
    question, all routes together. wait_s: how long it may stand in line for them before. afford: asked before it
    stands in line for the cloud."""

    endpoints: Mapping[Route, Endpoint]
    prompts: Callable[[], Prompts] = Prompts
    glossary: Callable[[], Glossary] = lambda: NO_GLOSSARY
    missing: MissingModels = field(default_factory=MissingModels)
    work_s: float = WORK_S
    wait_s: float = WAIT_S
    afford: Afford = whatever_it_costs

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
        """The first route that answers. Never one outside the Decision; never silence. In shadow mode no model is
        asked. rules: the policy as it is at each try. heard: told what a model has written so far; a further try
        begins anew. masking: the Parts that the cloud is sent in the place of the others, where the decision masks any.
        told: how many others are before it. Raises ChangedFault where the policy is no longer the one that decided."""
        tried: list[tuple[Route, str]] = []
        late: list[Route] = []
        spent: list[Route] = []
        asking = Asking(question.since.timestamp(), self.wait_s, self.work_s, told)
        for route in decision.routes:
            if route is Route.QUOTE:
                return self._quote(question, decision, parts, tuple(tried), late, spent, shadow=rules().shadow)
            if route is Route.REFUSE:
                break
            if rules().shadow:
                _log.info("shadow mode: the decision %s would have gone to %s", decision.id, route)
                continue
            endpoint = self.endpoints.get(route)
            if endpoint is None:
                tried.append((route, f"The {route.value} model is not connected."))
                continue
            one = _One(endpoint, question, asking, rules, others=self._others(decision, route))
            hidden = masking if masking is not None and decision.verdict("cloud").masked else None
            try:
                if route is Route.CLOUD:
                    sent = parts if hidden is None else hidden.parts
                    await self.afford(decision.id, most_of(part.text for part in sent))
                if route is Route.CLOUD and hidden is not None:
                    draft = await self._ask_masked(one, decision, hidden, heard)
                else:
                    draft = await self._ask(one, route, decision, parts, heard)
            except ChangedFault:
                raise
            except (ModelFault, PermitFault) as fault:
                _log.warning("route %s of decision %s did not answer: %s", route, decision.id, fault)
                tried.append((route, str(fault)))
                if isinstance(fault, LateFault):
                    late.append(route)
                if isinstance(fault, SpentFault):
                    spent.append(route)
            else:
                return replace(draft, tried=tuple(tried), spent=bool(spent))
        return Draft(Route.REFUSE, "", tried=tuple(tried))

    def _others(self, decision: Decision, route: Route) -> bool:
        """Whether a further model of the decision could answer."""
        after = decision.routes[decision.routes.index(route) + 1 :]
        return any(one in self.endpoints for one in after)

    async def _ask_masked(self, one: _One, decision: Decision, masking: Masking, heard: Heard | None) -> Draft:
        """The cloud sees placeholders, and whoever is told what it says hears what they stand for."""
        values = masking.values
        restored = Restored(values, heard)
        prompting = Prompting(self.prompts().of(masking.parts, one.rules(), masked=True), masking.parts)

        def issue() -> tuple[Prompt, Permit]:
            restored.begin()
            prompt = prompting.built()
            return prompt, permit(decision, prompt, Route.CLOUD, one.model, one.rules())

        completion, other_language = await one.complete(issue, restored, prompting)
        text, strange = restored.whole(completion.text)
        if strange:
            _log.warning("decision %s: its answer holds %d placeholders that nobody issued", decision.id, strange)
        return Draft(
            Route.CLOUD,
            text,
            model=completion.model,
            prompt_version=prompting.template.version,
            usage=completion.usage,
            hidden=values,
            strange=strange,
            unread=prompting.unread,
            unheard=prompting.unheard,
            other_language=other_language,
        )

    async def _ask(self, one: _One, route: Route, decision: Decision, parts: Prompt, heard: Heard | None) -> Draft:
        """The decision's domain model on-prem; its base where the server does not have that one."""
        base, domain = one.model, decision.domain_model

        def of_domain(prompt: Prompt) -> Permit:
            return domain_permit(decision, prompt, one.rules())

        def of_base(prompt: Prompt) -> Permit:
            return permit(decision, prompt, route, base, one.rules())

        if route is not Route.ON_PREM or domain is None or domain == base:
            return await self._drafted(one, route, parts, of_base, heard)
        try:
            draft = await self._drafted(one, route, parts, of_domain, heard)
        except ModelFault as fault:
            if fault.status != _NOT_FOUND:
                raise
        else:
            self.missing.answered(domain)
            return draft
        draft = await self._drafted(one, route, parts, of_base, heard)
        # Only now: a server at which nothing is found has another trouble.
        self.missing.missed(domain)
        _log.warning("decision %s: the on-prem server does not have %s, so its base answered", decision.id, domain)
        return replace(draft, missing=domain)

    async def _drafted(
        self,
        one: _One,
        route: Route,
        parts: Prompt,
        permitted: Callable[[Prompt], Permit],
        heard: Heard | None,
    ) -> Draft:
        prompting = Prompting(self.prompts().of(parts, one.rules()), parts)

        def issue() -> tuple[Prompt, Permit]:
            prompt = prompting.built()
            return prompt, permitted(prompt)

        completion, other_language = await one.complete(issue, heard, prompting)
        return Draft(
            route,
            completion.text,
            model=completion.model,
            prompt_version=prompting.template.version,
            usage=completion.usage,
            unread=prompting.unread,
            unheard=prompting.unheard,
            other_language=other_language,
        )

    def _quote(
        self,
        question: Question,
        decision: Decision,
        parts: Prompt,
        tried: tuple[tuple[Route, str], ...],
        late: Collection[Route],
        spent: Collection[Route],
        *,
        shadow: bool,
    ) -> Draft:
        """late: the routes at which its turn did not come. spent: those whose budget is used up. shadow: the answer
        says so itself, and where the policy would have sent it."""
        tongue = spoken(question.text)
        chosen = [route_name(tongue, decision.routes[0])] if not tried else []
        for route, _ in tried:
            why = "busy" if route in late else "spent" if route in spent else "silent"
            why = why if route in self.endpoints else "unconnected"
            chosen.append(f"{route_name(tongue, route)}: {say(tongue, why)}")
        quoted = quote(self._widened(question.text), parts)
        says = "quoted" if quoted else "nothing_quoted"
        note = say(tongue, f"{says}_shadow") if shadow else say(tongue, says, routes=", ".join(chosen))
        note = f"{say(tongue, 'late')} {note}" if late else note
        away = frozenset(route for route, _ in tried if route in self.endpoints and route not in spent)
        if not quoted or late:  # an apology is for whom it is for, however often a room was told that a model is away
            return Draft(Route.QUOTE, "\n\n".join(filter(None, (quoted, note))), tried=tried, away=away)
        return Draft(Route.QUOTE, quoted, tried=tried, away=away, note=note)

    def _widened(self, text: str) -> str:
        """With what else says its words: a passage that was found by those is quoted where it says them."""
        return " ".join([text, *(other for found in self.glossary().find(text) for other in found.means)])
