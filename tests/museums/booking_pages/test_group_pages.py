"""Groups page by page: asking, the roster by file and typed, another date, calling off; what is another leader's."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags

from kexie.contexts.museums.models import GroupDocument, GroupRequest
from kexie.contexts.museums.operations import accounts, group_documents, groups
from kexie.contexts.museums.rules import photos
from kexie.foundation.access import operations as access
from kexie.platform.files.models import StoredFile
from tests.museums.booking_pages.conftest import NOW, SATURDAY, signed_in
from tests.museums.booking_pages.test_rosters import excel


@pytest.fixture
def slot(house):
    house.generate()
    return house.slot(SATURDAY)


@pytest.fixture
def leader(house, client):
    return signed_in(client, house.visitor)


def text_of(response) -> str:
    return " ".join(strip_tags(response.content.decode()).split())


def asked(of, /, **values):
    return {
        "slot": str(of.pk), "size": "20", "leaders": "2", "organisation": "清河路小学", "kind": "SCHOOL",
        "purpose": "", "leader_name": "王老师", "leader_phone": "13800000001", "key": str(uuid.uuid4()), **values,
    }  # fmt: skip


@pytest.fixture
def group(house, slot):
    return groups.request(asked=house.asked(slot), actor=None, now=NOW)


def page_of(house, group) -> str:
    return f"{house.path}groups/{group.code}/"


def upload(people, **changes):
    rows = [("姓名", "证件号码"), *((changes.get(one.name, one.name), one.number) for one in people)]
    return {"file": SimpleUploadedFile("名单.xlsx", excel(*rows)), "lines": ""}


def test_a_leader_asks_and_hands_in_the_roster(house, slot, leader):
    assert "清河" not in text_of(leader.get(f"{house.path}groups/"))
    data = asked(slot)
    first, again = (leader.post(f"{house.path}groups/", data)["Location"] for _ in range(2))
    assert first == again
    assert "20 个名额留到 7月3日 10:00" in text_of(leader.get(first))
    leader.post(first, upload(house.roster()))
    shown = text_of(leader.get(first))
    assert "待审核" in shown
    assert "名单（20 人）" in shown
    assert "学生" not in shown.replace("学生*", "")
    assert "138****0001" in shown


def test_strangers_sign_in_and_keep_what_they_typed(house, slot, client):
    path = f"{house.path}groups/"
    sent = client.post(path, asked(slot), headers={"Referer": f"http://testserver{path}"})
    assert sent["Location"].startswith("/my/sign-in/")
    signed_in(client, house.visitor)
    assert "清河路小学" in client.get(path).content.decode()


@pytest.mark.parametrize(
    "case",
    [
        ({"size": "3"}, "团队应为15至200人"), ({"size": ""}, "请填写人数。"), ({"size": "很多"}, "请填写数字"),
        ({"organisation": ""}, "请填写单位名称。"), ({"leader_phone": "12"}, "手机号码"), ({"slot": ""}, "请选择日期和时段。"),
        ({"slot": "x"}, "这个时段已不能选"), ({"leaders": "0"}, "带队人数至少1人"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_the_rest_kept(house, slot, leader, case):
    values, said = case
    response = leader.post(f"{house.path}groups/", asked(slot, **values))
    assert response.status_code == 422
    assert said in text_of(response)
    assert 'value="王老师"' in response.content.decode()


def test_wrong_cells_are_listed_and_marked(house, group, leader):
    people = house.roster()
    data = upload(people, **{people[3].name: ""})
    response = leader.post(page_of(house, group), data)
    assert response.status_code == 422
    shown = text_of(response)
    assert "名单中有1处需要更正。" in shown
    assert "A5" in shown
    marked = leader.get(f"{page_of(house, group)}roster.xlsx")
    assert marked.status_code == 200
    assert marked["Content-Disposition"].startswith("attachment")
    signed_in(leader, house.someone("13800000003"))
    assert leader.get(f"{page_of(house, group)}roster.xlsx").status_code == 404


def test_somebody_listed_twice_is_named_by_cell(house, group, leader):
    people = house.roster()
    people[7] = people[6]
    response = leader.post(page_of(house, group), upload(people))
    assert response.status_code == 422
    assert "B9" in text_of(response)
    assert "重复" in text_of(response)


def test_a_roster_of_another_size_says_so(house, group, leader):
    response = leader.post(page_of(house, group), upload(house.roster(19)))
    assert response.status_code == 422
    assert "名单有19人，申请的是20人" in text_of(response)


def test_a_roster_may_be_typed(house, group, leader):
    lines = "\n".join(f"{one.name} {one.number}" for one in house.roster())
    assert leader.post(page_of(house, group), {"lines": lines}).status_code == 302
    group.refresh_from_db()
    assert group.state == "REQUESTED"


def test_nothing_sent_is_said(house, group, leader):
    response = leader.post(page_of(house, group), {"lines": " "})
    assert "请选择名单文件，或直接填写名单。" in text_of(response)


def test_another_date_and_number(house, group, leader):
    other = house.slots(offer__day=SATURDAY)[1]
    path = f"{page_of(house, group)}change/"
    few = leader.post(path, {"slot": str(other.pk), "size": "5", "leaders": "1"})
    assert few.status_code == 422
    assert leader.post(path, {"slot": str(other.pk), "size": "30", "leaders": "3"}).status_code == 302
    group.refresh_from_db()
    assert (group.slot_id, group.size, house.pool(other).taken) == (other.pk, 30, 30)


def test_calling_off_asks_first(house, group, leader):
    path = f"{page_of(house, group)}cancel/"
    assert "20 个名额会释放" in text_of(leader.get(path))
    leader.post(path)
    group.refresh_from_db()
    assert group.state == "CANCELLED"
    assert leader.post(path).status_code == 409


def test_the_museum_is_answered(house, group, leader):
    groups.ask(group=group, what="单位介绍信", until=NOW.replace(day=2), actor=house.actor, now=NOW)
    assert "单位介绍信" in text_of(leader.get(page_of(house, group)))
    leader.post(page_of(house, group), {"reply": "当天带来"})
    assert "当天带来" in text_of(leader.get(page_of(house, group)))


def test_a_group_is_its_leaders_alone(house, group, client):
    pages = [page_of(house, group), *(f"{page_of(house, group)}{one}/" for one in ("change", "cancel"))]
    assert all(client.get(page)["Location"].startswith("/my/sign-in/") for page in pages)
    signed_in(client, house.someone("13800000003"))
    assert [client.get(page).status_code for page in pages] == [404] * 3
    client.post(pages[2])
    group.refresh_from_db()
    assert group.state == "DRAFT"


def test_an_approved_group_has_a_ticket_and_its_own_way_to_change(house, group, leader):
    groups.submit_roster(group=group, party=house.roster(), actor=None, now=NOW)
    groups.approve(group=group, note="请走东门", actor=house.actor, now=NOW)
    shown = text_of(leader.get(page_of(house, group)))
    assert "请走东门" in shown
    code = GroupRequest.objects.get().reservation.code
    ticket = text_of(leader.get(f"/my/bookings/{code}/"))
    assert "改签到其他时段" not in ticket
    assert leader.post(f"/my/bookings/{code}/cancel/").status_code == 409


def test_the_template_is_for_everybody(house, client):
    assert client.get(f"{house.path}groups/roster.xlsx").status_code == 200


def paper(name="介绍信.pdf", content=b"%PDF-1.7\n"):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def files(settings, tmp_path):
    settings.KEXIE_HOME = tmp_path
    return tmp_path / "files"


def test_a_letter_of_introduction_is_handed_in_read_by_staff_and_taken_back(files, house, group, leader):
    where = page_of(house, group)
    for _twice in range(2):
        assert leader.post(f"{where}documents/", {"document": paper()})["Location"] == where
    document = GroupDocument.objects.get()
    shown = leader.get(f"{where}documents/{document.pk}/")
    assert (b"".join(shown.streaming_content), shown["X-Content-Type-Options"]) == (b"%PDF-1.7\n", "nosniff")
    assert "介绍信.pdf" in text_of(leader.get(where))
    assert photos.may_read_document(house.actor, document.file) is False  # an account without a role
    access.grant(account=house.actor, role="MUSEUM_DESK", unit=house.museum.unit, actor=None, now=NOW)
    assert photos.may_read_document(house.actor, document.file) is True
    assert photos.may_read_document(AnonymousUser(), document.file) is False
    assert "删除这份材料？" in text_of(leader.get(f"{where}documents/{document.pk}/remove/"))
    leader.post(f"{where}documents/{document.pk}/remove/")
    assert (GroupDocument.objects.count(), StoredFile.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        ({}, "请先选择文件。"),
        ({"document": paper("车辆.exe", b"MZ")}, "请上传 PDF、OFD、Word（.docx）或照片"),
        ({"document": paper("空.pdf", b"")}, "是空文件"),
        ({"document": paper("假.pdf", b"MZ" + b"0" * 60)}, "内容与扩展名不符"),
        ({"document": paper("IMG_1.heic", b"x")}, "还不能处理HEIC照片"),
        ({"document": paper("大.pdf", b"%PDF-1.7" + b"0" * (10 * 1024 * 1024))}, "文件超过10MB"),
    ],
)
@pytest.mark.usefixtures("files")
def test_what_is_no_paper_is_refused_beside_the_field(house, group, leader, upload, said):
    answer = leader.post(f"{page_of(house, group)}documents/", upload)
    page = answer.content.decode()
    assert (answer.status_code, said in strip_tags(page), 'id="id_document_error"' in page) == (
        422,
        True,
        True,
    )
    assert not GroupDocument.objects.exists()


def test_five_papers_are_enough_and_none_is_taken_once_the_request_has_ended(files, house, group, leader):
    for number in range(5):
        group_documents.attach(group=group, upload=paper(content=b"%%PDF-%d" % number), actor=None, now=NOW)
    answer = leader.post(f"{page_of(house, group)}documents/", {"document": paper(content=b"%PDF-9")})
    assert "最多5份材料" in text_of(answer)
    groups.cancel(group=group, actor=None, now=NOW)
    with pytest.raises(groups.GroupDecided):
        group_documents.detach(document=group.documents.first(), actor=None, now=NOW)


def test_papers_are_forgotten_with_the_account_unless_something_else_needs_them(files, house, slot, group):
    other = groups.request(
        asked=house.asked(slot, visitor_id=house.someone("13800000002").pk), actor=None, now=NOW
    )
    for of, content in ((group, b"%PDF-1"), (group, b"%PDF-2"), (other, b"%PDF-2")):
        group_documents.attach(group=of, upload=paper(content=content), actor=None, now=NOW)
    accounts.erase(house.visitor, NOW)
    assert [one.group_id for one in GroupDocument.objects.all()] == [other.pk]
    assert StoredFile.objects.count() == 1


def test_another_leaders_papers_are_not_there(files, house, group, client):
    made = group_documents.attach(group=group, upload=paper(), actor=None, now=NOW)
    stranger = signed_in(client, house.someone("13800000003"))
    assert stranger.get(f"{page_of(house, group)}documents/{made.pk}/").status_code == 404
