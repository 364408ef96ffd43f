"""The best assignment against brute force, its proof, and refusals that name what binds."""

import itertools
import json
import random

import pytest
from click.testing import CliRunner

from kexie.config.cli.assign import assign
from kexie.kernel.errors import UserError
from kexie.platform.assignment import checking, reading, solving
from kexie.platform.assignment.refusals import Infeasible


def random_task(chance, rules):
    entries, people = chance.randint(1, 3), chance.randint(1, 4)
    pairs = [[str(entry), f"p{person}"] for entry in range(entries) for person in range(people)]
    kinds = chance.choices(["", "forbidden", "forced"], weights=(8, 2, 1), k=len(pairs))
    return {
        "left": [{"id": str(at), "demand": chance.randint(0, 2)} for at in range(entries)],
        "right": [
            {
                "id": f"p{at}",
                "min": chance.choice([0, 0, 1]),
                "max": chance.choice([None, 1, 2, 3]),
                "org": chance.choice(["", "a", "b"]),
                "senior": chance.random() < 0.6,
            }
            for at in range(people)
        ],
        "affinity": [[chance.randint(-3, 9) / 4 for _ in range(people)] for _ in range(entries)],
        "forbidden": [pair for pair, kind in zip(pairs, kinds, strict=True) if kind == "forbidden"],
        "forced": [pair for pair, kind in zip(pairs, kinds, strict=True) if kind == "forced"],
        "rules": rules,
    }


def every_answer(task):
    """Return (worst, total) of each assignment that keeps all rules."""
    ways = [list(itertools.combinations(range(len(task["right"])), row["demand"])) for row in task["left"]]
    for choice in itertools.product(*ways):
        pairs = [[str(at), f"p{person}"] for at, people in enumerate(choice) for person in people]
        sums = [sum(task["affinity"][at][person] for person in people) for at, people in enumerate(choice)]
        worst = min((one for one, row in zip(sums, task["left"], strict=True) if row["demand"]), default=0.0)
        figures = {"total": sum(sums), "worst": worst, "bound": 1e9, "worst_bound": 1e9, "prices": []}
        if not checking.faults(task, {"pairs": pairs} | figures):
            yield worst, sum(sums)


@pytest.mark.parametrize(
    ("rules", "tasks"),
    [
        ({}, 400),
        ({"distinct_org": True, "min_senior": 1}, 120),
        ({"fair": True}, 80),
        ({"fair": True, "min_senior": 1}, 80),
    ],
    ids=["total", "sides", "fair", "fair with seniors"],
)
def test_no_assignment_is_better(rules, tasks):
    chance, solved = random.Random(7), 0
    for _ in range(tasks):
        task = random_task(chance, rules)
        possible = list(every_answer(task))
        problem = reading.of(task)
        if not possible:
            with pytest.raises(Infeasible):
                solving.solve(problem)
            continue
        check_best(task, reading.as_dict(problem, solving.solve(problem)), possible)
        solved += 1
    assert solved > tasks / 10


def check_best(task, answer, possible):
    assert checking.faults(task, answer) == []
    fair = task["rules"].get("fair")
    worst, total = max(possible) if fair else max(possible, key=lambda one: one[1])
    assert answer["total"] == pytest.approx(total, abs=1e-6)
    assert answer["gap"] == pytest.approx(0, abs=1e-6)
    if fair:
        assert answer["worst"] == pytest.approx(worst, abs=1e-6)
        assert answer["worst_gap"] == pytest.approx(0, abs=1e-5)


def task(**changes):
    return {
        "left": [{"id": "A", "demand": 2}, {"id": "B", "demand": 2}],
        "right": [
            {"id": "x", "max": 2, "org": "一中"},
            {"id": "y", "max": 2, "org": "一中"},
            {"id": "z", "max": 1},
        ],
        "affinity": [[3, 2, 1], [3, 2, 1]],
    } | changes


@pytest.mark.parametrize(
    ("changes", "rule", "left", "right"),
    [
        ({"forbidden": [["A", "x"], ["A", "y"]]}, "forbidden", ["A"], []),
        (
            {"forbidden": [["A", "z"], ["B", "z"]], "rules": {"distinct_org": True}},
            "distinct_org",
            ["A", "B"],
            [],
        ),
        ({"rules": {"min_senior": 1}}, "min_senior", ["A", "B"], []),
        (
            {"right": [{"id": "x", "max": 2}, {"id": "y", "max": 1}, {"id": "z", "max": 0}]},
            "max",
            ["A", "B"],
            ["y", "z"],
        ),
        (
            {"right": [{"id": "x", "min": 2}, {"id": "y", "min": 2}, {"id": "z", "min": 1}]},
            "min",
            ["A", "B"],
            ["x", "y", "z"],
        ),
        ({"forced": [["A", "x"], ["A", "y"], ["A", "z"]]}, "forced", ["A"], []),
    ],
    ids=["forbidden", "distinct_org", "min_senior", "max", "min", "forced"],
)
def test_what_binds_is_named(changes, rule, left, right):
    with pytest.raises(Infeasible) as refused:
        solving.solve(reading.of(task(**changes)))
    assert (refused.value.rule, refused.value.left, refused.value.right) == (rule, left, right)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"left": "A"}, "缺少 left"),
        ({"left": [{"demand": 1}]}, "left[0] 应是带 id 的对象"),
        ({"affinity": [[1, 2, 3]]}, "affinity 应是 2 行、每行 3 个数"),
        ({"affinity": [[1, 2, 3], [1, None, 3]]}, "affinity[1] 中的 None 不是有限的数"),
        ({"forbidden": [["A", "nobody"]]}, "forbidden[0] 中的 nobody 不在 right 里"),
        ({"forbidden": [["A", "x"]], "forced": [["A", "x"]]}, "A 与 x 同时列在 forbidden 和 forced 中"),
        ({"rules": {"fairness": True}}, "rules 应是对象"),
        ({"right": [{"id": "x", "min": 3, "max": 1}]}, "下限 min 3 大于上限 max 1"),
    ],
)
def test_a_wrong_file_is_told_where(changes, said):
    with pytest.raises(UserError) as refused:
        reading.of(task(**changes))
    assert said in str(refused.value)


def test_the_command_prints_an_answer_that_the_checker_accepts(tmp_path):
    file = tmp_path / "task.json"
    file.write_text(json.dumps(task()), encoding="utf-8")
    answer = json.loads(CliRunner().invoke(assign, ["solve", str(file), "--json"]).stdout)
    assert checking.faults(task(), answer) == []
    assert (answer["total"], answer["worst"], answer["bound"], answer["gap"]) == (10.0, 5.0, 10.0, 0.0)
