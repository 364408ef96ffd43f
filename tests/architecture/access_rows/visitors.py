"""Visitors' own pages, and the system administrator's pages about notices."""

import datetime as dt

from kexie.foundation.visitors import operations
from kexie.kernel import codes
from kexie.platform.notify import operations as notify
from kexie.platform.notify.recipients import Recipient
from tests.architecture.access_rows import FORBIDDEN, HIDDEN, MOVED, OK, SIGN_IN, Row, World, own, public

ADULT = codes.synthetic_resident_id(1, birth_date=dt.date(1990, 5, 6), is_male=True)


def companion(world: World):
    made = operations.add_companion(
        visitor=world.visitor, name="张小三", document="RESIDENT_ID", number=ADULT, now=world.now
    )
    return {"companion_id": made.pk}


def removed(world: World):
    found = companion(world)
    kept = world.visitor.companions.get()
    operations.remove_companion(companion=kept, now=world.now)
    return found


def notice(world: World):
    made = notify.send(
        association_id=world.association.pk,
        to=Recipient(visitor_id=world.visitor.pk),
        template="appeal.decided",
        values={"museum": "颍州区科技馆", "outcome": "恢复预约"},
        now=world.now,
    )
    return {"notice_id": made.pk}


def administrators(name: str, **options) -> Row:
    """A page of the system administrator, who has the whole association or nothing."""
    given = {"anonymous": SIGN_IN, "wrong_role": FORBIDDEN, "right": OK, **options}
    return Row(name=name, role="SYSTEM_ADMINISTRATOR", unit="association", **given)


ROWS = (
    public("my:sign_in", visitor=MOVED),
    Row(name="my:code", anonymous=MOVED, right=MOVED, note="without a number there is no code to ask for"),
    Row(name="my:send_again", method="post", anonymous=MOVED, right=MOVED),
    Row(name="my:sign_out", method="post", anonymous=MOVED, right=MOVED, visitor=MOVED),
    own("my:sign_out_everywhere", method="post", visitor=MOVED),
    own("my:home"),
    own("my:companions"),
    own("my:add_companion"),
    own("my:companion", kwargs=companion, other_visitor=HIDDEN),
    own("my:remove_companion", kwargs=companion, other_visitor=HIDDEN),
    own("my:restore_companion", method="post", kwargs=removed, other_visitor=HIDDEN, visitor=HIDDEN,
        note="removed long ago"),
    own("my:notices"),
    own("my:data"),
    own("my:export"),
    own("my:download", method="post"),
    own("my:delete"),
    administrators("notices:list"),
    administrators("notices:notice", kwargs=notice),
    administrators("notices:retry", method="post", kwargs=notice, right=MOVED),
)  # fmt: skip
