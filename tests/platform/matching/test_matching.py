"""Ranking by texts of any kind, reasons, and measures worked out by hand."""

import json

import pytest
from click.testing import CliRunner

from kexie.config.cli.match import match
from kexie.kernel.errors import UserError
from kexie.platform.matching import evaluating
from kexie.platform.matching.ranking import Index, Text
from kexie.platform.matching.tokens import tokens

CANDIDATES = {
    "weld": [
        Text("铝合金激光焊接气孔控制", "研究焊缝气孔的形成机理与抑制方法", "论文", 2021),
        Text("水稻病害"),
    ],
    "rice": [Text("水稻稻瘟病抗性育种", "筛选抗病品种")],
    "vision": [Text("Deep learning for surface defect detection", "Convolutional networks find scratches")],
    "none": [],
}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        (Text("焊接气孔太多", "铝合金焊缝有气孔，如何控制？"), "weld"),
        (Text("", "稻瘟病 怎么防？"), "rice"),
        (Text("Detecting surface defects"), "vision"),
        (Text("用 deep learning 检测划痕"), "vision"),
        (Text("焊接"), "weld"),
        (Text("ＤＥＦＥＣＴ　detection\r\n\x07\u200b"), "vision"),
        (Text("气孔", "焊接气孔" * 5000), "weld"),
    ],
    ids=["chinese", "no title", "english", "mixed", "one word", "from Word", "20 000 characters"],
)
def test_the_right_candidate_comes_first(query, first):
    assert Index(CANDIDATES).rank(query)[0].id == first


@pytest.mark.parametrize("query", [Text(), Text("？！…"), Text("zzz")])
def test_a_query_that_says_nothing_ranks_without_reasons(query):
    ranked = Index(CANDIDATES).rank(query)
    assert [one.id for one in ranked] == ["weld", "rice", "vision", "none"]
    assert [list(one.reasons) for one in ranked] == [[], [], [], []]


def test_a_reason_names_document_and_phrases():
    reason = Index(CANDIDATES).rank(Text("气孔"))[0].reasons[0]
    assert (reason.document.kind, reason.document.year) == ("论文", 2021)
    assert set(reason.phrases) == {"气", "孔", "气孔"}


def test_tokens():
    assert tokens("焊接 defects ＡI") == ["焊", "接", "焊接", "defect", "ai", "defect_ai"]


def test_measures_by_hand():
    found = evaluating.measures([0.0, 1.0, 1.0])
    assert found["p@5"] == pytest.approx(0.4)
    assert found["ap"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert found["ndcg@10"] == pytest.approx((0.6309298 + 0.5) / (1 + 0.6309298))
    assert evaluating.pair_loss([(3.0, 1.0), (2.0, 2.0), (2.0, 0.0)]) == pytest.approx((1 + 1) / (1 + 1 + 2))
    assert evaluating.measures([0.0])["ap"] is None


def test_the_command(tmp_path):
    line = {
        "query": {"title": "焊接气孔", "text": ""},
        "candidates": [
            {"id": "b", "documents": [{"title": "水稻"}]},
            {"id": "a", "documents": [{"title": "焊接气孔", "text": "控制"}]},
        ],
        "labels": {"a": 2, "b": 0},
    }
    file = tmp_path / "set.jsonl"
    file.write_text(json.dumps(line), encoding="utf-8")
    found = json.loads(CliRunner().invoke(match, ["evaluate", str(file), "--json"]).stdout)
    assert found["overall"] == {"ndcg@10": 1.0, "p@5": 0.2, "ap": 1.0, "pair_loss": 0.0, "queries": 1}
    assert [one["id"] for one in found["queries"][0]["ranking"]] == ["a", "b"]


def test_a_wrong_line_is_named():
    with pytest.raises(UserError) as refused:
        evaluating.parse('\n{"query": 1}\n')
    assert "第 2 行" in str(refused.value)
