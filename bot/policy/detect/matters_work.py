"""The words of sensitive matters, continued: law, work and money. Data."""

from __future__ import annotations

from bot.policy.detect.matters_words import Words
from bot.policy.detect.phrases import Phrases

CRIMINAL = Words(
    said=Phrases(
        r"""
        전과(?:가|자|_?\d범|_?기록|_?있|를|_?조회|_?때문|_?사실|_?이력)
        범죄_?(?:경력|기록|이력|전력)(?:이|을|_?조회_?(?:결과|에|를|했)|_?있|_?때문)
        집행유예_?(?:기간|중|받|를|로|선고|\d) 징역(?:_?\d|을|형을|_살|_살다) 벌금형(?:을|_?받|이)
        실형(?:을|_?살|_?받) 구속(?:됐|되|_?영장|_?수감|_?기소|당) 불구속 기소(?:됐|되|당|유예|를_당|_됐|된)
        체포(?:됐|되|당|_됐|된) 입건(?:됐|되|당|된) 송치(?:됐|되|된) 출소(?:했|한|하)
        교도소(?:에|를|_?갔|_?다녀|_?출신) 구치소(?:에|_?수감) 감옥(?:에|_?갔|_?다녀) 수감(?:됐|_?중|되|된|생활)
        전자발찌 음주_?운전(?:으로|을_?(?:해|했|하)|_?(?:걸|적발|했|하다|전력|사고를|해서|한|사실|이력))
        음주_?단속에 면허_?(?:취소(?:됐|당|되)|정지(?:됐|당)) 뺑소니
        횡령(?:을_?(?:했|한|하|저)|한_?(?:것|직원|팀|사실|돈|걸|게)|했|하다|하고|_?혐의|_?사실|_?의혹|_?정황|범|_?사건으로)
        배임_?(?:혐의|으로|죄로|을)
        사기_?(?:혐의|죄로|로_?(?:고소|구속|기소|잡|입건|신고|처벌)|꾼|_?친|쳤|를_?(?:쳤|친|당|치)|당했|전과)
        절도(?:로|_?혐의|를|_?사건으로|범) 훔치 훔쳤 훔친 훔쳐 빼돌렸 빼돌린 빼돌리
        성범죄(?:자|로|_?전력|_?이력|를) 성폭행 강간 살인_?(?:혐의|미수|을_저|죄로)
        도박(?:으로|에_?빠|_?빚|_?중독|을_?(?:해|하|했|끊)|_?혐의|하다)
        마약(?:을|_?(?:했|하|한|혐의|투약|검사에|사범|으로|전과|운반|판매)|으로) 대마(?:초|를|_?흡연|_?피) 필로폰
        뇌물(?:을|_?받|_?수수|_?혐의) 리베이트를?_?받
        경찰(?:_?조사(?:를|_?받|_?중)|서에_?(?:다녀|갔|불려|출석|끌려)|에_?(?:불려|잡|붙잡|연행|고소|고발|입건)|이_?(?:찾아|왔|연락|전화|조사하)|한테_?(?:연락|조사)|_?출석|_?수사)
        검찰(?:_?조사|에_?(?:송치|불려|기소|출석|소환)|_?수사|이_?(?:압수|기소)) 압수수색
        피의자(?:로|_?신분|가|_?조사) 피고인(?:으로|_?신분|이)
        고소(?:당|를_?당|했|하겠|한다|를_?(?:하|했)|장을?_?(?:받|냈)|_?당|됐) 고발(?:당|됐|했|을_?당|하겠)
        혐의(?:로|를_?받|가_?있) 재판_?(?:중|을_?받|에_?(?:나가|출석|넘)|받|가야|날짜|때문)
        형사_?(?:고소|처벌|재판|사건으로|합의) 약식명령 수배(?:_?중|됐|자) 자수(?:했|하|를)
        보이스피싱_?(?:가담|연루|수거|했|범) 불법_?촬영(?:으로|을|하다|한|했|_?혐의) 몰카(?:를|_?찍|로|범)
        폭행(?:으로_?(?:입건|고소|신고|기소|체포)|_?혐의|죄로|_?전과) 상해(?:죄로|_?혐의) 명예훼손(?:으로|_?혐의)
        합의금(?:을|_?때문) 보호관찰 학교폭력_?(?:가해|전력) 탈세(?:를|_?혐의|로|했) 밀수
        문서_?위조(?:로|를|했|혐의) 위조(?:했|한|해서)
        선고_?유예 뒷돈 리베이트(?:를|_?(?:받|챙)) 소년원 (?:돈|재고|물건|자재|장비|현금|공금|회삿돈|상품|노트북)(?:을|를)?_?(?:몰래_?)?(?:훔|빼돌|슬쩍|횡령|유용|착복) 공금 유용(?:한|했|을) 조사받(?:고|았|는|으) 가석방 보석으로 전자_?감독 신상_?공개 성매매(?:를|_?(?:했|하|혐의|알선)) 수거책 대포통장 명의_?도용 교통사고_?(?:내고|가해|처벌) 경찰이 벌금(?:을|_?(?:내|받|형|\d)) 공갈 무고(?:죄|로|를) 위증 살인 방화
        """,
        r"""
        (?:was|were|been|got|being|gets|get)_(?:\w+_)?(?:arrested|convicted|indicted|jailed|imprisoned|incarcerated|busted|prosecuted|sentenced|arraigned|charged_with|charged_for|caught_(?:stealing|shoplifting|driving|embezzling)|booked)
        arrested_(?:for|last|on|in|him|her|yesterday|at) convicted_of convicted_felon
        charged_with_(?!maintaining|the_task|leading|organi)
        (?:has|have|had|with|his|her|my|a|an_old|prior|about|s|someone's|expunged)_(?:\w+_)?(?:criminal_(?:record|history|conviction|past|charges?|case|background)|felony|conviction|rap_sheet|arrest_record|prison_record|dui|dwi|restraining_order|mugshot|misdemeanou?r|warrant)
        ex-con(?:vict)? sex_offender out_on_(?:bail|parole) on_(?:parole|bail)
        (?:on|his|her|violated)_probation_(?:for|after|officer|from)
        (?:in|to|from|out_of|served|did)_(?:\w+_)?(?:prison|jail|juvie|custody) did_time embezzl(?:ed|ing)
        (?:stole|steals|stealing|pocketed)_(?:\w+_)?(?:from|money|cash|company|the|our|\w+) drunk_driving
        driving_(?:drunk|under_the_influence)
        (?:police|cops|detectives?|fbi|prosecutors?)_(?:came|called|are|is|were|raided|questioned|want|contacted|took|showed|picked|investigat\w+|arrested|charged|interview\w*)
        (?:questioned|interviewed|summoned|investigated|picked_up|raided)_by_(?:the_)?(?:police|prosecutors?|fbi|cops)
        under_(?:criminal_)?investigation_(?:for|by) under_arrest pleaded_(?:guilty|not) plead_guilty pled_guilty
        bribed sold_drugs selling_drugs dealing_drugs drug_(?:charges?|conviction|possession|offen[sc]e)
        money_laundering_(?:charge|case|for) possession_of_(?:drugs|cocaine|marijuana|weed|child)
        domestic_violence_(?:charge|arrest|case|conviction) identity_theft_(?:charge|conviction) house_arrest
        community_service_(?:sentence|for) wanted_by_the shoplift\w+ assault_charges?
        fraud_(?:charges?|conviction|case_against) court_(?:date|hearing|for)
        picked_up_for (?:selling|using|dealing|doing|smoking|snorting|caught_with)_(?:meth|cocaine|weed|drugs|heroin|fentanyl|marijuana|pills) meth cocaine heroin (?:lied|lying)_about_(?:his|her|a)_(?:\w+_)?(?:felony|conviction|record|past) (?:in|to|from|out_of)_(?:jail|prison|custody) forged (?:pocketed|skimm(?:ed|ing)|siphon\w+|misappropriat\w+) (?:took|taking|accepted|accepting|takes)_(?:a_|an_)?(?:bribes?|kickbacks?) kickbacks? tax_(?:fraud|evasion) insider_trading_conviction hit-?and-?run statutory_rape murder\w* manslaughter kidnapp\w+ arson on_trial_for facing_(?:\w+_)?charges pressing_charges money_missing
        """,
    ),
    terms=Phrases(
        r"""
        (?<![가-힣])전과(?!_?(?:동일|같|비교|달|다른|마찬|변함|후)) 범죄_?(?:경력|기록|이력|전력|사실) 신원_?조회_?결과 집행유예 징역 벌금 기소 구속 체포 입건 음주_?운전
        마약 대마 횡령 배임 절도 성범죄 뇌물 도박 고소 고발 피의자 피고인 혐의 경찰서 경찰_?조사 검찰 형사_?사건
        재판 수사 유죄 범죄자 범행 폭행 소년원 법원
        """,
        r"""
        arrest(?:ed|s)? convict\w* felon\w* misdemeanou?r criminal_\w+ prison jail parole indict\w+ dui dwi
        embezzl\w+ shoplift\w* prosecut\w+ sentenced guilty restraining_order warrant_for bail
        drug_(?:test|charge)s? bribe\w* police_\w+ ex-con theft stole fraud
        """,
    ),
    weak=Phrases(
        r"""
        경찰 범죄 협박 사기 소송 도둑 위조 폭력 신원
        """,
        r"police crime court lawsuit drugs? stolen illegal background_check sued suing accused cops lawyer",
    ),
)

PERSONNEL = Words(
    said=Phrases(
        r"""
        징계(?:를_?(?:받|당|먹|내리|줄|주|때리)|_?(?:받|당|먹|예정|대상자|위원회에_?(?:회부|넘|불려|출석)|처분을|위에|수위|이력|사유|중인)|할_?(?:수|예정|건|사유)|해고)
        감봉(?:_?\d|을_?(?:당|받)|_?(?:당|처분|받)) 정직(?:_?\d|_?처분|을_?(?:당|받)|_?당) 견책_?(?:을|처분|받)
        해고(?:당|됐|했|하려|하고_?싶|하기로|할_?(?:예정|수|건|계획|사람)|를_?(?:당|통보)|_?(?:통보|당|대상|예정|명단|통지)|된|시키|한다)
        잘렸 잘린 잘릴 짤렸 짤린 자르(?:려고|고_?싶|라고|겠) 내보내(?:려|고_?싶|라고|기로|야) 내쫓 쫓겨나
        권고_?사직(?:을|_?(?:받|당|대상|통보|제안|면담|하|권|이래|됐|시|처리|예정|명단|얘기)|으로_?(?:나|퇴|내)|이)
        희망_?퇴직(?:을|_?(?:대상|신청했|받|명단|하라|권)|하라) 명예_?퇴직(?:을|_?(?:대상|하라|권)|하라)
        대기_?발령(?:을|_?(?:받|났|나|중|상태|됐|당|조치)|이) 좌천 강등(?:됐|당|시|되|을_?당|할)
        저_?성과자(?:로|_?(?:명단|라|래|이래|분류|리스트|면담|관리_?대상|낙인|를)|인)
        성과_?개선_?(?:계획|프로그램|대상)(?:에|을|_?(?:대상|들어|받|통보)|으로)?
        pip(?:에|를|_?(?:대상|들어|받|통보|중|걸|진행|시작))
        구조_?조정_?(?:대상|명단|한다|당|때문|이래|예정|계획(?:이|을|안))
        정리_?해고(?:를|_?(?:대상|이야기|얘기|명단|당|통보|예정|계획)|됐|할) 감원_?(?:대상|명단|계획|한다|예정)
        인사_?위원회(?:에_?(?:회부|불려|출석|넘|올라|나가)|_?(?:회부|열린|출석|결과|열릴)|가_?열)
        인사_?(?:불이익|보복|조치를|조치_?(?:하|당|예정|했)|평가에서|고과(?:가|를|에서|_?(?:[a-f]|최하|낮|깎|때문)))
        고과(?:를|가|에서)_?(?:[a-f]|안|못|낮|깎|최하|망|바닥|나쁘|잘못) (?<![가-힣])[a-f]등급
        평가_?(?:등급이|결과가_?(?:최|안|나|너|이|b|c|d|좋)|에서_?(?:최하|c|d|b|밀|낮)|점수가|를_?(?:c|d|최하|낮게|나쁘게|박하게)|최하)
        승진(?:에서_?(?:탈락|누락|밀|떨어|제외|물)|_?(?:탈락|누락)(?!자_?관리)|_?(?:못_?(?:했|해|한|시)|시켜_?(?:줄|주)|안_?(?:시|됐|된)|대상에서|대상자_?명단|심사에서|명단_?(?:유출|미리|에))|할_?예정|시키|이_?(?:안|누락|보류)|했대|하신다고|한대)
        연봉(?:이_?(?:얼마|나보다|저보다|동결|깎|삭감|\d|더|안|낮|적|너무|왜)|을_?(?:깎|올려|알|동결|얼마|\d|공개|물)|_?(?:동결(?:됐|당|이래|된)|삭감(?:됐|당|한|을)|\d|협상_?(?:결렬|중인데|에서|실패)|통보|계약서_?(?:봤|보여|사진)|차이|인상률이|얼마_?(?:받|나|인지))|은_?(?:얼마|\d))
        월급이_?(?:얼마|안|밀|깎|\d|나보다|저보다)
        급여(?:가_?(?:얼마|밀|깎|안)|를_?(?:얼마|못_?받)|_?(?:명세서_?(?:봤|유출)|압류))
        성과급(?:을_?(?:못|안|얼마|덜)|이_?(?:얼마|왜|나만|저만|깎|안)|_?(?:못_?받|안_?줬|제외|차등)) 임금_?체불
        퇴사(?:하려|한다(?:고|는)|하고_?싶|할_?(?:예정|생각|거|까|것|건|계획)|를_?(?:고민|권유|종용|통보|강요|앞두|결심|압박)|_?(?:통보|예정|의사를|종용|권유|압박|고민|면담_?내용|한대|하신대|한다던)|하겠다|하라고|시키|했대|하신대|하래|처리한|면담에서)
        이직(?:하려|하고_?싶|한다(?:고|는)|할_?(?:예정|생각|거|까|것)|을_?(?:고민|준비|결심|알아)|_?(?:준비_?중|제안을|고민|한대|면접_?(?:보|봤|때문))|했대|자리를)
        사직서(?:를|_?(?:냈|내|던|제출했|썼|수리)) 사표(?:를|_?(?:냈|내|던|썼|수리))
        경고장(?:을|_?(?:받|보내|발송|발부)) 경고를_?(?:받|줬|먹|줘) 서면_?경고
        시말서(?:를|_?(?:쓰|썼|제출|냈|\d)) 경위서(?:를|_?(?:쓰|썼|제출하|내)) 보직_?해임 직위_?해제 보직에서
        정규직_?전환(?:을|이)?_?(?:안|하지|못|탈락|거부|실패|제외|불가)
        익명_?(?:제보|신고|글|게시)(?:를|을)?~(?:누|색출|찾|사람|직원)
        수습(?:에서_?(?:탈락|떨어|잘)|_?(?:탈락|연장(?:됐|당|한|할)|해지|종료_?통보|평가에서|기간에_?(?:잘|해고|탈락)))
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
        나가(?:래요|래|라는|라고|달래|달라고|줬으면|라네) 그만두(?:라|래|고_?싶|려고|겠|기로|게|시|는_?게) 그만둬 그만둘 그만뒀 이의_?제기 (?:다른|지방|한직|타)_?(?:부서|지점|팀|지사)(?:으)?로_?(?:보내|쫓|발령|옮기라|내쫓) 팀이_?(?:없어|해체|사라|통폐합) 인원_?감축 (?:계약|재계약|연장|갱신)(?:을|이|은)?_?(?:연장|갱신)?_?(?:을|이)?_?(?:안_?(?:한|해|하|됐|될)|하지_?않|못_?(?:한|해|하)|거절) 초봉 위로금 사이닝_?보너스 인센티브(?:를|가|_?(?:못|안|적)) 후보에서_?(?:왜_?)?(?:빠|탈|제외) 보직(?:을|에서)_?(?:뺏|박탈|내려|물러|잃) 직책(?:을|에서)_?(?:뺏|박탈|내려|물러) 채용_?취소 입사_?취소 스카우트(?:를|_?제의|_?받) 헤드헌터(?:가|한테|에게|_?연락) 경쟁사(?:로|에서|에)_?(?:간|가|이직|옮|오라|면접|제안) 잘라(?:야|버|도) 짤라 후임(?:자)?(?:을|를)?_?(?:뽑|구|찾) 사표를_?낸 [a-f]등급(?:을|이라|으로|_줬) (?<![a-z])[bcd](?:를|을)?_?(?:줬|줘|받았|받은|주려) 연차(?:를)?_?못_?쓰게 보너스(?:를|_?(?:못|안|없)) 월급(?:을|이)_?(?:더|덜|못|안|많|적) 실적이_?(?:안_?좋|나쁜|제일_?낮|꼴찌|저조) 성과가_?(?:안|낮|부족|나쁜|저조|없) 업무_?(?:태도|능력|성과)(?:가|이)_?(?:문제|안|나|부족|떨어|불량) 태도가_?(?:안|나|문제|불량) 육아휴직(?:을)?_?(?:쓴다고|쓰겠다고|냈더니|했더니|복귀했더니|거부|못_?쓰) 복직(?:했더니|시키지|을_?안|거부) 채용_?비리 낙하산 전환에서_?탈락 면접에서_?(?:떨어뜨|탈락시)
        """,
        r"""
        (?:was|were|been|got|getting|get|being|be|gets|is|are|i'm|he's|she's|am)_(?:\w+_)?(?:fired|laid_off|let_go|terminated(?!_by)|dismissed|sacked|axed|demoted|suspended|disciplined|passed_over|written_up|managed_out|pushed_out|forced_out|furloughed|reprimanded|put_on_(?:a|an|notice|leave|probation)|placed_on_(?:a|an|leave|administrative)|made_redundant|blacklisted|underpaid|promoted|denied_(?:a_)?(?:promotion|raise)|on_thin_ice|being_investigated|on_notice)
        (?:fire|firing|sack|sacking|dismiss|dismissing|terminate|terminating|demote|demoting|lay_off|laying_off|suspend|discipline|promote|reprimand|get_rid_of)_(?:him|her|them|me|one_of|my|our|someone|somebody|the_(?:intern|manager|designer|engineer|analyst|developer|new|team|employee|guy|lead|director|vp|cfo|ceo)|\w+_from|\w+_for_(?:poor|underperform|performance|misconduct))
        letting_(?:him|her|them|me|\w+)_go let_(?:him|her|me|them|someone|people|\w+)_go
        on_(?:a|the|his|her|my)_?_?pip (?:a|the|his|her|my|on|to|for|into|s|under)_pip
        performance_improvement_plan(?:_for|_and)?
        (?:his|her|my|their|s)_(?:\w+_)?(?:performance_(?:review|rating|issues?|problems?|score)|poor_performance|underperformance|termination|dismissal|firing|resignation|severance|salary|bonus|pay|raise|promotion|demotion|compensation|misconduct|grievance|disciplinary_\w+|written_warning|contract_(?:won't|will_not|is_not)|probation\w*|stock_(?:grant|options)|notice_period|absenteeism|attendance_(?:issues?|problem)|rating|equity|layoff|pip|suspension|appeal|exit)
        (?:final|written|verbal|formal)_warning
        (?:termination|warning|dismissal|severance)_(?:letter|email|notice|meeting|package)_(?:for|to|with)_(?:our|my|him|her|the|a|an)
        low_performers?_(?:list|on|in|who|is) low_performer underperform(?:er|ing|ed)_? underperforms
        poor_performance disciplinary_(?:action_against|hearing|meeting|letter|case|proceedings|record|action_for)
        layoff_list (?:who|how_many_people|whose)_(?:is|are|will|gets?)_(?:\w+_)?(?:fired|laid_off|let_go|cut)
        (?:list_of|names_of|which|who)_(?:\w+_)?(?:people|employees|staff|engineers)_(?:\w+_){0,3}(?:laid_off|fired|cut|let_go|terminated)
        (?:handed|handing|hand|put|putting|submitted|tendered|turned)_(?:in_)?(?:my|his|her|their)_(?:two_weeks'?_)?(?:notice|resignation)
        (?:thinking_of|thinking_about|planning_to|going_to|want_to|wants_to|about_to|considering|plan_to|intends_to)_(?:quit|quitting|resign|resigning|leave_the_company|leaving_the_company)
        (?:makes?|earns?|paid|paying|earning|making)_(?:\w+_){0,4}(?:more_than|less_than|\d+k|\$\d+|than_(?:me|i|him|her))
        severance_(?:package|offer|agreement|for)
        wrongful(?:ly)?_(?:termination|dismissal|terminated|dismissed|fired)
        hr_(?:is|was|opened|has|investigation|complaint|case|called|told|file)_?
        internal_investigation_(?:into|against|of) investigation_(?:against|into_(?:him|her|my|our))
        whistle-?blow(?:er|ing)?_(?:is|was|who|identity|report|complaint) who_the_whistleblower
        filed_a_(?:complaint|grievance) misconduct_(?:by|case|allegation|investigation|complaint) gross_misconduct
        pay_cut salary_(?:is|was|cut|of|offer_of|dispute|for_(?:my|our|the|\w+_in))
        looking_for_(?:a_new|another)_job interviewing_(?:at|with|elsewhere) reference_check_(?:on|came|for|said)
        didn't_pass_(?:his|her|my|the)_?probation extend_(?:his|her|my|the)_probation
        fail(?:ed|ing)_(?:his|her|my)_probation
        (?:affair|sleeping|relationship)_with_(?:his|her|my|the|a|one_of)_(?:\w+_)?(?:boss|manager|subordinate|report|intern|secretary|coworker|colleague|director)
        slacking_off incompetent always_late no-showed expense_fraud fudg(?:ed|ing) visa_status worst_rating
        bottom_\d+
        manag(?:e|ed|ing)_(?:\w+_)?out how_much_(?:does|do|is|are)_(?:\w+_){1,6}(?:make|earn|paid|making|earning) (?:\w+'s|his|her|my|their|a)_contract_(?:won't|will_not|is_not|isn't|wasn't|not)_(?:be_|being_)?(?:renewed|extended) (?:removed|ousted|pushed_out|forced_out|stepped_down|step_down|relieved|stripped)_(?:from|of)_(?:his|her|their|my|the)_(?:post|role|position|duties|job|title|team) below_expectations (?:needs|need)_improvement_rating (?:didn't|did_not|won't|never|not)_(?:\w+_)?(?:get|got|getting|receive|given)_(?:the_|a_|my_|his_|her_|any_)?(?:promotion|promoted|raise|bonus) (?:job_)?offer_from_(?:a|another|\w+) (?:recruiter|headhunter)_(?:called|contacted|reached|from|asked) with_a_competitor (?:the|our|a)_layoff_list layoffs?_(?:next|this|on|coming|announced|planned|start|will|are_coming) replac(?:e|ing)_(?:him|her|my|our|me) warning_letter_(?:to|for) (?:late|absent)_(?:again|every_day|all_the_time|three_times) (?:get|kick|move)_(?:him|her|them|me)_off_(?:the|my|our)_team (?:not|isn't|aren't|wasn't)_(?:a_good_fit|performing|meeting_expectations|pulling\w*|cut_out) reorg_(?:will|eliminat\w+|means) (?:my|his|her|their)_(?:role|position|job|team)_(?:is|was|will_be|has_been|got)_(?:being_)?(?:eliminated|cut|dissolved|at_risk|terminated) bad_reference salary_expectations_of paid_(?:less|more)_than (?:poach|poached|poaching) rescind(?:ed|ing)?_(?:the|his|her|an|my)_offer quitting_next quit_(?:next|because|my_job|last|yesterday)
        """,
    ),
    terms=Phrases(
        r"""
        징계 감봉 정직(?=_\d|을|_처분) 견책 해고 권고_?사직 희망_?퇴직 명예_?퇴직 대기_?발령 강등 저_?성과
        성과_?개선_?(?:계획|프로그램)
        (?<![a-z])pip(?!_?install|[a-z]|_?(?:명령|패키지|설치|로_?설|버전|업그레이드)) 구조_?조정 정리_?해고
        인사_?위원회 인사_?(?:평가|고과|조치|불이익) 고과 평가_?(?:등급|결과|점수|면담) 승진 연봉 성과급 급여 퇴사
        이직(?!률) 사직서 사표 경고장 시말서 경위서 보직_?해임 직위_?해제 수습 재계약 전보 내부_?고발 비위 근태
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

HARASSMENT = Words(
    said=Phrases(
        r"""
        성희롱(?:을_?(?:당|했|하|겪|봤|신고(?:했|하려|하고_?싶))|_?(?:당|했|으로_?(?:신고|징계|조사)|피해(?:를|자(?!_?(?:지원|보호)_?(?:제도|절차))|_?(?:사실|신고를|직원))|가해|발언|사건(?:이|을|의|으로|_?(?:조사|당사))|신고(?:가_?들어|를_?(?:했|당|하려|받)|했|당|한_|하려|한)|문제로|때문|인가요|아닌가요|같은|한_?(?:팀|상|부|사)|적인|한|하)|이_?(?:있|아닌|맞|될|되는|있었))
        성추행(?:을|_?(?:당|했|피해|사건|으로|가해|신고|한)|이|범)
        성폭력(?:을|_?(?:당|피해(?:를|_?사)|가해|사건이)|으로) 추행(?:을_?당|당) 성폭행
        괴롭힘(?:을_?(?:당|겪|받|신고(?:했|하려|하고_?싶))|_?(?:당|때문|피해(?:를|자(?!_?(?:지원|보호)_?(?:제도|절차))|_?사실)|가해|으로_?(?:신고|힘|퇴|휴|조사|징)|신고(?:를_?(?:당|했|하려|받)|가_?들어|했|당|한_|하려|한)|사건(?:이|의|으로|_?조사(?:에|를|가)))|이_?(?:심|계속|있|반복|아닌|맞)|에_?(?:시|해당)|인가요|인_?것)
        괴롭히(?:는|고|지|던|려|네|신|셔) 괴롭혀 괴롭혔 괴롭힌 괴롭혔
        갑질(?:을_?(?:당|하|해|신고)|_?(?:당|하|해|심|신고(?:를|했|하려)|때문|이_?|한)|이|로)
        폭언(?:을|_?(?:당|하|들|때문|과)|이|으로) 욕설(?:을|_?(?:하|듣|했)|이|까지)
        (?:쌍)?욕을_?(?:하|했|먹|해|퍼) 왕따(?:를|_?(?:당|시|래|인|된)|가|예요|인)
        따돌림(?:을|_?(?:당|때문|시)|이) 따돌리 따돌려 따돌렸 은따 투명인간_?취급
        스토킹(?:을_?(?:당|하|해)|_?(?:당|하|해|피해|때문|으로|신고)) 스토커 따라다니 따라다녀
        신체_?접촉(?:을|이|_?(?:해|하|당|때문))
        (?:엉덩이|허벅지|어깨|가슴|허리|손|몸|다리|머리)(?:를|을|에)?_?(?:자꾸_?|막_?|슬쩍_?)?(?:만지|만져|만졌|더듬|쓰다듬|주무르|감싸|손을_?대|터치)
        껴안 더듬 음담패설 야한_?(?:농담|사진|얘기|동영상|메시지|말|영상)
        성적(?:인)?_?(?:농담|발언|언동|수치심|모욕|요구|접근|말|질문|대상|메시지)
        외모(?:를_?(?:평|지|가지)|_?(?:평가를|지적|품평|비하|로_?놀|얘기를)|에_?대해) 몸매
        모욕(?:을|감을|적인?|당|_?당|하) 인격_?(?:모독|적_?모|을_?무) 수치심 2차_?(?:가해|피해)
        가해자(?:가|와|랑|는|를|로|한테|인|_?(?:편|라|팀))
        피해자(?:가_?(?:저|우리|누|신|퇴|조|다|같|회|나|또|분리)|_?(?:신원|이름|누|진술|편)|를_?(?:탓|회|비)) 미투
        술자리_?(?:강요|에서_?(?:옆|만|껴|성|술))
        회식(?:을_?강요|_?강요|에서_?(?:옆|만|껴|성|술_?따|러브|블루|강제|억)) 술을_?(?:강요|억지|따르라|따라)
        차별(?:을_?(?:당|받|하|겪)|_?(?:당|받|대우를)|하는_?것|적인_?(?:발언|말|대우))
        뒷담화(?:를|_?(?:하|당|까)|가) 험담(?:을|_?하)
        보복(?:을_?(?:당|하|받|두|걱)|_?(?:당|성|조치를|받|할까|인사를)|이_?(?:두|무|걱|올|있))
        무시(?:를_?당|당|하고|하는_?말|하면서) 소리를?_?(?:지르|질렀|질러|지름|치) 고함
        막말(?:을|_?(?:하|듣|했)|이|까지) 반말 사적인?_?(?:연락|심부름|만남|질문|카톡|문자) 개인_?심부름
        가스라이팅 불법_?촬영 몰카 협박(?:을|_?(?:하|당|해|했|받|성|메)|했|한)
        (?:고백|데이트|만나자|사귀자|술_?마시자|단둘이)(?:를|을|고|는|_)?~(?:강요|요구|거절|계속|자꾸|집요)
        밤에_?(?:자꾸_?|계속_?)?(?:연락|전화|카톡|문자) 새벽에_?(?:연락|카톡|전화) 퇴사_?(?:압박|종용|강요)
        인신_?공격 비하(?:하|발언|_?발언|했) 조롱(?:하|했|당|을) 때렸 때리(?:려|고|는|며) 맞았어요 뺨을
        던졌(?:어요|습니다|대요|음)? 멱살 따라와 따라왔 따라오(?:는|고|네|며) 저만_?(?:빼|제외|따로|왕|안_?불|쏙)
        나만_?(?:빼|제외|따로|안_?불)
        (?:회의|모임|단톡방|점심|대화)(?:에서|방에서)?_?(?:저를|나를|저만|나만|걔만|그_사람만)_?(?:빼|제외|배제|따)
        집까지_?따라 데려다_?준다 치근덕 추근 찝쩍 들이대 노려보 수발
        불쾌한_?(?:말|농담|신체|행동|발언|메시지|사진) 인종_?차별 여자가_ 남자가_무슨 모멸감
        외모를_?두고 (?:저|나|제|그|얘|걔|우리)(?:한테|에게)만_?(?:자꾸_?|계속_?)?(?:일|업무|인사|말|화|짜증|소리|잡일|야근) 일을_?(?:전혀_?)?안_?주 인사(?:를|도)_?(?:안_?받|무시|씹) 병신 (?:이|개|저)_?새끼 미친_?(?:놈|년) 멍청하?(?:다고|이라고|한_놈) 쓰레기라고 바보라고 돌대가리 (?:심부름|김장|이삿짐|집안일|술_?시중|개인_?운전|세차|과제)(?:을|를)?_?(?:시키|시켜|시켰|시킵) 러브샷 화장실_?(?:앞|까지)(?:에서)?_?(?:저를|기다|따라|제) 기다려요 (?:싫다고|거절|거부)(?:했는데도|해도|하는데도|했더니|의사) 뒤에서_?(?:욕|험담|흉) (?:사진|영상)(?:을|를)?_?(?:몰래|허락_?없이|찍) 몰래_?(?:찍|촬영) 단톡방에서_?(?:저|나|욕|조롱|빠|나가|뒷|성|놀) (?:서류|보고서|컵|볼펜|물건|마우스|재떨이|결재판|책)(?:을|를)?_?(?:집어_?)?(?:던지|던졌|던진) 여자라(?:서|고|는) 여자는_ 여직원(?:들)?(?:에게|한테|을|만|의_?(?:몸|외모|다리)) 외국인이라 나이_?(?:많다고|가_?많다) 어리다고 학벌 지방대 (?:임신|육아휴직|결혼)(?:했다고|한다고|을_?했다고|했더니)_?~(?:나가|그만|눈치|불이익|욕|퇴사|사직) 눈치(?:를|가)?_?(?:줘|주|줍|보여|보입) 추행당 당했다고_?(?:털|말|하) 집적 스킨십 손을_?잡(?:아|으|고|았) 어깨동무 무릎 데이트_?(?:하자|신청|요구) (?:자취방|집|호텔|모텔)(?:으로|에|까지)?_?(?:오라|가자|데려|찾아|따라) 호텔로 모텔 감시(?:당|하는|를_?당) cctv로_?(?:저|직원|감시) 무릎을_?꿇 반성문 얼차려 기합 군기 텃세 태움 갈구 갈굼 쌍욕 쥐어박 머리를_?(?:때|툭|쥐) 지속적으로_?(?:괴|무|연) 화를_?(?:내|냈)(?:고|며|어|요|세)
        """,
        r"""
        (?:was|were|been|being|got|is|am|i'm|gets|be|feel|felt|feels)_(?:\w+_){0,2}(?:harassed|groped|molested|bullied|stalked|assaulted|raped|humiliated|belittled|threatened|intimidated|abused|ostraci[sz]ed|gaslit|discriminated_against|catcalled|singled_out|retaliated_against|verbally_abused|yelled_at|mocked|excluded|body-shamed|cornered|followed_home|victimi[sz]ed)
        (?:harass(?:es|ing|ed)?|grop(?:es|ing|ed)|molest(?:s|ing|ed)?|bull(?:ies|ying|ied)|stalk(?:s|ing|ed)?|assault(?:s|ing|ed)|threaten(?:s|ing|ed)|intimidat(?:es|ing|ed)|humiliat(?:es|ing|ed)|belittl(?:es|ing|ed)|rap(?:es|ing|ed)|insult(?:s|ing|ed)|mock(?:s|ing|ed)|gaslight(?:s|ing|ed)?|yell(?:s|ing|ed)|scream(?:s|ing|ed)|swear(?:s|ing)|swore|curs(?:es|ing|ed)|leer(?:s|ing|ed)|hit(?:s|ting)?_on|flirt(?:s|ing|ed)_with|abus(?:es|ing|ed)|ostraci[sz](?:es|ing|ed)|shout(?:s|ing|ed)|shov(?:es|ing|ed)|slapp?(?:s|ing|ed)?|punch(?:es|ing|ed))_(?:at_)?(?:me|her|him|us|them|my|one_of|a_(?:colleague|coworker|female|junior|woman|teammate|new)|the_(?:intern|junior|new|women|female)|an_intern|female|women|junior|staff|employees|people|everyone|interns)
        (?:touch(?:es|ed|ing)|grabb?(?:s|ed|ing)|rubb?(?:s|ed|ing)|kiss(?:es|ed|ing)?|massag(?:es|ed|ing)|strok(?:es|ed|ing)|brush(?:es|ed|ing)_against)_(?:me|my|her|his_(?:intern|assistant|junior)|him|the_intern|inappropriately|women|an_intern)
        (?:sexual|racial|sexist|racist|homophobic|lewd|inappropriate|unwanted|unwelcome|suggestive|dirty|crude|creepy|derogatory|obscene|misogynistic|degrading|explicit)_(?:and_\w+_)?(?:comments?|remarks?|jokes?|advances?|touching|messages?|photos?|attention|texts?|contact|behaviou?r|favou?rs?|pictures?|gestures?|slurs?|propositions?|dms?|emails?|images?|nicknames?)
        (?:of|about|for|reported|report|filed|experienc\w+|accus\w+_of|complain\w*_(?:about|of)|witnessed|alleg\w+|faced|endured|with|from)_(?:\w+_){0,2}(?:harassment|bullying|stalking|assault|discrimination|sexual_misconduct|retaliation|abuse)_?(?:by|from|against|at|after|case|claim|allegation|complaint)?
        (?:harassment|bullying|discrimination|sexual_misconduct|assault|retaliation)_(?:by|from|complaint_(?:against|about|from|was|filed|i)|allegations?|claim_(?:against|by)|case_(?:against|involving|in|about)|victim|investigation_(?:against|into|of|on)|incident|accusations?)
        sexually_\w+ (?:toxic|hostile)_(?:boss|manager|work_environment|workplace)
        (?:made|makes|making|make)_(?:me|her|him|us|them|people|women|everyone)_(?:\w+_){0,2}(?:uncomfortable|unsafe|cry|afraid|sick)
        retaliat\w+_against ruin_my_career
        (?:sends?|sent|sending|texts?|texting|texted|messag\w+|dms?|calls?|calling)_(?:me|her|him|us)_(?:\w+_){0,4}(?:at_night|late_at_night|nudes?|photos?|constantly|every_night|after_midnight|inappropriate\w*|at_\d+_?am)
        follow(?:s|ed|ing)_(?:me|her|him)_(?:home|to|around|after)
        (?:won't|wouldn't|keeps?|kept|doesn't|didn't|refus\w+_to)_(?:\w+_)?(?:stop_(?:touching|texting|asking_me_out|messaging|calling|following)|asking_(?:me|her|him)_out|take_no|leave_(?:me|her|him)_alone|touching|harass\w*|staring|commenting_on|hitting|bullying|belittling|insulting|yelling|making_(?:comments|jokes|fun))
        (?:comments?|comment|remarks?|jokes?|joke|joking|commenting|commented|commented)_(?:about|on)_(?:my|her|his|women's)_(?:\w+_)?(?:body|looks|appearance|weight|breasts?|legs|outfit|clothes|skirt|figure|race|accent|skin|chest|sex_life|butt|dress)
        stares?_at_my staring_at_my quid_pro_quo sleep_with_(?:him|her|me) metoo power_trip\w* makes_fun_of
        making_fun_of made_fun_of toxic_towards walks_all_over treats_(?:me|us|her)_like
        (?:my|her|his|the)_(?:harasser|stalker|abuser|bully)
        hand_(?:on|up)_(?:my|her|his|the_intern's)_(?:\w+) (?:calls?|called|calling)_(?:me|her|him|us)_(?:\w+_){0,3}(?:stupid|idiot|useless|dumb|worthless|fat|names|slut|bitch|moron|incompetent|sweetheart|honey|baby) (?:to|in)_(?:his|her|my|a)_hotel_room hotel_room (?:exclude|excludes|excluding|ignore|ignores|ignoring|isolate|isolates|isolating|freez\w+)_(?:me|her|him|us)_(?:from|in|at|on|out|during|when|every) laugh(?:s|ed|ing)?_at_(?:me|my|her|him) (?:women|girls|foreigners|old_people|mothers|gays|immigrants|black_people)_(?:don't|can't|shouldn't|aren't|are_not|do_not)_\w+ (?:afraid|scared|terrified)_of_(?:my|her|his|the|our)_(?:\w+_)?(?:boss|manager|coworker|co-worker|colleague|supervisor|director|ex|lead|stalker) (?:keeps|kept|won't_stop)_(?:following|watching|texting|calling|messaging|staring|touching|bothering|insulting|belittling|mocking|yelling|asking_(?:me|her)) (?:since|after|because|when)_i_(?:complained|reported|spoke_up|said_no|refused|turned_(?:him|her)_down) (?:report|reporting|reported|complain|complaint|complaining)_(?:\w+_){0,3}(?:for|about|of)_(?:sexual|harassment|bullying|discrimination|racism|sexism|abuse|assault) throws?_(?:things|objects|papers|a) threw_(?:a|his|her|the|papers)_\w+_?(?:at)? (?:asks|asked|asking|begs|pressur\w+)_(?:me|her)_(?:out|on_a_date|to_dinner_alone|for_nudes|to_sleep|to_come_to_his|to_his|if_i_am_single|about_my_sex) personal_errands (?:makes|made|forces|forced)_(?:me|her|him|us|juniors|interns)_(?:to_)?(?:drink|pour|stay|clean|babysit|run_errands|sit_next|kneel|apologi[sz]e_publicly) upskirt hidden_camera nude_(?:photos|pictures) leer(?:s|ed|ing)? ogl(?:es|ed|ing) grab(?:s|bed) wolf-whistl\w+ (?:silent_treatment|cold_shoulder) hostile_towards disgusting_(?:comments?|jokes?|messages?) (?:because|just_because)_(?:i'm|i_am|she_is|she's|he_is|he's)_(?:a_woman|female|gay|black|asian|pregnant|old|foreign|trans|muslim|disabled|a_mother)
        """,
    ),
    terms=Phrases(
        r"""
        성희롱(?!_?(?:예방|방지)) 성추행 성폭력(?!_?(?:예방|방지)) 괴롭힘(?!_?(?:예방|방지|금지)) 갑질(?!_?(?:예방|방지)) 폭언 왕따 따돌림 스토킹 가해자 피해자 2차_?가해 미투 폭행 욕설
        언어_?폭력 성차별 수치심 모욕 차별(?!화|점|성|적_?(?:우위|요소|장점)) 인권_?침해 부당한_?(?:지시|대우) 사적_?(?:지시|심부름)
        고충_?(?:접수|상담|처리)를? 신고자
        """,
        r"""
        harass\w*(?!_(?:training|policy|prevention|awareness|polic\w+|course|module|certificate)) sexual\w*(?!_reproduction|_selection) grop(?:ed|ing) bull(?:y|ying|ied) stalk\w* molest\w* rape discriminat\w+ racis[tm]
        sexis[tm] slurs? retaliat\w+ intimidat\w+ abusive abuse hostile_\w+ inappropriate\w* unwelcome misogyn\w*
        homophob\w* creepy lewd gaslight\w* ostraci[sz]\w* hazing humiliat\w+ verbal_abuse toxic
        """,
    ),
    weak=Phrases(
        r"""
        무시 협박 보복 추근 만지 만졌 소리_?지 회식
        """,
        r"threat\w* victim uncomfortable bully touched yell\w* scream\w* unsafe",
    ),
)

INSIDER = Words(
    said=Phrases(
        r"""
        미_?공개_?(?:임상|결과|실적|정보(?:로|를|가|인|라|입|_?(?:이용|유출))|중요_?정보|자료|계약|수치|재무|매출|인수|m&a|숫자|거래|합병|투자|분기|공시|딜|내용|사항)
        비공개_?(?:실적|인수|거래|계약|협상|투자|딜|합병|매각)
        아직_?(?:공시|공개|발표)(?:되지|하지|_?(?:전|안)|가_?안|를_?안)
        공시(?:되기|하기|_?나기|_?나가기|_?나오기|가_?나기)_?전 (?:공개|발표)되기_?전
        공시_?(?:전|이전|직전)(?:에|인|까지|이라|의|이니|_|이|$) (?:실적|인수|합병|공식|정식|결과|인사|계약|투자|매각|임상|언론|보도)_?발표_?(?:전|이전|직전)(?:에|인|까지|이라|의|이니|_|이|$)
        실적_?(?:발표|공시|공개|시즌)_?(?:전|이전|앞두|직전|나기|되기|하기)_?
        내부자_?(?:거래(?:에_?(?:해당|걸|되)|가_?(?:되|될|아)|_?(?:혐의|조사|의심|로|아니|걸|같)|인가)|정보(?:로|를|가|인))
        내부_?정보(?:로|를_?(?:이용|듣|알|가지|입|받)|가|인데|_?(?:듣|이용|알))
        잠정_?실적(?:이|을|_?(?:보|나|이|수|공유|숫자)|은) 가결산(?:_?(?:결과|숫자|수치|보니|자료)|이|을)
        블랙아웃_?기간(?:인데|에_?(?:주식|팔|사|매|스)|이라|중)
        거래_?금지_?기간(?:인데|에_?(?:주식|팔|사|매)|이라)
        인수_?(?:하기로|합병_?(?:추진|협상|검토|논의|진행|계약|소식|전|건|대상|발표|딜|정보|직전|계획)|협상|추진(?!단)|대상_?(?:회사|기업|업체)|제안(?:을|_?받|가)|계약_?(?:체결|서)|전에|논의|검토|실사|가격|금액|가_?(?:확정|무산|결렬))
        합병(?:_?(?:비율|발표|추진|협상|계획|논의|소식|검토|예정|건)|한다(?:는|고)|하기로|될)
        m&a(?:_?(?:진행|추진|검토|협상|딜|대상|건|소식|논의|계획|계약|발표|타겟|자료)|를|가) 피인수
        매각(?:_?(?:협상|추진|검토|대상|가격|예정|논의|주관|계획|소식|전|건)|한다(?:는|고)|하기로|될)
        실사_?(?:자료|중|진행|대상|결과|들어)
        유상_?증자(?:를|_?(?:계획|예정|검토|한다|발표|결정|준비|규모|소식|추진)|가)
        무상_?증자(?:를|_?(?:계획|예정|검토|한다|발표|결정))
        자사주_?(?:매입_?(?:계획|예정|발표|결정|한다)|소각_?(?:계획|예정))
        상장_?(?:준비|전|예정|계획|심사|주관|폐지_?(?:위기|될|심사|가능)|일정이|추진|한다(?:는|고))
        ipo_?(?:준비|계획|일정이|예정|추진|공모가|전에|한다|때|를_?(?:준|앞|추)) 공모가
        지분_?(?:매각|인수|취득_?(?:계획|예정)|정리)
        주식을?_?(?:미리_?|지금_?|더_?|좀_?|다_?|먼저_?)?(?:사도|팔아도|살까|팔까|사면|팔면|사_?(?:두|놓|둘|뒀)|팔아야|사야|매수|매도|샀|팔았|사라고|팔라고|사는_?게|담|처분)
        주가(?:가_?(?:오르|떨|뛰|폭|움)|에_?(?:영향|큰)|_?(?:오르|떨|뛰|폭락|급등|영향)) 선행_?매매 시세_?조종
        미리_?(?:사|팔|매수|매도)(?:두|놓|도|면|야|아|려) 배당_?(?:확정|결정|계획|삭감|금이|정책_?변경)
        감자_?(?:계획|결정|검토|한다) 공개_?매수_?(?:가격|계획|예정|추진|한다) 텀시트 엠바고
        극비_?(?:프로젝트|인수|계약|회의|로|리)
        어닝_?(?:쇼크|서프라이즈|미스)(?:가|를|_?(?:날|나|예상|일|래|라|이))
        적자_?(?:전환|폭|규모)(?:이|을|_?(?:예정|할|될|한|됐|했)|할|될|된|했)
        분기_?(?:실적|매출|영업이익)(?:이|을|은|_?(?:초안|숫자|수치|미리|예상|전망|유출|집계|잠정|가집계|자료|데이터|표|\d))
        영업이익(?:이|을)_?(?:\d|예상|시장|컨센|전년|크게) 컨센서스_?(?:하회|상회|보다|대비)
        가이던스_?(?:하향|상향|못|낮|수정|미달) 회계_?(?:부정|오류|조작)(?:이|을|_?(?:정황|의혹|발)) 분식_?회계
        감사의견_?(?:거절|한정) 임상_?(?:결과|\d상)(?:가|이|_?(?:발표|실패|성공|데이터|결과))
        대규모_?(?:수주|계약|투자|공급)(?:를|_?(?:체결|예정|공시|따|건|소식|계약))
        이사회_?(?:의결_?전|안건(?:이|에|으로)|결정_?사항|에서_?(?:결정|의결|통과|논의))
        신제품_?(?:발표|공개|출시)_?전 투자_?유치_?(?:금액|확정|협상|조건|라운드|중)
        스톡_?옵션_?(?:행사해도|팔아도) 미_?발표 미공시 언론에_?(?:나가기|나오기|공개되기)_?전
        보도자료_?(?:나가기|배포)_?전 파산_?(?:신청|준비|위기) 부도 상폐 구조_?조정_?발표_?전
        미리_?알(?:게|고|았|려) 아직_?(?:올리지|나오지|공개하지|발표하지|발표되지|공시하지|공시되지|알려지지|외부에|시장에|시장은|투자자) (?:시장|투자자|투자자들|외부|언론|직원들|주주)(?:은|는|에|에는|에서는|들은|이|도)?_?(?:아직_?)?(?:모르|몰라|모릅|모른|알려지지) (?:리콜|해킹|유출_?사고|소송|수주|허가|승인|품목허가|투자|제휴|인수|매각|분할|감원|철수|단종|합작|공장_?폐쇄)(?:를|을|가|이|은|는|_?(?:건|소식|결과|계획|사실))?_?~(?:발표합|발표할|발표_?예정|발표될|공시할|공시될|공시_?예정|공개_?예정|발표_?전|공시_?전|공개_?전|다음_?주에|미리_?알|보도_?전) (?:최대_?주주|대주주|오너|창업자|회장님?)(?:가|이|의)?_?~지분 지분을_?(?:넘|팔|매각|인수|전량|처분) 코드명 우선_?협상_?대상자 주관사(?:를|_?선정) 우리_?사주(?:를|_?~(?:팔|처분|매도)) 인적_?분할 물적_?분할 액면_?분할 적자_?전환 (?:공시|실적|발표)는_?(?:\d|다음|내|아직|곧) 공시_?(?:초안|예정|직전|담당자가_?아직|될_?거|되면) 사업_?보고서_?(?:초안|제출_?전) 감사_?보고서_?(?:초안|제출_?전) 확정_?실적 (?:영업|당기순)_?(?:손실|적자|이익)(?:이|가|은|으로)_?~(?:크|예상|날|줄|급|폭|나왔|집계) 어닝_?(?:쇼크|서프라이즈)
        """,
        r"""
        mnpi material_non-?public material_nonpublic
        non-?public_(?:information|info|data|financial\w*|deal|numbers|results) nonpublic
        insider_(?:info|information|knowledge|tip|trading_(?:if|for|investigation|issue|charge|by)|deal)
        inside_(?:info|information|scoop|track) unannounced_\w+
        unreleased_(?:earnings|results|numbers|financials?|quarter\w*|figures|guidance|revenue|product|data)
        undisclosed_(?:merger|acquisition|deal|earnings|results|financials?|revenue|losses|terms|investment|customer)
        unpublished_(?:earnings|results|financials?|numbers|figures|quarter\w*)
        pre-?announcement_(?:numbers|results|figures|earnings)
        pre-?release_(?:earnings|numbers|financials?|results|figures)
        (?:before|ahead_of|prior_to|until|till|pre)_(?:the_|our_|we_|it_|it's_|it_is_|they_|this_|that_|its_|next_\w+_|\w+_){0,3}(?:earnings(?:_call|_release|_report)?|announce\w*|announcement|filing|8-k|10-q|10-k|goes_public|made_public|is_public|be_public|disclos\w+|press_release|becomes_public|public_disclosure|results_(?:come|are)|releas(?:e|es|ed|ing)_(?:the_)?(?:earnings|results|numbers)|report_earnings|ipo|lock-?up|blackout)
        (?:not|hasn't|haven't|isn't|aren't|won't|nobody|never|yet_to)_(?:\w+_){0,3}(?:public(?:_yet|ly)?|announced|disclosed|published(?:_yet)?|be_disclosed|been_released|released_yet|supposed_to_know)
        (?:earnings|results|revenue|guidance|numbers|quarter|q[1-4]|eps|profit|margins?|bookings|sales)_(?:\w+_){0,4}(?:miss(?:ed|es)?|beats?|below_(?:consensus|guidance|expectations)|above_(?:consensus|guidance|expectations)|come_in_(?:below|above|under|at)|short_of|restat\w+|cut|lower_than_(?:guidance|expected|consensus))
        (?:in|during|inside|under)_(?:the|a|our)_(?:blackout|quiet|closed)_(?:period|window)
        blackout_(?:period_(?:and|but|starts|sell|trade|can)|window_(?:and|but))
        (?:we're|we_are|they're|company_is|is|are|be|being|about_to_be|to_be|getting|will_be|secretly|quietly)_(?:\w+_)?(?:acquired|acquiring|merging|bought_out|going_public|taken_private|buying_(?:out|\w+_for)|selling_(?:the|our)_(?:\w+_)?(?:unit|division|business|company|stake)|filing_for_(?:bankruptcy|ipo|an_ipo)|delist\w+|spinning_off|divesting|in_talks)
        (?:secret|confidential|pending|upcoming|planned|potential|rumou?red|unconfirmed|possible)_(?:\w+_)?(?:merger|acquisition|takeover|buyout|ipo|tender_offer|divestiture|spin-?off|delisting|restatement|stock_split|buyback|deal_with)(?!_policy|_process_guide)
        acquisition_(?:target|talks|price|of|offer|deal|plan|announcement|negotiation\w*|bid|closes)
        merger_(?:talks|with|agreement|announcement|plan|negotiation\w*|terms|closes|vote)
        takeover_(?:bid|target|offer|talks) term_sheet letter_of_intent
        due_diligence_(?:on|for|data|room|files|report|findings|target)
        (?:buy|sell|dump|short|trade|purchase|load_up_on|bought|sold|selling|buying|shorting|unload)_(?:\w+_){0,3}(?:shares|stocks?|options|puts|calls|rsus)(?!_photo)
        stock_(?:price_(?:will|is_going|to)|will|tip|going_to|before) share_price_(?:will|to|is|after|when|could)
        front-?run\w* going_public_(?:in|next|this|soon) file_for_(?:bankruptcy|chapter|an_ipo|ipo)
        cook(?:ed|ing)_the_books accounting_(?:fraud|irregularit\w+|restatement)
        restate(?:ment_of|d)?_(?:our|the|earnings|results|q\d)
        (?:fda|trial|phase_\w+)_(?:results?|approval|data|decision)_(?:before|is|are|will|came|come|next|leak\w*|failed)
        embargoed under_embargo profit_warning guidance_(?:cut|revision|reduction|raise)
        draft_(?:earnings|10-q|10-k|8-k|press_release|s-1)
        board_(?:hasn't|has_not|approved|will_approve|vote|decided|deck|resolution_on|materials_on)
        unaudited_\w+ preliminary_(?:figures|results|numbers|earnings|financials|q\d) (?:code_?name[d]?|codename[d]?)_(?:for|of|is|\w+_for) (?:investors|market|analysts|street|public|shareholders|employees|customers|press|outside_world|nobody|no_one)_(?:\w+_){0,3}(?:no_idea|unaware|clueless|in_the_dark|don't_know|doesn't_know|knows?_yet|knows_about|not_know|aren't_aware|not_been_told|haven't_been_told|find_out|finds_out) (?:disclosure|announcement|disclosing|announcing|press_release|filing|8-k)_(?:is_|comes_|goes_out_|will_be_|scheduled_)?(?:next|on|this|tomorrow|later|for|due|planned|scheduled|monday|tuesday|wednesday|thursday|friday) (?:we|we'll|they|company|board|they'll|management)_(?:will_|are_going_to_|'re_going_to_|plan_to_|plans_to_|is_about_to_|are_about_to_)?(?:announce|announcing|disclose)_(?:a|an|the|our|its|that|record|next|tomorrow)_\w+ board_(?:just_|has_|quietly_|secretly_|already_)?(?:approved|voted|decided|agreed|signed_off|rejected) (?:biggest|largest|main|key|top|major)_(?:customer|client|contract|supplier)_(?:\w+_)?(?:leaving|left|cancel\w*|churn\w*|lost|terminat\w+|pulled) (?:we|we'll|company|they)_(?:will_|'ll_|are_going_to_)?(?:beat|missed|miss|crush\w*)_(?:\w+_){0,3}(?:estimates|guidance|consensus|expectations|forecast|targets?) (?:quiet|blackout|closed|lock-?up)_(?:period|window) stock_split buyback secondary_offering (?:fda|regulator\w*|ema)_(?:rejected|approved|denied|will_approve|rejection|approval) earnings_(?:are|is|come|script|on|draft|next|leak\w*)_(?:\w+)? (?:is|if|whether)_our_quarter our_(?:quarter|earnings|numbers|revenue|results|margins)_(?:is|are|was|were|will|look|came|come|missed|beat|down|up) (?:the|this|a)_(?:merger|acquisition|takeover|deal|buyout)_(?:is_|was_|isn't_|hasn't_|will_be_)?(?:announced|closes|signed|public|happening|secret|confidential|not_public) data_breach_~(?:disclos|announce|public|next|tell) bankruptcy_(?:filing|protection|next|plan) delist\w+ going_bankrupt
        """,
    ),
    terms=Phrases(
        r"""
        미공개 내부자_?(?:거래|정보) 잠정_?실적 가결산 블랙아웃_?기간 거래_?금지_?기간 인수_?합병 인수전 합병 매각
        유상_?증자 무상_?증자 자사주 상장 공모 지분 주가 공시 실적 영업이익 적자 흑자_?전환 배당 기업_?공개
        우선_?협상 실사 투자_?유치 수주 임상
        """,
        r"""
        insider_\w+ earnings quarterly_(?:results|numbers|revenue|earnings) blackout_(?:period|window) acquisition
        merger takeover due_diligence ipo stock_split buyback share_price material_information trading_window
        lock-?up undisclosed unannounced unreleased acquir(?:e|ing|ed) divest\w* restatement guidance
        """,
    ),
    weak=Phrases(
        r"""
        주식 계약 발표 인수
        """,
        r"stock shares deal announcement revenue forecast",
    ),
)
