"""A message of WeFlow's HTML: what the elements of its bubble say."""

from __future__ import annotations

from html.parser import HTMLParser

import pyarrow as pa
import pyarrow.compute as pc

from qunkit.chat.weflow_wording import Wording, senders, undo, undo_untold

_PARTS = ("sender-name", "quoted-sender", "quoted-text", "message-text")
_MEDIA = {"img": "image", "video": "video", "audio": "voice"}
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


class Bubble(HTMLParser):
    """The texts of one bubble by the class of their element, and the media outside of them."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.said: dict[str, str] = {}
        self.media: str | None = None
        self.is_notice = False
        self._open: list[str | None] = []
        """Part of each open element; None: none."""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element."""
        facts = dict(attrs)
        classes = (facts.get("class") or "").split()
        self.is_notice = self.is_notice or "system" in classes
        if tag == "br":
            self.handle_data("\n")
        elif tag in _MEDIA and not self._part():
            self.media = self.media or _MEDIA[tag]
        elif tag == "img":
            self.handle_data(facts.get("alt") or "")
        if tag not in _VOID:
            part = next((part for part in _PARTS if part in classes), None)
            self.said.setdefault(part, "") if part else None
            self._open.append(part)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if self._open and tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Text of the innermost part."""
        part = self._part()
        if part:
            self.said[part] += data

    def _part(self) -> str | None:
        return next(filter(None, reversed(self._open)), None)


def columns(markup: pa.Array, own: pa.Array, chat: str) -> dict[str, pa.Array]:
    """sender_name and the columns of `Wording`.

    Args:
        markup: of each message.
        own: whether the exporting account sent it: it need not be named.
        chat: the chat, under whose name notices stand; in a private chat the other person's.
    """
    bubbles = [Bubble(one) for one in markup.to_pylist()]
    words = [_wording(bubble) for bubble in bubbles]
    shown = pa.array([bubble.said.get("sender-name", "").strip() or None for bubble in bubbles], pa.string())
    named = pc.coalesce(shown, pc.if_else(own, pa.scalar(None, pa.string()), chat))
    notice = pa.array([bubble.is_notice for bubble in bubbles], pa.bool_())
    told = {name: pa.array([getattr(one, name) for one in words], pa.string()) for name in Wording._fields}
    return {"sender_name": pc.if_else(notice, pa.scalar(None, pa.string()), senders(named, chat)), **told}


def _wording(bubble: Bubble) -> Wording:
    text, quoted = bubble.said.get("message-text"), bubble.said.get("quoted-text")
    if bubble.is_notice:
        return Wording("system", text)
    if quoted is not None:
        sender = bubble.said.get("quoted-sender", "").strip().rstrip(":：")
        return undo("quote", text, sender or None, quoted)
    if not text and bubble.media:
        return Wording(bubble.media, "")
    return Wording(None, None) if text is None else undo_untold(text)
