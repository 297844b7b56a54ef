from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.detect import MASK, ROUTE, find
from tests.growth import assert_text_costs_its_length
from tests.unit.policy.detect.tokens import ASSIGNED_TO_AN_ISSUER, TOKENS, hexa, mixed, uuid


def spans(text: str, least: float = ROUTE) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if f.kind == "secret" and f.score >= least]


def test_the_tokens_of_more_than_sixty_issuers_are_known() -> None:
    assert len({name.split()[0] for name in TOKENS} | {name.split()[0] for name in ASSIGNED_TO_AN_ISSUER}) >= 60


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
        "curl -u app:" + mixed(8) + " https://example.com",
    ],
)
def test_what_is_assigned_to_a_telling_name_is_a_secret(text: str) -> None:
    assert any(f.kind == "secret" and f.score >= MASK for f in find(text))


ASSIGNED = [
    "DB_PASS=abc123xyz",
    "POSTGRES_PASSWORD: s3cr3tpw",
    "spring:\n  redis:\n    password: qwer!234",
    "spring.datasource.password=Qwer1234!",
    "Server=tcp:x;Uid=sa;Pwd=P@ssw0rd1;",
    "jdbc:mysql://h/d?user=a&password=Abc12345x",
    "<Password>Abc12345!</Password>",
    '<add key="ClearTextPassword" value="Abc12345!" />',
    "machine h login me password " + mixed(10),
    "--password=Abc12345",
    "client.login('admin', password='Qwe123!@')",
    "SECRET_KEY_BASE=" + hexa(128),
    "ENCRYPTION_KEY=" + hexa(32),
    "mySecretString=" + mixed(30),
    '"client_secret" : "' + hexa(64) + '"',
    "os.environ['API_TOKEN'] = '" + mixed(24) + "'",
    "curl -H 'X-Auth-Token: " + mixed(22) + "'",
    "deploy --token " + mixed(24),
    "[Interface]\nPrivateKey = " + mixed(43) + "=",
]
IN_THEIR_PLACES = [
    "redis://:" + mixed(12) + "@cache:6379",
    "amqp://svc:" + mixed(10) + "@mq/v",
    "mongodb+srv://app:" + mixed(10) + "@c0.example.net/db",
    "smtps://a%40b.kr:" + mixed(9) + "@smtp.example.com:465",
    "jdbc:oracle:thin:scott/tiger@//h:1521/x",
    "mysql -uroot -p" + mixed(10) + " shop",
    "sshpass -p 'abc!2345' ssh h",
    "db.example.com:5432:app:svc:" + mixed(10),
    f"curl --user roger@example.com:{mixed(10)} https://example.com",
    f'curl -u "{mixed(12)}:" https://localhost:9200',
    f'curl -u ":{mixed(12)}" https://localhost:9200',
    f"curl -H 'Authorization: Api-Token {mixed(12)}' https://example.com",
    "BUNDLE_GEMS__EXAMPLE__COM: cafebabe:deadbeef",
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  value: " + mixed(16) + "\n",
    "kind: Secret\ndata:\n  value: |\n    " + mixed(24) + "\n",
    "apiVersion: v1\nstringData:\n  note: grüße-aus-berlin\nkind: Secret\n",
    "id/pw : admin/1234qwer",
    "계정: admin / naru!2026",
]
SAID = [
    "비번은 naru2026 이에요",
    "임시 비밀번호 Abcd1234! 입니다",
    "비밀번호(임시): Zx91!kk",
    "비밀번호를 Abcd1234로 바꿨어요",
    "비번 -> abcd1234",
    "비밀번호가 바뀌었습니다: Naru@2026",
    "비밀번호는 tiger입니다",
    "비밀번호는 4821입니다",
    "현관 비번은 4821# 이에요",
    "PIN 번호는 4821",
    "Abcd1234!가 임시 비밀번호예요",
    "PW 1234qwer",
    "시크릿 키 " + mixed(24),
    "인증키는 " + mixed(24) + " 이에요",
    "the password is hunter2x",
    "the wifi password for guests is Guest2026",
    "Password for prod is: Xy12!zz9",
    "password is 'correct horse battery staple'",
    "use hunter2x as the password",
    "pw: 123456",
]


@pytest.mark.parametrize("text", [*ASSIGNED, *IN_THEIR_PLACES, *SAID, *ASSIGNED_TO_AN_ISSUER.values()])
def test_a_password_or_key_is_found_where_people_and_programs_write_it(text: str) -> None:
    assert spans(text)
    assert spans(f"참고로 적어 둡니다.\n{text}\n확인 부탁드려요.")


def test_what_is_found_is_the_value_and_not_what_stands_around_it() -> None:
    assert spans("임시 비밀번호 Abcd1234! 입니다") == ["Abcd1234!"]
    assert spans("password is 'correct horse battery staple' now") == ["correct horse battery staple"]
    assert spans("Server=x;Pwd=P@ssw0rd1;Encrypt=yes") == ["P@ssw0rd1"]
    assert spans("비밀번호를 Abcd1234로 바꿨어요") == ["Abcd1234"]


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
        "api key: ask the platform team",
        "password: vault:kv/app#pw",
        "API_KEY={{ .Values.apiKey }}",
        "vcs_oauth_token_id = tfe_oauth_client.github.oauth_token_id",
        "run-with latest --project=shop --secret=TEAM_API_TOKEN",
        '"SessionToken": "temporary-session-token"',
        '"AccessKeyId": "access-key-id"',
        f"credentialsId: '{uuid()}'",
        "csrf-token=" + mixed(64),
        "Credentials: 1Password",
        "secretName: app-tls-2024",
        "password_file=/run/secrets/db1",
        "token = base64.b64encode(raw)",
        "def f(password: str = None, token: Optional[str] = None)",
        "The password is expired.",
        "password policy is strict",
        "password: 8-64 characters",
        "비밀번호는 90일마다 바꿉니다",
        "비밀번호는 SHA-256으로 해시합니다",
        "비밀번호: 영문+숫자 10자리",
        "비밀번호 5회 오류",
        "비밀번호 초기화는 02-1234로",
        "토큰은 JWT 형식입니다",
        "PW는 사번입니다",
        "인증키는 관리자에게 요청하세요",
        "http://user:${PASS}@host",
        "http://user:<password>@host",
        "if key_node.tag == 'tag:yaml.org,2002:value':",
        'Token.Comment: "italic #A3AAB2"',
        "APActivationPayload",
        "curl -u user:pass https://example.com",
        "ssh -p 2222 host",
        "docker run -p 8080:80 image",
        "compass: 270deg",
        "Pin the version to 1.2.3",
        "AKIA" + "IOSFODNN7" + "EXAMPLE",
        "-----BEGIN " + "PRIVATE KEY-----...",
    ],
)
def test_a_reference_a_placeholder_or_a_hash_is_no_secret(text: str) -> None:
    assert spans(text) == []


random_values = st.builds(
    lambda seed, length: "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=length)),
    st.integers(),
    st.integers(20, 64),
)
names = st.sampled_from(["api_key", "DB_PASSWORD", "clientSecret", "access token", "비밀번호", "auth-token"])
operators = st.sampled_from(["=", ": ", " = ", ":", "=>", ' = "', ":'"])


@given(names, operators, random_values)
def test_a_value_drawn_at_random_is_never_missed_behind_a_telling_name(name: str, operator: str, value: str) -> None:
    value = f"k7{value}4"
    assert any(value in found for found in spans(f"설정: {name}{operator}{value}"))


references = st.sampled_from(["${%s}", "$%s", "{{ %s }}", "<%s>", "vault:%s", "%%(%s)s", "env:%s", "ssm:/%s", "arn:%s"])


@given(names, operators, references, st.from_regex(r"[A-Za-z][A-Za-z0-9_]{5,30}", fullmatch=True))
def test_a_reference_is_never_a_secret(name: str, operator: str, reference: str, target: str) -> None:
    assert spans(f"{name}{operator}{reference % target}") == []


@pytest.mark.parametrize(
    "text",
    [
        "a=b:c" * 20_000,
        "password is " * 8_000,
        "비밀번호 " * 20_000,
        "--token " * 12_000,
        "<password>" * 10_000,
        "kind: Secret\ndata:\n" * 5_000,
        "data:\n" + " a: b\n" * 15_000 + "kind: Secret",
        "PuTTY-User-" + "Key-File-3: a\n" * 5_000,
        "sk-" * 33_000,
        "xox" + "b-" * 49_000,
        "mysql -" * 14_000,
        "id/pw " * 16_000,
        "-" * 100_000,
        "a.b.c_d-" * 12_000 + "key=",
    ],
    ids=lambda text: text[:12],
)
def test_a_text_that_is_made_to_be_slow_is_not(text: str) -> None:
    assert_text_costs_its_length(find, text)
