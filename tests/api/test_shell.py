"""The API's frame: one shape of failures, who is let in, one schema."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from kexie.api import errors, shell
from kexie.kernel.errors import Conflict, Forbidden, NotFound, Throttled, Unauthenticated, UserError
from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db


class NoPlacesLeft(Conflict):
    """Invented here."""


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (UserError("m"), 422, "user_error"),
        (Forbidden("m"), 403, "forbidden"),
        (NotFound("m"), 404, "not_found"),
        (NoPlacesLeft("m"), 409, "no_places_left"),
        (Throttled("m", retry_after=3), 429, "throttled"),
        (Unauthenticated("m"), 401, "unauthenticated"),
    ],
)
def test_each_kind_of_failure_has_a_status_and_a_code(error: UserError, status: int, code: str) -> None:
    told = errors.of_user_error(error)
    assert (told.status_code, json.loads(told.content)) == (
        status,
        {"code": code, "message": "m", "fields": {}},
    )


def test_a_failure_at_fields_names_them_and_says_the_first_aloud() -> None:
    told = errors.of_user_error(UserError(fields={"phone": "请填写手机号码。"}))
    assert json.loads(told.content) == {
        "code": "user_error",
        "message": "请填写手机号码。",
        "fields": {"phone": "请填写手机号码。"},
    }


def test_throttled_callers_are_told_when_to_come_again() -> None:
    assert errors.of_user_error(Throttled("m", retry_after=3)).headers["Retry-After"] == "3"


def test_an_address_that_is_not_there_is_answered_in_our_shape(city) -> None:
    told = Caller().get("nothing/here/")
    assert (told.status_code, told.json()["code"]) == (404, "not_found")


def test_a_wrong_method_is_answered_in_our_shape(city) -> None:
    told = Caller().post("caller/", {})
    assert (told.status_code, told.json()["code"], told.headers["Allow"]) == (405, "not_allowed", "GET")


def test_messages_are_in_the_callers_language(city) -> None:
    told = Caller(**{"Accept-Language": "en"}).get("nothing/here/")
    assert told.json()["message"] == "There is nothing at this address; see the documentation at /api/."


def test_a_fault_of_ours_is_logged_and_answered_in_our_shape(
    city, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_values: object) -> None:
        raise ImproperlyConfigured("secret of ours")

    monkeypatch.setattr("kexie.foundation.access.rest.CallerOut", fail)
    told = Caller().get("caller/")
    assert (told.status_code, told.json()["code"]) == (500, "failed")
    assert "secret" not in told.content.decode()
    assert "secret of ours" in caplog.text


def test_the_schema_is_open_to_everyone_and_in_two_languages(city) -> None:
    chinese, english = (
        Client(headers={"Accept-Language": language}).get("/api/v1/openapi.json").json()
        for language in ("zh-hans", "en")
    )
    assert chinese["openapi"] == "3.1.0"
    assert chinese["info"]["title"] == "数字科协开放接口"
    assert english["info"]["title"] == "Kexie open API"
    assert chinese["paths"].keys() == english["paths"].keys()


def test_every_operation_tells_its_failures_its_callers_and_its_purpose(city) -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    operations = [
        (path, method, one) for path, methods in schema["paths"].items() for method, one in methods.items()
    ]
    assert operations
    for path, method, one in operations:
        assert {"401", "403", "404", "422", "429"} <= one["responses"].keys(), path
        assert method == "get" or {"400", "409"} <= one["responses"].keys(), path
        assert one["security"], path
        assert one["summary"] != one["operationId"], path
        assert one["tags"], path
    names = [one["operationId"] for _path, _method, one in operations]
    assert len(set(names)) == len(names)


def test_every_router_is_found() -> None:
    assert [router.tags for router in shell.routers()]
