"""The words of sensitive matters, continued: inside information. Data."""

from __future__ import annotations

from bot.policy.detect.matters_words import Words
from bot.policy.detect.phrases import Phrases

INSIDER = Words(
    said=Phrases(
        r"""
        미_?공개_?(?:임상|결과|실적|정보(?:로|를|가|인|라|입|_?(?:이용|유출))|중요_?정보|자료|계약|수치|
            재무|매출|인수|m&a|숫자|거래|합병|투자|분기|공시|딜|내용|사항)
        비공개_?(?:실적|인수|거래|계약|협상|투자|딜|합병|매각)
        아직_?(?:공시|공개|발표)(?:되지|하지|_?(?:전|안)|가_?안|를_?안)
        공시(?:되기|하기|_?나기|_?나가기|_?나오기|가_?나기)_?전 (?:공개|발표)되기_?전
        공시_?(?:전|이전|직전)(?:에|인|까지|이라|의|이니|_|이|$)
        (?:실적|인수|합병|공식|정식|결과|인사|계약|투자|매각|임상|언론|보도)_?발표_?(?:전|이전|직전)(?:에|
            인|까지|이라|의|이니|_|이|$)
        실적_?(?:발표|공시|공개|시즌)_?(?:전|이전|앞두|직전|나기|되기|하기)_?
        내부자_?(?:거래(?:에_?(?:해당|걸|되)|가_?(?:되|될|아)|_?(?:혐의|조사|의심|로|아니|걸|같)|인가)|
            정보(?:로|를|가|인))
        내부_?정보(?:로|를_?(?:이용|듣|알|가지|입|받)|가|인데|_?(?:듣|이용|알))
        잠정_?실적(?:이|을|_?(?:보|나|이|수|공유|숫자)|은) 가결산(?:_?(?:결과|숫자|수치|보니|자료)|이|을)
        블랙아웃_?기간(?:인데|에_?(?:주식|팔|사|매|스)|이라|중)
        거래_?금지_?기간(?:인데|에_?(?:주식|팔|사|매)|이라)
        인수_?(?:하기로|합병_?(?:추진|협상|검토|논의|진행|계약|소식|전|건|대상|발표|딜|정보|직전|계획)|
            협상|추진(?!단)|대상_?(?:회사|기업|업체)|제안(?:을|_?받|가)|계약_?(?:체결|서)|전에|논의|검토|실사|
            가격|금액|가_?(?:확정|무산|결렬))
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
        주식을?_?(?:미리_?|지금_?|더_?|좀_?|다_?|먼저_?)?(?:사도|팔아도|살까|팔까|사면|팔면|사_?(?:두|놓|
            둘|뒀)|팔아야|사야|매수|매도|샀|팔았|사라고|팔라고|사는_?게|담|처분)
        주가(?:가_?(?:오르|떨|뛰|폭|움)|에_?(?:영향|큰)|_?(?:오르|떨|뛰|폭락|급등|영향)) 선행_?매매 시세_?조종
        미리_?(?:사|팔|매수|매도)(?:두|놓|도|면|야|아|려) 배당_?(?:확정|결정|계획|삭감|금이|정책_?변경)
        감자_?(?:계획|결정|검토|한다) 공개_?매수_?(?:가격|계획|예정|추진|한다) 텀시트 엠바고
        극비_?(?:프로젝트|인수|계약|회의|로|리)
        어닝_?(?:쇼크|서프라이즈|미스)(?:가|를|_?(?:날|나|예상|일|래|라|이))
        적자_?(?:전환|폭|규모)(?:이|을|_?(?:예정|할|될|한|됐|했)|할|될|된|했)
        분기_?(?:실적|매출|영업이익)(?:이|을|은|_?(?:초안|숫자|수치|미리|예상|전망|유출|집계|잠정|가집계|
            자료|데이터|표|\d))
        영업이익(?:이|을)_?(?:\d|예상|시장|컨센|전년|크게) 컨센서스_?(?:하회|상회|보다|대비)
        가이던스_?(?:하향|상향|못|낮|수정|미달) 회계_?(?:부정|오류|조작)(?:이|을|_?(?:정황|의혹|발)) 분식_?회계
        감사의견_?(?:거절|한정) 임상_?(?:결과|\d상)(?:가|이|_?(?:발표|실패|성공|데이터|결과))
        대규모_?(?:수주|계약|투자|공급)(?:를|_?(?:체결|예정|공시|따|건|소식|계약))
        이사회_?(?:의결_?전|안건(?:이|에|으로)|결정_?사항|에서_?(?:결정|의결|통과|논의))
        신제품_?(?:발표|공개|출시)_?전 투자_?유치_?(?:금액|확정|협상|조건|라운드|중)
        스톡_?옵션_?(?:행사해도|팔아도) 미_?발표 미공시 언론에_?(?:나가기|나오기|공개되기)_?전
        보도자료_?(?:나가기|배포)_?전 파산_?(?:신청|준비|위기) 부도 상폐 구조_?조정_?발표_?전
        미리_?알(?:게|고|았|려)
        아직_?(?:올리지|나오지|공개하지|발표하지|발표되지|공시하지|공시되지|알려지지|외부에|시장에|시장은|투자자)
        (?:시장|투자자|투자자들|외부|언론|직원들|주주)(?:은|는|에|에는|에서는|들은|이|
            도)?_?(?:아직_?)?(?:모르|몰라|모릅|모른|알려지지)
        (?:리콜|해킹|유출_?사고|소송|수주|허가|승인|품목허가|투자|제휴|인수|매각|분할|감원|철수|단종|합작|
            공장_?폐쇄)(?:를|을|가|이|은|는|_?(?:건|소식|결과|계획|사실))?_?~(?:발표합|발표할|발표_?예정|
            발표될|공시할|공시될|공시_?예정|공개_?예정|발표_?전|공시_?전|공개_?전|다음_?주에|미리_?알|
            보도_?전)
        (?:최대_?주주|대주주|오너|창업자|회장님?)(?:가|이|의)?_?~지분 지분을_?(?:넘|팔|매각|인수|전량|처분) 코드명
        우선_?협상_?대상자 주관사(?:를|_?선정) 우리_?사주(?:를|_?~(?:팔|처분|매도)) 인적_?분할 물적_?분할
        액면_?분할 적자_?전환 (?:공시|실적|발표)는_?(?:\d|다음|내|아직|곧)
        공시_?(?:초안|예정|직전|담당자가_?아직|될_?거|되면) 사업_?보고서_?(?:초안|제출_?전)
        감사_?보고서_?(?:초안|제출_?전) 확정_?실적
        (?:영업|당기순)_?(?:손실|적자|이익)(?:이|가|은|으로)_?~(?:크|예상|날|줄|급|폭|나왔|집계)
        어닝_?(?:쇼크|서프라이즈)
        """,
        r"""
        mnpi material_non-?public material_nonpublic
        non-?public_(?:information|info|data|financial\w*|deal|numbers|results) nonpublic
        insider_(?:info|information|knowledge|tip|trading_(?:if|for|investigation|issue|charge|by)|deal)
        inside_(?:info|information|scoop|track) unannounced_\w+
        unreleased_(?:earnings|results|numbers|financials?|quarter\w*|figures|guidance|revenue|product|data)
        undisclosed_(?:merger|acquisition|deal|earnings|results|financials?|revenue|losses|terms|
            investment|customer)
        unpublished_(?:earnings|results|financials?|numbers|figures|quarter\w*)
        pre-?announcement_(?:numbers|results|figures|earnings)
        pre-?release_(?:earnings|numbers|financials?|results|figures)
        (?:before|ahead_of|prior_to|until|till|pre)_(?:the_|our_|we_|it_|it's_|it_is_|they_|this_|that_|
            its_|next_\w+_|\w+_){0,3}(?:earnings(?:_call|_release|_report)?|announce\w*|announcement|filing|
            8-k|10-q|10-k|goes_public|made_public|is_public|be_public|disclos\w+|press_release|becomes_public|
            public_disclosure|results_(?:come|are)|releas(?:e|es|ed|ing)_(?:the_)?(?:earnings|results|
            numbers)|report_earnings|ipo|lock-?up|blackout)
        (?:not|hasn't|haven't|isn't|aren't|won't|nobody|never|yet_to)_(?:\w+_){0,3}(?:public(?:_yet|ly)?|
            announced|disclosed|published(?:_yet)?|be_disclosed|been_released|released_yet|supposed_to_know)
        (?:earnings|results|revenue|guidance|numbers|quarter|q[1-4]|eps|profit|margins?|bookings|
            sales)_(?:\w+_){0,4}(?:miss(?:ed|es)?|beats?|below_(?:consensus|guidance|expectations)|
            above_(?:consensus|guidance|expectations)|come_in_(?:below|above|under|at)|short_of|restat\w+|cut|
            lower_than_(?:guidance|expected|consensus))
        (?:in|during|inside|under)_(?:the|a|our)_(?:blackout|quiet|closed)_(?:period|window)
        blackout_(?:period_(?:and|but|starts|sell|trade|can)|window_(?:and|but))
        (?:we're|we_are|they're|company_is|is|are|be|being|about_to_be|to_be|getting|will_be|secretly|
            quietly)_(?:\w+_)?(?:acquired|acquiring|merging|bought_out|going_public|taken_private|
            buying_(?:out|\w+_for)|selling_(?:the|our)_(?:\w+_)?(?:unit|division|business|company|stake)|
            filing_for_(?:bankruptcy|ipo|an_ipo)|delist\w+|spinning_off|divesting|in_talks)
        (?:secret|confidential|pending|upcoming|planned|potential|rumou?red|unconfirmed|
            possible)_(?:\w+_)?(?:merger|acquisition|takeover|buyout|ipo|tender_offer|divestiture|spin-?off|
            delisting|restatement|stock_split|buyback|deal_with)(?!_policy|_process_guide)
        acquisition_(?:target|talks|price|of|offer|deal|plan|announcement|negotiation\w*|bid|closes)
        merger_(?:talks|with|agreement|announcement|plan|negotiation\w*|terms|closes|vote)
        takeover_(?:bid|target|offer|talks) term_sheet letter_of_intent
        due_diligence_(?:on|for|data|room|files|report|findings|target)
        (?:buy|sell|dump|short|trade|purchase|load_up_on|bought|sold|selling|buying|shorting|
            unload)_(?:\w+_){0,3}(?:shares|stocks?|options|puts|calls|rsus)(?!_photo)
        stock_(?:price_(?:will|is_going|to)|will|tip|going_to|before) share_price_(?:will|to|is|after|when|could)
        front-?run\w* going_public_(?:in|next|this|soon) file_for_(?:bankruptcy|chapter|an_ipo|ipo)
        cook(?:ed|ing)_the_books accounting_(?:fraud|irregularit\w+|restatement)
        restate(?:ment_of|d)?_(?:our|the|earnings|results|q\d)
        (?:fda|trial|phase_\w+)_(?:results?|approval|data|decision)_(?:before|is|are|will|came|come|next|
            leak\w*|failed)
        embargoed under_embargo profit_warning guidance_(?:cut|revision|reduction|raise)
        draft_(?:earnings|10-q|10-k|8-k|press_release|s-1)
        board_(?:hasn't|has_not|approved|will_approve|vote|decided|deck|resolution_on|materials_on) unaudited_\w+
        preliminary_(?:figures|results|numbers|earnings|financials|q\d)
        (?:code_?name[d]?|codename[d]?)_(?:for|of|is|\w+_for)
        (?:investors|market|analysts|street|public|shareholders|employees|customers|press|outside_world|
            nobody|no_one)_(?:\w+_){0,3}(?:no_idea|unaware|clueless|in_the_dark|don't_know|doesn't_know|
            knows?_yet|knows_about|not_know|aren't_aware|not_been_told|haven't_been_told|find_out|finds_out)
        (?:disclosure|announcement|disclosing|announcing|press_release|filing|8-k)_(?:is_|comes_|
            goes_out_|will_be_|scheduled_)?(?:next|on|this|tomorrow|later|for|due|planned|scheduled|monday|
            tuesday|wednesday|thursday|friday)
        (?:we|we'll|they|company|board|they'll|management)_(?:will_|are_going_to_|'re_going_to_|plan_to_|
            plans_to_|is_about_to_|are_about_to_)?(?:announce|announcing|disclose)_(?:a|an|the|our|its|that|
            record|next|tomorrow)_\w+
        board_(?:just_|has_|quietly_|secretly_|already_)?(?:approved|voted|decided|agreed|signed_off|rejected)
        (?:biggest|largest|main|key|top|major)_(?:customer|client|contract|supplier)_(?:\w+_)?(?:leaving|
            left|cancel\w*|churn\w*|lost|terminat\w+|pulled)
        (?:we|we'll|company|they)_(?:will_|'ll_|are_going_to_)?(?:beat|missed|miss|
            crush\w*)_(?:\w+_){0,3}(?:estimates|guidance|consensus|expectations|forecast|targets?)
        (?:quiet|blackout|closed|lock-?up)_(?:period|window) stock_split buyback secondary_offering
        (?:fda|regulator\w*|ema)_(?:rejected|approved|denied|will_approve|rejection|approval)
        earnings_(?:are|is|come|script|on|draft|next|leak\w*)_(?:\w+)? (?:is|if|whether)_our_quarter
        our_(?:quarter|earnings|numbers|revenue|results|margins)_(?:is|are|was|were|will|look|came|come|
            missed|beat|down|up)
        (?:the|this|a)_(?:merger|acquisition|takeover|deal|buyout)_(?:is_|was_|isn't_|hasn't_|
            will_be_)?(?:announced|closes|signed|public|happening|secret|confidential|not_public)
        data_breach_~(?:disclos|announce|public|next|tell) bankruptcy_(?:filing|protection|next|plan) delist\w+
        going_bankrupt
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
        주식 인수
        """,
        r"stock shares deal revenue forecast",
    ),
)
