from __future__ import annotations

import pytest

from bot.policy.detect import MASK, find
from tests.unit.policy.detect.samples import TOKENS


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("frame", ["{}", "키는{}입니다", "API_TOKEN={} and rerun", "(`{}`)", '{{"key": "{}"}}'])
def test_a_token_of_a_documented_format_is_found_in_any_frame(name: str, frame: str) -> None:
    token = TOKENS[name]
    text = frame.format(token)
    start = text.index(token) + (len("https://") if token.startswith("https://") else 0)
    assert any(f.kind == "secret" and f.score >= MASK and f.start <= start and f.end >= start + 20 for f in find(text))


def test_a_private_key_is_found_even_when_its_end_is_cut_off() -> None:
    whole = TOKENS["private key"]
    cut = whole[: whole.index("-----END")]
    (finding,) = find(cut)
    assert (finding.start, finding.end) == (0, len(cut))


@pytest.mark.parametrize(
    "text",
    [
        "DB_PASSWORD=" + "tr0ub4dor",
        'api_key: "' + "q1w2e3r4" * 3 + '"',
        "비밀번호는 " + "Abcd1234" + "! 입니다",
        "wifi 비번: " + "naru2026",
        'password = "' + "a(b)1$c2" + '"',
        "postgres://app:" + "s3cr3tpw" + "@db:5432/app",
        "Authorization: Basic " + "dXNlcjpw" * 3,
        "curl -u app:" + "pQ9wTxu4" + " https://example.com",
    ],
)
def test_what_is_assigned_to_a_telling_name_is_a_secret(text: str) -> None:
    assert any(f.kind == "secret" and f.score >= MASK for f in find(text))


@pytest.mark.parametrize(
    "text",
    [
        "password: ${DB_PASSWORD}",
        "token = os.environ['TOKEN']",
        "api_key = get_api_key()",
        "password=<your password>",
        "API_KEY=your_api_key_here1",
        "ghp_" + "x" * 36,
        "token limit: 4096",
        "비밀번호는 8자 이상이어야 합니다",
        "password: must be long",
        "commit ceae596f1dac786181cfaa96ca9aa1ae0e0a6f22 broke the build",
        "image digest sha256:" + "00fe05f5" * 8,
        'const id = "zCEirahxY4CvqLAP9ebUkw0M";',
        "task-management-and-planning-of-a-long-project",
    ],
)
def test_a_reference_a_placeholder_or_a_hash_is_no_secret(text: str) -> None:
    assert find(text) == ()
