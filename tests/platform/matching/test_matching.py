"""Ranking by texts of any kind, reasons, and measures worked out by hand."""

import itertools
import json
import random

import numpy as np
import pytest
from click.testing import CliRunner

from kexie.config.cli.match import match
from kexie.kernel.errors import UserError
from kexie.platform.matching import evaluating, phrases
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
    assert reason.phrases == ["气孔"]


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


def test_scores_of_different_queries_compare():
    index = Index(CANDIDATES)
    close, strange = (
        next(one.score for one in index.rank(query) if one.id == "weld")
        for query in (Text("焊缝气孔抑制"), Text("大豆蛋白提取", "从豆粕提取蛋白"))
    )
    assert close > 3 * strange


def test_a_further_score_can_turn_the_order():
    index = Index(CANDIDATES)
    query = Text("焊缝 scratches")
    plain = [one.id for one in index.rank(query)]
    assert plain[0] == "weld"
    vectors = np.array([0.1, 0.1, 0.1, 0.9])  # of the documents in order
    assert index.rank(query, extra=vectors)[0].id == "vision"
    assert [one.id for one in index.rank(query, extra=np.ones(4))] == plain


def test_only_the_best_and_only_what_is_explained():
    ranked = Index(CANDIDATES).rank(Text("水稻抗病，焊接气孔"), top=2, explained=1)
    assert [bool(one.reasons) for one in ranked] == [True, False]


@pytest.mark.parametrize("sizes", [[1, 7, 3, 0, 7, 12], [5] * 4])
def test_a_candidate_has_the_mean_of_its_best_five(sizes):
    words = iter(itertools.product("水稻焊接气孔", repeat=3))
    candidates = {str(at): [Text("".join(next(words))) for _ in range(size)] for at, size in enumerate(sizes)}
    index = Index(candidates)
    scores = index.library.scores(Text("水稻焊气"))
    for one in index.rank(Text("水稻焊气")):
        own = sorted((scores[index.library.places[text]] for text in candidates[one.id]), reverse=True)[:5]
        assert one.score == pytest.approx(np.mean(own) if own else -1, rel=1e-5)


def test_a_document_of_two_candidates_counts_for_both():
    both = Text("激光焊接")
    ranked = Index({"a": [both], "b": [both, Text("水稻")]}).rank(Text("激光焊接"))
    assert [len(one.reasons) for one in ranked] == [1, 1]


def test_phrases_are_the_longest_that_both_say():
    words = frozenset(tokens("铝合金激光焊接的气孔：deep learning methods"))
    said = phrases.shared("研究激光焊接的气孔，Deep Learning based，铝合金", words, len)
    assert said == ["激光焊接的气孔", "Deep Learning", "铝合金"]
    assert phrases.shared("水稻 learns", frozenset(tokens("稻 learning")), len) == [
        "learns",
        "稻",
    ]


def test_what_is_said_in_other_words_is_found_in_a_large_collection():
    chance = random.Random(0)
    topics = [[f"topic{topic}word{at}" for at in range(8)] for topic in range(150)]
    texts = [Text("", " ".join(chance.sample(topics[at % 150], 4))) for at in range(2_100)]
    library = Index({str(at): [text] for at, text in enumerate(texts)}).library
    assert library.latent is not None
    scores = library.latent.scores(*library.whole.query("topic0word0"))
    silent = [at for at, text in enumerate(library.documents) if "topic0word0" not in text.text.split()]
    alike = {at for at in silent if library.documents[at].text.startswith("topic0word")}
    others = [scores[at] for at in silent if at not in alike]
    assert np.mean([scores[at] for at in alike]) > np.mean(others) + 0.1


def test_a_word_that_every_text_has_is_no_reason_beside_one_that_says_something():
    words = frozenset(tokens("激光焊接的问题"))
    weights = {"激光": 4.0, "光焊": 4.0, "焊接": 3.0, "问题": 0.1}
    assert phrases.shared("激光焊接；问题", words, lambda word: weights.get(word, 0.0)) == ["激光焊接"]
    assert phrases.shared("别的问题", words, lambda word: weights.get(word, 0.0)) == ["问题"]
