"""Plays scenes: who says which line, when, and whether they quote, mention, send a sticker or a picture instead."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from qunkit.demo.dice import Dice
from qunkit.demo.model import Chat, Member, Message
from qunkit.demo.phrases import everyday
from qunkit.demo.rhythm import Clock, Crowd
from qunkit.demo.talk import EVERYDAY, EVERYDAY_SLOTS, REACTIONS, Scene, Voice, lines

AT = "\u2005"
"""What WeChat puts after a mentioned name."""
HEX = "0123456789abcdef"
_QUOTE, _MENTION = 0.15, 0.1
_STICKER, _VOICE, _PICTURE = 0.09, 0.035, 0.14
_THEMED, _EVERYDAY = 0.16, 0.3
_REACTION, _SPLIT, _LINK = 0.3, 0.14, 0.06
_LEADS, _TAILS = lines(everyday.LEADS), lines(everyday.TAILS)
_CLOSED = "！？?!～~…。）)]，"
_MINIS = lines(everyday.MINIS)


class Conversation:
    """Talk in one group. `unheard` is the share of openings that nobody answers."""

    def __init__(self, chat: Chat, dice: Dice, unheard: float) -> None:
        self._chat = chat
        self._dice = dice
        self._unheard = unheard
        self._recent: deque[Scene] = deque(maxlen=9)
        self.clock = Clock(dice, chat.topic.hours)

    def session(self, at: int, crowd: Crowd, theme: str) -> None:
        """A few scenes one after another, begun at `at`."""
        for _ in range(self._dice.between(1, 4)):
            at = self.scene(at, crowd, theme) + self._dice.between(20, 420)

    def scene(self, at: int, crowd: Crowd, theme: str) -> int:
        """One scene; returns the time of its last line."""
        if self._dice.chance(_LINK):
            return self._card(at, crowd)
        scene, voice = self._choose(theme)
        first = crowd.one()
        opening = self._open(at, first, scene, voice)
        if self._dice.chance(self._unheard):
            return opening.ts
        return self._answers(opening, first, scene, voice, crowd)

    def _choose(self, theme: str) -> tuple[Scene, Voice]:
        """A scene that the group has not just had: of the week's theme, of everyday life or of the topic."""
        topic = self._chat.topic
        if self._dice.chance(_THEMED) and (fresh := self._fresh(topic.themed[theme])):
            return self._had(self._dice.pick(fresh)), Voice(self._dice, topic.slots)
        if self._dice.chance(_EVERYDAY):
            return self._had(self._dice.pick(self._fresh(EVERYDAY))), Voice(self._dice, EVERYDAY_SLOTS)
        return self._had(self._dice.pick(self._fresh(topic.scenes))), Voice(self._dice, topic.slots)

    def _fresh(self, scenes: Sequence[Scene]) -> list[Scene]:
        return [scene for scene in scenes if scene not in self._recent]

    def _had(self, scene: Scene) -> Scene:
        self._recent.append(scene)
        return scene

    def _open(self, at: int, first: Member, scene: Scene, voice: Voice) -> Message:
        if scene.mark == "图" or self._dice.chance(_PICTURE / 2):
            for _ in range(self._dice.pick((1, 1, 1, 2, 3))):
                self.picture(at, first)
                at += self._dice.between(1, 4)
        return self._text(at, first, voice.say(scene.opener), None)

    def _answers(self, opening: Message, first: Member, scene: Scene, voice: Voice, crowd: Crowd) -> int:
        kept = [answer for answer in scene.answers if self._dice.chance(0.8)] or [scene.answers[0]]
        last = opening
        for (mark, phrase), who in zip(kept, crowd.several(len(kept), first), strict=False):
            if mark == "图":
                self.picture(last.ts + self.clock.pause(), who)
            last = self._answer(last.ts + self.clock.pause(), who, self._colour(voice.say(phrase), 0.1), opening)
            if self._dice.chance(_REACTION):
                last = self._react(crowd.one(who), last)
        if scene.after and self._dice.chance(0.75):
            text = self._colour(voice.say(self._dice.pick(scene.after)))
            last = self._answer(last.ts + self.clock.pause(), first, text, last)
        return last.ts

    def _answer(self, at: int, who: Member, text: str, parent: Message) -> Message:
        """A response in one of the forms that people use."""
        if self._dice.chance(_STICKER):
            return self.sticker(at, who, parent)
        if self._dice.chance(_VOICE):
            return self._voice(at, who, parent)
        if self._dice.chance(_PICTURE / 2):
            self.picture(at, who, parent)
            at += self._dice.between(2, 9)
        if self._dice.chance(_QUOTE):
            return self.quote(at, who, text, parent)
        if self._dice.chance(_MENTION):
            return self.mention(at, who, text, parent)
        return self._text(at, who, text, parent)

    def _colour(self, text: str, lead: float = 0.0) -> str:
        """`text` with a word of its speaker's own before (in a share `lead` of cases) or after it, now and then."""
        if self._dice.chance(lead):
            text = self._dice.pick(_LEADS) + text
        if text[-1] not in _CLOSED and self._dice.chance(0.3):
            text += self._dice.pick(_TAILS)
        return text

    def _react(self, who: Member, parent: Message) -> Message:
        at = parent.ts + self.clock.pause()
        if self._dice.chance(0.3):
            return self.sticker(at, who, parent)
        text = Voice(self._dice, {}).say(self._dice.pick(REACTIONS))
        return self.text(at, who, text, parent)

    def text(self, at: int, who: Member, text: str, parent: Message | None = None) -> Message:
        """A plain text that responds to `parent` without saying so."""
        message = self._chat.say(at, who, "text", text)
        message.answers = parent
        return message

    def _text(self, at: int, who: Member, text: str, parent: Message | None) -> Message:
        """A text, now and then sent in two goes."""
        head, comma, tail = text.partition("，")
        if len(head) > 1 and len(tail) > 2 and self._dice.chance(_SPLIT):
            first = self.text(at, who, head, parent)
            self.text(at + self._dice.between(2, 9), who, tail, parent)
            return first
        return self.text(at, who, head + comma + tail, parent)

    def quote(self, at: int, who: Member, text: str, parent: Message) -> Message:
        """A text that quotes `parent`, where that is something exporters show when quoted."""
        message = self.text(at, who, text, parent)
        if parent.kind in ("text", "image"):
            message.kind, message.reply_to = "quote", parent
        return message

    def mention(self, at: int, who: Member, text: str, parent: Message) -> Message:
        """A text that names the sender of `parent`."""
        message = self.text(at, who, text, parent)
        if parent.sender and parent.sender is not who:
            message.text = f"@{parent.sender.name}{AT}{text}"
            message.mentions = (parent.sender,)
        return message

    def picture(self, at: int, who: Member, parent: Message | None = None) -> Message:
        """A photo, or one time in eight a video."""
        kind = "video" if self._dice.chance(0.12) else "image"
        message = self._chat.say(at, who, kind, "")
        message.answers = parent
        message.note = {"md5": self._dice.token(HEX, 32), "length": str(self._dice.between(20_000, 900_000))}
        if kind == "video":
            message.note = {
                **message.note,
                "rawmd5": self._dice.token(HEX, 32),
                "seconds": str(self._dice.between(4, 60)),
            }
        return message

    def sticker(self, at: int, who: Member, parent: Message | None = None) -> Message:
        """A sticker; popular ones come again."""
        message = self._chat.say(at, who, "sticker", "")
        message.answers = parent
        md5 = Dice("sticker", self._dice.between(1, 60)).token(HEX, 32)
        message.note = {"md5": md5, "url": f"http://emoji.example.invalid/mmemoji/{md5[:8]}/0"}
        return message

    def _voice(self, at: int, who: Member, parent: Message) -> Message:
        message = self._chat.say(at, who, "voice", "")
        message.answers = parent
        message.note = {"ms": str(self._dice.between(1_200, 42_000)), "length": str(self._dice.between(2_000, 60_000))}
        return message

    def _card(self, at: int, crowd: Crowd) -> int:
        """Somebody shares an article, a mini program or a file; one or two remark on it."""
        who, dice, topic = crowd.one(), self._dice, self._chat.topic
        voice = Voice(dice, topic.slots)
        kind = dice.pick(("link", "link", "link", "miniprogram", "file"))
        phrase = dice.pick({"link": topic.links, "miniprogram": _MINIS, "file": topic.files}[kind])
        title, _, by = voice.say(phrase).partition("‖")
        card = self._chat.say(at, who, kind, title)
        url = f"https://mp.example.invalid/s/{dice.token(HEX, 12)}"
        size = f"{dice.between(0, 9)}.{dice.between(10, 99)}"
        card.note = {"by": by, "url": url, "md5": dice.token(HEX, 32), "mb": size}
        last = card
        for other in crowd.several(dice.pick((0, 1, 1, 2)), who):
            last = self._react(other, card)
        return last.ts
