"""Packages are looked through before a library unpacks them: here without any limit of the operating system."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from retrieval.parse.package import HARMLESS, MAX_UNPACKED, names
from retrieval.parse.refusals import Refusal
from tests.bombs import BOMBS


@pytest.mark.parametrize(
    ("bomb", "cause"),
    [
        ("zip bomb in docx", "unpacks_too_far"),
        ("zip_that_lies", "unpacks_too_far"),
        ("zip_that_overlaps", "overlapping"),
        ("zip_of_many_parts", "too_many_parts"),
        ("billion_laughs_in_word", "entities"),
        ("billion_laughs_in_a_workbook", "entities"),
        ("external_entity", "entities"),
    ],
)
def test_a_package_that_would_hurt_is_refused_before_it_is_unpacked(bomb: str, cause: str) -> None:
    with pytest.raises(Refusal) as refusal:
        names(BOMBS[bomb]().content)
    assert refusal.value.cause == cause


def packed(size: int) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        package.writestr("a.xml", b" " * size)
    return file.getvalue()


def test_what_unpacks_to_many_times_its_size_is_harmless_while_it_is_small() -> None:
    assert names(packed(HARMLESS)) == {"a.xml"}
    with pytest.raises(Refusal, match="unpacks_too_far"):
        names(packed(HARMLESS + 1))
    assert HARMLESS < MAX_UNPACKED


def test_a_package_with_a_password_is_said_to_have_one() -> None:
    content = bytearray(packed(10))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Refusal, match="password"):
        names(bytes(content))
