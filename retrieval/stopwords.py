"""Words that say nothing about what a text is about. Data for text.py."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH_STOP_WORDS = _words(
    """
    a about above after again all also am an and any are aren as at be because been before being below
    between both but by could couldn did didn do does doesn doing don down during each few for from
    further had hadn has hasn have haven having he her here hers herself him himself his i if in into is
    isn it its itself just me more most mustn my myself no nor not now of off on once only or other our
    ours ourselves out over own same shan she should shouldn so some such than that the their theirs
    them themselves then there these they this those through to too under until up us very was wasn we
    were weren when where which while who whom why will with would wouldn you your yours yourself
    yourselves
    """
)

ENGLISH_QUESTION_WORDS = _words(
    """
    actually anybody anyone anything can cannot ever explain find get give happen happens hello help hey
    hi how know let like long make many may maybe might much must need ok okay please possible really
    say says shall show somebody someone something supposed sure tell thank thanks thing things try want
    what whats whose wonder wondering yes
    """
)

KOREAN_QUESTION_WORDS = _words(
    """
    어떻게 어떡해 어떤 어떠한 어느 어디 어디서 어디로 어디에 어디다 무엇 무엇을 무슨 뭐 뭐가 뭐로 뭘
    뭔가 뭔지 뭐임 뭐지 누구 누가 누구한테 누구에게 언제 언제까지 언제부터 왜 얼마 얼마나 얼마까지 며칠
    몇 몇일 몇개 몇번 몇시 몇명 며칠까지 알려 알려줘 알려줄 알려주실 말해줘 설명해줘 설명해 가르쳐 궁금
    궁금해 궁금합니다 궁금해요 궁금한데 문의 문의드립니다 질문 있나 있음 있는 있는지 있어 있어요 있나요
    있을까 있을까요 있습니까 없나 없나요 없어 없어요 없는 있다 있다면 있으면 없으면 되나 되나요 되는
    되는지 되는거 될까 될까요 되요 돼요 돼 되죠 되지 됩니까 됩니다 되면 되어 안돼 안되나요 하나 하나요
    하는 하는지 하는거 하는데 할까 할까요 하죠 하지 해요 해야 해야되나 합니까 합니다 하면 하려면 하고
    해서 한다 한다면 해도 할 받나요 받을 가능 가능한가 가능한가요 가능해요 가능할까요 필요 필요한가요
    같은 같아요 싶어요 싶은데 싶으면 싶습니다 맞나요 맞나 맞죠 수 것 거 건 걸 게 때 데 줄 좀 혹시 그럼
    그러면 그런데 근데 그리고 또는 및 대해 대한 대해서 관해 관련해서 경우 경우에 정도 동안 제 제가 저
    저는 저희 저희가 나 내 내가 우리 이 그 이거 그거 이게 이런 그런 다 꼭 바로 지금 먼저 아직 안녕하세요
    감사합니다 부탁드립니다 주세요 줘 주시겠어요 주실 주나요 나요 인가요 네 예 음 아
    """
)

KOREAN_ENDINGS = _words(
    """
    인가요 인가 인지요 인지 이에요 예요 에요 이야 인거 인걸까 일까요 일까 입니까 입니다 이죠 인데 인데요
    이라면 이면 이라고 하나요 하나 하는지 하는가 하는데 하는거 하는 하려면 하려는데 하려고 하면
    하고싶은데 하고 하죠 하지 합니까 합니다 할까요 할까 할지 할때 할 한가요 한가 한지 한데 한다면 한다
    했는데 했을때 해야하나요 해야되나요 해야 해요 해줘 해주세요 해도 해서 하기 하신 되나요 되나 되는지
    되는가 되는데 되는거 되는 되려면 되면 되죠 되지 됩니까 됩니다 될까요 될까 될지 될때 된다면 됐는데
    돼요 되요 되었을때 받나요 받을수있나요 있나요 없나요 있어요 없어요 수있나요 수있어 있을까요 나요
    가요 까요 습니까 습니다 세요 주세요 는지 은지 을지 는지요 는데 은데 을때 려면 으려면 으면 었는데
    았는데 을까 을까요 어요 아요 어야 아야 네요 군요 지요 알려주세요 알려줘 였지 였나 였나요 였죠 이었나
    이었지 인거죠 안돼요 안되나요 안돼 됨 함
    """
)

KOREAN_PARTICLES = _words(
    """
    은 는 을 를 이 가 도 의 와 과 만 로 에 께 랑 이랑 하고 에서 에게 한테 에는 에도 에서는 에서도 에게서
    으로 으로는 으로도 까지 까지는 부터 이나 라도 이라도 보다 처럼 마다
    """
)

# How Korean verbs and adjectives end inside a sentence. Nouns that end alike (화면, 서면) are spared by name.
KOREAN_PREDICATE = (
    "[았었였했됐셨렸갔왔났졌겼쳤켰썼랐봤줬][가-힣]{0,4}|[어아려내와가해여]야"
    "|(?<![화서반측표전])면|던|다가|려고|는데|니까"
    "|어서|아서|[어아]도|[어아에예해돼워와여봐려]요|죠|는지|을지"
)
