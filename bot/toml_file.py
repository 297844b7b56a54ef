"""TOML files that people write (naru.toml, policy.toml, the directory): each a frozen model, and everything that is
wrong with one as a sentence, all of it at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, Strict, ValidationError
from pydantic_core import ErrorDetails

from retrieval.errors import Fault
from retrieval.label import Level

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """where: the file or the environment variable; key: dotted, empty for a variable or a whole file;
    sentence: what is expected, to be read after the two. Never a value."""

    where: str
    key: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.where}: {self.key} {self.sentence}" if self.key else f"{self.where} {self.sentence}"


class SettingsFault(Fault):
    """Settings, a policy or a directory that cannot be used, one line per problem."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Section(BaseModel):
    """strict: TOML has types, so "6" is no number and 1 is not true."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)
    others: ClassVar[type[Section] | None] = None
    """What sections of any other name hold, where there may be some."""


File = TypeVar("File", bound=Section)


def _level(value: object) -> Level:
    try:
        return Level.named(value) if isinstance(value, str) else Level(-1)
    except ValueError:
        raise ValueError("must be public, internal, confidential or restricted") from None


LevelName = Annotated[Level, BeforeValidator(_level)]
Text = Annotated[str, Field(min_length=1)]


def _host(value: str) -> str:
    if not re.fullmatch(r"[\w.-]+|[0-9A-Fa-f:.]+", value):
        raise ValueError("must be host names or IP addresses, without http://, port or path")
    return value.lower()


def _secret(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().isascii() or not value.get_secret_value().isprintable():
        raise ValueError("must be one line of ASCII characters")
    return value


Hosts = Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], Strict(False)]
Secret = Annotated[SecretStr, Field(min_length=1), AfterValidator(_secret)]


def read_toml(path: Path, missing: str) -> dict[str, Any]:
    """The tables of a file; raises SettingsFault. missing: what to say when there is no such file."""
    return parse_toml(read_bytes(path, missing), str(path))


def read_bytes(path: Path, missing: str) -> bytes:
    """A file's content; raises SettingsFault."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        text = f"does not exist: {missing}"
    except OSError as error:
        text = f"cannot be read ({error.strerror})"
    raise SettingsFault(Problem(str(path), "", text))


def parse_toml(content: bytes, where: str) -> dict[str, Any]:
    """The tables in a file's content; raises SettingsFault."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        text = "is not UTF-8: save it as UTF-8"
    except tomllib.TOMLDecodeError as error:
        text = f"is not valid TOML: {error}"
    except ValueError:
        text = "is not valid TOML: a number in it is too long"
    except RecursionError:
        text = "is not valid TOML: it is nested too deeply"
    raise SettingsFault(Problem(where, "", text))


def read_file(path: Path, model: type[File], missing: str) -> File:
    """The whole file as its model; raises SettingsFault with every problem of it."""
    return model_of(model, read_toml(path, missing), str(path))


def model_of(model: type[File], raw: dict[str, Any], where: str) -> File:
    """What somebody wrote in `where`, as its model; raises SettingsFault with every problem of it."""
    try:
        return model.model_validate(raw)
    except ValidationError as errors:
        raise SettingsFault(
            *(
                Problem(where, dotted(error["loc"], raw), sentence(error, model))
                for error in errors.errors(include_url=False, include_input=False)
            )
        ) from None


SENTENCES: Mapping[str, str] = {
    "missing": "is missing and has no default",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "string_type": 'must be text in "quotes"',
    "date_type": "must be a date such as 2027-12-31, without quotes",
    "tuple_type": "must be a list in [brackets]",
    "frozen_set_type": "must be a list in [brackets]",
    "dict_type": "must be a section of its own",
    "model_type": "must be a section of its own",
    "literal_error": "must be {expected}",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must not be blank",
    "value_error": "{error}",
}


def sentence(error: ErrorDetails, file: type[Section]) -> str:
    """What is expected at the error's place in a file of that model; never the value that was found, which may be
    a secret."""
    kind, place = error["type"], error["loc"]
    if kind == "extra_forbidden":
        return f"is not a setting{hint(str(place[-1]), known_keys(place[:-1], file))}"
    return SENTENCES.get(kind, "is not what is expected here").format_map(error.get("ctx", {}))


def hint(name: str, known: list[str]) -> str:
    """`; did you mean ...?`, or what there is to choose from."""
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"


def known_keys(place: Place, file: type[BaseModel]) -> list[str]:
    """The keys that the section at `place` of a file of that model may have."""
    section = file
    for step in place:
        field = section.model_fields.get(step) if isinstance(step, str) else None
        if field is not None and (inner := section_of(field.annotation)):
            section = inner
        elif field is None and isinstance(step, str) and issubclass(section, Section) and section.others:
            section = section.others
    return list(section.model_fields)


def section_of(annotation: Any) -> type[BaseModel] | None:
    """The section model inside `X`, `X | None` or `tuple[X, ...]`; None where there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := section_of(part))), None)


def dotted(place: Place, raw: Any) -> str:
    """`sources[handbook].level`; one without a name by its number, from 1."""
    text = ""
    for step in place:
        raw = raw[step] if isinstance(step, int) or (isinstance(raw, dict) and step in raw) else None
        if isinstance(step, int):
            name = raw.get("name") if isinstance(raw, dict) else None
            text += f"[{name if isinstance(name, str) and name.isidentifier() else step + 1}]"
        else:
            text += f".{step}" if text else step
    return text


def table_at(tables: dict[str, Any], place: tuple[str, ...]) -> dict[str, Any]:
    """The table at a place of what was read; empty where there is none."""
    for step in place:
        tables = table(tables.get(step))
    return tables


def table(value: Any) -> dict[str, Any]:
    """The value, or an empty table where it is none."""
    return value if isinstance(value, dict) else {}
