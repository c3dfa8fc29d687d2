"""The exports of QQ groups: their group is not the one of the other samples, its truth lies beside them."""

from __future__ import annotations

_QQ = "group_周末徒步·QQ群_770011223_20250109_120000"
_CHUNKED = f"qce_v5/chunked/{_QQ}_chunked_jsonl"

JSON, TXT, XLSX = f"qce_v5/json/{_QQ}.json", f"qce_v5/txt/{_QQ}.txt", f"qce_v5/xlsx/{_QQ}.xlsx"
MANIFEST = f"{_CHUNKED}/manifest.json"
CHUNKS = [f"{_CHUNKED}/chunks/c00000{number}.jsonl" for number in (1, 2, 3)]
_QCE = {
    JSON: "qce_json",
    TXT: "qce_txt",
    XLSX: "qce_xlsx",
    MANIFEST: "qce_manifest",
    **dict.fromkeys(CHUNKS, "qce_chunks"),
}
_MANAGER = {
    "made/qq_txt/全部消息记录.txt": "qq_txt",
    "made/qq_txt/周三读书会.txt": "qq_txt",
    "made/qq_mht/全部消息记录.mht": "qq_mht",
    "made/qq_mht/周三读书会.mht": "qq_mht",
}
"""Written by hand after public descriptions: nobody here has the old QQ."""

BELONGS = _QCE | _MANAGER

ELSEWHERE = {
    **dict.fromkeys(_QCE, "tests/formats/test_qce_truth.py"),
    **dict.fromkeys(_MANAGER, "tests/formats/test_qq_manager.py"),
}
