"""`naru review`, and `naru review list | approve | discard`."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from admin.app import App, opened
from admin.cli.base import As, Json, emit, err, load, out, run
from admin.operators import Operator, own_eyes
from admin.review import Queue, Reviewer, ReviewFault, approve, discard, queue
from bot.console import plain, table
from bot.learning import Pair, Waiting
from retrieval.errors import Fault
from retrieval.passage import Principal, principal

app = typer.Typer(help="Approve of what Naru may learn from people's feedback.", invoke_without_command=True)

_KEYS = "[a]pprove  [e]dit  [d]iscard  [n]ext  [q]uit"
_WHO = "review what may be learnt"

Id = Annotated[str, typer.Argument(help="As `naru review list` says it.", metavar="ID")]


@app.callback()
def review(context: typer.Context, person: As = None) -> None:
    """Go through what people allowed Naru to learn from, the most voted on first: approve, edit, discard, next.

    What is approved is an example for the models from the next question on, for those who may read what it rests on.
    CONFIDENTIAL ones need two reviewers. You are shown only what rests on documents that you may read, and nothing of
    your own.
    """
    if context.invoked_subcommand is None:
        run(_review(person))


@app.command("list")
def list_waiting(person: As = None, json: Json = False) -> None:
    """List what waits for you, the most voted on first; of the rest only how many there are."""
    found = run(_listed(person))
    if json:
        emit({"waiting": [_data(one) for one in found.waiting], "hidden": found.hidden})
        return
    rows = [
        (
            one.id,
            f"{one.candidate.good} 👍 {one.candidate.bad} 👎",
            one.level.name,
            _state(one),
            one.candidate.pair.question,
        )
        for one in found.waiting
    ]
    out.print(table(["id", "votes", "level", "", "question"], rows) if rows else "Nothing waits for you.")
    _say_hidden(found)


@app.command("approve")
def approve_one(
    id: Id,
    person: As = None,
    question: Annotated[str | None, typer.Option(help="As it should be asked.", metavar="TEXT")] = None,
    answer: Annotated[str | None, typer.Option(help="As it should be answered.", metavar="TEXT")] = None,
    readers: Annotated[
        list[str] | None, typer.Option(help="Only to these, such as group:hr; more than once.", metavar="PRINCIPAL")
    ] = None,
) -> None:
    """Approve of one as it stands, or with another question or answer."""
    in_force = run(_approve(id, person, question, answer, _principals(readers or [])))
    err.print(_approved(in_force))


@app.command("discard")
def discard_one(id: Id, person: As = None) -> None:
    """Discard one for good: nobody learns from it, and nobody is asked again."""
    run(_discard(id, person))
    err.print("Discarded.")


async def _listed(person: str | None) -> Queue:
    async with opened(load()) as opened_app:
        return await queue(opened_app, await _reviewer(opened_app, person))


async def _approve(
    id: str, person: str | None, question: str | None, answer: str | None, readers: frozenset[Principal]
) -> bool:
    async with opened(load()) as opened_app:
        reviewer = await _reviewer(opened_app, person)
        if question is None and answer is None:
            return await approve(opened_app, reviewer, id, given=readers)
        said = next((one.candidate.pair for one in (await queue(opened_app, reviewer)).waiting if one.id == id), None)
        pair = None if said is None else Pair(question or said.question, answer or said.answer)
        return await approve(opened_app, reviewer, id, pair, readers)


async def _discard(id: str, person: str | None) -> None:
    async with opened(load()) as opened_app:
        await discard(opened_app, await _reviewer(opened_app, person), id)


async def _review(person: str | None) -> None:
    async with opened(load()) as opened_app:
        reviewer = await _reviewer(opened_app, person)
        found = await queue(opened_app, reviewer)
        if not found.waiting:
            out.print("Nothing waits for you.")
        await Sitting(opened_app, reviewer, _key, _edited).go_through(found)
        _say_hidden(found)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One reviewer before one queue. key: the next key that they press; empty: there is none any more. edited: a pair
    as they have changed it; None: they have not."""

    app: App
    reviewer: Reviewer
    key: Callable[[], str]
    edited: Callable[[Pair], Pair | None]

    async def go_through(self, found: Queue) -> None:
        for number, one in enumerate(found.waiting, 1):
            out.rule(f"{number} of {len(found.waiting)}")
            _show(one)
            if not await self._decided(one):
                return

    async def _decided(self, one: Waiting) -> bool:
        """False: they have seen enough."""
        pair: Pair | None = None
        acts: dict[str, Callable[[], Awaitable[None]]] = {
            "a": lambda: self._approve(one, pair),
            "d": lambda: self._discard(one),
        }
        while True:
            out.print(_KEYS, markup=False)
            match self.key():
                case "q" | "":
                    return False
                case "n":
                    return True
                case "e":
                    pair = self.edited(pair or one.candidate.pair) or pair
                    if pair is not None:
                        _show_pair(pair)
                case "a" | "d" as key:
                    try:
                        await acts[key]()
                    except Fault as fault:
                        err.print(plain(str(fault)), markup=False)
                    else:
                        return True

    async def _approve(self, one: Waiting, pair: Pair | None) -> None:
        err.print(_approved(await approve(self.app, self.reviewer, one.id, pair)))

    async def _discard(self, one: Waiting) -> None:
        await discard(self.app, self.reviewer, one.id)
        err.print("Discarded.")


async def _reviewer(opened_app: App, person: str | None) -> Reviewer:
    """With one's own eyes: those of `console.person`, and on the sample company anybody's. Raises RoleFault."""
    settings = opened_app.settings
    operator = Operator.at(settings)
    operator.needs(_WHO, "reviewer", "officer", "admin")
    own_eyes(settings, _WHO, person)
    who, room = opened_app.present(person, None)
    readers = await opened_app.people.readers(who, room)
    return Reviewer(who if settings.sample else operator.id, readers)


def _key() -> str:
    """One key, or where nobody sits at a terminal the first letter of a line; empty: the end."""
    if sys.stdin.isatty():
        return typer.getchar().lower()
    return sys.stdin.readline().strip().lower()[:1]


def _edited(pair: Pair) -> Pair | None:
    """Typed anew, the question and then the answer; Enter alone keeps what it was. For longer texts there is
    `naru review approve --answer`."""
    question = typer.prompt("Question (Enter keeps it)", default=pair.question, show_default=False)
    answer = typer.prompt("Answer (Enter keeps it)", default=pair.answer, show_default=False)
    return None if Pair(question, answer) == pair else Pair(question, answer)


def _show(one: Waiting) -> None:
    candidate = one.candidate
    head = [f"{candidate.good} 👍  {candidate.bad} 👎", one.level.name, _state(one)]
    out.print("  ".join(filter(None, head)), markup=False)
    if candidate.good and candidate.bad:
        out.print("People do not agree about this answer.", style="yellow")
    _show_pair(candidate.pair)
    if candidate.better is not None and candidate.answered is not None:
        out.print(f"Naru had answered: {plain(candidate.answered)}", style="dim", markup=False)
    if candidate.reason:
        out.print(f"What was wrong: {plain(candidate.reason)}", style="dim", markup=False)
    for document in one.documents:
        out.print(f"- {plain(document.title)} ({plain(document.link or document.uri)})", style="dim", markup=False)
    for problem in one.problems:
        out.print(f"! {problem}", style="yellow", markup=False)


def _show_pair(pair: Pair) -> None:
    out.print(plain(pair.question), style="bold", markup=False)
    out.print(plain(pair.answer), markup=False)


def _state(one: Waiting) -> str:
    if one.changed:
        return "its documents have changed"
    if one.needed > 1:
        return f"{one.approved} of {one.needed} reviewers"
    return "had expired" if one.candidate.expired else ""


def _approved(in_force: bool) -> str:
    return (
        "Approved: the models are shown it from the next question on."
        if in_force
        else "Approved: one more reviewer has to approve the same words."
    )


def _say_hidden(found: Queue) -> None:
    if found.hidden:
        err.print(f"{found.hidden} more are your own, or rest on what you may not read.")


def _principals(names: list[str]) -> frozenset[Principal]:
    try:
        return frozenset(map(principal, names))
    except ValueError as error:
        raise ReviewFault(f"--readers {error}.") from None


def _data(one: Waiting) -> dict[str, Any]:
    candidate = one.candidate
    return {
        "id": one.id,
        "question": candidate.pair.question,
        "answer": candidate.pair.answer,
        "answered": candidate.answered,
        "reason": candidate.reason,
        "good": candidate.good,
        "bad": candidate.bad,
        "level": one.level.name,
        "approved": one.approved,
        "needed": one.needed,
        "documents": [{"title": each.title, "link": each.link} for each in one.documents],
        "problems": list(one.problems),
        "changed": one.changed,
        "expired": candidate.expired,
    }
