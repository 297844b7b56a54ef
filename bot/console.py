"""The same story in a terminal: for the first hour, and for trying every promise as other people in other rooms."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.table import Table

from bot.ahead import ShowAhead
from bot.directory import Directory
from bot.domain import Answer, Feedback, Question, QuestionFault, Room, Verdict
from bot.words import Language, ahead_name, also_name, in_force_name, place_name, route_name, say, spoken
from retrieval.errors import Fault

_HELP = (
    ("/as [U2] [이유]", "다른 사람으로 묻기 · ask as somebody else, and why"),
    ("/in [C1 | dm]", "다른 방에서 묻기 · ask in another room"),
    ("/why", "마지막 답이 왜 그 경로로 갔는지 · why the last answer took its route"),
    ("/good, /bad [이유]", "마지막 답 평가 · what you think of the last answer"),
    ("/better 답", "더 나은 답 · a better answer"),
    ("/learn [no]", "나루가 배워도 됨 · Naru may learn from it"),
    ("/new", "새 대화 · start a new thread"),
    ("/quit", "끝내기 · leave"),
)


LookAs = Callable[[str, str | None], Awaitable[bool]]
"""Told before somebody asks as that person, and why; says whether only titles may be shown then. Raises a Fault where
they may not."""


@dataclass(frozen=True, slots=True)
class Actions:
    """What the console can have done. why: the rows that explain an answer, as (what, says) pairs. machine: says below
    each answer what made it, by language."""

    ask: Callable[[Question, ShowAhead], Awaitable[Answer]]
    why: Callable[[Answer], Awaitable[list[tuple[str, str]]]]
    give: Callable[[Feedback], Awaitable[None]]
    look_as: LookAs
    directory: Callable[[], Directory]
    longest: int
    machine: Mapping[Language, str] = field(default_factory=dict)


@dataclass
class Session:
    """One person in one room, and the thread they are in. said: what they think of the last answer. only_titles: it is
    not their own terminal."""

    actions: Actions
    out: Console
    person: str
    room: Room
    thread: str = field(default_factory=lambda: uuid4().hex)
    last: Answer | None = None
    said: Verdict | None = None
    only_titles: bool = False

    async def run(self, read: Callable[[str], str]) -> int:
        """Read lines until they end. Returns how many of them got a reason instead of an answer."""
        faults = 0
        while True:
            try:
                line = read(self.prompt)
            except (EOFError, KeyboardInterrupt):
                return faults
            try:
                if await self.line(line.strip()) == "quit":
                    return faults
            except Fault as fault:
                faults += 1
                self.out.print(f"[yellow]{escape(plain(str(fault)))}[/yellow]", soft_wrap=True)

    @property
    def prompt(self) -> str:
        try:
            person = self.actions.directory().people.get(self.person)
        except Fault:
            person = None  # the next question says why; a prompt is no place for it
        where = "DM" if self.room.kind == "dm" else f"#{self.room.name}"
        return plain(f"{person.name if person else self.person} · {where} > ")

    async def line(self, line: str) -> Literal["quit"] | None:
        """One line: a command or a question. Raises the Fault that is its reason."""
        command, rest = (*line.split(maxsplit=1), "", "")[:2]
        match command:
            case "":
                return None
            case "/quit" | "/exit":
                return "quit"
            case "/help" | "/?":
                self._help()
            case "/as":
                await self._as(*(*rest.split(maxsplit=1), "", "")[:2])
            case "/in":
                self._in(rest)
            case "/new":
                self._new_thread()
            case "/why":
                await self._why()
            case "/good" | "/bad":
                await self._feedback("good" if command == "/good" else "bad", reason=rest or None)
            case "/better" if rest:
                await self._feedback("bad", better=rest)
            case "/learn" if rest in ("", "no"):
                await self._feedback(self.said or "good", consent=not rest)
            case _ if command.startswith("/"):
                raise QuestionFault(f"There is no command {command}; /help lists them.")
            case _:
                await self._ask(line)
        return None

    async def _ask(self, text: str) -> None:
        question = Question.asked(
            text, asker=self.person, room=self.room, thread=self.thread, longest=self.actions.longest
        )
        with self.out.status("…") as status:

            async def show_ahead(before: int) -> None:
                status.update(ahead_name(spoken(question.text), before))

            self.last = await self.actions.ask(question, show_ahead)
        self.said = None
        show(self.last, question.text, self.out, self.actions.machine, only_titles=self.only_titles)

    async def _as(self, person: str, reason: str) -> None:
        directory = self.actions.directory()
        if not person:
            self._list(
                ["id", "name", "role", "groups"],
                [
                    [p.id, p.name, p.role, ", ".join(sorted(p.groups)) or ("guest" if p.guest else "")]
                    for p in directory.people.values()
                ],
            )
            return
        room = directory.room(None, person)
        self.only_titles = await self.actions.look_as(person, reason or None)
        self.room, self.person = room, person
        self._new_thread()

    def _in(self, room: str) -> None:
        directory = self.actions.directory()
        if not room:
            rows = [[r.id, f"#{r.name}", r.kind, "shared" if r.shared else ""] for r in directory.rooms]
            self._list(["id", "name", "kind", ""], rows)
            return
        self.room = directory.room(None if room.lower() == "dm" else room, self.person)
        self._new_thread()

    def _new_thread(self) -> None:
        self.thread, self.last, self.said = uuid4().hex, None, None

    async def _why(self) -> None:
        self.out.print(table(["", ""], await self.actions.why(self._answer())))

    async def _feedback(
        self,
        verdict: Verdict,
        *,
        reason: str | None = None,
        better: str | None = None,
        consent: bool | None = None,
    ) -> None:
        if self.only_titles:
            raise QuestionFault(f"What {self.person} thinks of an answer is theirs to say.")
        await self.actions.give(Feedback(self._answer().id, self.person, verdict, reason, better, consent))
        self.said = verdict
        self.out.print("[green]기록했습니다 · recorded[/green]")

    def _answer(self) -> Answer:
        if self.last is None:
            raise QuestionFault("There is no answer yet in this thread: ask something first.")
        return self.last

    def _help(self) -> None:
        self._list(["", ""], [list(row) for row in _HELP])

    def _list(self, columns: list[str], rows: Iterable[Sequence[str]]) -> None:
        self.out.print(table(columns, rows))


def plain(text: str) -> str:
    """Without what a terminal would obey: names come from files and from the command line."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))


def table(columns: list[str], rows: Iterable[Sequence[str]]) -> Table:
    """Rows in columns that fold and never cut: in a narrow terminal too, every word is there."""
    made = Table(box=None, padding=(0, 2, 0, 0), show_header=any(columns))
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(escape(plain(cell)) for cell in row))
    return made


def show(
    answer: Answer, question: str, out: Console, machine: Mapping[Language, str], *, only_titles: bool = False
) -> None:
    """The answer, where it comes from, and in one line which way it went, how sensitive it was, and what made it.
    only_titles: of the documents, and nothing of what stands in them."""
    tongue = spoken(question)
    out.print()
    out.print(Markdown(say(tongue, "only_titles") if only_titles else answer.text))
    if answer.citations:
        out.print()
    for citation in answer.citations:
        heading = "" if only_titles else citation.heading
        name = " › ".join(filter(None, (citation.title, heading, place_name(tongue, citation.place))))
        address = citation.link or citation.uri
        said = name, in_force_name(tongue, citation.in_force), also_name(tongue, citation.also)
        holds = " · ".join(filter(None, said))
        line = f"  [cyan]\\[{citation.number}][/cyan] {escape(holds)} [dim]{escape(address)}[/dim]"
        out.print(line, emoji=False, soft_wrap=True)
    kinds = ", ".join(sorted({reason.kind for reason in answer.label.reasons}))
    line = say(tongue, "way", route=route_name(tongue, answer.route), level=answer.label.level.name, kinds=kinds)
    line = " · ".join(filter(None, (line, machine.get(tongue))))
    out.print(f"  [dim]{escape(line)}[/dim]\n", soft_wrap=True)
