"""The public pages: with nothing, with one and with three things; what they show and what they keep to themselves."""

import datetime as dt

import pytest
from django.utils.html import strip_tags

LISTS = ("/", "/museums/", "/activities/", "/facilities/", "/contests/", "/services/")


def text_of(response) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.mark.django_db
def test_an_installation_without_association_says_how_to_begin(client):
    home = client.get("/")
    assert home.status_code == 200
    assert "这里还没有科协" in text_of(home)
    assert [client.get(path).status_code for path in LISTS[1:]] == [404, 404, 404, 404, 200]


@pytest.mark.parametrize("path", LISTS)
def test_every_list_has_an_empty_state(public, client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert "还没有" in text_of(response) or "没有" in text_of(response) or path == "/services/"


def test_a_show_at_several_museums_is_one_line_on_the_home_page(public, client):
    east, west = public.museum("东湖科技馆"), public.museum("西湖科技馆")
    for museum, hour in ((east, 10), (west, 14)):
        public.show_time(museum, "液氮奇境", dt.time(hour, 40))
    home = text_of(client.get("/"))
    assert home.count("液氮奇境") == 1
    assert "10:40、14:40 · 东湖科技馆等 2 馆" in home


@pytest.mark.parametrize("item_count", [1, 3])
def test_lists_ask_the_database_no_more_for_three_than_for_one(
    public, client, item_count, django_assert_max_num_queries
):
    for number in range(item_count):
        public.museum(f"第{number}科技馆")
        public.activity(f"科普报告会{number}", dt.date(2026, 11, 20))
        public.facility(f"第{number}科普活动室")
    for path, limit in (("/museums/", 14), ("/activities/", 26), ("/facilities/", 12)):
        with django_assert_max_num_queries(limit):
            assert client.get(path).status_code == 200


def test_a_museum_is_open_closed_or_not_yet_there(public, client, today):
    public.museum("东湖科技馆")
    public.museum("西湖科技馆", open_weekdays="67")
    public.museum("南湖科技馆", stage="BUILDING")
    shown = text_of(client.get("/museums/"))
    assert "9:00–16:30，16:00 停止入馆" in shown
    assert "11月28日 周六开放" in shown
    assert shown.index("东湖科技馆") < shown.index("西湖科技馆") < shown.index("南湖科技馆")
    assert [shown.count(word) for word in ("今日开放", "今日闭馆")] == [1, 1]


def test_a_museum_page_gives_hours_and_an_unknown_one_is_not_found(public, client):
    museum = public.museum("东湖科技馆", phone="0558-0000001")
    page = text_of(client.get(f"/museums/{museum.unit.code}/"))
    assert "0558-0000001" in page
    assert client.get("/museums/zzzz/").status_code == 404


def test_drafts_and_inner_activities_are_not_public(public, client):
    shown = public.activity("气象科普讲座", dt.date(2026, 11, 20))
    draft = public.activity("还没有确认的讲座", dt.date(2026, 11, 21), confirm=False)
    inner = public.activity("党组学习会", dt.date(2026, 11, 21), kind="STUDY")
    listed = text_of(client.get("/activities/"))
    assert "气象科普讲座" in listed
    assert "还没有确认的讲座" not in listed
    assert "党组学习会" not in listed
    codes = [client.get(f"/activities/{one.pk}/").status_code for one in (shown, draft, inner)]
    assert codes == [200, 404, 404]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=气象", {"气象讲座"}),
        ("kind=EXHIBITION", {"昆虫展"}),
        ("when=today", {"昆虫展"}),
        ("when=past", {"气象讲座"}),
        ("area=341203", set()),
        ("when=nonsense&kind=NOPE", {"气象讲座", "昆虫展"}),
    ],
)
def test_activities_can_be_filtered_by_the_address(public, client, query, titles):
    public.activity("气象讲座", dt.date(2026, 11, 20))
    public.activity("昆虫展", dt.date(2026, 11, 25), kind="EXHIBITION")
    shown = text_of(client.get(f"/activities/?{query}&x=1"))
    assert {title for title in ("气象讲座", "昆虫展") if title in shown} == titles


def test_a_cancelled_activity_says_so(public, client):
    record = public.activity("停办的讲座", dt.date(2026, 11, 20), held=False)
    assert "已取消" in text_of(client.get(f"/activities/{record.pk}/"))
    assert "停办的讲座" not in text_of(client.get("/"))


def test_only_facilities_in_use_are_listed_and_counted(public, client):
    working = public.facility("柳沟村科普活动室")
    closed = public.facility("双河村科普活动室", "ACCEPTED", "WITHDRAWN")
    page = client.get("/facilities/")
    assert "柳沟村科普活动室" in text_of(page)
    assert "双河村科普活动室" not in text_of(page)
    tiles = {tile.name: tile.count for tile in page.context["tiles"]}
    assert tiles["颍东区"] == 1
    assert sum(tiles.values()) == 1
    assert "摘牌撤销" in text_of(client.get(f"/facilities/{closed.pk}/"))
    assert client.get(f"/facilities/{working.pk}/").status_code == 200


def test_facilities_can_be_filtered_and_the_county_is_marked(public, client):
    public.facility("柳沟村科普活动室")
    page = client.get("/facilities/?area=341203&kind=RURAL_ROOM&q=柳沟")
    assert [card.name for card in page.context["page"]] == ["柳沟村科普活动室"]
    assert [tile.code for tile in page.context["tiles"] if tile.current] == ["341203"]
    assert not client.get("/facilities/?area=341202").context["page"].object_list


def test_a_contest_that_takes_entries_stands_first(public, client):
    contest = public.contest("2027年颍州区青少年科技创新大赛")
    lists = client.get("/contests/").context["lists"]
    assert [one.name for one in lists.entering] == [contest.name]
    assert lists.coming == []
    page = text_of(client.get(f"/contests/{contest.pk}/"))
    assert "正在报名" in page
    assert "2027年1月30日" in page


def test_the_home_page_brings_everything_together(public, client):
    public.museum("东湖科技馆")
    public.activity("昆虫展", dt.date(2026, 11, 26), kind="EXHIBITION")
    public.contest("2027年颍州区青少年科技创新大赛")
    home = client.get("/")
    shown = text_of(home)
    for part in (
        "2026年11月 25 周三",
        "东湖科技馆",
        "昆虫展",
        "2027年颍州区青少年科技创新大赛",
        "技术难题求解",
    ):
        assert part in shown
    assert all(figure.href.startswith("/figures/") for figure in home.context["headlines"])


def test_every_service_explains_its_steps(public, client):
    page = client.get("/services/")
    for link in {href for href in page.content.decode().split('"') if href.startswith("/services/")} - {
        "/services/"
    }:
        assert 'class="steps__item"' in client.get(link).content.decode()
    assert client.get("/services/unknown/").status_code == 404


@pytest.mark.parametrize(
    ("slug", "addresses"),
    [("caravan", ["/touring/request/", "/caravans/"]), ("touring-museum", ["/touring/sets/"])],
)
def test_a_service_leads_to_where_it_is_asked_for(public, client, slug, addresses):
    page = client.get(f"/services/{slug}/").content.decode()
    for address in addresses:
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200


def test_the_footer_names_the_host_and_demo_data_is_marked(public, client):
    assert "主办单位：阜阳市科学技术协会" in text_of(client.get("/"))
    assert "演示数据" not in text_of(client.get("/"))
    type(public.city.association).objects.filter(parent=None).update(is_demo=True)
    demo = text_of(client.get("/about/"))
    assert "演示数据，人物与企业均为虚构" in demo
    assert "网站标识码：演示站点，未备案" in demo


def test_the_footer_shows_the_numbers_that_the_settings_give(public, client, settings):
    settings.KEXIE_SITE = {
        "site_code": "3412000001",
        "icp": "皖ICP备00000000号",
        "police_record": "皖公网安备1号",
    }
    shown = text_of(client.get("/about/"))
    for number in settings.KEXIE_SITE.values():
        assert number in shown
