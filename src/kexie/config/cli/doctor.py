"""`kexie doctor`."""

import json
import sys

import click

from kexie.config.cli.lazy import start_django

_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "red")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。 Print JSON.")
def doctor(*, as_json: bool) -> None:
    """检查部署所需的一切，并说明如何修复；有必需项不合格时退出码为 1。

    Check everything that a deployment needs and say what to do; exit code 1 if something required fails.
    """
    start_django()
    from kexie.config import diagnosis

    findings = diagnosis.diagnose()
    if as_json:
        click.echo(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            mark, colour = _MARKS[finding.level]
            click.echo(f"{click.style(mark, fg=colour)} {finding.name}：{finding.found}")
            if finding.remedy:
                click.echo(f"  → {finding.remedy}")
    sys.exit(any(finding.level == "failed" for finding in findings))
