"""Change the bytes of a file at random. Equal seeds give equal changes."""

import re
from collections.abc import Callable
from random import Random

HEADER = 512  # bytes; most formats have their header there, so half of the changes are there too
LARGEST_PIECE = 64
NUMBERS = (
    *("0", "-1", "1", "2", "65", "1.5", "1e308", "1e-308", "-0.0", "nan", "inf", "", "x", "True"),
    *("127", "128", "255", "32768", "65536", "2147483648", "99999999", "9223372036854775808"),
    "9" * 400,
)
WORDS = (0, 1, 2**7, 2**8 - 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1)


def mutate(content: bytes, random: Random) -> bytes:
    """Return the content with one to three changes.

    Examples
    --------
    >>> mutate(b"a small file", Random(0)) == mutate(b"a small file", Random(0))
    True
    """
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        content = random.choice(KINDS)(content, random)
    return content


def _place(content: bytes, random: Random) -> int:
    end = random.choice((min(len(content), HEADER), len(content)))
    return random.randrange(end) if end else 0


def _flip(content: bytes, random: Random) -> bytes:
    changed, place = bytearray(content), _place(content, random)
    if changed:
        changed[place] ^= 1 << random.randrange(8)
    return bytes(changed)


def _truncate(content: bytes, random: Random) -> bytes:
    return content[: _place(content, random)]


def _insert(content: bytes, random: Random) -> bytes:
    place, length = _place(content, random), random.randrange(1, LARGEST_PIECE)
    start = _place(content, random)
    piece = random.choice((random.randbytes(length), content[start : start + length]))
    return content[:place] + piece + content[place:]


def _delete(content: bytes, random: Random) -> bytes:
    place = _place(content, random)
    return content[:place] + content[place + random.randrange(1, LARGEST_PIECE) :]


def _number(content: bytes, random: Random) -> bytes:
    """Replace a number in the text of the header."""
    found = list(re.finditer(rb"-?\d+(?:\.\d+)?", content[:HEADER]))
    if not found:
        return _flip(content, random)
    number = random.choice(found)
    replacement = random.choice(NUMBERS).encode()
    return content[: number.start()] + replacement + content[number.end() :]


def _word(content: bytes, random: Random) -> bytes:
    """Overwrite a binary number."""
    place, size = _place(content, random), random.choice((1, 2, 4, 8))
    word = random.choice(WORDS) % 256**size
    replacement = word.to_bytes(size, random.choice(("little", "big")))
    return content[:place] + replacement + content[place + size :]


KINDS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flip,
    _truncate,
    _insert,
    _delete,
    _number,
    _word,
)
