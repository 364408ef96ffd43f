"""Vectors come from an endpoint in the background; slow, down or rubbish, it never delays, breaks or spoils a list."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from kexie.contexts.matching.models import Expert, Problem, TextVector
from kexie.contexts.matching.operations import expert_facts, finding, vectors
from kexie.platform.matching.endpoint import Endpoint, NoVectors
from tests.ledger import build
from tests.matching.test_finding import firm, post  # noqa: F401 - fixtures

NOW = build.NOW
# What the good endpoint takes for the same: a Chinese problem and an English paper.
TOPICS = (("焊缝", "weld"), ("脱盐", "desalination"), ("面粉", "flour"), ("赤霉病", "wheat"))


class Server(ThreadingHTTPServer):
    """An OpenAI-like endpoint that behaves as it is told, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.keys, self.mood = [], [], "good"

    def vectors(self, texts):
        noise = np.random.default_rng(len(self.asked))
        for text in texts:
            if self.mood == "noise":
                yield noise.normal(size=8).tolist()
            else:
                found = [float(any(word in text.lower() for word in topic)) for topic in TOPICS]
                yield [*found, *([0.0] * (4 if self.mood == "longer" else 0)), 0.1]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked += sent["input"]
        self.server.keys.append(self.headers.get("Authorization"))
        mood = self.server.mood
        if mood == "slow":
            time.sleep(1)
        rows = [{"index": at, "embedding": one} for at, one in enumerate(self.server.vectors(sent["input"]))]
        body = {
            "rubbish": b"<html>busy</html>",
            "empty": b'{"data": []}',
            "words": b'{"data": [{"embedding": ["a", "b"]}]}',
            "fewer": json.dumps({"data": rows[:1]}).encode(),
            "mixed": json.dumps(
                {"data": [{**row, "embedding": [0.1] * (5 + row["index"] % 2)} for row in rows]}
            ).encode(),
            "infinite": json.dumps(
                {"data": [{**row, "embedding": [float("inf")] * 5} for row in rows]}
            ).encode(),
            "nan": json.dumps({"data": [{**row, "embedding": [float("nan")] * 5} for row in rows]}).encode(),
        }.get(mood, json.dumps({"data": rows[::-1]}).encode())
        self.send_response(500 if mood == "down" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@pytest.fixture
def server(settings):
    made = Server()
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    settings.KEXIE_EMBEDDING_URL = f"http://127.0.0.1:{made.server_port}/v1"
    settings.KEXIE_EMBEDDING_MODEL, settings.KEXIE_EMBEDDING_KEY = "small", "secret"
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def town(enter, by):
    """Experts for each topic; one for welding has English papers only."""
    for name, skills in (
        ("说英文的", "Weld seam tracking"),
        ("脱盐的", "脱盐"),
        ("面粉的", "面粉"),
        ("小麦的", "小麦赤霉病"),
    ):
        one = enter(name, skills=skills)
        expert_facts.give_consent(expert_id=one.pk, use="VECTORS", basis="PAPER", on=NOW.date(), **by)
        expert_facts.add_work(expert_id=one.pk, kind="PAPER", title=f"{skills} study", **by)


def names(problem, by):
    found = finding.propose(problem_id=problem.pk, **by)
    return found, [one.expert.name for one in found.suggested]


def refresh():
    return vectors.refresh_all(now=NOW, pauses=(0.0,))


def test_vectors_find_who_says_it_in_another_language_and_say_so(server, town, post, by):  # noqa: F811
    problem = post(name="焊缝偏移", summary="")
    found, before = names(problem, by)
    assert (found.with_vectors, before.index("说英文的") > 0) == (False, True)
    made = refresh()
    assert (made, TextVector.objects.count(), set(server.keys)) == (9, 9, {"Bearer secret"})
    found, after = names(problem, by)
    assert (found.with_vectors, after[0], set(after)) == (True, "说英文的", set(before))
    assert [one.year for one in found.suggested[0].near] == [None, None]
    server.asked.clear()
    assert (refresh(), server.asked) == (0, [])


def test_only_what_may_be_told_is_told(server, enter, post, by):  # noqa: F811
    enter("没同意的", skills="没有同意交给外部")
    post(name="题目甲", summary="限认证专家看的摘要")
    post(name="题目乙", summary="签协议才能看的摘要", confidentiality=Problem.Confidentiality.AGREEMENT)
    post(name="题目丙", summary="公开的摘要", confidentiality=Problem.Confidentiality.PUBLIC)
    refresh()
    assert sorted(server.asked) == ["题目丙\n公开的摘要", "题目乙\n", "题目甲\n"]


def test_a_consent_withdrawn_takes_its_vectors_along(server, town, by):
    refresh()
    before = TextVector.objects.count()
    one = Expert.objects.get(name="脱盐的")
    expert_facts.withdraw_consent(expert_id=one.pk, use="VECTORS", on=NOW.date(), **by)
    refresh()
    assert TextVector.objects.count() == before - 2


@pytest.mark.parametrize(
    "mood", ["down", "rubbish", "empty", "words", "nan", "infinite", "fewer", "mixed", "slow"]
)
@pytest.mark.usefixtures("town")
def test_an_endpoint_that_fails_changes_nothing(server, post, by, mood, monkeypatch):  # noqa: F811
    problem = post(name="脱盐效率低", summary="")
    before = names(problem, by)[1]
    server.mood = mood
    asked = Endpoint(f"http://127.0.0.1:{server.server_port}/v1", "small", timeout=0.2)
    monkeypatch.setattr(vectors, "endpoint", lambda: asked)
    assert (refresh(), TextVector.objects.count()) == (0, 0)
    assert names(problem, by)[1] == before


def test_a_page_never_asks_the_endpoint(server, staff, town, post):  # noqa: F811
    server.mood = "slow"
    assert staff.get(f"/work/problems/{post().pk}/experts/").status_code == 200
    assert server.asked == []


def test_other_lengths_are_not_mixed_and_noise_is_not_believed(server, town, post, by, settings):  # noqa: F811
    problem = post(name="脱盐效率低", summary="")
    before = names(problem, by)[1]
    refresh()
    kept = TextVector.objects.count()
    server.mood = "longer"
    other = post(name="面粉结块", summary="")
    refresh()
    assert TextVector.objects.count() == kept
    settings.KEXIE_EMBEDDING_MODEL, server.mood = "noisy", "noise"
    refresh()
    assert set(TextVector.objects.values_list("model", "dimension")) == {("noisy", 8)}
    found, after = names(problem, by)
    assert (found.with_vectors, after) == (False, before)
    assert names(other, by)[0].with_vectors is False


def test_without_a_server_there_is_no_vector_and_no_error():
    with pytest.raises(NoVectors, match="no answer"):
        Endpoint("http://127.0.0.1:9/v1", "small", timeout=1.0).embed(["一"])
