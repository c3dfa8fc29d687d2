"""Changes to an input that keep something of its structure: words of its format, lines moved and repeated, pieces of other inputs."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

ODD = (
    *(bytes([byte]) for byte in b'\0\t\n\r"\'\\,;:<>&{}[]()@#=+-/|~$%* \x0b\x0c\x1c\x1f\x7f\x80\xff'),
    b"\r\n", b"\n\n", b"\n\r", b'""', b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xe2\x80\xa8", b"\xc2\x85", b"\xed\xa0\xbd",
    b"\xf0\x9f\x91\x8d", b"\xf0\x9f\x91", b"\xd6\xd0\xce\xc4", b"\xa1\xa1", b"\x84\x31\x95\x33", "１２３".encode(), "\u202e".encode(),
    "e\u0301".encode(), b"\\ud83d", b"\\u0000", b"\\ude00", b"&#0;", b"&#xD800;", b"&lt;", b"<!--", b"]]>", b"<![CDATA[",
    b"0", b"-1", b"00", b"9" * 19, b"9" * 400, b"1e400", b"NaN", b"Infinity", b"-0", b"0.1", b"1970", b"2100", b"9999", b"99", b"null",
    b"true", b"false", b"[]", b"{}", b"[[[[[[[[", b'{"a":' * 9, b"2024-02-30", b"24:00", b"23:59:60", b"12:00", b"4102444800", b"1732982302000",
)  # fmt: skip
"""What breaks readers of anything."""


def mutate(data: bytes, dice: Random, words: Sequence[bytes], others: Sequence[bytes], longest: int) -> bytes:
    """One to five changes; the first line, which says how the rest is read, is seldom among them."""
    head, newline, body = data.partition(b"\n")
    for _ in range(dice.choice((1, 1, 1, 2, 3, 5))):
        body = dice.choice(_WAYS)(body, dice, words, others)
    if others and dice.random() < 0.05:
        head = dice.choice(others).partition(b"\n")[0]
    return (head + (newline or b"\n") + body)[:longest]


def _put(body: bytes, dice: Random, words: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    at = dice.randint(0, len(body))
    over = dice.choice((0, 0, 1, 4))
    return body[:at] + dice.choice(dice.choice((words or ODD, ODD))) + body[at + over :]


def _flip(body: bytes, dice: Random, words: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    at = dice.randrange(max(len(body), 1))
    return body[:at] + bytes([dice.randrange(256)]) + body[at + 1 :]


def _cut(body: bytes, dice: Random, words: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    at = dice.randint(0, len(body))
    return body[:at] + body[at + int(dice.expovariate(0.1)) :] if dice.random() < 0.8 else body[:at]


def _repeat(body: bytes, dice: Random, words: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    begin = dice.randint(0, len(body))
    end = min(len(body), begin + dice.choice((1, 3, 20, 200)))
    return body[:end] + body[begin:end] * dice.choice((1, 1, 2, 9, 60)) + body[end:]


def _lines(body: bytes, dice: Random, words: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    """One line gone, doubled, or elsewhere."""
    lines = body.split(b"\n")
    line = lines.pop(dice.randrange(len(lines)))
    for _ in range(dice.choice((0, 1, 1, 2))):
        lines.insert(dice.randint(0, len(lines)), line)
    return b"\n".join(lines)


def _splice(body: bytes, dice: Random, words: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    """Some of another input in the place of some of this."""
    other = dice.choice(others).partition(b"\n")[2] if others else b""
    begin, end = sorted((dice.randint(0, len(other)), dice.randint(0, len(other))))
    at = dice.randint(0, len(body))
    return body[:at] + other[begin : min(end, begin + 4000)] + body[at + dice.choice((0, 0, end - begin)) :]


def _number(body: bytes, dice: Random, words: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    """Another number in the place of digits."""
    places = [at for at, byte in enumerate(body[:20_000]) if 48 <= byte < 58]
    if not places:
        return body
    begin = end = dice.choice(places)
    while end < len(body) and 48 <= body[end] < 58:
        end += 1
    told = (
        b"0",
        b"1",
        b"-1",
        b"12",
        b"13",
        b"31",
        b"32",
        b"60",
        b"255",
        b"65536",
        b"4294967296",
        b"9" * 19,
        b"9" * 30,
        b"1.5",
    )
    return body[:begin] + dice.choice(told) + body[end:]


_WAYS = (_put, _put, _put, _flip, _cut, _repeat, _lines, _splice, _number)
