"""Pages for what went wrong: they need no database and say what became of the answers."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import path

from kexie.config import urls
from tests.foundation.conftest import build_city, make_account


def broken(request):
    raise ValueError("a mistake of ours")


def refused(request):
    raise PermissionDenied


class Urls:
    """The site's own addresses, and two that fail."""

    urlpatterns = [path("broken/", broken), path("refused/", refused), *urls.urlpatterns]
    handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500


@pytest.fixture
def visitor(settings, django_db_blocker) -> Iterator[Client]:
    """A visitor of a site whose database cannot be reached."""
    settings.ROOT_URLCONF = Urls
    address = connection.settings_dict["HOST"]
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["HOST"] = "/nowhere"
        yield Client(raise_request_exception=False, headers={"host": "localhost"})
        connection.close()
        connection.settings_dict["HOST"] = address


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("/museums/", 503, "数据库暂时连不上"),
        ("/broken/", 500, "程序出现了错误"),
        ("/refused/", 403, "您不能查看这个页面"),
        ("/no-such-page/", 404, "没有找到这个页面"),
    ],
)
def test_each_error_has_its_page_even_without_a_database(visitor, address, code, words):
    response = visitor.get(address)
    assert response.status_code == code
    assert words in response.content.decode()


def test_a_lost_database_says_when_to_return_and_what_became_of_the_answers(visitor):
    response = visitor.post("/sign-in/", {"username": "liming", "password": "x"})
    assert response.status_code == 503
    assert response["Retry-After"] == "300"
    assert "您填写的内容仍保存在这台设备的浏览器里" in response.content.decode()
    assert "您填写的内容" not in visitor.get("/museums/").content.decode()


def test_a_failed_post_was_not_half_saved(visitor):
    assert "刚才提交的内容没有保存" in visitor.post("/broken/").content.decode()


@pytest.mark.django_db
def test_who_is_signed_in_already_is_not_asked_to_sign_in(client):
    client.force_login(make_account(build_city(), "PUPIL"))
    response = client.get("/work/accounts/")
    assert response.status_code == 403
    assert "您的账号没有看它的权限" in response.content.decode()
    assert "/sign-in/" not in response.content.decode()
