"""Roles as data: what each kind of person in the association may do, and with which records."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Action(StrEnum):
    """What can be done. Which records it is done to is said by the context."""

    READ = "READ"
    DRAFT = "DRAFT"
    CONFIRM = "CONFIRM"
    REVERSE = "REVERSE"
    IMPORT = "IMPORT"
    EXPORT = "EXPORT"
    CHECK_TEXT = "CHECK_TEXT"
    MANAGE_ACCOUNTS = "MANAGE_ACCOUNTS"
    MANAGE_GRANTS = "MANAGE_GRANTS"
    READ_AUDIT = "READ_AUDIT"
    REVEAL_PERSON = "REVEAL_PERSON"
    READ_UNITS = "READ_UNITS"
    READ_PEOPLE = "READ_PEOPLE"
    MANAGE_UNITS = "MANAGE_UNITS"
    MANAGE_PEOPLE = "MANAGE_PEOPLE"
    CHECK_IN = "CHECK_IN"
    CLOSE = "CLOSE"


# In place of a tuple of contexts: every context there is and will be.
ALL = None
Contexts = tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role: its code, its label, and for each action the contexts (app labels, or ALL) it covers.

    `whole` roles are granted over a whole association only. `outside` roles are for people whom the association works
    with: they have pages of their own instead of its desks. `types`: the keys of the types of record that its record
    desk offers; None: every type of its contexts.
    """

    code: str
    label: str | Promise
    actions: Mapping[Action, Contexts]
    whole: bool = False
    administrator: bool = False
    outside: bool = False
    types: tuple[str, ...] | None = None

    def offers(self, key: str) -> bool:
        """Whether the role's record desk has this type of record."""
        return self.types is None or key in self.types

    def contexts_for(self, action: Action) -> Contexts | tuple[()]:
        """Return the contexts this role may do `action` in: ALL, a tuple, or the empty tuple."""
        return self.actions.get(action, ())


_DESK = (
    Action.READ,
    Action.DRAFT,
    Action.CONFIRM,
    Action.REVERSE,
    Action.IMPORT,
    Action.EXPORT,
    Action.CHECK_IN,
)
# Closing a period is for those who answer for its figures.
_CLOSING: dict[Action, Contexts] = {Action.CLOSE: ("releases",)}
_FIELD = (Action.READ, Action.DRAFT)
# What a school records of its own pupils' contests.
_SCHOOL_WORK = ("contests.programmes", "contests.results")
# Units, places and people belong to no context: whoever may read or keep them, may with all of them.
_KEEP = (
    Action.READ_UNITS,
    Action.READ_PEOPLE,
    Action.MANAGE_UNITS,
    Action.MANAGE_PEOPLE,
    Action.REVEAL_PERSON,
)


def _do(actions: tuple[Action, ...], *contexts: str) -> dict[Action, Contexts]:
    return dict.fromkeys(actions, contexts or ALL)


def _department(
    code: str, label: str | Promise, *contexts: str, more: Mapping[Action, Contexts] | None = None
) -> Role:
    """A city department keeps the records of its own contexts and reads all the others."""
    return Role(
        code=code,
        label=label,
        actions={
            **_do(_DESK, *contexts),
            **_do((Action.READ, Action.EXPORT, Action.CHECK_TEXT, Action.READ_UNITS, Action.READ_PEOPLE)),
            **(more or {}),
        },
    )


def _field_staff(code: str, label: str | Promise, context: str, types: tuple[str, ...] | None = None) -> Role:
    """Somebody in the field records the work of one context and looks up units and places."""
    actions = {**_do(_FIELD, context), Action.READ_UNITS: ALL}
    return Role(code=code, label=label, actions=actions, types=types)


def _outside(code: str, label: str | Promise, *contexts: str, types: tuple[str, ...] = ()) -> Role:
    """Somebody whom the association works with records his own part of the work of some contexts."""
    return Role(code=code, label=label, actions=_do(_FIELD, *contexts), outside=True, types=types)


_ROLES = (
    _outside("PUPIL", _("学生"), "contests"),
    _outside("GUARDIAN", _("监护人"), "contests"),
    _outside("TUTOR", _("辅导教师"), "contests", types=_SCHOOL_WORK),
    Role(
        code="SCHOOL",
        label=_("学校管理员"),
        actions={**_do((*_FIELD, Action.IMPORT), "contests", "touring"), Action.READ_UNITS: ALL},
        outside=True,
        types=_SCHOOL_WORK,
    ),
    Role(
        code="JUDGE",
        label=_("评委"),
        actions=_do((Action.READ,), "contests"),
        outside=True,
        types=("contests.contests", "contests.results"),
    ),
    _outside("FIRM_CONTACT", _("企业联系人"), "matching"),
    _outside(
        "EXPERT",
        _("专家"),
        "matching",
        "rural",
        types=("matching.visits", "rural.trainings", "rural.promotions"),
    ),
    _outside("SCIENCE_WORKER", _("科技工作者"), "workers", types=("workers.suggestions",)),
    _field_staff("CARAVAN_CREW", _("大篷车队员"), "touring"),
    _field_staff("TOURING_STAFF", _("流动馆人员"), "touring"),
    _field_staff(
        "FACILITY_KEEPER",
        _("科普设施管理员"),
        "facilities",
        types=("facilities.visits", "facilities.stages", "facilities.facilities", "governance.activities"),
    ),
    Role(
        code="MUSEUM_DESK",
        label=_("科技馆服务台"),
        actions={
            **_do((*_FIELD, Action.CONFIRM, Action.IMPORT, Action.EXPORT, Action.CHECK_IN), "museums"),
            Action.READ_UNITS: ALL,
        },
    ),
    Role(
        code="MUSEUM_GATE",
        label=_("科技馆检票员"),
        actions=_do((Action.READ, Action.CHECK_IN), "museums"),
    ),
    Role(
        code="COUNTY_OFFICER",
        label=_("县级科协干部"),
        actions={**_do((*_DESK, *_KEEP, Action.CHECK_TEXT)), **_CLOSING},
    ),
    _department(
        "POPULARISATION_DEPARTMENT",
        _("科学普及部"),
        "museums",
        "touring",
        "facilities",
        "contests",
        "rural",
        "writing",
        "packages",
    ),
    _department(
        "WORKERS_DEPARTMENT",
        _("科技工作者服务部"),
        "workers",
        "matching",
        "organisations",
        "writing",
        "packages",
    ),
    _department(
        "OFFICE",
        _("办公室"),
        "governance",
        "organisations",
        "rural",
        "returns",
        "releases",
        "writing",
        "packages",
        more=_CLOSING,
    ),
    Role(
        code="COORDINATOR",
        label=_("综合业务管理员"),
        actions={**_do((*_DESK, *_KEEP, Action.CHECK_TEXT)), **_CLOSING},
    ),
    Role(
        code="LEADER",
        label=_("科协领导"),
        actions=_do((Action.READ, Action.EXPORT, Action.CHECK_TEXT, Action.READ_UNITS, Action.READ_PEOPLE)),
    ),
    Role(
        code="SYSTEM_ADMINISTRATOR",
        label=_("系统管理员"),
        actions=_do((Action.MANAGE_ACCOUNTS,)),
        whole=True,
        administrator=True,
    ),
    Role(
        code="SECURITY_ADMINISTRATOR",
        label=_("安全管理员"),
        actions=_do((Action.MANAGE_GRANTS,)),
        whole=True,
        administrator=True,
    ),
    Role(
        code="AUDIT_ADMINISTRATOR",
        label=_("审计管理员"),
        actions=_do((Action.READ_AUDIT,)),
        whole=True,
        administrator=True,
    ),
)

ROLES: Mapping[str, Role] = {role.code: role for role in _ROLES}
ADMINISTRATOR_CODES = tuple(role.code for role in _ROLES if role.administrator)


def role_choices() -> list[tuple[str, str | Promise]]:
    """Return the choices of a role field; a callable, so that a new role needs no migration."""
    return [(role.code, role.label) for role in ROLES.values()]
