"""What tiny.py's models say, for both sides: it runs where Naru does not, and the tests where torch is not."""

from __future__ import annotations

SAYS = ("연차는", " 1년에", " 15일입니다", " [1].")
WARM = ("그럼요,", " 15일이에요", " [1]!")
