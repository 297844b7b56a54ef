"""An entry in other systems' formats: one line, all of it, and nothing that ends a field or a line too early."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.audit.formats import FORMATS, Format, formatted
from admin.audit.send import Address, SendFault, syslog
from bot.audit_chain import Entry
from bot.config_audit import AuditSection

AT = datetime(2026, 11, 23, 4, 5, 6, 789_012, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
bodies = st.dictionaries(texts, texts | st.integers() | st.none() | st.lists(texts, max_size=3), max_size=5)
ENDS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def entry(body: dict[str, Any], kind: str = "sent", actor: str | None = "a" * 32) -> Entry:
    return Entry(7, AT, kind, actor, None, body)


def fields_of(line: str) -> tuple[list[str], dict[str, str]]:
    """As a reader of CEF takes it apart."""
    *header, extension = re.split(r"(?<!\\)\|", line, maxsplit=7)
    fields = dict(re.findall(r"(\w+)=((?:\\.|[^\\=])*?)(?= \w+=|$)", extension))
    return header, {key: re.sub(r"\\(.)", r"\1", value) for key, value in fields.items()}


@given(bodies, st.sampled_from(FORMATS))
def test_an_entry_is_one_line_whatever_it_says(body: dict[str, Any], format: Format) -> None:
    assert ENDS.search(formatted(entry(body), format, "1.0")) is None


@given(bodies)
def test_jsonl_and_ocsf_say_all_of_it(body: dict[str, Any]) -> None:
    assert json.loads(formatted(entry(body), "jsonl", "1.0"))["body"] == body
    assert json.loads(formatted(entry(body), "ocsf", "1.0"))["unmapped"] == body


@given(bodies)
def test_cef_says_all_of_it_whatever_is_escaped(body: dict[str, Any]) -> None:
    header, fields = fields_of(formatted(entry({"text": "a=b|c\\d 서울", **body}), "cef", "1.0"))
    assert header[:6] == ["CEF:0", "Naru", "Naru", "1.0", "sent", "sent"]
    assert json.loads(fields["cs1"]) == {"text": "a=b|c\\d 서울", **body}
    assert fields["externalId"] == "7"


def test_a_long_body_goes_on_in_the_next_string_of_cef() -> None:
    body = {"reasons": ["서울" * 100] * 40}
    _, fields = fields_of(formatted(entry(body), "cef", "1.0"))
    assert all(len(value) <= 4000 for value in fields.values())
    assert json.loads("".join(fields[f"cs{n}"] for n in range(1, 7) if f"cs{n}" in fields)) == body


def test_korean_stays_readable() -> None:
    assert all("서울" in formatted(entry({"place": "서울"}), format, "1.0") for format in FORMATS)


@pytest.mark.parametrize(("kind", "activity"), [("source_added", 1), ("source_removed", 4), ("sent", 99)])
def test_ocsf_has_what_its_class_requires(kind: str, activity: int) -> None:
    said = json.loads(formatted(entry({"host": "api.example"}, kind, None), "ocsf", "1.0"))
    assert (said["class_uid"], said["category_uid"], said["type_uid"]) == (6003, 6, 600300 + activity)
    assert said["time"] == 1_795_406_706_789
    assert said["metadata"]["version"] == "1.3.0"
    assert said["metadata"]["product"]["vendor_name"]
    assert said["api"]["operation"] == kind
    assert said["src_endpoint"]
    assert said["actor"]["user"] == {"name": "naru", "type_id": 3}
    assert said["dst_endpoint"] == {"hostname": "api.example"}


def test_a_syslog_message_is_as_rfc_5424_has_it() -> None:
    plain = syslog(entry({}), "said").decode()
    assert re.fullmatch(r"<110>1 2026-11-23T04:05:06\.789012Z \S+ naru \d+ sent - said", plain)
    assert syslog(entry({}), "서울").endswith(b" sent - \xef\xbb\xbf" + "서울".encode())


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("https://elsewhere.example/x", "not declared"),
        ("ftp://siem.example/x", "cannot be sent"),
        ("siem.example", "cannot be sent"),
        ("https://user:pw@siem.example/x", "cannot be sent"),
        ("https://siem.example:port/x", "cannot be sent"),
        ("http://siem.example/x", "in clear"),
    ],
)
def test_the_audit_goes_only_where_the_settings_say(said: str, why: str) -> None:
    settings = AuditSection.model_validate({"hosts": ["siem.example"], "authorization": "Bearer x"})
    with pytest.raises(SendFault, match=why):
        Address.of(said, settings)
    assert Address.of("https://SIEM.example/x", settings).port == 443
