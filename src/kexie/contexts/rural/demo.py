"""Villages, backyards and farmers' training of the demonstration city since 2014."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from kexie.contexts.rural.models import (
    Backyard,
    BackyardStage,
    HelpResult,
    PromotedItem,
    Promotion,
    Training,
    VillagePosting,
)
from kexie.foundation.areas.models import Area
from kexie.foundation.people.models import Person
from kexie.foundation.units.models import Unit
from kexie.ledger.demo import AS_OF, DemoCity, spread
from kexie.ledger.models import Method, Record

BY = "POPULARISATION_DEPARTMENT"
LINQUAN = "341221"
TRAININGS_SINCE = dt.date(2018, 1, 8)

# --- help in villages ---------------------------------------------------------------------------------------------

_PERSONS_EARLY, _PERSONS_LATER, _SECOND_POSTINGS = 33, 6, 5
_VILLAGES, _HOUSEHOLDS, _PERSONS_LIFTED = 12, 1788, 4539
_BATCHES = (
    (dt.date(2014, 10, 20), dt.date(2017, 4, 20), 9),
    (dt.date(2017, 4, 24), dt.date(2019, 5, 31), 8),
    (dt.date(2018, 7, 2), dt.date(2021, 6, 30), 8),
    (dt.date(2021, 6, 21), dt.date(2025, 7, 31), 8),
)

# --- backyards ----------------------------------------------------------------------------------------------------

_BACKYARDS = (
    ("阜南小麦科技小院", "小麦", "341225", "APPLIED 2022-03-10, APPROVED 2022-07-15, OPERATING 2022-09-20"),
    ("临泉芥菜科技小院", "芥菜", "341221", "APPLIED 2022-03-10, APPROVED 2022-07-15, OPERATING 2022-10-18"),
    ("颍上辣椒科技小院", "辣椒", "341226", "APPLIED 2023-02-22, APPROVED 2023-08-03, OPERATING 2023-10-12"),
    (
        "颍东瓦大番茄科技小院",
        "番茄",
        "341203",
        "APPLIED 2024-01-16, APPROVED 2024-06-27, OPERATING 2024-09-10",
    ),
    ("太和桔梗科技小院", "桔梗", "341222", "APPLIED 2025-04-09, APPROVED 2025-11-12, OPERATING 2026-03-18"),
    ("界首马铃薯科技小院", "马铃薯", "341282", "APPLIED 2026-09-15"),
)

# --- training -----------------------------------------------------------------------------------------------------

# How many sessions a month usually sees: winter and early spring are for learning, June and October for the fields.
_SEASON = (7, 8, 9, 7, 4, 1, 3, 4, 6, 2, 7, 8)
_PLAGUE_MONTHS = ((2020, 2), (2020, 3), (2021, 8), (2022, 4), (2022, 11), (2022, 12))
_SESSIONS_EARLY, _SESSIONS_LATER = 338, 81
_HEADS_EARLY, _HEADS_LATER = 28_036, 6_640
_CANCELLED, _UNCOUNTED, _WRONG = 16, 9, 4
_CROPS = (
    "小麦", "玉米", "大豆", "水稻", "红薯", "马铃薯", "辣椒", "番茄", "芥菜", "西瓜", "草莓", "桃", "葡萄", "中药材", "食用菌", "肉牛",
    "生猪", "家禽", "水产", "蜜蜂",
)  # fmt: skip
_PLANTS = _CROPS[:15]
_LESSONS = (
    "高产栽培",
    "病虫害绿色防控",
    "春季管理",
    "水肥一体化",
    "抗旱防涝",
    "采后保鲜",
    "机械化生产",
    "品质提升",
)
_ANIMAL_LESSONS = ("疫病防控", "饲料配制", "生态养殖", "繁育管理", "粪污利用")

# --- promotion ----------------------------------------------------------------------------------------------------

_VARIETIES_EARLY, _VARIETIES = 124, 146
_TECHNOLOGIES_EARLY, _TECHNOLOGIES = 96, 112
_PREFIXES = ("颍穗", "淮禾", "泉丰", "沃麦", "沙颍", "皋禾", "临芳", "和润")
_TECHNIQUES = (
    "宽幅匀播技术", "种子包衣技术", "水肥一体化技术", "绿色防控技术", "秸秆还田技术", "测土配方施肥技术", "设施避雨栽培技术", "轮作间作技术",
    "集约化育苗技术", "机械化收获技术", "采后保鲜技术", "土壤改良技术",
)  # fmt: skip


def load(city: DemoCity) -> Iterator[tuple[str, int]]:
    """Load postings, help results, backyards, trainings and promotions; yield each step and its rows."""
    yield _("驻村选派"), _post(city)
    yield _("帮扶成效"), _help(city)
    backyards = _backyards(city)
    yield _("科技小院"), len(backyards) + _stages(city, backyards)
    trainings = _train(city)
    yield _("农业技术培训"), len(trainings)
    yield _("新品种新技术推广"), _promote(city, trainings, backyards)
    yield _("待确认草稿"), _leave_drafts(city)


# --- help in villages ---------------------------------------------------------------------------------------------


def _villages(city: DemoCity) -> list[Unit]:
    return city.rng("rural.villages").sample(city.villages, _VILLAGES)


def _post(city: DemoCity) -> int:
    """Post each person once, in batches; some came back with a later batch, others went after the day of the report."""
    names = city.people("rural.posted", _PERSONS_EARLY + _PERSONS_LATER)
    people = [
        Person(association=city.association, unit=city.departments["office"], name=name) for name in names
    ]
    city.reference(people)
    early = people[:_PERSONS_EARLY]
    rows, taken = [], 0
    for index, (start, end, count) in enumerate(_BATCHES):
        batch = [*early[taken : taken + count], *(early[:_SECOND_POSTINGS] if index == 2 else [])]
        rows += _batch(city, batch, start, end)
        taken += count
    rows += _batch(city, people[_PERSONS_EARLY:], dt.date(2025, 9, 8), None)
    return len(people) + city.record(rows, by="OFFICE")


def _batch(
    city: DemoCity, people: Sequence[Person], start: dt.date, end: dt.date | None
) -> list[VillagePosting]:
    chance, villages = city.rng(f"rural.posting:{start}"), _villages(city)
    roles = VillagePosting.Role
    return [
        VillagePosting(
            unit=city.departments["office"], area=village.area, occurred_on=start, ended_on=end, person=person,
            village=village, role=roles.FIRST_SECRETARY if number % 4 == 0 else roles.MEMBER,
            document_no=f"阜组〔{start.year}〕{chance.randint(20, 90)}号",
        )
        for number, (person, village) in enumerate(zip(people, _cycle(villages, chance), strict=False))
    ]  # fmt: skip


def _cycle(villages: Sequence[Unit], chance: random.Random) -> Iterator[Unit]:
    order = chance.sample(villages, len(villages))
    while True:
        yield from order


def _help(city: DemoCity) -> int:
    """Each village was accepted in two or three years and delisted with the last; totals by village only."""
    chance = city.rng("rural.help")
    years = [(village, year) for village in _villages(city) for year in _acceptances(chance)]
    households = spread(chance, _HOUSEHOLDS, [chance.uniform(0.6, 1.8) for _one in years])
    persons = spread(chance, _PERSONS_LIFTED, households)
    last = dict(years)
    rows = [
        HelpResult(
            unit=city.counties[village.area_id[:6]], area=village.area, occurred_on=dt.date(year, 12, 20),
            village=village, is_delisted=year == last[village], households=homes, persons=people,
            document_no=f"阜扶〔{year}〕{chance.randint(5, 60)}号",
        )
        for (village, year), homes, people in zip(years, households, persons, strict=True)
    ]  # fmt: skip
    return city.record(rows, by="OFFICE")


def _acceptances(chance: random.Random) -> list[int]:
    return sorted(chance.sample(range(2016, 2021), chance.randint(2, 3)))


# --- backyards ----------------------------------------------------------------------------------------------------


def _backyards(city: DemoCity) -> list[Backyard]:
    chance = city.rng("rural.backyards")
    chiefs = city.people("rural.chiefs", len(_BACKYARDS))
    made = [
        Backyard(
            unit=city.counties[code], area=_host(city, code).area, name=name, crop=crop, host=_host(city, code),
            university=chance.choice(city.universities), chief_expert=chief,
        )
        for (name, crop, code, _stages), chief in zip(_BACKYARDS, chiefs, strict=True)
    ]  # fmt: skip
    city.reference(made)
    return made


def _host(city: DemoCity, county: str) -> Unit:
    return next(village for village in city.villages if village.area_id.startswith(county))


def _stages(city: DemoCity, backyards: Sequence[Backyard]) -> int:
    rows = [
        _stage(backyard, *step.split())
        for backyard, (_name, _crop, _code, steps) in zip(backyards, _BACKYARDS, strict=True)
        for step in steps.split(", ")
    ]
    return city.record(rows, by=BY)


def _stage(backyard: Backyard, stage: str, day: str) -> BackyardStage:
    number = f"农技协〔{day[:4]}〕{int(day[5:7]) + 10}号" if stage == "APPROVED" else ""
    return BackyardStage(
        unit=backyard.unit, area=backyard.area, occurred_on=dt.date.fromisoformat(day), backyard=backyard, stage=stage,
        document_no=number,
    )  # fmt: skip


# --- training -----------------------------------------------------------------------------------------------------


def _train(city: DemoCity) -> list[Training]:
    """Record all sessions and return those that stand: held, and not reversed."""
    chance = city.rng("rural.trainings")
    next_day = AS_OF + dt.timedelta(days=1)
    early = _sessions(city, chance, (TRAININGS_SINCE, next_day), _SESSIONS_EARLY, _HEADS_EARLY)
    later = _sessions(city, chance, (next_day, city.today), _SESSIONS_LATER, _HEADS_LATER)
    city.record([*early, *later, *_cancelled_sessions(city, chance)], by=BY)
    for good in chance.sample(early, _WRONG):
        _typed_twice(city, good)
    return [*early, *later]


def _sessions(
    city: DemoCity, chance: random.Random, span: tuple[dt.date, dt.date], count: int, heads: int
) -> list[Training]:
    """Return `count` sessions held on working days by season; their head counts sum to `heads`, a few have none."""
    rows = [_session(city, chance, day) for day in _days(city, chance, span, count)]
    counted = chance.sample(rows, count - _UNCOUNTED)
    numbers = spread(chance, heads, [min(3.2, chance.lognormvariate(0, 0.42)) for _row in counted])
    for row, number in zip(counted, numbers, strict=True):
        row.headcount, row.method = number, _method(chance)
    return rows


def _cancelled_sessions(city: DemoCity, chance: random.Random) -> Iterator[Training]:
    for day in _days(city, chance, (TRAININGS_SINCE, city.today), _CANCELLED):
        row = _session(city, chance, day)
        row.held, row.note = False, chance.choice(("遇暴雨改期", "因疫情取消", "农忙，报名人数不足"))
        yield row


def _days(city: DemoCity, chance: random.Random, span: tuple[dt.date, dt.date], count: int) -> list[dt.date]:
    days = list(city.workdays(*span))
    weights = [0 if (day.year, day.month) in _PLAGUE_MONTHS else _SEASON[day.month - 1] for day in days]
    return sorted(chance.choices(days, weights, k=count))


def _method(chance: random.Random) -> str:
    methods = (Method.ROSTER, Method.HOST, Method.BOOKING, Method.SAMPLE, Method.COUNTER)
    return chance.choices(methods, (60, 20, 9, 6, 5))[0]


def _session(city: DemoCity, chance: random.Random, day: dt.date) -> Training:
    code = chance.choice(list(city.counties))
    crop = chance.choice(_CROPS)
    lesson = chance.choice(_LESSONS if crop in _PLANTS else _ANIMAL_LESSONS)
    town: Area = chance.choice(city.townships(code))
    morning = chance.random() < 0.7
    return Training(
        unit=city.counties[code], area=town, occurred_on=day, title=f"{town.name}{crop}{lesson}技术培训", subject=crop,
        speaker=f"{chance.choice('王李张刘陈杨赵黄周吴')}老师", starts_at=dt.time(9 if morning else 14, 30),
        ends_at=dt.time(11 if morning else 17), audience="种植户、养殖户", partner=chance.choice(("", "农业农村局", "农技推广中心")),
        mode=Training.Mode.ONLINE if day.year == 2020 and chance.random() < 0.4 else Training.Mode.ONSITE,
    )  # fmt: skip


def _typed_twice(city: DemoCity, good: Training) -> None:
    """Record the session once more and take it back, as happens when two people keep the books."""
    double = Training(
        unit=good.unit, area=good.area, occurred_on=good.occurred_on, title=good.title, subject=good.subject,
        speaker=good.speaker, headcount=good.headcount, method=good.method, audience=good.audience,
    )  # fmt: skip
    city.record([double], by="COORDINATOR")
    city.reverse(double, "与县科协重复登记同一场培训", by=BY)


# --- promotion ----------------------------------------------------------------------------------------------------


def _promote(city: DemoCity, trainings: Sequence[Training], backyards: Sequence[Backyard]) -> int:
    chance = city.rng("rural.promotions")
    varieties = _varieties(city, chance)
    technologies = _technologies(city, chance)
    city.reference([*varieties, *technologies])
    early = [one for one in trainings if one.occurred_on <= AS_OF]
    later = [one for one in trainings if one.occurred_on > AS_OF]
    known = [*varieties[:_VARIETIES_EARLY], *technologies[:_TECHNOLOGIES_EARLY]]
    fresh = [*varieties[_VARIETIES_EARLY:], *technologies[_TECHNOLOGIES_EARLY:]]
    rows = [
        *_promotions(chance, known, early, (1, 3), backyards),
        *_promotions(chance, fresh, later, (1, 2), backyards),
        *_promotions(chance, chance.sample(known, 40), later, (1, 1), backyards),
    ]
    return len(varieties) + len(technologies) + city.record(rows, by=BY)


def _varieties(city: DemoCity, chance: random.Random) -> list[PromotedItem]:
    names = {
        f"{prefix}{crop}{number}号": crop
        for crop in _PLANTS
        for prefix in _PREFIXES
        for number in (1, 2, 3, 6, 8)
    }
    return [
        _item(city, chance, PromotedItem.Kind.VARIETY, name, names[name])
        for name in chance.sample(list(names), _VARIETIES)
    ]


def _technologies(city: DemoCity, chance: random.Random) -> list[PromotedItem]:
    names = {f"{crop}{technique}": crop for crop in _PLANTS for technique in _TECHNIQUES}
    return [
        _item(city, chance, PromotedItem.Kind.TECHNOLOGY, name, names[name])
        for name in chance.sample(list(names), _TECHNOLOGIES)
    ]


def _item(city: DemoCity, chance: random.Random, kind: str, name: str, crop: str) -> PromotedItem:
    source = chance.choice(city.universities).name
    return PromotedItem(
        unit=city.departments["popularisation"], kind=kind, name=name, crop=crop, source=source
    )


def _promotions(
    chance: random.Random,
    items: Sequence[PromotedItem],
    trainings: Sequence[Training],
    times: tuple[int, int],
    backyards: Sequence[Backyard],
) -> Iterator[Promotion]:
    """Yield a promotion or more of every item: at a training on its crop where there is one, else on a base."""
    for item in items:
        fitting = [one for one in trainings if one.subject == item.crop] or trainings
        for training in chance.choices(fitting, k=chance.randint(*times)):
            yield _promotion(chance, item, training, backyards)


def _promotion(
    chance: random.Random, item: PromotedItem, training: Training, backyards: Sequence[Backyard]
) -> Promotion:
    matching = [one for one in backyards if one.crop == item.crop and one.unit == training.unit]
    measured = chance.random() < 0.8
    return Promotion(
        unit=training.unit, area=training.area, occurred_on=training.occurred_on, item=item,
        training=training if training.subject == item.crop else None, backyard=matching[0] if matching else None,
        base="" if matching else f"{training.area.name}{item.crop}示范基地",
        acreage_mu=chance.randint(20, 900) if measured else None,
        households=chance.randint(5, 120) if measured else None,
    )  # fmt: skip


def _leave_drafts(city: DemoCity) -> int:
    """Leave a county officer's last sessions, one with a doubtful count, to confirm."""
    chance = city.rng("rural.drafts")
    sessions = [_session(city, chance, city.today - dt.timedelta(days=n)) for n in (3, 5, 6)]
    for session, heads in zip(sessions, (64, 460, 88), strict=True):
        town = chance.choice(city.townships(LINQUAN))
        session.unit, session.area = city.counties[LINQUAN], town
        session.title = f"{town.name}{session.subject}技术培训"
        session.headcount, session.method = heads, Method.HOST if heads > 300 else Method.ROSTER
    drafts: list[Record] = [*sessions]
    return city.draft(drafts, by="COUNTY_OFFICER")
