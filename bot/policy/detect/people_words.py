"""Who a sentence is about, what happened, and what is only talk about a subject: for matters.py. Data."""

from __future__ import annotations

from bot.policy.detect.phrases import Phrases

_ROLE = (
    "팀장|파트장|실장|본부장|부문장|그룹장|센터장|지점장|과장|차장|부장|대리|주임|선임|책임|수석|상무|전무|이사|임원|대표|사장|회장|매니저|리더|상사|"
    "선배|후배|동료|동기|팀원|인턴|신입|사수|부사수|막내|개발자|디자이너|기획자|엔지니어|담당자|비서|직원|사원|지원자|후보자|면접자|계약직|"
    "파견직|알바생|경력직|협력사_?직원|CFO|CEO|CTO|cfo|ceo|cto|매니져|PM|pm"
)
_FAMILY = (
    "남편|아내|와이프|엄마|아빠|아버지|어머니|부모님|시어머니|시아버지|장인|장모|딸|아들|동생|형|누나|언니|오빠|할머니|할아버지|여자친구|남자친구|"
    "여친|남친|조카|삼촌|친구|지인|아이|아기"
)
_ENGLISH_ROLE = (
    "colleague|coworker|co-worker|teammate|manager|boss|lead|supervisor|director|employee|intern|engineer|developer|designer|"
    "guy|woman|man|girl|lady|person|report|analyst|accountant|ceo|cfo|cto|vp|exec|executive|contractor|candidate|hire|friend|wife|"
    "husband|spouse|son|daughter|mother|father|mom|dad|partner|brother|sister|member|staff|secretary|assistant|"
    "recruiter|salesperson|rep|nurse|driver|chef|team_lead|head|founder|officer|professor|trainee|kid|child|client|customer|applicant|temp"
)

PERSON = Phrases(
    ko=rf"""
    (?<![가-힣])(?:제가|저는|저도|저만|저를|저한테|저에게|저의|저랑|저|내가|나는|난|나도|나만|나를|
        나한테|내|제|저희|우리)(?=[\s,](?!회사|서버|서비스|제품|시스템|문서|코드|건물|사이트|나라|앱|
        플랫폼|api|쪽|고객))
    (?<![가-힣])(?:제가|저는|저도|저만|저를|저한테|저에게|내가|나는|나도|나한테)
    (?<![가-힣])(?:그|저|이|어떤|한|다른|옆|옆자리|같은|제|내|우리|저희|전|전임|신임|새|모|특정|걔네|
        누구|아는)_?(?:팀|부서|자리|파트|회사|팀의|본부)?_?(?:의_)?(?:{_ROLE}|분|사람|친구|여자|남자|애|
        놈|양반)(?![가-힣]*_?(?:교육|대상_교육|연수))
    (?:{_ROLE})(?:님|놈)
    (?:{_ROLE})_?(?:중에|중_|한_?명|두_?명|\d_?명|들이|들한테|이랑|랑|한테|께서|에게서|이라는)
    (?<![가-힣])(?:[가-힣]{{1,8}}_?)?(?:팀장|실장|본부장|부장|과장|차장|대리|주임|상사|선배|후배|동료|
        팀원|인턴|신입|사수|막내|임원|사장|대표|상무|전무|이사|디자이너|매니저|개발자|엔지니어|기획자|
        담당자|ceo|cfo)(?:이|가|은|는|을|를|의|도|께|에게)(?=\s)
    (?<![가-힣])[가-힣]{{1,4}}_?(?:씨|님)(?:이|가|은|는|을|를|의|도|께서|한테|에게|께|랑|과|와|네)?(?![가-힣])
    (?<![가-힣])(?:김|이|박|최|정|강|조|윤|장|임|한|오|서|신|권|황|안|송|전|홍|유|고|문|양|손|배|백|
        허|남|노|하)(?:모_?씨|[가-힣]{{0,2}}_?(?:{_ROLE}))(?:님|이|가|은|는|을|를|의|도|한테|에게|
        께서)?(?![가-힣])
    (?<![가-힣])(?:{_FAMILY})(?:이|가|은|는|을|를|의|도|께서|한테|랑|에게|님)?(?![가-힣])
    (?<![가-힣])(?:누가|누군가|걔|걔가|얘가|쟤|그분|이분|그녀|그놈|본인이|본인은|당사자|피해자가|
        가해자가|누구누구|어떤_분|한_분|아무개|a씨|b씨|누구)
    """,
    en=rf"""
    (?<!do_)(?<!can_)(?<!should_)(?<!could_)(?<!may_)(?<!did_)(?<!would_)(?<!must_)i(?:'m|'ve|'d|
        'll)?(?!_(?:find|get_the|download|request|apply|access|read|see|learn|look|need_to_write|
        configure|set|install|open|submit|change|update|use|fix|add))
    (?:my|me|myself|he|she|him|his|her|hers|himself|herself)(?:'s|'d|'ll)?
    (?:our|the|this|that|a|an|one_of_(?:my|our|the)|another|former|new|some|two|three|their|your|
        which|any|female|male|junior|senior)_(?:[a-z-]+_){{0,2}}(?:{_ENGLISH_ROLE})s?(?:'s)?
    (?:someone|somebody)_(?:on|in|from|at|who|i|told|has|is|was|keeps|at)
    (?:co-?workers?|teammates?|colleagues?)(?:'s)?
    """,
)
"""Somebody in particular."""

ANYONE = Phrases(
    ko=rf"(?:{_ROLE}|근로자|구성원|노동자|환자|사람|분들?)(?:이|가|은|는|을|를|의|한테|에게|들|도|_중)",
    en="""
    employees? staff workers? people anyone someone somebody everyone they them their team members? we us manager
    boss who candidate applicants? leadership management
    """,
)
"""People in general."""

_PAST = "".join(one for code in range(20, 11_172, 28) if (one := chr(0xAC00 + code)) not in "있겠")
"""The syllables that end in ㅆ, which is how Korean says that something happened."""

HAPPENED = Phrases(
    ko=rf"""
    [{_PAST}] 고_?있 (?:는|하는|인)_?중 중이 래요 대요 달래 다네 라네 라는데 다는데 다고_ 다며 라며 라고_ 라던데
    다던데 같아 같은데 같습 인데 는데 한데 던데 예정 하려고 하려는 려고_ 할까 을까 숨기 숨겨 들키 들킬 소문 명단
    눈치 힘들 힘드 괴로 고민 무서 무섭 두렵 걱정 도와 당하 겪 앓 아파 아프 때문에 때문이 싶어 싶은 싶습 의심 폭로
    알려질 말해야 말할 밝혀 불이익 강요 압박 누구 누가 몰래 비밀 참고_있 어떡 어쩌 해도_되 해도_돼 되나요 걸리
    들었 한대 했대 신대 거래요 시대요 이신 까_?봐 하는_게 하라는 하라고 으라고 자고_ 자꾸 계속 왜_
    """,
    en=r"""
    was were been had got gets has have having diagnosed told tells said says heard admitted confessed suffer\w*
    struggl\w* dealing going_through recovering tak(?:ing|es) took started joined quit filed accus\w+ found_out
    caught seems? suspects? worried afraid scared rumou?rs? hiding hides? hid secret\w* disclos\w* reveal\w*
    reported complain\w* wants? asked asks asking asked_me went keeps? kept touched trying planning thinking
    about_to going_to will won't refus\w* forc\w* push\w* pressur\w*
    is_(?!the|a|an|there|it|this|in|on|available|required) 's_\w+ing
    (?!need|feed|seed|speed|based|related|required|shared|updated|indeed|attached|proposed|united|
        embed|covered|limited|detailed|supported|recommended|used|called|named|located|deprecated|
        distributed|shed|bed|red|fed|hundred|given|nested|linked)[a-z]{2,}ed
    without_telling does_(?:he|she) did_(?:he|she) should_i do_i_have_to can_i_be am_i may_be might_be because
    worry
    """,
)
"""What happened, is going on or is feared."""

TALK = Phrases(
    ko="""
    절차 양식 서식 템플릿 교육(?!비) (?<![가-힣])연수 강의(?!학|실에서) 강좌 세미나 워크숍 캠페인 포스터 가이드
    매뉴얼 규정 정책 제도 지침 법률 법령 조항 조문 판례 통계 현황 비율 추이 (?<![가-힣])기사 뉴스 논문 연구 책을
    책은 책이 도서 독서 소설 영화 드라마 노래 게임 뜻이 뜻은 의미 정의(?:가|는|를|해) 어원 번역 영어로 철자 맞춤법
    (?:이란|란)_ (?:이란|란)\\? 무엇인가 무엇인지 뭔가요 뭐예요 뭔지 차이 역사 유래 예방 링크 안내문 체크리스트
    설문 데이터셋 데이터를 데이터베이스 모델 분류 알고리즘 함수 변수 api 서버 배포 빌드 로그 테이블 쿼리 스키마
    버그 테스트 유닛 날씨 계절 음악 분위기 건축 관광 여행 축제 박물관 시험 자격증 퀴즈 예시 예문 샘플 일반적 보통
    전_?직원 전사 행사_?(?:일정|기획|준비|장소|안내) 예산 보험_?상품 시장_?규모 업계 산업의 서비스_?장애
    시스템_?장애 장애_?(?:대응|복구|공지|보고|발생|알림|티켓|등급표)
    화면(?:을|의|에서|이|_?(?:구성|버그|설계|정렬)) 버튼 시스템(?:이|을|에|의) 대시보드 앱의 앱을 로그인 관련_
    문구 카피 슬로건 발표_?자료 슬라이드 프레임워크 라이브러리 필드 컬럼 파라미터 패키지 전시 공연 작품 그림
    작성_?예 어디서_?(?:볼|찾|확인|받|다운|신청) 어디에_?(?:있|나와) 누가_?담당 담당_?부서 문의처 연락처 메뉴
    페이지 개정 시행령 법이 법은 법에서 법상 법_ 보건 봉사 기부 후원 상품 마케팅 이벤트 할인_ 주제로 주제의 발제
    배경지식 개념 세계사 단어 농담이 밈_ 이_버그 말의_ 라는_말 중세 유럽 조선_ 시대_ 신화 성경 철학 문학
    셰익스피어 배우 감독 시즌 만화 웹툰 웹소설 주인공 캐릭터 팟캐스트 의무_?교육 이수 수강 며칠 몇_일 기한 규칙
    조문 기준 요건 종류 목록 서비스 개요 신청서 안내(?!데스크) 소개 공지 동호회 발표회 발표_?순서 발표_?연습
    발표_?일정 프로젝트 스프린트
    """,
    en=r"""
    policy policies template form forms training guide guideline\w* handbook statistics? stats percentage average
    definition define meaning means history article news novel book books movie film show song game dataset
    data_set model classifier algorithm function variable api server deploy\w* build pipeline code codebase
    repo\w* database table query schema bug tests? unit_tests? regex sql weather architecture_of exam quiz example
    examples sample examples generally awareness_(?:week|month|campaign|program) campaign poster newsletter
    benefits? program process procedure\w* link page portal webinar workshop course class lecture conference faq
    checklist survey questionnaire report_on research study studies paper theory concept what_is what_are
    what_does where_(?:is|are|do|can) difference translate translation spell\w* pronounce etymology product
    marketing slogan app application feature button screen ui dashboard config\w* cluster kubernetes docker thread
    threads process(?:es)? library framework published public_\w+ development(?!_plan) ticket sprint backlog
    legislation law laws statute act regulation\w* country countries world century industry market charity
    donat\w+ fundrais\w+ volunteer\w* marathon character plot author podcast series documentary insurance
    plan_covers coverage calendar schedule deadline template venue catering menu symptoms_of causes_of prevent\w*
    policy_on rules eligib\w+ entitle\w+ museum typescript types? scheduler jobs? cron version v\d release_notes
    markdown javascript python merge branch(?:es)? tour art painting lab css html color font
    """,
)
"""A subject that is talked about: rules, forms, lessons, news, software."""

GENERAL = Phrases(
    ko="""
    방법 경우 하면 되면 받으면 당하면 으면 시에 때는 (?:발생|신청|위반|퇴사|사용|복귀)_시 요약해 설명해
    정리해(?!고) 비교해 써_?[주줘] 작성해 추천해 알려 궁금 얼마나_ 며칠 몇_일
    """,
    en="""
    if_(?:an?|somebody|someone|you|we) when_(?:an?|somebody|someone|is) summari[sz]e explain compare list_the
    write_a draft_a recommend how_(?:is|are|do|to|much|many)
    """,
)
"""What is asked for in general, or of what may come. It says little against what did happen."""

SECRET = Phrases(
    ko="""
    아직_?(?:몰|모르|공개|발표|공시|알려|비밀|아무|안_|미|시장|외부|언론)
    곧_?(?:발표|공시|공개|상장|인수|매각|합병) 비공개 비밀 극비 대외비 몰래 미리_?(?:알|받|보|들|사|팔|매) 유출
    다음_?(?:주|달|분기)_?(?:에|초|말|중)?_?~(?:발표|공시|공개|예정|상장|인수|합병) 발표할_?예정 발표_?예정
    공시할_?예정 초안 시장이_?모르 시장은_?모르 시장에_?(?:알려지지|안_?알)
    외부(?:에|로)_?(?:알려지지|나가|말하|안_?알|발설|공유) 소문_?(?:나기|내지) 입_?(?:밖|조심) 말하지_?(?:마|말)
    알려주고_?싶 귀띔 정해졌 확정됐 결정됐 결정했 사도_?(?:되|돼|될|괜) 팔아도 팔아야 살까 팔까 행사해도
    사면_?(?:되|돼|안|문제) 담아도
    """,
    en=r"""
    before_(?:we|it|they|the|our)_(?:\w+_)?(?:publish|announce|release|disclose|file|is|are|report|
        market|filing|press)
    (?:nobody|no_one|market|street|investors|public|analysts|outside\w*|employees|
        press)_(?:\w+_){0,2}(?:knows?|aware|heard|told|found)
    doesn't_know don't_know keep_(?:it_)?(?:quiet|secret|confidential|this) secret\w*
    (?:next|this|coming|on)_(?:week|month|monday|tuesday|wednesday|thursday|friday|quarter) about_to
    will_(?:announce|be_announced|miss|beat|cut|report|file|acquire|merge|buy|sell) we_will we'll draft upcoming
    confidential under_wraps not_yet yet leak\w* tip_off heads_up should_i_(?:buy|sell)
    can_i_(?:buy|sell|trade|tell) tell_(?:him|her|my|a_friend) planning_to in_talks
    """,
)
"""That others do not know it yet, or what one would do with knowing it."""
