"""Invented messages that complain and that do not, by family, to measure the list of complaints on.

Every family has templates of two halves: ``seen`` ones, which the list may be made better by, and ``held`` ones, which it was never changed for. Slots make a template several messages.
`python -m support.complaint_talk [FILE …]` prints the tables of docs/methods/complaints.md, and how much of each file counts as complaints: a turn a line, or several with tabs between.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

from qunkit.methods.complaints import complaints

GOODS = ("车厘子", "面霜", "挂耳咖啡", "儿童雨靴", "冻虾仁", "保温杯")
TIMES = ("三天", "一个星期", "十来天")
WHO = ("团长", "群主", "客服")

COMPLAIN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "quality": (
        ("{goods}收到就是坏的", "这批{goods}质量真的不行", "{goods}打开一股怪味", "{goods}碎了一半，怎么吃", "{goods}都发霉了，你们看看",
         "图片看着挺好，{goods}到手和图片完全两回事", "{goods}用了两次就开胶了", "{goods}已经过期了还发给我", "{goods}漏了一箱子都是", "说是正品，{goods}做工也太差了"),
        ("刚拆的{goods}，一半是烂的", "{goods}品质太差劲了，不会再买", "昨天到的{goods}今天就变质了", "{goods}里面有根头发，恶心", "{goods}根本没法用",
         "跟描述的不一样，{goods}小了一圈", "{goods}难吃死了", "袋子破了，{goods}撒了一地", "{goods}洗一次就掉色", "{goods}一点都不新鲜"),
    ),
    "logistics": (
        ("{goods}都{time}了还没收到", "{goods}怎么还不发货", "我的{goods}少发了一份", "说好今天到的，{goods}到现在没送来", "物流{time}没更新了，{goods}在哪",
         "{goods}给我发错了口味", "下单{time}了一直没发货", "三份{goods}只收到两份", "{goods}缺斤少两，称了才八两", "快递把{goods}弄丢了"),
        ("等了{time}，{goods}连影子都没有", "{goods}漏发了，帮我看看", "为什么我的{goods}还没发出", "邻居的都到了，我的{goods}没收到", "{goods}卡在中转站{time}不动了",
         "拍的{goods}送错成别的了", "我那箱{goods}里少了两盒", "{goods}迟迟不发", "催了好几次{goods}还是没动静", "{goods}不够秤啊"),
    ),
    "refund": (
        ("{goods}我要退货", "{goods}申请退款{time}了没人处理", "{goods}坏成这样不给退", "把{goods}的钱退给我", "{goods}帮我退了吧，不要了",
         "说好的退款呢", "要么补发要么退钱", "{goods}必须赔我", "{time}了{goods}还没退款", "商家拒绝退款"),
        ("这{goods}我不想要了，给我退掉", "{goods}的退款{time}没到账", "我只要求退一赔三", "{goods}不让退，什么道理", "东西不对，退钱！",
         "{who}，{goods}申请仅退款", "一直拖着不肯退{goods}", "{goods}出问题了谁来赔偿", "收货第二天就想退{goods}，卖家不肯退货", "钱呢，{goods}退款没下文"),
    ),
    "service": (
        ("问了{time}{who}都没人理", "{who}已读不回", "{who}态度也太差了", "{who}电话打不通", "有问题就装死，{who}真行",
         "发了这么多消息{who}一句不回复", "这服务太差了", "我要投诉{who}", "再也不在这买{goods}了", "{who}和仓库互相推，没人负责"),
        ("私信{who}{time}不回", "{who}说话什么态度", "{goods}的问题反映{time}了没人解决", "售后踢皮球，{goods}的事没人管", "{who}爱答不理的",
         "对{who}太失望了", "客服敷衍了事", "以后不会再跟{who}的团", "{who}不负责任", "找不到{who}人了，电话也不接"),
    ),
    "price": (
        ("{goods}是假货吧", "遇到骗子了，{goods}付了钱就拉黑我", "{goods}比超市贵了十几块，坑人", "虚假宣传，{goods}哪有说的那么好", "{goods}重复扣款了两次",
         "{who}太黑心了", "我被骗了，{goods}根本不是正品", "先涨价再打折，套路", "{goods}多收了我二十", "就是宰客"),
        ("{goods}是高仿的，扫码查不到", "上当了，{goods}不值这个价", "奸商", "{goods}标的克数虚标", "{who}割一波就跑，骗钱的",
         "老客户买{goods}反而贵，杀熟", "{goods}冒牌的也敢卖", "运费乱收费", "说一套做一套，坑钱", "{goods}拆开是山寨货"),
    ),
    "health": (
        ("吃了{goods}拉肚子了", "用了{goods}脸上过敏", "{goods}吃完全家上吐下泻", "涂了{goods}起了好多红疹", "孩子喝了{goods}一直吐，肚子疼"),
        ("昨晚吃的{goods}，今天一家人腹泻", "抹了两天{goods}，脸又红又发痒", "{goods}把孩子吃坏肚子了", "用完{goods}烂脸了", "吃完{goods}胃疼恶心到现在"),
    ),
    "grave": (
        ("再不处理我就打12315", "已经向市场监管局反映了{goods}的事", "不退我就去消协"),
        ("我要举报你们", "准备起诉，等律师函吧", "{goods}食物中毒，孩子在医院"),
    ),
}  # fmt: skip
OTHER: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "product talk": (
        ("这款{goods}过敏体质也能用", "{goods}坏果包赔，放心下单", "{goods}支持七天无理由退货", "{goods}低过敏配方", "{goods}不掉色不起球，回购第三次了", "{goods}假一赔十"),
        ("花粉过敏的季节来了，{goods}备起来", "{goods}破损包赔", "敏感肌用{goods}不会过敏", "{goods}买了退货险", "{goods}漏不了，放心倒着放", "{goods}出过敏原检测报告了"),
    ),
    "negation": (
        ("{goods}没有质量问题", "{goods}没坏，挺好的", "不是质量问题，是我自己摔的", "{goods}吃了没有拉肚子", "收到{goods}了，没有破损", "{goods}一个坏的都没有"),
        ("{goods}用着没过敏", "检查了，{goods}没少发", "不用退款了{who}", "{goods}没发霉，是果粉", "{who}态度不差的", "{goods}不难吃"),
    ),
    "settled": (
        ("{goods}退款成功，谢谢{who}", "已退款，谢谢", "少发的{goods}补发了，收到啦", "{goods}的事解决了，{who}辛苦", "退款到账了", "{who}处理好了，退款秒到"),
        ("{goods}退款收到，感谢", "谢谢{who}，退货已经退好了", "没收到的{goods}今天都收到了，谢谢", "{who}已经退了", "退货的钱退回来了，赞", "漏发的{goods}已补发"),
    ),
    "question": (
        ("{goods}会过敏吗", "{goods}坏了可以退吗", "请问{goods}怎么退货", "{goods}会不会掉色", "{goods}保质期多久，容易坏吗", "有没有人吃{goods}拉肚子的"),
        ("{goods}是不是正品，会是假货吗", "{goods}能不能退款", "宝宝吃{goods}会拉肚子吗", "请问退款流程是什么", "{goods}没收到可以补发吗", "{goods}要是坏了怎么办呀"),
    ),
    "everyday": (
        ("今天累坏了", "笑死，肚子疼", "手机没电了", "真的假的", "没人陪我吃饭", "周末下雨，计划泡汤"),
        ("饿坏了，{goods}吃光了", "等了半天公交", "猫又把沙发抓坏了", "好坏啊你", "孩子过敏性鼻炎犯了", "谁没收到通知"),
        ) ,
    "ordering": (
        ("{goods}来两份", "{goods}什么时候开团", "+1", "{goods}拍下了", "{who}给我留一盒{goods}", "{goods}好吃，还想买"),
        ("{goods}多少钱", "接龙了，{goods}三份", "{goods}到了吗", "{goods}今天能发货吗", "{who}辛苦了", "收到{goods}，包装很好"),
    ),
}  # fmt: skip


def messages(template: str) -> list[str]:
    """What a template stands for."""
    slots = {"goods": GOODS, "time": TIMES, "who": WHO}
    used = [name for name in slots if f"{{{name}}}" in template]
    return [template.format(**dict(zip(used, one, strict=True))) for one in product(*(slots[name] for name in used))]


def flagged(templates: tuple[str, ...], family: str = "") -> tuple[float, float]:
    """The share of a family's messages that count as complaints, each template as much as any other; and as complaints of `family`."""
    any_, own = [], []
    for template in templates:
        found = complaints(messages(template))
        any_.append(sum(map(bool, found)) / len(found))
        own.append(sum(any(hit.startswith(f"{family}:") for hit in hits) for hits in found) / len(found))
    return sum(any_) / len(any_), sum(own) / len(own)


def main(*files: str) -> None:
    lines = ["| complaints about | templates | found, seen | found, held apart | of these, as what they are about |", "| --- | --: | --: | --: | --: |"]  # fmt: skip
    held: list[str] = []
    for family, (seen, apart) in COMPLAIN.items():
        held += apart
        found, own = flagged(apart, family)
        lines.append(f"| {family} | {len(seen)} + {len(apart)} | {flagged(seen)[0]:.2f} | {found:.2f} | {own:.2f} |")
    lines.append(f"| all | | | {flagged(tuple(held))[0]:.2f} | |")
    lines += ["", "| no complaints | templates | flagged, seen | flagged, held apart |", "| --- | --: | --: | --: |"]
    others: list[str] = []
    for family, (seen, apart) in OTHER.items():
        others += apart
        lines.append(f"| {family} | {len(seen)} + {len(apart)} | {flagged(seen)[0]:.2f} | {flagged(apart)[0]:.2f} |")
    lines.append(f"| all | | | {flagged(tuple(others))[0]:.2f} |")
    for name in files:
        turns = {turn.replace(" ", "") for turn in Path(name).read_text("utf-8").replace("\t", "\n").splitlines()} - {
            ""
        }
        found = sum(map(bool, complaints(sorted(turns))))
        lines += ["", f"{Path(name).name}: {found} of {len(turns):,} turns, {found / len(turns):.2%}"]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
