"""MemoTrace (WeChatMsg) training data for language models: known, and refused.

`<chat>_train.json` and `<chat>_dev.json` hold questions and answers:

    [{"messages": [{"role": "system", "content": "…"}, {"role": "user", "content": "还有空位吗"},
      {"role": "assistant", "content": "有,还差2个"}]}]

Kept: nothing that this program could count.

Lost: who spoke, when, and in which order: the pairs are shuffled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qunkit.errors import UnreadableExport
from qunkit.exports import Batch, Head
from qunkit.words import Text

if TYPE_CHECKING:
    from qunkit.parsing.source import Source

TITLE = Text("MemoTrace (WeChatMsg) training data (refused)", "留痕 MemoTrace（WeChatMsg）训练数据（不支持）")
HOW = Text(
    "Not from 打开群聊 → 导出 → 训练数据 of MemoTrace (留痕, also called WeChatMsg): export the chat as CSV, HTML or "
    "TXT instead.",
    "留痕（MemoTrace，又名 WeChatMsg）的“打开群聊 → 导出 → 训练数据”不支持导入，请改为导出 CSV、HTML 或 TXT。",
)
REFUSED = True
"""No file of this format can be read: only the way out is said."""

_TURNS = re.compile(r'"(?:messages|conversations)"\s*:\s*\[\s*(?:\[\s*)?\{\s*"(?:role|content)"\s*:\s*"')
_BEGIN = re.compile(r"\s*[\[{]")


def sniff(head: Head) -> bool:
    """JSON with turns of a role and its content, and no header of an export above them."""
    turns = _TURNS.search(head.text)
    return turns is not None and _BEGIN.match(head.text) is not None and '"role"' in head.text[turns.start() :]


def read(source: Source) -> Iterator[Batch]:
    """Nothing.

    Raises:
        UnreadableExport: always.
    """
    raise UnreadableExport(
        path=source.label,
        why=Text(
            "is training data for language models: it does not say who spoke, nor when.",
            "是大模型训练数据，没有发送者和时间。",
        ),
        hint=Text("In MemoTrace export the chat as CSV, HTML or TXT.", "请在留痕中把该聊天导出为 CSV、HTML 或 TXT。"),
    )
