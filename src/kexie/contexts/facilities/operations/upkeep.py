"""Opening hours, assets and photographs of facilities."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.facilities.models import Asset, Facility, FacilityPhoto, OpenDay, OpenHours
from kexie.contexts.facilities.operations.common import locked, note
from kexie.foundation.access.models import Account
from kexie.kernel.errors import UserError
from kexie.kernel.scope import Scope
from kexie.platform.files import operations as files
from kexie.platform.files import pictures

MOST_PHOTOS = 30


class UpkeepRefused(UserError):
    """The facility's upkeep cannot be like this."""


@transaction.atomic
def set_hours(
    *,
    facility_id: UUID,
    weekdays: Sequence[int],
    opens: dt.time,
    closes: dt.time,
    pause_from: dt.time | None,
    pause_to: dt.time | None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> None:
    """Give these weekdays (Monday 0) these hours; other weekdays keep theirs."""
    facility = locked(Facility, facility_id, scope, unit="unit")
    OpenHours.objects.filter(facility=facility, weekday__in=weekdays).delete()
    for weekday in weekdays:
        hours = OpenHours(
            association_id=facility.association_id, facility=facility, weekday=weekday, opens=opens,
            closes=closes, pause_from=pause_from, pause_to=pause_to,
        )  # fmt: skip
        hours.full_clean()
        hours.save(force_insert=True)
    note(facility, "set_hours", actor=actor, now=now, weekdays=sorted(weekdays), hours=f"{opens}-{closes}")


@transaction.atomic
def close_weekdays(
    *, facility_id: UUID, weekdays: Sequence[int], actor: Account, now: dt.datetime, scope: Scope
) -> None:
    """Say that the facility is closed on these weekdays."""
    facility = locked(Facility, facility_id, scope, unit="unit")
    OpenHours.objects.filter(facility=facility, weekday__in=weekdays).delete()
    note(facility, "close_weekdays", actor=actor, now=now, weekdays=sorted(weekdays))


@transaction.atomic
def change_day(
    *,
    facility_id: UUID,
    on: dt.date,
    opens: dt.time | None,
    closes: dt.time | None,
    reason: str,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> OpenDay:
    """Make a day unlike its week; said again, it is changed again."""
    facility = locked(Facility, facility_id, scope, unit="unit")
    if on < timezone.localdate(now):
        raise UpkeepRefused(fields={"on": _("这一天已经过去，只能改今天和以后的日子。")})
    day = OpenDay.objects.filter(facility=facility, on=on).first()
    day = day or OpenDay(association_id=facility.association_id, facility=facility, on=on)
    day.opens, day.closes, day.reason = opens, closes, reason
    day.full_clean()
    day.save()
    note(facility, "change_day", actor=actor, now=now, on=str(on), reason=reason)
    return day


@transaction.atomic
def unchange_day(*, day_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Let a day be like its week again."""
    day = locked(OpenDay, day_id, scope)
    note(day.facility, "unchange_day", actor=actor, now=now, on=str(day.on))
    day.delete()


@transaction.atomic
def add_asset(
    *,
    facility_id: UUID,
    number: str,
    name: str,
    quantity: int,
    value: Decimal | None,
    bought_on: dt.date | None,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> Asset:
    """Put something on the facility's list of assets."""
    facility = locked(Facility, facility_id, scope, unit="unit")
    if bought_on is not None and bought_on > timezone.localdate(now):
        raise UpkeepRefused(fields={"bought_on": _("购置日期不能晚于今天。")})
    asset = Asset(
        association_id=facility.association_id, facility=facility, number=number, name=name,
        quantity=quantity, value=value, bought_on=bought_on,
    )  # fmt: skip
    asset.full_clean()
    asset.save(force_insert=True)
    note(asset, "add_asset", actor=actor, now=now, asset=str(asset))
    return asset


@transaction.atomic
def move_asset(
    *, asset_id: UUID, state: str, text: str, actor: Account, now: dt.datetime, scope: Scope
) -> Asset:
    """Say what became of an asset; it stays on the list, so that it can be asked for."""
    asset = locked(Asset, asset_id, scope)
    before, asset.state, asset.note = asset.state, state, text
    if state in {Asset.State.MOVED, Asset.State.SCRAPPED} and not text:
        raise UpkeepRefused(fields={"text": _("移交或报废要写明去向。")})
    asset.save(update_fields=["state", "note"])
    note(asset, "move_asset", actor=actor, now=now, before=before, after=state, text=text)
    return asset


@transaction.atomic
def add_photo(
    *,
    facility_id: UUID,
    photo: "File[bytes]",
    caption: str,
    is_public: bool,
    actor: Account,
    now: dt.datetime,
    scope: Scope,
) -> FacilityPhoto:
    """Keep a photograph without what the camera wrote into it; the same again is the same."""
    facility = locked(Facility, facility_id, scope, unit="unit")
    same = FacilityPhoto.objects.filter(facility=facility)
    if same.count() >= MOST_PHOTOS:
        raise UpkeepRefused(_("最多%(most)d张照片，请先删除不用的。") % {"most": MOST_PHOTOS})
    stored = files.store(
        association_id=facility.association_id, upload=pictures.plain(photo), actor=actor, now=now
    )
    found, _made = FacilityPhoto.objects.update_or_create(
        association_id=facility.association_id, facility=facility, file=stored,
        defaults={"caption": caption, "is_public": is_public, "added_by": actor, "added_at": now},
    )  # fmt: skip
    note(found, "add_photo", actor=actor, now=now, public=is_public)
    return found


@transaction.atomic
def remove_photo(*, photo_id: UUID, actor: Account, now: dt.datetime, scope: Scope) -> None:
    """Take a photograph away; its file goes with it unless something else points at it."""
    photo = locked(FacilityPhoto, photo_id, scope)
    note(photo, "remove_photo", actor=actor, now=now, caption=photo.caption)
    stored = photo.file
    photo.delete()
    files.discard(stored)
