"""The formats in which issuers hand out keys and tokens: a table.

Each is what the issuer's documentation, or the issuer's entry in the secret-scanning programmes of GitHub and
GitLab, says of it. Lengths are capped, so that no run of characters is read from more than a bounded number of starts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FREE = r"(?<![A-Za-z0-9])"
_END = r"(?![A-Za-z0-9])"


@dataclass(frozen=True, slots=True)
class Token:
    """A token that can be told by itself. keywords: one of them, in this case, is in every text that matches.

    crossed_out: whether a body of nothing but x counts too, because such a line is in use more often than in a manual.
    """

    issuer: str
    keywords: tuple[str, ...]
    pattern: re.Pattern[str]
    crossed_out: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A value without a mark of its own, that is a key where it is assigned to a name that holds its issuer's.

    names: in lower case and snake case; each begins a word of the name.
    """

    issuer: str
    names: tuple[str, ...]
    value: re.Pattern[str]


def _token(issuer: str, keywords: str, pattern: str, *, crossed_out: bool = False) -> Token:
    return Token(issuer, tuple(keywords.split()), re.compile(_FREE + pattern), crossed_out)


def _named(issuer: str, names: str, value: str) -> Named:
    return Named(issuer, tuple(names.split()), re.compile(rf"(?:{value}){_END}"))


_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_ANY = r"[A-Za-z0-9_-]"

TOKENS: tuple[Token, ...] = (
    # Clouds
    _token("aws", "AKIA ASIA ABIA ACCA A3T", rf"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{{16}}{_END}"),
    _token("aws bedrock", "ABSK", r"ABSK[A-Za-z0-9+/]{100,200}={0,2}"),
    _token("aws bedrock", "bedrock-api-key-", r"bedrock-api-key-[A-Za-z0-9+/=]{24,2000}"),
    _token("aws cognito", ".oa2-cs.", r"amzn1?\.oa2-cs\.v1\.[0-9a-f]{64}"),
    _token("google", "AIza", rf"AIza{_ANY}{{35}}"),
    _token("google", "GOCSPX-", rf"GOCSPX-{_ANY}{{28}}"),
    _token("google", "ya29.", r"ya29\.[A-Za-z0-9_.-]{30,2000}"),
    _token("google", "1//0", rf"1//0{_ANY}{{40,200}}"),
    _token("azure", "Q~", r"(?<![~._-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])"),
    _token("azure storage", "+ASt", r"[A-Za-z0-9+/]{70,90}\+ASt[A-Za-z0-9+/]{3,10}={0,2}"),
    _token("azure", "JQQJ99", r"[A-Za-z0-9]{50,56}JQQJ99[A-Za-z0-9]{20,30}"),
    _token("azure signature", "sig=", r"sig=[A-Za-z0-9%+/]{40,80}(?:%3[Dd]|=)"),
    _token("azure devops", "AZDO", rf"[A-Za-z0-9]{{70,80}}AZDO[A-Za-z0-9]{{4}}{_END}"),
    _token("alibaba", "LTAI", rf"LTAI[A-Za-z0-9]{{12,26}}{_END}"),
    _token("tencent", "AKID", rf"AKID[A-Za-z0-9]{{32}}{_END}"),
    _token("naver cloud", "ncp_iam_", r"ncp_iam_[A-Za-z0-9]{20,60}"),
    _token("yandex", "AQVN", rf"AQVN{_ANY}{{35,38}}"),
    _token("yandex", "y0_A t1.", rf"(?:y0_A{_ANY}{{40,80}}|t1\.[A-Z0-9a-z_-]{{10,600}}={{0,2}}\.[A-Z0-9a-z_-]{{86}})"),
    _token("digitalocean", "_v1_", r"do[oprt]_v1_[0-9a-f]{64}"),
    _token("heroku", "HRKU-", rf"HRKU-(?:AA{_ANY}{{58}}|{_UUID})"),
    _token("fly.io", "fo1_ fm1 fm2_", rf"(?:fo1_{_ANY}{{43}}|fm(?:1[ar]|2)_[A-Za-z0-9+/]{{60,2000}}={{0,3}})"),
    _token("vercel", "vcp_ vci_ vca_ vcr_ vck_", r"vc[piark]_[A-Za-z0-9]{24,80}"),
    _token("netlify", "nfp_ nfc_ nfo_ nfu_", r"nf[pcou]_[A-Za-z0-9]{36,60}"),
    _token("cloudflare", "v1.0-", r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}"),
    _token("cloudflare", "cfut_ cfat_ cfk_", rf"cf(?:ut|at|k)_{_ANY}{{40,80}}"),
    _token("render", "rnd_", rf"rnd_[A-Za-z0-9]{{28,40}}{_END}"),
    _token("scalingo", "tk-us-", rf"tk-us-{_ANY}{{48}}"),
    _token("openshift", "sha256~", rf"sha256~{_ANY}{{43}}"),
    # Code and packages
    _token("github", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,255}"),
    _token("github", "github_pat_", r"github_pat_[A-Za-z0-9_]{22,255}"),
    _token(
        "gitlab",
        "gl",
        rf"gl(?:pat|dt|rtr?|ptt|soat|imt|agent|cbt|ft|ffct|oas|wt)-{_ANY}{{20,300}}(?:\.[0-9a-z.]{{2,30}})?",
    ),
    _token("gitlab", "GR1348941", rf"GR1348941{_ANY}{{20,60}}"),
    _token("gitlab", "_gitlab_session=", r"_gitlab_session=[0-9a-z]{32}"),
    _token("bitbucket", "ATBB BBDC-", rf"(?:ATBB[A-Za-z0-9]{{32}}|BBDC-[A-Za-z0-9+]{{40,50}}){_END}"),
    _token("sourcegraph", "sgp_", rf"sgp_(?:[A-Fa-f0-9]{{16}}_|local_)?[A-Fa-f0-9]{{40}}{_END}"),
    _token("sourcegraph", "slk_ sgd_ sgs_", r"(?:slk|sgd|sgs)_[0-9a-f]{64}"),
    _token("npm", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _token("npm", ":_authToken", r"[a-z0-9.-]{0,200}/:_authToken=[A-Za-z0-9_+/=-]{12,200}", crossed_out=True),
    _token("pypi", "pypi-AgE", rf"pypi-AgE{_ANY}{{50,300}}"),
    _token("rubygems", "rubygems_", r"rubygems_[0-9a-f]{48}"),
    _token("nuget", "oy2", rf"oy2[a-z0-9]{{43}}{_END}"),
    _token("crates.io", "cio", rf"cio[A-Za-z0-9]{{32}}{_END}"),
    _token("clojars", "CLOJARS_", r"CLOJARS_[0-9a-zA-Z]{60}"),
    _token("hex.pm", "hexpm_", r"hexpm_[A-Za-z0-9_-]{20,80}"),
    _token("docker hub", "dckr_", rf"dckr_(?:pat|oat)_{_ANY}{{20,60}}"),
    _token(
        "artifactory",
        "AKC AP",
        r"(?<![+/_-])(?:AKC[A-Za-z0-9]{10,100}|AP(?=[0-9]|[A-F][A-Za-z]{0,90}[0-9]|[A-F]x{8})[0-9A-F][A-Za-z0-9]{8,100})",
        crossed_out=True,
    ),
    _token("artifactory", "cmVmd", rf"cmVmdGtu[A-Za-z0-9]{{56}}{_END}"),
    _token("sonarqube", "sqp_ squ_ sqa_", r"sq[pua]_[0-9a-f]{40}"),
    _token("buildkite", "bkua_ bkct_ bkpt_", r"bk(?:ua|ct|pt)_[0-9a-zA-Z]{40,64}"),
    _token("circleci", "CCIPAT_ CCIPRJ_", r"CCIP(?:AT|RJ)_[A-Za-z0-9]{22}_[0-9a-f]{40}"),
    _token("octopus deploy", "API-", rf"API-[A-Z0-9]{{26}}{_END}"),
    _token("harness", "pat. sat.", rf"(?:pat|sat)\.{_ANY}{{22}}\.[0-9a-f]{{24}}\.[A-Za-z0-9]{{20}}"),
    # Infrastructure
    _token("terraform", ".atlasv1.", rf"[A-Za-z0-9]{{14}}\.atlasv1\.{_ANY}{{60,80}}"),
    _token("vault", "hvs. hvb. hvr.", rf"hv[sbr]\.{_ANY}{{24,300}}"),
    _token(
        "vault",
        "s.",
        rf"(?<![A-Za-z0-9_.-])s\.(?=[A-Za-z]{{0,23}}[0-9])(?=[0-9a-z]{{0,23}}[A-Z])[A-Za-z0-9]{{24}}{_END}(?![.(_-])",
    ),
    _token("doppler", "dp.", r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}"),
    _token("pulumi", "pul-", rf"pul-[0-9a-f]{{40}}{_END}"),
    _token("databricks", "dapi", rf"dapi[0-9a-f]{{32}}(?:-[0-9])?{_END}"),
    _token("databricks", "dose", rf"dose[0-9a-f]{{32}}{_END}"),
    _token("snowflake", "ver:1-hint:", r"ver:1-hint:[0-9]{1,20}-[A-Za-z0-9+/=]{40,400}"),
    _token("confluent", "cflt", rf"cflt[A-Za-z0-9+/]{{60}}{_END}"),
    _token("planetscale", "pscale_", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}"),
    _token("supabase", "sbp_ sb_secret_", rf"(?:sbp_(?:v0_)?[0-9a-f]{{40}}|sb_secret_{_ANY}{{20,60}})"),
    _token("neon", "napi_", r"napi_[a-z0-9]{50,80}"),
    _token("prefect", "pnu_ pnb_", r"pn[ub]_[A-Za-z0-9]{36}"),
    _token("infracost", "ico-", rf"ico-[A-Za-z0-9]{{32}}{_END}(?!\.)"),
    _token("clickhouse", "4b1d", rf"4b1d[A-Za-z0-9]{{38}}{_END}"),
    _token("1password", "ops_eyJ", r"ops_eyJ[A-Za-z0-9+/]{200,2000}={0,3}"),
    _token("1password", "A3-", r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}"),
    _token("tailscale", "tskey-", r"tskey-[a-z]{2,10}-[A-Za-z0-9_-]{16,80}"),
    _token("age", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-(?:PQ-)?1[AC-HJ-NP-Z02-9]{58,2000}"),
    _token("duffel", "duffel_", r"duffel_(?:test|live)_[A-Za-z0-9_=-]{43}"),
    # Language models
    _token("anthropic", "sk-ant-", rf"sk-ant-{_ANY}{{20,300}}"),
    _token("openai", "sk-", rf"sk-(?:(?:proj|svcacct|admin|None)-{_ANY}{{20,300}}|[A-Za-z0-9]{{32,100}})"),
    _token("openrouter", "sk-or-", r"sk-or-v1-[0-9a-f]{64}"),
    _token("langsmith", "lsv2_ ls__", r"(?:lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}|ls__[0-9a-f]{32})"),
    _token("langfuse", "k-lf-", rf"sk-lf-{_UUID}"),
    _token("hugging face", "hf_ api_org_", r"(?:hf|api_org)_[A-Za-z0-9]{30,60}"),
    _token("replicate", "r8_", rf"r8_[A-Za-z0-9]{{37}}{_END}"),
    _token("perplexity", "pplx-", r"pplx-[A-Za-z0-9]{40,60}"),
    _token("groq", "gsk_", r"gsk_[A-Za-z0-9]{48,60}"),
    _token("xai", "xai-", r"xai-[A-Za-z0-9]{70,90}"),
    _token("fireworks", "fw_", rf"fw_[A-Za-z0-9]{{22,26}}{_END}"),
    _token("nvidia", "nvapi-", rf"nvapi-{_ANY}{{60,70}}"),
    _token("tavily", "tvly-", r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{20,50}"),
    _token("pinecone", "pcsk_", r"pcsk_[A-Za-z0-9]{4,10}_[A-Za-z0-9]{50,80}"),
    _token("weights and biases", "wandb_v1_", r"wandb_v1_[A-Za-z0-9_]{40,120}"),
    # Messages, mail, tickets
    _token("slack", "xox", r"xox[abeoprs]-(?:[0-9]{1,2}-)?(?:[0-9]{5,20}-){1,4}[A-Za-z0-9]{8,64}"),
    _token("slack", "xox", r"xox[ar]-(?:[0-9]-)?[A-Za-z0-9]{10,48}"),
    _token("slack", "xoxe", r"xoxe(?:\.xox[bp])?-[0-9]-[A-Za-z0-9]{50,200}"),
    _token("slack", "xoxd-", r"xoxd-[A-Za-z0-9%/+=]{60,400}"),
    _token("slack", "xapp-", r"xapp-[0-9]-[A-Z0-9]{5,20}-[0-9]{5,20}-[A-Za-z0-9]{16,100}"),
    _token(
        "slack", "hooks.slack", r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[A-Za-z0-9_/+-]{20,80}"
    ),
    _token(
        "teams",
        ".webhook.office.com",
        r"[a-z0-9]{2,60}\.webhook\.office\.com/webhookb2/[A-Za-z0-9@-]{40,90}/[A-Za-z0-9/_-]{30,120}",
    ),
    _token("discord", ".", r"[MNO][A-Za-z0-9]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}(?![A-Za-z0-9_-])"),
    _token(
        "discord", "/webhooks/", rf"discord(?:app)?\.com/api/(?:v[0-9]{{1,2}}/)?webhooks/[0-9]{{17,20}}/{_ANY}{{60,80}}"
    ),
    _token("telegram", ":A", rf"(?:(?<=/)bot)?[0-9]{{8,10}}:A[A-Za-z0-9_-]{{34}}{_END}"),
    _token("twilio", "SK AC", rf"(?:SK|AC)[0-9a-f]{{32}}{_END}"),
    _token("twilio", "SKx ACx", rf"(?:SK|AC)x{{32}}{_END}", crossed_out=True),
    _token("sendgrid", "SG.", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    _token("mailgun", "key-", rf"key-[0-9a-f]{{32}}{_END}"),
    _token("mailgun", "pubkey-", rf"pubkey-[0-9a-f]{{32}}{_END}"),
    _token("mailchimp", "-us", r"[0-9a-f]{32}-us[0-9]{1,2}(?![0-9A-Za-z])"),
    _token("brevo", "xkeysib- xsmtpsib-", r"x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    _token("resend", "re_", r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}"),
    _token("intercom", "dG9r", r"dG9rO[A-Za-z0-9+/]{50,60}={0,2}"),
    _token("hubspot", "pat-", rf"pat-(?:na|eu|ap)[0-9]-{_UUID}"),
    _token("linear", "lin_", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,64}"),
    _token("notion", "ntn_", r"ntn_[A-Za-z0-9]{40,60}"),
    _token("notion", "secret_", rf"secret_[A-Za-z0-9]{{43}}{_END}"),
    _token("atlassian", "ATATT3 ATCTT3 ATSTT3", r"AT[ACS]TT3[A-Za-z0-9_=-]{60,250}"),
    _token("asana", "/", r"[0-9]/[0-9]{10,20}(?:/[0-9]{10,20})?:[0-9a-f]{32}"),
    _token("airtable", "pat", rf"pat[A-Za-z0-9]{{14}}\.[0-9a-f]{{64}}{_END}"),
    _token("figma", "figd_ figdr_ figo_ figor_ figu_ figur_", r"fig(?:d|o|u)r?_[A-Za-z0-9_-]{36,60}"),
    _token("typeform", "tfp_", r"tfp_[A-Za-z0-9_.=-]{40,70}"),
    _token("dropbox", "sl.", rf"sl\.(?:u\.)?{_ANY}{{100,2000}}"),
    _token("contentful", "CFPAT-", rf"CFPAT-{_ANY}{{43}}"),
    _token("mapbox", "sk.eyJ", rf"sk\.eyJ{_ANY}{{40,200}}\.{_ANY}{{20,30}}"),
    _token("postman", "PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    _token("readme", "rdme_", r"rdme_[a-z0-9]{70}"),
    _token("beamer", "b_", r"b_[A-Za-z0-9_=-]{44}(?![A-Za-z0-9_=-])"),
    _token("frame.io", "fio-u-", r"fio-u-[A-Za-z0-9_=-]{64}"),
    _token("intra42", "s-s4t2", r"s-s4t2(?:ud|af)-[0-9a-f]{64}"),
    # Money
    _token("stripe", "k_live_ k_test_ k_prod_", r"(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,99}"),
    _token("stripe", "whsec_", r"whsec_[A-Za-z0-9+/]{24,80}"),
    _token("toss payments", "_sk_ _gsk_", r"(?:test|live)_g?sk_[A-Za-z0-9]{20,60}"),
    _token("square", "sq0 EAAA", rf"(?:sq0(?:atp|csp|idp)-[A-Za-z0-9_\\-]{{22,60}}|EAAA{_ANY}{{60}}{_END})"),
    _token("braintree", "access_token$", r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}"),
    _token("shopify", "shp", r"shp(?:at|ca|pa|ss|ua|tka)_[0-9a-fA-F]{32}"),
    _token("shippo", "shippo_", r"shippo_(?:live|test)_[0-9a-fA-F]{40}"),
    _token("easypost", "EZ", r"EZ[AT]K[A-Za-z0-9]{54}"),
    _token("flutterwave", "FLW", r"FLWSECK(?:_TEST)?-[0-9a-zA-Z-]{12,60}"),
    _token("plaid", "access-", rf"access-(?:sandbox|development|production)-{_UUID}"),
    _token("adyen", "AQE", r"AQE[A-Za-z0-9]{4,20}[A-Za-z0-9+/=*.-]{80,300}"),
    _token("lob", "live_ test_", rf"(?:live|test)_(?:pub_)?[0-9a-f]{{31,35}}{_END}"),
    _token("settlemint", "sm_", r"sm_(?:aat|sat|pat)_[A-Za-z0-9]{16}"),
    # Watching
    _token("grafana", "glc_ glsa_", r"(?:glc_[A-Za-z0-9+/]{32,400}={0,3}|glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8})"),
    _token("grafana", "eyJrIjoi", r"eyJrIjoi[A-Za-z0-9]{70,400}={0,3}"),
    _token("new relic", "NRAK- NRJS- NRRA- NRII- NRAA-", r"NR(?:AK|JS|RA|II|AA)-[A-Za-z0-9-]{19,42}"),
    _token("new relic", "NRAL", rf"[0-9a-f]{{36}}(?:FFFF)?NRAL{_END}"),
    _token("sentry", "sntrys_ sntryu_", r"sntry(?:s_[A-Za-z0-9+/_=-]{60,400}|u_[0-9a-f]{64})"),
    _token("dynatrace", "dt0", r"dt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    _token("pagerduty", "y_NBAQ u+", r"(?:u\+[A-Za-z0-9_+-]{18}|y_NBAQ[A-Za-z0-9_+-]{10,20})"),
    _token("posthog", "phx_", r"phx_[A-Za-z0-9]{40,60}"),
    _token("launchdarkly", "sdk- api- mob-", rf"(?:sdk|api|mob)-{_UUID}"),
    _token("honeycomb", "hc", rf"hc[a-z]i[ck]_[a-z0-9]{{58}}{_END}"),
    # People and pictures
    _token("facebook", "EAA", r"EAA[A-Za-z0-9]{60,400}"),
    _token("facebook", "|", r"[0-9]{15,16}\|[A-Za-z0-9_-]{27,40}"),
    _token("twitter", "AAAAAAAAAAAAAAAAAAAA", r"A{20,22}[A-Za-z0-9%]{80,110}"),
    _token("linkedin", "WPL_AP1.", r"WPL_AP1\.[A-Za-z0-9]{16}\.[A-Za-z0-9+/=]{6,12}"),
    _token("maxmind", "_mmk", rf"[A-Za-z0-9]{{6}}_[A-Za-z0-9]{{29}}_mmk{_END}"),
    _token("ubidots", "BBFF-", r"BBFF-[A-Za-z0-9]{30}"),
    _token("adobe", "p8e-", r"p8e-[A-Za-z0-9]{32}"),
    _token("softlayer", "softlayer.com/", r"api\.softlayer\.com/(?:soap|rest|xmlrpc)/v3(?:\.1)?/[0-9a-z]{64}"),
    # Whoever signs
    # Its own look-behind: from each "eyJ" inside a long run the scan would start anew.
    _token(
        "jwt",
        "eyJ",
        r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,8000}(?:\.[A-Za-z0-9_-]{0,2000}){0,3}",
    ),
    # crypt(5) and the PHC string format: a weak password is soon found behind either.
    _token("password hash", "$2", r"\$2[abxy]\$[0-9]{2}\$[./A-Za-z0-9]{53}"),
    _token("password hash", "$1$ $5$ $6$ $y$", r"\$[156y]\$[./A-Za-z0-9$=,]{1,40}\$[./A-Za-z0-9]{22,90}"),
    _token("password hash", "$apr1$", r"\$apr1\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}"),
    # RFC 2307; the second is how Django keeps them.
    _token("password hash", "{S {MD5}", r"\{(?:SSHA|SHA|SMD5|MD5)(?:256|384|512)?\}[A-Za-z0-9+/]{20,120}={0,2}"),
    _token(
        "password hash", "pbkdf2_", r"pbkdf2_sha(?:1|256)\$[0-9]{1,8}\$[A-Za-z0-9]{1,64}\$[A-Za-z0-9+/]{20,90}={0,2}"
    ),
    # BIP-32: a wallet's extended private key.
    _token("wallet", "prv", rf"[xyz]prv[1-9A-HJ-NP-Za-km-z]{{107}}{_END}"),
    _token(
        "password hash",
        "$argon2",
        r"\$argon2(?:id|i|d)\$v=[0-9]{1,3}\$[a-z0-9=,]{3,40}\$[A-Za-z0-9+/]{8,90}\$[A-Za-z0-9+/]{16,120}",
    ),
)

NAMED: tuple[Named, ...] = (
    _named("aws", "aws secret_access", r"[A-Za-z0-9+/]{40}"),
    _named("azure", "accountkey account_key sharedaccesskey shared_access_key", r"[A-Za-z0-9+/]{42,90}={0,2}"),
    _named("naver", "naver 네이버 ncp ncloud x_ncp", r"[A-Za-z0-9_]{10}|[A-Za-z0-9]{20}|[A-Za-z0-9]{40}"),
    _named("kakao", "kakao 카카오", r"[0-9a-f]{32}|[A-Za-z0-9]{32}"),
    _named("portone", "imp portone iamport", r"[0-9a-zA-Z_-]{16,120}"),
    _named("data.go.kr", "servicekey service_key 서비스키", r"[A-Za-z0-9%+/=]{60,140}"),
    _named("alibaba", "alibaba aliyun 알리바바", r"[A-Za-z0-9]{30}"),
    _named("tencent", "tencent qcloud", r"[A-Za-z0-9]{32}"),
    _named("datadog", "datadog dd_api dd_app ddog", r"[0-9a-z]{32}|[0-9a-z]{40}"),
    _named("cloudflare", "cloudflare cf_api", r"[A-Za-z0-9_-]{40}|[0-9a-f]{37}"),
    _named("heroku", "heroku", _UUID),
    _named("digitalocean", "digitalocean", r"[0-9a-f]{64}"),
    _named("fastly", "fastly", r"[A-Za-z0-9_=-]{32}"),
    _named("bitbucket", "bitbucket", r"[A-Za-z0-9]{32}|[A-Za-z0-9_=-]{64}"),
    _named("atlassian", "atlassian jira confluence", r"[A-Za-z0-9]{24}"),
    _named("asana", "asana", r"[0-9]{16}|[0-9a-z]{32}"),
    _named("zendesk", "zendesk", r"[A-Za-z0-9]{40}"),
    _named("intercom", "intercom", r"[A-Za-z0-9=_-]{60}"),
    _named("hubspot", "hubspot", _UUID),
    _named("okta", "okta", r"00[A-Za-z0-9_-]{40}"),
    _named("auth0", "auth0", r"[A-Za-z0-9_-]{64}"),
    _named("algolia", "algolia", r"[0-9a-z]{32}"),
    _named("contentful", "contentful", r"[A-Za-z0-9_=-]{43}"),
    _named("dropbox", "dropbox", r"[A-Za-z0-9]{15}|[A-Za-z0-9_=-]{11}AAAAAAAAAA[A-Za-z0-9_=-]{43}"),
    _named("rollbar", "rollbar", r"[0-9a-f]{32}"),
    _named("sentry", "sentry", r"[0-9a-f]{64}"),
    _named("pagerduty", "pagerduty", r"[A-Za-z0-9+_-]{20}"),
    _named("new relic", "new_relic newrelic", r"[0-9a-f]{40}|[A-Za-z0-9]{47,64}"),
    _named("snyk", "snyk", _UUID),
    _named("sonar", "sonar", r"[0-9A-Za-z=_-]{40}"),
    _named("codecov", "codecov", rf"[A-Za-z0-9]{{32}}|{_UUID}"),
    _named("travis", "travis", r"[A-Za-z0-9]{22}"),
    _named("drone", "droneci drone_", r"[A-Za-z0-9]{32}"),
    _named("cohere", "cohere co_api", r"[A-Za-z0-9]{40}"),
    _named("mistral, together", "mistral together_api", r"[A-Za-z0-9]{32}|[0-9a-f]{64}"),
    _named("confluent", "confluent", r"[A-Z0-9]{16}|[A-Za-z0-9+/]{64}"),
    _named("mongodb atlas", "mongodb atlas", _UUID),
    _named("ibm", "ibm bluemix cloud_iam", r"[A-Za-z0-9_-]{44}|[0-9a-f]{48}"),
    _named("ibm storage", "cos_hmac hmac object_storage", r"[0-9a-f]{48}"),
    _named("cloudant", "cloudant cl_", r"[0-9a-f]{64}|[a-z]{24}"),
    _named("softlayer", "softlayer sl_", r"[0-9a-z]{64}"),
    _named("trello", "trello", r"[A-Za-z0-9-]{32}|[0-9a-f]{64}"),
    _named("twitch", "twitch", r"[a-z0-9]{30}"),
    _named("twitter", "twitter", r"[A-Za-z0-9]{25}|[A-Za-z0-9]{35,50}|[0-9]{15,25}-[A-Za-z0-9]{20,40}"),
    _named("twilio", "twilio", r"[0-9a-f]{32}"),
    _named("facebook", "facebook", r"[0-9a-f]{32}"),
    _named("linkedin", "linkedin", r"[A-Za-z0-9]{16}"),
    _named("discord", "discord", r"[0-9a-f]{64}|[A-Za-z0-9_=-]{32}"),
    _named("coinbase", "coinbase", r"[A-Za-z0-9_-]{64}"),
    _named("exchanges", "kraken binance upbit bithumb", r"[A-Za-z0-9]{40,64}|[A-Za-z0-9+/=]{80,90}"),
    _named("sumo logic", "sumo", r"su[A-Za-z0-9]{12}|[A-Za-z0-9]{64}"),
    _named("meraki", "meraki", r"[0-9a-f]{40}"),
    _named("mailgun", "mailgun", r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}"),
    _named("messagebird", "messagebird message_bird", rf"[A-Za-z0-9]{{25}}|{_UUID}"),
    _named("looker", "looker", r"[A-Za-z0-9]{20}|[A-Za-z0-9]{24}"),
    _named("netlify", "netlify", r"[A-Za-z0-9_=-]{40,46}"),
    _named("launchdarkly", "launchdarkly", r"[A-Za-z0-9_=-]{40}"),
    _named("mattermost", "mattermost", r"[a-z0-9]{26}"),
    _named("rapidapi", "rapidapi", r"[A-Za-z0-9_-]{50}"),
    _named("sendbird", "sendbird", rf"[0-9a-f]{{40}}|{_UUID}"),
    _named("privateai", "privateai private_ai", r"[a-z0-9]{32}"),
    _named("squarespace", "squarespace", _UUID),
    _named("etsy", "etsy", r"[a-z0-9]{24}"),
    _named("flickr", "flickr", r"[a-z0-9]{32}"),
    _named("adafruit", "adafruit", r"[A-Za-z0-9_-]{32}"),
    _named("airtable", "airtable", r"key[A-Za-z0-9]{14}|[A-Za-z0-9]{17}"),
    _named("lob", "lob_", r"(?:live|test)_[0-9a-f]{35}"),
    _named("plaid", "plaid", r"[A-Za-z0-9]{24}|[A-Za-z0-9]{30}"),
    _named("exchanges", "exchanges", rf"[A-Za-z0-9]{{32}}|[0-9a-f]{{24}}|{_UUID}"),
    _named("finnhub, freshbooks", "finnhub, freshbooks", r"[A-Za-z0-9]{20}|[A-Za-z0-9]{64}"),
    _named("gitter, nytimes", "gitter nytimes newyorktimes", r"[A-Za-z0-9_=-]{32}|[A-Za-z0-9_-]{40}"),
    _named("sidekiq", "contribsys", r"[0-9a-f]{8}:[0-9a-f]{8}"),
)
