"""Photographs as they are kept: upright, of a sensible size, and without what a camera writes into them.

A phone notes where and when a picture was taken, and with which device; none of that is needed to see what is broken.
"""

import io

from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from kexie.platform.files.kinds import FileRefused

EXTENSIONS = ("jpg", "jpeg", "png", "webp")
# For file inputs: where HEIC is not named, telephones hand over a JPEG by themselves.
ACCEPT = "image/jpeg,image/png,image/webp"
MOST_BYTES = 10 * 1024 * 1024
# A picture of more dots is meant to exhaust the memory; Pillow warns above 89 million.
MOST_PIXELS = 80_000_000
LONGEST_SIDE = 2400
_QUALITY = 85
# What telephones write and browsers do not show.
NOT_YET = ("heic", "heif", "hif")


def check(upload: "File[bytes]") -> None:
    """Raise FileRefused for what is no photograph we take, with what to send instead."""
    extension = (upload.name or "").rpartition(".")[2].lower()
    if extension in NOT_YET:
        raise FileRefused(
            _("还不能处理HEIC照片。请在手机“设置-相机-格式”中选“兼容性最佳”后重拍，或截屏、转成JPG再上传。")
        )
    if extension not in EXTENSIONS:
        raise FileRefused(_("请选择照片（JPG、PNG 或 WEBP）；也可以不附照片。"))
    if upload.size > MOST_BYTES:
        raise FileRefused(_("照片超过10MB，请换一张小一些的；也可以不附照片。"))
    _decoded(upload)


def plain(upload: "File[bytes]") -> "File[bytes]":
    """Return a photograph as a JPEG with nothing but the picture. Raises FileRefused."""
    check(upload)
    upright = ImageOps.exif_transpose(_decoded(upload))
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    buffer = io.BytesIO()
    _on_white(upright).save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    stem = (upload.name or "").rpartition(".")[0] or "photo"
    return ContentFile(buffer.getvalue(), name=f"{stem}.jpg")


def _decoded(upload: "File[bytes]") -> Image.Image:
    """Return the picture, read to its end, so that half a file is found out here."""
    upload.seek(0)
    try:
        picture = Image.open(upload, formats=("JPEG", "PNG", "WEBP"))
        if picture.width * picture.height > MOST_PIXELS:
            raise _too_large()
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise _damaged() from None
    finally:
        upload.seek(0)
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture without transparency and without anything that came with it."""
    with_alpha = picture.convert("RGBA")
    plain_one = Image.new("RGB", picture.size, "white")
    plain_one.paste(with_alpha, mask=with_alpha.getchannel("A"))
    return plain_one


def _too_large() -> FileRefused:
    return FileRefused(_("照片的尺寸太大，请缩小后再上传；也可以不附照片。"))


def _damaged() -> FileRefused:
    return FileRefused(_("这张照片打不开，请确认文件没有损坏，或重新拍一张；也可以不附照片。"))
