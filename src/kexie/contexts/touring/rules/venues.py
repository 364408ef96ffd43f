"""What a venue must have to take a touring set (domain.md 2.5: what executing museums commonly ask)."""

from django.utils.translation import gettext as _

from kexie.contexts.touring.models import TourVenue

LEAST_M2 = 600
GROUND_FLOOR = 1


def lacking(venue: TourVenue) -> list[str]:
    """Return in words what a venue lacks or has not said; an empty list: it can take a set."""
    found = (_area(venue), _floor(venue), _power(venue), _fire(venue))
    return [words for words in found if words]


def _area(venue: TourVenue) -> str:
    if venue.area_m2 is None:
        return _("面积：还没有填展厅面积，要求不少于%(least)d㎡。") % {"least": LEAST_M2}
    if venue.area_m2 < LEAST_M2:
        values = {"area": venue.area_m2, "least": LEAST_M2, "short": LEAST_M2 - venue.area_m2}
        return _("面积：现有%(area)d㎡，要求不少于%(least)d㎡，还差%(short)d㎡。") % values
    return ""


def _floor(venue: TourVenue) -> str:
    if venue.floor is None:
        return _("楼层：还没有填所在楼层，要求在一层，或有货梯。")
    if venue.floor != GROUND_FLOOR and not venue.has_lift:
        return _("楼层：在%(floor)d层且没有货梯，要求在一层，或有货梯。") % {"floor": venue.floor}
    return ""


def _power(venue: TourVenue) -> str:
    power = TourVenue.Power
    if not venue.power:
        return _("供电：还没有填供电条件，要求220V和380V都有。")
    if venue.power == power.NONE:
        return _("供电：没有独立用电，要求220V和380V都有。")
    return "" if venue.power == power.V380 else _("供电：只有220V，还缺380V。")


def _fire(venue: TourVenue) -> str:
    if venue.is_fire_safe is None:
        return _("消防：还没有填消防验收情况，要求验收合格。")
    return "" if venue.is_fire_safe else _("消防：消防验收不合格，整改合格后再申请。")
