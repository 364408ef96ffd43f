"""Vectors beside words, on a labelled set as `kexie match evaluate` reads it: they help where they know something, and never harm."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from kexie.config.cli.match import match

# Four topics; each with an expert who says it in Chinese, one in English, and one beside the point who shares a word.
TOPICS = (
    ("焊缝跟踪偏移", "薄板焊缝跟踪用激光视觉纠偏", "Weld seam tracking by laser vision", "焊缝外观检验标准"),
    ("高盐废水脱盐", "膜浓缩用于高盐废水脱盐回用", "Desalination of saline waste water", "废水排放申报"),
    ("面制品老化", "复合酶延缓面制品老化回生", "Staling of wheat bread and enzymes", "面制品包装设计"),
    ("小麦赤霉病", "小麦赤霉病抗病品种与生物药剂", "Fusarium head blight of wheat", "小麦收购价格"),
)


def vectors(kind, topic, at, chance):
    """Return a document's or a query's vector as an endpoint of this kind gives it."""
    if kind == "noise":
        return chance.normal(size=6).tolist()
    if kind == "constant":
        return [1.0] * 6
    if kind == "some" and at == 1:
        return []
    return (np.eye(6)[topic] * (1.0 if at < 2 else 0.2) + np.eye(6)[4] * 0.3).tolist()


def labelled(kind):
    chance = np.random.default_rng(7)
    people = [
        {"id": f"{topic}-{at}", "documents": [{"title": text, "vector": vectors(kind, topic, at, chance)}]}
        for topic, (_problem, *texts) in enumerate(TOPICS)
        for at, text in enumerate(texts)
    ]
    for topic, (problem, *_texts) in enumerate(TOPICS):
        labels = {f"{topic}-0": 3, f"{topic}-1": 2, f"{topic}-2": 0}
        query = {"title": problem, "vector": vectors(kind, topic, 0, chance)}
        yield json.dumps({"query": query, "candidates": people, "labels": labels}, ensure_ascii=False)


def evaluated(tmp_path, kind):
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(labelled(kind)))
    done = CliRunner().invoke(match, ["evaluate", str(file), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


@pytest.mark.parametrize("kind", ["good", "some", "noise", "constant"])
def test_fusion_is_never_worse_than_words_alone(tmp_path, kind):
    found = evaluated(tmp_path, kind)
    for name in ("ndcg@10", "p@5", "ap"):
        assert found["fused"][name] >= found["overall"][name], name


def test_good_vectors_find_who_says_it_in_another_language(tmp_path):
    found = evaluated(tmp_path, "good")
    assert found["fused"]["ndcg@10"] > found["overall"]["ndcg@10"] + 0.05


def test_a_set_without_vectors_says_nothing_of_fusion(tmp_path):
    rows = [json.loads(line) for line in labelled("good")]
    for row in rows:
        del row["query"]["vector"]
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    done = CliRunner().invoke(match, ["evaluate", str(file), "--json"])
    assert "fused" not in json.loads(done.output)
