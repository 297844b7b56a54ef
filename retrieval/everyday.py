"""What people say and what rules say, in any company: the judgement whether a passage answers reads both. Data.

Only the judgement: a search is widened by the company's own glossary and by nothing else, so no passage is found by
these words, and one that says them is not held to lack what was asked.
"""

from __future__ import annotations

from retrieval.glossary import Glossary

_SAME = """
아내 와이프 남편 배우자
아이 아기 아들 딸 자녀 애
할머니 할아버지 조부모
엄마 아빠 어머니 아버지 부모
형 누나 언니 오빠 동생 형제 자매 형제자매
장인 장모 시부모 시어머니 시아버지 배우자부모
친척 친지 가족
낳으면 낳았 낳으 낳아 낳고 임신 출산 출생
돌아가셨 돌아가시 상을당 사망 부고 장례
아파서 아프면 아플 병가 질병 병
낮잠 수면 잠
밥값 밥 점심값 저녁값 식대 식비 식사 식권
호텔 호텔비 숙소 숙박 숙박비
비행기 항공 항공권 항공편
기차 열차 KTX
택시 택시비 교통비
차 자동차 차량 자가용 렌터카
기름값 유류비
돈 비용 금액 지원금
월급 급여 봉급
에어컨 히터 냉방 난방 냉난방
와이파이 무선 wi-fi wifi
휴대폰 핸드폰 스마트폰 휴대전화
컴퓨터 PC 노트북 laptop
비번 패스워드 비밀번호 암호
카메라 얼굴 화면
스피커 소리
메일 이메일 email
집 자택 재택
야근 연장근로 야간
쉬는 쉴 쉬나 휴가 휴일 휴무
회식 회식비
대접 접대
손님 방문객 고객
승인 결재 확인 허락 허가
승인하 결재하 확인
허락받 승인 확인
신고 알리 알려
고장 망가 깨뜨 부서
잃어버 분실
까먹 잊어 잊었
그만두 퇴사 퇴직 관두
교육 연수 훈련
상사 팀장 리더
사장 대표
직원 구성원 임직원
서류 문서 증빙
벌금 위약금 과태료
반납 돌려
환불 돌려받
바꿔 바꾸 변경 교체
없어지 사라지 소멸
넘길 넘겨 이월
미리 당겨
건강검진 검진
예약 예약하
급한 급하 긴급
인터넷 통신비
동료 구성원
빌려 빌리 대여
사무실 회사
휴게실 라운지
공짜 무료
갚 돌려 상환
quit leave resign
approve approves approval agree agrees
stored store kept keep retained
deleted erased removed
big large much
buy purchase
money budget
boss lead manager
cost price fee
phone mobile
fix repair
축의금 부의금 경조금 조의금 축하금
결혼식 결혼 혼인
장례식 장례 사망
제사 경조
생리 보건
유산 사산
조퇴 반차
지각 늦
결근 무단
출근 근무
퇴근 근무종료
당직 온콜 on-call
주말 토요일 일요일 휴일
점심 중식 식사
저녁 석식
아침 조식
커피 음료 간식
책 도서
강의 강좌 교육 course class
학원 교육
자격증 시험 certificate exam
학비 등록금 학자금
주사 예방접종 접종 백신
치료비 의료비 병원비
다치 상해 부상 사고
보험금 보험
임신 임산부
유치원 어린이집 보육
이삿짐 이사 이사비
비상금 가불 가지급금
카드 법인카드
한도 최대 상한
세금계산서 영수증 증빙
입금 지급 지불
정산 청구 환급
납부 납입 지급
구입 구매 사
살 구매 구입
업체 거래처 공급사 협력사
도장 인감 날인 직인
계약 계약서
변호사 법무
소송 분쟁
괴롭힘 갑질
성희롱 성추행 괴롭힘
징계 처벌 해고
평가 고과
승진 승급
인센티브 성과급 상여 보너스 bonus
연봉 급여
이직 퇴사
입사 온보딩
수습 시용
면접 인터뷰 interview
추천 추천인
사수 버디 멘토
복사 출력 인쇄 프린트
프린터 복합기
모니터 화면
의자 책상
열쇠 키
출입증 사원증
주차 주차장
엘리베이터 승강기
대피 피난 화재
불 화재
소화기 소방
도난 분실
해킹 침해 사고 유출
바이러스 악성코드
스팸 피싱
로그인 접속 인증
OTP 인증 MFA 다중
잠기 잠금 차단
계정 아이디
권한 접근 접근권한
백업 복구
서버 시스템
장애 사고 incident outage
배포 릴리스 deploy release
코드리뷰 리뷰 검토
고치 수정 변경
지우 삭제 파기
보관 보존 저장
올리 업로드 등록 제출
내야 제출
보내 전송 발송
알리 통보 보고 신고
신청 요청 등록
취소 철회
연장 늘리 늘릴
줄이 단축
미루 연기
쉴 휴식
이용 사용
주인 소유자 담당자
담당 책임 관리
문의 연락
holiday vacation leave
sick illness
fired terminated dismissed
salary pay wage
hotel lodging accommodation
flight plane airfare
car taxi rental
meal food lunch dinner
laptop computer notebook
password passcode
error failure failed
customer client
ticket request case
urgent emergency critical
rollback revert undo
erase delete wipe remove
forbidden prohibited allowed
minimum least
maximum most limit cap
start begin begins starts
end ends finish
answer reply respond response
"""


def _groups() -> dict[str, tuple[str, ...]]:
    means: dict[str, list[str]] = {}
    for line in _SAME.strip().splitlines():
        words = line.split()
        for word in words:
            means.setdefault(word, []).extend(other for other in words if other != word)
    return {word: tuple(others) for word, others in means.items()}


EVERYDAY = Glossary(_groups())
