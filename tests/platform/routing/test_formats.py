import pytest

from kexie.platform.routing import checker, engine, formats
from kexie.platform.routing.problem import Pace, Window

SOLOMON = """T1

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE TIME

    0      0         0          0          0       100          0
    1      3         4          5          0        50         10
    2      6         8          5         20        60         10
"""
MDVRP = """2 1 2 2
0 10
0 10
1 1 0 0 4 1 2 1 2
2 9 0 0 4 1 1 1
3 0 0 0 0 0 0
4 10 0 0 0 0 0
"""
PVRP = """1 1 3 3
50 9
50 9
50 9
0 0 0 0 0 0 0
1 3 4 2 4 1 3 1 2 4
2 6 8 2 4 2 2 5 6
3 0 9 2 4 3 1 7
"""
PATTERNS = (((2,), (1,), (0,)), ((0, 2), (0, 1)), ((0, 1, 2),))


def test_solomon():
    problem = formats.solomon(SOLOMON)

    assert [van.capacity for van in problem.vehicles] == [10, 10]
    assert problem.vehicles[0].shifts[0].end == 100
    assert [(site.key, site.demand, site.service, site.windows) for site in problem.sites] == [
        ("1", 5, 10, (Window(0, 50),)),
        ("2", 5, 10, (Window(20, 60),)),
    ]
    assert problem.matrix.distance[0, 1] == 5


def test_the_bits_of_many_depots_are_depots_from_the_left():
    problem = formats.cordeau(MDVRP)

    assert [van.kind for van in problem.vehicles] == ["0", "1"]
    assert [site.kinds for site in problem.sites] == [frozenset(), frozenset({"1"})]
    solution = engine.solve(problem, paces=(Pace(100, 1.0),))
    assert round(solution.cost.cost, 6) == 4.0
    assert checker.check(problem, solution.routes) == []


def test_the_bits_of_many_days_are_days_and_the_depot_may_stand_first_or_last():
    head, first, *customers = PVRP.splitlines()[:4], PVRP.splitlines()[4], *PVRP.splitlines()[5:]
    last = "\n".join([*head, *customers, first])

    for text in (PVRP, last):
        problem = formats.cordeau(text)
        assert problem.days == 3
        assert tuple(site.patterns for site in problem.sites) == PATTERNS
        assert problem.vehicles[0].longest_minutes == 50
        solution = engine.solve(problem, paces=(Pace(200, 1.0),))
        assert checker.check(problem, solution.routes) == []
        assert solution.unserved == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "缺少类型"),
        ("hello world", "第 1 行不全是数"),
        ("9 1 2 2\n", "没有类型 9"),
        ("3 1 2 2\n", "不支持类型 3"),
        ("2 0 2 2\n", "应为正整数"),
        ("2 99999 9999 2\n", "规模过大"),
        (MDVRP[:30], "文件不完整"),
        (MDVRP.replace("2 9 0 0 4 1 1 1", "2 9 0 0 4"), "第 5 行的客户不完整"),
        (MDVRP.replace("2 9 0 0 4 1 1 1", "2 9 0 0 4 1 1 8"), "组合不在 1 至 3 之间"),
        (MDVRP.replace("2 9 0 0 4 1 1 1", "2 9 0 0 -4 1 1 1"), "负的需求"),
        (MDVRP.replace("2 9 0 0", "2 nan 0 0"), "无穷大或非数"),
        (PVRP.replace("2 6 8 2 4 2 2 5 6", "2 6 8 2 4 2 2 5 7"), "与次数 2 不符"),
    ],
)
def test_what_is_wrong_with_a_cordeau_file_is_told(text, told):
    with pytest.raises(formats.BadFile, match=told):
        formats.cordeau(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "缺少车辆数"),
        (SOLOMON[: SOLOMON.index("CUST NO")], "没有客户"),
        (SOLOMON.replace("20        60", "70        60"), "晚于结束"),
        (SOLOMON.replace("20        60         10", "20"), "第 12 行"),
    ],
)
def test_what_is_wrong_with_a_solomon_file_is_told(text, told):
    with pytest.raises(formats.BadFile, match=told):
        formats.solomon(text)


def test_a_file_that_is_no_text(tmp_path):
    (tmp_path / "photo").write_bytes(b"\xff\xd8\xff\xe0")

    with pytest.raises(formats.BadFile, match="不是文本文件"):
        formats.read(tmp_path / "photo", "solomon")
