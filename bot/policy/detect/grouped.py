"""Numbers whose groups are set apart by what no issuer writes: as amounts are, by a plus, by a word, by a line's end.

A spreadsheet writes 9,001,011,234,568, and who dictates says 다시 for the hyphen. Pure.
"""

from __future__ import annotations

import re

from bot.policy.detect.ids import birth_date, rrn_checksum
from bot.policy.detect.normal import View, rewrite, rewrite_matches

_RUN = re.compile(r"[0-9](?<![0-9,.+].)[0-9]{0,5}(?:,[0-9]{2,8}|\+[0-9]{2,8}){1,6}(?![0-9]|[,.+][0-9])")
_LEAST = 7
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_MOBILE = re.compile(r"01[016789][,+][0-9]{3,4}[,+][0-9]{4}")
_RRN_LENGTH = 13
_COUNTED = re.compile(r" ?(?:원|won|krw|달러|dollar|usd|엔|명|건|개|주|[%$₩€])", re.IGNORECASE)
_IS = r"(?:[ :=#|*\t()\[\]\"']{0,3}(?:은|는|이|가|is)?[ :=#|*\t()\[\]\"']{0,3})\Z"
# Behind these stands a number of that kind, even where it looks like an amount.
_NUMBERED = re.compile(
    rf"(?:번호|계좌|전화|연락처|핸드폰|휴대폰|주민|카드|ssn|rrn|social|(?:account|card|phone|mobile|registration|security)"
    rf"(?: (?:number|no\.?))?|acct){_IS}"
)
# Behind these an amount may stand as well.
_BANK = re.compile(
    rf"(?:은행|뱅크|농협|수협|신협|우체국|금고|국민|신한|우리|하나|기업|카카오|카뱅|토스|통장|면허|여권|사업자|법인|bank|cell|tel|fax|licen[cs]e){_IS}"
)
_BEFORE = 24
# "-" for these between figures.
_BETWEEN = re.compile(
    r"[0-9](?=[ \n다대하에의DdHh<])[ \n]?"
    r"(?:다시|대시|하이픈|에|의|(?i:dash|hyphen|<br ?/?>|</?(?:p|td|li|div)>))[ \n]?(?=[0-9])"
)


def regrouped(view: View) -> View:
    """The view with hyphens, or nothing, where such a number is grouped otherwise."""
    view = rewrite(view, _BETWEEN, lambda run: f"{run[0]}-")
    if "," in view.text or "+" in view.text:
        view = rewrite_matches(view, _RUN, _as_issued)
    return view


def _as_issued(match: re.Match[str]) -> tuple[str, None] | None:
    run = match[0]
    digits = re.sub("[,+]", "", run)
    if len(digits) < _LEAST:
        return None
    before = match.string[max(0, match.start() - _BEFORE) : match.start()].lower()
    resident = len(digits) == _RRN_LENGTH and digits[6] in "12345678" and birth_date(digits) and rrn_checksum(digits)
    if _THOUSANDS.fullmatch(run):
        named = _NUMBERED.search(before) is not None or resident
        return (digits, None) if named and not _COUNTED.match(match.string, match.end()) else None
    if resident or _MOBILE.fullmatch(run) or _NUMBERED.search(before) or _BANK.search(before):
        return re.sub("[,+]", "-", run), None
    return None
