"""`kexie init`: a real association comes into an empty database, whole or not at all."""

import re

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from kexie.config.cli.founding import AlreadyFounded, init
from kexie.foundation.access import queries as access
from kexie.foundation.access.models import Account
from kexie.foundation.access.roles import Action
from kexie.foundation.areas.models import Area
from kexie.foundation.units import operations as units
from kexie.foundation.units.models import Kind, Unit
from kexie.kernel.codes import synthetic_credit_code
from kexie.kernel.errors import NotFound, UserError

pytestmark = pytest.mark.django_db

CREDIT_CODE = synthetic_credit_code(7, category="13")
ANSWERED = ("--area", "341200", "--name", "阜阳市科学技术协会", "--short-name", "阜阳市科协", "--credit-code", CREDIT_CODE)  # fmt: skip


def run(*options: str, typed: str = "") -> Result:
    return CliRunner().invoke(init, options, input=typed)


def nothing_is_written() -> bool:
    return not (Area.objects.exists() or Unit.objects.exists() or Account.objects.exists())


def passwords(output: str) -> dict[str, str]:
    return dict(re.findall(r"^  \S+  (\S+) +(\S+)$", output, re.MULTILINE))


def test_an_association_with_its_counties_and_three_administrators() -> None:
    done = run(*ANSWERED)
    assert done.exit_code == 0, done.output
    root = Unit.objects.get(kind=Kind.ASSOCIATION)
    assert (root.name, root.short_name, root.area_id, root.credit_code, root.is_demo) == (
        "阜阳市科学技术协会", "阜阳市科协", "341200", CREDIT_CODE, False,
    )  # fmt: skip
    counties = Unit.objects.filter(kind=Kind.COUNTY_ASSOCIATION, parent=root)
    assert set(counties.values_list("area_id", flat=True)) == set(
        Area.objects.filter(level="COUNTY").values_list("code", flat=True)
    )
    assert counties.get(area="341221").name == "临泉县科学技术协会"


def test_each_administrator_may_do_their_own_part_and_has_the_password_that_was_printed() -> None:
    told = passwords(run(*ANSWERED).output)
    parts = {
        "sysadmin-341200": Action.MANAGE_ACCOUNTS,
        "secadmin-341200": Action.MANAGE_GRANTS,
        "auditor-341200": Action.READ_AUDIT,
    }
    assert set(told) == set(parts)
    for username, action in parts.items():
        account = Account.objects.get(username=username)
        assert account.check_password(told[username])
        assert account.must_change_password
        assert [one for one in Action if access.may(account, one)] == [action]


def test_what_is_not_said_is_asked_again_until_it_is_right() -> None:
    done = run(typed=f"999999\n3412A1\n341221\n\n \n临泉县科协\nNOT-A-CODE\n{CREDIT_CODE}\n")
    assert done.exit_code == 0, done.output
    root = Unit.objects.get(kind=Kind.ASSOCIATION)
    assert (root.area_id, root.name, root.credit_code) == ("341221", "临泉县科学技术协会", CREDIT_CODE)
    assert not Unit.objects.filter(kind=Kind.COUNTY_ASSOCIATION).exists()
    assert "没有代码为999999的行政区划" in done.output
    assert "统一社会信用代码应为18位" in done.output


def test_without_counties_and_with_other_names_for_the_accounts() -> None:
    done = run(
        *ANSWERED, "--no-counties", "--system-administrator", "zhao", "--security-administrator", "qian",
        "--audit-administrator", "sun",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert list(Unit.objects.values_list("kind", flat=True)) == [Kind.ASSOCIATION]
    assert set(passwords(done.output)) == {"zhao", "qian", "sun"}


def test_areas_of_another_city(tmp_path) -> None:
    table = tmp_path / "areas.csv"
    table.write_text("code,name,level\n340000,安徽省,PROVINCE\n340100,合肥市,CITY\n340102,瑶海区,COUNTY\n")
    done = run("--areas", str(table), "--area", "340100", typed="\n\n\n")
    assert done.exit_code == 0, done.output
    assert list(Unit.objects.order_by("kind").values_list("name", flat=True)) == [
        "合肥市科学技术协会", "瑶海区科学技术协会",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ((*ANSWERED[:6], "--credit-code", "91"), UserError),
        (("--area", "110000", *ANSWERED[2:]), NotFound),
        (("--area", "3412A1", *ANSWERED[2:]), UserError),
        (("--area", "341200", "--name", " ", *ANSWERED[4:]), UserError),
        ((*ANSWERED, "--audit-administrator", "审计"), UserError),
        ((*ANSWERED, "--audit-administrator", "same", "--system-administrator", "same"), UserError),
    ],
)
def test_what_is_wrong_is_refused_whole(options: tuple[str, ...], refused: type[UserError]) -> None:
    done = run(*options)
    assert isinstance(done.exception, refused)
    assert nothing_is_written()


def test_leaving_in_the_middle_writes_nothing() -> None:
    done = run(typed="341200\n阜阳市科学技术协会\n")
    assert "没有写入任何内容" in str(done.exception)
    assert nothing_is_written()


def test_a_second_association_is_refused() -> None:
    assert run(*ANSWERED).exit_code == 0
    before = Account.objects.count()
    assert isinstance(run(*ANSWERED).exception, AlreadyFounded)
    assert Account.objects.count() == before


def test_an_association_beside_a_demonstration_is_refused() -> None:
    area = Area.objects.create(code="340000", name="安徽省", level="PROVINCE")
    units.create_association(name="演示", area=area, actor=None, now=timezone.now(), is_demo=True)
    assert isinstance(run(*ANSWERED).exception, AlreadyFounded)
    assert not Account.objects.exists()
