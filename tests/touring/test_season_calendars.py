"""Calendar files of hosts and vans: an entry is known again whatever happens to its visit."""

import pytest

from kexie.contexts.touring.models import SeasonVan, ToldVisit
from kexie.contexts.touring.operations import seasons as operations
from tests.touring.seasons import DAY, MONDAY, NOW
from tests.touring.test_season_hosts import by, plan, published, signed_in, stop_of, tell, told, world

__all__ = ["plan", "world"]


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def entries(text: str) -> list[dict[str, str]]:
    """The events of a file, property by property."""
    blocks = text.replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]
    return [dict(line.split(":", 1) for line in block.splitlines() if ":" in line) for block in blocks]


def of_host(client, code: str) -> tuple[dict[str, str], str]:
    answer = client.get(f"/caravans/confirm/{code}/visit.ics")
    assert answer.status_code == 200
    text = answer.content.decode()
    (found,) = entries(text)
    return found, text


def of_van(client, plan, van) -> dict[str, dict[str, str]]:
    answer = client.get(f"/work/touring/season/plans/{plan.pk}/vans/{van.pk}/calendar.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    return {one["SUMMARY"]: one for one in entries(answer.content.decode())}


def test_a_hosts_entry_moves_and_is_called_off(world, plan, client):
    published(world, plan)
    code, stop = told(0).code, stop_of(plan, 0)
    first, text = of_host(client, code)
    assert (first["SEQUENCE"], first["STATUS"]) == ("0", "TENTATIVE")
    assert "METHOD:PUBLISH\r\n" in text
    operations.move(plan=plan, stop=stop, van=stop.trip.van_id, day=MONDAY + 8 * DAY, **by(world))
    moved, _text = of_host(client, code)
    assert (moved["UID"], moved["SEQUENCE"], moved["DTSTART"][:8]) == (first["UID"], "1", "20260310")
    tell(world, plan)
    assert of_host(client, code)[0] == moved
    operations.drop(plan=plan, stop=stop_of(plan, 0), **by(world))
    tell(world, plan)
    gone, text = of_host(client, code)
    assert (gone["UID"], gone["SEQUENCE"], gone["STATUS"]) == (first["UID"], "2", "CANCELLED")
    assert "METHOD:CANCEL\r\n" in text
    assert ToldVisit.objects.get(code=code).off_at == NOW


def test_a_vans_calendar_marks_what_goes_to_another_van_or_nowhere(world, plan, client):
    signed_in(world, client)
    stop = stop_of(plan, 0)
    van, name = stop.trip.van, "大篷车到第0小学"
    address = f"/work/touring/season/plans/{plan.pk}/vans/{van.pk}/calendar.ics"
    assert client.get(address).status_code == 404
    published(world, plan)
    before = of_van(client, plan, van)[name]
    assert (before["STATUS"], before["SEQUENCE"]) == ("CONFIRMED", "0")
    other = SeasonVan.objects.exclude(pk=van.pk).get()
    operations.move(plan=plan, stop=stop, van=other.pk, day=MONDAY + 3 * DAY, **by(world))
    for _again in (1, 2):
        left, right = of_van(client, plan, van)[name], of_van(client, plan, other)[name]
        assert (left["UID"], left["STATUS"], left["SEQUENCE"]) == (before["UID"], "CANCELLED", "1")
        assert (right["STATUS"], right["SEQUENCE"], right["DTSTART"][:8]) == ("CONFIRMED", "1", "20260305")
        tell(world, plan)
    operations.drop(plan=plan, stop=stop_of(plan, 0), **by(world))
    tell(world, plan)
    assert of_van(client, plan, other)[name]["STATUS"] == "CANCELLED"
