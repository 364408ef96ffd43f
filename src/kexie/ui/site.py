"""Who runs this site: what the footer must say by 政府网站发展指引 (国办发〔2017〕47号).

Deployments fill `settings.KEXIE_SITE` with any of the fields of `Site`; an empty field is left out of the page.
"""

from dataclasses import dataclass, fields

from django.conf import settings


@dataclass(frozen=True)
class Site:
    """The public identity of one installation; all texts, ready to show."""

    name: str = "阜阳市科协"
    product: str = "数字科协"
    mark: str = "协"
    host: str = "阜阳市科学技术协会"
    operator: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    site_code: str = ""
    icp: str = ""
    police_record: str = ""
    demo: bool = False


def site() -> Site:
    """The site as configured; unknown keys are ignored so that settings may carry more."""
    given = getattr(settings, "KEXIE_SITE", {})
    known = {field.name for field in fields(Site)}
    return Site(**{key: value for key, value in given.items() if key in known})
