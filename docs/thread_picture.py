"""Writes docs/thread.svg: an answer as it stands in Slack, drawn from the very blocks that Slack is sent.

NARU_HOME=$(mktemp -d) NARU_CONFIG=samples/naru.toml .venv/bin/python docs/thread_picture.py

Documents, search, policy and checks are the real ones on the sample company; only the model's words are written here.
"""

from __future__ import annotations

import asyncio
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path

from admin.app import opened
from admin.notice import notices_of
from bot.answer import answer
from bot.settings import Settings
from bot.slack.blocks import Block, answered
from tests.standins.openai import OpenAIStandIn, Says

ASKED = "연차는 며칠인가요?"
SAYS = """근속에 따라 다릅니다. 1년 이상 3년 미만이면 **15일**입니다 [1].

- 1년 미만: 한 달 개근할 때마다 1일, 최대 11일 [1]
- 3년 이상: 2년마다 1일씩 더해 최대 25일 [1]

> 쓰기 3영업일 전까지 인사 시스템 '바람'에 등록합니다. 5일 이상 연속으로 쓸 때는 2주 전입니다. [1]"""

WIDTH, LEFT, PAD = 720, 68, 20
FONT = (
    "Lato, 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', "
    "'Apple Color Emoji', 'Noto Color Emoji', sans-serif"
)
MONO = "Menlo, Consolas, 'D2Coding', 'Noto Sans Mono CJK KR', monospace"
INK, PALE, BLUE = "#1d1c1d", "#616061", "#1264a3"
_INLINE = re.compile(
    r"<(?P<link>[^<>|]+)\|(?P<label>[^<>]*)>|`(?P<code>[^`]+)`"
    r"|(?<![\w*])\*(?P<bold>[^*\n]+)\*(?![\w*])|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)"
)
_STYLES = {
    "": "",
    "bold": 'font-weight="700"',
    "italic": 'font-style="italic"',
    "code": f'font-family="{MONO}" fill="#c01343"',
    "link": f'fill="{BLUE}"',
}
Run = tuple[str, str]
"""Words and their style."""


@dataclass
class Picture:
    """Grows downwards. y: where the next thing begins."""

    y: float = PAD
    drawn: list[str] = field(default_factory=list)

    def text(self, runs: Iterable[Run], *, size: float = 15, fill: str = INK, x: float = LEFT) -> None:
        for line in _wrapped(runs, size, WIDTH - PAD - x):
            words = ((escape(text.replace("\u200b", "")), _STYLES[style]) for text, style in line)
            spans = "".join(f"<tspan {look}>{text}</tspan>" for text, look in words)
            self.y += size * 1.5
            self.drawn.append(
                f'<text x="{x}" y="{self.y - size * 0.4:.1f}" font-size="{size}" fill="{fill}" '
                f'xml:space="preserve">{spans}</text>'
            )

    def rect(self, x: float, y: float, width: float, height: float, look: str) -> None:
        self.drawn.append(f'<rect x="{x}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" {look}/>')

    def word(self, x: float, y: float, words: str, look: str) -> None:
        self.drawn.append(f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(words)}</text>')

    def author(self, name: str, initial: str, color: str, time: str, *, app: bool = False) -> None:
        self.rect(PAD, self.y, 36, 36, f'rx="8" fill="{color}"')
        self.word(PAD + 18, self.y + 24, initial, 'text-anchor="middle" font-size="16" font-weight="700" fill="#fff"')
        self.word(LEFT, self.y + 14, name, f'font-size="15" font-weight="900" fill="{INK}"')
        at = LEFT + _width(name, 15) + 8
        if app:
            self.rect(at, self.y + 2, 30, 15, 'rx="3" fill="#ebeaeb"')
            self.word(at + 15, self.y + 13, "APP", f'text-anchor="middle" font-size="10" fill="{PALE}"')
            at += 38
        self.word(at, self.y + 14, time, f'font-size="12" fill="{PALE}"')
        self.y += 19

    def block(self, block: Block) -> None:
        match block["type"]:
            case "section":
                self.mrkdwn(block["text"]["text"])
            case "context":
                self.y += 4
                for element in block["elements"]:
                    for line in element["text"].splitlines():
                        self.text(_runs(line), size=13, fill=PALE)
            case "actions":
                self.buttons([element["text"]["text"] for element in block["elements"]])

    def mrkdwn(self, text: str) -> None:
        for number, piece in enumerate(text.split("```")):
            if number % 2:
                self.code(piece.strip("\n").splitlines())
                continue
            for line in piece.strip("\n").splitlines():
                if not line.strip():
                    self.y += 10
                    continue
                top = self.y
                quoted = line.startswith("> ")
                self.text(_runs(line.partition(" ")[2] if quoted else line), x=LEFT + 16 * quoted)
                if quoted:
                    self.rect(LEFT, top + 1, 4, self.y - top - 2, 'rx="2" fill="#dddddd"')

    def code(self, lines: list[str]) -> None:
        self.rect(LEFT, self.y + 4, WIDTH - PAD - LEFT, len(lines) * 19 + 14, 'rx="4" fill="#f8f8f8" stroke="#ddd"')
        self.y += 10
        for line in lines:
            self.y += 19
            look = f'font-family="{MONO}" font-size="12.5" fill="{INK}" xml:space="preserve"'
            self.word(LEFT + 10, self.y - 5, unescape(line), look)
        self.y += 12

    def buttons(self, labels: list[str]) -> None:
        x = float(LEFT)
        self.y += 8
        for label in labels:
            width = _width(label, 13) + 24
            self.rect(x, self.y, width, 28, 'rx="6" fill="#fff" stroke="#bbbabb"')
            self.word(x + width / 2, self.y + 19, label, f'text-anchor="middle" font-size="13" fill="{INK}"')
            x += width + 8
        self.y += 28

    def rule(self, words: str) -> None:
        self.y += 16
        self.word(LEFT, self.y + 4, words, f'font-size="12" fill="{PALE}"')
        at = LEFT + _width(words, 12) + 10
        self.rect(at, self.y, WIDTH - PAD - at, 1, 'fill="#dddddd"')
        self.y += 18

    def svg(self) -> str:
        height = self.y + PAD
        frame = f'<rect width="{WIDTH}" height="{height:.0f}" rx="10" fill="#fff" stroke="#dddddd"/>'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" font-family="{FONT}">'
        return "\n".join([head, "<title>Naru in a Slack thread</title>", frame, *self.drawn, "</svg>"]) + "\n"


def _runs(line: str) -> Iterator[Run]:
    done = 0
    for found in _INLINE.finditer(line):
        yield unescape(line[done : found.start()]), ""
        style = "link" if found["link"] else str(found.lastgroup)
        yield unescape(found["label"] if found["link"] else found[style]), style
        done = found.end()
    yield unescape(line[done:]), ""


def _wrapped(runs: Iterable[Run], size: float, room: float) -> Iterator[list[Run]]:
    line: list[Run] = []
    used = 0.0
    for words, style in runs:
        for word in re.findall(r"\S+\s*|\s+", words):
            if line and used + _width(word.rstrip(), size) > room:
                yield line
                line, used = [], 0.0
            line.append((word, style))
            used += _width(word, size)
    yield line


def _width(text: str, size: float) -> float:
    """About: Hangul is nearly as wide as it is high, Latin half of that."""
    return sum(size * (0.93 if unicodedata.east_asian_width(c) in "WF" else 0.54) for c in text)


async def main() -> None:
    async with OpenAIStandIn([Says(SAYS)]) as model:
        shore = {"NARU_CLOUD_BASE_URL": model.base_url, "NARU_CLOUD_MODEL": "model"}
        async with opened(Settings.load({**os.environ, **shore})) as app:
            await app.reindex(await app.active(), lambda *_: None)
            asked = app.question(ASKED, person="U1", room="C1", thread="picture")
            message = answered(await answer(asked, app.deps), "ko", notices_of(app.settings).machine["ko"])
    picture = Picture()
    picture.author("김하늘", "김", "#2f7d6d", "오전 10:12")
    picture.text([("@Naru", "link"), (f" {ASKED}", "")])
    picture.rule("답글 1개")
    picture.author("Naru", "나루", "#3a5fa8", "오전 10:12", app=True)
    for block in message.blocks:
        picture.block(block)
    Path(__file__).with_name("thread.svg").write_text(picture.svg(), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
