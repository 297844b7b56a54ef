"""The words of sensitive matters, as tables for matters.py; phrases.py says how to read them. Data.

said: says by itself that it happened to somebody. terms: needs a person or what happened beside it. weak: needs both,
because handbooks are full of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.policy.detect.phrases import Phrases


@dataclass(frozen=True)
class Words:
    said: Phrases
    terms: Phrases
    weak: Phrases


HEALTH = Words(
    said=Phrases(
        r"""
        (?<![가-힣])암(?:이|에|으로|을)?_(?:걸|진단|판정|선고|투병|재발|말기|초기|수술|이래|이라고|환자라)
        [위폐간뇌]암~(?:걸|진단|판정|수술|투병|재발|이래|이라고)
        우울증_(?:약|진단|치료|이래|이라고|인데|이에요|있|걸|앓|때문|으로|왔|이_있|이_심|이_와|이_온|이신|
            이셔|인_것)
        공황_?장애_(?:약|진단|치료|이래|인데|있|때문|로|가_있|가_와|가_온) 공황_?발작_?(?:이|을|도|_와|_왔|_일으)
        항우울제~(?:먹|복용|처방|끊|드시) 수면제~(?:먹|복용|처방|끊) 신경안정제~(?:먹|복용|처방)
        정신건강의학과~(?:다니|다녀|진료|약|상담|치료|갔|입원)
        정신과~(?:다니|다녀|진료|약|상담|치료|가_|갔|입원|통원) 자살~(?:시도|충동|생각|하고|했|할)
        자해~(?:했|하|흔적|시도) 극단적_?선택 죽고_?싶 임신했
        임신_?(?:\d+_?(?:주|개월)_?(?:차|인데|이에|예|라|입)|초기|사실|한_|이래|이라|인_것|인데|하셨|하신|소식)
        임신_때문 유산했 유산을_?(?:했|겪|해서) 유산_?(?:후_?복귀|휴가를_?쓰|하고_|하신|경험)
        자해(?:를|_|한)~(?:했|한|하|흔적) 무기력(?:해|증|하)
        난임_?(?:시술|치료|병원)(?:을|를)?_?(?:받|다니|중|때문|하느) 난임_?휴가를
        시험관_?(?:시술|하고|시도|준비|을) 진단을?_?받(?!을_때|으면|는_방법) 확진_?(?:됐|되|받|판정)
        양성_?(?:이래|판정을|나왔|이라고) 투병_?(?:중|하|생활|사실) 투석_?(?:받|중|을)
        항암_?(?:치료|중|주사|을|받|하) 입원(?:했|해_있|중|하셨|하게|_중|해서|하고|한다고|시켰)
        퇴원(?:했|하셨|하고) 수술을?_?(?:받|했|하셨|앞두|하게|날짜) 복용_?(?:중|하고|했|하는_?데)
        약을?_?(?:먹고|먹는데|드시고|끊|챙겨_먹|타_) 알코올_?(?:중독|의존) 알콜_?중독 마약_?중독
        술을?_?(?:못_?끊|끊지) 에이즈~(?:걸|양성|감염|래) hiv~(?:양성|감염|보균|확진) 성병~(?:걸|옮|치료|검사|래)
        장애_?등급을 장애_?판정 청각_?장애(?:가|를|인이|인데|라|_있) 시각_?장애(?:가|를|인이|인데|라|_있)
        발달_?장애(?:가|를|_있) 지적_?장애(?:가|를|_있) 지체_?장애(?:가|를|인이|_있)
        병가를?_?(?:냈|내고|낸|썼|쓰고|쓰는|쓴) 질병_?휴직_?(?:중|했|들어|한|하)
        산재_?(?:를_?당|당했|승인을|인정을_?받) 번아웃(?:이|_)?_?(?:왔|와서|온_|와요|인_것|걸|됐|되)
        건강이?_?(?:안_좋|나빠|악화|많이) 몸이_?(?:너무_|많이_|계속_)?(?:안_?좋|아프|아파)
        병이_(?:있|나|재발|심|생) 지병이 희귀병을 난치병을 진료_?기록(?:이|을) 병원_?기록(?:이|을)
        허리_?디스크(?:로|가|때문|_수술|_터|래|라) 목_?디스크(?:로|가|때문|_수술|_터|래|라) 뇌전증 간질_?발작
        조현병 조울증(?:이|약|으로|_약|_진단|인|환) 양극성_?장애 백혈병(?:이|으로|에|_진단|_투|래)
        치매(?:가|로|에_걸|_진단|래|_초기|이신|기가|_어머|_아버) 용종 조직_?검사(?:를|_?(?:했|받|결과)) 폐경
        (?:시각|청각|지체|지적|발달|정신|신장)_?장애_?\d급 \d급_?장애 응급실(?:에|로)_?(?:실려|갔|다녀|간) 쓰러져
        쓰러졌 과호흡 실신(?:했|을|해) 탈모(?:가|로|_?(?:생|왔)) 산후_?우울 가발 하혈 난소 유방 전립선 치질 성병
        시한부 의식이_?없 중환자실 상담_?치료를_?받 약_?부작용 약물_?치료 보균자 감염됐 감염된
        (?:치료|진료|상담|시술|검사)(?:를|을)?_?받(?:고_?있|는_?중|으러|느라|았|아야|게)
        """,
        r"""
        diagnosed_with tested_positive positive_for_(?:hiv|covid|hepatitis|tb) suicidal
        kill_(?:himself|herself|myself|themselves) suicide_(?:attempt|note) self-harm\w*
        cutting_(?:himself|herself|myself)
        (?:is|was|am|i'm|she's|he's|got|been|be|getting|currently|\w+_weeks|\w+_months)_pregnant
        (?:my|her|wife's|the)_(?:pregnancy|miscarriage|abortion|chemo\w*)
        had_(?:a|an)_(?:miscarriage|abortion|stroke|heart_attack|seizure|panic_attack|nervous_breakdown|
            mental_breakdown|overdose)
        having_panic_attacks miscarried
        (?:has|have|had|having|with|got|fighting|battling|beat|survived|from)_(?:\w+_){0,2}(?:cancer|
            leukemia|lymphoma|hiv|aids|diabetes|epilepsy|depression|bipolar(?:_disorder)?|adhd|autism|
            schizophrenia|ptsd|ocd|anorexia|bulimia|dementia|alzheimer's|parkinson's|hepatitis|tuberculosis|
            crohn's|lupus|herpes|multiple_sclerosis|long_covid|(?:brain_)?tumou?r|heart_(?:disease|condition)|
            eating_disorder|anxiety_disorder|panic_attacks|chronic_(?:pain|illness|fatigue)|drinking_problem|
            mental_illness)
        (?:takes|taking|on|off|prescribed|popping)_(?:\w+_)?(?:antidepressants?|anti-depressants?|ssris?|
            lithium|xanax|zoloft|prozac|lexapro|adderall|ritalin|insulin|opioids?|painkillers|methadone|
            sleeping_pills|anxiety_meds|medication_for|meds_for)
        going_through_(?:chemo\w*|ivf|menopause) undergoing_(?:chemo\w*|surgery|ivf|dialysis|treatment_for)
        on_dialysis in_rehab went_to_rehab (?:was|been|is|got)_hospitali[sz]ed
        in_the_(?:hospital|psych\w*_ward|icu)
        (?:seeing|sees|see|saw)_a_(?:psychiatrist|therapist|shrink|psychologist|oncologist) mental_breakdown
        nervous_breakdown terminally_ill relapsed recovering_(?:alcoholic|addict) an_alcoholic
        clinically_depressed
        (?:is|am|i'm|he's|she's|was|been|feeling|severely|so|really|deeply)_(?:\w+_)?depressed
        (?:severe|crippling|struggl\w+_with|chronic|his|my|her|bad)_(?:\w+_)?anxiety
        (?:my|his|her)_(?:\w+_)?(?:depression|anxiety|bipolar|adhd|ptsd|disability|diagnosis|cancer|
            diabetes|epilepsy|disorder|illness|medical_(?:condition|history|records?|leave|issues?)|
            health_(?:condition|issues?|problems?)|surgery|therapist|psychiatrist|medication|meds|addiction|
            drinking|migraines|seizures|condition)
        burned_out burnt_out
        (?:out|off|leave)_(?:sick_)?(?:for|with|because_of|due_to)_(?:\w+_)?(?:depression|surgery|cancer|
            burnout|anxiety|chemo\w*|back_pain|mental_health)
        biopsy blood_tests?_(?:came|result\w*|show\w*) (?:\w+_)?transplant passed_out
        collapsed_(?:at|on|in|during) (?:my|his|her|the)_therapist in_recovery_from can't_get_out_of_bed
        hearing_aid losing_(?:his|her|my)_(?:hearing|sight|hair)
        (?:is|i'm|am|gone)_(?:\w+_)?(?:blind|deaf|hard_of_hearing|anorexic|bulimic|autistic|diabetic|
            bipolar|schizophrenic|suicidal|infertile|alcoholic)
        side_effects_of_(?:my|his|her) heart_surgery undergoing tested_hiv drinks_(?:too_much|at_work|heavily)
        smells?_of_(?:alcohol|booze)
        """,
    ),
    terms=Phrases(
        r"""
        우울증 우울감 우울(?:하|해)_?(?:서|요|다|고|대|한_것|하다) 조울 공황 불안_?장애 강박증 강박_?장애 자폐
        트라우마 불면증 거식증 섭식_?장애 치매 간질 항우울제 신경안정제 수면제 정신과 정신_?질환 정신_?건강_?문제
        심리_?상담 심리_?치료 위암 폐암 간암 대장암 유방암 췌장암 갑상선 자궁암 난소암 전립선 혈액암 피부암 식도암
        뇌종양 백혈병 림프종 종양 항암 당뇨 고혈압 심근경색 뇌졸중 뇌출혈 심장병 심장_?질환 협심증 부정맥 간염
        결핵 에이즈 성병 매독 헤르페스 코로나_?(?:확진|양성|걸) 임신(?!기_?(?:근로|단축)) 난임 불임 입덧 조산
        갱년기 자궁 생리통 허리_?디스크 목_?디스크 추간판 관절염 류마티스 루푸스 크론병
        (?:수면|성격|언어|학습|기분|적응)_?장애 증후군
        (?:관절|방광|중이|위|장|기관지|피부|결막|췌장|신우신|맹장|충수|갑상선)염
        (?:기면|건망|결벽|공포|골다공|이석|저혈당|요실금|무기력|대인기피|대인공포)증 빈혈 희귀병 희귀_?질환 난치병
        투병 투석 수술(?=[을로은후날때이]|_) 입원 병력(?:이_있|을_(?:숨|적|밝)) 기저_?질환 지병
        (?<![가-힣])이명(?!박|희|세) 난청 청각_?장애 시각_?장애 지체_?장애 지적_?장애 발달_?장애
        장애인_?(?:등록|등급|증) 장애가_있 장애를_(?:가|숨) 산재 번아웃 혈압약 알레르기 아토피 탈모 치질 통풍
        편두통 간경화 신부전 폐렴 골절 마약 알코올 음주_?문제 건강_?(?:이상|문제|악화|상태) 건강검진_?결과 진단서
        소견서 공황장애 발작 약을_?먹 약_먹 상담_?치료 질병_?휴직 질환 후유증 요양 쓰러 폐경 이비인후과 산부인과
        비뇨기과 항문 조직검사 위염 위궤양 대상포진 메니에르 어지럼증 우울해 번아웃이 정신적으로 심리적으로 불면
        과로 과민성 신경쇠약 진료 간_?수치 혈당 치매 파킨슨 루게릭 뇌성마비 소아마비 틱_?장애 난독증 성전환
        호르몬_?치료
        """,
        r"""
        depression depressed bipolar anxiety_(?:attacks?|disorder|meds|medication|issues) panic_attacks? adhd
        autis\w+ schizophreni\w+ ptsd ocd eating_disorder anorexi\w+ bulimi\w+ insomnia dementia alzheimer'?s?
        parkinson'?s epilep\w+ seizures? antidepressants? ssris? xanax zoloft prozac lexapro insulin chemo
        chemotherapy cancer leukemia lymphoma tumou?rs? diabet\w+ hypertension high_blood_pressure
        heart_(?:attack|disease|condition|surgery) hepatitis tuberculosis hiv herpes std pregnan\w+ miscarriage
        abortion ivf infertil\w+ fertility_treatment endometriosis menopause hospitali[sz]ed rehab alcoholi\w+
        addict(?:ion|ed_to) overdos\w+ suicid\w+ psychiatr\w+ disabilit\w+ disabled_(?:person|employee|colleague)
        wheelchair chronic_(?:pain|illness|fatigue) dialysis kidney_\w+ multiple_sclerosis crohn'?s lupus
        arthritis migraines? burnout mental_(?:health|illness) stroke surgery asthma
        medical_(?:condition|history|record|records|leave|diagnosis|procedure) doctor'?s_note medication
        terminal_illness concussion drinking_problem sobriety sober mastectomy prosthe\w+ hearing_loss
        parkinson\w* als stutter\w* dyslexi\w+ colonoscopy mammogram prostate transplant sciatica vertigo
        fibromyalgia sleep_apnea gender_(?:transition|reassignment) hormone_therapy
        """,
    ),
    weak=Phrases(
        r"""
        병가 병원 치료(?!제_시장) 처방 (?<![가-힣])암(?![호시묵석벽살기])
        건강(?!_?(?:검진|보험|관리|한|식품|체크|증진|하게|기능)) (?<![가-힣])아프(?!리|가|간)
        (?<![가-힣])아파(?!트|치|르) 아픈 수술 진단 휴직 검진 장애인 출산 약을 우울 불안 상담 확진 스트레스 병이
        병에 몸이 쉬고
        """,
        r"""
        sick_leave sick doctor hospital therapy therapist counsel\w+ diagnos\w+ disease illness ill covid anxious
        unwell meds clinic injur\w+ symptoms? treatment health_(?:issue|problem|condition|reason)s?
        """,
    ),
)

UNION = Words(
    said=Phrases(
        r"""
        노조(?:에|를|에도|원으로)?_?(?:가입한|가입했|가입하려|가입하면|가입하고|가입하신|가입시|
            가입_?(?:사실|명단|여부|권유|원서|신청서를)|들어간|들어갔|들었|탈퇴했|탈퇴하라|탈퇴하면|만들|결성|
            설립(?!_?(?:신고|요건|절차))|활동을|활동_?(?:때문|하|한|이력)|만든|조직하|간부|지부장|위원장|소속)
        노조_?(?:원_?(?:명단|누구|인|이래|이라|한테|이|들이|들을)|파괴|탄압|쪽|회의_?(?:갔|나갔|참석)|조합비)
        노조원_?(?:명단|누구|인|이래|이라)
        노동조합(?:에|을|원)?_?(?:가입한|가입했|가입하려|가입하면|가입하고|가입_?(?:사실|명단|여부|원서)|
            만들|결성|설립하|활동을|탈퇴|간부|명단)
        조합원_?(?:명단|인_?지|이래|이라고_|이에요|입니다|이라서|이라는) 조합비_?(?:공제|내|납부|떼)
        민주노총_?(?:가입|소속|조합|에|쪽) 한국노총_?(?:가입|소속|조합|에|쪽) 부당노동행위
        파업(?:에|을)?_?(?:참여|참가|동참|주도|가담|나가|나갔|불참|찬성) 단체_?교섭_?(?:위원|요구|대표|준비를)
        쟁의_?행위_?(?:찬반|참) 어용_?노조 복수_?노조를 노조에 조합_?가입 조합(?:을|에)_?(?:만들|가입|흔들|탈퇴)
        노조_?(?:집회|행사|모임|총회|설명회|사무실|회식)(?:에|를)?_?(?:갔|나갔|참석|참여|간|나간)
        노조에_?(?:우호|호의|적대|반대|협조) 노조_?(?:성향|동향|사찰|감시|설립을|설립하|추진|준비)
        집회(?:에)?_?(?:참석|나갔|갔다) 쟁의_?투표 파업_?(?:때|당시|이후|참가자|주동|가담자|찬성)
        """,
        r"""
        (?:joined|joining|join|joins|quit|left|leave|form|forming|start|starting|organi[sz]e|
            organi[sz]ing|bust|busting|for)_(?:a|the|our|their)_(?:\w+_)?union
        union_(?:members?_(?:list|names?|is|are|who)|membership_(?:status|list|of|card)|activit\w+|
            organi[sz]\w+|drive|card|dues|busting|sympath\w+|rep|representative|leader|steward|vote|election|
            meeting|supporter)
        unioni[sz](?:e|ed|ing) pro-union anti-union (?:who|anyone)_is_(?:in|organi[sz]ing) shop_steward
        signed_(?:a|the|his|her)_(?:union_)?card
        (?:joined|join|on|joining|led|during|went_on)_(?:the|a)_?(?:strike|picket_line|walkout) went_on_strike
        union_(?:flyers?|leaflets?|buttons?|t-?shirts?|sympathi\w+|steward|president|officer|talk|meeting)
        (?:my|his|her|their)_union_(?:activit\w+|membership|involvement|role|work)
        (?:start|form|organi[sz]e|support|back|oppose|against|join|vote_for)_(?:a|the|our)_union
        (?:led|leading|organi[sz]ed|joined|crossed)_(?:the|a)_(?:walkout|strike|picket\w*)
        """,
    ),
    terms=Phrases(
        r"""
        노조(?!법) 노동조합(?!법|_및_노동관계|_법) 조합원 조합비 노동_?운동 민주노총 한국노총 금속노조 지부장
        분회장 노조원 단체_?교섭 단체_?협약 쟁의 파업 태업 타임오프 노사_?갈등 노동위원회 집단_?행동 연대_?서명
        """,
        r"""
        (?:labou?r|trade|workers'?|staff|company|our|the)_union unions? union_\w+ unioni[sz]ation
        collective_(?:bargaining|action) strike_(?:vote|action|fund) on_strike walkout picket\w*
        bargaining_(?:unit|committee) works_council organi[sz]ing_committee
        """,
    ),
    weak=Phrases(
        r"""
        노사_?갈등 대의원
        """,
        r"labou?r_(?:dispute|activist) strike organi[sz]ing",
    ),
)

RELIGION = Words(
    said=Phrases(
        r"""
        교회_?(?:다니|다녀|다닌|다녔|나오라|나가자|에_?나오|에_?나가|에_?다니|에_?다닌|에_?다녀|를_?다니|
            를_?다닌|열심히|안_?다|오라고|가자고|집사|장로|권사|사람이라)
        성당_?(?:다니|다녀|다닌|에_?다|나가|에_?나가) 절에_?(?:다니|다녀|다닌)
        무슬림(?:이|인|이라|_직원|_동료|_팀원) 이슬람(?:교|으로|을_믿|_신자)
        신천지_?(?:다니|신도|교인|래|라|에|인|인데|라고|신자) 여호와의_?증인
        통일교_?(?:신도|신자|다니|래|인|라|에) 사이비_?(?:종교|에|교) 이단_?(?:종교|교회|에)
        개종_?(?:했|하|을|강요|하라) 전도_?(?:하|했|를_?당|당했|를_?하|해요|활동) 포교
        종교가_?(?:뭐|무엇|어떻|있|없|다르|같|달라|안식|불교|기독|이슬람|천주)
        종교_?(?:때문|문제로|적_?이유|적인_?이유|적_?신념|상의_?이유|를_?강요|강요|를_?물|가_?다|를_?이유|
            를_?바꾸|를_?밝|를_?숨|를_?묻|차별|를_?믿|활동을|적_?신앙|를_?적)
        신앙_?(?:생활|때문|을|심|문제|고백) 기독교_?(?:신자|인이|인데|라서|예요|라|인인|를_믿)
        천주교_?(?:신자|인데|라서|예요|라) 불교_?(?:신자|인데|라서|예요|라|를_믿) 독실한
        무교_?(?:인데|예요|라|이신) 양심적_?병역거부 기도를_?(?:시키|시킵|시켜|강요|하자)
        라마단_?(?:이라|기간이라|중|금식|때문) 기도_?(?:시간이_필요|하러|를_?강요|모임에|회에)
        예배(?:_때문|를_?(?:드리|보|강요|가)|_?참석|_가) 세례(?:를_?받|_받) 할랄만 히잡을?
        안식일_?(?:때문|이라|을) 기독교인 이슬람교도 천주교인 불교도 목사(?:님)?_?(?:아들|딸|이|출신|라고) 신학대
        (?:교회|절|성당|법회|예배|미사)(?:에|로)?_?(?:데려|끌고|오라|가자|나오|같이_가|초대)
        전도_?(?:책자|지|문자|당|하려) 제사(?:를|_?음식|상|에_?절) 하루에_?다섯_?번
        종교(?:를|가)?_?(?:이유로|있|없|물어|묻|밝히|다른|바꾸)
        """,
        r"""
        (?:is|was|i'm|am|he's|she's|being|a|as_a|practicing|practising|devout|became|are|
            an)_(?:practicing_|devout_|strict_|born-again_|evangelical_|orthodox_|observant_)?(?:muslim|
            christian|catholic|protestant|buddhist|hindu|jewish|jew|atheist|agnostic|mormon|sikh|
            jehovah's_witness|scientologist|evangelical|pentecostal|adventist)
        (?:muslim|christian|catholic|buddhist|hindu|jewish|atheist|mormon|sikh)_(?:colleague|coworker|
            co-worker|teammate|employee|engineer|manager|intern|staff|guy|woman|man|developer|hire|
            candidate)s?
        is_\w+_(?:jewish|muslim|christian|catholic|hindu|gay) converted_to
        convert_to_(?:islam|christianity|judaism|buddhism|catholicism|hinduism)
        (?:his|her|my|their|someone's)_(?:religion|faith|church|religious_\w+|mosque|synagogue|beliefs|
            prayer\w*|hijab|turban)
        religious_(?:beliefs?|reasons?|accommodation_for|discrimination|grounds|exemption|observance)
        jehovah's_witness(?:es)? wears?_a_(?:hijab|turban|kippah|headscarf)
        wearing_(?:a|her|his)_(?:hijab|turban|kippah|headscarf|cross)
        (?:goes|go|going|went|invited_\w+|attends?|drag\w*_\w+|come|pressur\w+_\w+)_to_(?:\w+_)?(?:church|
            mosque|mass|synagogue|temple|bible_study)
        fasting_(?:for|during) pray(?:s|ing)?_(?:at_work|during|in_the|five|every|before|at_his|at_her)
        bible_study evangeli[sz]ing preach(?:es|ing)?_(?:at|to) kirpan yarmulke
        (?:wearing|wears?)_(?:a|her|his|the)_(?:\w+_)?(?:cross|crucifix|hijab|veil|niqab|headscarf|turban|kippah)
        (?:my|his|her|someone's|your)_(?:faith|religion|church|beliefs) fast(?:s|ing)?_during
        (?:his|her|my|the|their)_(?:pastor|imam|rabbi|priest)
        asked_(?:me_|him_|her_)?about_(?:my|his|her)_(?:religion|faith)
        """,
    ),
    terms=Phrases(
        r"""
        교회 성당 이슬람 무슬림 할랄 히잡 라마단 기독교 개신교 천주교 가톨릭 불교_?(?:신자|인|를) 불자 힌두교
        신천지 통일교 사이비 신앙 신자(?!유) 신도(?!시) 교인 목사 신부님 스님 세례 예배 미사 개종 전도사 선교
        안식일 십일조 무교(?:인|예|라|입) 종교(?!_?(?:개혁|건축|음악|화|사|학|전쟁|시설|단체_?목록)) 기도_?모임
        법회 대순진리회 원불교
        """,
        r"""
        christian catholic protestant muslim islam\w* buddhis[tm] hindu jewish judaism atheis[tm] jehovah'?s?
        mormon scientolog\w+ sikh evangelical hijab ramadan halal kosher sabbath shabbat church mosque synagogue
        worship\w* prayers? pray praying religio(?:n|us) faith bible quran
        """,
    ),
    weak=Phrases(
        r"""
        (?<![가-힣])기도(?!문|_?안|_?교육) 전도 명절 제사 절에
        """,
        r"mass temple fasting belief",
    ),
)
