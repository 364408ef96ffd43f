"""Accounts, what they may do, and how they signed in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kexie.foundation.access.roles import ADMINISTRATOR_CODES, role_choices
from kexie.kernel.ids import uuid7


class AccountManager(BaseUserManager["Account"]):
    """Accounts are made by `access.operations.create_account`."""


class Account(AbstractBaseUser):
    """Someone who signs in. What they may do is said by their grants alone; no account is a superuser."""

    objects: ClassVar[AccountManager] = AccountManager()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association = models.ForeignKey(
        "units.Unit", verbose_name=_("所属科协"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    username = models.CharField(_("账号"), max_length=60, unique=True)
    display_name = models.CharField(_("姓名"), max_length=60)
    unit = models.ForeignKey(
        "units.Unit",
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    person = models.ForeignKey(
        "people.Person",
        verbose_name=_("人员"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(_("创建时间"))
    failed_count = models.PositiveSmallIntegerField(_("连续失败次数"), default=0)
    locked_until = models.DateTimeField(_("锁定至"), null=True, blank=True)
    must_change_password = models.BooleanField(_("须修改密码"), default=True)
    password_changed_at = models.DateTimeField(_("密码修改时间"), null=True)
    totp_secret = models.BinaryField(_("动态口令密钥"), null=True, editable=False)
    totp_confirmed_at = models.DateTimeField(_("动态口令启用时间"), null=True)
    # The last time step accepted, so that no code is ever accepted twice.
    totp_last_step = models.BigIntegerField(null=True, editable=False)
    # Set only in a demonstration city, where the sign-in page shows it.
    demo_password = models.CharField(max_length=60, blank=True, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")
        ordering: ClassVar = ["username"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="account_username_lower_case", condition=Q(username__regex=r"^[a-z0-9][a-z0-9._@-]*$")
            )
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def has_totp(self) -> bool:
        """Whether a second factor is set up and confirmed."""
        return self.totp_secret is not None and self.totp_confirmed_at is not None


class Grant(models.Model):
    """A role of an account over one unit and everything below it, for a half-open period of days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association = models.ForeignKey(
        "units.Unit", verbose_name=_("所属科协"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    account = models.ForeignKey(
        Account, verbose_name=_("账号"), on_delete=models.CASCADE, related_name="grants"
    )
    # The person behind the account (or the account itself): one person with two accounts is one holder.
    holder_id = models.UUIDField(editable=False)
    role = models.CharField(_("角色"), max_length=30, choices=role_choices)
    unit = models.ForeignKey("units.Unit", verbose_name=_("范围"), on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)
    granted_by = models.ForeignKey(
        Account, verbose_name=_("授权人"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField(_("授权时间"))
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        Account, verbose_name=_("撤销人"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("授权")
        verbose_name_plural = _("授权")
        ordering: ClassVar = ["-granted_at"]
        indexes: ClassVar = [models.Index(fields=["association", "role"], name="grant_association_role")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "holder_id"],
                name="grant_one_administrator_role",
                condition=Q(role__in=ADMINISTRATOR_CODES, revoked_at=None),
            ),
            models.UniqueConstraint(
                fields=["association", "account", "role", "unit"],
                name="grant_once",
                condition=Q(revoked_at=None),
            ),
            models.CheckConstraint(
                name="grant_valid_period", condition=Q(valid_to=None) | Q(valid_from__lt=F("valid_to"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.unit}"


class ExternalIdentity(models.Model):
    """The account as another provider of identities (OIDC, WeChat) knows it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identities")
    provider = models.CharField(_("身份来源"), max_length=30)
    subject = models.CharField(_("外部标识"), max_length=200)
    linked_at = models.DateTimeField(_("绑定时间"))

    class Meta:
        verbose_name = _("外部身份")
        verbose_name_plural = _("外部身份")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_unique")
        ]

    def __str__(self) -> str:
        return f"{self.provider}:{self.subject}"


class Outcome(models.TextChoices):
    """How an attempt to sign in ended."""

    SUCCEEDED = "SUCCEEDED", _("成功")
    WRONG = "WRONG", _("账号或密码不正确")
    WRONG_CODE = "WRONG_CODE", _("动态口令不正确")
    LOCKED = "LOCKED", _("已锁定")
    THROTTLED = "THROTTLED", _("尝试过于频繁")


class Attempt(models.Model):
    """One attempt to sign in, shown to its owner and counted for the limits per address."""

    Outcome = Outcome

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="attempts")
    username = models.CharField(_("账号"), max_length=60)
    at = models.DateTimeField(_("时间"))
    method = models.CharField(_("方式"), max_length=30)
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome.choices)
    ip = models.GenericIPAddressField(_("来源地址"), null=True)
    agent = models.CharField(_("浏览器"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("登录记录")
        verbose_name_plural = _("登录记录")
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [
            models.Index(fields=["account", "-at"], name="attempt_account_at"),
            models.Index(fields=["ip", "-at"], name="attempt_ip_at"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.get_outcome_display()}"


class Presence(models.Model):
    """A signed-in browser. Ending it here ends the session at its next request."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="presences")
    started_at = models.DateTimeField(_("登录时间"))
    seen_at = models.DateTimeField(_("最近活动"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    ip = models.GenericIPAddressField(_("来源地址"), null=True)
    agent = models.CharField(_("浏览器"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("登录会话")
        verbose_name_plural = _("登录会话")
        ordering: ClassVar = ["-started_at"]
        indexes: ClassVar = [models.Index(fields=["account", "ended_at"], name="presence_account_ended")]

    def __str__(self) -> str:
        return f"{self.account} {self.started_at:%Y-%m-%d %H:%M}"


class RecoveryCode(models.Model):
    """A single-use code that stands in for a lost authenticator; only its keyed hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("备用码")
        verbose_name_plural = _("备用码")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "digest"], name="recovery_code_unique")
        ]

    def __str__(self) -> str:
        return str(self.id)


class SecurityRules(models.Model):
    """What the security administrator has set for one association; without a row, the defaults hold."""

    association = models.OneToOneField(
        "units.Unit", primary_key=True, on_delete=models.CASCADE, related_name="+", editable=False
    )
    password_length = models.PositiveSmallIntegerField(_("密码最短长度"), default=10)
    password_days = models.PositiveSmallIntegerField(_("密码有效天数"), null=True, blank=True)
    lock_after = models.PositiveSmallIntegerField(_("连续失败几次后锁定"), default=5)
    lock_minutes = models.PositiveSmallIntegerField(_("锁定分钟数"), default=15)
    idle_minutes = models.PositiveSmallIntegerField(_("无操作退出分钟数"), default=30)

    class Meta:
        verbose_name = _("安全策略")
        verbose_name_plural = _("安全策略")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="rules_not_laxer_than_the_standard",
                condition=Q(
                    password_length__range=(10, 64),
                    lock_after__range=(1, 10),
                    lock_minutes__range=(15, 1440),
                    idle_minutes__range=(1, 60),
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.association_id)


class ApiClient(models.Model):
    """A program of someone else that calls the API for one unit and everything below it.

    Its token is shown once; only hashes are kept. After a rotation the former token may stay good for some hours.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    association = models.ForeignKey(
        "units.Unit", verbose_name=_("所属科协"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    name = models.CharField(_("名称"), max_length=60)
    unit = models.ForeignKey("units.Unit", verbose_name=_("范围"), on_delete=models.PROTECT, related_name="+")
    scopes = models.JSONField(_("接口权限"), default=list)
    digest = models.CharField(max_length=64, editable=False)
    former_digest = models.CharField(max_length=64, blank=True, editable=False)
    former_until = models.DateTimeField(_("旧令牌有效至"), null=True, editable=False)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)
    last_used_on = models.DateField(_("最近使用"), null=True)
    created_at = models.DateTimeField(_("创建时间"))
    created_by = models.ForeignKey(
        Account, verbose_name=_("创建人"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        Account, verbose_name=_("撤销人"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("接口客户端")
        verbose_name_plural = _("接口客户端")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association", "name"], name="client_name_unique", condition=Q(revoked_at=None)
            ),
            models.CheckConstraint(
                name="client_valid_period", condition=Q(valid_to=None) | Q(valid_from__lt=F("valid_to"))
            ),
        ]

    def __str__(self) -> str:
        return self.name
