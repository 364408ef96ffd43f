"""Every failure in one shape: a code for programs, a message for people, and a message for each field at fault."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from kexie.kernel.errors import (
    Conflict,
    Forbidden,
    NotFound,
    Text,
    Throttled,
    Unauthenticated,
    Unavailable,
    UserError,
)

log = logging.getLogger("django.request")


class Error(Schema):
    """What every failure looks like."""

    code: str = Field(description=gettext_noop("给程序看的代码，不随语言变化。"), examples=["invalid_input"])
    message: str = Field(description=gettext_noop("给人看的说明：发生了什么，应当怎么办。"))
    fields: dict[str, str] = Field(description=gettext_noop("每个有问题的字段及其说明；没有时为空。"))


# The errors that a person can do something about, the nearest class first, and what they are in HTTP.
STATUSES: tuple[tuple[type[UserError], int], ...] = (
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Throttled, 429),
    (Unavailable, 503),
    (UserError, 422),
)
# When each is answered, for the schema and the documentation.
MEANINGS: dict[int, str] = {
    400: gettext_noop("请求体不是有效的 JSON。"),
    401: gettext_noop("没有令牌，或令牌无效、已过期、已撤销。"),
    403: gettext_noop("令牌有效，但没有这项权限。"),
    404: gettext_noop("没有这个对象，或不在令牌的范围内。"),
    405: gettext_noop("这个地址不支持这种方法。"),
    409: gettext_noop("情况已变化，例如名额已满或状态已改变；原样重发不会成功。"),
    422: gettext_noop("内容有误，请按 fields 中的说明更正。"),
    429: gettext_noop("请求过于频繁，请在 Retry-After 秒后再试。"),
    500: gettext_noop("服务器出错，已记录；请稍后再试。"),
    503: gettext_noop("暂时无法处理；请带同一 Idempotency-Key 稍后重发，不会重复办理。"),
}

_FIELD_MESSAGES = {
    "missing": gettext_noop("请填写此项。"),
    "string_type": gettext_noop("应为文字。"),
    "string_too_short": gettext_noop("至少 %(min_length)s 个字符。"),
    "string_too_long": gettext_noop("最多 %(max_length)s 个字符。"),
    "string_pattern_mismatch": gettext_noop("格式不正确，请查看接口文档中的格式。"),
    "int_type": gettext_noop("应为整数。"),
    "int_parsing": gettext_noop("应为整数。"),
    "int_from_float": gettext_noop("应为整数。"),
    "float_parsing": gettext_noop("应为数字。"),
    "bool_type": gettext_noop("应为 true 或 false。"),
    "bool_parsing": gettext_noop("应为 true 或 false。"),
    "uuid_parsing": gettext_noop("应为 UUID 编号。"),
    "uuid_type": gettext_noop("应为 UUID 编号。"),
    "date_parsing": gettext_noop("应为日期，例如 2026-11-25。"),
    "date_type": gettext_noop("应为日期，例如 2026-11-25。"),
    "date_from_datetime_parsing": gettext_noop("应为日期，例如 2026-11-25。"),
    "datetime_parsing": gettext_noop("应为带时区的时间，例如 2026-11-25T09:00:00+08:00。"),
    "datetime_from_date_parsing": gettext_noop("应为带时区的时间，例如 2026-11-25T09:00:00+08:00。"),
    "timezone_aware": gettext_noop("应为带时区的时间，例如 2026-11-25T09:00:00+08:00。"),
    "greater_than_equal": gettext_noop("不能小于 %(ge)s。"),
    "greater_than": gettext_noop("应大于 %(gt)s。"),
    "less_than_equal": gettext_noop("不能大于 %(le)s。"),
    "less_than": gettext_noop("应小于 %(lt)s。"),
    "enum": gettext_noop("只能是 %(expected)s 之一。"),
    "literal_error": gettext_noop("只能是 %(expected)s 之一。"),
    "list_type": gettext_noop("应为数组。"),
    "dict_type": gettext_noop("应为对象。"),
    "model_type": gettext_noop("应为对象。"),
    "model_attributes_type": gettext_noop("应为对象。"),
    "too_short": gettext_noop("至少 %(min_length)s 项。"),
    "too_long": gettext_noop("最多 %(max_length)s 项。"),
    "extra_forbidden": gettext_noop("没有这个字段，请核对字段名。"),
}


def register(api: NinjaAPI) -> None:
    """Have the API answer every failure so."""
    api.add_exception_handler(UserError, _told)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _of_http)
    api.add_exception_handler(Http404, lambda _request, _error: answer(404, "not_found"))
    api.add_exception_handler(Exception, _failed)


def answer(
    status: int,
    code: str,
    message: Text = "",
    fields: Mapping[str, Text] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return one failure; without a message, what the status means."""
    content = {
        "code": code,
        "message": str(message) or _(MEANINGS[status]),
        "fields": {name: str(text) for name, text in (fields or {}).items()},
    }
    challenge = {"WWW-Authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004  the status of HTTP
    return JsonResponse(content, status=status, headers={**challenge, **(headers or {})})


def code_of(error: type[UserError]) -> str:
    """Return the code of a kind of failure: its class's name, `NoPlacesLeft` as `no_places_left`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", error.__name__).lower()


def status_of(error: type[UserError]) -> int:
    """Return the status that a kind of failure is answered with."""
    return next(status for kind, status in STATUSES if issubclass(error, kind))


def _told(_request: HttpRequest, error: Any) -> HttpResponse:
    return of_user_error(error)


def of_user_error(error: UserError) -> HttpResponse:
    """Return the answer to an anticipated failure."""
    wait = getattr(error, "retry_after", None)
    headers = {"Retry-After": str(wait)} if wait else {}
    message = error.message or next(iter(error.fields.values()), "")
    return answer(status_of(type(error)), code_of(type(error)), message, error.fields, headers)


def of_validation_error(error: Any) -> HttpResponse:
    """Return the answer to a body that pydantic refused by itself, without the frame."""
    if any(one["type"] == "json_invalid" for one in error.errors()):
        return answer(400, "unreadable_body")
    return answer(
        422,
        "invalid_input",
        fields={_field_name(("body", "payload", *one["loc"])): _field_message(one) for one in error.errors()},
    )


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    fields = {_field_name(one["loc"]): _field_message(one) for one in error.errors}
    return answer(422, "invalid_input", fields=fields)


def _field_name(place: tuple[Any, ...]) -> str:
    """The field's name as its sender knows it: without where it was sent and the name of our argument."""
    where, *names = place
    if where == "body" and len(names) > 1:
        names = names[1:]
    return ".".join(str(name) for name in names) or str(where)


def _field_message(error: Mapping[str, Any]) -> str:
    """What to do about one field, in the caller's language."""
    kind, details = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(details.get("error", ""))
    message = _(_FIELD_MESSAGES.get(kind, gettext_noop("格式不正确，请查看接口文档。")))
    return str(message % details)


def _of_http(_request: HttpRequest, error: Any) -> HttpResponse:
    codes = {400: "unreadable_body", 401: "unauthenticated", 403: "forbidden", 429: "throttled"}
    return answer(error.status_code, codes.get(error.status_code, "refused"))


def _failed(request: HttpRequest, error: Any) -> HttpResponse:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return answer(500, "failed")
