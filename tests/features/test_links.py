"""Hosts of links, as people type and paste them."""

from __future__ import annotations

import pytest

from qunkit.features.links import hosts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("看 https://U.jd.com/x?a=1#b 再看http://u.JD.com", "u.jd.com"),
        ("复制链接m.tb.cn/h.5Ab打开", "m.tb.cn"),
        ("https://t.cn快看www.b.com", "t.cn www.b.com"),
        ("HTTPS：//ａ．ｃｏｍ", "a.com"),
        ("http://me:secret@b.com:8080/x", "b.com"),
        ("http://192.168.1.1:80/a 10.0.0.1", "192.168.1.1"),
        ("http://例子.中国/x https://xn--fsqu00a.xn--fiqs8s/", "例子.中国 xn--fsqu00a.xn--fiqs8s"),
        ("ftp://ftp.gnu.org/x docs.python.org/3", "ftp.gnu.org docs.python.org"),
        ("a@b.com 3.5 e.g. U.S.A a.py 12.com", "12.com"),
        ("mp.weixin.qq.com/s/abc，taobao.com。", "mp.weixin.qq.com taobao.com"),
        ("github.io/x 而 node.js 和 readme.md 不是", "github.io"),
        ("没有链接", ""),
        ("", ""),
    ],
)
def test_hosts(text: str, expected: str) -> None:
    assert hosts(text) == expected.split()
