"""The fictional units, people and accounts of the demonstration, on the real areas of 阜阳."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from kexie.foundation.access.demo import give_second_factor
from kexie.foundation.access.models import Account, Grant
from kexie.foundation.access.roles import ADMINISTRATOR_CODES, ROLES
from kexie.foundation.areas import operations as areas
from kexie.foundation.areas.models import Area, Level
from kexie.foundation.places.models import Place
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.codes import synthetic_credit_code
from kexie.ledger.demo import DemoCity

CITY = "341200"
COUNTIES = (
    "341202",
    "341203",
    "341204",
    "341221",
    "341222",
    "341225",
    "341226",
    "341282",
)
SINCE = dt.date(2014, 1, 1)
PASSWORD = "kexie-demo-2026"  # noqa: S105 - shown on the sign-in page of a demonstration only
ROOT_CODE = "fydemo"

_POPULATION = dict(
    zip(
        COUNTIES,
        (842000, 520000, 608000, 1581000, 1306000, 1154000, 1188000, 615000),
        strict=True,
    )
)
_MUSEUMS = {
    "city": ("阜阳市科技馆", "341204", 115.8102, 32.9156, 13904),
    "linquan": ("临泉县科技馆", "341221", 115.2630, 33.0401, 5200),
    "taihe": ("太和县科技馆", "341222", 115.6220, 33.1603, 6100),
    "jieshou": ("界首市科技馆", "341282", 115.3743, 33.2570, 4800),
    "yingshang": ("颍上县科技馆", "341226", 116.2567, 32.6530, 5600),
}
_DEPARTMENTS = {
    "office": "办公室",
    "popularisation": "科学普及部",
    "societies": "学会学术部",
    "innovation": "创新服务部",
}
_FIELDS = (
    "医学 护理学 药学 中医药学 预防医学 农学 园艺学 林学 畜牧兽医 水利 土木建筑 电机工程 机械工程 化学化工 计算机 "
    "通信 自动化 测绘 气象 地震 环境科学 食品科学 纺织工程 酿酒工程 汽车工程 新能源 新材料 物流 数学 物理 生物 心理 "
    "科普作家 青少年科技辅导员 农村专业技术 公路 质量 标准化 档案信息 反邪教"
).split()
_PROVINCIAL = "农学 医学 计算机 机械工程 食品科学 园艺 生物医学工程 新能源 化学化工 自动化".split()
_UNIVERSITIES = "淮颍大学 江淮农业大学 皖北理工学院 庐州医科大学 颍淮师范学院 东皖工业大学".split()
_TOWN_HEADS = "柳沟 双河 石桥 杨湾 枣园 清溪 长店 河套 望湖 新堰 东岗 三塔 白庙 泉口 周寨 槐店 李集 沙埠 芦塘 芝田 界沟 古渡".split()
_VILLAGE_HEADS = "前湾 后堤 大槐 小桥 东圩 西圩 南园 北塘 梨树 麦丰 荷塘 柿园 青松 长埂 红旗 和谐 新建 瓦房 老渡 高台".split()
_SCHOOL_HEADS = "启明 晨光 致远 育才 求真 博文 明德 清河 向阳 新苗 弘毅 崇文 星河 朝霞 春晖 知行 树人 青禾 慧源 景和".split()
_FIRM_HEADS = "澄宇 穗岭 云舸 汇朴 禾悦 铂澜 星沚 昶岳 沐晟 岚图 合赫 川屿 翎越 甬澄 尧禾 珩创 沃谷 青岫 洛溪 皓岭".split()
_FIRM_TRADES = (
    "生物医药 新能源汽车部件 智能装备 新材料 食品科技 电子科技 农机装备 纺织科技 环保工程 循环再生".split()
)


def build(*, now: dt.datetime, seed: int) -> DemoCity:
    """Create the association with its areas, units and accounts, and return the city to fill."""
    chance = random.Random(f"{seed}:city")
    areas.load_bundled(actor=None, now=now)
    _extend_areas(chance)
    found = {area.code: area for area in Area.objects.filter(code__startswith="3412")}
    root = units.create_association(
        name="阜阳市科学技术协会",
        short_name="阜阳市科协",
        area=found[CITY],
        actor=None,
        now=now,
        code=ROOT_CODE,
        is_demo=True,
        address="阜阳市（演示地址）",
        contact_phone="0558-0000000",
    )
    return _Builder(root, found, chance, now, seed).build()


@dataclass
class _Builder:
    root: Unit
    areas: dict[str, Area]
    chance: random.Random
    now: dt.datetime
    seed: int
    serial: int = 0

    def build(self) -> DemoCity:
        departments = dict(zip(_DEPARTMENTS, self._make(self._departments()), strict=True))
        counties = dict(zip(COUNTIES, self._make(self._counties()), strict=True))
        museums = dict(zip(_MUSEUMS, self._make(self._museums(counties)), strict=True))
        self._place_museums(museums)
        city = DemoCity(
            association=self.root,
            departments=departments,
            counties=counties,
            areas=self.areas,
            museums=museums,
            villages=self._make(self._villages(counties)),
            schools=self._make(self._schools(counties)),
            firms=self._make(self._firms(counties)),
            societies=self._make(self._societies()),
            provincial_societies=self._make(self._outside([f"安徽省{name}学会" for name in _PROVINCIAL])),
            universities=self._make(self._outside(list(_UNIVERSITIES))),
            accounts={},
            now=self.now,
            seed=self.seed,
        )
        city.accounts.update(_accounts(city))
        return city

    def _make(self, wanted: Iterator[Unit]) -> list[Unit]:
        return units.create_units(association=self.root, units=wanted, actor=None, now=self.now)

    def _unit(self, parent: Unit, kind: Kind, name: str, area: str, category: str = "") -> Unit:
        self.serial += 1
        code = synthetic_credit_code(self.serial, category=category, area=area[:6]) if category else ""
        return Unit(
            code=f"d{self.serial:05}",
            association=self.root,
            parent=parent,
            kind=kind,
            name=name,
            area=self.areas[area],
            credit_code=code,
            valid_from=SINCE,
        )

    def _departments(self) -> Iterator[Unit]:
        return (self._unit(self.root, Kind.DEPARTMENT, name, CITY) for name in _DEPARTMENTS.values())

    def _counties(self) -> Iterator[Unit]:
        for code in COUNTIES:
            name = f"{self.areas[code].name}科学技术协会"
            yield self._unit(self.root, Kind.COUNTY_ASSOCIATION, name, code, "13")

    def _museums(self, counties: dict[str, Unit]) -> Iterator[Unit]:
        for key, (name, area, *_where) in _MUSEUMS.items():
            yield self._unit(
                self.root if key == "city" else counties[area],
                Kind.MUSEUM,
                name,
                area,
                "12",
            )

    def _place_museums(self, museums: dict[str, Unit]) -> None:
        for key, (name, _area, longitude, latitude, floor) in _MUSEUMS.items():
            unit = museums[key]
            unit.place = Place.objects.create(
                association=self.root, unit=unit, area=unit.area, name=name, longitude=longitude,
                latitude=latitude, floor_area=floor,
            )  # fmt: skip
            unit.save(update_fields=["place"])

    def _villages(self, counties: dict[str, Unit]) -> Iterator[Unit]:
        for area in sorted(self.areas.values(), key=lambda one: one.code):
            if area.level == Level.VILLAGE:
                yield self._unit(counties[area.code[:6]], Kind.VILLAGE, area.name, area.code)

    def _schools(self, counties: dict[str, Unit]) -> Iterator[Unit]:
        stages = ("小学", "小学", "小学", "中学", "初级中学")
        for code, county in counties.items():
            for index, head in enumerate(self.chance.sample(_SCHOOL_HEADS, 15)):
                name = f"{self.areas[code].name}{head}{stages[index % len(stages)]}"
                yield self._unit(county, Kind.SCHOOL, name, code, "12")

    def _firms(self, counties: dict[str, Unit]) -> Iterator[Unit]:
        pairs = [(head, trade) for head in _FIRM_HEADS for trade in _FIRM_TRADES]
        self.chance.shuffle(pairs)
        codes = list(counties)
        for index, (head, trade) in enumerate(pairs[:176]):
            code = codes[index % len(codes)]
            yield self._unit(counties[code], Kind.FIRM, f"阜阳{head}{trade}有限公司", code, "91")

    def _societies(self) -> Iterator[Unit]:
        return (self._unit(self.root, Kind.SOCIETY, f"阜阳市{name}学会", CITY, "51") for name in _FIELDS)

    def _outside(self, names: list[str]) -> Iterator[Unit]:
        return (self._unit(self.root, Kind.OUTSIDE, name, CITY) for name in names)


def _extend_areas(chance: random.Random) -> None:
    """Add fictional townships and villages below the eight counties, and round populations."""
    made = []
    for county in COUNTIES:
        Area.objects.filter(code=county).update(population=_POPULATION[county])
        for index, head in enumerate(chance.sample(_TOWN_HEADS, 20), 1):
            town = f"{county}{100 + index}"
            made.append(
                Area(
                    code=town,
                    name=f"{head}镇",
                    level=Level.TOWNSHIP,
                    parent_id=county,
                    population=chance.randint(18, 74) * 1000,
                )
            )
            if index <= 8:
                village = chance.choice(_VILLAGE_HEADS)
                made.append(
                    Area(
                        code=f"{town}201",
                        name=f"{head}镇{village}村",
                        level=Level.VILLAGE,
                        parent_id=town,
                    )
                )
    Area.objects.bulk_create(made)


def _accounts(city: DemoCity) -> dict[str, Account]:
    """Create one account for each role, with a person's fictional name and the unit where such a person works."""
    password = make_password(PASSWORD)
    names = city.people("accounts", len(ROLES))
    made = {
        code: Account(
            association=city.association,
            username=code.lower().replace("_", "-"),
            display_name=name,
            unit=_home(city, code),
            password=password,
            must_change_password=False,
            password_changed_at=city.now,
            created_at=city.now,
            demo_password=PASSWORD,
        )
        for code, name in zip(ROLES, names, strict=True)
    }
    for code in ADMINISTRATOR_CODES:
        give_second_factor(made[code], now=city.now)
    Account.objects.bulk_create(made.values())
    Grant.objects.bulk_create(
        Grant(
            association=city.association,
            account=account,
            holder_id=account.pk,
            role=code,
            unit=account.unit,
            valid_from=SINCE,
            granted_at=city.now,
            reason="演示账号",
        )
        for code, account in made.items()
    )
    return made


def _home(city: DemoCity, role: str) -> Unit:
    """Return the unit over which the demonstration grants a role."""
    linquan = city.counties["341221"]
    homes = {
        "PUPIL": city.schools[0],
        "GUARDIAN": city.schools[0],
        "TUTOR": city.schools[0],
        "SCHOOL": city.schools[0],
        "FIRM_CONTACT": city.firms[0],
        "EXPERT": city.universities[0],
        "MUSEUM_DESK": city.museums["city"],
        "MUSEUM_GATE": city.museums["city"],
        "COUNTY_OFFICER": linquan,
        "CARAVAN_CREW": linquan,
        "FACILITY_KEEPER": city.schools[45],
    }
    return homes.get(role, city.association)
