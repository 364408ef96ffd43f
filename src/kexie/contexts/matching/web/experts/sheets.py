"""The template of an import of experts: the sheet to fill, how to fill it, and the codes."""

from collections.abc import Mapping
from typing import IO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from kexie.contexts.matching.models import Expert
from kexie.contexts.matching.rules import expert_sheet
from kexie.contexts.matching.web.experts.forms import societies
from kexie.kernel import disciplines
from kexie.kernel.scope import Scope
from kexie.platform.imports import writing
from kexie.platform.imports.writing import Heading

_VALIDATED_ROWS = 2_000
# Columns that take one of a list; the others with a list take several of it.
_ONE_OF = ("society", "is_home")


def template(scope: Scope) -> IO[bytes]:
    """Return the template."""
    book = Workbook(write_only=True)
    sheet, how, codes = (
        book.create_sheet("填写"),
        book.create_sheet(_("填写说明")),
        book.create_sheet(_("选项")),
    )
    lists = _lists(scope)
    names = list(expert_sheet.LABELS)
    for at, name in enumerate(names, 1):
        if name in _ONE_OF and lists[name]:
            _offer(
                sheet,
                codes.title,
                get_column_letter(at),
                get_column_letter(list(lists).index(name) + 1),
                len(lists[name]),
            )
    writing.fill(sheet, [Heading(label, 18) for label in expert_sheet.LABELS.values()], [])
    told = _how()
    writing.fill(
        how,
        [Heading(_("列"), 18), Heading(_("怎样填"), 80)],
        ([expert_sheet.LABELS[name], told[name]] for name in names),
    )
    longest = max(map(len, lists.values()))
    rows = ([values[at] if at < len(values) else None for values in lists.values()] for at in range(longest))
    writing.fill(codes, [Heading(expert_sheet.LABELS[name], 26) for name in lists], rows)
    return writing.save(book)


def _lists(scope: Scope) -> Mapping[str, list[str]]:
    return {
        "disciplines": [f"{code} {name}" for code, name in disciplines.FIRST_LEVEL.items()],
        "languages": [str(label) for label in Expert.Language.labels],
        "society": [one.name for one in societies(scope)],
        "is_home": [_("是"), _("否")],
    }


def _offer(sheet: object, codes: str, letter: str, source: str, count: int) -> None:
    rule = DataValidation(
        type="list", formula1=f"'{codes}'!${source}$2:${source}${count + 1}", allow_blank=True
    )
    rule.add(f"{letter}2:{letter}{_VALIDATED_ROWS}")
    sheet.data_validations.append(rule)  # type: ignore[attr-defined]  # openpyxl has no types


def _how() -> Mapping[str, str]:
    optional = _("选填。")
    return {
        "name": _("必填。"),
        "employer": _("写全称，回避要按它核对；海智专家不填。"),
        "title": optional,
        "society": _("由哪个学会推荐，名称见“选项”。"),
        "disciplines": _("国家标准 GB/T 13745 的名称或代码，见“选项”；几个用顿号分开，主要的写在前面。"),
        "skills": _("企业听得懂的说法，用顿号分开，例如：焊缝跟踪、铸件气孔。"),
        "about": _("做过什么、解决过什么；不写电话、证件号码和涉密内容。"),
        "languages": _("见“选项”，几种用顿号分开。"),
        "region": _("例如：安徽合肥；海智专家不填。"),
        "is_home": _("填“是”或“否”，空着算否。"),
        "phone": _("选填，加密保存；导入不等于本人同意联系。"),
        "email": _("选填，加密保存；导入不等于本人同意联系。"),
        "orcid": _("16位，像 0000-0002-1825-0097；有它就不会重复登记。"),
        "openalex": _("像 A5023888391；有它就不会重复登记。"),
        "other_names": _("论文上的拼音或外文姓名，用顿号分开。"),
        "works": _("一行一项，可以写明类别和年份，例如：专利：一种焊缝跟踪方法（2021）。"),
    }
