"""What advertisements say, family by family, and what buyers and friends say instead: words of normalised texts, each a regular expression that
begins with one plain sign and repeats nothing within a repetition."""

from __future__ import annotations

import re
from itertools import groupby

from qunkit.words import Text

_GAP = "[^\\0\\n]"
"""Any sign of the same line."""
_ACCOUNT = "(?:[a-z][a-z0-9_-]{5,19}|[0-9]{5,12})(?![a-z0-9_])"
_TO = "[:号是为\\x20=>→👉↓-]{0,4}"
_CALLED = (
    "微信",
    "微",
    "v",
    "q",
    "qq群?",
    "群",
    "电话",
    "手机",
    "热线",
    "致电",
    "联系",
    "咨询",
    "客服",
    "加",
    "加我",
    "tel",
    "私",
    "➤",
    "👉",
    "☎",
    "📞",
)
"""What stands before an account."""

FAMILIES: dict[str, tuple[Text, str]] = {
    "account": (
        Text("gives an account to contact", "留有联系账号"),
        " ".join(f"{word}{_TO}{_ACCOUNT}" for word in _CALLED),
    ),
    "phone": (
        Text("gives a phone number", "留有电话号码"),
        "1(?<![0-9]1)[3-9][0-9]{9}(?![0-9]) 1(?<![0-9]1)[3-9][0-9][\\x20-][0-9]{4}[\\x20-][0-9]{4}(?![0-9]) 4(?<![0-9]4)00[-\\x20]?[0-9]{3,4}[-\\x20]?[0-9]{3,4} "
        "0(?<![0-9]0)[1-9][0-9]{1,2}-[0-9]{7,8}(?![0-9])",
    ),
    "contact": (
        Text("asks to be contacted", "引导加好友或私聊"),
        "加我 加个?微 加个?好友 加个?q 加群 加我?v 加入我们 私聊 私信 私我 私戳 私窗 联系我 联系微 联系q 联系电 联系方式 联系客服 "
        "进群 入群 拉你进 小窗 详聊 详询 详情 咨询 微信号 微信同号 电联 致电 滴我 戳我 找我 来找 q聊 q我 微我 v我 备注",
    ),
    "short_link": (
        Text("short or share link", "含短链接或分享链接"),
        "t(?<![a-z0-9.-]t)\\.cn/ u(?<![a-z0-9.-]u)rl\\.cn/ d(?<![a-z0-9.-]d)wz\\.(?:cn|tax|win) s(?<![a-z0-9.-]s)uo\\.(?:im|nz|yt) m(?<![a-z0-9.-]m)\\.tb\\.cn "
        "u(?<![a-z0-9.-]u)\\.jd\\.com s(?<![a-z0-9.-]s)ourl\\. m(?<![a-z0-9.-]m)rw\\.so b(?<![a-z0-9.-]b)it\\.ly i(?<![a-z0-9.-]i)s\\.gd 0(?<![a-z0-9.-]0)x3\\.me "
        "t(?<![a-z0-9.-]t)inyurl\\. y(?<![a-z0-9.-]y)angkeduo\\. p(?<![a-z0-9.-]p)\\.pinduoduo\\. v(?<![a-z0-9.-]v)\\.douyin\\. k(?<![a-z0-9.-]k)url\\.",
    ),
    "passcode": (
        Text("shopping code to copy", "含淘口令"),
        " ".join(
            f"{left}(?=[a-z]{{0,13}}[0-9])[a-z0-9]{{8,14}}[{right}]"
            for left, right in (
                ("¥", "¥"),
                ("€", "€"),
                ("£", "£"),
                ("₤", "₤"),
                ("₳", "₳"),
                ("¢", "¢"),
                ("₴", "₴"),
                ("\\$", "$"),
                ("《", "》"),
                ("\\(", ")"),
            )
        )
        + f" 淘口令 复制{_GAP}{{0,20}}打开 付制{_GAP}{{0,20}}打开 打开手?机?淘宝 打开京东 打开拼多多 打开抖音 去某宝 口令",
    ),
    "code": (
        Text("QR code to scan", "引导扫码"),
        f"扫码 扫一扫 扫描 扫二 识别{_GAP}{{0,6}}码 二维码 二唯码 长按{_GAP}{{0,4}}识 长按{_GAP}{{0,6}}码 码上 海报 小程序",
    ),
    "price": (
        Text("names a price", "报价"),
        "¥[0-9] \\$[0-9] "
        + " ".join(
            f"{digit}[0-9.]{{0,6}}(?:元|块|rmb|r\\b|包邮|一件|一斤|一盒|一瓶|[wkm米万]?(?:/|每|一)(?:天|单|月|年|次|小时))"
            for digit in "0123456789"
        ),
    ),
    "bargain": (
        Text("bargain or discount", "优惠促销"),
        "只要 仅需 只需 仅售 原价 现价 券后 到手价 内购价 内部价 秒杀 包邮 特价 批发 清仓 甩卖 低价 底价 优惠 折扣 满减 下单 拍下 限时 限量 抢购 促销 "
        "漏洞价 白菜价 骨折价 捡漏 亏本 福利价 优惠价 活动价 一折 打折 半价 便宜出 超值 大促 拼团 团购 秒发 现货 预售 买一送 买二送 第二件 五折 全网最 "
        "1折 2折 3折 4折 5折 6折 7折 8折 9折 9\\.[0-9]折 8\\.[0-9]折",
    ),
    "gift": (
        Text("gifts, coupons or other freebies", "免费赠送或领券"),
        f"领券 优惠券 红包 免费 福利 0元 0撸 零元 免单 抽奖 赠送 领取 白嫖 送{_GAP}{{0,6}}元 送{_GAP}{{0,4}}钻 送{_GAP}{{0,4}}皮肤 "
        "送话费 送会员 大礼包 礼包 礼品 好礼 领走 新人专享 新用户 体验金 人人有 羊毛 薅",
    ),
    "recruiting": (
        Text("recruits for side jobs", "招募兼职或代理"),
        "兼职 招聘 招人 招代 招募 招收 招工 招商 招学 招合 诚招 急招 高薪 代理 加盟 副业 日结 日入 日赚 日薪 月入 月赚 月薪 周结 时薪 在家 居家 宝妈 上班族 "
        "时间自由 手机操作 手机就能 底薪 佣金 待遇 包吃 无经验 有无经验 零门槛 0门槛 无门槛 门槛低 创业 合伙人 团队 下级 下线 一单一结 收徒 带徒 带人 带你赚 带你飞 赚钱 "
        "赚米 挣钱 躺赚 零花钱 外快 打字员 录入 试玩 家长群 空闲时间 不耽误",
    ),
    "brushing": (
        Text("fake orders, paid likes or tasks", "刷单返利"),
        "刷单 刷信 刷粉 刷赞 刷量 刷票 刷钻 返利 返现 返佣 返点 返还 垫付 垫资 本金 点赞 任务单 做任务 接任务 做单 接单 派单 放单 每单 提现 秒到 秒结 秒返 拉新 地推 "
        "补单 代付 淘宝单 抖音赞 关注点 浏览单 现结 立结 单笔 秒提 无需垫 不垫付 粉丝量",
    ),
    "finance": (
        Text("loans or investments", "贷款或理财"),
        "贷款 借款 网贷 车贷 房贷 信贷 放款 下款 批款 额度 征信 黑户 白户 信用卡 套现 提额 养卡 花呗 白条 借呗 利息 无抵押 抵押 周转 急用钱 芝麻分 负债 逾期 "
        "股票 荐股 牛股 涨停 炒股 大盘 老师带 带盘 期货 外汇 黄金 原油 投资 理财 收益 稳赚 回本 翻倍 币圈 比特币 usdt 泰达 虚拟币 数字货币 挖矿 空投 区块链 交易所 "
        "跑分 收款码 银行卡 四件套 对公",
    ),
    "gambling": (
        Text("gambling", "博彩"),
        "博彩 彩票 时时彩 快三 快3 赛车 pk10 棋牌 百家乐 捕鱼 澳门 威尼斯 葡京 赌 下注 返水 首充 首存 注册送 彩金 娱乐城 六合 体彩 足彩 竞猜 精准计划 计划群 稳赢 包赢 "
        "开奖 特码 一码 三肖 上下分 信誉平台 真人视讯 电子游艺 德州 牛牛 麻将群 跟投 倍投 充值送 大小单双",
    ),
    "beauty": (
        Text("slimming, looks or cures", "减肥、医美或保健"),
        "减肥 瘦身 减脂 瘦脸 瘦腿 瘦了 掉秤 不反弹 不节食 祛斑 祛痘 淡斑 美白 丰胸 整形 医美 玻尿酸 水光针 热玛吉 植发 增高 壮阳 延时 补肾 代餐 双眼皮 脱毛 美容 面膜 "
        "护肤 抗衰 保健 养生 酵素 中药 偏方 根治 疗程 见效 痔疮 脱发 生发 近视 老中医 体质 药方 激光",
    ),
    "trade": (
        Text("sells accounts, cheats or top-ups", "卖号、代练或代充"),
        "卖号 出号 收号 买号 租号 号出售 出售 收购 回收 出个?号 账号 老号 小号 白号 实名号 满级号 代练 代打 代刷 代充 代肝 上分 陪练 陪玩 外挂 开挂 挂机 辅助 科技 脚本 "
        "破解版 透视 自瞄 卡密 激活码 刷枪 刷金 刷级 点券 充值 话费 油卡 会员 网盘 直充 自助下单 发卡 低价出 便宜卖 出租 成品号 解封 协议号 云控 群发 爆粉 引流 精准粉 吸粉",
    ),
    "adult": (
        Text("adult offers", "色情内容"),
        "约炮 上门服务 上门 全套 裸聊 看片 资源群 小视频 学生妹 楼凤 桑拿 会所 同城约 同城交 约会 成人 无码 大尺度 嫩模 制服 丝袜 附近妹 妹子 包夜 一夜情 交友 富婆 "
        "重金求子 萝莉 福利姬 私密 激情 美女 主播",
    ),
    "papers": (
        Text("sells papers or degrees", "办证或代开"),
        "办证 刻章 发票 代开 开票 学历 文凭 证件 驾照 驾驶证 代考 助考 包过 论文 代写 查重 降重 毕业证 职称 消分 代办 户口 公司注册 注册公司 代理记账 挂靠 资质 征信修复 "
        "身份证 定位 查人 开房记录 查档 洗白 私家侦探",
    ),
    "course": (
        Text("courses or training", "课程培训"),
        "培训 课程 讲座 公开课 直播课 体验课 试听 导师 名师 大咖 学员 报名 训练营 教程 网课 考研 考证 一对一 1对1 提分 包教 包会 零基础 0基础 小白 干货 学习资料 资料包 "
        "秘籍 绝招 方法论 免费学 教你 手把手 一节课 上课 课时",
    ),
    "fission": (
        Text("asks to share or invite", "要求转发或邀请"),
        f"转发 分享到 分享给 集赞 助力 帮我砍 砍一刀 砍价 邀请{_GAP}{{0,4}}好友 邀请{_GAP}{{0,4}}人 邀请码 推荐码 投票 投{_GAP}{{0,3}}票 公众号 关注 朋友圈 直播间 扩散 "
        "拉人 拉个?群 群发 拉好友 互粉 互赞 涨粉 点亮",
    ),
    "wares": (
        Text("reseller's goods", "微商货源"),
        "微商 代购 高仿 一比一 1:1 原单 货源 一件代发 代发 工厂 厂家 源头 莆田 大牌 奢侈品 名表 名牌 包包 精仿 复刻 复古表 正品 保真 专柜 支持验货 支持退 退换 免税 烟酒 香烟 爆珠 茅台 "
        "尾货 库存 批量 拿货 款式 上新 新款 爆款 实体店 全国发",
    ),
    "app": (
        Text("asks to install or register", "引导下载或注册"),
        "下载 注册 安装 app 官网 软件 平台 网址 链接 点开 浏览器打开 登录 搜索 搜一搜",
    ),
    "urge": (
        Text("urges to act now", "催促马上行动"),
        f"速来 速度 速加 速进 赶紧 赶快 抓紧 快来 快加 快进 点击 点我 点这 点此 戳链 戳我 戳下 名额 位置有限 先到先得 机不可失 手慢无 手快有 数量有限 最后一天 错过 欢迎咨 欢迎加 欢迎来 欢迎联 "
        f"欢迎{_GAP}{{0,6}}咨询 有需要 有需求 需要的 需要可 有意 有兴趣 感兴趣 想做的 想赚 想瘦 想了解 想学 想要的 想玩的 要的加 要的来 要的私 来的 立即 立刻 马上 火爆 火热 开抢 倒计时 即将截 仅限 别错过",
    ),
    "trust": (
        Text("promises to be genuine or safe", "承诺正规可靠"),
        "正规 官方 无押金 不收 不交 无需 真实 靠谱 可靠 诚信 保证 信誉 无效退 包退 安全 稳定 长期 专业 一手 售后 无风险 零风险 0风险 绝对 亲测 有保障 保障 放心 老平台 大平台 实力 当天 "
        "秒批 秒通过 秒过 不看 全网 全国 权威 认证 资深 多年 老牌 百分百 100%",
    ),
    "wage": (
        Text("promises earnings", "承诺收入"),
        "日[入赚薪结][0-9过上几百千万] 月[入赚薪][0-9过上几百千万] 天[入赚][0-9几百千] 一天[0-9]{2} 一天几百 每天[0-9]{2} 每天几 一单[0-9] 每单[0-9] 每小时[0-9] 一小时[0-9] "
        "赚了?[0-9]{2} 提现[0-9]{2} 收入[0-9过上几] 月入过 保底[0-9] 工资[0-9]{2}",
    ),
    "asks": (
        Text("asks a question", "提问"),
        "多少钱 怎么卖 怎么买 还有吗 还有没 有吗 有没有 有人 谁有 谁知道 谁能 请问 求助 求推荐 求链接 链接发我 发我 怎么 为什么 为啥 什么 咋 哪里 哪个 几点 是不是 能不能 可以吗 好吗 吗\\? 呢\\? 吗(?=\\0)",
    ),
    "orders": (
        Text("places an order or says thanks", "下单或致谢"),
        "我要 我买 两份 一份 1份 2份 要一 要两 来一 拍了 已拍 下单了 已下单 已付 收到 到货 好吃 谢谢 感谢 辛苦 多谢 好的 好嘞 嗯嗯 ok 知道了 明白",
    ),
    "talk": (
        Text("everyday talk", "日常闲聊"),
        "哈哈 呵呵 嘿嘿 嘻嘻 hhh 233 666 我觉得 我也 我刚 我昨 我今 我还 我都 我不 我就 我是 我在 我们 你们 你是 你这 你怎 你在 你不 他们 早上好 早安 晚安 晚上好 吃饭 睡觉 下班 上班 今天 昨天 明天 周末 "
        "好累 好像 感觉 其实 但是 不过 因为 所以 然后 真的 没有 不是 不会 不行 不知 应该 可能",
    ),
    "about_ads": (
        Text("talk about ads or scams", "谈论广告或骗子"),
        "广告 骗子 骗人 被骗 诈骗 别信 别点 别加 别买 不要信 不要加 踢了 踢出 踢人 群主 管理 举报 拉黑 潜水 禁言 封号 真假 假的 坑人 坑爹 套路",
    ),
    "sticker": (
        Text("stickers or @mentions", "表情或 @ 某人"),
        "\\[[\u4e00-\u9fff]{1,4}\\] \\[[a-z]{1,8}\\] @[^\\0\\n\\x20]{1,20}",
    ),
}
"""Code → what it is called, and its words."""


def pattern(words: str) -> re.Pattern[str]:
    """One search for all of `words`, arranged by their first signs, on which the search looks first."""
    by_first = groupby(sorted(set(words.split())), key=_first)
    return re.compile(
        "|".join(f"{first}(?:{'|'.join(word[len(first) :] for word in found)})" for first, found in by_first)
    )


def _first(word: str) -> str:
    """The plain sign with which a word begins."""
    return word[:2] if word.startswith("\\") else word[0]
