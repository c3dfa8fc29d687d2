"""What the made-up exports of EchoTrace are."""

BELONGS = {
    "made/echotrace_json/周三读书会_聊天记录_1733360400000.json": "echotrace_json",
    "made/echotrace_xlsx/周三读书会_聊天记录_1733360400000.xlsx": "echotrace_xlsx",
}
ELSEWHERE = dict.fromkeys(BELONGS, "tests/formats/test_echotrace.py")
