"""The weights that come with the program: ``python training/train.py DATA``; `make train DATA=…` is that.

Writes src/qunkit/features/data/ads.npz and, beside this file, ads.json: what was read, by its sha256, and the sha256 of the weights. The same bytes
every time, with the versions that the extra `train` pins.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import compose
import corpora
from fit import Workshop

NAME = "shipped-1"
HERE = Path(__file__).parent
WEIGHTS = HERE.parent / "src/qunkit/features/data/ads.npz"
FACTS = HERE / "ads.json"
MOST = 600 * 1024
"""Bytes of the weights."""


def main(data: Path) -> None:
    """Fit, and write."""
    chat, labelled = corpora.chat(data), corpora.labelled(data)
    shop = Workshop(chat.fit, labelled)
    about = {
        "read": corpora.hashes(data, (*corpora.LCCC, corpora.MCQQ)),
        "templates": compose.templates(),
        "examples": {name: len(part.texts) for name, part in shop.parts.items()},
        "ads": sum(sum(part.ads) for part in shop.parts.values()),
        "versions": {name: version(name) for name in ("scikit-learn", "numpy", "scipy", "pypinyin", "opencc")},
    }
    packed = shop.fitted(shop.names(), chat.threshold, NAME, about).packed()
    if len(packed) > MOST:
        sys.exit(f"{len(packed):,} bytes are more than {MOST:,}")
    WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
    WEIGHTS.write_bytes(packed)
    facts = {"name": NAME, "bytes": len(packed), "sha256": sha256(packed).hexdigest(), **about}
    FACTS.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{WEIGHTS.name}: {len(packed):,} bytes, sha256 {facts['sha256']}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
