"""The file that HR exports: in the spellings that spreadsheets use, and each mistake with its line."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.directory import Person, Terms
from bot.directory_table import Dialect, load_directory
from bot.toml_file import SettingsFault
from tests.builders import TODAY

KOREAN = """이메일,이름,사번,슬랙,그룹,고용형태,퇴사일
Kim@company.example,김하늘,1001,U1,"engineering; sky",정규직,
lee@company.example,이서윤,1002,,hr,계약직,2027.01.31
,오누리,,U9,,협력사,-
"""
NO_COLUMN = "is no column, nor in ignore_columns of naru.toml"
KIM = Person("U1", "김하늘", "", "kim@company.example", "1001", frozenset({"engineering", "sky"}), "employee")
LEE = Person(
    "lee@company.example",
    "이서윤",
    email="lee@company.example",
    number="1002",
    groups=frozenset({"hr"}),
    employment="contractor",
    leaving=date(2027, 1, 31),
)
PARTNER = Person("U9", "오누리", employment="guest")


def read(path: Path, content: str | bytes, dialect: Dialect | None = None) -> tuple[Person, ...]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_directory(path, TODAY, Terms(), dialect).listed.people


def problems(path: Path, content: str | bytes, dialect: Dialect | None = None) -> list[str]:
    with pytest.raises(SettingsFault) as fault:
        read(path, content, dialect)
    return [str(problem).removeprefix(f"{path}: ").removeprefix(f"{path} ") for problem in fault.value.problems]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_as_any_spreadsheet_saves_it(file: Path, encoding: str, separator: str, end: str) -> None:
    text = KOREAN.replace(",", separator).replace("\n", end) + end
    assert read(file, text.encode(encoding)) == (KIM, LEE, PARTNER)


@pytest.mark.parametrize(
    "header",
    ["email,name,number,slack,groups,employment,leaving",
     "E-Mail,Name,Employee Number,Slack ID,Groups,Employment,Last day",
     "이메일 주소,성명,사원번호,슬랙 ID,그룹,고용 형태,퇴직일"],
)  # fmt: skip
def test_headers_have_many_spellings(file: Path, header: str) -> None:
    assert read(file, header + KOREAN[KOREAN.index("\n") :]) == (KIM, LEE, PARTNER)


@pytest.mark.parametrize(
    "written",
    ["2027-01-31", "2027.1.31", "2027. 1. 31.", "2027/01/31", "20270131", "2027년 1월 31일", "2027-01-31 00:00:00"],
)
def test_dates_have_many_spellings(file: Path, written: str) -> None:
    (person,) = read(file, f"email,leaving\nlee@company.example,{written}\n")
    assert person.leaving == date(2027, 1, 31)


@pytest.mark.parametrize("written", ["31.01.2027", "1/31/27", "2027-02-30", "soon", "20271", "2027-1-31-1", "46053"])
def test_a_date_that_could_be_another_is_no_date(file: Path, written: str) -> None:
    told = problems(file, f"email,leaving\nlee@company.example,{written}\n")
    assert told == ["line 2, leaving must be a date such as 2027-12-31"]


def test_a_toml_file_lists_people_and_rooms_as_ever(tmp_path: Path) -> None:
    text = """
    people = [{id = "U1", name = "김하늘", email = "kim@company.example", number = 1001, groups = [
              "engineering", "sky"]},
              {slack = "U9", name = "오누리", guest = true}]
    [[rooms]]
    id = "C1"
    name = "general"
    kind = "public"
    members = ["U1", "U9"]
    """
    path = tmp_path / "people.toml"
    assert read(path, text) == (KIM, PARTNER)
    (room,) = load_directory(path, TODAY).rooms
    assert room.shared, "with a guest in it"


def test_a_column_that_is_not_there_says_employee_and_a_cell_left_open_does_not(file: Path) -> None:
    (employee,) = read(file, "email\na@x.example\n")
    (left_open,) = read(file, "email,employment\na@x.example,\n")
    assert (employee.employment, left_open.employment) == ("employee", None)


def test_a_companys_own_words_and_columns(file: Path) -> None:
    text = "이메일,고용형태,전화\na@x.example,촉탁 직,02\nb@x.example,Regular,02\n"
    assert problems(file, text)[0].startswith(f"line 1, 전화 {NO_COLUMN}; there are")
    ignoring = Dialect(ignored=frozenset({"전화"}))
    (told,) = problems(file, text, ignoring)
    assert told.startswith("line 2, 고용형태 must be employee, contractor, intern, guest")
    dialect = Dialect({"촉탁직": "contractor"}, frozenset({"전화"}))
    assert [person.employment for person in read(file, text, dialect)] == ["contractor", "employee"]


def test_every_problem_is_said_at_once_with_its_line_and_without_what_stands_there(file: Path) -> None:
    text = (
        "이메일,슬랙,이름,그룹,퇴사일\n"
        "not-an-address,,a,,\n"
        'x@y.example,,"two\nlines",,\n'
        "X@Y.example,U2,c,people team,someday\n"
        "\n"
        "z@y.example,U2,d,,\n"
        ",,e,,\n"
        "short,row\n"
    )
    told = problems(file, text)
    assert told == [
        "line 2, 이메일 must be an e-mail address such as kim@company.example, in ASCII",
        "line 5, 이메일 is there twice, first at line 3, 이메일: rights would hang on which of them counts",
        "line 5, 그룹 must be names of groups without spaces, separated by ; or ,",
        "line 5, 퇴사일 must be a date such as 2027-12-31",
        "line 7, 슬랙 is there twice, first at line 5, 슬랙: rights would hang on which of them counts",
        "line 8 has neither a Slack id nor an e-mail address: nothing tells who that is",
        "line 9 has 2 cells and the first line 5: put texts with a comma in quotes",
    ]
    for value in ("not-an-address", "someday", "people team", "x@y.example"):
        assert value not in " ".join(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "lists nobody"),
        ("이메일,이름\n", "lists nobody"),
        ("이름,그룹\na,b\n", "line 1 names no column for addresses or Slack ids"),
        ("email,이메일\na@x.example,b@x.example\n", "line 1, 이메일 says the same as email"),
        ("email,emial\na@x.example,\n", f"line 1, emial {NO_COLUMN}; did you mean email?"),
        ("이메일,퇴사일시\na@x.example,\n", f"line 1, 퇴사일시 {NO_COLUMN}; did you mean 퇴사일?"),
        ('email,name\na@x.example,"never closed\n', "line 2 is not valid CSV"),
        ("slack\nU1 U2\n", "line 2, slack must be one id, without spaces"),
        ("slack,guest,employment\nU1,true,정규직\n", "line 2, guest is true, and employment says something else"),
        (b"email\n\xff\xfe\xfa\n", "is not text in UTF-8, UTF-16 or CP949"),
        (b"PK\x03\x04\0\0", "is not text in UTF-8, UTF-16 or CP949"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_why(file: Path, text: str | bytes, told: str) -> None:
    assert problems(file, text)[0].startswith(told)


def test_a_toml_file_says_its_lines_too(tmp_path: Path) -> None:
    text = '[[people]]\nid = "U1"\nleaving = "soon"\n\n[[people]]\nid = "U1"\nnaem = "x"\n\n[[people]]\nid = 3\n'
    assert problems(tmp_path / "people.toml", text) == [
        "line 3, leaving must be a date such as 2027-12-31",
        "line 6, id is there twice, first at line 2, id: rights would hang on which of them counts",
        "line 7, naem is no column, nor in ignore_columns of naru.toml; did you mean name?",
        'line 10, id must be text in "quotes"',
    ]
    (told,) = problems(tmp_path / "people.toml", 'people = [{id = "U1"}, {id = "U2", email = "x"}]')
    assert told == "people[2], email must be an e-mail address such as kim@company.example, in ASCII"


def test_a_spreadsheet_itself_is_to_be_saved_as_csv(tmp_path: Path) -> None:
    assert problems(tmp_path / "people.xlsx", "x") == ["must be a .csv or a .toml file: save a spreadsheet as CSV"]


def test_a_file_that_is_not_there_or_a_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="does not exist"):
        load_directory(tmp_path / "people.csv", TODAY)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(SettingsFault, match="cannot be read"):
        load_directory(tmp_path / "folder.csv", TODAY)


def listed(path: Path) -> tuple[Person, ...] | SettingsFault:
    try:
        return load_directory(path, TODAY).listed.people
    except SettingsFault as fault:
        return fault


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode), st.sampled_from([".csv", ".toml"]))
def test_whatever_stands_in_a_file_is_a_directory_or_a_sentence(content: bytes, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"people{suffix}"
        path.write_bytes(content)
        found = listed(path)
        assert str(path) in str(found) if isinstance(found, SettingsFault) else found


ADDRESSES = ["a@x.example", "A@x.example", "b@x.example"]
CELLS = st.sampled_from([*ADDRESSES, "", "U1", "U2", "2026-01-01", "x y", "정규직", "-", '"'])


@given(st.lists(st.lists(CELLS, min_size=4, max_size=5), max_size=5))
def test_two_people_of_one_file_never_share_an_id_or_an_address(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        lines = ["email,slack,leaving,employment", *(",".join(row) for row in rows)]
        path.write_text("\n".join(lines), encoding="utf-8")
        people = listed(path)
        if isinstance(people, SettingsFault):
            return
        for values in ([p.id for p in people], [p.email for p in people if p.email]):
            assert len(values) == len(set(values))
