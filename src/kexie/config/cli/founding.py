"""`kexie init`: founding a real association in an empty database."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from django.db import connection, transaction

from kexie.config import build
from kexie.config.cli.common import now
from kexie.foundation.access import operations as access
from kexie.foundation.access.roles import ROLES
from kexie.foundation.areas import operations as loading
from kexie.foundation.areas import queries as areas
from kexie.foundation.areas.models import Area, Level
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel import codes
from kexie.kernel.errors import UserError

_LEVELS = (Level.PROVINCE, Level.CITY, Level.COUNTY)
_FOUNDING_LOCK = 7_302_741_002  # any number of our own, the same in every process


class AlreadyFounded(UserError):
    """There is an association in the database; a second one, or one beside a demonstration, is not made so."""


@dataclass(frozen=True)
class Founded:
    """What was made: the association, how many county associations, and the administrators' first passwords."""

    association: Unit
    counties: int
    administrators: tuple[tuple[str, str, str], ...]
    """Role's label, user name, first password."""


@click.command()
@click.option("--area", "area_code", metavar="CODE", help="区划代码，如 341200。 Code of the area.")
@click.option("--name", help="全称，如 阜阳市科学技术协会。 Full name.")
@click.option("--short-name", help="简称，如 阜阳市科协。 Short name.")
@click.option("--credit-code", help="统一社会信用代码，可为空。 Credit code; may be empty.")
@click.option(
    "--areas",
    "table",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="区划表（CSV：code,name,level,…），默认用自带的阜阳市。 Areas; without, those of Fuyang.",
)
@click.option(
    "--counties/--no-counties", default=True, show_default=True, help="为各县级区划建立县级科协。 Make county associations."
)  # fmt: skip
@click.option("--system-administrator", metavar="USER", help="系统管理员账号，默认 sysadmin-区划代码。")
@click.option("--security-administrator", metavar="USER", help="安全管理员账号，默认 secadmin-区划代码。")
@click.option("--audit-administrator", metavar="USER", help="审计管理员账号，默认 auditor-区划代码。")
def init(
    *,
    area_code: str | None,
    name: str | None,
    short_name: str | None,
    credit_code: str | None,
    table: Path | None,
    counties: bool,
    system_administrator: str | None,
    security_administrator: str | None,
    audit_administrator: str | None,
) -> None:
    """在空数据库中建立一个科协：区划、县级科协和三员账号；没有写明的会逐项询问。

    Found an association in an empty database, with its areas, county associations and three administrators,
    whose first passwords are printed once. What no option says is asked. All or nothing is written.
    """
    build.database(click.echo)
    usernames = (system_administrator, security_administrator, audit_administrator)
    try:
        with transaction.atomic():
            _refuse_a_second()
            _load_areas(table, now=now())
            area = _area(area_code)
            found = found_association(
                area=area,
                name=_ask("科协全称 Full name", name, _needed, f"{area.name}科学技术协会"),
                short_name=_ask("简称 Short name", short_name, str.strip, f"{area.name}科协"),
                credit_code=_ask("统一社会信用代码（可留空） Credit code", credit_code, _credit_code, ""),
                with_counties=counties,
                usernames=usernames,
                now=now(),
            )
    except click.Abort:
        raise UserError("已取消，没有写入任何内容。 Cancelled; nothing was written.") from None
    _tell(found)


def found_association(
    *,
    area: Area,
    name: str,
    short_name: str,
    credit_code: str,
    with_counties: bool,
    usernames: tuple[str | None, ...],
    now: dt.datetime,
) -> Founded:
    """Make the association, its county associations and its administrators; the caller holds the transaction."""
    root = units.create_association(
        name=name, short_name=short_name, credit_code=credit_code, area=area, actor=None, now=now
    )
    made = _county_associations(root, now=now) if with_counties else []
    administrators = tuple(
        _administrator(root, role, username or f"{stem}-{area.code}", now=now)
        for (role, stem), username in zip(_ADMINISTRATORS, usernames, strict=True)
    )
    return Founded(root, len(made), administrators)


_ADMINISTRATORS = (
    ("SYSTEM_ADMINISTRATOR", "sysadmin"),
    ("SECURITY_ADMINISTRATOR", "secadmin"),
    ("AUDIT_ADMINISTRATOR", "auditor"),
)


def _refuse_a_second() -> None:
    """Let one founder in at a time, and none where there is an association."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FOUNDING_LOCK])
    existing = Unit.objects.filter(kind=Kind.ASSOCIATION).first()
    if existing is not None:
        raise AlreadyFounded(
            f"这个数据库里已有“{existing.name}”。要另建，请换一个 KEXIE_HOME 或 DATABASE_URL。"
            " This database holds an association already: use another KEXIE_HOME or DATABASE_URL."
        )


def _load_areas(table: Path | None, *, now: dt.datetime) -> None:
    if table is None:
        loading.load_bundled(actor=None, now=now)
    else:
        loading.load_file(table, actor=None, now=now)


def _area(code: str | None) -> Area:
    """Return the area named, or ask among those loaded; the first city is offered."""
    first = Area.objects.filter(level__in=(Level.CITY, Level.COUNTY)).order_by("code").first()
    offered = first.code if first else None
    return areas.get(_ask("区划代码 Area code", code, _fitting_area, offered))


def _fitting_area(text: str) -> str:
    area = areas.get(codes.normalise(text))
    if area.level not in _LEVELS:
        raise UserError(f"“{area.name}”是{area.get_level_display()}，不设科协。请写省、市或县的6位代码。")
    return area.code


def _ask(question: str, given: str | None, check: Callable[[str], str], default: str | None) -> str:
    """Return the checked answer: the option's, or what is typed, asked again until it is right."""
    if given is not None:
        return check(given)

    def answer(text: str) -> str:
        try:
            return check(text)
        except UserError as error:
            raise click.UsageError(str(error)) from error

    typed: str = click.prompt(question, default=default, value_proc=answer, err=True)
    return typed


def _needed(text: str) -> str:
    if not text.strip():
        raise UserError("请填写单位名称。 A name is needed.")
    return text.strip()


def _credit_code(text: str) -> str:
    return codes.credit_code(text) if text.strip() else ""


def _county_associations(root: Unit, *, now: dt.datetime) -> list[Unit]:
    """Make one county association for each county-level area below the association's own."""
    wanted = [
        Unit(
            association=root,
            parent=root,
            kind=Kind.COUNTY_ASSOCIATION,
            name=f"{area.name}科学技术协会",
            short_name=f"{area.name}科协",
            area=area,
        )
        for area in areas.counties(root.area).exclude(pk=root.area_id)
    ]
    return units.create_units(association=root, units=wanted, actor=None, now=now)


def _administrator(root: Unit, role: str, username: str, *, now: dt.datetime) -> tuple[str, str, str]:
    label = str(ROLES[role].label)
    account, password = access.create_account(
        association=root, username=username, display_name=label, unit=root, actor=None, now=now
    )
    access.grant(account=account, role=role, unit=root, actor=None, now=now, reason="初始化")
    return label, account.username, password


def _tell(found: Founded) -> None:
    click.secho(
        f"已建立“{found.association.name}”（编号 {found.association.code}）和 {found.counties} 个县级科协。"
        f" Founded, with {found.counties} county associations.",
        bold=True,
    )
    click.echo("三员账号和首次密码，只显示这一次。 The administrators' first passwords, shown only now:\n")
    for label, username, password in found.administrators:
        click.echo(f"  {label}  {username:<24}{password}")
    click.echo(
        "\n首次登录须修改密码并启用动态口令；三个账号请交给三个人。"
        " Give them to three people; each changes the password and sets up a second factor."
    )
