"""Which measure answers each row of the work report's figures, and what it must give on 2025-06-30.

`expected` is a value, or (low, high) inclusive with None for an open end; `filters` by dimension, `unit` by name,
`area` by code prefix. Rows that no record can answer name the reason in `outside`.
"""

import datetime as dt
from dataclasses import dataclass, field

Bounds = tuple[int | None, int | None]
OPENED = dt.date(2021, 6, 1)
CITY_MUSEUM = "阜阳市科技馆"
MATCH = {"event": "海智专家阜阳对接会"}
HUAIHAI, METHODS = "淮海科技奖", "安徽省创新方法大赛"


@dataclass(frozen=True)
class Answer:
    id: str
    measure: str = ""
    expected: int | Bounds | None = None
    filters: dict[str, str] = field(default_factory=dict)
    since: dt.date | None = None
    until: dt.date | None = None
    unit: str = ""
    rising_since: dt.date | None = None
    outside: str = ""


def _award(award: str, prize: str) -> dict[str, str]:
    return {"award": award, "prize": prize}


ANSWERS = (
    Answer("F01", "matching.society_agreements", 6),
    Answer("F02", "matching.carriers", 5),
    Answer("F03", "matching.society_experts", (61, 69)),
    Answer("F04", "matching.problems_solved", (31, 39)),
    Answer("F05", "matching.home_experts", 10, MATCH),
    Answer("F06", "matching.research_firms", 8, MATCH),
    Answer("F07", "organisations.academic_events", (101, 199)),
    Answer("F08", "museums.openings", 1, since=OPENED, until=dt.date(2021, 6, 30), unit=CITY_MUSEUM),
    Answer("F09", "museums.visits", (1_300_001, 1_399_999), since=OPENED, unit=CITY_MUSEUM),
    Answer("F10", "museums.shows", (3001, 3999), since=OPENED, unit=CITY_MUSEUM),
    Answer("F11", "museums.open", 2, {"level": "COUNTY"}),
    Answer("F12", "museums.building", 2),
    Answer("F13", outside="总量在全省的位次要有各市的数，台账只有本市的科技馆。"),
    Answer("F14", "touring.stops", 15),
    Answer("F15", "touring.months", 40),
    Answer("F16", "touring.visits", (1_200_001, None)),
    Answer("F17", "touring.caravan_stops", (601, 699)),
    Answer("F18", "touring.caravan_visits", (1_195_000, 1_204_999)),
    Answer("F19", "facilities.campus_museums", 61),
    Answer("F20", "facilities.rooms", 135),
    Answer("F21", "facilities.galleries", 127),
    Answer("F22", "facilities.provincial_bases", 8),
    Answer("F23", "facilities.provincial_demos", 73),
    Answer("F24", "contests.organising_honours", (2, None), {"award": "全国青少年科技创新大赛"}),
    Answer("F25", "contests.organising_honours", (2, None), {"award": "全国青少年科学调查体验活动"}),
    Answer("F26", "governance.campaign_years", (5, None)),
    Answer("F27", "governance.campaign_honours", (2, None)),
    Answer("F28", "rural.posted_persons", 33),
    Answer("F29", "rural.delisted_villages", 12),
    Answer("F30", "rural.lifted_households", 1788),
    Answer("F31", "rural.lifted_persons", 4539),
    Answer("F32", "governance.exemplars", 1),
    Answer("F33", "rural.backyards", 4),
    Answer("F34", "rural.trainings", (301, 399)),
    Answer("F35", "rural.trainees", (27_500, 28_499)),
    Answer("F36", "rural.varieties", (101, 199)),
    Answer("F37", "rural.technologies", (91, 99)),
    Answer("F38", "workers.survey_sites_applied", (1, None)),
    Answer("F39", "workers.cppcc_members", 46),
    Answer("F40", "workers.awards", 2, _award(HUAIHAI, "科普典范奖")),
    Answer("F41", "workers.awards", 6, _award(HUAIHAI, "创新奖")),
    Answer("F42", "workers.awards", 2, _award(METHODS, "二等奖")),
    Answer("F43", "workers.awards", 7, _award(METHODS, "三等奖")),
    Answer("F44", "governance.method_contest_streak", 3),
    Answer("F45", "organisations.county_coverage", 100),
    Answer("F46", "organisations.enterprise_associations_ever", 96),
    Answer("F47", "organisations.little_giant_coverage", 100),
    Answer("F48", "organisations.high_tech_share", rising_since=dt.date(2024, 6, 30)),
    Answer("F49", "organisations.cadre_training_counties", (3, None)),
    Answer("F50", "matching.industries", 3, MATCH),
    Answer("F51", "contests.series", 3),
    Answer("F52", "contests.programmes", 2),
    Answer("F53", "governance.party_models", (2, None)),
)
