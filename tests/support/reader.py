"""Pages that people read and type from: their blocks of code, and a shell in which they are run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

_HALF_WIDTH = re.compile("[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]")


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language; those in lists, too."""
    fenced = re.compile(rf"^( *)```{language}\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
    return [dedent(found[2]) for found in fenced.finditer(page.read_text("utf-8"))]


def half_width(page: Path) -> list[str]:
    """Punctuation of the wrong width beside a Chinese character."""
    return _HALF_WIDTH.findall(re.sub(r"`[^`\n]+`|\]\([^)]*\)", "", page.read_text("utf-8")))


@dataclass
class Reader:
    """Somebody who types what a README says into a shell, line by line."""

    folder: Path
    exports: str = ""

    def types(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a line after all `export` lines that came before it; it must succeed, or be an alert."""
        result = self._run(["bash", "-euo", "pipefail", "-c", self.exports + command])
        if command.startswith("export "):
            self.exports += command + "\n"
        return result

    def python(self, code: str) -> subprocess.CompletedProcess[str]:
        return self._run([sys.executable, "-c", code])

    def _run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QUNKIT_")}
        tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        more = {"PATH": tools, "PYTHONUTF8": "1", "QUNKIT_KEY": str(self.folder / "key")}
        result = subprocess.run(
            words, cwd=self.folder, env=kept | more, capture_output=True, encoding="utf-8", check=False
        )
        fine = (
            (0, 1) if words[-1].rpartition("\n")[2].startswith("qunkit alerts") else (0,)
        )  # 1: it has something to tell
        assert result.returncode in fine, f"{words[-1]}\n{result.stderr}"
        return result
