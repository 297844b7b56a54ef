"""The proof that one Decision covers exactly these bytes. Pure.

A Permit is issued for one try of one prompt on one route, and is used up by it. The door's transport asks for it
when the body is about to leave, so neither a retry, nor a fallback, nor a library in between can send something
that was not decided.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from uuid import UUID, uuid4

from bot.domain import SHORES, Route
from bot.policy.decide import Decision
from bot.policy.messages import inputs, messages, question_and_passages
from bot.policy.parts import Prompt, joined
from bot.policy.rules import Rules, allowed
from retrieval.errors import Fault

_MINT = object()


class PermitFault(Fault):
    """Something was about to leave that no Decision covers. It did not leave."""


class ChangedFault(PermitFault):
    """The policy, or who has opted out, is another than what decided: it has to be decided again."""

    again = True


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Permit:
    """digest: `digest_of` the messages or texts that may leave, to `model` on `route`, once. kept: whether they may be
    recorded as well."""

    id: str
    decision: UUID
    route: Route
    model: str
    digest: str
    kept: bool = False
    mint: InitVar[object] = None

    def __post_init__(self, mint: object) -> None:
        if mint is not _MINT:
            raise TypeError("only bot/policy/permit.py issues a Permit")


def permit(decision: Decision, prompt: Prompt, route: Route, model: str, rules: Rules) -> Permit:
    """Join again over what is really in the prompt, and refuse when that allows less than was decided.

    Raises ChangedFault when the policy has changed since, PermitFault when the route was not decided, when the policy
    only watches (shadow), or when this prompt alone would not be allowed there.
    """
    return _issued(decision, prompt, route, model, rules, messages(prompt))


def domain_permit(decision: Decision, prompt: Prompt, rules: Rules) -> Permit:
    """The same for the domain model that the decision names, which is on-prem or not at all."""
    if decision.domain_model is None:
        raise PermitFault(f"The decision {decision.id} names no domain model.")
    return _issued(decision, prompt, Route.ON_PREM, decision.domain_model, rules, messages(prompt))


def embedding_permit(decision: Decision, prompt: Prompt, model: str, rules: Rules) -> Permit:
    """The same for texts that are to become vectors, which is done on-prem or not at all."""
    return _issued(decision, prompt, Route.ON_PREM, model, rules, inputs(prompt))


def reranking_permit(decision: Decision, prompt: Prompt, model: str, rules: Rules) -> Permit:
    """The same for a question and the passages that are to be put in order by how well they answer it."""
    return _issued(decision, prompt, Route.ON_PREM, model, rules, question_and_passages(prompt))


def _issued(
    decision: Decision, prompt: Prompt, route: Route, model: str, rules: Rules, said: Sequence[object]
) -> Permit:
    if route not in SHORES or route not in decision.routes:
        raise PermitFault(f"The decision {decision.id} does not allow the route {route}.")
    if decision.policy != rules.hash:
        raise ChangedFault(f"The policy has changed since the decision {decision.id}: it has to be decided again.")
    if rules.shadow:
        raise PermitFault(f"The policy is in shadow mode: nothing is sent for the decision {decision.id}.")
    if not allowed(joined(prompt, rules), rules.sink(route)):
        raise PermitFault(f"The prompt built for the decision {decision.id} is more sensitive than decided.")
    kept = any(verdict.sink == "record" and verdict.allowed for verdict in decision.verdicts)
    return Permit(uuid4().hex, decision.id, route, model, digest_of(said), kept, mint=_MINT)


def digest_of(said: object) -> str:
    """SHA-256 of chat messages, or of texts to embed, in one canonical form: one digest only if they say the same."""
    canonical = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
