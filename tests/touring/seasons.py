"""Small seasons for tests: two vans, schools along a road, four weeks of March 2026."""

import datetime as dt

from kexie.contexts.touring.models import Caravan, Season, SeasonVan, Site
from kexie.contexts.touring.operations import seasons as operations

MONDAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 2, 20, tzinfo=dt.UTC)
TODAY = dt.date(2026, 2, 20)


def made_season(world, *, sites=4, vans=2, starts_on=MONDAY):
    """Return a season of four weeks whose sites are all within reach."""
    unit = world.association
    season = operations.add_season(
        season=Season(association=unit, unit=unit, name="春季", starts_on=starts_on, ends_on=starts_on + 25 * DAY),
        actor=world.account, now=NOW,
    )  # fmt: skip
    for number in range(1, vans + 1):
        caravan = Caravan.objects.create(
            association=unit, unit=unit, name=f"{number}号车", plate=f"演{number}", vehicle_type="IV",
            bought_on=MONDAY,
        )  # fmt: skip
        van = SeasonVan(
            association=unit, season=season, caravan=caravan, longitude="115.80", latitude="32.90"
        )
        operations.add_van(van=van, actor=world.account, now=NOW)
    for number in range(sites):
        Site.objects.create(
            association=unit, unit=unit, area=unit.area, name=f"第{number}小学", kind="SCHOOL",
            longitude=f"{115.9 + number / 100:.2f}", latitude="32.90",
        )  # fmt: skip
    return season
