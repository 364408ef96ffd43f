"""What the museums do by themselves: making slots ahead, saying who did not come, closing the day's count."""

import datetime as dt
import logging

from django.utils import timezone
from django.utils.translation import gettext as _

from kexie.contexts.museums.models import Museum, SlotChange
from kexie.contexts.museums.operations import daycount, draws, generation, no_shows, slot_changes
from kexie.kernel.errors import UserError
from kexie.platform import tasks

log = logging.getLogger("kexie.museums")


@tasks.periodic("*/10 * * * *")
def settle_no_shows(*, at: dt.datetime) -> None:
    """Say which reservations of slots that are over were used; take back what gates that report late put right."""
    for museum in Museum.objects.order_by("id"):
        try:
            no_shows.settle_museum(museum=museum, now=at)
            no_shows.repair(museum=museum, now=at)
        except Exception:
            log.exception("reservations of museum %s were not settled", museum.pk)


@tasks.periodic("20 16 * * *")
def let_everybody_out(*, at: dt.datetime) -> None:
    """After midnight there: nobody stays in a museum overnight, whatever the gates did not see."""
    yesterday = timezone.localdate(at) - dt.timedelta(days=1)
    for museum in Museum.objects.select_related("unit").order_by("id"):
        daycount.let_out(museum=museum, day=yesterday, actor=None, now=at)


@tasks.periodic("7 * * * *")
def generate_slots(*, at: dt.datetime) -> None:
    """Make every museum's slots ahead, each hour; one museum's trouble stops no other."""
    for museum in Museum.objects.order_by("id"):
        try:
            generation.refresh(museum=museum, actor=None, now=at)
        except Exception:
            log.exception("slots of museum %s were not made", museum.pk)


@tasks.task()
def run_change(*, change_id: str) -> None:
    """Do a large change of slots."""
    change = SlotChange.objects.select_related("museum", "made_by").get(pk=change_id)
    try:
        slot_changes.run(change=change, now=timezone.now())
    except UserError as error:
        slot_changes.fail(change_id=change.pk, message=str(error), now=timezone.now())
    except Exception:
        slot_changes.fail(change_id=change.pk, message=_("系统出错，请联系管理员。"), now=timezone.now())
        raise


@tasks.periodic("* * * * *")
def hold_draws(*, at: dt.datetime) -> None:
    """Call off draws that are not wanted any more, hold those whose time has come, lay out those of slots that open within a day."""
    draws.follow_all(now=at)
    draws.hold_due(now=at)
    draws.lay_out_all(now=at)
