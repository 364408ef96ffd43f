import io

from PIL import Image

from kexie.platform.tickets import card, qr
from kexie.platform.tickets.card import Card

TEXT = "KX1." + "A" * 151
CARD = Card(
    heading="入馆票",
    title="阜阳市科技馆",
    lines=(("日期", "2026年11月28日 星期六"), ("时段", "09:00–11:00"), ("人数", "5人")),
    code="k7m2p9xq",
    token=TEXT,
    foot="请在时段内到馆，凭此码入馆。",
)


def test_the_drawing_for_pages_has_no_inline_style_and_is_white_behind():
    svg = qr.svg(TEXT)
    assert svg.startswith("<svg")
    assert "style" not in svg
    assert "#fff" in svg


def test_a_ticket_fits_a_code_that_phones_read_easily():
    assert len(qr.rows(TEXT)) == 45  # version 7


def test_the_picture_has_the_card_s_size():
    with Image.open(io.BytesIO(card.png(CARD))) as image:
        assert image.size == (720, 1080)
        assert image.getpixel((360, 400)) is not None


def test_the_picture_is_drawn_without_a_chinese_font_too(monkeypatch):
    card._font.cache_clear()
    monkeypatch.setattr(card, "font_file", lambda: None)
    try:
        with Image.open(io.BytesIO(card.png(CARD))) as image:
            assert image.size == (720, 1080)
    finally:
        card._font.cache_clear()


def test_the_pdf_is_one_page_of_a6_made_the_same_each_time():
    made = card.pdf(CARD)
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type /Page\n") == 1
    assert b"297.6378 419.5276" in made
    assert made == card.pdf(CARD)
