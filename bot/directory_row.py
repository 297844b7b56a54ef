"""One row of the directory: how its columns, its words and its dates may be written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Any, get_args
from unicodedata import normalize

from pydantic import AfterValidator, BeforeValidator, ValidationInfo
from pydantic_core import ErrorDetails

from bot.directory import Employment, Person, address
from bot.toml_file import Section, sentence

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "slack", "slackid", "slackuserid", "슬랙", "슬랙id", "슬랙아이디"),
    "name": ("name", "fullname", "이름", "성명"),
    "role": ("role", "title", "jobtitle", "직책", "직무", "직위"),
    "email": ("email", "mail", "emailaddress", "이메일", "이메일주소", "메일", "전자우편"),
    "number": ("number", "employeenumber", "employeeid", "사번", "사원번호"),
    "groups": ("groups", "group", "그룹"),
    "employment": ("employment", "employmenttype", "고용형태", "고용구분"),
    "leaving": ("leaving", "leavingdate", "lastday", "퇴사일", "퇴사일자", "퇴직일", "퇴직일자"),
    "guest": ("guest", "게스트"),
}
"""What a column's header may say, without spaces and punctuation and in small letters."""
SHOWN = (
    "id",
    "name",
    "email",
    "groups",
    "employment",
    "leaving",
    "role",
    "number",
    "guest",
    "이메일",
    "이름",
    "슬랙",
    "그룹",
    "고용형태",
    "퇴사일",
    "사번",
)
"""Those that a message about an unknown one names."""

EMPLOYMENTS: Mapping[str, Employment] = {
    **dict.fromkeys(("employee", "regular", "fulltime", "permanent", "정규직", "직원", "임직원"), "employee"),
    **dict.fromkeys(("contractor", "temporary", "freelancer", "계약직", "파견", "파견직", "외주"), "contractor"),
    **dict.fromkeys(("intern", "인턴", "인턴직"), "intern"),
    **dict.fromkeys(("guest", "external", "partner", "외부", "외부인", "협력사", "게스트"), "guest"),
}


_BETWEEN = re.compile(r"[\W_]")
_SPACES = re.compile(r"[^\S\n]+")


def spelling(text: str) -> str:
    """A header or a word of employment, however it is written."""
    return _BETWEEN.sub("", normalize("NFC", text).casefold())


def field_of(header: str) -> str | None:
    """Which field of Row a header stands for; None: none."""
    return next((name for name, headers in COLUMNS.items() if spelling(header) in headers), None)


def cell(value: Any) -> Any:
    """What a cell says, empty where it says nothing."""
    if not isinstance(value, str):
        return value
    found = _SPACES.sub(" ", normalize("NFC", value)).strip()
    return "" if found == "-" else found


def _id(value: str) -> str:
    if re.search(r"[\s@]", value):
        raise ValueError("must be one id, without spaces and no address")
    return value


def _email(value: str) -> str:
    found = address(value)
    if found is None:
        raise ValueError("must be an e-mail address such as kim@company.example, in ASCII")
    return found


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _groups(value: object) -> object:
    found = re.split(r"[;,|\n]", value) if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError("must be names of groups: a list in TOML, separated by ; or , in CSV")
    names = [normalize("NFC", name).strip() for name in found]
    if any(re.search(r"\s", name) for name in names):
        raise ValueError("must be names of groups without spaces, separated by ; or ,")
    return frozenset(filter(None, names))


def _employment(value: object, info: ValidationInfo) -> Employment | None:
    if value == "":
        return None
    words: Mapping[str, Employment] = {**EMPLOYMENTS, **(info.context or {})}
    found = words.get(spelling(value)) if isinstance(value, str) else None
    if found is None:
        kinds = ", ".join(get_args(Employment))
        raise ValueError(
            f"must be {kinds}, 정규직, 계약직, 인턴 or 외부; your own words go to [directory.employment] of naru.toml"
        )
    return found


_DAY = re.compile(r"(\d{4})(?:[-./]|년)(\d{1,2})(?:[-./]|월)(\d{1,2})(?:[.]|일)?|(\d{4})(\d\d)(\d\d)")


def _day(value: object) -> object:
    if isinstance(value, datetime):
        value = value.date() if value.time() == time() else value
    if not isinstance(value, str):
        return value
    midnight = re.sub(r"[ T]0{1,2}:00(:00)?$", "", value)
    found = _DAY.fullmatch(re.sub(r"\s", "", midnight))
    try:
        return date(*(int(part) for part in found.groups() if part)) if found else value
    except ValueError:
        return value


def _flag(value: object) -> object:
    return {"true": True, "false": False}.get(value.casefold(), value) if isinstance(value, str) else value


class Row(Section):
    """Validated with a company's own words of employment, by `spelling`, as its context."""

    id: Annotated[str, AfterValidator(_id)] | None = None
    name: str = ""
    role: str = ""
    email: Annotated[str, AfterValidator(_email)] | None = None
    number: Annotated[str | None, BeforeValidator(_text)] = None
    groups: Annotated[frozenset[str], BeforeValidator(_groups)] = frozenset()
    employment: Annotated[Employment | None, BeforeValidator(_employment)] = "employee"
    leaving: Annotated[date | None, BeforeValidator(_day)] = None
    guest: Annotated[bool, BeforeValidator(_flag)] = False

    def person(self, id: str) -> Person:
        employment: Employment | None = "guest" if self.guest else self.employment
        return Person(id, self.name, self.role, self.email, self.number, self.groups, employment, self.leaving)

    @classmethod
    def sentence(cls, error: ErrorDetails) -> str:
        """What is expected where the error is."""
        if error["type"] != "value_error" and (said := _EXPECTED.get(str(error["loc"][0]))):
            return said
        return sentence(error, cls)


_EXPECTED = {"leaving": "must be a date such as 2027-12-31", "number": "must be a number or a text"}
