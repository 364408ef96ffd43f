"""`kexie keys`: the keys under which personal data are encrypted."""

import json
import sys

import click

from kexie.config import digests, kept_files, sealed
from kexie.config.sealed import Tally
from kexie.platform import crypto


@click.group()
def keys() -> None:
    """管理数据加密密钥。 Manage the keys under which personal data are encrypted."""


@keys.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Print JSON.")
def status(*, as_json: bool) -> None:
    """列出各加密字段有多少还在旧密钥下。 Count, column by column, what is still under an older key."""
    _tell([*sealed.survey(), kept_files.survey()], as_json=as_json)


@keys.command()
@click.option(
    "--digest", "is_digest", is_flag=True, help="换的是查找用的摘要密钥。 The key of the digests, instead."
)
def rotate(*, is_digest: bool) -> None:
    """生成新的数据密钥；随后须重启服务，再运行 rewrap。

    Make a further data key in KEXIE_HOME/keys. Restart Kexie, so that every process knows it, then run rewrap. With
    --digest, stop Kexie first and start it after rewrap: until then nobody is found by their number.
    """
    number = crypto.rotate("digest" if is_digest else "data")
    if is_digest:
        click.secho(f"已生成第 {number} 号摘要密钥。 Digest key {number} was made.", fg="green")
        click.echo(
            "请先停止服务，备份 keys 目录，运行 kexie keys rewrap，再启动服务。 "
            "Stop Kexie, back the keys up, run kexie keys rewrap, then start it again."
        )
        return
    click.secho(f"已生成第 {number} 号数据密钥。 Data key {number} was made.", fg="green")
    click.echo(
        "请备份 keys 目录，重启服务，再运行 kexie keys rewrap。 "
        "Back the keys up, restart Kexie, then run kexie keys rewrap."
    )


@keys.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。 Print JSON.")
def rewrap(*, as_json: bool) -> None:
    """把全部加密数据（观众号码、名单、证件、文件等）和查找用的摘要换到最新密钥；可随时中断、重来。

    Encrypt and digest everything afresh that is not under the newest keys. May be stopped and run again; exits with 1
    where something could not be read.
    """
    found = [*sealed.rewrap(), kept_files.rewrap(), *digests.renew()]
    _tell(found, as_json=as_json)
    sys.exit(1 if any(one.unreadable for one in found) else 0)


def _tell(found: list[Tally], *, as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "column": one.column.name,
                "current": one.current,
                "other": one.renewed,
                "unreadable": one.unreadable,
            }
            for one in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    click.echo("字段 column：最新密钥 current / 旧密钥（已换） older / 无法解密 unreadable")
    for one in found:
        colour = "red" if one.unreadable else None
        click.secho(f"{one.column.name}：{one.current} / {one.renewed} / {one.unreadable}", fg=colour)
