"""``qunkit ads learn``: the table of `ads audit`, filled in, becomes the dataset's own model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qunkit.cli.expose import argument, option
from qunkit.cli.options import Output, Place
from qunkit.words import Text

HELP = Text(
    """Learn from labelled messages what an ad is in these groups, and how often the classifier errs.

    LABELS are tables as `qunkit ads audit -o labels.csv` writes them, with the column label filled in: 1 or 广告 for an ad, 0 or 不是 for none; rows without one are passed over. They may come
    back from a spreadsheet as CSV or XLSX. Labels given before count, too. What is learnt becomes the dataset's model if it does better on labels that it has not seen; `--model shipped` goes back.""",
    """从人工标注中学习本数据集的广告模型，并估计误差。

    LABELS 为 `qunkit ads audit -o labels.csv` 生成并填好 label 列的表：1 或“广告”为广告，0 或“不是”为非广告，未填的行略过。可用表格软件编辑后存为 CSV 或 XLSX。
    以前给过的标注一并计入。学到的模型在未见过的标注上更好时才用于本数据集；加 --model shipped 可改回自带模型。""",
)


@dataclass(frozen=True, slots=True)
class Params:
    """Which labels."""

    labels: tuple[str, ...] = argument(Text("filled-in tables", "填好的标注表"), "LABELS...")
    anew: bool = option(False, Text("leave out the labels that were given before", "不计入以前的标注"))
    wait: float = option(10.0, Text("seconds to wait while another qunkit writes", "其他 qunkit 正在写入时等待的秒数"), metavar="SECONDS")  # fmt: skip


OPTIONS = (Params, Output, Place)


def run(params: Params, output: Output, place: Place) -> int:
    """Learn; the table says how well."""
    from qunkit.cli.show import check, show

    inputs = [Path(name) for name in params.labels]
    check(output, place, inputs)
    show(place.open().ads_learn(*params.labels, anew=params.anew, wait=params.wait), output, place, inputs)
    return 0
