"""The words of sensitive matters, continued: harassment. Data."""

from __future__ import annotations

from bot.policy.detect.matters_words import Words
from bot.policy.detect.phrases import Phrases

HARASSMENT = Words(
    said=Phrases(
        r"""
        성희롱(?:을_?(?:당|했|하|겪|봤|신고(?:했|하려|하고_?싶))|_?(?:당|했|으로_?(?:신고|징계|조사)|
            피해(?:를|자(?!_?(?:지원|보호)_?(?:제도|절차))|_?(?:사실|신고를|직원))|가해|발언|사건(?:이|을|의|
            으로|_?(?:조사|당사))|신고(?:가_?들어|를_?(?:했|당|하려|받)|했|당|한_|하려|한)|문제로|때문|인가요|
            아닌가요|같은|한_?(?:팀|상|부|사)|적인|한|하)|이_?(?:있|아닌|맞|될|되는|있었))
        성추행(?:을|_?(?:당|했|피해|사건|으로|가해|신고|한)|이|범)
        성폭력(?:을|_?(?:당|피해(?:를|_?사)|가해|사건이)|으로) 추행(?:을_?당|당) 성폭행
        괴롭힘(?:을_?(?:당|겪|받|신고(?:했|하려|하고_?싶))|_?(?:당|때문|피해(?:를|자(?!_?(?:지원|
            보호)_?(?:제도|절차))|_?사실)|가해|으로_?(?:신고|힘|퇴|휴|조사|징)|신고(?:를_?(?:당|했|하려|받)|
            가_?들어|했|당|한_|하려|한)|사건(?:이|의|으로|_?조사(?:에|를|가)))|이_?(?:심|계속|있|반복|아닌|
            맞)|에_?(?:시|해당)|인가요|인_?것)
        괴롭히(?:는|고|지|던|려|네|신|셔) 괴롭혀 괴롭혔 괴롭힌 괴롭혔
        갑질(?:을_?(?:당|하|해|신고)|_?(?:당|하|해|심|신고(?:를|했|하려)|때문|이_?|한)|이|로)
        폭언(?:을|_?(?:당|하|들|때문|과)|이|으로) 욕설(?:을|_?(?:하|듣|했)|이|까지)
        (?:쌍)?욕을_?(?:하|했|먹|해|퍼) 왕따(?:를|_?(?:당|시|래|인|된)|가|예요|인)
        따돌림(?:을|_?(?:당|때문|시)|이) 따돌리 따돌립 따돌린 따돌려 따돌렸 은따 투명인간_?취급
        스토킹(?:을_?(?:당|하|해)|_?(?:당|하|해|피해|때문|으로|신고)) 스토커 따라다니 따라다녀
        신체_?접촉(?:을|이|_?(?:해|하|당|때문))
        (?:엉덩이|허벅지|어깨|가슴|허리|손|몸|다리|머리)(?:를|을|에)?_?(?:자꾸_?|막_?|슬쩍_?)?(?:만지|
            만져|만졌|더듬|쓰다듬|주무르|감싸|손을_?대|터치)
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
        (?:회의|모임|단톡방|점심|대화)(?:에서|방에서)?_?(?:저를|나를|저만|나만|걔만|그_사람만)_?(?:빼|
            제외|배제|따)
        집까지_?따라 데려다_?준다 치근덕 추근 찝쩍 들이대 노려보 수발
        불쾌한_?(?:말|농담|신체|행동|발언|메시지|사진) 인종_?차별 여자가_ 남자가_무슨 모멸감 외모를_?두고
        (?:저|나|제|그|얘|걔|우리)(?:한테|에게)만_?(?:자꾸_?|계속_?)?(?:일|업무|인사|말|화|짜증|소리|잡일|야근)
        일을_?(?:전혀_?)?안_?주 인사(?:를|도)_?(?:안_?받|무시|씹) 병신 (?:이|개|저)_?새끼 미친_?(?:놈|년)
        멍청하?(?:다고|이라고|한_놈) 쓰레기라고 바보라고 돌대가리
        (?:심부름|김장|이삿짐|집안일|술_?시중|개인_?운전|세차|과제)(?:을|를)?_?(?:시키|시켜|시켰|시킵) 러브샷
        화장실_?(?:앞|까지)(?:에서)?_?(?:저를|기다|따라|제) 기다려요
        (?:싫다고|거절|거부)(?:했는데도|하는데도|했더니|해도_?(?:계속|자꾸|또|막무)) 뒤에서_?(?:욕|험담|흉)
        (?:사진|영상)(?:을|를)?_?(?:몰래|허락_?없이) 몰래_?(?:찍|촬영)
        단톡방에서_?(?:저|나|욕|조롱|빠|나가|뒷|성|놀)
        (?:서류|보고서|컵|볼펜|물건|마우스|재떨이|결재판|책)(?:을|를)?_?(?:집어_?)?(?:던지|던졌|던진)
        여자라(?:서|고|는) 여자는_ 여직원(?:들)?(?:에게|한테|을|만|의_?(?:몸|외모|다리)) 외국인이라
        나이_?(?:많다고|가_?많다) 어리다고 학벌 지방대
        (?:임신|육아휴직|결혼)(?:했다고|한다고|을_?했다고|했더니)_?~(?:나가|그만|눈치|불이익|욕|퇴사|사직)
        눈치(?:를|가)?_?(?:줘|주|줍|보여|보입) 추행당 당했다고_?(?:털|말|하) 집적 스킨십 손을_?잡(?:아|으|고|았)
        어깨동무 무릎 데이트_?(?:하자|신청|요구)
        (?:자취방|집|호텔|모텔)(?:으로|에|까지)?_?(?:오라|가자|데려|찾아|따라) 호텔로 모텔 감시(?:당|하는|를_?당)
        cctv로_?(?:저|직원|감시) 무릎을_?꿇 반성문 얼차려 기합 텃세 태움 갈구 갈굼 쌍욕 쥐어박
        머리를_?(?:때|툭|쥐) 지속적으로_?(?:괴|무|연) 화를_?(?:내|냈)(?:고|며|어|요|세)
        """,
        r"""
        (?:was|were|been|being|got|is|am|i'm|gets|be|feel|felt|feels)_(?:\w+_){0,2}(?:harassed|groped|
            molested|bullied|stalked|assaulted|raped|humiliated|belittled|threatened|intimidated|abused|
            ostraci[sz]ed|gaslit|discriminated_against|catcalled|singled_out|retaliated_against|
            verbally_abused|yelled_at|mocked|excluded|body-shamed|cornered|followed_home|victimi[sz]ed)
        (?:harass(?:es|ing|ed)?|grop(?:es|ing|ed)|molest(?:s|ing|ed)?|bull(?:ies|ying|ied)|stalk(?:s|ing|
            ed)?|assault(?:s|ing|ed)|threaten(?:s|ing|ed)|intimidat(?:es|ing|ed)|humiliat(?:es|ing|ed)|
            belittl(?:es|ing|ed)|rap(?:es|ing|ed)|insult(?:s|ing|ed)|mock(?:s|ing|ed)|gaslight(?:s|ing|ed)?|
            yell(?:s|ing|ed)|scream(?:s|ing|ed)|swear(?:s|ing)|swore|curs(?:es|ing|ed)|leer(?:s|ing|ed)|
            hit(?:s|ting)?_on|flirt(?:s|ing|ed)_with|abus(?:es|ing|ed)|ostraci[sz](?:es|ing|ed)|shout(?:s|ing|
            ed)|shov(?:es|ing|ed)|slapp?(?:s|ing|ed)?|punch(?:es|ing|ed))_(?:at_)?(?:me|her|him|us|them|my|
            one_of|a_(?:colleague|coworker|female|junior|woman|teammate|new)|the_(?:intern|junior|new|women|
            female)|an_intern|female|women|junior|staff|employees|people|everyone|interns)
        (?:touch(?:es|ed|ing)|grabb?(?:s|ed|ing)|rubb?(?:s|ed|ing)|kiss(?:es|ed|ing)?|massag(?:es|ed|ing)|
            strok(?:es|ed|ing)|brush(?:es|ed|ing)_against)_(?:me|my|her|his_(?:intern|assistant|junior)|him|
            the_intern|inappropriately|women|an_intern)
        (?:sexual|racial|sexist|racist|homophobic|lewd|inappropriate|unwanted|unwelcome|suggestive|dirty|
            crude|creepy|derogatory|obscene|misogynistic|degrading|explicit)_(?:and_\w+_)?(?:comments?|
            remarks?|jokes?|advances?|touching|messages?|photos?|attention|texts?|contact|behaviou?r|
            favou?rs?|pictures?|gestures?|slurs?|propositions?|dms?|emails?|images?|nicknames?)
        (?:of|about|for|reported|report|filed|experienc\w+|accus\w+_of|complain\w*_(?:about|of)|witnessed|
            alleg\w+|faced|endured|with|from)_(?:\w+_){0,2}(?:harassment|bullying|stalking|assault|
            discrimination|sexual_misconduct|retaliation|abuse)_?(?:by|from|against|at|after|case|claim|
            allegation|complaint)?
        (?:harassment|bullying|discrimination|sexual_misconduct|assault|retaliation)_(?:by|from|
            complaint_(?:against|about|from|was|filed|i)|allegations?|claim_(?:against|by)|case_(?:against|
            involving|in|about)|victim|investigation_(?:against|into|of|on)|incident|accusations?)
        sexually_\w+ (?:toxic|hostile)_(?:boss|manager|work_environment|workplace)
        (?:made|makes|making|make)_(?:me|her|him|us|them|people|women|
            everyone)_(?:\w+_){0,2}(?:uncomfortable|unsafe|cry|afraid|sick)
        retaliat\w+_against ruin_my_career
        (?:sends?|sent|sending|texts?|texting|texted|messag\w+|dms?|calls?|calling)_(?:me|her|him|
            us)_(?:\w+_){0,4}(?:at_night|late_at_night|nudes?|photos?|constantly|every_night|after_midnight|
            inappropriate\w*|at_\d+_?am)
        follow(?:s|ed|ing)_(?:me|her|him)_(?:home|to|around|after)
        (?:won't|wouldn't|keeps?|kept|doesn't|didn't|refus\w+_to)_(?:\w+_)?(?:stop_(?:touching|texting|
            asking_me_out|messaging|calling|following)|asking_(?:me|her|him)_out|take_no|leave_(?:me|her|
            him)_alone|touching|harass\w*|staring|commenting_on|hitting|bullying|belittling|insulting|yelling|
            making_(?:comments|jokes|fun))
        (?:comments?|comment|remarks?|jokes?|joke|joking|commenting|commented|commented)_(?:about|
            on)_(?:my|her|his|women's)_(?:\w+_)?(?:body|looks|appearance|weight|breasts?|legs|outfit|clothes|
            skirt|figure|race|accent|skin|chest|sex_life|butt|dress)
        stares?_at_my staring_at_my quid_pro_quo sleep_with_(?:him|her|me) metoo power_trip\w* makes_fun_of
        making_fun_of made_fun_of toxic_towards walks_all_over treats_(?:me|us|her)_like
        (?:my|her|his|the)_(?:harasser|stalker|abuser|bully) hand_(?:on|up)_(?:my|her|his|the_intern's)_(?:\w+)
        (?:calls?|called|calling)_(?:me|her|him|us)_(?:\w+_){0,3}(?:stupid|idiot|useless|dumb|worthless|
            fat|names|slut|bitch|moron|incompetent|sweetheart|honey|baby)
        (?:to|in)_(?:his|her|my|a)_hotel_room hotel_room
        (?:exclude|excludes|excluding|ignore|ignores|ignoring|isolate|isolates|isolating|freez\w+)_(?:me|
            her|him|us)_(?:from|in|at|on|out|during|when|every)
        laugh(?:s|ed|ing)?_at_(?:me|my|her|him)
        (?:women|girls|foreigners|old_people|mothers|gays|immigrants|black_people)_(?:don't|can't|
            shouldn't|aren't|are_not|do_not)_\w+
        (?:afraid|scared|terrified)_of_(?:my|her|his|the|our)_(?:\w+_)?(?:boss|manager|coworker|co-worker|
            colleague|supervisor|director|ex|lead|stalker)
        (?:keeps|kept|won't_stop)_(?:following|watching|texting|calling|messaging|staring|touching|
            bothering|insulting|belittling|mocking|yelling|asking_(?:me|her))
        (?:since|after|because|when)_i_(?:complained|reported|spoke_up|said_no|refused|turned_(?:him|her)_down)
        (?:report|reporting|reported|complain|complaint|complaining)_(?:\w+_){0,3}(?:for|about|
            of)_(?:sexual|harassment|bullying|discrimination|racism|sexism|abuse|assault)
        throws?_(?:things|objects|papers|a) threw_(?:a|his|her|the|papers)_\w+_?(?:at)?
        (?:asks|asked|asking|begs|pressur\w+)_(?:me|her)_(?:out|on_a_date|to_dinner_alone|for_nudes|
            to_sleep|to_come_to_his|to_his|if_i_am_single|about_my_sex)
        personal_errands
        (?:makes|made|forces|forced)_(?:me|her|him|us|juniors|interns)_(?:to_)?(?:drink|pour|stay|clean|
            babysit|run_errands|sit_next|kneel|apologi[sz]e_publicly)
        upskirt hidden_camera nude_(?:photos|pictures) leer(?:s|ed|ing)? ogl(?:es|ed|ing) grab(?:s|bed)
        wolf-whistl\w+ (?:silent_treatment|cold_shoulder) hostile_towards
        disgusting_(?:comments?|jokes?|messages?)
        (?:because|just_because)_(?:i'm|i_am|she_is|she's|he_is|he's)_(?:a_woman|female|gay|black|asian|
            pregnant|old|foreign|trans|muslim|disabled|a_mother)
        """,
    ),
    terms=Phrases(
        r"""
        성희롱(?!_?(?:예방|방지)) 성추행 성폭력(?!_?(?:예방|방지)) 괴롭힘(?!_?(?:예방|방지|금지))
        갑질(?!_?(?:예방|방지)) 폭언 왕따 따돌림 스토킹 가해자 피해자 2차_?가해 미투 폭행 욕설 언어_?폭력 성차별
        수치심 모욕 차별(?!화|점|성|적_?(?:우위|요소|장점)) 인권_?침해 부당한_?(?:지시|대우) 사적_?(?:지시|심부름)
        고충_?(?:접수|상담|처리)를? 신고자
        """,
        r"""
        harass\w*(?!_(?:training|policy|prevention|awareness|polic\w+|course|module|certificate))
        sexual\w*(?!_reproduction|_selection) grop(?:ed|ing) bull(?:y|ying|ied) stalk\w* molest\w* rape
        discriminat\w+ racis[tm] sexis[tm] slurs? retaliat\w+ intimidat\w+ abusive abuse hostile_\w+
        inappropriate\w* unwelcome misogyn\w* homophob\w* creepy lewd gaslight\w* ostraci[sz]\w* hazing
        humiliat\w+ verbal_abuse toxic
        """,
    ),
    weak=Phrases(
        r"""
        무시 협박 보복 추근 만지 만졌 소리_?지 회식
        """,
        r"threat\w* victim uncomfortable bully touched yell(?:s|ed|ing)? scream\w* unsafe",
    ),
)
