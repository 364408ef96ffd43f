"""Checking texts: for those who may check them, each within their own units."""

from kexie.kernel.scope import Scope
from kexie.reporting.claims import operations
from kexie.reporting.claims.models import CheckedText
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, INVALID, MOVED, OK, SIGN_IN, Row, World

_TEXT = "建设校园科技馆61个。"
_SPAN = {"start": 7, "end": 10}


def page(name: str, **options) -> Row:
    """An address about one text of the right person's unit."""
    answers = {"anonymous": SIGN_IN, "wrong_unit": HIDDEN, "wrong_role": FORBIDDEN, "right": OK}
    return Row(name=name, **{"kwargs": text, **answers, **options})


def text(world: World):
    return {"pk": _checked(world).pk}


def claim(world: World):
    return {"pk": _checked(world).pk, **_SPAN}


def _checked(world: World) -> CheckedText:
    found = CheckedText.objects.filter(association=world.association).first()
    if found:
        return found
    officer = world.account("COUNTY_OFFICER", world.yingzhou)
    scope = Scope(association_id=world.association.pk)
    return operations.add_text(
        text=_TEXT, title="", as_of=world.now.date(), scope=scope, actor=officer, now=world.now
    )


ROWS = (
    Row(name="claims:check", anonymous=SIGN_IN, wrong_role=FORBIDDEN, right=OK),
    Row(name="claims:check", method="post", anonymous=SIGN_IN, wrong_role=FORBIDDEN, right=INVALID),
    page("claims:text"),
    page("claims:export"),
    page("claims:marked"),
    page("claims:correct", kwargs=claim),
    page("claims:undo", kwargs=claim, method="post", right=MOVED),
    page("claims:recheck", method="post", right=MOVED),
    page("claims:remove", method="post", right=MOVED),
)
