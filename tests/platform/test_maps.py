"""Maps: places leave in the system of the tiles beneath them; only the tiles' servers may be asked."""

import pytest

from kexie.kernel.errors import UserError
from kexie.platform import geo, maps

FUYANG = maps.Spot(115.81, 32.89, "科技馆", "开放", "/museums/", "half")


def test_places_are_shifted_for_tiles_in_gcj02_only():
    plain = maps.picture(maps.Tiles(), [FUYANG])
    assert plain["tiles"] == []
    assert plain["spots"] == [
        {"at": (32.89, 115.81), "label": "科技馆", "note": "开放", "href": "/museums/", "tone": "half"}
    ]
    tiles = maps.Tiles(("https://t.example/{z}/{x}/{y}",), geo.System.GCJ02)
    track = maps.Track((FUYANG, FUYANG), "一号车")
    shifted = maps.picture(tiles, [FUYANG], tracks=[track], names=[FUYANG])
    latitude, longitude = shifted["spots"][0]["at"]
    moved = geo.distance(geo.Point(longitude, latitude), geo.Point(115.81, 32.89))
    assert 300 < moved < 700
    assert shifted["tracks"][0]["at"] == [(latitude, longitude)] * 2
    assert shifted["names"][0]["at"] == (latitude, longitude)


def test_the_policy_names_each_tile_server_once():
    layers = (
        "https://t0.example/a/{z}/{x}/{y}?tk=1",
        "https://t0.example/b/{z}/{x}/{y}",
        "http://m.example:8080/{z}{x}{y}",
    )
    assert maps.Tiles(layers).origins == ["http://m.example:8080", "https://t0.example"]


@pytest.mark.parametrize("text", ["https://t.example/{z}/{x}", "t.example/{z}/{x}/{y}"])
def test_tiles_that_cannot_be_are_refused(monkeypatch, text):
    from kexie.config.settings.declared import setting

    monkeypatch.setenv("KEXIE_MAP_TILES", text)
    with pytest.raises(UserError):
        setting("KEXIE_MAP_TILES")
    monkeypatch.setenv("KEXIE_MAP_TILES", "https://t.example/{z}/{x}/{y} https://n.example/{z}/{x}/{y}")
    assert len(setting("KEXIE_MAP_TILES")) == 2
