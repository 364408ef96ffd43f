"""Reading texts: CPU for texts of growing size, beside a bare search for digits in the same text.

`./kexie bench texts` prints one table. The text is four sentences in the manner of a work report, repeated. Equal seconds a megabyte
at every size say that reading is linear.
"""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from kexie.kernel.quantities import quantities

SIZES = (10_000, 100_000, 1_000_000)  # bytes of UTF-8
SENTENCES = (
    "全市已建成科技馆3座，累计接待观众120余万人次，同比增长12.5%。",
    "流动科技馆巡展15站、展出40个月，参观公众达六十余万人次；科普大篷车下乡600余场次，行程8.6万公里。",
    "举办青少年科技创新大赛三届，获省级以上奖项一百二十三项，其中一等奖23项、二等奖占三分之二。",
    "2024年3月15日，第二届科普讲解大赛在市科技馆举行，来自8个县市区的46名选手参赛，历时2至3天。",
)


def run(*, sizes: Sequence[int] | None) -> None:
    """Measure each size and print the table."""
    table = Table("bytes", "found", "CPU s", "CPU s per MB", "× digits only")
    for size in sizes or SIZES:
        table.add_row(*_measured(_text(size)))
    Console().print(table)


def _text(size: int) -> str:
    passage = "".join(SENTENCES)
    return passage * (size // len(passage.encode()) + 1)


def _measured(text: str) -> tuple[str, ...]:
    size = len(text.encode())
    found, seconds = _cpu(quantities, text)
    _digits, bare = _cpu(re.compile(r"\d+(?:\.\d+)?%?").findall, text)
    return (
        f"{size:,}",
        f"{len(found):,}",
        f"{seconds:.2f}",
        f"{seconds / size * 1e6:.2f}",
        f"{seconds / bare:.0f}",
    )


def _cpu(read: Callable[[str], Any], text: str) -> tuple[Any, float]:
    """What was read, and the seconds of CPU it took."""
    started = time.process_time()
    found = read(text)
    return found, time.process_time() - started
