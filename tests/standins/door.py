"""A Door without a socket, for tests of what stands before it. It asks for the Permit as the real one does."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.domain import Route, Usage
from bot.models.door import Completion, Heard
from bot.models.faults import ModelFault
from bot.policy.messages import messages
from bot.policy.parts import Prompt
from bot.policy.permit import Permit, PermitFault, digest_of


class FakeDoor:
    """Says what its script says, one entry for each try, the last one repeating; a ModelFault is raised. domain: the
    other models that its server has; any other is not found there, if it is on-prem."""

    def __init__(
        self, shore: Route, *script: str | ModelFault, model: str = "fake", domain: Collection[str] = ()
    ) -> None:
        self.model = model
        self.asked: list[str] = []
        self._domain = domain
        self.prompts: list[Prompt] = []
        self._shore = shore
        self._script: Sequence[str | ModelFault] = script or ("연차는 15일입니다. [1]",)
        self._used: set[str] = set()

    async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
        if permit.id in self._used:
            raise PermitFault("This Permit was used before.")
        if permit.route is not self._shore:
            raise PermitFault(f"A Permit for {permit.route} was shown at the door to {self._shore}.")
        another = permit.model != self.model
        if (another and self._shore is not Route.ON_PREM) or permit.digest != digest_of(messages(prompt)):
            raise PermitFault("The Permit does not cover this prompt.")
        self._used.add(permit.id)
        self.asked.append(permit.model)
        if another and permit.model not in self._domain:
            raise ModelFault("The model answered with status 404.", again=False, status=404)
        says = self._script[min(len(self.prompts), len(self._script) - 1)]
        self.prompts.append(prompt)
        if isinstance(says, ModelFault):
            raise says
        if heard is not None:
            for end in range(1, len(says) + 1):
                heard(says[:end])
        return Completion(says, permit.model, Usage())
