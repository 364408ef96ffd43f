import datetime as dt

import pytest

from kexie.kernel.errors import NotFound
from kexie.platform.audit.models import Entry
from kexie.platform.capacity.operations import devices
from kexie.platform.capacity.operations.devices import DeviceRefused, PairingRefused
from tests.platform.capacity.gates import ASSOCIATION, NOW, STAFF, VENUE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(tmp_path, settings):
    settings.KEXIE_HOME = tmp_path


def added(name: str = "1号门手机"):
    return devices.add(association_id=ASSOCIATION, venue_id=VENUE, name=name, actor=STAFF, now=NOW)


def test_a_phone_pairs_once_and_is_known_by_its_token():
    device, code = added()
    paired = devices.pair(code=f" {code[:4].upper()}-{code[4:]}", now=NOW)
    assert devices.by_token(paired.token) == device
    assert devices.key_of(paired.device) == paired.key
    with pytest.raises(PairingRefused):
        devices.pair(code=code, now=NOW)
    assert list(Entry.objects.order_by("at", "id").values_list("action", flat=True)) == [
        "capacity.add_device",
        "capacity.pair_device",
    ]


def test_a_code_is_good_for_ten_minutes():
    _device, code = added()
    with pytest.raises(PairingRefused):
        devices.pair(code=code, now=NOW + dt.timedelta(minutes=10))


def test_pairing_another_phone_shuts_out_the_first():
    device, code = added()
    first = devices.pair(code=code, now=NOW)
    device.refresh_from_db()
    second = devices.pair(code=devices.renew_code(device=device, actor=STAFF, now=NOW), now=NOW)
    assert devices.by_token(first.token) is None
    assert devices.by_token(second.token) == device


def test_a_device_taken_away_stays_known_so_that_it_can_be_told():
    device, code = added()
    paired = devices.pair(code=code, now=NOW)
    with pytest.raises(DeviceRefused) as refused:
        devices.revoke(device=paired.device, reason=" ", actor=STAFF, now=NOW)
    assert list(refused.value.fields) == ["reason"]
    devices.revoke(device=paired.device, reason="手机丢失", actor=STAFF, now=NOW)
    found = devices.by_token(paired.token)
    assert found is not None
    assert found.revoked_at == NOW
    with pytest.raises(DeviceRefused):
        devices.renew_code(device=found, actor=STAFF, now=NOW)
    assert list(devices.devices(ASSOCIATION, VENUE)) == [device]


@pytest.mark.parametrize("name", ["", "  ", "门" * 41])
def test_a_device_has_a_name(name):
    with pytest.raises(DeviceRefused) as refused:
        added(name)
    assert list(refused.value.fields) == ["name"]


def test_a_device_is_found_at_its_own_venue_only():
    device, _code = added()
    devices.rename(device=device, name="西门", actor=STAFF, now=NOW)
    assert devices.device(ASSOCIATION, VENUE, device.pk).name == "西门"
    with pytest.raises(NotFound):
        devices.device(ASSOCIATION, ASSOCIATION, device.pk)
