"""What was typed and what came out, and the forms of campaigns: for those who read records, each within their own units."""

import datetime as dt
from typing import Any

from kexie.ledger.models import Campaign
from tests.architecture.access_rows import FORBIDDEN, OK, SIGN_IN, Row, World


def _campaign(world: World) -> dict[str, Any]:
    found = Campaign.objects.get_or_create(
        association=world.association, unit=world.association, name="2025年全国科普月",
        defaults={"series_name": "全国科普月", "starts_on": dt.date(2025, 9, 1), "ends_on": dt.date(2025, 9, 30)},
    )[0]  # fmt: skip
    return {"pk": found.pk}


def _page(name: str, **options: Any) -> Row:
    defaults = {"anonymous": SIGN_IN, "wrong_unit": OK, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=name, **{**defaults, **options})


ROWS = (
    _page("burden:year"),
    _page("burden:records", kwargs=lambda _world: {"key": "governance.activities"}),
    _page("campaigns:list"),
    _page("campaigns:form", kwargs=_campaign, note="a campaign is the whole association's"),
    _page("campaigns:sheet", kwargs=_campaign, other_role="MUSEUM_GATE"),
)
