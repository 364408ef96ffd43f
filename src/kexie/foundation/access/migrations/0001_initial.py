import django.db.models.deletion
import kexie.foundation.access.roles
import kexie.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        ('units', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=kexie.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('username', models.CharField(max_length=60, unique=True, verbose_name='账号')),
                ('display_name', models.CharField(max_length=60, verbose_name='姓名')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('failed_count', models.PositiveSmallIntegerField(default=0, verbose_name='连续失败次数')),
                ('locked_until', models.DateTimeField(blank=True, null=True, verbose_name='锁定至')),
                ('must_change_password', models.BooleanField(default=True, verbose_name='须修改密码')),
                ('password_changed_at', models.DateTimeField(null=True, verbose_name='密码修改时间')),
                ('totp_secret', models.BinaryField(null=True, verbose_name='动态口令密钥')),
                ('totp_confirmed_at', models.DateTimeField(null=True, verbose_name='动态口令启用时间')),
                ('totp_last_step', models.BigIntegerField(editable=False, null=True)),
                ('demo_password', models.CharField(blank=True, editable=False, max_length=60)),
                ('association', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit', verbose_name='所属科协')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person', verbose_name='人员')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '账号',
                'verbose_name_plural': '账号',
                'ordering': ['username'],
                'constraints': [models.CheckConstraint(condition=models.Q(('username__regex', '^[a-z0-9][a-z0-9._@-]*$')), name='account_username_lower_case')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.UUIDField(default=kexie.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('username', models.CharField(max_length=60, verbose_name='账号')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('method', models.CharField(max_length=30, verbose_name='方式')),
                ('outcome', models.CharField(choices=[('SUCCEEDED', '成功'), ('WRONG', '账号或密码不正确'), ('WRONG_CODE', '动态口令不正确'), ('LOCKED', '已锁定'), ('THROTTLED', '尝试过于频繁')], max_length=12, verbose_name='结果')),
                ('ip', models.GenericIPAddressField(null=True, verbose_name='来源地址')),
                ('agent', models.CharField(blank=True, max_length=200, verbose_name='浏览器')),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '登录记录',
                'verbose_name_plural': '登录记录',
                'ordering': ['-at'],
                'indexes': [models.Index(fields=['account', '-at'], name='attempt_account_at'), models.Index(fields=['ip', '-at'], name='attempt_ip_at')],
            },
        ),
        migrations.CreateModel(
            name='ExternalIdentity',
            fields=[
                ('id', models.UUIDField(default=kexie.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('provider', models.CharField(max_length=30, verbose_name='身份来源')),
                ('subject', models.CharField(max_length=200, verbose_name='外部标识')),
                ('linked_at', models.DateTimeField(verbose_name='绑定时间')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '外部身份',
                'verbose_name_plural': '外部身份',
                'constraints': [models.UniqueConstraint(fields=('provider', 'subject'), name='identity_unique')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.UUIDField(default=kexie.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('holder_id', models.UUIDField(editable=False)),
                ('role', models.CharField(choices=kexie.foundation.access.roles.role_choices, max_length=30, verbose_name='角色')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('granted_at', models.DateTimeField(verbose_name='授权时间')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='事由')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                ('association', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit', verbose_name='所属科协')),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='授权人')),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤销人')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit', verbose_name='范围')),
            ],
            options={
                'verbose_name': '授权',
                'verbose_name_plural': '授权',
                'ordering': ['-granted_at'],
                'indexes': [models.Index(fields=['association', 'role'], name='grant_association_role')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None), ('role__in', ('SYSTEM_ADMINISTRATOR', 'SECURITY_ADMINISTRATOR', 'AUDIT_ADMINISTRATOR'))), fields=('association', 'holder_id'), name='grant_one_administrator_role'), models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('association', 'account', 'role', 'unit'), name='grant_once'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_from__lt', models.F('valid_to')), _connector='OR'), name='grant_valid_period')],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.UUIDField(default=kexie.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField(verbose_name='登录时间')),
                ('seen_at', models.DateTimeField(verbose_name='最近活动')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('ip', models.GenericIPAddressField(null=True, verbose_name='来源地址')),
                ('agent', models.CharField(blank=True, max_length=200, verbose_name='浏览器')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '登录会话',
                'verbose_name_plural': '登录会话',
                'ordering': ['-started_at'],
                'indexes': [models.Index(fields=['account', 'ended_at'], name='presence_account_ended')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.UUIDField(default=kexie.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('digest', models.CharField(max_length=64)),
                ('used_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '备用码',
                'verbose_name_plural': '备用码',
                'constraints': [models.UniqueConstraint(fields=('account', 'digest'), name='recovery_code_unique')],
            },
        ),
        migrations.CreateModel(
            name='SecurityRules',
            fields=[
                ('association', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='units.unit')),
                ('password_length', models.PositiveSmallIntegerField(default=10, verbose_name='密码最短长度')),
                ('password_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='密码有效天数')),
                ('lock_after', models.PositiveSmallIntegerField(default=5, verbose_name='连续失败几次后锁定')),
                ('lock_minutes', models.PositiveSmallIntegerField(default=15, verbose_name='锁定分钟数')),
                ('idle_minutes', models.PositiveSmallIntegerField(default=30, verbose_name='无操作退出分钟数')),
            ],
            options={
                'verbose_name': '安全策略',
                'verbose_name_plural': '安全策略',
                'constraints': [models.CheckConstraint(condition=models.Q(('idle_minutes__range', (1, 60)), ('lock_after__range', (1, 10)), ('lock_minutes__range', (15, 1440)), ('password_length__range', (10, 64))), name='rules_not_laxer_than_the_standard')],
            },
        ),
    ]
