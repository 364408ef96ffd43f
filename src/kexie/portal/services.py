"""The standing services that the site explains; what each one does and how to begin."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from kexie.kernel.errors import Text

FIRMS: Final = "firms"
WORKERS: Final = "workers"
PUBLIC: Final = "public"

AUDIENCES: Final = ((FIRMS, _("企业")), (WORKERS, _("科技工作者")), (PUBLIC, _("学校、乡村与公众")))


@dataclass(frozen=True)
class Service:
    """A service: who it is for, what one gets, and the steps from asking to done.

    `links`: pages of other contexts where it is asked for or looked up, as label and name of the address; the first asks.
    """

    slug: str
    audience: str
    icon: str
    title: Text
    gain: Text
    steps: tuple[Text, ...]
    need: Text
    links: tuple[tuple[Text, str], ...] = ()


SERVICES: Final = (
    Service(
        "problems", FIRMS, "match", _("技术难题求解"), _("把生产中的技术难题交给对口专家，解决与否由企业确认。"),
        (_("向县级科协或企业科协说明难题，约定公开到哪一步"), _("科协按领域推荐专家并组织对接"), _("双方约定做法，专家到企业或远程解答"), _("企业书面确认是否解决，三个月后回访")),
        _("不收费。只公开难题的标题与领域，细节凭约定提供。"),
    ),
    Service(
        "stations", FIRMS, "organisation", _("学会专家服务站"), _("学会的专家团队长期驻站，围绕一个企业或园区做研发与培训。"),
        (_("企业提出需求，选定合作学会"), _("签订协议，明确专家、任务与期限"), _("市科协审核设站，每年评估一次")),
        _("需有固定的工作场所与联系人。"),
    ),
    Service(
        "enterprise-associations", FIRMS, "people", _("成立企业科协"), _("让企业的科技人员有自己的组织，参评奖项、申报项目、参加学会。"),
        (_("企业向所在县级科协提出申请"), _("筹备组起草章程，推选委员"), _("召开成立大会，县级科协批复")),
        _("企业依法登记，有一定数量的科技人员。"),
    ),
    Service(
        "nominations", WORKERS, "star", _("举荐与奖项"), _("向上级奖项、人才计划和政协委员人选推荐优秀科技工作者。"),
        (_("所在单位民主推荐并公示"), _("县级科协或学会审核"), _("市科协组织评审，公示五个工作日"), _("报送上级，结果回告本人")),
        _("涉密材料不得通过网络报送。"),
    ),
    Service(
        "suggestions", WORKERS, "edit", _("建议直通"), _("对发展与科技工作的建议，编为专报送有关部门，采纳情况告知本人。"),
        (_("写明问题、依据与建议"), _("学会或县级科协初审"), _("市科协编报"), _("批示、答复与采纳情况回告")),
        _("不得含有国家秘密与工作秘密。"),
    ),
    Service(
        "contact", WORKERS, "phone", _("联系服务"), _("每位学会负责人和重点专家都有一位科协干部固定联系。"),
        (_("通过本单位或学会查到联系干部"), _("提出困难与需要"), _("科协转办并回告结果")),
        _("联系电话见页脚。"),
    ),
    Service(
        "caravan", PUBLIC, "van", _("预约科普大篷车"), _("大篷车把展品和实验课开进学校、乡镇和社区。"),
        (_("学校或村居在网上或向县级科协提出时间与场地"), _("县级科协排期并告知准备事项"), _("活动当天由主办方签认人次")),
        _("需有可停车、可通电的平整场地。"),
        ((_("在网上申请"), "caravan_request:new"), (_("大篷车开到哪里"), "caravans:coming")),
    ),
    Service(
        "touring-museum", PUBLIC, "museum", _("流动科技馆"), _("一套展品在县里的场馆展出数周，免费参观，学校可以集体去。"),
        (_("看现在在哪里展出、哪几天开放"), _("个人直接去，学校先和场馆约好时间")),
        _("没有科技馆的县轮流展出；想请到本县的场馆，请县级科协申请。"),
        ((_("看现在在哪里"), "touring_public:sets"),),
    ),
    Service(
        "farming", PUBLIC, "leaf", _("农业技术培训与科技小院"), _("专家到田头讲品种、病虫害与加工；科技小院有研究生常驻。"),
        (_("合作社或村委会说明作物与问题"), _("县级科协联系专家或就近的科技小院"), _("培训后登记人数与采用情况")),
        _("不收费。"),
    ),
)  # fmt: skip


def service(slug: str) -> Service | None:
    """The service with this slug."""
    return next((one for one in SERVICES if one.slug == slug), None)
