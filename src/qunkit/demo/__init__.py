"""An invented fleet of group chats, written as real exports, so that trying qunkit goes through its real parsers.

``folder/exports`` holds the exports of several tools, ``folder/truth`` what is true of them (every message, and what was
planted), ``folder/qunkit.toml`` the accounts of the staff. Everybody in it is made up; every link leads nowhere.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

END = date(2026, 11, 15)
"""A Sunday: the last day of the demo."""


def write(
    folder: Path, *, seed: int = 8, groups: int = 12, weeks: int = 8, plain: bool = False, end: date = END
) -> list[Path]:
    """Invent a fleet and write it below `folder`; returns the export files, sorted.

    About 30,000 messages with the usual `groups` and `weeks` (each at least 1), up to the day `end`. The same arguments
    give the same bytes on every machine. `plain` plants nothing: no dying group, no advertisers, nobody joins or stops.

    Raises:
        OSError: `folder` cannot be written.
    """
    from qunkit.demo import exports, truth
    from qunkit.demo.fleet import invent

    chats = invent(seed=seed, groups=groups, weeks=weeks, plain=plain, end=end)
    fleet = exports.write(folder / "exports", chats, seed)
    about = {"seed": seed, "weeks": weeks, "plain": plain, "last_day": str(end)}
    truth.write(folder, fleet, about)
    exports.settings(folder, chats)
    return sorted(path for written in fleet for path in written.files)
