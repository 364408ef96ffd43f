"""The benchmark reads the public sets in the formats they are published in: small ones of our own."""

import json
import runpy
from pathlib import Path

import pytest

from kexie.platform.matching import evaluating

BENCH = runpy.run_path(str(Path(__file__).parents[3] / "benchmarks" / "matching.py"))


@pytest.fixture
def gold(tmp_path):
    """Two reviewers and two papers, as the gold standard of CMU lies in its repository."""
    lines = ["ParticipantID\t" + "\t".join(f"Paper{at}\tExpertise{at}" for at in range(1, 11))]
    for who, weld, salt in (("w1", 5, 1), ("s1", 1, 4)):
        lines.append("\t".join([who, "p1", str(weld), "p2", str(salt), *[""] * 16]))
    (tmp_path / "evaluations.csv").write_text("\n".join(lines) + "\n")
    folder = tmp_path / "d_20_1"
    (folder / "archives").mkdir(parents=True)
    papers = {"p1": "Weld seam tracking with laser vision", "p2": "Desalination of saline waste water"}
    submissions = {
        key: {"id": key, "content": {"title": title, "abstract": title}} for key, title in papers.items()
    }
    (folder / "submissions.json").write_text(json.dumps(submissions))
    for who, title in (("w1", "Laser vision for weld seams"), ("s1", "Membranes for desalination of water")):
        line = json.dumps({"id": who, "content": {"title": title, "abstract": None}})
        (folder / "archives" / f"~{who}.jsonl").write_text(line + "\n")
    return tmp_path


def test_the_gold_standard_of_reviewers_is_read_and_its_loss_weighs_how_far_apart_papers_are(gold):
    assert [(name, loss) for name, loss, _took in BENCH["_reviewers"](gold)] == [("d_20_1", 0.0)]
    told = {"a": {"p1": 5.0, "p2": 1.0}, "b": {"p1": 2.0, "p2": 1.0}}
    wrong_for_b = {"a": {"p1": 0.9, "p2": 0.1}, "b": {"p1": 0.1, "p2": 0.9}}
    assert BENCH["_loss"](told, wrong_for_b) == pytest.approx(1 / 5)


def test_requirements_and_achievements_are_read_with_commas_nobody_quoted(tmp_path):
    (tmp_path / "Requirements.csv").write_text(
        "\ufeffRid,Title,Content\nR1,焊缝跟踪,薄板焊接时,偏移半毫米\n", "utf-8"
    )
    (tmp_path / "Train_Achievements.csv").write_text(
        "Aid,Title,Content\nA1,焊缝跟踪传感器,激光,视觉\nA2,小麦收购,价格\nA3,无人评过,内容\n", "utf-8"
    )
    (tmp_path / "Train_Interrelation.csv").write_text(
        "Guid,Rid,Aid,Level\n1,R1,A1,4\n2,R1,A2,1\n3,R1,A9,3\n4,R9,A1,2\n", "utf-8"
    )
    [(name, cases)] = list(BENCH["_labelled"](tmp_path))
    assert (name.startswith("BDCI"), len(cases)) == (True, 1)
    assert (cases[0].query.text, dict(cases[0].labels)) == ("薄板焊接时,偏移半毫米", {"A1": 4.0, "A2": 1.0})
    assert evaluating.evaluate(cases)["overall"]["pair_loss"] == 0.0
