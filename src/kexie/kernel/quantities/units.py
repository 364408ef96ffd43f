"""Measure words: which there are, which hold fractions, and which look like one but are not."""

import re

_PEOPLE = "人次 人份 人天 人日 人·次 人/次 人 名 位 员 家次 家 户次 户 口"
_EVENTS = (
    "场次 场 次 处次 期次 期 届 轮次 轮 回 趟次 趟 班次 车次 架次 台次 例次 批次 批 课次 村次 站次 单次 遍 堂 课时 学时 讲"
    " 门次 门 节 课节 起 宗 桩 例 单 笔 剂次 剂 票"
)
_THINGS = (
    "个 项次 项 件套 件次 件 台套 台 套 部 本 册次 册 篇次 篇 条次 条 份 张 幅 支 队 组 对 双 只 头 匹 株 棵 款 处"
    " 所 座 栋 幢 间 层 种 类 片 块 面 枚 颗 粒 根 艘 辆次 辆 架 卷 版 集 章 页 字 词 句 席 岗 把 桌 杯 瓶 箱 袋 盒 包 床 顶"
    " 盏 股 幕 站 道 榜 挂 具 尊 顿 羽 尾 箱 捆 车 盆 列 标准箱 标箱 本次"
)
_CONTINUOUS = (
    "% ‰ 个百分点 百分点 个点 人民币 万元 亿元 美元 港元 欧元 元 角 公里 千米 厘米 毫米 平方公里 平方千米 平方米 平米 ㎡ m² m2"
    " 立方米 公顷 亩次 亩 米 公吨 吨 公斤 千克 毫克 克 斤 倍 成 个小时 个工作日 个学时 小时 分钟 秒钟 秒 年 个月 个星期"
    " 星期 日历天 天 日 周 工作日 岁 海里 华里 千瓦时 千瓦 兆瓦 瓦 摄氏度 ℃ 分贝 分 km² km kg cm mm ml GB TB MB 兆 升 毫升 百帕 微克 微米 毫克 /10万"
)
# Nouns that stand straight after digits without a measure word: 5部门, 8县市区.
_NOUNS = "县市区 县(市、区) 市县区 县区 部门 部委 单位 乡镇 街道 社区 学校 县 市 区 省 镇 乡 村 校 国 馆"
# Words for those counted, straight after digits: the quantity then has no measure word of its own.
_COUNTED = "农户 农民 群众 师生 学生 居民 党员 职工 青少年 儿童 市民 观众 会员 专家 志愿者 企业 家庭 教师 干部 科技工作者"

CONTINUOUS = frozenset(_CONTINUOUS.split())
NOUNS = frozenset(_NOUNS.split())
_ALL = sorted({*_PEOPLE.split(), *_EVENTS.split(), *_THINGS.split(), *CONTINUOUS}, key=len, reverse=True)
_BRACKETED = 2  # 件(套), 场(次), 项(人次)
_BRACKET = (
    r"(?:\((?:"
    + "|".join(map(re.escape, (unit for unit in _ALL if len(unit) <= _BRACKETED and unit.isalpha())))
    + r")\))?"
)
_PER = r"(?:/(?:立方米|平方公里|平方米|公顷|小时|分钟|公里|公斤|千克|[人次个户家场亩天日月年件台㎡]{1,2}|[吨秒升米千]))?"

MEASURE = "(?:" + "|".join(map(re.escape, _ALL)) + ")" + _BRACKET + _PER
NOUN = "(?:" + "|".join(map(re.escape, sorted(NOUNS, key=len, reverse=True))) + ")"
COUNTED = "(?:" + "|".join(_COUNTED.split()) + ")"
# A unit named before its number: 参观人次超120万, 志愿者人数35000.
NAMED_BEFORE = re.compile(
    r"(人次|场次|件次|册次|户次|家次|车次|班次|人数|户数|次数|场数|件数|家数)(?:累计|共计|合计|总计|总数|为|:|已)*$"
)
UNIT_OF_NAME = {"人数": "人", "户数": "户", "次数": "次", "场数": "场", "件数": "件", "家数": "家"}

# What follows makes another word of the measure word: 3个 is one, 3本科 is not.
_OTHER_WORDS = {
    "人": "才民均类行体",
    "位": "数居于列置次",
    "次": "性数序",
    "场": "馆所合",
    "部": "队件位分落",
    "台": "阶湾",
    "条": "件例约款",
    "面": "积临向对",
    "门": "店槛诊",
    "节": "气能约日目点",
    "对": "于应外接口象比",
    "组": "织建合长",
    "队": "伍",
    "类": "似别型",
    "种": "植养子",
    "元": "素旦首宵",
    "天": "津然空气",
    "周": "年岁边末围口知一二三四五六日",
    "年": "级龄均终",
    "分": "之别布公数",
    "起": "来到草",
    "层": "次级",
    "间": "接隔",
    "期": "间刊望货限末待",
    "批": "准评复判示",
    "轮": "胎廓流值",
    "支": "持部撑付教",
    "套": "餐",
    "幅": "度",
    "处": "理于罚长置",
    "座": "谈位右",
    "口": "碑号岸",
    "字": "段典",
    "成": "立员果功效就为长本熟绩品群分",
    "倍": "增感受",
    "集": "中体成合群团聚",
    "道": "路德",
    "单": "位",
    "笔": "试记",
    "岗": "位",
    "款": "项式",
    "具": "备有体",
    "股": "份权东",
    "包": "括含",
    "车": "间站",
    "员": "工",
    "米": "饭",
    "只": "有要是能",
    "列": "入为出车举席支传岛宁",
    "兆": "头",
    "站": "式点位",
    "所": "有谓以属需",
    "讲": "座解话述",
    "把": "握手关",
    "本": "级土地市省",
    "课": "程题",
    "县": "域级",
    "市": "场级民",
    "区": "域块级",
    "省": "级",
    "村": "级民",
    "校": "园长",
    "国": "家际",
    "馆": "长藏",
}
_UNDERGRADUATE = re.compile(r"科(?!普|学|技|幻)")
_OTHER_WORDS_AFTER_NUMERAL = {
    "人": "生心间道世口力大身组",
    "家": "国",
    "期": "工项建叠",
    "轮": "车驱",
    "张": "皮网",
    "部": "委门曲",
    "条": "龙腿心",
    "届": "一二三四五六七八九全人",
    "门": "峡县",
    "台": "县山区",
}
# With one Chinese numeral these are words or names more often than amounts (十分, 三元, 四面): not without a digit.
_NEVER_AFTER_NUMERAL = frozenset("分 角 元 米 m 克 斤 字".split())
_RARE_AFTER_NUMERAL = frozenset(
    "句 只 口 章 单 成 把 面 车 站 头 对 双 列 兆 道 员 具 周 版 根 页 词 组 队 层 股 榜 挂 区".split()
)
_PHRASE_END = re.compile(r"[,、。;:!?)\n]|$|[和及与并]|以[上下]|左右|多")


def is_other_word(unit: str, following: str, *, chinese: bool) -> bool:
    """Whether the measure word with the text that follows is a word of its own (人才, 部门, 三门峡).

    `chinese` tells that the number stands in Chinese numerals, which are more often part of a word.
    """
    head = following[:1]
    if head and head in _OTHER_WORDS.get(unit, ""):
        return True
    if unit == "本" and _UNDERGRADUATE.match(following):
        return True
    return chinese and bool(head) and head in _OTHER_WORDS_AFTER_NUMERAL.get(unit, "")


def is_doubtful(unit: str, following: str) -> bool:
    """Whether a lone Chinese numeral with this measure word is more likely part of a word than an amount."""
    return unit in _NEVER_AFTER_NUMERAL or (unit in _RARE_AFTER_NUMERAL and not _PHRASE_END.match(following))


def is_continuous(unit: str) -> bool:
    """Whether the unit holds fractions (元, %, 公里) rather than counting things."""
    return unit in CONTINUOUS or unit.split("/", maxsplit=1)[0] in CONTINUOUS
