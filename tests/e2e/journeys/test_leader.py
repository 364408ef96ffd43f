"""A leader opens the state of the work, a figure in it, and the records of the figure."""

import re

from playwright.sync_api import expect

from tests.e2e.journeys.conftest import People, assert_open_to_all


def test_a_leader_opens_a_figure_down_to_its_rows(people: People) -> None:
    page = people.member("leader")
    assert_open_to_all(page)
    page.get_by_role("link", name="工作总览").first.click()
    targets = page.get_by_role("table", name=re.compile("年度目标"))
    expect(targets).to_contain_text("解决企业技术难题")
    assert_open_to_all(page)
    page.get_by_role("link", name=re.compile("农业技术培训场次")).first.click()
    expect(page.get_by_role("heading", name="农业技术培训场次", level=1)).to_be_visible()
    said = re.sub(r"\D", "", page.locator(".figure--hero .figure__number .num").first.inner_text())
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("看 .* 条记录")).click()
    sums = re.findall(r"\d+", re.sub(r"(?<=\d)[\s,](?=\d)", "", page.locator("main").inner_text()))
    assert sums[:2] == [said, said]  # so many records, which count one each
    assert_open_to_all(page)
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="经过")).to_be_visible()
    expect(page.get_by_role("button", name="冲销")).to_have_count(0)
    expect(page.get_by_role("link", name="更正")).to_have_count(0)
