"""English words that stand between the pieces of one value, as "and the rest of it is" does. Data for seams.py.

In Korean every word is told from a piece of a key by its letters; in English only by being one of these.
"""

from __future__ import annotations

import re

_WORDS = """
    about above actually after again also am an and another any are as ask at back be because before begin beginning
    begins being below but by can character characters code comes complete completes continue continued continues
    continuing could digit digits do does each end ending ends ever everything few figure figures final finally first
    five followed following follows for four from front further get give given gives go goes group groups had half
    have having he hello her here hi his how if in into is it it's its just last later left letter letters like
    little looks me middle missing more my need next no not now number numbers of off ok okay on once one only or
    other others our out over part parts piece pieces please portion quick re read reads rest remainder remaining
    right same say says second section see segment send sent separately she should six so some something sorry start
    starting starts string suffix sure tail take taken thank thanks that that's the their them then there these they
    thing think third this those three to together too two up us use was way we well were what when where which while
    whole why will with would yes you your
"""
FILLER = re.compile(
    rf"(?<![!-{{}}~])(?:(?i:{'|'.join(sorted(_WORDS.split(), key=len, reverse=True))})[,.:;]?(?![!-{{}}~])"
    # Any other letter alone may as well be cut off a key.
    r"|a(?= [a-z]{2}))"
)
