"""What a text hides in an encoding: base64, hex, percent-encoding, HTML entities, escapes, quoted-printable. Pure.

People paste links, mails and log lines without knowing what is in them, and a model reads base64 as well as prose. A
run that decodes to text is read as that text; each of its characters stands for the whole run, so that masking a
finding takes the run with it.
"""

from __future__ import annotations

import binascii
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.policy.detect import spoken
from bot.policy.detect.grouped import regrouped
from bot.policy.detect.normal import View, fold, rewrite

DEPTH = 2
"""How many encodings around each other are removed: who percent-encodes base64 needs two."""
_MIN_BYTES = 6  # a@b.kr
_MIN_PRINTABLE = 0.9
_MIN_WIDE = 3  # ASCII characters of UTF-16: text in UTF-8 holds no zero byte at all


@dataclass(frozen=True, slots=True)
class _Encoding:
    """gate: a character that is in every text with such a run. decode: the run's text, or None where it has none."""

    gate: str
    run: re.Pattern[str]
    decode: Callable[[str], str | None]


def decoded(view: View) -> Iterator[View]:
    """The view with its encoded runs decoded, and again with what was encoded in them; nothing where there is none."""
    for _ in range(DEPTH):
        inner = view
        for encoding in _ENCODINGS:
            if encoding.gate in inner.text:
                inner = rewrite(inner, encoding.run, encoding.decode)
        inner = regrouped(inner)
        if inner is view:
            return
        view = fold(inner)
        yield view


def _text(data: bytes) -> str | None:
    """The bytes as text where they are mostly printable UTF-8, or UTF-16, as PowerShell encodes its commands."""
    wide = data[1::2].count(0) >= _MIN_WIDE
    text = data.decode("utf-16-le" if wide else "utf-8", "replace")
    printable = sum((char.isprintable() and char != "\ufffd") or char in "\t\r\n" for char in text)
    return text if len(text) >= _MIN_BYTES and printable >= _MIN_PRINTABLE * len(text) else None


def _base64(run: str) -> str | None:
    return _text(_from_base64("".join(run.split()).rstrip("=").translate(_STANDARD)))


def _from_base64(letters: str) -> bytes:
    whole = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(whole + "=" * (-len(whole) % 4))


_STANDARD = str.maketrans("-_", "+/")


def _pieces(run: str) -> str | None:
    """A run of base64; where it is none as a whole, what stands between its slashes, dashes and lines: the path of an
    address may hold one, a name may stand before it, and a line of something else."""
    if _ASCII_LETTER.search(run) is None:
        return None  # digits alone decode to no text
    text = _base64(run)
    if text is not None or not _BETWEEN.search(run):
        return text
    pieces = [piece if len(piece) < _MIN_BASE64 else _base64(piece) or piece for piece in _BETWEEN.split(run)]
    joined = "".join(pieces)
    return None if joined == run else joined


_ASCII_LETTER = re.compile(r"[A-Za-z]")
_BETWEEN = re.compile(r"([/_-]|\r?\n)")
_MIN_BASE64 = 10


def _hex(run: str) -> str | None:
    digits = _NOT_HEX.sub("", run)
    return _text(bytes.fromhex(digits[: len(digits) & ~1]))


_NOT_HEX = re.compile(r"0x|\\x|[^0-9A-Fa-f]")


def _octets(run: str) -> str | None:
    return bytes.fromhex(_NOT_HEX.sub("", run)).decode("utf-8", "replace")


def _escapes(run: str) -> str | None:
    units = b"".join(int(unit, 16).to_bytes(2, "big") for unit in run.split("\\u")[1:])
    return units.decode("utf-16-be", "replace")


def _code_points(run: str) -> str | None:
    return "".join(chr(point) for each in _HEX.findall(run) if (point := int(each, 16)) < _CODE_POINTS)


_HEX = re.compile("[0-9A-Fa-f]+")
_CODE_POINTS = 0x110000


def _octal(run: str) -> str | None:
    return bytes(int(octet, 8) for octet in run.split("\\")[1:]).decode("utf-8", "replace")


def _words_of_a_header(run: str) -> str | None:
    """RFC 2047 section 2; what stands in neighbouring words is one text, section 6.2."""
    words: list[tuple[str, str, str]] = _HEADER_WORD.findall(run)
    data = b""
    for _, encoding, text in words:
        if encoding in "Qq":
            data += binascii.a2b_qp(text.encode("ascii", "replace"), header=True)
        else:
            data += _from_base64(_NOT_BASE64.sub("", text))
    try:
        return data.decode(words[0][0], "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


_HEADER_WORD = re.compile(r"=\?([A-Za-z0-9-]{2,20})(?:\*[A-Za-z-]{0,8})?\?([QqBb])\?([^? \n]{0,400})\?=")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


def _defanged(run: str) -> str:
    sign = run.strip(" []{}()").lower()
    return {"dot": ".", "점": ".", "at": "@", "골뱅이": "@"}.get(sign, sign)


def _quoted_printable(run: str) -> str | None:
    return "" if run[1:].isspace() else _octets(run)


def _entity(run: str) -> str | None:
    plain = html.unescape(run)
    return None if plain == run else plain


_INLINE = "b|i|u|s|a|em|strong|span|font|code|mark|sub|sup|wbr|small|big|tt|ins|del|kbd|samp"
_ENCODINGS = (
    # Who dictates a number, or marks up each of its digits, hides it from nobody who reads it.
    _Encoding("", spoken.KOREAN, spoken.korean),
    *(_Encoding("", mixed, spoken.korean) for mixed in spoken.MIXED),
    _Encoding(":", spoken.KEYCAPS, spoken.keycaps),
    _Encoding("e", spoken.ENGLISH, spoken.english),
    _Encoding("<", re.compile(rf"(?i:</?(?:{_INLINE})(?:\s[^<>\n]{{0,200}})?/?>)"), lambda _: ""),
    _Encoding("*", re.compile(r"(?<=[0-9-])\*{1,4}(?=[0-9-])"), lambda _: ""),
    _Encoding("%", re.compile(r"(?:%[0-9A-Fa-f]{2})+"), _octets),
    _Encoding("&", re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9A-Fa-f]{1,6};?|[A-Za-z]{2,31};)"), _entity),
    _Encoding("\\", re.compile(r"(?:\\u[0-9A-Fa-f]{4})+"), _escapes),
    _Encoding("\\u{", re.compile(r"(?:\\u\{[0-9A-Fa-f]{1,6}\})+"), _code_points),
    _Encoding("\\U", re.compile(r"(?:\\U[0-9A-Fa-f]{8})+"), _code_points),
    _Encoding("\\", re.compile(r"(?:\\[0-3][0-7]{2})+"), _octal),
    # As addresses are written so that nobody clicks on them.
    *(
        _Encoding(opening, re.compile(rf"{re.escape(opening)}(?i:\.|dot|점|at|골뱅이|@|:|://)[\])}}] ?"), _defanged)
        for opening in (" [", "[", " (", "(", " {", "{")
    ),
    _Encoding("xx", re.compile(r"(?<![A-Za-z])(?i:hxxp)(?=s?:?//|s?\[)"), lambda _: "http"),
    _Encoding(
        "=?", re.compile(rf"{_HEADER_WORD.pattern}(?:\s{{1,3}}{_HEADER_WORD.pattern}){{0,20}}"), _words_of_a_header
    ),
    # RFC 2045 section 6.7. Two octets are a formula, three are a syllable; "=" itself is always encoded.
    _Encoding(
        "=",
        re.compile(r"(?:=[0-9A-F]{2}){3,}|=3D|=\r?\n|=(?:40|2E|2D|5F)(?<=[A-Za-z0-9]...)(?=[A-Za-z0-9])"),
        _quoted_printable,
    ),
    _Encoding(
        "",
        re.compile(
            r"[0-9A-Fa-f](?<![0-9A-Za-z].)(?:(?<=0)x(?:[0-9A-Fa-f]{2}){6,}|[0-9A-Fa-f](?:[0-9A-Fa-f]{2}){5,})"
            r"(?![0-9A-Za-z])"
        ),
        _hex,
    ),
    _Encoding(
        "",
        re.compile(
            r"[\\0-9A-Fa-f](?:(?<=\\)x[0-9A-Fa-f]{2}|(?<!\\)[0-9A-Fa-f])"
            r"(?:(?:[ :,-]|\\x|[ ,]{1,2}0x)[0-9A-Fa-f]{2}){5,}(?![0-9A-Za-z])"
        ),
        _hex,
    ),
    _Encoding("\\x", re.compile(r"(?:\\x[0-9A-Fa-f]{2})+"), _octets),
    # Lines of 60 to 76 characters are one run: RFC 2045 section 6.8, RFC 7468 section 2.
    _Encoding(
        "",
        re.compile(r"(?=[A-Za-z0-9+/_-]{10})(?:[A-Za-z0-9+/_-]{60,76}\r?\n){0,2000}[A-Za-z0-9+/_-]{10,}={0,2}"),
        _pieces,
    ),
)
