"""Kilometres by road: imported with wrong cells named, fetched from a service that may be slow, down or mad, else estimated."""

import io
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from kexie.contexts.touring.models import RoadTable, Season
from kexie.contexts.touring.operations import planning, seasons
from kexie.contexts.touring.operations import roads as operations
from kexie.contexts.touring.queries import roads as places
from kexie.contexts.touring.queries import seasons as queries
from kexie.contexts.touring.queries import ways
from kexie.foundation.access import demo
from kexie.foundation.access import operations as access
from kexie.kernel.errors import UserError
from kexie.platform import roads, tasks
from tests.ledger import build
from tests.touring.pdf import pages
from tests.touring.seasons import NOW, TODAY, made_season


@pytest.fixture
def world(db):
    return build.world()


@pytest.fixture
def season(world):
    return made_season(world)


def by(world):
    return {"actor": world.account, "now": NOW}


def imported(world, season, content, *, file="里程.csv", unit="KM", skip_wrong=False, name="交通局表"):
    content = content.encode() if isinstance(content, str) else content
    return operations.import_table(
        season=season,
        name=name,
        file_name=file,
        content=content,
        unit=unit,
        skip_wrong=skip_wrong,
        **by(world),
    )


def book(*rows):
    made, out = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(out)
    return out.getvalue()


def between(season, one, other):
    """Metres and minutes between two places by their names."""
    found, (known, _lacking) = places.places(season), ways.of(season, places.places(season).points)
    return known.between(found.labels.index(one), found.labels.index(other))


def label(season, name):
    return next(one for one in places.places(season).labels if one.endswith(name))


def test_pairs_hold_both_ways_the_rest_is_estimated_and_counted(world, season):
    before = ways.of(season, places.places(season).points)[0]
    assert before.source == "直线距离×1.35"
    table = imported(world, season, "起点,终点,公里,分钟\n1号车,第0小学,20,31.2\n第0小学,第1小学,3,\n")
    first, second = label(season, "第0小学"), label(season, "第1小学")
    assert between(season, "1号车", first) == between(season, first, "1号车") == (20_000, 32)
    assert between(season, first, second) == (3000, 4)  # 45 km/h
    # Both vans stand at one place: their ways are the same, and none lies between them.
    assert between(season, "2号车", first) == (20_000, 32)
    known, lacking = ways.of(season, places.places(season).points)
    size = len(known.points)
    assert (table.known, lacking) == (4, size * (size - 1) - 2 - 6)
    assert known.source == f"导入的里程表“交通局表”，缺的 {lacking} 条按直线距离×1.35估算"


@pytest.mark.parametrize("unit", ["KM", "MINUTES"])
def test_a_square_of_excel_is_read_in_its_unit(world, season, unit):
    names = [label(season, f"第{n}小学") for n in range(3)]
    rows = [["", *names], *([one, *(None if one == other else 12 for other in names)] for one in names)]
    imported(world, season, book(*rows), file="方阵.xlsx", unit=unit)
    assert between(season, names[0], names[2]) == ((12_000, 16) if unit == "KM" else (9000, 12))


def test_wrong_cells_are_named_and_nothing_is_kept_unless_they_are_skipped(world, season):
    rows = book(
        ["起点", "终点", "公里", "分钟"], ["1号车", "第0小学", "约二十", 30], ["1号车", "第9小学", 20, 30],
        ["1号车", "第2小学", 2, 30], ["1号车", "第1小学", 60, 3], ["第0小学", "第1小学", None, None],
        ["1号车", "第3小学", "15公里", "25分钟"],
    )  # fmt: skip
    with pytest.raises(operations.WrongCells) as refused:
        imported(world, season, rows, file="表.xlsx")
    assert [one.split("：")[0] for one in refused.value.cells] == ["C2", "B3", "C4", "C5", "C6"]
    for words, one in zip(
        ("不是里程", "不是本季的", "还短", "太快", "没有里程"), refused.value.cells, strict=True
    ):
        assert words in one
    assert not RoadTable.objects.exists()
    table = imported(world, season, rows, file="表.xlsx", skip_wrong=True)
    # Beside the last line, the first: its minutes are good.
    assert (table.known, "5 格" in table.message) == (4, True)


def test_ambiguous_names_ask_for_the_township(world, season):
    site = queries.sites(season).first()
    child = world.counties[0]
    type(site).objects.create(
        association=world.association, unit=child, area=child.area, name=site.name, kind="SCHOOL",
        longitude="115.7", latitude="32.9",
    )  # fmt: skip
    with pytest.raises(operations.WrongCells, match="1 格") as refused:
        imported(world, season, f"起点,终点,公里\n1号车,{site.name},20\n")
    assert "照名单填写" in refused.value.cells[0]
    assert imported(world, season, f"起点,终点,公里\n1号车,{child.area.name}{site.name},20\n").known == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "没有内容"),
        ("随便,写写\n1,2\n", "看不出"),
        ("起点,终点\n1号车,第0小学\n", "至少填一列"),
        ("起点,终点,公里\n", "没有一条"),
    ],
)
def test_what_is_no_table_is_told_so(world, season, content, told):
    with pytest.raises(UserError, match=told):
        imported(world, season, content)


def test_gb18030_and_semicolons_are_read(world, season):
    assert imported(world, season, "起点;终点;公里\n1号车;第0小学;20\n".encode("gb18030")).known == 2


class Osrm(BaseHTTPRequestHandler):
    """A little routing service: a metre for ten microdegrees of longitude, and faults on demand."""

    def do_GET(self):
        server = self.server
        server.asked.append(self.path)
        fault = server.faults.pop(0) if server.faults else None
        if fault == "slow":
            time.sleep(1.5)
        told, _, query = self.path.partition("?")
        points = [tuple(map(float, one.split(","))) for one in told.rsplit("/", 1)[1].split(";")]
        chosen = dict(one.split("=") for one in query.split("&"))
        rows = [int(n) for n in chosen["sources"].split(";")]
        columns = [int(n) for n in chosen["destinations"].split(";")]
        ways = [[round(abs(points[a][0] - points[b][0]) * 1e5) for b in columns] for a in rows]
        answer = {"code": "Ok", "distances": ways, "durations": [[n / 10 for n in row] for row in ways]}
        body = json.dumps({**answer, **server.instead}).encode() if fault != "rubbish" else b"<html>"
        self.send_response(503 if fault == "down" else 200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@pytest.fixture
def service(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Osrm)
    server.asked, server.faults, server.instead = [], [], {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.KEXIE_ROUTING_URL = f"http://127.0.0.1:{server.server_address[1]}"
    yield server
    server.shutdown()
    server.server_close()


def fetched(world, season, **options):
    table = operations.begin_fetch(season=season, **by(world))
    operations.fetch(table_id=table.pk, pause=lambda _seconds: None, **options)
    table.refresh_from_db()
    return table


def test_a_table_is_fetched_in_parts_and_named_on_plan_and_paper(world, service, client, monkeypatch):
    monkeypatch.setattr(roads, "BLOCK", 4)
    season = made_season(world, sites=9)
    table = fetched(world, season)
    size = len(places.places(season).points)
    assert (table.state, table.parts_done, table.parts, len(service.asked)) == ("DONE", 9, 9, 9)
    assert table.known == size * (size - 1)
    season.refresh_from_db()
    first, second = label(season, "第0小学"), label(season, "第8小学")
    assert between(season, first, second) == (8_000, 14)
    # The season was made before the table was there, and uses it now.
    source = f"路线服务“{table.name}”"
    plan = planning.begin(season=season, seconds=1, **by(world))
    planning.compute(plan_id=plan.pk, today=TODAY)
    plan.refresh_from_db()
    assert (plan.source, plan.state) == (source, "DONE")
    sign_in(world, client)
    week = queries.stops(plan).first().trip.day
    home = f"/work/touring/season/plans/{plan.pk}/"
    for address in (home, f"{home}sheets/?week={week}"):
        assert f"里程来源：{source}" in client.get(address).content.decode()
    assert f"里程来源：{source}" in pages(client.get(f"{home}sheets.pdf?week={week}").content)[0]


@pytest.mark.parametrize("fault", ["down", "slow", "rubbish"])
def test_a_service_that_fails_is_asked_again_and_then_told_of(world, season, service, fault):
    service.faults = [fault]
    assert fetched(world, season, timeout=0.5).state == "DONE"
    assert len(service.asked) == 2
    service.faults = [fault] * 3
    table = fetched(world, made_again(season), timeout=0.5)
    assert (table.state, "可以接着取" in table.message, table.parts_done) == ("FAILED", True, 0)
    with pytest.raises(UserError, match="没有取完"):
        operations.choose(season=season, table=table, **by(world))
    operations.resume(season=season, table=table, **by(world))
    operations.fetch(table_id=table.pk)
    table.refresh_from_db()
    assert table.state == "DONE"


def made_again(season):
    """A table's name is the second it was made in."""
    RoadTable.objects.update(name="早先的")
    return season


@pytest.mark.parametrize(
    "instead",
    [
        {"code": "InvalidQuery"}, {"distances": None}, {"durations": [[1]]}, {"distances": "none"},
        {"durations": [["1"] * 6] * 6}, {"durations": [[-1] * 6] * 6}, {"distances": [[1e12] * 6] * 6},
        {"distances": [[True] * 6] * 6}, {"durations": [[float("nan")] * 6] * 6},
    ],
)  # fmt: skip
def test_rubbish_is_not_believed(service, instead, settings):
    service.instead = instead
    points = [(115 + n / 10, 32.9) for n in range(6)]
    with pytest.raises(roads.NoAnswer):
        roads.Service(settings.KEXIE_ROUTING_URL).table(points, points)


def test_where_there_is_no_way_it_is_estimated(world, season, service):
    size = len(places.places(season).points)
    nothing = [[None] * size] * size
    service.instead = {"distances": nothing, "durations": nothing}
    table = fetched(world, season)
    assert (table.state, table.known) == ("DONE", 0)
    season.refresh_from_db()
    known, lacking = ways.of(season, places.places(season).points)
    crow = places.straight(season, places.places(season).points)
    assert lacking == (crow.metres > 0).sum()
    assert np.allclose(known.metres, crow.metres * 1.35, atol=2)


def test_fetching_stops_when_asked_and_goes_on_where_it_stood(world, service, monkeypatch):
    monkeypatch.setattr(roads, "BLOCK", 2)
    season = made_season(world, sites=4)
    table = operations.begin_fetch(season=season, **by(world))
    asked = roads.Service.table

    def asks(self, *points):
        if len(service.asked) == 3:
            operations.stop(season=season, table=table, **by(world))
        return asked(self, *points)

    monkeypatch.setattr(roads.Service, "table", asks)
    operations.fetch(table_id=table.pk)
    table.refresh_from_db()
    assert (table.state, table.parts_done, table.parts) == ("CANCELLED", 4, 9)
    operations.resume(season=season, table=table, **by(world))
    operations.fetch(table_id=table.pk)
    table.refresh_from_db()
    assert (table.state, table.known, len(service.asked)) == ("DONE", 30, 9)


def sign_in(world, client):
    world.account.must_change_password = False
    demo.give_second_factor(world.account, now=NOW)
    world.account.save()
    access.grant(
        account=world.account, role="POPULARISATION_DEPARTMENT", unit=world.association, actor=None, now=NOW
    )
    client.force_login(world.account)


def test_the_page_imports_fetches_chooses_and_deletes(world, season, client, service, settings):
    sign_in(world, client)
    home = f"/work/touring/season/{season.pk}/roads/"
    assert "直线距离×1.35" in client.get(home).content.decode()
    sent = {"act": "import", "name": "手工表", "unit": "KM"}
    bad = SimpleUploadedFile("a.csv", "起点,终点,公里\n1号车,第0小学,x\n".encode())
    page = client.post(home, {**sent, "file": bad})
    assert (page.status_code, "C2：“x”不是里程" in page.content.decode(), "手工表" in page.content.decode()) == (
        422, True, True,
    )  # fmt: skip
    good = SimpleUploadedFile("a.csv", "起点,终点,公里\n1号车,第0小学,20\n".encode())
    assert client.post(home, {**sent, "file": good}).status_code == 302
    table = RoadTable.objects.get()
    assert Season.objects.get(pk=season.pk).roads == table
    client.post(home, {"act": "remove", "table": table.pk})
    assert "还有巡展季在用" in client.get(home).content.decode()
    client.post(home, {"act": "estimate"})
    client.post(home, {"act": "remove", "table": table.pk})
    assert not RoadTable.objects.exists()
    client.post(home, {"act": "fetch"})
    waiting = RoadTable.objects.get()
    assert (waiting.state, service.asked) == ("WAITING", [])
    progress = client.get(f"{home}{waiting.pk}/progress/")
    assert (progress.headers["X-State"], 'max="1"' in progress.content.decode()) == ("WAITING", True)
    tasks.run_pending()
    assert Season.objects.get(pk=season.pk).roads == waiting
    settings.KEXIE_ROUTING_URL = ""
    assert client.post(home, {"act": "fetch"}, follow=True).content.decode().count("KEXIE_ROUTING_URL") == 2
    sheet = load_workbook(io.BytesIO(b"".join(client.get(f"{home}template.xlsx").streaming_content)))
    assert [row[0] for row in sheet["名单"].iter_rows(values_only=True)][1:] == places.places(season).labels


def test_a_change_by_hand_names_the_source_of_the_days_it_worked_out(world, season):
    plan = seasons.add_plan(season=season, by_hand=True, **by(world))
    sites = list(queries.sites(season))
    seasons.place(plan=plan, site=str(sites[0].pk), today=TODAY, **by(world))
    assert plan.source == "直线距离×1.35"
    imported(world, season, "起点,终点,公里\n1号车,第0小学,20\n")
    seasons.place(plan=plan, site=str(sites[1].pk), today=TODAY, **by(world))
    assert plan.source.startswith("直线距离×1.35；后来改动的日子：导入的里程表“交通局表”")
