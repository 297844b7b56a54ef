"""Ordinary words that may also stand on a list of names. Data for lists.py and for whoever reads a list."""

from __future__ import annotations

from retrieval.stopwords import ENGLISH_QUESTION_WORDS, ENGLISH_STOP_WORDS, KOREAN_QUESTION_WORDS

_KOREAN = """
    가격 가능 가을 가장 가족 강조 강화 개발 개선 거래 건강 건물 결과 결정 경기 경우 경제 경험 계약 계획 고객 고려
    공개 공부 공사 공유 과거 과정 관계 관련 관리 교육 구간 구매 구분 구성 구조 국가 국내 국민 권리 그것 그녀 금액
    금지 기간 기관 기능 기록 기본 기술 기업 기준 나라 나름 나이 나중 남녀 남성 남자 남편 내부 내용 내일 노동 노력
    노조 누구 다음 단계 담당 당시 당신 대상 대학 대한 대해 대회 대표 도구 도시 도움 독립 동시 동안 동의 등록 마음
    마지막 마치 만약 매우 매일 매출 먼저 모두 모든 모습 목적 목표 문서 문의 문자 문장 문제 문화 물건 미국 미래 민간
    민족 바로 박사 반대 반드시 발생 발전 방법 방송 방식 방향 배경 배송 변경 변화 별도 병원 보고 보라 보안 보통 본인
    부분 부서 부터 북한 분석 비용 비교 사건 사고 사람 사랑 사실 사업 사용 사유 사이 사회 상태 상품 상황 생각 생활
    서로 서류 서버 서비스 서울 선거 선생 선택 설계 설명 설정 성공 성과 성장 성적 세계 세금 소개 소리 손님 수도 수정
    수준 순간 순서 승인 시간 시스템 시작 시장 신규 신문 신청 심사 심리 아들 아래 아침 안내 안전 안정 양식 양쪽 어제
    어머니 언제 업데이트 업무 여기 여러 여성 여자 여행 역사 연구 연도 연락 연습 연차 열심 영국 영어 영역 영향 영화
    예산 예정 오늘 오전 오후 외부 요구 요청 우려 우리 우선 운동 운영 원래 원인 위치 위해 유럽 유리 유지 유형 윤리
    은행 음식 음악 의견 의미 의사 이것 이내 이날 이달 이동 이때 이런 이를 이름 이마 이메일 이미 이번 이상 이야기
    이어 이외 이용 이유 이익 이전 이제 이하 이해 이후 인간 인기 인사 인정 인터넷 일반 일본 일부 일정 입력 입사 자료
    자리 자신 자연 작업 작품 장비 장소 장치 재고 저녁 적용 전달 전문 전부 전국 전쟁 전체 전화 절차 점심 정도 정리
    정말 정보 정부 정상 정책 정치 정확 제공 제도 제출 제품 제한 조건 조금 조사 조선 조직 존재 종류 주문 주변 주소
    주요 주의 주장 주제 준비 중국 중심 중앙 중요 지구 지금 지난 지도 지방 지역 지원 지정 지하 직원 진행 질문 차이
    참고 참여 처리 처음 천국 체계 초기 최고 최근 최대 최소 최초 추가 추천 출시 출장 친구 코드 태도 특별 특정 파일
    판단 판매 평가 포함 표현 프로 필요 하나 하늘 하루 하지만 학교 학생 한국 한번 함께 항목 해결 행동 허가 현실 현장
    현재 형태 홍보 화면 확인 환경 활동 황금 회사 회의 효과 후보 휴가 희망 관련자 담당자 대한민국 이러한 이루어
    정부는 조선의 한국인 이상한 이상의 정지 지지 진정 추진 성경 강경 진영 지혜 공식 유사 전석 한미 한일 고창 미니
    추정 조치 조정 주변 인수 인도 전송 전환 전통 전기 전원 전력 전망 전투 정렬 정비 정답 정당 정식 정원 정확 조회
    조립 주기 주로 주장 지연 지정 지점 지표 지불 진단 진술 진실 진입 진출 차단 차량 차례 차원 최적 최신 최상 추적
    추측 하락 하반 한계 한글 한쪽 한정 해당 해외 해석 해제 허용 현금 현대 현상 현행 홍수 황제 황후 명령 명시 반복
    반영 반응 배분 배치 백업 변동 변수 변환 복구 복사 복잡 사례 사항 사전 상담 상승 상세 서명 서비 석유 선언 선정
    설비 설립 설치 성격 성능 성립 소속 소식 소유 소비 손실 송신 신고 신뢰 신호 심각 안건 양심 양산 양도 여건 여유
    연결 연계 연기 연속 연장 염두 오류 오류는 우수 우승 원격 원칙 원본 위반 위험 유도 유효 유료 유입 육아 윤곽 은퇴
    은폐 이관 이력 이론 이름 이별 이사 이송 인력 인상 인식 인증 임금 임대 임무 임원 장기 장면 장점 장애 이상적
    주요한 지난해 유일한 정확한 신청자 고려한 고려해 성공한 주장한 전문가 전반적 지속적 제품명 주식회사
"""
_ENGLISH = """
    account admin agile alpha beta build business change client cloud code company contract customer data date
    design demo dev document email error example file general group home info issue internal launch list main
    manager market meeting message model name new news next note number office open operation order page partner
    people person phone plan platform policy portal price product production project report request review sales
    security server service site solution standard start status store support system task team test time title tool
    update user version web week work world year
"""

COMMON = (
    frozenset(_KOREAN.split())
    | frozenset(_ENGLISH.split())
    | frozenset(
        word
        for words in (ENGLISH_STOP_WORDS, ENGLISH_QUESTION_WORDS, KOREAN_QUESTION_WORDS)
        for word in words
        if len(word) > 1
    )
)
"""In lower case."""
