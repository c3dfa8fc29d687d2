"""Debian's Chromium without a window, asked over a pipe (its DevTools protocol): what a page does, how wide it is, and pictures of it.

No library and no port: a message is JSON and a zero byte, on descriptors 3 and 4 of the browser.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

CHROMIUM = "chromium"
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip
_PIPED = """
import fcntl, os, sys
pipes = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]  # out of the way of 3 and 4
for number, pipe in enumerate(pipes, 3):
    os.dup2(pipe, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
PHONE, LAPTOP, A4 = (390, 844), (1366, 900), (680, 1009)
"""Widths and heights in pixels; of A4 what the margins of 15 mm leave, at 96 to the inch."""

SHOWN = (
    ("phone", PHONE, False, "screen"), ("phone-dark", PHONE, True, "screen"), ("laptop", LAPTOP, False, "screen"), ("laptop-dark", LAPTOP, True, "screen"),
    ("a4", A4, False, "print"),
)  # fmt: skip
"""How people see a page: a name, the window, whether it is dark, and whether it is paper."""


class Browser:
    """A running browser with one page."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = os.fdopen(to, "wb", buffering=0), os.fdopen(back, "rb", buffering=0)
        self._asked = 0
        self._left = b""
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        """What the page did, as it was told; see `of`."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: Any) -> Any:
        """One command and its answer.

        Raises:
            AssertionError: the browser refuses it.
        """
        self._asked += 1
        message = {"id": self._asked, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._asked:
                assert "error" not in told, told
                return told["result"]
            self.events.append(told)

    def of(self, *methods: str) -> list[dict[str, Any]]:
        """What was told of these kinds of events."""
        return [event["params"] for event in self.events if event.get("method") in methods]

    def open(
        self, path: Path | str, size: tuple[int, int] = LAPTOP, *, dark: bool = False, media: str = "screen"
    ) -> None:
        """Show a file, or an address of this machine, in a window of that size, and forget what was told before."""
        self.events.clear()
        width, height = size
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=scheme)
        self.ask("Page.navigate", url=path if isinstance(path, str) else path.absolute().as_uri())
        while not self.of("Page.loadEventFired"):
            self.events.append(self._next())

    def value(self, script: str) -> Any:
        """What an expression gives on the page."""
        result = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def picture(self, path: Path, *, whole: bool = True) -> None:
        """What the page looks like, as PNG; `whole`: with all that lies below the window."""
        path.write_bytes(
            b64decode(self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"])
        )

    def pdf(self) -> bytes:
        """The page on paper, as it says itself."""
        return b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            part = self._back.read(1 << 20)
            assert part, "the browser is gone"
            self._left += part
        message, _, self._left = self._left.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        return told

    def close(self) -> None:
        """Nothing is asked any more."""
        with suppress(OSError):
            self._to.close()
        self._back.close()


def pictures(of: Browser, page: Path, folder: Path) -> list[Path]:
    """A page on a phone and a laptop, by light and in the dark, and as paper has it: PNG files called after the page."""
    taken: list[Path] = []
    for name, size, dark, media in SHOWN:
        of.open(page, size, dark=dark, media=media)
        taken.append(folder / f"{page.stem}-{name}.png")
        of.picture(taken[-1])
    return taken


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser of one's own, with a new profile; it ends with the block."""
    with TemporaryDirectory(prefix="qunkit-browser-", ignore_cleanup_errors=True) as profile:
        ours, theirs = os.pipe(), os.pipe()  # to the browser, and back
        command = [str(shutil.which(CHROMIUM)), *_FLAGS, f"--user-data-dir={profile}"]
        started = subprocess.Popen(
            [sys.executable, "-c", _PIPED, str(ours[0]), str(theirs[1]), *command],
            pass_fds=(ours[0], theirs[1]), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment(profile),
        )  # fmt: skip
        os.close(ours[0])
        os.close(theirs[1])
        browser: Browser | None = None
        try:
            browser = Browser(ours[1], theirs[0])
            yield browser
        finally:
            if browser:
                with suppress(OSError, AssertionError):
                    browser._session = None
                    browser.ask("Browser.close")
                browser.close()
            with suppress(subprocess.TimeoutExpired):
                started.wait(10)
            if started.poll() is None:
                started.kill()
                started.wait()


def _environment(profile: str) -> Mapping[str, str]:
    return {**os.environ, "HOME": profile, "TZ": "UTC"}
