"""`kexie client`: the programs of others that may call the API."""

import datetime as dt
from uuid import UUID

import click

from kexie.config.cli.common import Day, association, association_option, now, whole
from kexie.foundation.access import clients
from kexie.foundation.access.callers import SCOPE_LABELS
from kexie.foundation.access.models import ApiClient
from kexie.foundation.units import queries as units
from kexie.kernel.errors import UserError


@click.group()
def client() -> None:
    """管理可以调用开放接口的系统。 Manage the programs of others that may call the API."""


@client.command()
@association_option
@click.option("--name", required=True, help="名称，写明由谁、在哪里使用。 Who uses it, and where.")
@click.option("--unit", "unit_code", metavar="CODE", help="范围：单位编号，默认整个科协。 Code of the unit.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in SCOPE_LABELS]),
    help="接口权限，可写多次。 A scope; may be given several times.",
)
@click.option("--until", type=Day(), help="从这一天起失效，默认长期。 Refused from this day on.")
def add(
    *, code: str | None, name: str, unit_code: str | None, scopes: tuple[str, ...], until: dt.date | None
) -> None:
    """新建客户端并显示一次令牌。 Make a client and print its token, once."""
    root = association(code)
    unit = units.get(whole(code), unit_code) if unit_code else root
    made, token = clients.create(
        association=root, name=name, unit=unit, scopes=scopes, valid_to=until, actor=None, now=now()
    )
    click.echo(f"{made.pk}\t{made.name}")
    click.secho(token, bold=True)
    click.echo("令牌只显示这一次，请妥善保存。 The token is shown this once: keep it safe.", err=True)


@client.command("list")
@association_option
@click.option("--all", "with_revoked", is_flag=True, help="包括已撤销的。 Include those revoked.")
def list_(*, code: str | None, with_revoked: bool) -> None:
    """列出客户端。 List the clients."""
    found = list(clients.clients(whole(code), state="ALL" if with_revoked else ""))
    for one in found:
        click.echo("\t".join(_facts(one)))
    if not found:
        click.echo("没有客户端。 There is no client.", err=True)


@client.command()
@association_option
@click.argument("client_id", metavar="ID", type=click.UUID)
@click.option("--reason", required=True, help="原因，写入审计记录。 Why; kept in the audit log.")
def revoke(*, code: str | None, client_id: UUID, reason: str) -> None:
    """撤销客户端，不能恢复。 Revoke a client for good."""
    found = clients.client(whole(code), client_id)
    if found.revoked_at is not None:
        raise UserError("这个客户端已经撤销。 This client is revoked already.")
    clients.revoke(client=found, reason=reason, actor=None, now=now())
    click.echo(f"已撤销：{found.name}。 Revoked.")


def _facts(one: ApiClient) -> tuple[str, ...]:
    state = "已撤销 revoked" if one.revoked_at else "在用 in use"
    until = f"至 {one.valid_to}" if one.valid_to else "长期"
    used = str(one.last_used_on or "—")
    return str(one.pk), one.name, one.unit.code, ",".join(one.scopes), until, used, state
