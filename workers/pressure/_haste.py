"""The phrases of levers and impatience, and of what only a pattern counts; see `workers.pressure._forms`."""

from __future__ import annotations

from workers.pressure._phrases import phrases

THREATS = phrases(
    "(or|otherwise|else) (we|i|ill|well) [will|shall|have to|must|am going to|are going to] (drop|ditch|dump|leave"
    "|switch|fork|rip|remove|replace|move|publish|write|report|take) .. (it|the|this|you|to|our|dependency|package|away"
    "|your)",
    "(rip|ripping|throw|throwing|kick|kicking|tear) .. out of (our|my|the)",
    "(warn|warning|tell|telling) (others|everyone|people|users|my|all|everybody|the world|anyone) [who|about|colleagues"
    "|against] [colleagues|asks|me|against|not|about|friends]",
    "(write|blog|post|tweet) about .. (publicly|twitter|hacker news|reddit|blog|press)",
    "(formal complaint|name and shame|make this public|go public|journalists|report you|lawyer|legal action|an invoice)",
    "(forced|going|have|had) to (move|switch|migrate|leave|replace|rip|drop|ditch|fork|find) .. (because|since|as) (you"
    "|nobody|the maintainers|the developers)",
    "(forced) to .. (fork|leave|switch|drop|move) .. (project|company|away|library|alternative|competitor|it)",
    "(publish|release|ship|maintain) (our|my) own .. (under|name|fork)",
    "(used to|no longer|cannot|cant|wont) recommend",
    "(spread|spreading|share|sharing) .. (word|infos|information|news) .. (how|about|that) {you}",
    "(hope|let) this (warning|warns|be a warning)",
)
LEVERAGE = phrases(
    "(forced|going|have|had|need|planning|likely|time) to (fork|go elsewhere|look elsewhere|look for|leave|drop|migrate"
    " away|find) .. (it|this|the|an alternative|elsewhere|another|project|alternatives|distros|package|library)",
    "(look|looking|search|searching) for .. (alternative|alternatives|replacement|distros|other) .. (with|to|that|for"
    "|because|since)",
    "(find|found) an alternative",
    "(will|going to|shall|must|ill|well) [have to|be] (drop|dropping|stop|stopping|remove|removing|abandon) [using|usage"
    "|all|our|my|this|it] (usage|using|use|it|this|the|support|of|library|package)",
    "(last|final) time (i|we)",
    "(cant|cannot|can not|wont|unable to) [continue|keep] (depend|depending|to depend|rely|relying|trust|recommend)",
    "(removing|removed|unstarring|uninstalled|uninstalling|removing it|deleted) .. (from|this|it|because|from my)",
    "(switch|switching|switched|move|moving|migrate|migrating|going|go|change|changing) .. to .. (something else"
    "|alternative|alternatives|elsewhere|competitor|competitors|a rival|another library|another project|another"
    " framework|another tool)",
    "(never|stop|avoid) (use|using) .. (project|library|package|framework|software|this|it|where)",
    "(never use|do not use|dont use) .. (library|project|package|framework|this)",
    "(keep|keeping|stay) .. (away|distance|clear) [from] (from|of|this|unless|,|it)",
    "(keep|keeping|stay) [well|my|your|far] (away|distance|clear)",
    "(steer clear|better without it|better off without|farewell|fork it|lost faith|lost trust|lost confidence|lost all"
    "|goodbye forever)",
    "(drop|ditch|dump|abandon|leave) .. (and|for|or) .. (go|use|switch|move|something|another|with)",
    "(forced|have|had|going) to (move|switch|migrate|leave|replace|rip|drop|ditch|fork) .. (company|team|away|competitor"
    "|it|because|to|whole)",
    "(im|i am|were|we are) done (with|here)",
    "(giving|gave|give|given) up on (it|this|you|the|that)",
    "(losing|lose|cost|costs) .. (users|money|customers|trust|community|contributors)",
    "trust .. (harder|anymore|any more)",
    "trusting",
    "(forks|fork) .. (win|wins|won|take over|takes over|is better)",
    "(short of|without) [us] (making|make|starting) [a|another] fork",
    "(stopped|stop) hoping",
    "i meant to fork",
    "(at the cost|cost us|costing us) .. (money|customers|hours|deal)",
    "(it is|its) going to fail",
)
DEADLINE = phrases(
    "(merge|release|ship|publish|fix|tag|deploy|answer|do) (it|this|that|the thing|the bug|the release|a release) .."
    " (today|tonight|now|immediately|already|this week|at once|tomorrow|by monday|by friday|right away|or we|or i|or"
    " else)",
    "(get|have|want|need) .. {ship} .. (today|tonight|this week|immediately|at once|by monday|by friday|right now)",
    "(by|before|until) (friday|monday|tuesday|wednesday|thursday|sunday|tomorrow|tonight|the end of|next week|end of) .."
    " (will|must|not|our|or|need|we|week|month|day|the)",
    "(must|has to|needs to|have to) .... (today|by friday|by monday|by tomorrow|this week|immediately|right now|at once)",
    "(asap|immediately|right away|at once|without further delay|urgently|right this minute)",
    "(last|final) (reminder|warning|chance|call)",
    "(wont|will not|cannot|cant) wait (any longer|longer|much longer|forever|any more|anymore)",
    "(launch|deadline|demo|audit|release) (next week|tomorrow|on monday|this week|is tomorrow|on friday)",
    "(you are|youre) the (blocker|bottleneck|problem|obstacle)",
    "(just|for gods sake|please just|for the love of god just) (merge|release|ship|publish|cut|do|fix|tag|press|push)"
    " (it|this|the|a|already|that)",
    "(missed|miss|missing) .. deadline",
)
IMPATIENCE = phrases(
    "how (much|many) .. (longer|years|more|additional|months|times)",
    "how can .. (one line|it|this|that) .. take",
    "(will|does|is) (it|this|that|anything|anyone) .. ever",
    "how come (nobody|no one|noone|you|this|it)",
    "how hard (is|can|could) (it|this|that)",
    "(it is|its) not that hard",
    "(unacceptable|inexcusable|disgraceful|outrageous|pathetic|a joke|laughable|unbelievable|incredible|staggering"
    "|appalling|scandal|disgrace|absurd) .. (that|how|to|such|for|from|bug|this|in|and|but|,)",
    "(unacceptable|inexcusable|outrageous|laughable|ridiculous|pathetic)",
    "what a (joke|mess|shame|disgrace|farce)",
    "(bit|way|far|much) too much",
    "(whats|what is) the point of",
    "(tired|sick|fed up) (of|with) (hearing|waiting|this|the|seeing|asking)",
    "(just|should|could|at least|then) (say|said|tell|admit|make a statement) [so|us|it|about]",
    "{number} .. (years|months) [later|old] (later|old|and|of|now|ago)",
    "(left|leave|leaving|sit|sitting) .. (to rot|in the queue|rotting)",
    "(it is|its|this is|absolutely|simply|just|completely|totally) (unacceptable|inexcusable|disgraceful|outrageous|a"
    " joke|laughable|unbelievable|a disgrace)",
    "(no|there is no|theres no|what) (excuse|excuses) for",
    "(completely|totally) (stuck|blocked)",
    "(hugely|extremely|really|incredibly|so|very) (frustrating|frustrated|annoying)",
    "(how urgent|seriously|for the love of|for gods sake|for heavens sake|what on earth|why on earth|what the hell|wtf"
    "|for crying out)",
    "(somebody|someone|you|anyone|anybody|we|please) finally",
    "when will {you} [ever|finally] finally",
    "(were|we are|im|i am|everyone) (dying|desperate|begging|begging for)",
    "(has|have) been (begging|asking|pleading|screaming) for",
    "for the (third|fourth|fifth|sixth|seventh|tenth|nth|hundredth|umpteenth|last|second) time",
    "(anybody|anyone|someone|is anyone) alive",
    "what (is|are|the|on earth is) .. taking so (long|much)",
    "(do we need|what does it take|what will it take|have to wait until|how do we get this)",
    "(is|are) breaking (production|everything) for",
    "(whole|entire) .. (ecosystem|company|world|industry) .. (waiting|waits|depends|blocked)",
    "(customers|users|clients) .. (angry|furious|will not wait|wont wait|waiting on you|leaving|suffering)",
    "(have|has) a look , please",
    "(sit|sitting|sat) .. (through|on) .. (years|months|finished|ready|patch|pull|fix|before)",
    "(yet|still|but) never (published|released|merged|fixed)",
    "(that|this) settles it",
    "(badly|severely) slows",
)
ELAPSED = phrases(
    "{number} .. {late}",
    "(for|in|after|these) (years|months|ages|weeks|decades)",
    "(last|since|previous) (spring|summer|autumn|winter|year|march|january|february|april|may|june|july|august|september"
    "|october|november|december|2015|2016|2017|2018|2019|2020|2021|2022|2023|2024|2025)",
)
LACK = phrases(
    "(still|no|not|nothing|nobody|without|never|unreleased|unfixed|unanswered|yet|waiting|waited|ignored|only|lasted"
    "|take|takes|sit|sitting|promised|attention|forever|too long|enough|sufficient|sat)",
    "(too long|so long|not enough)",
)
AUTOMATIC = phrases(
    "(automatically|been) (marked|closed|locked|labeled|labelled|chosen|generated) .. (as|stale|inactive|automatically"
    "|by|for|because|due)",
    "(marked|closed|locked|labeled|labelled|assigned) [as] [stale|inactive] automatically",
    "(marked as stale|has been inactive for|no recent activity|will be closed within|to keep it open)",
    "(this|i) (is|am|was) (a|an) (bot|automated|automatic)",
    "ignore this [major|minor|patch] (version|dependency|update)",
    "trigger a rebase by",
    "thank you for your (contribution|pull request|submission) , (a|we|please)",
)
DISCLOSURE = phrases(
    "(i|ive|im|my|me) .. (ill|sick|illness|hospital|surgery|burned out|burnt out|burnout|depressed|depression|mental"
    " health|health|unwell|exhausted|overwhelmed|overworked|cancer|recovering|health issues|health problems)",
    "(i|ive|im|my|we) .. (limited|no|little|hardly any|not enough|less|lack|lack of|not much) .. (time|energy|resources"
    "|capacity|bandwidth)",
    "(resources|time|energy|capacity|bandwidth) .. (is|are|has been) .. (limited|scarce|short|little)",
    "(unpaid|hobby|spare time|free time) .. (hobby|project|work|time|here)",
    "(i|im|i am) .. (alone|the only one|only person|by myself|single handed|on my own)",
    "(just|only) me (who|working|here|on)",
    "(became|become) a (father|mother|parent)",
    "(cannot|cant|could not|couldnt) keep up",
    "(slowly|only slowly) catching up",
)
MAINTAINED = phrases(
    "(is|are) .. (still|anybody|anyone|somebody|someone) .. (maintained|maintaining|alive|active|looking after|working"
    " on|in charge)",
    "^ is [this|it|the] [project|repo|repository|package|library|tool] (maintained|unmaintained|abandoned|alive|dead)",
    "(is|are) (this|the) (project|repo|repository|package|library|tool) (maintained|unmaintained|abandoned|alive|dead)",
)
PROGRESS = phrases(
    "(any|is there|are there|what|has there been) .. (progress|news|update|updates|plans|eta|timeline)",
    "(when|what) .. (will|is|release|next|status) .. (released|merged|release|version|next|of|due|happen)",
    "(could|can|will) .. (merge|merged|review|look|release|answer) ",
    "why .. (not|isnt|hasnt|wasnt) .. (merged|released|reviewed|fixed|commit|committed)",
)
ENDORSES = phrases(
    "(works for me|works here|works great|tested this|i tested|can confirm|looks good|great work|nice work|please merge"
    "|please let us have|glad to see|great to see|nice that|exactly what|let us have it)",
    "(thank you|thanks|kudos|credit) .. (for|to) .. (patch|patches|fix|work|helping|this|version)",
    "(he|she|they|@|who) .. (does|do|did|has done|have done) .. (all|most) of the work",
    "(new version|this patch|this pull request|this version|his patch|her patch|their patch) .. (fixes|solves|works"
    "|helps|would fix)",
)
