"""Secrets in the shapes of every day: tables, forms, commands, codes, and what people write around a password."""

from __future__ import annotations

import base64
import random
import string

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.detect import ROUTE, find
from tests.growth import assert_text_costs_its_length

V = "S3cr3t" + "99xyz"
CODE = "48" + "2913"


def spans(text: str) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if f.kind == "secret" and f.score >= ROUTE]


TABLES = [
    "| 서버 | 계정 | 비밀번호 |\n|---|---|---|\n| 운영 | admin | {} |",
    "| 비밀번호 | {} |",
    "||서버||ID||PW||\n|db1|app|{}|",
    "<tr><th>ID</th><th>PW</th></tr>\n<tr><td>admin</td><td>{}</td></tr>",
    "<tr><th>비밀번호</th><td>{}</td></tr>",
    "server,user,password\nprod,admin,{}",
    "id;pw\nadmin;{}",
    "password\t{}",
    "서버      ID      PW\ndb1       app     {}",
    "서버\n계정\n비밀번호\n운영\nadmin\n{}",
]
FIELDS = [
    "- name: DB_PASSWORD\n  value: {}",
    '[{{"Name":"DB_PASSWORD","Value":"{}"}}]',
    "ParameterKey=DBPassword,ParameterValue={}",
    '<property name="password"><value>{}</value></property>',
    "<property><name>ConnectionPassword</name><value>{}</value></property>",
    "<Password><Value>{}</Value></Password>",
    "<key>password</key>\n<string>{}</string>",
    'variable "db_password" {{\n  type = string\n  default = "{}"\n}}',
    'set {{\n  name  = "auth.rootPassword"\n  value = "{}"\n}}',
    "password: |\n      {}",
    "password: >-\n  {}",
    "define('DB_PASSWORD', '{}');",
    'props.setProperty("password", "{}");',
    'ds.setPassword("{}");',
    "ENV DB_PASSWORD {}",
    "set -x DB_PASSWORD {}",
    "setx DB_PASSWORD {} /M",
    "keytool -storepass {}",
]
COMMANDS = [
    "CREATE USER app IDENTIFIED BY '{}';",
    "ALTER USER app WITH PASSWORD '{}';",
    "SET PASSWORD FOR 'x' = '{}'",
    "sqlplus scott/{}@ORCL",
    "requirepass {}",
    "masterauth {}",
    "AUTH {}",
    "ldapsearch -D cn=x -w {}",
    "7z a -p{} x",
    "sqlcmd -S h -U sa -P {}",
    "plink -ssh root@h -pw {}",
    "xfreerdp /u:bob /p:{} /v:h",
    "net use z: \\\\srv\\d {} /user:corp\\bob",
    "smbclient //h/s -U bob%{}",
    "echo 'root:{}' | chpasswd",
    "echo {} | sudo -S reboot",
    "htpasswd -bc .htpasswd admin {}",
    "username admin password 0 {}",
    "gh secret set DB_PASSWORD --body {}",
    "ConvertTo-SecureString '{}' -AsPlainText -Force",
    "WIFI:T:WPA;S:x;P:{};;",
]
LOGINS = [
    "관리자 계정(admin/{})로 로그인",
    "접속: admin / {}",
    "VPN 계정이에요\nsales01\n{}",
    "와이파이 naru-guest / {}",
    "log in with admin/{}",
    "creds: admin:{}",
    "creds are root / {}",
    "auth=('admin', '{}')",
    "HTTPBasicAuth('admin','{}')",
    'DriverManager.getConnection(url, "app", "{}")',
    "pymysql.connect('h','root','{}','shop')",
]
SENTENCES = [
    "비밀번호 → {}",
    "비밀번호({})",
    "비밀번호는\n```\n{}\n```",
    "*PW* `{}`",
    "**PW** : **{}**",
    "<b>비밀번호</b>: <code>{}</code>",
    "초기 비밀번호는 사번+{}",
    "비번은 동일하게 {} 쓰세요",
    "열람 비밀번호는 생년월일이 아니라 {} 입니다",
    "비 밀 번 호 : {}",
    "I/D : admin  P/W : {}",
    "패스 {}",
    "username jkim, password {}",
    "Your temporary password has been set to {}. Please change it.",
]
SHAPES = [*TABLES, *FIELDS, *COMMANDS, *LOGINS, *SENTENCES]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_password_is_found_in_every_shape_that_people_and_programs_give_it(shape: str) -> None:
    assert any(V in found for found in spans(shape.format(V)))
    assert any(V in found for found in spans(f"전달드립니다.\n\n{shape.format(V)}\n\n확인 부탁드려요."))


drawn = st.builds(
    lambda seed, length: "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=length)),
    st.integers(),
    st.integers(6, 20),
)


@given(st.sampled_from(SHAPES), drawn)
def test_a_value_drawn_at_random_is_never_missed_in_any_shape(shape: str, value: str) -> None:
    value = f"k7{value}4z"
    assert any(value in found for found in spans(shape.format(value)))


@pytest.mark.parametrize(
    "text",
    [
        f"인증번호 {CODE}",
        f"[Web발신] 인증번호[{CODE}]를 입력하세요",
        f"OTP {CODE}",
        f"access code {CODE}",
        f"{CODE} is your verification code.",
        f"G-{CODE}은(는) 계정 인증 코드입니다.",
        "핀번호 " + "4821",
        "도어락 번호는 " + "58213#이에요",
        "현관 비밀번호 " + "*4821# 입니다",
        "공동현관은 호출 말고 " + "#1234* 누르세요",
        "복구 코드: " + "a1b2c-3d4e5 f6g7h-8i9j0",
        "Backup codes:\n1. " + "4821 9931\n2. 5512 0031",
        "2FA secret " + "JBSWY3DP" * 2,
        "Google Authenticator 키: " + "jbsw y3dp ehpk 3pxp",
        "시드 구문: " + "legal winner thank year wave sausage " * 2,
        "recovery phrase:\n" + " ".join(f"{n}. {w}" for n, w in enumerate(("wave", "legal", "useful") * 4, 1)),
        "private key 0x" + "9f3a" * 16,
        "라이선스 키: " + "ABCD1-12345-FGHIJ-67890-KLMNO",
        "비밀번호는 '" + "나루2026!' 입니다",
        "비밀번호: " + "나루2026!",
        "admin:$apr1$" + "aB3dE6gH$" + "a1B2" * 5 + "ab",
        "userPassword: {SSHA}" + "a1B2" * 8,
        "_auth=" + base64.b64encode(b"bob:hunter22").decode(),
        '{"auths":{"reg":{"auth":"' + base64.b64encode(b"bob:hunter22").decode() + '"}}}',
        "enable password 7 " + "094F471A" + "1A0A",
        "snmp-server community " + "n4ruRO RO",
        '{"kty":"EC","crv":"P-256","d":"' + "a1B2" * 10 + '"}',
    ],
)
def test_a_code_a_seed_or_a_hash_is_found_behind_what_it_is_called(text: str) -> None:
    assert spans(text)
    assert spans(f"안녕하세요.\n{text}")


def _keys() -> dict[str, str]:
    curve = ec.generate_private_key(ec.SECP256R1())
    edwards = ed25519.Ed25519PrivateKey.generate()
    prime = rsa.generate_private_key(65537, 2048)
    locked = serialization.BestAvailableEncryption(b"x" * 12)
    old, new, ssh = PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8, PrivateFormat.OpenSSH
    made = {
        "rsa": prime.private_bytes(Encoding.PEM, old, NoEncryption()),
        "rsa in pkcs8": prime.private_bytes(Encoding.PEM, new, NoEncryption()),
        "rsa, locked": prime.private_bytes(Encoding.PEM, new, locked),
        "curve": curve.private_bytes(Encoding.PEM, old, NoEncryption()),
        "curve in pkcs8": curve.private_bytes(Encoding.PEM, new, NoEncryption()),
        "curve, locked": curve.private_bytes(Encoding.PEM, new, locked),
        "edwards": edwards.private_bytes(Encoding.PEM, new, NoEncryption()),
        "openssh": edwards.private_bytes(Encoding.PEM, ssh, NoEncryption()),
    }
    return {name: pem.decode().strip() for name, pem in made.items()}


def test_a_private_key_without_its_first_and_last_line_is_one() -> None:
    for name, pem in _keys().items():
        body = pem.split("\n")[1:-1]
        for shape in ("\n".join(body), "".join(body), "> " + "\n> ".join(body), "\\n".join(body)):
            assert spans(f"키입니다 {shape}"), name


@pytest.mark.parametrize("dashes", ["—", "", "--", "-----"])
def test_the_dashes_around_a_private_key_do_not_matter(dashes: str) -> None:
    for name, pem in _keys().items():
        assert spans(pem.replace("-----", dashes)), name


def test_a_public_key_and_a_certificate_are_no_secret() -> None:
    public = rsa.generate_private_key(65537, 2048).public_key()
    pem = public.public_bytes(Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    assert spans(pem) == []
    assert spans("\n".join(pem.split("\n")[1:-2])) == []


def test_a_putty_key_is_found_though_its_end_is_cut_off() -> None:
    head = "PuTTY-User-Key-" + "File-3: ssh-rsa\nEncryption: none\nPublic-Lines: 1\nAAAAB3Nz\nPrivate-Lines: 8\n"
    assert spans(head + "vAV8DnRl" * 8)


HARMLESS = [
    "비밀번호를 잊어버렸는데 어떻게 초기화하나요?",
    "비밀번호 변경 주기는 90일이고 최근 3개는 다시 쓸 수 없습니다.",
    "비밀번호는 영문, 숫자, 특수문자를 섞어 10자 이상으로 만드세요.",
    "비밀번호 정책은 ISO27001 기준을 따릅니다.",
    "비밀번호(영문+숫자 8-16자)를 입력하세요.",
    "비밀번호 5회 오류 시 30분 동안 잠깁니다.",
    "비밀번호를 메신저로 보내지 마세요.",
    "VPN 비밀번호는 AD2019 계정과 같습니다.",
    "Office365 비밀번호를 바꾸려면 어디로 가야 하나요?",
    "비밀번호 관리자로 1Password를 씁니다.",
    "비밀번호 초기화는 HR4U 시스템에서 신청하세요.",
    "비밀번호는 사번과 생년월일 조합이 아니어야 합니다.",
    "비번 까먹었어요. 도와주세요",
    "와이파이 비번 어디서 볼 수 있어요?",
    "와이파이 비밀번호는 2층 게시판에 붙어 있습니다.",
    "와이파이: 5GHz 대역을 쓰세요",
    "회의실 와이파이 이름은 naru-guest 입니다.",
    "패스워드는 SHA-256으로 해시해서 저장합니다.",
    "패스워드 입력 창이 안 떠요 (Windows 11)",
    "암호화 방식은 AES256-GCM 입니다.",
    "암호(WPA2)를 쓰는 무선랜만 허용합니다.",
    "암호를 걸어 둔 zip 파일은 압축을 풀 수 없습니다.",
    "암호 알고리즘은 ARIA256과 SEED128입니다.",
    "토큰은 30분 뒤에 만료됩니다.",
    "토큰 한도는 4096개입니다.",
    "토큰 발급은 개발자 포털에서 하세요.",
    "API 키는 어디서 발급받나요?",
    "API 키를 코드에 넣지 마시고 Vault에 두세요.",
    "인증번호가 안 와요",
    "인증번호 6자리를 입력하세요.",
    "인증번호는 3분 동안 유효합니다.",
    "인증번호 재발송은 1일 5회까지입니다.",
    "OTP 기기를 잃어버렸어요",
    "OTP 번호는 30초마다 바뀝니다.",
    "OTP 6자리를 넣어 주세요",
    "OTP 2026년형 기기로 바꿉니다.",
    "보안코드는 카드 뒷면 3자리입니다.",
    "핀번호는 4자리 이상으로 정하세요.",
    "PIN 번호를 5회 틀리면 잠깁니다.",
    "도어락 배터리 교체는 누구에게 말하나요?",
    "현관 출입은 사원증으로 합니다.",
    "출입문 번호판이 떨어졌어요",
    "출입증 번호는 사번과 같습니다.",
    "금고 열쇠는 총무팀에 있습니다.",
    "복구 코드는 인쇄해서 금고에 두세요.",
    "복구 코드를 다시 받으려면 관리자에게 요청하세요.",
    "백업 코드 저장소는 GitLab입니다.",
    "2단계 인증을 켜는 방법을 알려 주세요.",
    "2FA는 2026-03-01부터 필수입니다.",
    "계정: 인사팀에서 만들어 줍니다.",
    "계정(AWS/GCP) 신청은 Jira로 하세요.",
    "계정 신청/변경/해지는 포털에서 합니다.",
    "접속: intranet.naru.example/login2 로 오세요",
    "접속: https://wiki.naru.example/IT/vpn1",
    "로그인: 09:00/18:00 기록이 근태에 반영됩니다.",
    "로그인 방법은 SSO/SAML2 두 가지입니다.",
    "아이디/비밀번호 찾기 메뉴가 안 보여요.",
    "아이디, 비밀번호, 이메일을 입력하세요.",
    "ID와 PW를 같이 보내지 마세요.",
    "ID/PW를 재발급해 주세요",
    "| 항목 | 비밀번호 | 비고 |",
    "| 비밀번호 | 90일마다 변경 | 필수 |",
    "| Password | Required | string |",
    "password: string (required)",
    "How do I reset my password?",
    "Passwords expire after 90 days and must be 12 characters long.",
    "The password is encrypted at rest with AES256.",
    "The password is required to be at least 10 characters.",
    "My password isn't working on Windows10.",
    "Password rotation moved to Q3-2026.",
    "The password policy follows NIST SP800-63B.",
    "Password managers such as 1Password or Bitwarden are allowed.",
    "Never share your password on Slack.",
    "What's the wifi password policy for guests?",
    "I forgot my Office365 password, what now?",
    "The token expires in 3600 seconds.",
    "Where do I get an access token for GitLab?",
    "The access code of conduct training is due.",
    "Access code reviews happen on Tuesday.",
    "Security code review: 2024 findings",
    "Your verification code is sent by SMS.",
    "The door code changes every month.",
    "Recovery codes are in the safe on floor 2.",
    "We keep backup codes in 1Password since 2024-05-01.",
    "Use the authenticator app for MFA.",
    "The seed phrase of a wallet must never be typed into a web page because anyone who sees it owns the money.",
    "The mnemonic is a row of words that people write down on paper when they set up their wallet.",
    "log in with SSO",
    "Log in with your company account (Google/Okta).",
    "Log in as admin/owner to see this page.",
    "Sign in to Jira/Confluence with SAML2.",
    "account: sales/marketing",
    "credentials: ask the platform team",
    "Credentials are stored in secrets/prod/db1.",
    "PASSWORD reset requested",
    "password field in v2beta1 of the API",
    "secret santa 2026",
    "The secret of our success is a team of 25people.",
    "KTX 패스 2026년판 나왔나요?",
    "PASS 앱으로 본인인증 했어요",
    "하이패스 카드 잔액은 12,500원입니다.",
    "패스트푸드 쿠폰 코드 4821장 남음",
    "쿠폰 코드는 NARU2026 입니다.",
    "사내 암호 동호회는 매주 수요일 19:00입니다.",
    "영업 2팀 비번 근무자는 3명입니다.",
    "비번인 날에는 연락하지 않습니다.",
    "지갑을 잃어버렸어요",
    "private key 파일은 어디에 두나요?",
    "ENV 파일에 DB_PASSWORD 가 없어요",
    "set DB_PASSWORD before you start",
    "`password` 필드는 VARCHAR(255)입니다.",
    "AUTH 서버가 죽었어요",
    "auth=None 으로 하면 됩니다",
    "IDENTIFIED BY 구문은 어떻게 쓰나요?",
    "ALTER USER app WITH PASSWORD 문법이 궁금합니다",
    "zip -P 옵션은 안전하지 않습니다",
    "name: DB_PASSWORD\\n valueFrom: secretKeyRef",
    '{"name":"DB_PASSWORD","valueFrom":"arn:aws:ssm:param1"}',
]


@pytest.mark.parametrize("text", HARMLESS)
def test_who_only_speaks_of_passwords_gives_none_away(text: str) -> None:
    assert spans(text) == []


def test_a_hundred_sentences_about_passwords_were_tried() -> None:
    assert len(HARMLESS) >= 100


@pytest.mark.parametrize(
    "text",
    [
        "| 비밀번호 " * 10_000,
        "비밀번호,pw\n" * 8_000,
        "비밀번호\n" * 16_000,
        "<td>pw" * 12_000,
        "name: pw " * 10_000 + "value",
        "name=a,,,,, " * 8_000 + "value default",
        "password pass " * 7_000,
        "계정 a/" * 16_000,
        "login('a','b" * 8_000,
        "복구 코드 " * 15_000,
        "otp " * 25_000,
        "seed phrase " + "word " * 19_000,
        ("-----BEGIN " + "PRIVATE KEY") * 4_500,
        "Private-Lines: 1\n" * 5_000 + "PuTTY-User-" + "Key-File-3: abc\n" * 5_000,
        "MIIEvQIBAAKB" * 8_000,
        "echo a | " * 10_000 + "sudo - passwd",
        "identified by password " * 4_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_table_or_a_list_that_is_made_to_be_slow_is_not(text: str) -> None:
    assert_text_costs_its_length(find, text)
