"""Where a protocol, a tool or a form puts a secret, whatever its name: a table. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_USER = r"[^\s:/@\"'<>${}]{1,128}"  # no variables: ${USER}:${PASSWORD} gives nothing away
# As documentation shows it, and nobody's.
_SHOWN = r"(?:user(?:name)?|login|name|id|test|admin):(?:pass(?:word|wd)?|pw|test|secret|token)"
# No variable, and a word neither: what has a digit or a sign in it.
_TYPED = r"(?![$<{\"'])(?=[!-~]{0,40}[0-9!@#^&*])"
_QUOTED = r"(?P<quote>[\"'])(?P<value>(?![$<{%])[^\"'\n]{4,128})(?P=quote)"


@dataclass(frozen=True)
class Place:
    """gate: lower case, in every text that matches; "value": the secret."""

    name: str
    gate: str
    regex: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when a text first passes the gate: most never are, and an import pays for none."""
        return re.compile(self.regex)


PLACES: tuple[Place, ...] = (
    Place(
        "address with password",
        "://",
        (rf"(?<![A-Za-z0-9])(?P<value>[A-Za-z][A-Za-z0-9+.-]{{1,20}}://(?:{_USER})?:(?!//){_USER}@)[A-Za-z0-9\[]"),
    ),
    Place(
        "Oracle address",
        "jdbc:oracle",
        (r"(?P<value>jdbc:oracle:[a-z0-9]{2,8}:[^\s/@${}]{1,60}/[^\s/@${}]{2,100}@)"),
    ),
    Place(
        "curl -u",
        "curl",
        (
            r"curl [^\n]{0,300}?(?<=[ \t])(?:-u|--user)[ =]{0,2}"
            rf"(?!['\"]?{_SHOWN}\b)"
            r"(?P<value>\"[^\"\n$<]{1,128}\":\"[^\"\n$<]{1,128}\""
            r"|\"(?=[^\"]{6})[^\"\n$<]{0,128}:[^\"\n$<]{0,128}\"|'(?=[^']{6})[^'\n$<]{0,128}:[^'\n$<]{0,128}'"
            r"|[^\s:\"'<>${}]{1,128}:[^\s\"'<>${}][^\s\"'<>{}]{2,128})"
        ),
    ),
    Place(
        "authorization header",
        "authorization",
        (
            r"(?i:authorization)[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?(?P<value>"
            r"(?:(?i:basic|bearer|token|digest|api-?key|[a-z-]{2,12}-token)[ \t]{1,3})"
            r"(?=[A-Za-z+/=._~@-]{0,40}[0-9])[A-Za-z0-9+/=._~@-]{8,4000}"
            r"|(?:(?i:basic|bearer)[ \t]{1,3})?[A-Za-z0-9+/=._~-]{16,4000})"
        ),
    ),
    Place(
        "command line",
        " -",
        (
            r"(?:\b(?:mysql|mysqldump|mariadb|sshpass|docker login|smbclient|mongo(?:sh)?)\b"
            r"[^\n|;]{0,120}?[ \t]-p[ \t]?"
            r"|\bredis-cli\b[^\n|;]{0,120}?[ \t]-a[ \t])"
            r"(?P<value>[\"']?(?![$<{\"'])(?=[!-~]{0,40}[0-9!@#^&*])[!-~]{6,128})"
        ),
    ),
    # https://bundler.io/man/bundle-config.1.html: BUNDLE_ and the host, in capitals, with "__" for a dot.
    Place(
        "bundler",
        "bundle_",
        (
            r"BUNDLE_[A-Z0-9_]{2,60}__[A-Z0-9_]{2,30}[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?"
            r"(?P<value>[^\s:$<{\"']{2,80}:[^\s$<{\"']{2,80})"
        ),
    ),
    Place(
        "kakao",
        "kakaoak",
        (r"(?P<value>(?i:kakaoak)(?:%20|[ +]){1,3}[0-9a-fA-F]{32})(?![A-Za-z0-9])"),
    ),
    Place(
        "pgpass",
        ":",
        (r"(?m)^(?P<value>[\w.*-]{1,100}:(?:[0-9]{4,5}|\*):[\w*-]{1,60}:[\w*-]{1,60}:[^\s:${<]{4,128})$"),
    ),
    Place(
        "id and password",
        "/",
        (
            r"(?i:(?:id|아이디|계정|user|account)\s?/\s?(?:pw|pass(?:word)?|비번|비밀번호|암호))\)?\s{0,3}(?:은|는|[:=])?\s{0,3}"
            r"(?P<value>[!-.0-~]{2,60}\s?/\s?(?![$<{])[!-~]{4,60})"
        ),
    ),
    Place(
        "login",
        " / ",
        (
            r"(?i:login|로그인|계정)\s?[:=]\s?"
            r"(?P<value>[!-.0-~]{2,60} / (?=[!-~]{0,60}[A-Za-z])(?=[!-~]{0,60}[0-9!@#])[!-~]{6,60})"
        ),
    ),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html: it follows the key's id.
    Place(
        "aws secret key",
        "akia",
        (r"AKIA[A-Z0-9]{16}[\"',;:/|\s]{1,6}(?P<value>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])"),
    ),
    # https://github.com/zxing/zxing/wiki/Barcode-Contents: what the square on a poster says.
    Place("wifi", "wifi:", (r"(?i:WIFI):(?:[A-OQ-Z]:[^;\n]{0,64};){0,4}P:(?P<value>[^;\n]{4,64});")),
    Place(
        "sql",
        "identified",
        (rf"(?i:identified\s{{1,4}}(?:with\s{{1,4}}\S{{1,40}}\s{{1,4}})?(?:by|as))\s{{1,4}}{_QUOTED}"),
    ),
    Place("sql", "identified by", (rf"(?i:identified by)\s{{1,4}}(?P<value>{_TYPED}[^\s;\"'<>]{{4,64}})")),
    Place(
        "sql",
        "password",
        (rf"(?i:\bpassword)(?:\s{{1,4}}(?i:for)\s{{1,4}}\S{{1,80}}\s{{0,4}}=)?[\s(]{{1,4}}{_QUOTED}"),
    ),
    Place(
        "oracle",
        "@",
        (
            r"(?i:sqlplus|expdp|impdp|sqlldr|rman|tnsping|connect|conn)\b[^\n/]{0,60}?[ \t\"']"
            r"(?P<value>[A-Za-z][\w$#]{0,30}/(?![$<{/])[^\s/@\"']{2,64}@)[A-Za-z0-9/]"
        ),
    ),
    Place(
        "redis",
        "auth",
        (
            rf"(?m)^[ \t>]{{0,8}}(?:[\w.:-]{{1,60}}> ?)?(?:AUTH|auth|masterauth|requirepass) "
            rf"(?P<value>{_TYPED}[^\s\"']{{6,128}})$"
        ),
    ),
    Place(
        "command line",
        " -w ",
        (rf"\bldap[a-z]{{2,10}}\b[^\n|;]{{0,200}}?[ \t]-w[ \t](?P<value>[\"']?{_TYPED}[!-~]{{4,128}})"),
    ),
    Place(
        "command line",
        "-p",
        (
            r"\b(?:7z[ar]?|rar|unrar|zip|unzip|ipmitool|xfreerdp|rdesktop|psexec|sshpass|az login|oc login|podman login"
            r"|helm registry login|kinit|influx|mongodump|mongorestore|mongoimport|mongoexport|sqlcmd|bcp|osql"
            r"|beeline|mysqladmin)\b[^\n|;]{0,120}?"
            rf"[ \t]-(?:hp|p|P)[ \t]?(?P<value>[\"']?{_TYPED}[!-~]{{4,128}})"
        ),
    ),
    Place("command line", " -pw ", (rf"[ \t]-pw[ \t](?P<value>[\"']?{_TYPED}[!-~]{{4,128}})")),
    Place(
        "command line",
        "/p:",
        (rf"(?:xfreerdp|wfreerdp|mstsc|cmdkey|psexec)\b[^\n|;]{{0,120}}?/p:(?P<value>{_TYPED}[!-~]{{4,128}})"),
    ),
    Place(
        "net use",
        "net use",
        (rf"(?i:net use)[^\n]{{0,40}}?\\\\[^\s\\]{{1,60}}\\\S{{1,80}}[ \t](?P<value>(?![/*]){_TYPED}[!-~]{{4,128}})"),
    ),
    Place("net user", "net user", (rf"(?i:net user) [\w.-]{{1,40}} (?P<value>(?![/*]){_TYPED}[!-~]{{4,128}})")),
    Place(
        "smb",
        "%",
        (
            rf"(?:smbclient|rpcclient|smbmap)\b[^\n]{{0,120}}?-U ?"
            rf"[\"']?[\w.\\/-]{{1,60}}%(?P<value>{_TYPED}[!-~]{{4,64}})"
        ),
    ),
    Place(
        "chpasswd",
        "passwd",
        (
            rf"echo [\"']?(?:[\w.-]{{1,40}}:)?(?P<value>{_TYPED}[^\s\"'|]{{4,64}})[\"']? ?\| ?"
            r"(?:sudo )?(?:chpasswd|passwd --stdin)"
        ),
    ),
    Place("sudo", "sudo -", (r"echo [\"']?(?P<value>(?![$<])[^\s\"'|]{4,64})[\"']? ?\| ?sudo -[A-Za-z]{0,3}S")),
    Place(
        "htpasswd",
        "htpasswd",
        (rf"htpasswd -[a-zA-Z]{{0,3}}b[a-zA-Z]{{0,3}} \S{{1,80}} \S{{1,60}} (?P<value>{_TYPED}[!-~]{{4,64}})"),
    ),
    Place(
        "gh secret",
        "secret set",
        (rf"secret set [\w-]{{1,60}} (?:--body|-b)[ =](?P<value>[\"']?{_TYPED}[!-~]{{4,128}})"),
    ),
    Place("powershell", "convertto-securestring", (rf"(?i:convertto-securestring)(?: -string)? {_QUOTED}")),
    Place("office", "protect", (rf"\b(?:Unp|P)rotect[ (](?:Password ?:?= ?)?{_QUOTED}")),
    # Network devices: the digit tells in what way the password is written down; 7 is undone by any web page.
    *(
        Place(
            "network device",
            f"{word} ",
            (
                r"(?m)^[ \t]{0,8}(?:username \S{1,40} (?:privilege [0-9]{1,2} )?|enable )?"
                rf"{word} (?:[0-9] )?(?P<value>{_TYPED}[!-~]{{6,128}})[ \t]{{0,4}}$"
            ),
        )
        for word in ("password", "secret")
    ),
    Place(
        "snmp",
        "snmp-server community",
        (r"snmp-server community (?P<value>(?!public\b|private\b)[!-~]{4,64})"),
    ),
)
