"""The console: the same story for anyone of the directory, and a sentence for whatever goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO

import pytest
from rich.console import Console

from bot.ahead import ShowAhead
from bot.check import Shown, check
from bot.console import Actions, Session, show
from bot.directory import Directory
from bot.directory_table import load_directory
from bot.domain import Answer, Draft, Feedback, Question, QuestionFault, Route
from bot.people import DirectoryFile
from bot.toml_file import Problem, SettingsFault
from retrieval.errors import Fault
from tests.builders import ROOT, TODAY, ask, decision_for, document, parts_of, passage, shipped_rules

PEOPLE = ROOT / "samples" / "people.toml"
"""The sample company: U1 is an engineer, U2 of HR; C1 is #general, C3 is #hr-team."""


def answered(question: Question, text: str = "15일입니다 [1].", title: str = "휴가 규정") -> Answer:
    found = passage(of=document(title=title))
    draft, decision = Draft(Route.CLOUD, text), decision_for(parts_of(question, found))
    return check(question, draft, decision, Shown((found,), ()), {1: found.document}, shipped_rules())


@dataclass
class Naru:
    """Actions that keep what they were asked for. fault: raised instead of an answer."""

    directory: Callable[[], Directory] = field(default=DirectoryFile(PEOPLE, lambda: TODAY).directory)
    fault: Fault | None = None
    asked: list[Question] = field(default_factory=list)
    given: list[Feedback] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    looked: list[tuple[str, str | None]] = field(default_factory=list)
    only_titles: bool = False

    async def ask(self, question: Question, show_ahead: ShowAhead) -> Answer:
        if self.fault:
            raise self.fault
        self.asked.append(question)
        self.answers.append(answered(question))
        return self.answers[-1]

    async def why(self, answer: Answer) -> list[tuple[str, str]]:
        return [("routes", "cloud → quote"), ("decision", str(answer.decision))]

    async def give(self, feedback: Feedback) -> None:
        self.given.append(feedback)

    async def look_as(self, person: str, reason: str | None) -> bool:
        self.looked.append((person, reason))
        return self.only_titles


@dataclass
class Terminal:
    naru: Naru
    session: Session
    faults: int
    text: str


def piped(*lines: str) -> Callable[[str], str]:
    left = iter(lines)

    def read(prompt: str) -> str:
        line = next(left, None)
        if line is None:
            raise EOFError
        return line

    return read


def session(naru: Naru, out: Console) -> Session:
    actions = Actions(naru.ask, naru.why, naru.give, naru.look_as, naru.directory, longest=4_000)
    return Session(actions, out, "U1", load_directory(PEOPLE, TODAY).room(None, "U1"))


async def typed(*lines: str, naru: Naru | None = None) -> Terminal:
    naru = naru or Naru()
    out = StringIO()
    opened = session(naru, Console(file=out, width=200))
    faults = await opened.run(piped(*lines))
    return Terminal(naru, opened, faults, out.getvalue())


async def test_a_question_gets_its_answer_with_where_it_comes_from_and_which_way_it_went() -> None:
    terminal = await typed("연차는 며칠인가요?")
    assert "15일입니다 [1]." in terminal.text
    assert "[1] 휴가 규정 › 연차 https://handbook.example/hr/1.md" in terminal.text
    assert "클라우드 모델(cloud)" in terminal.text
    assert "INTERNAL" in terminal.text
    assert terminal.faults == 0


async def test_piped_lines_are_answered_one_by_one_in_one_thread_until_they_end() -> None:
    terminal = await typed("연차는?\n", "\n", "  그럼 병가는? \r\n", "   ")
    assert [q.text for q in terminal.naru.asked] == ["연차는?", "그럼 병가는?"]
    assert len({q.thread for q in terminal.naru.asked}) == 1


async def test_quit_leaves_what_follows_unasked() -> None:
    assert (await typed("/quit", "연차는?")).naru.asked == []


async def test_asking_as_somebody_else_starts_a_thread_of_their_own() -> None:
    terminal = await typed("연차는?", "/as U2", "연차는?")
    first, second = terminal.naru.asked
    assert (first.asker, second.asker) == ("U1", "U2")
    assert second.room.kind == "dm"
    assert first.room != second.room
    assert first.thread != second.thread


async def test_whoever_asks_as_somebody_else_may_be_shown_titles_alone_and_says_nothing_in_their_name() -> None:
    naru = Naru(only_titles=True)
    terminal = await typed("/as U2 민원 17호 확인", "연차는?", "/bad 틀렸다", naru=naru)
    assert naru.looked == [("U2", "민원 17호 확인")]
    assert "휴가 규정 https://handbook.example/hr/1.md" in terminal.text
    assert "15일" not in terminal.text
    assert "› 연차" not in terminal.text
    assert naru.given == []
    assert "theirs to say" in terminal.text


async def test_asking_in_a_room_starts_a_thread_there_and_dm_leads_back() -> None:
    terminal = await typed("/in C1", "연차는?", "/in\t#eng", "연차는?", "/in DM", "연차는?")
    assert [q.room.name for q in terminal.naru.asked] == ["general", "eng", "DM"]
    assert len({q.thread for q in terminal.naru.asked}) == 3


async def test_somebody_else_does_not_inherit_the_room() -> None:
    terminal = await typed("/in C2", "/as U2", "연차는?")
    assert terminal.naru.asked[0].room.kind == "dm"


@pytest.mark.parametrize("command", ["/in C3", "/in hr-team", "/in nowhere", "/as U77", "/as 77\x1b[31m", "/whoami"])
async def test_what_cannot_be_done_says_why_and_changes_nothing(command: str) -> None:
    terminal = await typed(command, "연차는?")
    assert terminal.faults == 1
    assert terminal.naru.asked[0].asker == "U1"
    assert terminal.naru.asked[0].room.kind == "dm"


async def test_a_room_that_one_is_not_in_is_told_from_one_that_does_not_exist() -> None:
    assert "U1 is not in #hr-team" in (await typed("/in C3")).text
    assert "There is no room 'nowhere'" in (await typed("/in nowhere")).text
    assert "/help lists them" in (await typed("/whoami")).text


async def test_lists_show_whom_one_can_ask_as_and_where() -> None:
    assert "이서윤" in (await typed("/as")).text
    assert "#hr-team" in (await typed("/in")).text
    help_text = (await typed("/help")).text
    assert all(command in help_text for command in ("/as [U2]", "/in [C1 | dm]", "/why", "/good, /bad", "/new"))


async def test_why_explains_the_last_answer() -> None:
    terminal = await typed("연차는?", "/why")
    assert "cloud → quote" in terminal.text
    assert str(terminal.naru.answers[0].decision) in terminal.text


async def test_feedback_goes_to_the_last_answer_with_its_reason() -> None:
    terminal = await typed("연차는?", "/good", "/bad  작년 규정입니다", "병가는?", "/good")
    first, second = (answer.id for answer in terminal.naru.answers)
    assert terminal.naru.given == [
        Feedback(first, "U1", "good"),
        Feedback(first, "U1", "bad", "작년 규정입니다"),
        Feedback(second, "U1", "good"),
    ]


@pytest.mark.parametrize("command", ["/why", "/good", "/bad"])
@pytest.mark.parametrize("before", [[], ["연차는?", "/new"], ["연차는?", "/as U2"], ["연차는?", "/in C1"]])
async def test_without_an_answer_in_this_thread_there_is_nothing_to_say_about_it(
    command: str, before: list[str]
) -> None:
    terminal = await typed(*before, command)
    assert "There is no answer yet in this thread" in terminal.text
    assert terminal.naru.given == []
    assert terminal.faults == 1


async def test_new_starts_a_thread_and_stays_in_the_room() -> None:
    terminal = await typed("/in C1", "연차는?", "/new", "연차는?")
    first, second = terminal.naru.asked
    assert first.thread != second.thread
    assert first.room == second.room


async def test_a_fault_is_one_sentence_and_the_next_line_is_read() -> None:
    fault = QuestionFault("The database [bold]is away[/bold]: start it.")
    terminal = await typed("연차는?", "/as U2", "병가는?", naru=Naru(fault=fault))
    assert terminal.text.count("The database [bold]is away[/bold]: start it.") == 2
    assert terminal.faults == 2
    assert terminal.session.person == "U2"


async def test_a_question_that_is_too_long_says_so() -> None:
    terminal = await typed("연차" * 20_000)
    assert "40,000 characters" in terminal.text
    assert terminal.naru.asked == []


async def test_a_directory_that_cannot_be_read_does_not_end_the_session() -> None:
    def broken() -> Directory:
        raise SettingsFault(Problem("people.toml", "", "is not valid TOML"))

    terminal = await typed("/as U2", "연차는?", naru=Naru(directory=broken))
    assert "people.toml is not valid TOML" in terminal.text
    assert terminal.session.prompt == "U1 · DM > "


async def test_the_prompt_says_who_asks_and_where() -> None:
    opened = session(Naru(), Console(file=StringIO()))
    assert opened.prompt == "김하늘 · DM > "
    await opened.line("/in C1")
    assert opened.prompt == "김하늘 · #general > "


async def test_ctrl_c_at_the_prompt_ends_the_session() -> None:
    def read(prompt: str) -> str:
        raise KeyboardInterrupt

    assert await session(Naru(), Console(file=StringIO())).run(read) == 0


@pytest.mark.parametrize(
    "title", ["[red]규정[/red]", "규정 [1]", "[/]", "규정\\", "[link=https://evil.example]규정", ":lock: 규정"]
)
def test_a_title_is_shown_as_it_is_and_does_nothing(title: str) -> None:
    out = StringIO()
    question = ask()
    show(answered(question, title=title), question.text, Console(file=out, width=200, force_terminal=True), {})
    shown = out.getvalue()
    assert title.replace("https://evil.example", "(링크 생략)") in re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "\x1b]8;" not in shown


def test_an_answer_says_in_its_last_line_what_made_it() -> None:
    out = StringIO()
    show(answered(ask()), "연차는?", Console(file=out, width=200), {"ko": "기계가 씀", "en": "by a machine"})
    (line,) = (line for line in out.getvalue().splitlines() if "기계가 씀" in line)
    assert "경로:" in line
