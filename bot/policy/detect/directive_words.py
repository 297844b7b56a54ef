"""Words of those who say what may happen to a text: tables for directive.py. phrases.py says how to read them. Data."""

from __future__ import annotations

from bot.policy.detect.phrases import Phrases

_OUT = (
    "외부|밖|클라우드|인터넷|해외|챗_?gpt|챗_?지피티|외부_?(?:모델|서버|ai|api|서비스|업체)"
    "|다른_?(?:회사|서버)|사외|타사"
)
_NEVER = "마$|마_|마[.,!라세십시]|말아|말_?것|말_?고|말고|말도록|말아야|금지|안_?되|안_?돼|안됩|않|못_?하게|절대"
_LEAVE = "보내|전송|유출|반출|공유|내보내|올리|넘기|나가|노출|공개|전달|업로드|유포|발설|새어|알려지|흘리|복사"
_STAY = (
    "처리|분석|요약|답|돌려|돌리|써|쓰|사용|이용|봐|보세|보관|공유|공람|열람|작업|정리|검토|실행|번역|해_?[주줘]"
    "|하고|물어|확인|진행|해야|하세|합니다|남|두고|다뤄|회람|활용|이야기|한정"
)
_PLACE = (
    "로컬|온_?프레미스|온_?프렘|on-?prem|사내|회사_?(?:안|내부)|내부_?(?:모델|서버|망|시스템|에서|ai|용)|내부"
    "|자체_?(?:모델|서버)|폐쇄망|내부망"
)

_AI = (
    "(?:ai|llm|gpt|chatgpt|챗_?(?:gpt|지피티|봇)|지피티|클로드|claude|제미나이|gemini|코파일럿|copilot|인공지능|언어_?모델)"
    "(?:_?(?:서비스|도구|툴|모델|챗봇))?[한에로][가-힣]{0,3}_?(?:절대_?)?"
)
_TELL = "보내|넣|올리|입력|붙여_?넣|알려|알리|말하|말해|주지|주면|묻|물어|공유|전송|전달|제공|맡기"
_FILE = "docx?|pptx?|xlsx?|pdf|hwpx?|txt|md|csv|zip"
_OPEN, _SHUT = r"(?:[\[(<【〔]|(?<![^\n])[*#>\s]{0,4})", r"(?:[\])>】〕]|[*\s]{0,4}(?![^\n]))"
"""Around a mark that stands in brackets or alone on its line."""

DIRECTIVE = Phrases(
    ko=rf"""
    대외비 (?<![가-힣])대[\s*·.-]{{1,3}}외[\s*·.-]{{1,3}}비(?!용|율|중|교|행|판|난)
    대외秘 大外秘 사내비 사외비 극비(?!리_?결혼) 대외_?주의 1급_?비밀
    기밀_?(?:문서|자료|사항|정보|유지_?바|입니다|이니|이에요|임$|로_?(?:취급|다뤄|처리|유지))
    영업_?비밀(?:이니|이라|입니다|이에요|자료|문서|을_?포함) 비밀_?유지(?:해|가_?필요|_?바|_?부탁|_?요청)
    {_OPEN}(?:군사_?|일급_?)?(?:기밀|비밀|보안_?문서|내부용|사내용|임원용|임원만|
        내부_?한정|비공개|보안_?유지){_SHUT}
    (?:내부용|사내용|임원용)(?:$|[,.:;)]|_(?:{_FILE})(?![a-z]))
    (?:내부용|사내용|임원용|임원_?한정)_?(?:자료|문서_?(?:입|이)|공유)
    (?:군사|국가)_?기밀 (?:[1-3]|i{{1,3}}|[일이삼])급_?비밀 보안_?등급_?:?_?[1-3일이삼]_?(?:급|등급)
    (?:임원진?|경영진|이사회|대표님?|(?:팀장|부장|관리자|본부장)급?)(?:_?이상)?(?:만|
        _?한정)_?(?:열람|회람|공유|보세|보시|봐_?[주줘])
    (?:열람|회람|읽은|읽고)_?(?:후|뒤|나서)_?(?:에_?)?(?:즉시_?|바로_?)?(?:파기|폐기|삭제|소각|파쇄)
    (?:반출|유출|누출)_?(?:금지|엄금|불가) (?:대외|공개|공유|복제)_?(?:공개_?)?(?:금지|엄금|불가)
    보안_?유지_?(?:부탁|바랍|바라|해_?[주줘]|요청|요망|필수|철저|하세|합시)
    비밀(?:인데|이야|이에요|이니까|로_?(?:해|부탁|간직)|_?지켜) 너만_?알고 여기서만_?(?:하는_?)?(?:얘기|이야기|말)
    오프_?더_?레코드 미공개_?(?:중요_?)?정보(?:$|입니다|이니|이에|라_|인데|이므로|_?포함)
    {_AI}(?=(?:{_TELL})[가-힣]{{0,3}}_?(?:마$|마_|마[.,!라세십시]|말아|말_?것|말_?고|안_?[되돼됨됩]|금지|불가|않))
    {_AI}(?=[^\n.?!]{{0,15}}(?:{_TELL})(?:하지|지)_?(?:마|말|않))
    (?:ai|인공지능|모델)_?학습(?:에|용으로|에는)?_?(?:절대_?)?(?:(?:쓰|사용하|이용하|활용하)지_?(?:마|말|않)|(?:사용_?|이용_?)?금지)
    사내_?한_?(?:정|$|문서|자료) 내부_?(?:자료|문서)(?:이니|이라|입니다|이에요|라서|니까|라_) 열람_?제한
    배포_?(?:금지|제한) 복사_?금지 무단_?(?:전재|배포|유출|반출)
    (?:{_OUT})(?:로|에|으로|에는|에다|로는|한테|_?직원에게|_?사람에게)?(?:_?절대_?|_?다시는_?|
        _)?(?:{_LEAVE})[가-힣]{{0,3}}_?(?:{_NEVER})
    (?:{_OUT})(?:로|에|으로|로는|에는)?_?(?:절대_?)?(?:{_LEAVE})~(?:금지|안_?되|안_?돼|안됩|말아|마세|
        하지_?마|지_?마|지_?말|않게|않도록|않았으면|면_?안)
    (?:{_OUT})_?(?:유출|반출|공유|공개|전송|배포|노출)_?(?:금지|불가|주의|엄금|절대)
    (?:{_OUT})(?:로|에|으로)_?(?:나가|새|유출되|공개되|알려지)[가-힣]{{0,2}}_?(?:면_?(?:안|큰)|지_?않|
        선_?안|서는_?안)
    (?:{_PLACE})(?:에서|로|으로|_?안에서|_?환경에서|_?모델로|_?모델에서|_?서버에서|_?ai로|
        _?용으로)?만_?(?:[가-힣]{{1,4}}_)?(?:{_STAY})
    로컬_?(?:모델|llm)?(?:에서|로)만 온_?프레미스(?:에서|로|_?모델로)만 (?:내부|자체|사내)_?모델로만
    사내_?망?에서만_?(?:{_STAY}) 내부용(?:입니다|이니|으로만|이에요|이라|_?문서|_?자료)
    사내용(?:입니다|이니|으로만) 우리_?(?:회사|팀)(?:_?안)?에서만_?(?:{_STAY}) 우리끼리만 팀_?내에서만
    회사_?밖으로_?(?:나가|내보|유출)
    클라우드_?(?:모델|ai|llm)?(?:은|는|을|를|로|에|에는|로는)?_?(?:쓰지|사용하지|이용하지|보내지|
        올리지|거치지|태우지)_?(?:마|말|않|안)
    클라우드(?:로|에)?_?(?:전송|업로드)_?(?:금지|불가|없이) 클라우드_?(?:금지|사용_?금지)
    외부_?(?:ai|모델|llm|서비스|api)(?:는|은|을|를|에|로|한테)?_?(?:절대_?)?(?:쓰지|사용하지|보내지|
        넣지|묻지|올리지|맡기지)_?(?:마|말|않|안)
    (?:밖|외부|사외)(?:에|으로|로)_?(?:말하지|알리지|얘기하지|흘리지|퍼뜨리지)_?(?:마|말|않)
    비공개로_?(?:부탁|처리|유지|해_?[주줘]) 비공개_?(?:저장소|레포|리포지토리|문서|자료) 사설_?저장소
    프라이빗_?(?:레포|저장소|리포)
    (?:不要|别|請勿|请勿|禁止|不得|切勿|不能|不可|不许|勿)~(?:发到|發到|发送到|上传|上傳|传到|泄露|
        外传|外傳|传给|送到|发给|透露给|离开)
    不要~云端 只能(?:在|用|由)~(?:本地|内部|內部|内网|公司内) 仅(?:在|用|限)~(?:本地|内部|内网|公司内)
    只在~(?:本地|内部) (?:内部|內部)(?:机密|資料|资料|文件)_?(?:请|請|勿|不)
    机密(?!性|计算) 機密(?!性|計算|コンピュ|ではな) 绝密 絶密 公司机密 商业机密 内部专用 ここだけの話
    不离开公司 不离开~网络 不出公司 仅供内部 私有仓库 内部资料 数据不离开 不离开~数据中心 留在~(?:本地|内部|内网)
    不能调用~外部 社外秘 部外秘 極秘 マル秘 機密文書 機密情報(?:です|なので|につき) 社内限り 社内のみ 社内だけ
    取扱注意
    (?:社外|外部|クラウド)(?:に|へ)~(?:送らない|出さない|漏らさ|共有しない|送信しない|持ち出さ|
        送信禁止|アップロードしない)
    外部送信禁止 持ち出し禁止 ローカル(?:のみ|だけ|で処理|モデルだけ|モデルのみ)
    オンプレ(?:のみ|だけ|ミスのみ|ミスだけ|で処理)
    """,
    en=rf"""
    {_OPEN}(?:(?:strictly|highly|most|company|private_(?:and|&))_)?(?:confidential|restricted|proprietary|classified|
        internal_only|internal_use_only){_SHUT} (?<![^\n])\[(?:secret)\]
    confidential(?:_?[|/]|_-_|_(?:{_FILE})) (?:proprietary|privileged|private|sensitive)_(?:and|&)_confidential
    attorney_client_privileged? attorney_work_product legally_privileged privileged_communication
    tlp[\s:-]{{0,3}}(?:red|amber) internal_only off_the_record just_between_(?:us|you_and_me) eyes_only
    (?:under_(?:an?_)?)embargo embargoed_(?:until|till)
    (?:do_not|don't|dont|never|please_don't)_(?:share|forward|repost|circulate)_(?:this|it|these|the_attached)
    (?:do_not|don't|dont|never|not_to|cannot|must_not)_(?:put|paste|give|send|feed|enter|upload|
        share|show|tell|type)_(?:this|it|that|these|any_of_this)_(?:\w+_){{0,3}}(?:ai|llms?|chatgpt|gpt|claude|gemini|copilot|chatbots?)
    (?:not_for|no)_ai_(?:training|use|processing)
    (?:do_not|don't|dont|never|must_not|mustn't|should_not|shouldn't|may_not|cannot|can't|
        please_don't|not_to|without)_(?:\w+_){{0,2}}(?:send|sending|share|sharing|sent|shared|upload|
        uploading|uploaded|forward|forwarding|leak|leaking|post|posting|pass|expose|exposing|transmit|
        transmitting|disclose|disclosing|distribute|copy|paste|use)_(?:\w+_){{0,5}}(?:outside|external\w*|
        cloud|third_part\w+|the_internet|off-?premises|offsite|openai|chatgpt|anyone_else|elsewhere|
        beyond|off_the_network|public_(?:model|api|llm|ai))
    (?:do_not|don't|never|must_not|mustn't|cannot|can't|should_not|shouldn't|may_not|not_to|without|
        won't|not_be_allowed_to)_(?:\w+_){{0,2}}(?:leave|leaving|leaves)_(?:\w+_){{0,2}}(?:building|premises|
        company|network|office|organi[sz]ation|environment|machine|datacenter|team|country)
    (?:outside|external|cloud)_(?:sharing|distribution|processing|models?|use)_(?:is_)?(?:prohibited|
        forbidden|not_allowed|not_permitted)
    no_(?:cloud|external|third-party|outside)_(?:processing|models?|sharing|services?|apis?|llms?|
        providers?|distribution)
    not_for_(?:external|public|outside)_?(?:use|distribution|release|sharing|circulation)?
    not_for_(?:distribution|circulation|publication)
    do_not_(?:distribute|forward|circulate|redistribute|disseminate)
    (?:keep|keeping|kept|stay|stays|remain|remains|process|processed|processing|handle|run|use|stays|
        analy[sz]e|summari[sz]e)_(?:\w+_){{0,6}}(?:on-?prem(?:ises?)?|in-house|on_premises?|
        local(?:ly)?_only|only_local(?:ly)?|inside_the_company|inside_the_building|within_(?:the|
        our)_(?:company|network|building|organi[sz]ation|firewall)|internal_only|
        on_our_(?:own_)?(?:servers?|network|hardware)|off_the_cloud|out_of_the_cloud|behind_(?:the|
        our)_firewall)
    locally_only local_only only_locally on-?prem(?:ises?)?_only only_on-?prem(?:ises?)?
    (?:only|exclusively|strictly)_(?:on|with|by|in|through|via|use)_(?:the_|our_|
        a_)?(?:\w+_)?(?:local|on-?prem\w*|internal|self-hosted|in-house|private)_(?:model|llm|server|
        network|machine|ai|lane)s?
    (?:local|internal|self-hosted|on-?prem\w*|in-house)_(?:model|llm|server|processing|network)s?_only
    use_the_(?:local|on-?prem\w*|self-hosted)_(?:model|llm)
    keep_(?:this|it|that|these|everything)_(?:\w+_){{0,2}}(?:local|private|internal|confidential|
        in-house|secret|on-?prem\w*|between_us|to_yourself|under_wraps|inside)
    private_(?:\w+_){{0,1}}(?:repository|repo|github|codebase|memo|deck)s?
    (?:confidential|classified|restricted|sensitive|proprietary|internal-only|
        unreleased)_(?:and_\w+_)?(?:internal_|company_|board_|strategy_|design_|customer_|client_|
        hr_)?(?:document|doc|memo|report|file|deck|runbook|spreadsheet|draft|contract|source_code|code|
        codebase|repository|repo|github|algorithms?|review|deal|presentation|minutes|attachment|email|
        data_pipeline|material|plans?|roadmap)s?
    (?:strictly|highly|company|top|this_is|it's|it_is|are|is|contents|marked|remain|stays|
        treat_\w+_as|kept)_(?:private_and_)?confidential
    confidential(?:_and_proprietary|ity_notice|_-_do_not|:)
    (?:for_)?internal_(?:use|eyes|distribution|circulation)_only internal-only for_(?:your_)?eyes_only
    strictly_internal company_private commercial_in_confidence
    trade_secrets?_(?:do|must|here|attached|in_this|not) under_(?:an?_)?(?:nda|non-disclosure)
    nda-(?:protected|covered)
    our_(?:private|proprietary|closed-source)_(?:\w+_){{0,3}}(?:repo|repository|monorepo|code|codebase|
        algorithms?|sdk|pipeline|service|github|source)
    process(?:ed|ing)?_(?:this|it|everything|all)_(?:\w+_){{0,3}}(?:locally|on-?prem\w*|in-house|within_our)
    (?:must|should|has_to|have_to|needs_to|may|can)_(?:only_)?(?:stay|remain|be_(?:kept|processed|
        handled))_(?:only_)?(?:in|within|inside|on|in_our|local\w*)_(?:\w+_){{0,4}}(?:enclave|jurisdiction|
        infrastructure|building|premises|network|company|data_?cent(?:er|re)|environment|instance|country|
        machine|servers?)
    (?:must|may|should|shall|can)_?not_leave
    (?:within|restricted_to|inside)_our_(?:\w+_){{0,3}}(?:enclave|jurisdiction|infrastructure|
        data_?cent(?:er|re)|operations|environment|firewall|walls)(?:_only)?
    no_cross-border no_(?:public_api_calls|cloud_inference|external_logging|data_egress)
    (?:confidential|private|sensitive)_\w+_(?:locally|on-?prem\w*)
    locally_(?:and|without)_~(?:outside|cloud|sending|sharing) top_secret
    """,
)
"""That a text stays in the building, or is confidential."""

_MARK = (
    "(?:대외비|사외비|극비|기밀|영업_?비밀|내부용|사내용|비공개|열람_?후_?(?:파기|폐기|삭제)"
    "|(?:외부|사외|무단)?_?(?:반출|유출|배포|공유|공개)_?금지|배포_?금지"
    "|복사_?금지|internal_?only|tlp[\\s:-]{0,3}(?:red|amber)|미공개_?(?:중요_?)?정보)"
)
_PAPER = "(?:_?(?:문서|자료|정보|물품|표시|표기|등급))?"
_RULE = (
    "(?:(?:관리|취급|분류|처리|파기|폐기|보관|등급|이용|이용_?금지)_?)?"
    "(?:규정|지침|정책|기준(?!_?단가)|절차|방법|교육|서약|양식|정의|뜻|의미|차이|규칙|도장|스탬프|라벨|워터마크|해제|조항)"
)

HARMLESS = Phrases(
    ko=rf"""
    {_MARK}{_PAPER}(?:의|와|과|및|,)?_?{_RULE}
    금지_?(?:물품|품목|구역|조항|설정|기간) internal_only_?(?:채널|페이지)
    {_MARK}{_PAPER}(?:와|과|이랑|랑)_?[가-힣]{{1,6}}_?(?:[가-힣]{{1,4}}의_?)?차이
    (?<!이\s)(?<!그\s)(?<!해당\s){_MARK}{_PAPER}(?:은|는|이|가|란|이란)?_?(?:어디|누가|누구|
        어떻게_?(?:하|해|되|표|붙|신|지)|무슨|뭐|뭔|무엇|몇)
    [에테로게]_?(?:넣|입력[가-힣]{{0,2}}|보내|올리|공유[가-힣]{{0,2}})(?:으?면)?_?안_?되(?:는_?(?:정보|것|자료|데이터|항목)|나|는지|는가|죠)
    대외비(?:가|는|도|인_?내용은|_?내용은|_?정보는|_?자료는)?_?(?:아니|아닌|아님|아닙|없|해제|풀)
    사외비(?:가|는|도)?_?(?:아니|아닌|아님|아닙|없|해제) 극비(?:가|는|도)?_?(?:아니|아닌|아닙|없)
    기밀(?:이|은|도|_?정보는|_?내용은)?_?(?:아니|아닌|아닙|없|해제)
    비공개(?:가|_?자료는|_?문서는)?_?(?:아니|아닌|아닙|없) 내부_?(?:자료|문서)(?:가|는)?_?(?:아니|아닌|아닙)
    (?:대외비|사외비|극비|기밀_?문서|기밀_?정보|기밀_?자료|영업_?비밀|내부용_?문서|
        비공개_?문서)(?:라는|란|이란|의|와|과|_?및)?_?(?:등급(?!_?(?:입|이에|이라|이니|으로|문서|자료|의_?(?:문서|자료)))|문서_?관리|관리|취급|분류|규정|지침|정의|뜻|
        의미|교육|라벨|표시_?방법|표시하는|절차|기준|말|단어|보호법|보호_?(?:정책|교육|서약)|서약|
        폐기_?(?:절차|방법))
    (?:대외비|기밀|비공개)_?(?:자료|정보|문서|내용)(?:는|은|를|을)?_?(?:(?:쓰|사용하|이용하|참고하|포함하)지_?말고|빼고|제외하고)
    배포_?(?:금지|제한)_?(?:기간|시간|요일|일정|해제|창|윈도우)
    대외비로_?분류되는 외부_?공개_?가능 공개해도_?(?:됩|되|돼|괜)
    (?:외부|클라우드)(?:로|에)_?(?:보내|공유)[가-힣]{{0,2}}_?(?:되나|될까|되는지|돼요\\?|됩니까|괜찮) 不是机密
    非机密 没有机密 社外秘ではありません 社外秘ではない 機密ではない
    """,
    en=r"""
    (?:no|non|not|not_a|nothing|without|without_any|isn't|aren't|contains_no|free_of|neither|
        no_longer|doesn't_contain|does_not_contain|never|un)_?-?(?:\w+_){0,2}(?:confidential|sensitive|
        private|proprietary|restricted|classified|secret|internal)(?:_\w+)?
    (?:confidential|sensitive|private|proprietary|restricted|classified|secret)_(?:\w+_)?(?:policy|
        levels?|training|classification|label|definition|handling_guide|agreement_template)s?
    (?:public|published|open)_(?:\w+_)?(?:only|documentation|docs|repository|repo)
    what_(?:is|does|counts_as|makes)_(?:\w+_){0,3}(?:confidential|internal_use_only|internal_only|proprietary|
        private|tlp[\s:-]{0,3}(?:red|amber)|attorney_client_privilege|off_the_record|eyes_only)(?:_\w+){0,2}
    (?:which|how)_(?:\w+_){0,6}internal_only
    (?:how|when|where)_(?:do|to|should|can|does|is|are)_(?:\w+_){0,3}(?:mark|label|classify|store|
        create|clone|delete|archive|set_up|configure|host)_(?:\w+_){0,2}(?:confidential|private|
        internal)_\w+
    """,
)
"""The same words where they say nothing of the text they stand in."""

_EN_WHOSE = r"(?:\w+_){0,4}"
_SECRETS = r"(?:api_?keys?|tokens?|credentials?|passwords?|secrets?|private_keys?|access_keys?)"

INJECTION = Phrases(
    ko=r"""
    (?:이전|위|앞|앞선|지금까지|기존|모든|너의|네|당신의|시스템|원래|상위|이제까지|아까|처음|내부|
        안전|보안)(?:에|의|에_?받은|에_?준|_?주어진|에_?내린)?_?(?:모든_?|전체_?|시스템_?|보안_?|안전_?|
        대화의?_?)?(?:지시|지침|명령|규칙|프롬프트|가이드라인|안내|제약|정책|설정|지시_?사항|제한|규정|
        역할|장치)(?:사항|문|들|어|_?내용)?(?:을|를|은|는|도)?_?(?:모두_?|전부_?|다_?|완전히_?|싹_?|
        그냥_?|전혀_?)?(?:무시|잊|따르지_?(?:마|말)|무효|우회|덮어|버리고|신경_?쓰지|해제|어기|제거하고|
        삭제하고)
    (?:시스템|숨겨진|숨긴|숨은|초기|원본|개발자|너의|네|당신의|비밀|감춰진|내장된|내부|
        최초)_?(?:의_?)?(?:시스템_?|내부_?|숨겨진_?)?(?:프롬프트|지시문|지시_?사항|지시|지침|명령문|
        시스템_?메시지|메시지|인스트럭션|설정값|정책|규칙)(?:사항|문|들)?(?:과|와|이랑|및|,)?(?:을|를|이|
        은|는)?~(?:알려|보여|출력|공개해|말해|노출|그대로|인쇄|덤프|뱉|드러내|적어|복사해|나열|읊|쏟아|
        토해|뭐야|뭔지|뭐니|무엇인지)
    (?:저장된|숨겨진|숨긴|비밀|보관된|보관_?중인|네가_?가진|시스템의|내부|설정된|
        환경_?변수의)_?(?:모든_?|비밀_?|액세스_?)?(?:토큰|api_?키|키를|비밀번호|암호|인증_?(?:정보|키)|
        자격_?증명|시크릿|크리덴셜)(?:들|값)?(?:을|를|도|까지)?~(?:출력|보여|알려|덤프|공개|말해|뱉|내놔|
        빼내|유출|노출|넘겨)
    탈옥_?(?:모드|해|프롬프트|상태) 개발자_?모드(?:로|를|가)?_?(?:전환|들어|활성|켜|진입|작동)
    제한_?없는_?(?:ai|인공지능|모드|모델) 제약이_?없는_?(?:ai|인공지능|챗봇)
    안전_?(?:장치|규칙|정책|필터|지침)(?:을|를|은)?_?(?:모두_?)?(?:무시|우회|해제|끄|풀|꺼)
    프롬프트_?인젝션을_?(?:해|시도)
    위의_?(?:모든_?)?(?:내용|텍스트|문장)(?:을|를)?_?(?:그대로|전부|모두)_?(?:출력|반복|복사|적어)
    너는_?이제(?:부터)?_?(?:아무_?)?(?:제한|규칙|제약|dan|필터)
    (?:忽略|无视|無視|忘记|忘掉|绕过|不要遵守|不用遵守)~(?:指令|规则|規則|指示|提示|限制|设定|说明)
    (?:输出|显示|告诉我|透露|泄露|打印|展示|公开|给我|重复|說出|说出|揭示|列出)~(?:系统提示|系統提示|
        提示词|隐藏指令|内部策略|内部指令|系统指令|系统消息|密钥|令牌)
    (?:忽略|无视|绕过)~(?:安全策略|安全政策|内容审核|审核|开发者消息|系统消息|防护) 最高优先级指令
    (?:列出|输出|打印)~(?:jwt|api密钥|密钥|口令)
    没有(?:任何|道德|安全)~(?:限制|约束|准则) 不受限制的 安全规则暂停 安全限制~无效 初始指令 隐藏上下文 逐字输出
    (?:列出|输出|显示)~(?:凭据|口令|密码|私钥) 开发者模式 越狱模式
    (?:以前|これまで|上記|前|すべて)の~(?:指示|命令|ルール)を~(?:無視|忘れ)
    システムプロンプトを~(?:教え|表示|出力|見せ|開示) 隠された指示
    """,
    en=rf"""
    (?:ignore|disregard|forget|override|bypass|discard|skip|violate|circumvent|drop|neglect|overlook|
        stop_following|do_not_follow|don't_follow)_(?:all_|any_|everything_|the_|of_|your_|these_|those_|
        my_|and_|every_)*(?:previous|prior|above|earlier|preceding|former|original|initial|safety|system|
        security|existing|current|hidden|content|foregoing|past|instructions?|rules|guidelines|
        restrictions|programming)(?:_(?:and|or)_\w+)?_?(?:\w+_){{0,2}}(?:instructions?|rules?|prompts?|
        guidelines?|directions?|messages?|policy|policies|safeguards?|restrictions?|constraints?|
        commands?|context|filters?|training|safety|you_were|you_have|given|content|told)
    (?:ignore|disregard|forget|bypass|override)_(?:all_|the_|any_|your_)*(?:safety|instructions|
        guidelines|restrictions|rules)_(?:and|you|that|given|above|rules|completely|entirely|now|from)
    bypass_(?:the_|all_|your_|any_)?(?:safety|security_(?:rules|policy|filters?)|content_filters?|
        guardrails?|restrictions)
    disable_(?:your_|the_|all_)?(?:safety|guardrails?|content_filters?)
    (?:reveal|show|print|dump|output|repeat|display|leak|tell|give|expose|recite|share|disclose|
        provide|list|return|write|paste|send|copy|summari[sz]e|translate|echo|what_is|what's|what_are|
        what_were|read)_{_EN_WHOSE}(?:system|hidden|initial|developer|secret|internal|original|
        pre-?prompt|underlying|base|custom|confidential)_(?:and_\w+_)?(?:prompts?|instructions?|messages?|
        system_(?:prompt|instructions|message)|directives?|guidelines|system)
    (?:reveal|print|dump|output|leak|expose|exfiltrate|recite|disclose|steal|extract|show_me|give_me|
        tell_me|send_me|list)_{_EN_WHOSE}(?:secret|hidden|stored|internal|your|environment|system|admin|
        saved|server|private|any|other_users?'?)_(?:\w+_)?{_SECRETS}
    (?:your|the)_(?:system|initial|hidden|original)_(?:prompt|instructions)_(?:verbatim|word_for_word|
        exactly|above|in_full|is|are)
    (?:repeat|print|output|copy|return|recite|write_out|show|echo)_(?:\w+_){{0,3}}(?:everything|all|
        words|text|content|lines|sentences|instructions|conversation)_(?:\w+_){{0,3}}(?:above|before_this|
        so_far|preceding|verbatim_above)
    (?:you_are|you're|act|acting|pretend|behave|roleplay|respond)_(?:now_|as_|to_be_|that_you_are_|
        like_)*(?:dan|an?_unrestricted|an?_unfiltered|an?_uncensored|jailbroken|in_developer_mode|
        free_of_all|without_(?:any_)?(?:restrictions|rules|filters|guidelines))
    do_anything_now
    (?:enter|enable|activate|switch_to|in|go_into)_(?:developer|dan|god|jailbreak|debug|admin|
        unrestricted|sudo)_mode
    jailbreak_(?:prompt|mode|this|yourself|the) no_longer_(?:bound|restricted|subject)_(?:by|to)
    new_(?:system_)?instructions?_?: forget_everything_(?:you|above|before|and|i)
    disregard_your_(?:training|programming|instructions|guidelines|rules)
    (?:safety_rules|content_policy|guidelines|restrictions|rules|filters|
        safety_training)_(?:\w+_){{0,3}}(?:suspended|disabled|lifted|expired|do_not_apply|don't_apply|
        no_longer_apply|off|updated_to_allow)
    (?:overrid\w+|supersed\w+)_(?:all_|any_)?(?:previous|prior|developer|system|
        safety)_(?:\w+_)?(?:messages?|constraints|instructions?|rules|prompts?|directives?)
    (?:developer|system|admin|priority)_(?:override|directive_overrides)(?:_command)?
    (?:ignore|discard|abandon)_(?:your_)?(?:alignment|ethics|ethical_guidelines|the_platform_policy)
    (?:have|has|had|with|without|no|of_all|any)_(?:no_|any_|all_)?(?:restrictions|
        content_restrictions|safety_guidelines|ethical_(?:guidelines|constraints)|content_policy|
        safety_filters|moral_constraints|limits)_?(?:on_you)?
    (?:uncensored|unfiltered|jailbroken|amoral|evil)_?-?(?:gpt|ai|assistant|model|consultant|bot|version)
    (?:never|must_not|cannot|forbidden_from|without)_refus(?:e|ing)(?:_requests)?
    (?:decode|decrypt|translate)_(?:\w+_){{0,5}}and_(?:follow|execute|obey|run)_the_(?:\w+_)?instructions?
    (?:base64|rot13|the_following|encoded|hidden)_(?:\w+_){{0,4}}(?:decode|execute|follow|obey)_(?:\w+_){{0,5}}(?:payload|
        instructions?|commands?)
    (?:decode|decrypt)_and_(?:execute|follow|obey|run)
    (?:freed|liberated|unshackled|released)_from_(?:\w+_){{0,3}}(?:restrictions|rules|filters|limits|guidelines|
        policies|moderation)
    (?:bypass|evade|evading|circumvent|defeat|get_around|trick|fool)_(?:\w+_){{0,3}}(?:moderation|content_filters?|
        safety_filters?|guardrails?|safeguards?)
    (?:leak|reveal|dump|print|expose|echo|show)_(?:\w+_){{0,6}}(?:system_message|system_prompt|template_variables|
        shared_secrets?)
    (?:chain|craft|perform|launch)_(?:an?_)?(?:prompt_injections?|jailbreaks?)_(?:to|against|on)
    (?:show|give|tell|send)_me_(?:the_)?(?:\w+_){{0,3}}(?:admin|root|database|service_account|
        production)_(?:\w+_){{0,2}}(?:passwords?|credentials?|secrets?)
    you_are_no_longer_an?_(?:ai|assistant|language_model)
    (?:non-user_string|preamble_you_received|hidden_(?:preamble|context|instructions?)|
        instructions_you_were_given|before_the_user_messages?|your_(?:context_window|system_prompt|
        configuration_prompt|initial_prompt|hidden_prompt|system_message|safety_configuration|
        developer_message)|system_prompt_(?:verbatim|text|hash))
    (?:dump|exfiltrate|leak|enumerate|steal)_(?:\w+_){{0,5}}(?:credentials?|passwords?|tokens?|
        secrets?|api_keys?|private_keys?|\.env)
    (?:jwts?|api_keys?|passwords?|tokens?|credentials?|private_key_material|
        secrets?)_(?:\w+_){{0,4}}(?:current_session|your_(?:context|session|runtime|memory))
    from_your_(?:runtime|memory|context) end_of_system_prompt
    what_(?:were|are)_you_(?:told|instructed)_(?:\w+_)?(?:above|before|not_to|at_the_start|in_your)
    """,
)
"""That a model betray its instructions, or what it keeps secret."""

SUBJECT = Phrases(
    en=r"(?:paper|papers|article|training|policy|detect\w*|classifier|prevent\w*|mitigat\w*|protect\w*|defen[sc]e|defend\w*|what_is|test_cases?|research|blog|explain_what)_~(?:prompt_injections?|jailbreaks?)",
)
