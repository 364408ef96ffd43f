"""What anybody may say at a museum without signing in: faults by the label, feedback on the visit."""

import datetime as dt
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from kexie.contexts.museums.models import FaultReport, Feedback, Rating, WorkOrder
from kexie.contexts.museums.operations import feedback, repairs
from kexie.kernel.errors import UserError
from kexie.kernel.periods import Period
from kexie.ledger import figures, voices
from kexie.ledger.measures import Cell
from kexie.platform.audit.models import Entry
from tests.museums.house import NOW

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)


def picture():
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    return SimpleUploadedFile("fault.png", file.getvalue(), content_type="image/png")


def reported(client, exhibit, **data):
    return client.post(f"/exhibits/{exhibit.token}/report/", {"kind": "STUCK", **data})


# --- labels and faults ----------------------------------------------------------------------------------------


def test_a_label_says_what_it_is_and_whether_it_works(here):
    page = Client().get(f"/exhibits/{here.exhibit().token}/").content.decode()
    assert "正常使用" in page
    assert "工作人员" not in page
    broken = here.exhibit("002", stage="FAULTY")
    assert "故障维修中" in Client().get(f"/exhibits/{broken.token}/").content.decode()


def test_staff_of_the_museum_find_their_page_from_the_label(here):
    exhibit = here.exhibit()
    own = f"{here.url}/exhibits/{exhibit.pk}/"
    assert own in here.client().get(f"/exhibits/{exhibit.token}/").content.decode()
    other = Client()
    other.force_login(here.world.account("MUSEUM_DESK", here.world.school))
    assert own not in other.get(f"/exhibits/{exhibit.token}/").content.decode()


def test_codes_of_labels_are_not_guessed(here):
    tokens = {here.exhibit(f"{number:03}").token for number in range(20)}
    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {10}


def test_a_visitor_reports_and_follows_the_repair(here, settings, tmp_path):
    settings.KEXIE_HOME = tmp_path
    exhibit, client = here.exhibit(), Client()
    sent = reported(client, exhibit, text="转不动", photo=picture(), contact="13900000000")
    report = FaultReport.objects.get()
    assert sent["Location"] == f"/exhibits/{exhibit.token}/reports/{report.code}/"
    assert report.order.label in WorkOrder.objects.get().label
    assert b"13900000000" not in bytes(report.contact)
    assert "已收到，等待工作人员受理" in client.get(sent["Location"]).content.decode()
    repairs.reject(order=report.order, reason="试用正常", **here.by)
    assert "试用正常" in client.get(sent["Location"]).content.decode()


def test_nothing_but_the_kind_is_needed_and_what_is_wrong_is_kept(here):
    exhibit = here.exhibit()
    answer = Client().post(f"/exhibits/{exhibit.token}/report/", {"text": "转不动"})
    page = answer.content.decode()
    assert (answer.status_code, "请选择出了什么问题。" in page, "转不动" in page) == (422, True, True)
    assert "<title>错误：" in page
    assert "错误：错误：" not in page


@pytest.mark.parametrize("name", ["fault.exe", "fault.png"])
def test_what_is_no_photo_is_refused(here, name):
    exhibit = here.exhibit()
    answer = reported(Client(), exhibit, photo=SimpleUploadedFile(name, b"MZ" + b"0" * 60))
    assert answer.status_code == 422
    assert not FaultReport.objects.exists()


def test_a_program_that_fills_in_everything_reports_nothing(here):
    exhibit = here.exhibit()
    assert reported(Client(), exhibit, homepage="x")["Location"] == f"/exhibits/{exhibit.token}/"
    assert not FaultReport.objects.exists()


def test_a_double_tap_is_one_report(here):
    exhibit, client, key = here.exhibit(), Client(), str(uuid.uuid4())
    places = {reported(client, exhibit, id=key)["Location"] for _ in range(2)}
    assert (len(places), FaultReport.objects.count()) == (1, 1)


def test_one_device_may_say_so_much_and_no_more(here):
    exhibit, client = here.exhibit(), Client()
    client.get(f"/exhibits/{exhibit.token}/report/")
    answers = [reported(client, exhibit).status_code for _ in range(voices.PER_DEVICE + 1)]
    assert answers == [302] * voices.PER_DEVICE + [422]
    assert reported(Client(), exhibit).status_code == 302


def test_contact_details_are_shown_to_whoever_says_why(here):
    reported(Client(), here.exhibit(), contact="微信 kexie")
    report = FaultReport.objects.get()
    page = f"{here.url}/repairs/{report.order_id}/"
    assert "微信 kexie" not in here.client().get(page).content.decode()
    shown = here.client().post(page, {"reveal": str(report.pk), "reason": "回访"})
    assert "微信 kexie" in shown.content.decode()
    assert Entry.objects.get(action="museums.reveal_contact").reason == "回访"


def test_photos_are_for_the_museum_s_staff(here, settings, tmp_path):
    settings.KEXIE_HOME = tmp_path
    reported(Client(), here.exhibit(), photo=picture())
    address = f"/files/{FaultReport.objects.get().photo_id}/"
    strangers = Client(), Client()
    strangers[1].force_login(here.world.account("MUSEUM_DESK", here.world.school))
    own = here.client().get(address)
    assert b"".join(own.streaming_content).startswith(b"\xff\xd8\xff")
    assert [own.status_code, *(one.get(address).status_code for one in strangers)] == [200, 404, 404]


# --- feedback -------------------------------------------------------------------------------------------------


def said(here, score=5, **given):
    options = {"tags": [], "visited_on": TODAY, "now": NOW, **given}
    return feedback.say(museum=here.museum, score=score, **options)


def test_feedback_is_said_without_signing_in(here):
    client = Client()
    data = {"score": "5", "tags": ["STAFF"], "text": "很好", "visited_on": timezone.localdate().isoformat()}
    sent = client.post(f"/museums/{here.museum.unit.code}/feedback/", data)
    one = Feedback.objects.get()
    assert (sent.status_code, one.score, one.tags, one.is_visit) == (302, 5, ["STAFF"], False)
    assert one.code in client.get(sent["Location"]).content.decode()


def test_a_day_to_come_or_long_ago_is_refused(here):
    for day in (TODAY + dt.timedelta(days=1), TODAY - dt.timedelta(days=61)):
        with pytest.raises(UserError) as refused:
            said(here, visited_on=day)
        assert list(refused.value.fields) == ["visited_on"]


def test_all_ratings_count_also_of_hidden_words(here):
    yesterday = NOW - dt.timedelta(days=1)
    good, bad = (
        said(here, 5, now=yesterday, visited_on=TODAY - dt.timedelta(days=1)),
        said(here, 2, now=yesterday, visited_on=TODAY - dt.timedelta(days=1)),
    )
    said(here, 1)
    feedback.hide(feedback=bad, reason="含他人电话", **here.by)
    enter = {"museum": here.museum, "confirm": here.scope, **here.by}
    assert [feedback.enter(**enter), feedback.enter(**enter)] == [2, 0]
    assert set(Rating.objects.values_list("feedback", flat=True)) == {good.pk, bad.pk}
    period = Period.until(TODAY)
    assert figures.value(Cell("museums.satisfaction", period), here.scope) == 50
    assert figures.value(Cell("museums.ratings", period), here.scope) == 2


def test_satisfaction_without_ratings_is_not_computable(here):
    assert figures.value(Cell("museums.satisfaction", Period.until(TODAY)), here.scope) is None


def test_answers_are_public_when_staff_says_so(here):
    page = f"/museums/{here.museum.unit.code}/feedback/"
    shown, kept = said(here, 4, text="排队久"), said(here, 4, text="不公开的话")
    feedback.answer(feedback=shown, answer="已增设通道", is_public=True, **here.by)
    feedback.answer(feedback=kept, answer="谢谢", is_public=False, **here.by)
    text = Client().get(page).content.decode()
    assert ("已增设通道" in text, "不公开的话" in text) == (True, False)
    feedback.hide(feedback=shown, reason="广告", **here.by)
    assert "已增设通道" not in Client().get(page).content.decode()


def test_nothing_is_hidden_without_a_reason(here):
    one = said(here)
    with pytest.raises(UserError):
        feedback.hide(feedback=one, reason="", **here.by)
    with pytest.raises(IntegrityError, match="museums_feedback_hidden"), transaction.atomic():
        Feedback.objects.filter(pk=one.pk).update(state="HIDDEN")
    feedback.hide(feedback=one, reason="广告", **here.by)
    assert feedback.show_again(feedback=one, **here.by).state == "NEW"
