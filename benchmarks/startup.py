"""How long ``qunkit --help`` takes, as a ratio to a bare ``import typer``; exits 1 above 1.5.

CPU time of whole processes, the least of many interleaved runs: other work on the machine only adds to a run.

    python benchmarks/startup.py [ROUNDS]
"""

from __future__ import annotations

import resource
import subprocess
import sys

LIMIT = 1.5
COMMANDS = {
    "import typer": ["-c", "import typer"],
    "qunkit --help": ["-c", "import sys; sys.argv = ['qunkit', '--help']; from qunkit.cli.main import main; main()"],
}


def cpu_seconds(args: list[str]) -> float:
    """User and system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *args], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    best = dict.fromkeys(COMMANDS, float("inf"))
    for _ in range(rounds):
        for name, args in COMMANDS.items():
            best[name] = min(best[name], cpu_seconds(args))
    base, help = best.values()
    for name, seconds in best.items():
        print(f"{name:15} {seconds * 1000:6.1f} ms")
    print(f"ratio {help / base:.2f} (limit {LIMIT})")
    return help / base > LIMIT


if __name__ == "__main__":
    sys.exit(main())
