"""Checking a text: each claim linked to a figure, compared with it, and explained."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from kexie.kernel.errors import Forbidden, NotFound
from kexie.kernel.periods import Period
from kexie.kernel.quantities import Quantity, phrasing, read
from kexie.kernel.scope import Scope
from kexie.ledger import figures, registry
from kexie.ledger.kinds import Number, Ratio
from kexie.ledger.measures import Cell, Measure
from kexie.reporting.claims import consistency, explaining, linking, times
from kexie.reporting.claims.context import BareText, Place, Span
from kexie.reporting.claims.findings import Finding, Verdict
from kexie.reporting.claims.linking import Candidate
from kexie.reporting.claims.statements import Claim, Form, claims_of
from kexie.reporting.claims.vocabulary import Names

# A claim that is not a total of what happened, with what to tell about it.
_RATE = re.compile(
    r"(?:平均|人均|户均|场均|日均|年均|月均|均价|单日|单场|峰值|最高|每(?:天|日|月|年|场|站|期|次|人|户|个|家|所|名|组|班|校|村|县|季度|周))[^,。;]{0,10}$"
)
_CHANGE = re.compile(
    r"(?:同比|环比|比上年|较上年|比去年|较去年|增长|增幅|提高|提升|上升|下降|减少|增加|降低|缩短|压缩|超额|高于|低于)(?:了|近|约|超|超过)?$"
)
_PART = re.compile(r"(?:其中|包括|包含|含有?|包括有)[^,。;]{0,12}$")
_PLAN = re.compile(
    r"(?:计划|力争|争取|预计|目标|明年|下一步|到20\d\d年|拟(?!定|态|人)|将(?!近)(?=[^,。;]{0,8}(?:举办|开展|建设|建成|组织|达到|新增|实现|投入|打造)))"
    r"[^,。;]{0,30}$"
)

_AHEAD = re.compile(r"(?:预计|力争|明年|下一步|拟于|今后(?!五年来)|到20\d\d年(?:底|末)?[,将])[^;]*$")
_CAPACITY = re.compile(r"(?:能力|可达|可接待|可容纳|容量|最多可|限流|核定)[^,。;]{0,4}$")


@dataclass(frozen=True)
class Decision:
    """What a person decided about a claim: no quantity at all, outside the records, or this cell."""

    is_quantity: bool = True
    is_outside: bool = False
    cell: Cell | None = None
    source: str = ""


class Check:
    """One check of one text for one reader; figures asked once are kept for the whole text."""

    def __init__(self, source: str, *, scope: Scope, as_of: dt.date) -> None:
        self.scope, self.as_of = scope, as_of
        reading = read(source)
        self.claims = claims_of(reading)
        self._bare = BareText(reading)
        self._spans = [
            Span(self._bare.position(one.start), self._bare.position(one.end)) for one in self.claims
        ]
        self._names = Names(self._bare.text, scope)
        self._default = times.default_of(self._bare, as_of)
        self._values: dict[Cell, tuple[Number, int]] = {}

    def findings(self, decisions: Mapping[tuple[int, int], Decision]) -> list[Finding]:
        """Return what was found about every claim; `decisions` by (start, end) in the text as given."""
        found: list[tuple[int, Finding]] = []
        for number, claim in enumerate(self.claims):
            decision = decisions.get((claim.quantity.start, claim.quantity.end))
            if decision is None:
                found.append((number, self._find(claim, Place(self._bare, self._spans, number))))
            elif decision.is_quantity:
                found.append((number, self._decided(claim, decision)))
        return self._with_conflicts(found)

    def _with_conflicts(self, found: list[tuple[int, Finding]]) -> list[Finding]:
        """Return the findings with what contradicts them in the text itself."""
        told = consistency.conflicts(self._bare, self._spans, self.claims)
        claims = [self.claims[number] for number, _one in found]
        twice = consistency.twice([one.cell for _number, one in found], claims)
        result = []
        for place, (number, one) in enumerate(found):
            words = dict.fromkeys([*told.get(number, ()), *([twice[place]] if place in twice else [])])
            result.append(replace(one, conflicts=tuple(words)) if words else one)
        return result

    def _find(self, claim: Claim, place: Place) -> Finding:
        if claim.form == Form.RANK:
            why = _("名次要和别处比较，台账只有本地的记录：请引用外部来源，或保留为文字。")
            return _finding(claim, Verdict.OUTSIDE, why)
        if (reason := _no_total(place, claim)) is not None:
            return _finding(claim, Verdict.UNLINKED, reason)
        found = linking.candidates(place, claim.quantity, claim.form)
        if not found:
            return _finding(claim, Verdict.UNLINKED, _no_candidate(place, claim))
        if _PART.search(place.before):
            found = [one for one in found if not any(word.is_carried for word in one.words)] or found
        tied = [one for one in found if one.score >= found[0].score * (1 - linking.TIE)]
        if len(tied) > 1:
            return self._undecided(claim, tied)
        return self._linked(claim, place, found[0])

    def _undecided(self, claim: Claim, tied: list[Candidate]) -> Finding:
        measures = tuple(one.measure for one in tied)
        why = _("这些指标同样合适，无法判定是哪一个：%(labels)s。请选定。") % {
            "labels": explaining.labels(measures)
        }
        return _finding(claim, Verdict.UNLINKED, why, candidates=measures)

    def _linked(self, claim: Claim, place: Place, candidate: Candidate) -> Finding:
        stated = times.period_of(place, self._default, self.as_of)
        narrowed = linking.narrowing(place, candidate, self._names)
        is_carried = any(word.is_carried for word in candidate.words)
        if _PART.search(place.before) and is_carried and not narrowed.filters:
            why = _("“其中”的一部分：指标“%(label)s”没有能对应这部分的分类。") % {
                "label": candidate.measure.label
            }
            return _finding(claim, Verdict.UNLINKED, why, candidates=(candidate.measure,))
        where = narrowed.place
        cell = Cell(
            candidate.measure.key,
            stated.period,
            area=where.area if where else None,
            unit=where.unit if where else None,
            filters=narrowed.filters,
        )
        return self._compare(claim, cell, explaining.linked(candidate, narrowed, stated, cell))

    def _decided(self, claim: Claim, decision: Decision) -> Finding:
        if decision.is_outside or decision.cell is None:
            why = _("人工标为台账以外。") + (
                _("来源：%(source)s。") % {"source": decision.source} if decision.source else ""
            )
            return _finding(claim, Verdict.OUTSIDE, why, corrected=True)
        label = registry.measure(decision.cell.measure).label
        return self._compare(
            claim, decision.cell, _("人工选定指标“%(label)s”") % {"label": label}, corrected=True
        )

    def _compare(self, claim: Claim, cell: Cell, how: str, *, corrected: bool = False) -> Finding:
        measure = registry.measure(cell.measure)
        try:
            value, rows = self._value(cell)
        except (Forbidden, NotFound):
            why = _("对应指标“%(label)s”，但您无权查看这些记录。") % {"label": measure.label}
            return _finding(claim, Verdict.NO_RECORDS, why, corrected=corrected)
        verdict, outcome = _verdict(claim.quantity, measure, value, rows)
        proposal = _proposal(claim, measure, value) if verdict == Verdict.CONTRADICTED else ""
        if proposal:
            outcome += _("可改为“%(text)s”。") % {"text": proposal}
        return Finding(
            form=claim.form,
            quantity=claim.quantity,
            verdict=verdict,
            why=how + _("；") + outcome,
            measure=measure,
            cell=cell,
            actual=value,
            rows=rows,
            proposal=proposal,
            corrected=corrected,
            span=(claim.start, claim.end),
        )

    def _value(self, cell: Cell) -> tuple[Number, int]:
        if cell not in self._values:
            self._values[cell] = figures.value_and_rows(cell, self.scope)
        return self._values[cell]


def check(
    source: str,
    *,
    scope: Scope,
    as_of: dt.date,
    decisions: Mapping[tuple[int, int], Decision] | None = None,
) -> list[Finding]:
    """Return what the records say of each claim of a text, counting what happened up to and including `as_of`."""
    return Check(source, scope=scope, as_of=as_of).findings(decisions or {})


def cumulative(measure: str, as_of: dt.date) -> Cell:
    """Return the cell of everything up to a day, for a link chosen by hand."""
    return Cell(measure, Period.until(as_of))


def _finding(
    claim: Claim, verdict: Verdict, why: str, *, candidates: tuple[Measure, ...] = (), corrected: bool = False
) -> Finding:
    return Finding(
        form=claim.form,
        quantity=claim.quantity,
        verdict=verdict,
        why=why,
        candidates=candidates,
        corrected=corrected,
        span=(claim.start, claim.end),
    )


def _no_total(place: Place, claim: Claim) -> str | None:
    """Return why a claim is not about a total of records, None if it may be."""
    before = place.before
    if claim.form != Form.QUANTITY:
        return None
    ahead = place.bare.text[place.segment.start : place.span.start]
    if _PLAN.search(before) or _AHEAD.search(ahead):
        return _("说的是计划或目标，不是已经发生的事，台账不作核对。")
    if _CAPACITY.search(before):
        return _("说的是能力或限额，不是实际发生的数。")
    if _CHANGE.search(before):
        return _("说的是增减，不是总数；请核对前后两个总数。")
    if _RATE.search(before):
        return _("说的是平均数、每次的数或最高值，不是总数。")
    return None


def _no_candidate(place: Place, claim: Claim) -> str:
    other = linking.other_units(place)
    if other:
        return _("词语接近指标“%(label)s”，但单位“%(unit)s”对不上（应为“%(right)s”）。") % {
            "label": other[0].label,
            "unit": claim.quantity.unit,
            "right": other[0].unit,
        }
    return _("没有指标的用词与这句话相符。")


def _verdict(quantity: Quantity, measure: Measure, value: Number, rows: int) -> tuple[Verdict, str]:
    if value is None:
        return Verdict.NO_RECORDS, _("这个比率没有分母，无法计算。")
    exact = _as_written(quantity, measure, Decimal(value))
    if exact in quantity.interval:
        return Verdict.SUPPORTED, explaining.compared(quantity, measure, value, rows, inside=True)
    if not rows:
        return Verdict.NO_RECORDS, _("这个范围和期间里没有记录。")
    return Verdict.CONTRADICTED, explaining.compared(quantity, measure, value, rows, inside=False)


def _proposal(claim: Claim, measure: Measure, value: Number) -> str:
    """Return the records' number in the manner of the text's (六十余个 stays of that kind)."""
    if value is None:
        return ""
    if claim.form == Form.COVERAGE:
        return phrasing.phrase(Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP), "%")
    right = _as_written(claim.quantity, measure, Decimal(value))
    return phrasing.like(claim.quantity.text, claim.quantity.unit, right)


def _as_written(quantity: Quantity, measure: Measure, value: Decimal) -> Decimal:
    """Return the value to compare: a share, which seldom ends, is rounded to the digits that the text writes."""
    if not isinstance(measure.kind, Ratio):
        return value
    return value.quantize(quantity.interval.grain, ROUND_HALF_UP)
