"""Contradictions inside a text: planted ones are found, true ones are not accused."""

import pytest

from kexie.kernel.quantities import read
from kexie.reporting.claims import consistency
from kexie.reporting.claims.context import BareText, Span
from kexie.reporting.claims.statements import claims_of

PLANTED = {
    "建成示范单位73个，其中社区30个、学校25个、基地20个。": "73个",
    "获奖9项，分别为一等奖2项、二等奖3项、三等奖3项。": "9项",
    "一等奖2项、二等奖3项，共6项。": "共6项",
    "共有科技馆5座，其中开放6座。": "6座",
    "61个站点中，33个已挂牌，占64%。": "64%",
    "全市有会员200人，其中女会员90人，占55%。": "55%",
    "企业科协由80家增加到96家，增长30%。": "30%",
    "覆盖率由54%提高到64%，提高20个百分点。": "20个百分点",
    "讲座由40场减少到30场，下降15%。": "15%",
    "全年培训农民2.8万人次。各项工作扎实推进。全年培训农民3.1万人次。": "3.1万人次",
    "本馆去年接待观众20万人次，今年接待30万人次，增长60%。": "60%",
}
TRUE = [
    "建成示范单位73个，其中社区30个、学校25个、基地18个。",
    "获奖9项，其中一等奖2项、二等奖3项。",
    "一等奖2项、二等奖3项，共5项。",
    "会员100人，其中女性60人、党员70人。",
    "会员100人，其中女性60人，35岁以下70人。",
    "61个站点中，33个已挂牌，占54%。",
    "企业科协由80家增加到96家，增长20%。",
    "企业科协由80余家增加到96家，增长15%。",
    "覆盖率由54%提高到64%，提高10个百分点。",
    "讲座由40场减少到30场，下降25%。",
    "临泉县培训农民300人次。太和县培训农民200人次。",
    "举办讲座30场、展览20场，共计吸引5万人次。",
    "有科技馆5座，其中开放3座。",
    "观众130多万人次，其中青少年约80万人次，占60%左右。",
    "由32场增至48场，增长50%。",
    "共举办活动120场次，其中讲座40余场次、展览30余场次、培训20余场次。",
    "全年培训农民2.8万人次。全年培训农民28123人次。",
]


def told(text):
    reading = read(text)
    claims, bare = claims_of(reading), BareText(reading)
    spans = [Span(bare.position(one.start), bare.position(one.end)) for one in claims]
    return {
        claims[number].quantity.text: words
        for number, words in consistency.conflicts(bare, spans, claims).items()
    }


@pytest.mark.parametrize("text", PLANTED)
def test_planted_errors_are_found_at_their_place(text):
    found = told(text)
    assert [one in PLANTED[text] for one in found] == [True]


@pytest.mark.parametrize("text", TRUE)
def test_true_sentences_are_not_accused(text):
    assert told(text) == {}


def test_each_in_one_text():
    assert told("\n".join(TRUE)) == {}
    found = told("\n".join(PLANTED))
    assert len(found) == len(PLANTED)
    assert sum(len(words) for words in found.values()) == len(PLANTED)
