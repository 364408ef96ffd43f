"""Vectors beside words, on a labelled set as `kexie match evaluate` reads it: they help where they know something, and never harm."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from kexie.config.cli.match import match
from kexie.platform.matching import evaluating
from kexie.platform.matching.fusing import PROOF, agree, behind, harmless
from kexie.platform.matching.ranking import Index, Text

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


@pytest.mark.parametrize("numbers", [2, 6, 64])
def test_noise_is_not_believed_of_a_collection_whatever_the_seed(numbers):
    words = [word for row in TOPICS for text in row for word in (text[:3], text[3:7], text[-4:])]
    chance = np.random.default_rng(1)
    index = Index({str(at): [Text("，".join(chance.choice(words, 5)))] for at in range(60)})
    known = np.ones(60, dtype=bool)
    for seed in range(60):
        rows = np.random.default_rng(seed).normal(size=(60, numbers))
        assert not agree(index, rows / np.linalg.norm(rows, axis=1, keepdims=True), known), seed
    good = (index.library.whole.by_word.T.toarray())[index.places]
    assert agree(index, good + np.random.default_rng(0).normal(0, 0.05, good.shape), known)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kind", ["noise", "opposed", "cut"])
def test_fusion_is_never_worse_on_any_seed_or_by_malice(kind, seed):
    chance = np.random.default_rng(seed)
    rows = [json.loads(line) for line in labelled("noise" if kind == "noise" else "good")]
    for topic, row in enumerate(rows):
        for one in row["candidates"]:
            vector = one["documents"][0]["vector"]
            if kind == "noise":
                vector[:] = chance.normal(size=6)
            elif kind == "cut":
                vector[:] = vector[: int(chance.integers(0, 7))]
        if kind == "opposed":
            # Documents agree as they should, and the problem is said to be about something else.
            row["query"]["vector"] = np.eye(6)[(topic + 1 + seed % 3) % 4].tolist()
    told = evaluating.evaluate(evaluating.parse("\n".join(map(json.dumps, rows))))
    for name in ("ndcg@10", "p@5", "ap"):
        assert told["fused"][name] >= told["overall"][name], name


def test_vectors_that_made_past_cases_worse_are_not_used():
    assert harmless([(3, 1), (1, 1), *[(1, 1)] * (PROOF - 2)])
    assert not harmless([(1, 2), (4, 3), *[(1, 1)] * PROOF])
    assert not harmless([(1, 1), (5, 6), *[(1, 1)] * PROOF])
    assert not harmless([])
    assert not harmless([(3, 1)] * (PROOF - 1))


@pytest.mark.parametrize("seed", range(60))
def test_vectors_without_proof_let_nobody_fall_for_whom_words_speak(seed):
    chance = np.random.default_rng(seed)
    words = [f"said{at}" for at in range(int(chance.integers(0, 12)))]
    fused = [*words, *(f"silent{at}" for at in range(6))]
    chance.shuffle(fused)
    found = behind(words, fused)
    assert found[: len(words)] == words
    assert found[len(words) :] == [one for one in fused if one.startswith("silent")]


def test_good_vectors_find_who_says_it_in_another_language(tmp_path):
    found = evaluated(tmp_path, "good")
    assert found["fused"]["ndcg@10"] > found["overall"]["ndcg@10"] + 0.05
    assert found["fused"]["used"] is True


def test_a_set_without_vectors_says_nothing_of_fusion(tmp_path):
    rows = [json.loads(line) for line in labelled("good")]
    for row in rows:
        del row["query"]["vector"]
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    done = CliRunner().invoke(match, ["evaluate", str(file), "--json"])
    assert "fused" not in json.loads(done.output)
