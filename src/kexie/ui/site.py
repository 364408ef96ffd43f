"""Who runs this site: what the footer must say by 政府网站发展指引 (国办发〔2017〕47号).

`settings.KEXIE_SITE` gives any of the fields of `Site`; an empty field is left out of the page.
`settings.KEXIE_SITE_READER` may name a function of a higher layer that completes the site from data.
"""

from dataclasses import dataclass, fields

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Site:
    """The public identity of one installation; all texts, ready to show."""

    name: str = ""
    product: str = "数字科协"
    mark: str = "协"
    host: str = ""
    operator: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    site_code: str = ""
    icp: str = ""
    police_record: str = ""
    demo: bool = False


def configured() -> Site:
    """The site as the settings have it; unknown keys are ignored so that settings may carry more."""
    given = getattr(settings, "KEXIE_SITE", {})
    known = {field.name for field in fields(Site)}
    return Site(**{key: value for key, value in given.items() if key in known})


def site() -> Site:
    """The site to show: as configured, completed by the reader that the settings name."""
    reader = getattr(settings, "KEXIE_SITE_READER", "")
    return import_string(reader)(configured()) if reader else configured()
