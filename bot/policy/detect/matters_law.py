"""The words of sensitive matters, continued: criminal record. Data."""

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
        횡령(?:을_?(?:했|한|하|저)|한_?(?:것|직원|팀|사실|돈|걸|게)|했|하다|하고|_?혐의|_?사실|_?의혹|
            _?정황|범|_?사건으로)
        배임_?(?:혐의|으로|죄로|을)
        사기_?(?:혐의|죄로|로_?(?:고소|구속|기소|잡|입건|신고|처벌)|꾼|_?친|쳤|를_?(?:쳤|친|당|치)|당했|전과)
        절도(?:로|_?혐의|를|_?사건으로|범) 훔치 훔쳤 훔친 훔쳐 빼돌렸 빼돌린 빼돌리
        성범죄(?:자|로|_?전력|_?이력|를) 성폭행 강간 살인_?(?:혐의|미수|을_저|죄로)
        도박(?:으로|에_?빠|_?빚|_?중독|을_?(?:해|하|했|끊)|_?혐의|하다)
        마약(?:을|_?(?:했|하|한|혐의|투약|검사에|사범|으로|전과|운반|판매)|으로) 대마(?:초|를|_?흡연|_?피) 필로폰
        뇌물(?:을|_?받|_?수수|_?혐의) 리베이트를?_?받
        경찰(?:_?조사(?:를|_?받|_?중)|서에_?(?:다녀|갔|불려|출석|끌려)|에_?(?:불려|잡|붙잡|연행|고소|고발|
            입건)|이_?(?:찾아|왔|연락|전화|조사하)|한테_?(?:연락|조사)|_?출석|_?수사)
        검찰(?:_?조사|에_?(?:송치|불려|기소|출석|소환)|_?수사|이_?(?:압수|기소)) 압수수색
        피의자(?:로|_?신분|가|_?조사) 피고인(?:으로|_?신분|이)
        고소(?:당|를_?당|했|하겠|한다|를_?(?:하|했)|장을?_?(?:받|냈)|_?당|됐) 고발(?:당|됐|했|을_?당|하겠)
        혐의(?:로|를_?받|가_?있) 재판_?(?:중|을_?받|에_?(?:나가|출석|넘)|받|가야|날짜|때문)
        형사_?(?:고소|처벌|재판|사건으로|합의) 약식명령 수배(?:_?중|됐|자) 자수(?:했|하|를)
        보이스피싱_?(?:가담|연루|수거|했|범) 불법_?촬영(?:으로|을|하다|한|했|_?혐의) 몰카(?:를|_?찍|로|범)
        폭행(?:으로_?(?:입건|고소|신고|기소|체포)|_?혐의|죄로|_?전과) 상해(?:죄로|_?혐의) 명예훼손(?:으로|_?혐의)
        합의금(?:을|_?때문) 보호관찰 학교폭력_?(?:가해|전력) 탈세(?:를|_?혐의|로|했) 밀수
        문서_?위조(?:로|를|했|혐의) 위조(?:했|한|해서) 선고_?유예 뒷돈 리베이트(?:를|_?(?:받|챙)) 소년원
        (?:돈|재고|물건|자재|장비|현금|공금|회삿돈|상품|노트북)(?:을|를)?_?(?:몰래_?)?(?:훔|빼돌|슬쩍|
            횡령|유용|착복)
        공금 유용(?:한|했|을) 조사받(?:고|았|는|으) 가석방 보석으로 전자_?감독 신상_?공개
        성매매(?:를|_?(?:했|하|혐의|알선)) 수거책 대포통장 명의_?도용 교통사고_?(?:내고|가해|처벌)
        벌금(?:을|_?(?:내|받|형|\d)) 공갈 무고(?:죄|로|를) 위증 살인 방화
        """,
        r"""
        (?:was|were|been|got|being|gets|get)_(?:\w+_)?(?:arrested|convicted|indicted|jailed|imprisoned|
            incarcerated|busted|prosecuted|sentenced|arraigned|charged_with|caught_(?:stealing|
            shoplifting|driving|embezzling)|booked)
        arrested_(?:for|last|on|in|him|her|yesterday|at) convicted_of convicted_felon
        charged_with_(?!maintaining|the_task|leading|organi)
        (?:has|have|had|with|his|her|my|a|an_old|prior|about|s|someone's|
            expunged)_(?:\w+_)?(?:criminal_(?:record|history|conviction|past|charges?|case|background)|felony|
            conviction|rap_sheet|arrest_record|prison_record|dui|dwi|restraining_order|mugshot|misdemeanou?r|
            warrant)
        ex-con(?:vict)? sex_offender out_on_(?:bail|parole) on_(?:parole|bail)
        (?:on|his|her|violated)_probation_(?:for|after|officer|from)
        (?:in|to|from|out_of|served|did)_(?:\w+_)?(?:prison|jail|juvie|custody) did_time embezzl(?:ed|ing)
        (?:stole|steals|stealing|pocketed)_(?:\w+_)?(?:from|money|cash|company|the|our|\w+) drunk_driving
        driving_(?:drunk|under_the_influence)
        (?:police|cops|detectives?|fbi|prosecutors?)_(?:came|called|are|is|were|raided|questioned|want|
            contacted|took|showed|picked|investigat\w+|arrested|charged|interview\w*)
        (?:questioned|interviewed|summoned|investigated|picked_up|raided)_by_(?:the_)?(?:police|
            prosecutors?|fbi|cops)
        under_(?:criminal_)?investigation_(?:for|by) under_arrest pleaded_(?:guilty|not) plead_guilty pled_guilty
        bribed sold_drugs selling_drugs dealing_drugs drug_(?:charges?|conviction|possession|offen[sc]e)
        money_laundering_(?:charge|case|for) possession_of_(?:drugs|cocaine|marijuana|weed|child)
        domestic_violence_(?:charge|arrest|case|conviction) identity_theft_(?:charge|conviction) house_arrest
        community_service_(?:sentence|for) wanted_by_the shoplift\w+ assault_charges?
        fraud_(?:charges?|conviction|case_against) court_(?:date|hearing|for) picked_up_for
        (?:selling|using|dealing|doing|smoking|snorting|caught_with)_(?:meth|cocaine|weed|drugs|heroin|
            fentanyl|marijuana|pills)
        meth cocaine heroin (?:lied|lying)_about_(?:his|her|a)_(?:\w+_)?(?:felony|conviction|record|past)
        (?:in|to|from|out_of)_(?:jail|prison|custody) forged
        (?:pocketed|skimm(?:ed|ing)|siphon\w+|misappropriat\w+)
        (?:took|taking|accepted|accepting|takes)_(?:a_|an_)?(?:bribes?|kickbacks?) kickbacks?
        tax_(?:fraud|evasion) insider_trading_conviction hit-?and-?run statutory_rape murder\w* manslaughter
        kidnapp\w+ arson on_trial_for facing_(?:\w+_)?charges pressing_charges money_missing
        """,
    ),
    terms=Phrases(
        r"""
        (?<![가-힣])전과(?!_?(?:동일|같|비교|달|다른|마찬|변함|후)) 범죄_?(?:경력|기록|이력|전력|사실)
        신원_?조회_?결과 집행유예 징역 벌금 기소 구속 체포 입건 음주_?운전 마약 대마 횡령 배임 절도 성범죄 뇌물
        도박 고소 고발 피의자 피고인 혐의 경찰서 경찰_?조사 검찰 형사_?사건 재판 수사 유죄 범죄자 범행 폭행 소년원
        법원
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
