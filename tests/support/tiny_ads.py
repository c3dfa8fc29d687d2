"""A dozen advertisements, a dozen messages that are none, and the model that they make. All invented."""

from __future__ import annotations

from functools import cache

import numpy as np

from qunkit.methods.ad_learning import learn
from qunkit.methods.ad_model import WIDTH, AdModel

ADS = [
    "居家兼职，日结200-500，加微信：abc_12345",
    "宝妈学生都可做，打字点赞就能赚，+V：zhuan8888",
    "➕薇❤ kk_99887 领优惠券，全场9.9元包邮",
    "【内购价29元】抽纸10包 ￥a1B2c3D4e5￥ 复制打开淘宝",
    "贷款不求人，身份证即可，当天下款，电话13800001111",
    "征信花也能做，额度5-30万，联系微信dai_kuan66",
    "牛股早知道，老师带盘，免费进群：gu_piao88",
    "28天瘦15斤，不节食不反弹，想瘦的加我微信shou_1234",
    "低价出号，满级皮肤全，扣扣1234567890",
    "刷单返利，一单一结，垫付秒返，速来私聊",
    "注册送88元彩金，信誉平台，点击 http://a.example.invalid/x",
    "一比一高仿包包，支持验货，诚招代理，看图加 bao_bao77",
]
CHATS = [
    "明天还去爬山吗？",
    "哈哈哈哈哈哈",
    "我刚下班，今天好累",
    "这个多少钱，还有吗",
    "我要两份，收到谢谢",
    "群主在吗，求一下昨天的文件",
    "早上好，大家吃了吗",
    "怎么又来广告了，管理踢一下",
    "周末孩子的作业写完了没有",
    "好的好的，我知道了",
    "昨天那部电影真的好看",
    "微信转你了，看一下",
]
TEXTS = ADS + CHATS
LABELS = [True] * len(ADS) + [False] * len(CHATS)


def empty() -> AdModel:
    """It knows nothing: p is 0.5."""
    return AdModel("empty", np.zeros(WIDTH, np.float16), 0.0)


@cache
def tiny() -> AdModel:
    """What the two dozens make of it."""
    return learn(empty(), TEXTS, LABELS, name="tiny").model
