"""Contacts as people write and hide them, and what looks like one and is none."""

from __future__ import annotations

import random
import time

import pytest

from qunkit.features.contacts import contacts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("加V：xiao_lu88，秒通过", "wx:xiao_lu88"),
        ("加V：a b c 1 2 3", "wx:abc123"),
        ("➕Ｖ.❤：ａｂｃ①③⑧", "wx:abc138"),
        ("薇♥信 abc_123", "wx:abc_123"),
        ("微❤:hello123 或 v❤hello456", "wx:hello123 wx:hello456"),
        ("vx:Hello-World_9", "wx:hello-world_9"),
        ("V：abc-def-88", "wx:abc-def-88"),
        ("V【abc12345】", "wx:abc12345"),
        ("微信号：wxid_abcd1234", "wx:wxid_abcd1234"),
        ("把名片推给 wxid_abcd1234 吧", "wx:wxid_abcd1234"),
        ("我微信是 happy_2020 哦", "wx:happy_2020"),
        ("加微信xiaoming", "wx:xiaoming"),
        ("微信：xiaoming", "wx:xiaoming"),
        ("微信号 10086123", "wx:10086123"),
        ("名额有限 ➕：kf_abc12", "wx:kf_abc12"),
        ("看相册加：vip_kxv12", "wx:vip_kxv12"),
        ("加一下我 abc12345", "wx:abc12345"),
        ("想瘦的➕V|加薇信 kf_abc22，➕微👉kf_abc22", "wx:kf_abc22"),
        ("QQ：12345678", "qq:12345678"),
        ("加扣扣1２3４5６７", "qq:1234567"),
        ("扣扣 123 456 789", "qq:123456789"),
        ("Q群号 876543210，群号：123456789", "qq:876543210 qq:123456789"),
        ("加群123456789", "qq:123456789"),
        ("发到 123456@qq.com", "qq:123456"),
        ("１３８００００１１１１", "phone:13800001111"),
        ("手机138-0000-1111，或+86 139 0000 1111", "phone:13800001111 phone:13900001111"),
        ("1 3 8 0 0 0 0 1 1 1 1", "phone:13800001111"),
        ("一三八零零零零一一一一", "phone:13800001111"),
        ("微信同号13800001111", "phone:13800001111"),
        ("QQ 13800001111", "phone:13800001111"),
        ("电话 0571-88888888 热线400-800-1234", "phone:057188888888 phone:4008001234"),
        ("￥AbC123dEf45￥ 打开淘宝，或 (xYz12AbCd34)", "taokouling:AbC123dEf45 taokouling:xYz12AbCd34"),
        ("先 QQ:12345 再 V:lucky_7x，￥AbC123dEf45￥", "qq:12345 wx:lucky_7x taokouling:AbC123dEf45"),
    ],
)
def test_contacts(text: str, expected: str) -> None:
    assert contacts(text) == expected.split()


@pytest.mark.parametrize(
    "text",
    [
        "订单号 13800001111",
        "快递单号：13800001111，取件码 8-2-1234",
        "13800000000元",
        "银行卡 6222021380000111122",
        "身份证 330102199001011234",
        "3.13800001111",
        "2024-11-22 18:30 集合",
        "2024年11月22日",
        "单价12.8，加量50%，加1份，+1 2份",
        "qq群 20000人，微信 10000000 人",
        "群里 12345 个人",
        "微信支付 88888元",
        "微信红包 8888888",
        "微信 iphone15 用不了，加 iphone15",
        "微信 android 版",
        "这个加rtx4090",
        "用微信登录 github123",
        "v13.2.1 版本",
        "官微：abc_news",
        "https://weixin.qq.com/wx/abc12345 和 qq.com/12345678",
        "￥19.9￥ 29.9",
        "$100000000$",
        "(13800001111)"[:4],
        "(abcdefghijk) 和 《12345678901》",
        "微信：[account] 电话：[phone] QQ：[account]",
        "加 m-abcdefghijklmnop 微信:m-abcdefghijklmnop",
        "没有联系方式",
    ],
)
def test_no_contacts(text: str) -> None:
    assert contacts(text) == []


def test_a_hostile_text_costs_no_more_than_another():
    def spent(text: str) -> float:
        began = time.process_time()
        contacts(text)
        return time.process_time() - began

    for part in ("加微信:", "qq ", "1 ", "v", "a_", "138 0000 ", "(1a", "号码是为", "电话 0571-", "wxid_", "￥a1"):
        short, long = part * 2000, part * 16000
        contacts(short)
        assert min(spent(long) for _ in range(3)) < 40 * max(min(spent(short) for _ in range(3)), 1e-3), part


def test_everyday_numbers_are_none():
    """A thousand invented lines with prices, times, counts and order numbers."""
    dice = random.Random(1)
    forms = (
        "{a}份{b}元",
        "{b}.{a}到货",
        "周{a}晚{a}点{b}",
        "订单{b}{b}{b}",
        "{b}块{a}毛，{a}楼{b}室",
        "第{b}期第{a}名",
        "{a}/{b}已付",
    )
    lines = [dice.choice(forms).format(a=dice.randint(1, 30), b=dice.randint(100, 99999)) for _ in range(1000)]
    assert [line for line in lines if contacts(line)] == []
