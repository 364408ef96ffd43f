"""How good suggestions were over past cases."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from kexie.contexts.matching.queries import finding_quality as queries
from kexie.contexts.matching.web.finding.base import FindingView

_PLACES = ((1, 1), (2, 5), (6, 10), (11, None))


class QualityPage(FindingView):
    """The share of past cases whose expert stood among the first five, and every case behind it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        cases = queries.cases(self.scope)
        hits = sum(case.is_hit for case in cases)
        return self.page(
            "quality",
            {
                "cases": cases, "hits": hits, "total": len(cases), "most": queries.MOST,
                "rate": round(100 * hits / len(cases)) if cases else None,
                "spread": [(first, last, _between(cases, first, last)) for first, last in _PLACES],
                "nowhere": sum(case.place is None for case in cases),
            },
        )  # fmt: skip


def _between(cases: Any, first: int, last: int | None) -> int:
    return sum(
        case.place is not None and case.place >= first and (last is None or case.place <= last)
        for case in cases
    )
