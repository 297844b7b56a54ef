"""Documents that nobody may read are named to the operators, with the readers that are nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.directory import Directory, Person, Terms
from bot.unmapped import Named, unmapped
from retrieval.passage import EVERYONE, Principal
from tests.builders import TODAY, directory, no_directory

KIM = Person("U1", email="kim@x.example", groups=frozenset({"hr"}))
GONE = Person("U2", email="gone@x.example", groups=frozenset({"legal"}), leaving=TODAY - timedelta(days=1))
MAPPED = Terms(
    groups_alone=True,
    external={
        Principal("ext:wiki/hr"): frozenset({Principal("group:hr")}),
        Principal("ext:wiki/ops"): frozenset({Principal("group:ops")}),
        Principal("ext:wiki/none"): frozenset(),
    },
)
OFFICE = directory(KIM, GONE, terms=MAPPED)


def named(*names: str, documents: int = 12) -> Named:
    return frozenset(map(Principal, names)), documents


def told(office: Directory, *given: Named, in_slack: bool = False) -> list[str]:
    return list(unmapped(given, office, in_slack=in_slack).sentences())


def test_an_external_group_that_is_not_mapped_is_nobody_and_said() -> None:
    assert told(OFFICE, named("ext:drive/all"), named("everyone")) == [
        "0 people may read 12 documents.",
        "ext:drive/all (12 documents) is nobody: [directory.external] in naru.toml says who is meant",
    ]


@pytest.mark.parametrize("in_slack", [False, True])
def test_what_somebody_has_is_not_said(in_slack: bool) -> None:
    fine = ("everyone", "group:hr", "user:U1", "email:kim@x.example", "ext:wiki/hr")
    assert told(OFFICE, *map(named, fine), in_slack=in_slack) == []


@pytest.mark.parametrize("in_slack", [False, True])
@pytest.mark.parametrize("name", ["ext:wiki/none", "ext:wiki/hrr", "group:legal", "user:U2", "email:gone@x.example"])
def test_a_group_that_all_have_left_is_nobody_whatever_slack_says(name: str, in_slack: bool) -> None:
    assert told(OFFICE, named(name), in_slack=in_slack)[0] == "0 people may read 12 documents."


def test_a_document_with_one_reader_who_is_somebody_is_read_and_its_other_reader_is_said() -> None:
    assert told(OFFICE, named("group:hr", "ext:drive/all")) == [
        "ext:drive/all (12 documents) is nobody: [directory.external] in naru.toml says who is meant"
    ]


def test_a_slip_in_a_groups_name_is_found() -> None:
    assert told(OFFICE, named("group:hrr", documents=3))[1] == (
        "group:hrr (3 documents) is nobody in the directory; did you mean group:hr?"
    )


def test_what_slack_alone_may_know_is_no_certain_nobody() -> None:
    given = [
        named("group:ops"),
        named("user:U7"),
        named("email:lee@x.example"),
        named("channel:C1"),
        named("ext:wiki/ops"),
    ]
    found = unmapped(given, OFFICE, in_slack=True)
    assert found.documents == 0
    assert [(one.principal, one.certain) for one in found.names] == [("group:ops", False)]
    assert unmapped(given, OFFICE, in_slack=False).documents == 60


def test_a_name_of_the_directory_may_be_a_usergroup_too_unless_it_is_reserved() -> None:
    office = directory(KIM, GONE)
    found = unmapped([named("group:legal")], office, in_slack=True)
    assert found.documents == 0
    assert [str(one) for one in found.names] == [
        "group:legal (12 documents) has nobody in the directory: "
        "unless Slack has a usergroup of that name, it is nobody"
    ]


def test_without_a_directory_slack_alone_says_who_is_in_a_group() -> None:
    assert told(no_directory(), named("group:ops"), named("everyone"), in_slack=True) == []
    assert len(told(no_directory(), named("ext:wiki/hr"), in_slack=True)) == 2


def test_documents_for_everyone_are_read_by_nobody_where_nobody_is_everyone() -> None:
    office = directory(KIM, terms=Terms(everyone=frozenset({"group:staff"}), alone=True))
    assert unmapped([(frozenset({EVERYONE}), 4)], office, in_slack=True).documents == 4


def test_documents_are_counted_by_name_over_all_their_lists() -> None:
    given = [named("ext:a/b", documents=3), named("ext:a/b", "ext:c/d", documents=4)]
    found = unmapped(given, OFFICE, in_slack=False)
    assert found.documents == 7
    assert [(one.principal, one.documents) for one in found.names] == [("ext:a/b", 7), ("ext:c/d", 4)]
