"""``make torture``: everything that the torture tests can do, and its figures in docs/torture.json.

``python tests/torture/run.py [quick]``; quick does the share of every test run and writes nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FIGURES = ROOT / "docs" / "torture.json"
MARK = 8
FAULTS = ("killed", "disk full", "device fails", "interrupted", "short write", "too many files")
LEAST = {"faults": 50_000, "power cuts": 200_000, "distinct states": 25_000, "bit flips": 10_000, "seeded bugs": 10}


def main() -> int:
    """Run the tests; the exit code is theirs, or 1 where the figures fall short."""
    quick = sys.argv[1:] == ["quick"]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "QUNKIT_TORTURE": "quick" if quick else "full", "QUNKIT_TORTURE_COUNTS": folder}
        code = subprocess.run(
            [sys.executable, "-m", "pytest", str(HERE)], cwd=ROOT, env=environment, check=False
        ).returncode
        figures = {**version(), **added(Path(folder))}
    for name, number in figures.items():
        print(f"{number!s:>10}  {name}" if not isinstance(number, dict) else f"            {name}:")
        for kind, count in number.items() if isinstance(number, dict) else ():
            print(f"{count:>10}    {kind}")
    if code or quick:
        print("tests failed: nothing is written" if code else "0 violations")
        return code
    if short := [name for name, least in LEAST.items() if figures[name] < least]:
        print(f"fewer than promised, so nothing is written: {short}")
        return 1
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"0 violations; written to {FIGURES.relative_to(ROOT)}")
    return 0


def version() -> dict[str, str]:
    """Which version was tormented."""
    log = ["git", "log", "-1", "--format=%cs"]
    date = subprocess.run(log, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    return {"date": date, "version": (ROOT / "src/qunkit/version.py").read_text().split('"')[-2]}


def added(folder: Path) -> dict[str, Any]:
    """The sum of what the tests counted."""
    numbers: Counter[str] = Counter()
    marks: set[bytes] = set()
    bugs: set[str] = set()
    for path in folder.glob("*.json"):
        counted = json.loads(path.read_text())
        numbers.update(counted["numbers"])
        bugs.update(counted["bugs"])
    for path in folder.glob("*.marks"):
        body = path.read_bytes()
        marks |= {body[at : at + MARK] for at in range(0, len(body), MARK)}
    faults = {kind: count for kind, count in sorted(numbers.items()) if kind.split(": ")[-1].startswith(FAULTS)}
    rest = {kind: count for kind, count in sorted(numbers.items()) if kind not in faults}
    return {
        "faults": sum(faults.values()),
        "power cuts": rest.pop("power cuts", 0),
        "distinct states": len(marks),
        "bit flips": rest.pop("bit flips", 0),
        "seeded bugs": len(bugs),
        "faults by kind": faults,
        "other": rest,
    }


if __name__ == "__main__":
    sys.exit(main())
