"""Words that a question may hold whatever it is about: where a passage lacks them, nothing is missing. Data.

Search counts them (whoever asks for "두 명" may find "두 명"); only the judgement whether a passage answers does not
miss them. They are those of everyday language, and none of them is the subject of a company's document.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KOREAN_GENERIC = _words(
    """
    사람 사람들 직원 회사 저희 우리 저랑 나랑 제가 제 내 누구 누가 본인 혼자 함께 같이 서로 각자 각각 뜻 의미 말 얘기
    이야기 내용 정도 조건 이유 방법 방식 종류 문제 상황 부분 관련 경우 것 수 점 건 사실 예 퍼센트 프로 부 돈 금액 값
    원 짜리 원짜리 번 개 명 권 박 층 대 분 시 일 월 년 주 달 개월 시간 날 날짜 하루 이틀 사흘 오늘 내일 어제 이번 다음
    지난 매년 매월 매달 매주 올해 작년 내년 요즘 아침에 최대 최소 이상 이하 이내 안 안에 밖 밖으로 위 아래 앞 뒤 전
    전에 후 후에 뒤에 중 중에 사이 가운데 처음 마지막 보통 따로 대신 직접 미리 빨리 늦게 일찍 자주 계속 다시 새로 새
    말고 없이 만에 인당 대로 일주일 밤 집 뭐라고 뭐뭐 모두 전부 조금 많이 너무 정말 진짜 갑자기 그냥 반드시 바로 곧
    이미 아직 더 덜 만큼 만 여러 곳 데 장소 쪽 한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 스무 서른 첫 둘 셋 하나 한번 때
    지 번째 내내 째 거기 여기 저기 지금 나중 그때 평소 언제든 아무 아무나 얼마 며칠 무엇 어디
    """
)

KOREAN_GENERIC_VERBS = _words(
    """
    하 되 받 타 쓰 써 내 주 줘 가 오 와 보 봐 알 모르 먹 사 팔 있 없 않 같 싶 맞 들 두 놓 넣 빼 열 닫 켜 끄 얻 남 찾
    걸 나가 나오 나와 들어 들이 다녀 가지 가져 보내 올리 올려 내리 내려 만들 만든 말하 물어 걸리 걸려 남기 남겨 바꾸
    바꿔 바뀌 바뀐 끝내 끝나 시작 마치 생기 생겨 나누 나눠 넘기 넘어 넘겨 버리 버렸 돌려 돌아 지키 지켜 데려 지나 따르
    골라 고르 없어 받아 알려 부르 부른 당하 어떡하 이용 사용 해당 가능 필요 원하
    """
)
"""Stems; those of one syllable are meant when they are all of it."""

ENGLISH_GENERIC = _words(
    """
    use mean take pay cover new often soon per person people one two three held hold work go goes come bring ask tell
    kind way time early late day days week month year company team office someone many much long far fast start end
    give given turn put keep kept place first last best right left good bad different same without within another want
    allow talk else actually kinda need needed amount number
    """
)
