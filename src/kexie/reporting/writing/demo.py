"""Templates for the demonstration, a report of last year made from one, and a letter."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from kexie.kernel.periods import Period
from kexie.ledger.demo import DemoCity
from kexie.platform.papers import official
from kexie.platform.papers.fonts import Role
from kexie.reporting.writing import operations
from kexie.reporting.writing.models import DocumentTemplate

_REPORT = (
    "{{ 单位 }}{{ 年 }}年工作总结",
    "{{ 年 }}年，全市科协系统围绕中心、服务大局，各项工作取得新进展。全年数据截至{{ 截至 }}。",
    "一、科学普及惠及群众",
    "（一）科技馆常开常新",
    '全市科技馆全年接待观众{{ 数("museums.visits") | 多 }}，{{ 比("museums.visits") }}；举办科普展演{{ 数("museums.shows") | 余 }}。自2021年6月以来，累计接待观众{{ 数("museums.visits", 起="2021-06-18") | 超 }}。',
    '{{ 图("museums.visits", 按="月") }}',
    "（二）优质资源下基层",
    '流动科技馆全年巡展{{ 数("touring.stops") }}，参观公众{{ 数("touring.visits") | 万 }}；科普大篷车出动{{ 数("touring.caravan_trips") }}，行程{{ 数("touring.caravan_km") | 约 }}，参观公众达{{ 数("touring.caravan_visits") | 万 }}。各县（市、区）科技馆接待观众情况如下：',
    "TABLE",
    '累计建设校园科技馆{{ 数("facilities.campus_museums", 期="累计") }}、科普活动室{{ 数("facilities.rooms", 期="累计") }}、科普画廊{{ 数("facilities.galleries", 期="累计") }}。',
    "二、科技服务助力发展",
    '全年征集企业技术难题{{ 数("matching.problems_collected") }}，解决{{ 数("matching.problems_solved") }}，签订协议{{ 数("matching.contracts") }}。{% if 值("rural.trainings") > 0 %}举办农业技术培训{{ 数("rural.trainings") | 余 }}，培训农民{{ 数("rural.trainees") | 万 }}，{{ 比("rural.trainees") }}。{% endif %}',
    "三、组织建设持续加强",
    '截至{{ 截至 }}，高新技术企业科协覆盖率为{{ 数("organisations.high_tech_coverage", 期="累计") }}，累计成立企业科协{{ 数("organisations.enterprise_associations_ever", 期="累计") }}。',
    "{% for 项 in 荣誉() %}{{ 项.年度 }}获{{ 项.授予 }}{{ 项.名称 }}；{% endfor %}以上荣誉来之不易。",
    "四、下一步打算",
    '{{ 填("下一步打算") }}',
)
_LETTER = (
    '关于商请支持{{ 填("事项") }}的函',
    '{{ 填("收信单位") }}：',
    '{{ 年 }}年，我市科普大篷车出动{{ 数("touring.caravan_trips") }}，服务公众{{ 数("touring.caravan_visits") | 余 }}。现就{{ 填("事项") }}商请贵单位予以支持。',
    "特此致函。",
)
_NOTICE = (
    '关于做好{{ 填("事项") }}的通知',
    "各县（市、区）科协：",
    '上一阶段，全市开展科普活动{{ 数("governance.campaign_activities") }}。现将有关事项通知如下：',
    "一、时间和地点",
    '{{ 填("时间和地点") }}',
    "二、有关要求",
    '{{ 填("有关要求") }}',
)
_MINUTES = (
    '{{ 填("会议名称") }}纪要',
    '{{ 填("时间") }}，{{ 填("主持人") }}主持召开{{ 填("会议名称") }}。会议听取了工作情况汇报：{{ 起 }}至{{ 截至 }}，全市科技馆接待观众{{ 数("museums.visits") }}，{{ 比("museums.visits") }}。',
    "一、会议指出",
    '{{ 填("会议指出") }}',
    "二、会议议定",
    '{{ 填("会议议定") }}',
)
_PLAN = "继续推进现代科技馆体系建设，提升基层科普服务能力，密切联系科技工作者。以上为演示文字，不是真实资料。"


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Add the templates; begin last year's report, with a red head and the sources of its numbers."""
    kinds = DocumentTemplate.Kind
    report = _added(city, _("年度工作总结"), kinds.REPORT, _REPORT)
    for name, kind, lines in (
        (_("商请支持函"), kinds.LETTER, _LETTER),
        (_("工作通知"), kinds.NOTICE, _NOTICE),
        (_("会议纪要"), kinds.MINUTES, _MINUTES),
    ):
        _added(city, name, kind, lines)
    made = operations.begin(
        template=report,
        title=f"{city.association.name}2025年工作总结",
        period=Period.year(2025),
        words={"下一步打算": _PLAN},
        form={
            "organ": f"{city.association.name}文件",
            "number": "演科协〔2026〕1号",
            "appendix": True,
            "base": "http://localhost:8000/",
        },
        **_by(city),
    )
    while operations.advance(document_id=made.pk, now=city.now):
        pass
    yield _("文稿模板"), 4


def _by(city: DemoCity) -> dict[str, Any]:
    return {"scope": city.scope, "actor": city.accounts["COORDINATOR"], "now": city.now}


def _added(city: DemoCity, name: str, kind: str, lines: Sequence[str]) -> DocumentTemplate:
    file = ContentFile(word(lines), name=f"{name}.docx")
    return operations.add_template(file=file, name=name, kind=kind, unit=city.association, **_by(city))


def word(lines: Sequence[str]) -> bytes:
    """Return a template of these paragraphs as a Word file; TABLE stands for the museums' table by county."""
    document = official.new()
    for number, line in enumerate(lines):
        if line == "TABLE":
            _table(document)
        elif number:
            official.add(document, line, Role.BODY)
        else:
            official.add_title(document, line)
    official.dress(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _table(document: Any) -> None:
    loop = '{%tr for 行 in 表("museums.visits", 按="县") %}'
    official.add_table(
        document,
        ("县（市、区）", "接待观众（人次）", "上年（人次）", "与上年比"),
        [
            (loop, "", "", ""),
            ("{{ 行.名称 }}", "{{ 行.数 }}", "{{ 行.上期 }}", "{{ 行.比 }}"),
            ("{%tr endfor %}", "", "", ""),
        ],
    )
