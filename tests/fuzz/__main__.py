"""``run [MINUTES] [TARGET…]``: all targets under atheris. ``TARGET FILE…``: these inputs. ``keep``: keep what was reached.

Needs ``PYTHONPATH=tests``. What is reached, logs and crashes go to build/fuzz.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "fuzz"
CORPUS = Path(__file__).parent / "corpus"
LONGEST = 1 << 14
TIMEOUT, MEMORY = 10, 2048
"""Seconds and MiB that one input may take."""
FINDS = 20
"""Crashes after which a target is left alone."""
KEPT = 16 << 10
"""Bytes of corpus kept for a target."""
_FLAGS = (f"-timeout={TIMEOUT}", f"-rss_limit_mb={MEMORY}", f"-max_len={LONGEST}", "-print_final_stats=1")
_STATS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_CORPUS = re.compile(r"corp: (\d+)/")


@dataclass
class Score:
    """What fuzzing one target came to."""

    target: str
    seconds: float = 0.0
    executions: int = 0
    corpus: int = 0
    finds: dict[str, Path] = field(default_factory=dict)
    """Where it was raised → an input."""

    def __str__(self) -> str:
        rate = self.executions / self.seconds if self.seconds else 0
        return f"{self.target:10} {self.executions:>10,} executions {rate:>8,.0f}/s {self.corpus:>6,} inputs {len(self.finds):>3} finds"


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    match list(arguments):
        case ["run", *rest]:
            minutes = float(rest.pop(0)) if rest and rest[0].replace(".", "").isdigit() else 10.0
            return run(minutes, rest)
        case ["keep", *names]:
            return keep(names)
        case ["under-atheris", name, *flags]:
            return under_atheris(name, flags)
        case [name, *files] if files:
            return reproduce(name, files)
    print(__doc__)
    return 2


def reproduce(name: str, files: Sequence[str]) -> int:
    """Run inputs; what is raised is raised."""
    from fuzz.targets import TARGETS

    for file in files:
        print(file, TARGETS[name].check(Path(file).read_bytes()))
    return 0


def run(minutes: float, names: Sequence[str]) -> int:
    """Every target for its share of the time; 1 if something was found."""
    from fuzz.targets import TARGETS

    wanted = list(names or TARGETS)
    jobs = int(os.environ.get("JOBS", os.cpu_count() or 1))
    seconds = minutes * 60 * min(jobs, len(wanted)) / len(wanted)
    for name in wanted:
        _write_seeds(name)
    with ThreadPoolExecutor(jobs) as pool:
        scores = []
        for score in pool.map(lambda name: _fuzzed(name, seconds), wanted):
            print(score, flush=True)
            scores.append(score)
    for score in scores:
        for where, path in score.finds.items():
            print(f"{where}\n  PYTHONPATH=tests {sys.executable} -m fuzz {score.target} {path}")
    return int(any(score.finds for score in scores))


def keep(names: Sequence[str]) -> int:
    """Of what was reached, the smallest inputs that there is room for: each was new to libFuzzer when it was found."""
    from fuzz.targets import TARGETS

    for name in names or TARGETS:
        found = {path.name: path for path in (*CORPUS.glob(f"{name}/*"), *(BUILD / name / "corpus").glob("*"))}
        smallest = sorted(found.values(), key=lambda path: (path.stat().st_size, path.name))
        inputs, room = {}, KEPT
        for path in smallest:
            room -= path.stat().st_size
            if room >= 0:
                inputs[path.name] = path.read_bytes()
        shutil.rmtree(CORPUS / name, ignore_errors=True)
        (CORPUS / name).mkdir(parents=True)
        for told, data in inputs.items():
            (CORPUS / name / told).write_bytes(data)
        print(f"{name:10} {len(inputs)} of {len(found)} inputs kept")
    return 0


def under_atheris(name: str, flags: Sequence[str]) -> int:
    """Become libFuzzer."""
    import pkgutil
    from importlib import import_module

    import atheris

    with atheris.instrument_imports(include=["qunkit"]):
        import qunkit
        from fuzz.mutate import mutate
        from fuzz.targets import TARGETS

        for module in pkgutil.walk_packages(qunkit.__path__, "qunkit."):
            if module.name.split(".")[1] in ("formats", "parsing", "chat", "ingest"):
                import_module(module.name)
    target = TARGETS[name]
    others, words = target.inputs(), target.words

    def mutated(data: bytes, longest: int, seed: int) -> bytes:
        dice = Random(seed)
        changed = mutate(data, dice, words, others, longest)
        return atheris.Mutate(changed, longest) if dice.random() < 0.25 else changed  # type: ignore[no-any-return]

    atheris.Setup([name, *flags], lambda data: target.check(data) and None, custom_mutator=mutated)
    atheris.Fuzz()
    return 0


def _fuzzed(name: str, seconds: float) -> Score:
    """Fuzz until the time is up; after a find go on."""
    score = Score(name)
    begin = time.monotonic()
    (BUILD / name / "corpus").mkdir(parents=True, exist_ok=True)
    while (left := seconds - (time.monotonic() - begin)) > 2 and len(score.finds) < FINDS:
        crash = BUILD / name / f"crash-{len(score.finds):02}"
        folders = [BUILD / name / "corpus", CORPUS / name, BUILD / name / "seeds"]
        flags = [f"-max_total_time={int(left)}", f"-exact_artifact_path={crash}", *_FLAGS]
        process = _started(name, [*flags, *(str(folder) for folder in folders if folder.is_dir())])
        log = process.communicate()[0].decode("utf-8", "replace")
        (BUILD / name / "log").write_text(log)
        score.executions += sum(map(int, _STATS.findall(log)))
        score.corpus = max(map(int, _CORPUS.findall(log)), default=score.corpus)
        if process.returncode == 0:
            break
        where = _where(log)
        if where in score.finds or not crash.exists():  # the same again: the rest of the time is better spent elsewhere
            score.finds.setdefault(where, crash if crash.exists() else BUILD / name / "log")
            break
        score.finds[where] = crash
    score.seconds = time.monotonic() - begin
    return score


def _started(name: str, flags: Sequence[str]) -> subprocess.Popen[bytes]:
    """A process of its own, that leaves nothing behind when it dies."""
    place = tempfile.mkdtemp(prefix="qunkit-fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
    path = os.pathsep.join((str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")))
    environment = {**os.environ, "TMPDIR": place, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    command = 'trap "rm -rf $TMPDIR" EXIT; trap "exit 130" INT TERM HUP; python=$1; shift; "$python" -m fuzz under-atheris "$@"'
    return subprocess.Popen(
        ["sh", "-c", command, "fuzz", sys.executable, name, *flags],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _write_seeds(name: str) -> Path:
    """The seeds as files. Not from a thread: to make some of them, the standard output is held."""
    from fuzz.targets import TARGETS

    folder = BUILD / name / "seeds"
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(TARGETS[name].seeds()):
        (folder / f"{number:04}").write_bytes(seed[:LONGEST])
    return folder


def _where(log: str) -> str:
    """The last line of ours in a traceback, and what was raised; or what libFuzzer says."""
    places = re.findall(r'File "[^"]*/((?:qunkit|fuzz)/[^"]+)", line (\d+), in (\S+)', log)
    raised = re.findall(r"^(\w[\w.]*(?:Error|Exception|Broken|Warning)\b.{0,100})", log, re.MULTILINE)
    said = re.findall(r"ERROR: libFuzzer: (.{0,60})", log)
    return (
        " ".join((":".join(places[-1]) if places else "", raised[-1] if raised else "", *said[:1])).strip()
        or log[-200:]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
