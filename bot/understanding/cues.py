"""The words by which a question is understood: what is asked (`RULES`) and what an amount is (`ROLES`).

Patterns are matched against folded text: simplified, half width, lower case. Adding a kind of question is a row in
`RULES`; what a row may need besides its cue is listed in `NEEDS`.
"""

import re

from core.quantity import Unit

CALCULATIONS = frozenset(
    {
        "breakeven_revenue", "payback_years", "payback_ramp", "required_cagr", "inverse",
        "depreciation_breakeven", "discounted_payback", "npv_irr", "capital_cycle", "valuation_years",
    }
)  # fmt: skip
# Calculations of one outlay, its margin and its revenue; and which of the three some of them do not ask for.
OF_AN_OUTLAY = frozenset(
    {
        "breakeven_revenue", "payback_years", "payback_ramp", "inverse", "depreciation_breakeven", "discounted_payback",
        "npv_irr", "sensitivity", "monte_carlo",
    }
)  # fmt: skip
UNASKED = {
    "breakeven_revenue": frozenset({"annual_revenue_usd_bn"}),
    "depreciation_breakeven": frozenset({"annual_revenue_usd_bn"}),
    "inverse": frozenset({"capex_usd_bn", "capex_a_year"}),
}
# The claims that a calculation's defaults come from, where they are not those of the payback.
RESTS_ON = {"capital_cycle": ("A01",), "valuation_years": ("A25",)}
# Calculations in which “at 8%?” changes the rate and nothing else.
TAKE_A_RATE = frozenset({"depreciation_breakeven", "npv_irr", "capital_cycle"})

# Questions for which it matters what is paid back, and those of them that small words alone make unsure.
OF_SOMETHING = frozenset({"payback_years", "breakeven_revenue", "payback_ramp", "inverse"})
OF_KINDS = frozenset({"discounted_payback", "npv_irr", "depreciation_breakeven"})

# What a rule may need, besides any slot by its name.
NEEDS = {
    "about": "a company, group, index or metric is named",
    "subject": "…or a claim's id, an amount, or the question before tells what is meant",
    "claim": "something is said that can be checked: an amount of something, a claim's id, or what was just said",
    "calculation": "there are parameters of a calculation, or the talk is in one",
    "not_specific": "no company, metric, claim or amount is named",
    "two_metrics": "two measures are named",
    "oracle_and_openai": "those two are named, and nobody else",
    "no_amount": "no amount of money is given",
    "a_topic": "no company is named, nor an amount, nor just the market as such",
    "two_years": "two years are named",
    "two_alike": "two margins, or two sums of one kind, are given",
    "two_entities": "two companies, groups or indices are named",
    "margin_open": "no margin is given",
    "outlay_open": "no outlay is given",
    "asks_payback": "the question speaks of paying back or breaking even",
    "gpu_chain": "Sequoia's method is named",
}


def cue(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern whose `\\b` stands between Latin and Chinese too: 壽命IRR speaks of the IRR."""
    return re.compile(pattern, re.ASCII | flags)


PAYBACK = r"回本|回(?:得|不)了?到?本|[赚挣](?:得)?回|收回(?:成本|投资|来|[^,，。]{0,8}(?:亿|兆|bn))|回收|还清|pay(?:s|ing)?[ -]?(?:it |itself )?back|payback|paid back|recoup|recover"
BREAKEVEN = r"打平|\bbre?a?ke?[- ]?even|(?:损益|收支|盈亏)(?:两)?平衡?|保本|breaks?[ -]?even|pay(?:s)? (?:off|for)"
RAMP = r"s[ -]?(?:形|型)?(?:曲线|curve)|s-?shaped|logistic|指数(?:增长|成长|级)|exponential|线性|直线|linear|straight line|爬[坡升]|ramp"
MULTIPLE = r"(?<![a-z])p/?[se](?![a-z])|市销率|本销比|股价营收比|市盈率|本益比|营收比|price[ -]to[ -](?:sales|earnings)"
FOLK = r"(?:大家|网友|股友|论坛|楼里|版上|股民|散户)"
TIME = r"几年|猴年马月|多少年|多久|多长时间|何时|什么时候|how (?:long|many years)|when|years?\b"

# (intent, cue on the folded text, the slots without which it does not apply)
RULES: tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (intent, cue(words), needs)
    for intent, words, needs in (
        ("help", r"^[/ ]*(?:usage|help|start|帮助|帮忙|说明)|怎么用|(?:能|可以)(?:问|回答|做)(?:些)?什么|what can (?:you|i)|how do i use", ()),
        ("injection", r"(?:ignore|disregard|forget) .{0,30}(?:instruction|prompt|rule)|system prompt|忽略.{0,12}(?:指令|提示|规则)|(?:你的)?提示词", ()),
        ("explain_term", r".", ("term",)),
        ("search_posts", rf"{FOLK}.{{0,3}}(?:怎么看|怎么想|怎么评价).|{FOLK}对.{{1,16}}(?:怎么看|看法|态度|意见|评价)|what (?:do|does) (?:people|everyone|posters|the forum) (?:think|feel) (?:of|about)", ("a_topic",)),
        ("advice_refusal", r"^[^后]{0,8}会(?:不会)?(?:再)?(?:涨|跌)(?:吗|呢|停|[?？]|$)|目标价|止损|停损|明牌|price targets?|target price|stop[ -]?loss|给(?:我)?(?:个|几个|点)(?:代码|股票)|(?:该|应该|要)不(?:该|应该|要).{0,8}(?:买|卖|抛|清|加|减|进|跑|抄|割|持|空)|(?:该|应该)(?:现在)?(?:买|卖|抛|清仓|加仓|减仓|进场|离场|跑|抄底|割|做空)|(?:可以|能|值得)(?:现在)?(?:买|入手|抄底|上车|做空)|(?:买|卖)(?:不买|不卖|哪|什么|啥)|推荐.{0,6}(?:股|票)|should (?:i|we) (?:buy|sell|hold|short|invest|dump)|(?:buy|sell) or (?:buy|sell|hold)|what (?:should|to) (?:i )?buy|good time to|i (?:want|plan|would like|am going) to (?:buy|sell|short)|我想(?:买|卖|做空|抄底|加仓)|时机|选(?:一|几)?(?:支|只|个).{0,3}股|(?:明天|下周|下个?月|今天|tomorrow|next (?:week|month)).{0,8}(?:涨|跌|rise|fall|go (?:up|down))|will .{0,20}(?:rise|fall|crash|go (?:up|down))", ()),
        ("off_topic", r"是什么意思|^什么是|什么叫|what does .{0,30} mean|^define ", ()),
        ("monte_carlo", r"monte[ -]?carlo|蒙特卡[洛罗]|蒙地卡罗|模拟|simulat|随机|抽样|分布|distribution|\bp(?:5|10|25|50|75|90|95)\b|百分位|percentile", ()),
        ("sensitivity", r"敏感|最(?:重要|关键|要紧)|影响最大|tornado|龙卷风|最怕|哪个(?:参数|因素|变量|变数|假设|数字|输入)|sensitiv|which (?:input|factor|parameter|assumption)|matters? (?:the )?most", ()),
        ("npv_irr", r"\bnpv\b|\birr\b|净现值|现值|内部(?:报酬|收益|回报)率|internal rate|net present", ()),
        ("depreciation_breakeven", r"(?:折旧|depreciat).*(?:收入|营收|revenue|sales)|(?:收入|营收|revenue|sales).*(?:折旧|depreciat)|年金|annuity|capital (?:recovery|charge)", ()),
        ("discounted_payback", r"折现|贴现|discount", ()),
        ("capital_cycle", r"(?:每年|一年|年年|a year|per year|each year|every year|yearly|annual(?:ly)?).{0,16}(?:投|花|砸|capex|spen[dt]|invest).*(?:折旧|depreciat)|(?:投|花|砸|capex|spen[dt]|invest).{0,24}(?:每年|一年|年年|a year|per year|each year|every year|yearly|annual(?:ly)?).*(?:折旧|depreciat)|(?:稳定|稳态|steady).*(?:折旧|depreciat)|(?:折旧|depreciat).*(?:稳定|稳态|steady)|(?:毛|总)资产|净资产|(?:gross|net) (?:asset )?base|资本周期|capital cycle", ()),
        ("discounted_payback", r".", ("discount_rate",)),
        ("depreciation_breakeven", r"折旧|depreciat", ()),
        ("breakeven_revenue", rf"{BREAKEVEN}|收入|营收|revenue|sales|方法|算法|method|arithmetic|缺口|hole|gap", ("gpu_chain",)),
        ("valuation_years", rf"(?:{MULTIPLE}).*(?:几年|多少年|多久|how many years|how long|falls? to|降到|跌到|降至|跌至|增长多少|what growth)|(?:几年|多少年|多久|how many years|how long|增长多少|what growth).*(?:{MULTIPLE})", ()),
        ("circular_financing", r"转一圈|转圈|[绕转兜]来[绕转兜]去|循环|[绕兜]一?圈|闭环|互投|互相投资|自我资助|左手.{0,4}右手|circular|round[- ]trip|vendor financ|self[- ]?fund|(?:供应商|卖方)融资|(?:money|cash|what|much|how) (?:\w+ )?go(?:es|ing)? (?:a)?round|自己转|空转|\bloop", ()),
        ("margin_history", r"(?:融资|借贷|margin).*(?:之后|后|然后|一定|每次|after|always|every time).*(?:跌|回调|崩|fall|drop|crash|pull)|(?:跌|回调|崩|fall|drop|crash|pull).*(?:之后|after|when|每次|every time).*(?:融资|margin debt)", ()),
        ("claim_check", r"is it (?:true|right|correct) that|fact[- ]?check|真的假的", ("about",)),
        ("explain", r"^\W*(?:为什么|为何|凭什么|why (?:is|does|do|did|are|would|must)|how come)", ("value_usd_bn",)),
        ("dotcom_compare", r"(?:1999|2000|dot[- ]?com).{0,12}(?:again|重演|翻版|再来)|(?:又|另)一个.{0,4}(?:1999|2000|互联网泡沫|网络泡沫)", ()),
        ("dotcom_compare", r"(?:2000|1999|互联网泡沫|网络泡沫|dot[- ]?com).{0,12}(?:比|像|一样|相比|对比|compar|like|similar|same)|(?:比|像|跟|和|与|compar\w*|like|similar).{0,12}(?:2000|1999|互联网泡沫|网络泡沫|dot[- ]?com)", ()),
        ("compare", r"谁(?![说讲])|哪[个家间一]|相比|比较|对比|差多少|\bvs\b|versus|\bcompare|\bwhich\b|\bwho\b|bigger|larger|more than|less than", ("two_entities",)),
        ("compare", r"比较|对比|相比|差多少|\bvs\b|versus|\bcompare", ("entity", "two_years")),
        ("compare", r"哪[个种]|差多少|差几年|比较|对比|\bvs\b|versus|\bcompare|difference", ("two_alike", "asks_payback")),
        ("compare", r"^[^%]*%(?:\s?(?:and|or|和|跟|与|或|还是)\s?(?:at )?\d[\d.]*\s?%)+[^%]*$", ("two_alike", "asks_payback")),  # no third share that is something else
        ("compare", r"几倍|多少倍|倍数|how many times|multiple of|\bratio\b|\btimes\b", ("entity", "two_metrics")),
        ("explain", r"一样|同一(?:个|回事)|相同|一回事|差别|区别|\bsame (?:as|thing|number|figure)|the same\b|difference", ("claim",)),
        ("unit_convert", r"(?:是|等于|换成|换算|折合|合|=|equals?|convert|how (?:much|many)|\bin\b|\bto\b).{0,8}(?:万亿|亿|兆|万|billions?|trillions?|millions?|\bbn\b|\btn\b)", ("value_usd_bn", "to")),
        ("required_cagr", r"(?:从|由|from).+(?:到|至|to\b)", ("start_usd_bn", "end_usd_bn", "years")),
        ("payback_ramp", r".", ("calculation", "start_usd_bn", "growth")),
        ("inverse", r"(?:多少|什么样?的?|多高|what|which|how (?:high|much)).{0,12}(?:利润率|毛利率|margin)|(?:利润率|毛利率|margin).{0,12}(?:多少|多高|what|how)", ("asks_payback", "margin_open")),
        ("inverse", r"\b(?:needed|required|necessary) margins?|(?:利润率|毛利率|margin)s? (?:is |are )?(?:needed|required|necessary)|(?:需要|要)的(?:利润率|毛利率)", ("asks_payback", "margin_open")),
        ("inverse", r"(?:capex|资本支出|投资|outlay).{0,10}(?:最多|上限|at most)|(?:最多|at most|how much).{0,10}(?:capex|资本支出|投资|投|outlay)|what (?:capex|outlay|investment|spending) (?:can|could|is paid|pays?)\b", ("asks_payback", "outlay_open")),
        ("payback_ramp", RAMP, ("calculation",)),
        ("payback_ramp", r".", ("asks_payback", "growth")),
        ("payback_ramp", RAMP, ("cap_usd_bn",)),
        ("payback_years", rf"(?:{PAYBACK}|{BREAKEVEN}).*(?:{TIME})|(?:{TIME}).*(?:{PAYBACK}|{BREAKEVEN})|(?:{PAYBACK}).*\d\s*年内", ()),
        ("payback_years", rf"{PAYBACK}|{BREAKEVEN}", ("years",)),
        ("breakeven_revenue", rf"{BREAKEVEN}|(?:{PAYBACK}).*(?:多少|how much|what).{{0,12}}(?:收入|营收|revenue|sales)|(?:多少|how much|what).{{0,12}}(?:收入|营收|revenue|sales).*(?:{PAYBACK}|才够|买单)", ()),
        ("payback_years", PAYBACK, ()),
        ("source_lookup", r"谁说|谁讲|出自|来源|出处|哪里来|哪来的|根据什么|\bsources?\b|who (?:says|said|claim(?:s|ed))|where .{0,60}from|link", ("subject",)),
        ("explain", r"^\W*(?:那)?(?:为什么|为何|怎么会|凭什么|怎么说|why|how come|how so|why so)(?:呢|这样|啊)?\W*$", ("claim",)),
        ("ambiguous", r"^\W*(?:why|how come|how so|why so)\W*$", ()),  # about nothing
        ("explain", r"怎么(?:算|来|得出)的?\W*$", ("asks_payback",)),
        ("explain", r"怎么(?:理解|看待|解释)|什么意思|what does .{0,20}mean|explain", ("claim_id",)),
        ("explain", r"怎么(?:算|来|得)|如何(?:算|得)|算出来|how (?:is|was|do|did) .{0,40}(?:comput|calculat|deriv|get|arrive|come)|where does .{0,20}come", ("claim",)),
        ("explain", r"怎么(?:算|来|得)|如何(?:算|得)|how (?:did|do|was|is|were) .{0,40}(?:get|comput|calculat|arriv|come)", ("years",)),
        ("since_article", r"后来|之后呢|现在(?:变|怎么样|如何|剩)|变(?:成)?多少|缩水|兑现|结果(?:呢|如何|怎样)|(?:did|has) (?:it|that|this|they).{0,12}(?:happen|come true)|what (?:became|happened)|still (?:true|on\b|happening|going ahead|planned|valid)|还算数|还在吗|发生了吗|成真|come true|pan(?:ned)? out|应验", ("subject",)),
        ("claim_check", r"对吗|对不对|对么|真的|是真|那个数|属实|正确|没错|准确|可信|靠谱|有误|搞错|是不是|吗[?？]?$|^(?:is|was|are|were|did|does)\b|(?:is|was|are|were) .{0,40}(?:right|correct|true|accurate)|\bright\b|\bcorrect\b|\btrue\b|\breally\b|fact.?check|check", ("claim",)),
        ("bubble_verdict", r"泡沫|破裂|破灭|过热|bubble|\bburst", ("not_specific",)),
        ("trend", r"(?:情绪|气氛|多空|看多|看空|乐观|悲观|\bmood|sentiment|bullish|bearish).*(?:变化|走势|趋势|曲线|越来越|变得|转[好坏强弱差]|往上|往下|上升|下降|变多|变少|变好|变差|过去|trend|over (?:time|the)|chang|\bpast\b|last (?:week|month)|since|moved)|(?:过去|over the (?:last|past)).*(?:情绪|气氛|多空|\bmood|sentiment)", ()),
        ("search_posts", r"^(?:search|find|look up|搜索?|查找)(?: for)?\b|怎么(?:聊|说|讨论|讲)(?!的?[?？呢吗]*$)|(?:帖子|贴文|\bposts?\b|\bthreads?\b).{0,20}(?:关于|提到|\babout|mention|talk)|(?:关于|提到|找|搜|\babout|mention).{0,16}(?:帖子|贴文|\bposts?\b|\bthreads?\b)|what (?:are|do) .{0,20}(?:saying|say|writing) about", ()),
        ("forum_sentiment", r"看多|看空|看涨|看跌|多空|情绪|气氛|乐观|悲观|(?:大家|网友|论坛|楼里).{0,8}(?:怎么|觉得|看|说)|sentiment|bullish|bearish|mood|what (?:do|does) (?:people|everyone|the forum)", ()),
        ("oracle_contract", r"付|\bpays?\b|合约|合同|contract|\bdeal\b", ("oracle_and_openai", "no_amount")),
        ("claim_check", r".", ("claim", "entity")),
        ("claim_check", r"^\W*[arx]\d{2}\W*$", ("claim_id",)),
        ("figure_lookup", r"^\W*(?:那|是|到底)?(?:多少钱?|几亿|how much(?: is it)?)\W*$", ("subject",)),
        ("figure_lookup", r".", ("about",)),
    )
)  # fmt: skip

# What an amount is, by the cue nearest to it. Later rows win a tie.
ROLES: dict[Unit, tuple[tuple[str, re.Pattern[str]], ...]] = {
    Unit.MONEY: (
        ("capex_usd_bn", cue(r"capex|资本(?:支出|开支)|支出|投入|投资|投(?!票)|花|砸|spen(?:d|ds|t|ding)|outlay|invest(?:ment|ing)?|costs?|build")),
        ("annual_revenue_usd_bn", cue(r"收入|营收|收(?=\s*$)|营业额|销售额?|赚|进账|revenues?|sales|earn(?:s|ing)?")),
        ("start_usd_bn", cue(r"(?:从|由|from)\s*$|^\s*起(?!码)|起步|起点|开始|start(?:s|ing)?(?: at| from)?")),
        ("cap_usd_bn", cue(r"上限|封顶|饱和|顶(?:到)?|cap(?:ped)?\b|ceiling|level(?:s)? off")),
        ("market_cap_usd_bn", cue(r"市值|market (?:cap(?:italisation|italization)?|value)|worth(?! of)")),
        ("gpu_run_rate_usd_bn", cue(r"gpu|显卡")),
    ),
    Unit.RATIO: (
        ("margin", cue(r"利润率?|毛利率?|净利率?|margins?|profit")),
        ("growth", cue(r"增长率?|成长率?|增速|年增|年涨|每年(?:增|涨)|growth|grow(?:s|ing)?")),
        ("discount_rate", cue(r"折现率?|贴现率?|利息|资金成本|资本成本|借[钱款]成本|融资成本|financing cost|cost of (?:financing|debt|borrowing)|borrowing cost|贷款利息|wacc|(?<![毛净纯])利率|discount(?: rate)?|cost of capital|wacc|interest|要求(?:的)?(?:回报|报酬)率?|hurdle(?: rate)?|required return")),
        ("price_return", cue(r"(?:股价|价格)[^,，。]{0,4}(?:涨|升)|(?:share |stock )?prices? (?:rises?|rising|gains?|grow(?:s|ing)?|return)")),
    ),
    Unit.YEARS: (
        ("years", cue(r"回本|内|收回|打平|within|over|in\b|payback|pay back")),
        ("life_years", cue(r"寿命|折旧|能用|只用|可用|用(?=\s?\d)|使用|报废|life|lasts?|depreciat\w*")),
        ("ramp_years", cue(r"爬[坡升]|线性|直线|到顶|到位|ramp|linear")),
    ),
}  # fmt: skip
TO_UNIT = cue(
    r"(?:多少|几|how (?:many|much)|in|to|into|换成|换算成?|折合|=)\s*(?:个)?\s*(万亿|亿|兆|trillions?|billions?|millions?|tn|bn)"
)
HOW_ABOUT = cue(r"呢\W*$|^(?:那|和|and|how about|what about)")  # the same of something else
EXPONENTIAL = cue(r"指数(?:增长|成长|级|型)|exponential")
PRESENT_VALUE = cue(r"\bnpv\b|折现|贴现|现值|discount|net present")
ASKS_TIME = cue(rf"{PAYBACK}|{BREAKEVEN}|{TIME}")
METHODS = (
    ("gpu_chain", cue(r"红杉|sequoia|cahn|gpu run[- ]?rate")),
    ("annuity", cue(r"年金|annuity|capital recovery")),
    ("capital_charge", cue(r"capital charge|资本费用")),
)
OF_THE_NEXT = cue(r"[投收花砸]\s*$")  # 每年100億投400億: what stands before an amount is not said of the one before
BREAK = cue(r"[,，、;；。]")  # a cue beyond it belongs to the next amount, if there is one
# Said of nothing in particular.
EMPTY = cue(r"\W*(?:嗯+|哦+|喔+|啊+|[那这]个?呢?|呃+|hm+|u[hm]+|ok|okay|and|so|huh|well|what|yes|no|好|对)\W*")
A_YEAR = cue(r"一年|1 ?年|1 year")  # “a year” is mostly the period of a flow, not a time to pay back
# A question for the meaning of a term, and of nothing but that.
TERM = cue(
    r"^(?:请问|那么?|and |so )?(?:"
    r"(?:什么|啥)(?:是|叫做?|是指)(?P<a>.+?)"
    r"|(?P<b>.+?)(?:到底|究竟)?(?:是|指的是|的意思是|代表|叫做?)?(?:什么|啥)(?:意思|东西|概念|指标|玩意儿?)?"
    r"|(?:解释|说明|介绍|定义)(?:一下|下)?(?P<c>.+?)"
    r"|(?P<d>.+?)(?:怎么|如何)(?:解释|定义|理解)|(?P<e>.+?)的?(?:定义|含义|意思|公式)(?:是什么|是啥)?"
    r"|what(?:['’]?s| is| are| does| do you mean by)? (?:an? |the |meant by )?(?P<f>.+?)(?: mean| stand for)?"
    r"|(?:please )?(?:define|explain|meaning of|definition of|formula (?:of|for))(?: the| an?)? (?P<g>.+?)|(?P<h>.+?) (?:meaning|definition|formula)"
    r")(?:呢|啊|呀|吗|please)?$"
)
COMPUTED = frozenset({"payback", "breakeven", "discounted_payback", "npv", "irr", "margin"})
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
CLAIM_ID = cue(r"(?<![a-z0-9])([arx]\d{2})(?!\d)", re.IGNORECASE)
# Verbs that name a metric without its noun.
VERBS = (
    (
        cue(
            r"(?:产生|创造|赚).{0,4}现金|cash .{0,24}(?:generate|throw|produce|bring)|(?:generate|throw|produce)\w* .{0,12}cash|\bocf\b"
        ),
        "operating_cash_flow",
    ),
    (cue(r"烧(?:了|掉)?(?:多少|几|钱|得)|burn"), "cash_burn"),
    (cue(r"亏(?:了|损|多少)|loses?\b|lost\b|loss"), "operating_loss"),
    (cue(r"承诺|commit"), "commitments"),
    (cue(r"赚(?:了|多少)|收入|营收|revenue|sales|\bmade\b|\bmakes?\b|earn"), "revenue"),
    (cue(r"(?:打算|计划|准备|要|一共)?(?:花|投入|砸)(?:了)?(?:多少|几)|spend"), "capex"),
    (cue(r"市销率|(?<![a-z])p/?s\b"), "price_to_sales"),
)
