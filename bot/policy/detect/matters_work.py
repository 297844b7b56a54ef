"""The words of sensitive matters, continued: personnel cases. Data."""

from __future__ import annotations

from bot.policy.detect.matters_words import Words
from bot.policy.detect.phrases import Phrases

PERSONNEL = Words(
    said=Phrases(
        r"""
        징계(?:를_?(?:받|당|먹|내리|줄|주|때리)|_?(?:받|당|먹|예정|대상자|위원회에_?(?:회부|넘|불려|출석)|
            처분을|위에|수위|이력|중인)|할_?(?:수|예정|건|사유)|해고)
        감봉(?:_?\d|을_?(?:당|받)|_?(?:당|처분|받)) 정직(?:_?\d|_?처분|을_?(?:당|받)|_?당) 견책_?(?:을|처분|받)
        해고(?:당|됐|했|하려|하고_?싶|하기로|할_?(?:예정|수|건|계획|사람)|를_?(?:당|통보)|_?(?:통보|당|
            대상|예정|명단|통지)|된|시키|한다)
        잘렸 잘린 잘릴 짤렸 짤린 자르(?:려고|고_?싶|라고|겠) 내보내(?:려|고_?싶|라고|기로|야) 내쫓 쫓겨나
        권고_?사직(?:을|_?(?:받|당|대상|통보|제안|면담|하|권|이래|됐|시|처리|예정|명단|얘기)|으로_?(?:나|
            퇴|내)|이)
        희망_?퇴직(?:을|_?(?:대상|신청했|받|명단|하라|권)|하라) 명예_?퇴직(?:을|_?(?:대상|하라|권)|하라)
        대기_?발령(?:을|_?(?:받|났|나|중|상태|됐|당|조치)|이) 좌천 강등(?:됐|당|시|되|을_?당|할)
        저_?성과자(?:로|_?(?:명단|라|래|이래|분류|리스트|면담|관리_?대상|낙인|를)|인)
        성과_?개선_?(?:계획|프로그램|대상)(?:에|을|_?(?:대상|들어|받|통보)|으로)?
        pip(?:에|를|_?(?:대상|들어|받|통보|중|걸|진행|시작))
        구조_?조정_?(?:대상|명단|한다|당|때문|이래|예정|계획(?:이|을|안))
        정리_?해고(?:를|_?(?:대상|이야기|얘기|명단|당|통보|예정|계획)|됐|할) 감원_?(?:대상|명단|계획|한다|예정)
        인사_?위원회(?:에_?(?:회부|불려|출석|넘|올라|나가)|_?(?:회부|열린|출석|결과|열릴)|가_?열)
        인사_?(?:불이익|보복|조치를|조치_?(?:하|당|예정|했)|평가에서|고과(?:가|를|에서|_?(?:[a-f]|최하|낮|
            깎|때문)))
        고과(?:를|가|에서)_?(?:[a-f]|안|못|낮|깎|최하|망|바닥|나쁘|잘못) (?<![가-힣])[a-f]등급
        평가_?(?:등급이|결과가_?(?:최|안|나|너|이|b|c|d|좋)|에서_?(?:최하|c|d|b|밀|낮)|점수가|를_?(?:c|d|
            최하|낮게|나쁘게|박하게)|최하)
        승진(?:에서_?(?:탈락|누락|밀|떨어|제외|물)|_?(?:탈락|누락)(?!자_?관리)|_?(?:못_?(?:했|해|한|시)|
            시켜_?(?:줄|주)|안_?(?:시|됐|된)|대상에서|대상자_?명단|심사에서|명단_?(?:유출|미리|에))|할_?예정|
            시키|이_?(?:안|누락|보류)|했대|하신다고|한대)
        연봉(?:이_?(?:얼마|나보다|저보다|동결|깎|삭감|\d|더|안|낮|적|너무|왜)|을_?(?:깎|올려|알|동결|얼마|
            \d|공개|물)|_?(?:동결(?:됐|당|이래|된)|삭감(?:됐|당|한|을)|\d|협상_?(?:결렬|중인데|에서|실패)|
            통보|계약서_?(?:봤|보여|사진)|차이|인상률이|얼마_?(?:받|나|인지))|은_?(?:얼마|\d))
        월급이_?(?:얼마|안|밀|깎|\d|나보다|저보다)
        급여(?:가_?(?:얼마|밀|깎|안)|를_?(?:얼마|못_?받)|_?(?:명세서_?(?:봤|유출)|압류))
        성과급(?:을_?(?:못|안|얼마|덜)|이_?(?:얼마|왜|나만|저만|깎|안)|_?(?:못_?받|안_?줬|제외|차등)) 임금_?체불
        퇴사(?:하려|한다(?:고|는)|하고_?싶|할_?(?:예정|생각|거|까|것|건|계획)|를_?(?:고민|권유|종용|통보|
            강요|앞두|결심|압박)|_?(?:통보|예정|의사를|종용|권유|압박|고민|면담_?내용|한대|하신대|한다던)|
            하겠다|하라고|시키|했대|하신대|하래|처리한|면담에서)
        이직(?:하려|하고_?싶|한다(?:고|는)|할_?(?:예정|생각|거|까|것)|을_?(?:고민|준비|결심|알아)|
            _?(?:준비_?중|제안을|고민|한대|면접_?(?:보|봤|때문))|했대|자리를)
        사직서(?:를|_?(?:냈|내|던|제출했|썼|수리)) 사표(?:를|_?(?:냈|내|던|썼|수리))
        경고장(?:을|_?(?:받|보내|발송|발부)) 경고를_?(?:받|줬|먹|줘) 서면_?경고
        시말서(?:를|_?(?:쓰|썼|제출|냈|\d)) 경위서(?:를|_?(?:쓰|썼|제출하|내)) 보직_?해임 직위_?해제 보직에서
        정규직_?전환(?:을|이)?_?(?:안|하지|못|탈락|거부|실패|제외|불가)
        익명_?(?:제보|신고|글|게시)(?:를|을)?~(?:누|색출|찾|사람|직원)
        수습(?:에서_?(?:탈락|떨어|잘)|_?(?:탈락|연장(?:됐|당|한|할)|해지|종료_?통보|평가에서|
            기간에_?(?:잘|해고|탈락)))
        본채용_?거부
        재계약(?:을_?(?:안|못|거)|_?(?:안_?(?:해|하|됐|할)|불가|거부|거절|안|못|실패|하지_?않)|이_?안)
        계약_?(?:연장(?:을_?안|_?안|이_?안|_?불가|_?거절)|해지_?통보를|만료로_?(?:내|나))
        부당_?(?:해고|전보|징계|인사|대우) 전보_?(?:당|조치|발령(?:을|_?(?:났|받|당))) 한직으로 지방으로_?발령
        발령_?(?:내려고|낼_?예정|났대|날_?예정|낸다)
        내부_?고발(?:자가|자로|자_?(?:누|신원|색출|이름|라)|했|한|하려|을_?(?:하|했))
        비위_?(?:행위|사실|조사|로|를)
        근태(?:가_?(?:안|나|엉|불|심)|_?(?:불량|문제(?:로|가)|때문)|로_?(?:경고|징계|면담))
        무단_?결근(?:을|_?(?:했|한|\d|해서|중|으로)|했|하) 지각이_?(?:잦|너무|많)
        레퍼런스_?체크(?:를_?(?:했|해|몰)|에서|_?(?:했|결과|해_?봤))
        평판_?조회(?:를_?(?:했|해|몰)|에서|_?(?:했|결과)) 블랙리스트(?:에|_?(?:올|직원|명단)) 하위_?\d
        일을_?(?:너무_?)?못(?:해|하) 업무_?능력이_?(?:떨|부|없|너) 무능 프리라이더 업무_?배제 업무에서_?배제
        책상을?_?(?:뺐|빼|없) 사내_?감사(?:를|에|팀이) 감사팀(?:이|에서|에_?(?:불|걸|제보))
        법인카드(?:를|로)?_?(?:사적|개인적|유용|몰래|부정)
        겸업(?:하다|을_?(?:하|들|몰)|_?(?:들|적발|걸|하는|의심))
        부업(?:하다|을_?(?:하|들|몰)|_?(?:들|적발|걸|하는)) 스톡_?옵션을_?(?:못|안|회수|얼마|박탈)
        사내_?연애(?:를|_?(?:중|한|들|하|소문|때문|인)|하는|하다) 불륜
        나가(?:래요|래|라는|라고|달래|달라고|줬으면|라네) 그만두(?:라|래|고_?싶|려고|겠|기로|게|시|는_?게) 그만둬
        그만둘 그만뒀 이의_?제기
        (?:다른|지방|한직|타)_?(?:부서|지점|팀|지사)(?:으)?로_?(?:보내|쫓|발령|옮기라|내쫓)
        팀이_?(?:없어|해체|사라|통폐합) 인원_?감축
        (?:계약|재계약|연장|갱신)(?:을|이|은)?_?(?:연장|갱신)?_?(?:을|이)?_?(?:안_?(?:한|해|하|됐|될)|
            하지_?않|못_?(?:한|해|하)|거절)
        초봉 위로금 인센티브(?:를|가|_?(?:못|안|적)) 후보에서_?(?:왜_?)?(?:빠|탈|제외)
        보직(?:을|에서)_?(?:뺏|박탈|내려|물러|잃) 직책(?:을|에서)_?(?:뺏|박탈|내려|물러) 채용_?취소 입사_?취소
        스카우트(?:를|_?제의|_?받) 헤드헌터(?:가|한테|에게|_?연락)
        경쟁사(?:로|에서|에)_?(?:간|가|이직|옮|오라|면접|제안) 잘라(?:야|버|도) 짤라
        후임(?:자)?(?:을|를)?_?(?:뽑|구|찾) 사표를_?낸 [a-f]등급(?:을|이라|으로|_줬)
        (?<![a-z])[bcd](?:를|을)?_?(?:줬|줘|받았|받은|주려) 연차(?:를)?_?못_?쓰게 보너스(?:를|_?(?:못|안|없))
        월급(?:을|이)_?(?:더|덜|못|안|많|적) 실적이_?(?:안_?좋|나쁜|제일_?낮|꼴찌|저조)
        성과가_?(?:안|낮|부족|나쁜|저조|없) 업무_?(?:태도|능력|성과)(?:가|이)_?(?:문제|안|나|부족|떨어|불량)
        태도가_?(?:안|나|문제|불량) 육아휴직(?:을)?_?(?:쓴다고|쓰겠다고|냈더니|했더니|복귀했더니|거부|못_?쓰)
        복직(?:했더니|시키지|을_?안|거부) 채용_?비리 낙하산 전환에서_?탈락 면접에서_?(?:떨어뜨|탈락시)
        """,
        r"""
        (?:was|were|been|got|getting|get|being|be|gets|is|are|i'm|he's|she's|am)_(?:\w+_)?(?:fired|
            laid_off|let_go|terminated(?!_by)|dismissed|sacked|axed|demoted|suspended|disciplined|passed_over|
            written_up|managed_out|pushed_out|forced_out|furloughed|reprimanded|put_on_(?:a|an|notice|leave|
            probation)|placed_on_(?:a|an|leave|administrative)|made_redundant|blacklisted|underpaid|promoted|
            denied_(?:a_)?(?:promotion|raise)|on_thin_ice|being_investigated|on_notice)
        (?:fire|firing|sack|sacking|dismiss|dismissing|terminate|terminating|demote|demoting|lay_off|
            laying_off|suspend|discipline|promote|reprimand|get_rid_of)_(?:him|her|them|me|one_of|my|our|
            someone|somebody|the_(?:intern|manager|designer|engineer|analyst|developer|new|team|employee|guy|
            lead|director|vp|cfo|ceo)|\w+_from|\w+_for_(?:poor|underperform|performance|misconduct))
        letting_(?:him|her|them|me|\w+)_go let_(?:him|her|me|them|someone|people|\w+)_go
        on_(?:a|the|his|her|my)_?_?pip (?:a|the|his|her|my|on|to|for|into|s|under)_pip
        performance_improvement_plan(?:_for|_and)?
        (?:his|her|my|their|s)_(?:\w+_)?(?:performance_(?:review|rating|issues?|problems?|score)|
            poor_performance|underperformance|termination|dismissal|firing|resignation|severance|salary|bonus|
            pay|raise|promotion|demotion|compensation|misconduct|grievance|disciplinary_\w+|written_warning|
            contract_(?:won't|will_not|is_not)|probation\w*|stock_(?:grant|options)|notice_period|absenteeism|
            attendance_(?:issues?|problem)|rating|equity|layoff|pip|suspension|appeal|exit)
        (?:final|written|verbal|formal)_warning
        (?:termination|warning|dismissal|severance)_(?:letter|email|notice|meeting|package)_(?:for|to|
            with)_(?:our|my|him|her|the|a|an)
        low_performers?_(?:list|on|in|who|is) low_performer underperform(?:er|ing|ed)_? underperforms
        poor_performance disciplinary_(?:action_against|hearing|meeting|letter|case|proceedings|record|action_for)
        layoff_list (?:who|how_many_people|whose)_(?:is|are|will|gets?)_(?:\w+_)?(?:fired|laid_off|let_go|cut)
        (?:list_of|names_of|which|who)_(?:\w+_)?(?:people|employees|staff|
            engineers)_(?:\w+_){0,3}(?:laid_off|fired|cut|let_go|terminated)
        (?:handed|handing|hand|put|putting|submitted|tendered|turned)_(?:in_)?(?:my|his|her|
            their)_(?:two_weeks'?_)?(?:notice|resignation)
        (?:thinking_of|thinking_about|planning_to|going_to|want_to|wants_to|about_to|considering|plan_to|
            intends_to)_(?:quit|quitting|resign|resigning|leave_the_company|leaving_the_company)
        (?:makes?|earns?|paid|paying|earning|making)_(?:\w+_){0,4}(?:more_than|less_than|\d+k|\$\d+|
            than_(?:me|i|him|her))
        severance_(?:package|offer|agreement|for)
        wrongful(?:ly)?_(?:termination|dismissal|terminated|dismissed|fired)
        hr_(?:is|was|opened|has|investigation|complaint|case|called|told|file)_?
        internal_investigation_(?:into|against|of) investigation_(?:against|into_(?:him|her|my|our))
        whistle-?blow(?:er|ing)?_(?:is|was|who|identity|report|complaint) who_the_whistleblower
        filed_a_(?:complaint|grievance) misconduct_(?:by|case|allegation|investigation|complaint) gross_misconduct
        pay_cut salary_of_(?:my|our|his|her|the_(?:new|vp|ceo|cfo|cto|head|team|manager|lead|director))
        salary_(?:is|was|cut|offer_of|dispute|for_(?:my|our|the|\w+_in)) looking_for_(?:a_new|another)_job
        interviewing_(?:at|with|elsewhere) reference_check_(?:on|came|for|said)
        didn't_pass_(?:his|her|my|the)_?probation extend_(?:his|her|my|the)_probation
        fail(?:ed|ing)_(?:his|her|my)_probation
        (?:affair|sleeping|relationship)_with_(?:his|her|my|the|a|one_of)_(?:\w+_)?(?:boss|manager|
            subordinate|report|intern|secretary|coworker|colleague|director)
        slacking_off incompetent always_late no-showed expense_fraud fudg(?:ed|ing) visa_status worst_rating
        bottom_\d+ manag(?:e|ed|ing)_(?:\w+_)?out
        how_much_(?:does|do|is|are)_(?:\w+_){1,6}(?:make|earn|paid|making|earning)
        (?:\w+'s|his|her|my|their|a)_contract_(?:won't|will_not|is_not|isn't|wasn't|not)_(?:be_|
            being_)?(?:renewed|extended)
        (?:removed|ousted|pushed_out|forced_out|stepped_down|step_down|relieved|stripped)_(?:from|
            of)_(?:his|her|their|my|the)_(?:post|role|position|duties|job|title|team)
        below_expectations (?:needs|need)_improvement_rating
        (?:didn't|did_not|won't|never|not)_(?:\w+_)?(?:get|got|getting|receive|given)_(?:the_|a_|my_|his_|
            her_|any_)?(?:promotion|promoted|raise|bonus)
        (?:job_)?offer_from_(?:a|another|\w+) (?:recruiter|headhunter)_(?:called|contacted|reached|from|asked)
        with_a_competitor (?:the|our|a)_layoff_list
        layoffs?_(?:next|this|on|coming|announced|planned|start|will|are_coming)
        replac(?:e|ing)_(?:him|her|my|our|me) warning_letter_(?:to|for)
        (?:late|absent)_(?:again|every_day|all_the_time|three_times)
        (?:get|kick|move)_(?:him|her|them|me)_off_(?:the|my|our)_team
        (?:not|isn't|aren't|wasn't)_(?:a_good_fit|performing|meeting_expectations|pulling\w*|cut_out)
        reorg_(?:will|eliminat\w+|means)
        (?:my|his|her|their)_(?:role|position|job|team)_(?:is|was|will_be|has_been|
            got)_(?:being_)?(?:eliminated|cut|dissolved|at_risk|terminated)
        bad_reference salary_expectations_of paid_(?:less|more)_than (?:poach|poached|poaching)
        rescind(?:ed|ing)?_(?:the|his|her|an|my)_offer quitting_next quit_(?:next|because|my_job|last|yesterday)
        """,
    ),
    terms=Phrases(
        r"""
        징계 감봉 정직(?=_\d|을|_처분) 견책 해고 권고_?사직 희망_?퇴직 명예_?퇴직 대기_?발령 강등 저_?성과
        성과_?개선_?(?:계획|프로그램)
        (?<![a-z])pip(?!_?install|[a-z]|_?(?:명령|패키지|설치|로_?설|버전|업그레이드)) 구조_?조정 정리_?해고
        인사_?위원회 인사_?(?:평가|고과|조치|불이익) 고과 평가_?(?:등급|결과|점수|면담) 승진 연봉 성과급 급여 퇴사
        이직(?!률) 사직서 사표 경고장 시말서 경위서 보직_?해임 직위_?해제 수습 재계약 내부_?고발 비위 근태
        무단_?결근 레퍼런스_?체크 평판_?조회 감원 잘릴 스톡_?옵션 면담_?기록 인사_?기록 인사_?카드
        퇴직_?(?:사유|권고|위로금) 좌천 능력_?부족
        """,
        r"""
        pip(?!_install) performance_improvement performance_(?:review|rating|warning|issue|problem|plan)s?
        disciplin(?:ary|e|ed) layoffs? laid_off firing fired demot\w+ severance low_performers? underperform\w*
        promotion passed_over resign\w* probation misconduct grievance
        redundan(?:t|cy)_(?:list|notice|payment|package) whistle-?blow\w* written_warning termination suspension
        quitting notice_period counter-?offer compensation stack_rank\w* reference_check terminated dismissal
        """,
    ),
    weak=Phrases(
        r"""
        면담 인사_?발령 평가 휴직 퇴직 경고 감사 계약_?(?:종료|해지|연장) 근무_?태도 지각
        """,
        r"performance warning hr review quit leave_the_company notice attendance promoted contract",
    ),
)
