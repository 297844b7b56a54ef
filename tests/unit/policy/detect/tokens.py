"""A token of each documented format, put together here: nothing that looks like a live one may stand in the project."""

from __future__ import annotations

import random
import string

_RANDOM = random.Random(20261122)
_LOWER = string.ascii_lowercase + string.digits
_UPPER = string.ascii_uppercase + string.digits
_BOTH = string.ascii_letters + string.digits


def _drawn(length: int, alphabet: str = _BOTH) -> str:
    # Begins with a letter and holds a digit and both cases, as nearly all of that length do.
    fixed = "a1" if alphabet != _UPPER else "A1"
    return fixed + "".join(_RANDOM.choices(alphabet, k=length - 2))


def hexa(length: int) -> str:
    return _drawn(length, "0123456789abcdef")


def mixed(length: int) -> str:
    return _drawn(length)


def lower(length: int) -> str:
    return _drawn(length, _LOWER)


def upper(length: int) -> str:
    return _drawn(length, _UPPER)


def uuid() -> str:
    return "-".join((hexa(8), hexa(4), hexa(4), hexa(4), hexa(12)))


TOKENS = {
    "openai": "sk-" + "a" * 48,
    "openai project": "sk-" + "proj-" + "aB3" * 20,
    "anthropic": "sk-" + "ant-api03-" + "aB3" * 30,
    "aws": "AK" + "IA" + "ABCDEFGH" * 2,
    "aws session": "AS" + "IA" + upper(16),
    "aws bedrock": "AB" + "SK" + mixed(128),
    "google": "AI" + "za" + "aB3de" * 7,
    "google oauth": "GOC" + "SPX-" + mixed(28),
    "google access": "ya" + "29." + mixed(120),
    "azure client": mixed(3) + "8Q" + "~" + mixed(34),
    "azure storage": mixed(76) + "+AS" + "t" + mixed(6) + "==",
    "azure ai": mixed(52) + "JQ" + "QJ99" + mixed(24),
    "azure shared access signature": "si" + "g=" + mixed(43) + "%3D",
    "naver cloud": "ncp" + "_iam_" + mixed(34),
    "alibaba": "LT" + "AI" + mixed(20),
    "tencent": "AK" + "ID" + mixed(32),
    "digitalocean": "dop" + "_v1_" + hexa(64),
    "heroku": "HR" + "KU-" + uuid(),
    "fly.io": "fo" + "1_" + mixed(43),
    "vercel": "vc" + "p_" + mixed(56),
    "netlify": "nf" + "p_" + mixed(36),
    "cloudflare origin": "v1" + ".0-" + hexa(24) + "-" + hexa(146),
    "cloudflare": "cf" + "ut_" + mixed(48),
    "openshift": "sha256" + "~" + mixed(43),
    "github": "gh" + "p_" + "aB3" * 12,
    "github fine-grained": "github" + "_pat_" + "aB3" * 20,
    "gitlab": "gl" + "pat-" + "aB3x" * 5,
    "gitlab routable": "gl" + "pat-" + mixed(27) + ".01." + lower(9),
    "gitlab runner": "GR" + "1348941" + mixed(20),
    "bitbucket": "AT" + "BB" + mixed(32),
    "sourcegraph": "sg" + "p_" + hexa(40),
    "npm": "npm" + "_" + "aB3" * 12,
    "pypi": "pypi-" + "AgE" + "aB3" * 20,
    "rubygems": "ruby" + "gems_" + hexa(48),
    "nuget": "oy" + "2" + lower(43),
    "crates.io": "ci" + "o" + mixed(32),
    "clojars": "CLO" + "JARS_" + hexa(60),
    "docker hub": "dc" + "kr_pat_" + mixed(27),
    "artifactory": "AK" + "Cp" + mixed(69),
    "sonarqube": "sq" + "p_" + hexa(40),
    "buildkite": "bk" + "ua_" + hexa(40),
    "circleci": "CCI" + "PAT_" + mixed(22) + "_" + hexa(40),
    "harness": "pat" + "." + mixed(22) + "." + hexa(24) + "." + mixed(20),
    "terraform": mixed(14) + ".atlas" + "v1." + mixed(67),
    "vault": "hv" + "s." + mixed(90),
    "vault before 1.10": "s" + "." + mixed(24),
    "doppler": "dp" + ".pt." + mixed(43),
    "pulumi": "pu" + "l-" + hexa(40),
    "databricks": "da" + "pi" + hexa(32),
    "snowflake": "ver:" + "1-hint:1234567-" + mixed(120),
    "confluent": "cf" + "lt" + mixed(60),
    "planetscale": "psc" + "ale_tkn_" + mixed(43),
    "supabase": "sb" + "p_" + hexa(40),
    "neon": "na" + "pi_" + lower(64),
    "prefect": "pn" + "u_" + mixed(36),
    "infracost": "ic" + "o-" + mixed(32),
    "clickhouse": "4b" + "1d" + mixed(38),
    "1password": "op" + "s_eyJ" + mixed(300),
    "1password secret key": "A3" + "-" + "-".join((upper(6), upper(6), *(upper(5) for _ in range(4)))),
    "tailscale": "ts" + "key-auth-" + mixed(14) + "-" + mixed(30),
    "age": "AGE-" + "SECRET-KEY-1" + "QPZRY9X8" * 7 + "QP",
    "openrouter": "sk-" + "or-v1-" + hexa(64),
    "langsmith": "ls" + "v2_pt_" + hexa(32) + "_" + hexa(10),
    "hugging face": "h" + "f_" + "aB" * 17,
    "replicate": "r" + "8_" + mixed(37),
    "perplexity": "pp" + "lx-" + mixed(48),
    "groq": "gs" + "k_" + mixed(52),
    "xai": "xa" + "i-" + mixed(80),
    "nvidia": "nv" + "api-" + mixed(64),
    "slack bot": "xo" + "xb-" + "1" * 12 + "-" + "2" * 12 + "-" + "aB3" * 8,
    "slack refresh": "xo" + "xe-1-" + mixed(146),
    "slack app": "xa" + "pp-1-A0123456789-1234567890123-" + hexa(64),
    "slack webhook": "https://hooks.slack" + ".com/services/T0000000A/B0000000A/" + "aB3" * 8,
    "discord": "MT" + mixed(22) + "." + mixed(6) + "." + mixed(38),
    "discord webhook": "https://discord.com/api/web" + "hooks/123456789012345678/" + mixed(68),
    "telegram": "123456789" + ":AA" + mixed(33),
    "twilio": "S" + "K" + hexa(32),
    "sendgrid": "S" + "G." + mixed(22) + "." + mixed(43),
    "mailgun": "ke" + "y-" + hexa(32),
    "mailchimp": hexa(32) + "-u" + "s12",
    "brevo": "xkey" + "sib-" + hexa(64) + "-" + mixed(16),
    "hubspot": "pa" + "t-na1-" + uuid(),
    "linear": "lin" + "_api_" + mixed(40),
    "notion": "nt" + "n_" + mixed(46),
    "atlassian": "AT" + "ATT3" + mixed(180),
    "asana": "1/" + "1234567890123456" + ":" + hexa(32),
    "airtable": "pa" + "t" + mixed(14) + "." + hexa(64),
    "figma": "fi" + "gd_" + mixed(40),
    "dropbox": "sl" + "." + mixed(140),
    "contentful": "CF" + "PAT-" + mixed(43),
    "mapbox": "sk" + ".eyJ" + mixed(80) + "." + mixed(22),
    "postman": "PM" + "AK-" + hexa(24) + "-" + hexa(34),
    "stripe": "sk" + "_live_" + "aB3" * 8,
    "stripe webhook": "wh" + "sec_" + mixed(32),
    "toss payments": "live" + "_gsk_" + mixed(32),
    "square": "sq" + "0atp-" + mixed(22),
    "braintree": "access" + "_token$production$" + lower(16) + "$" + hexa(32),
    "shopify": "shp" + "at_" + hexa(32),
    "plaid": "acc" + "ess-production-" + uuid(),
    "grafana": "gl" + "sa_" + mixed(32) + "_" + hexa(8),
    "new relic": "NR" + "AK-" + upper(27),
    "sentry": "sn" + "tryu_" + hexa(64),
    "dynatrace": "dt" + "0c01." + upper(24) + "." + upper(64),
    "facebook": "EA" + "AC" + mixed(150),
    "kakao": "Kakao" + "AK " + hexa(32),
    "jwt": "ey" + "J" + "aB3" * 8 + ".ey" + "J" + "aB3" * 8 + "." + "aB3" * 8,
    "password hash": "$2" + "b$12$" + mixed(53),
    "private key": "-----BEGIN " + "RSA PRIVATE KEY-----\n" + "aB3+" * 20 + "\n-----END RSA PRIVATE KEY-----",
    "pgp key": "-----BEGIN " + "PGP PRIVATE KEY BLOCK-----\n\n" + "aB3+" * 20 + "\n-----END PGP PRIVATE KEY BLOCK-----",
    "ssh2 key": "---- BEGIN " + "SSH2 ENCRYPTED PRIVATE KEY ----\n" + "aB3+" * 20,
    "putty key": "PuTTY-User-" + "Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n"
    + mixed(40) + "\nPrivate-MAC: " + hexa(64),
}  # fmt: skip

ASSIGNED_TO_AN_ISSUER = {
    "aws": "AWS_SECRET_ACCESS_KEY=" + mixed(40),
    "azure storage": "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + mixed(86) + "==;",
    "azure service bus": "Endpoint=sb://a/;SharedAccessKeyName=Root;SharedAccessKey=" + mixed(43) + "=",
    "naver": "네이버 Client Secret: " + mixed(10),
    "naver cloud": "x-ncp-apigw-api-key: " + mixed(40),
    "kakao": "카카오 REST API 키: " + hexa(32),
    "data.go.kr": "https://apis.data.go.kr/x?serviceKey=" + mixed(86) + "%3D%3D&pageNo=1",
    "datadog": "DD_API_KEY=" + hexa(32),
    "heroku": "heroku_api_key: " + uuid(),
    "okta": "OKTA_API_TOKEN=00" + mixed(40),
    "auth0": "AUTH0_CLIENT_SECRET=" + mixed(64),
    "rollbar": "rollbar.accessToken = '" + hexa(32) + "'",
    "pagerduty": "pagerduty_token: " + mixed(20),
    "zendesk": "zendesk secret: " + mixed(40),
    "intercom": "INTERCOM_TOKEN=" + mixed(60),
    "algolia": "algoliaApiKey: '" + hexa(32) + "'",
    "cohere": "CO_API_KEY=" + mixed(40),
    "ibm": "ibm-cloud-key: " + mixed(44),
    "meraki": "meraki: " + hexa(40),
}
