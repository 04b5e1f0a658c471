"""The phrases of blame, in the language of `workers.pressure._forms`."""

from __future__ import annotations

from workers.pressure._phrases import phrases

WILL = phrases(
    "{you} .... {fails} .. (care|cares|cared|caring|bother|bothers|bothered|listen|listens|listened|respond|responds"
    "|responded|reply|replies|replied|answer|answers|answered|interested|respect|give a damn|give a shit|grasped"
    "|understand us)",
    "{you} .. (stopped|simply stopped|have stopped) .. (caring|answering|listening|responding|replying)",
    "(nobody|no one|noone|none) .. (cares|cared|bothers|bothered|listens|responds|answers|replies|reads|assigned"
    "|believes|looks)",
    "(nobody|no one) tells us",
    "{you} .. (ignored|ignoring|ignore|ignores|refused|refusing|refuses|neglecting|neglected|neglect|mistreat|mistreated"
    "|abandon|abandoned|abandoning|dismissed|dismiss|silence|censor) [us|me|our|everyone|everybody|users|the|people|all"
    "|their|your|to|any|every] (us|me|our|everyone|everybody|users|people|community|contributors|patches|reports|issues"
    "|bugs|requests|questions|warnings|pull|many|all|help|like|project|posts|fix|answer|listen)",
    "{you} .. (ignored|ignoring|mistreat|mistreated|neglected) (us|me|our|everyone|everybody|users|people)",
    "(chose|choose|chosen|decided|prefer|proceed|continue) to (ignore|do nothing|not answer|look away)",
    "(forgotten|left|dismissed|closed) and (ignored|forgotten)",
    "(completely|constantly|systematically|intentionally|deliberately) (ignore|ignores|ignored|ignoring) (us|me|our"
    "|users|important|all|issues|everyone|reports|prs|pull|critical|feedback)",
    "(ignore|ignores|ignoring) (prs|pull requests|issues|bug reports|important issues|critical|users posts|reports)",
    "(issues|bugs|reports|requests) they (ignore|ignored)",
    "(nobody|no one|anybody|anyone) .. (seriously|takes it seriously|gives a damn|gives a shit|cares)",
    "(anybody|anyone) (even|still|really|actually) (care|cares|read|reads|listen|listens)",
    "(as if|like) (no one|nobody) cares",
    "(dont|doesnt|do not|does not) (give|gives) a (damn|shit|fuck|toss)",
    "(ignore|ignoring|ignored) (everyone|everybody|us|me|your users|the community|their users|contributors|us all|by you"
    "|by the team|by the maintainers|by the developers)",
    "(going to be|keep getting|keeps getting|get|gets|getting) ignored",
    "(could not|couldnt|could|cant|cannot) (care less|be bothered)",
    "{you} .. (too|so|just|simply) (lazy|busy to|proud|arrogant)",
    "{you} .. (lost|lose|losing) [all] (interest|touch|motivation)",
    "(plays|playing|play) dead",
    "(lost all interest|checked out|gone silent|went silent|radio silence|vanished without|vanishing without|disappeared"
    " without|vanishing|ghosted|ghosting)",
    "{you} .. (clearly|obviously|evidently|apparently) .. (not|dont|no|given|lost|have no|gone|left|stopped)",
    "(your|their|his|complete|total) (silence|neglect|indifference|inaction|disregard)",
    "(dont|do not|doesnt|never|not) .. (reply|answer|respond) about",
    "hardly a sign of",
    "(closed|closes|closing|close) .. without (anybody|anyone|even|a word|reading|looking|an answer|comment)",
    "(straight|right) to the (bin|trash|void)",
    "(flag|mark|close|hide|delete) .. (comment|comments|issue|issues|reports) .. (rather than|instead of)",
    "(reply|respond|answer|talk) to us (rather|instead)",
    "{you} only (react|reacts|answer|answers|respond|move|moves) when",
    "(time|energy|money) [to|for|enough] .... but (not|none|no|never|nothing|cant|cannot) .. (to|for|a|one|fix|us)",
    "(you|they|he) .. (promised|promise|said|announced) .. (last|before|again|months|years|weeks) .. (and|nothing|still"
    "|never|yet|ago)",
    "(turned|turn|turning|drove|driven|chased|scared) (away|off) .. (who|help|contributors|everyone|everybody|people)",
    "{you} .. (make|made|makes|making) no (attempt|effort)",
    "(not|without) .. (a bit|one bit|any|single|even) .. (progress|reply|answer|word|response|line reply|fix for us)",
    "(if|were) .. {you} .. (really|actually|truly) cared",
    "(who|if you|if they) (really|actually|truly) cared",
    "the (author|maintainer|maintainers|developers|owner|team) .. (has|have|is|are) [clearly|simply|long] (gone"
    "|disappeared|abandoned|vanished|mia|absent|asleep|inactive|not cared)",
)
ABANDONS = phrases(
    "(keep|keeps|kept|start|started) (deleting|closing|hiding|locking|removing|censoring) .. (our|my|comments|issues"
    "|threads|reports)",
    "(maintainer|maintainers|author|authors|owner|owners|dev|devs|developer|developers|you|team|he|they) .. (abandoned"
    "|abandon|abandoning|left|disappeared|vanished|mia|inactive|absent|unresponsive|gone)",
    "(inaction|inactivity|absence|unresponsiveness|disappearance|silence) of .. (maintainer|maintainers|author|owner|dev"
    "|devs|developers|team)",
    "(your|their|his) (inaction|inactivity|absence|unresponsiveness)",
    "(didnt|did not|doesnt|does not|never|dont|do not|havent|hasnt) .. (reply|replied|respond|responded|answer|answered)"
    " .. (to|my|our|any|for|emails|mails)",
    "{not} .. (response|reply|answer|feedback|communication|reaction|attention) [at|whatsoever|from|by|in|for|to] (all"
    "|whatsoever|from|by|in|for|to|even|a|since)",
    "(without|not|no) [so much as|even|a single|any|absolutely|even a|one] [a|single|one] (response|reply|answer|word"
    "|acknowledgement)",
    "(absolutely|exactly|literally|still|zero|hardly any) (no|zero|response|activity|answer) [activity|response|reply"
    "|answer|progress|communication]",
    "(dont|doesnt|didnt|do not|does not|not) .. get (a|an|any) (response|reply|answer)",
    "(forgotten|unanswered|languish|languishing|unaddressed) .. (and|for|in|ignored|open)",
    "(no|without) [an|a] (active) (maintainer|maintainers|maintenance)",
    "(no one|nobody|noone|none) .. (active|taking|takes|working|looks|looking|interest|interested|left|home)",
    "{you} .. (not|dont|do nothing|nothing) .. do anything .. (about|for)",
    "(not) (do|doing) anything about",
)
CHARACTER = phrases(
    "(passive aggressive|insulting|condescending|dismissive|toxic|hostile) [and] [insulting] (tone|behavior|behaviour"
    "|attitude|replies|response|answer|manner)",
    "(shame on you|ashamed of yourself|be ashamed|shameful|despicable|how dare you)",
    "(waste|wasting|wasted) .. (of|my|our) (my|our|everyones|time|life)",
    "(wasting|wasted|waste) .. (of my life|of our lives|my time|our time)",
    "(take up any more of|thanks for wasting|hours of my life|days of my life)",
    "{you} .. (arrogance|arrogant|excuses|excuse|attitude|incompetent|incompetence|impolite|selfish|irresponsible"
    "|hypocrite|hypocrites|hypocrisy|unprofessional|disrespectful|clueless|pathetic|dishonest|liars|politics)",
    "(arrogance|hypocrisy|contempt|attitude|ignorance|incompetence|neglect) .. (of|from|in) .. (you|this|the|key"
    "|maintainers|developers|tracker|team)",
    "(what a|great|nice|lovely|wonderful) (way|manner) to (treat|run|lose|answer|handle)",
    "(how|so) little (respect|regard|care|interest) .. {you}",
    "(no|little|zero) (respect|regard|consideration) for",
    "(treat|treats|treated|treating) .. (contributors|users|people|us|me|community|reports|volunteers) .. (shameful"
    "|badly|like|this way|is|such|worse|dirt)",
    "(shows|tells|know|see|explains) .. (what|how little|perfectly|everything) .. {you} .. (think|care|value|act|makes|are)",
    "(silence|that|this|which|behaviour|behavior) (says|tells|explains) (everything|it all|a lot about you|enough)",
    "(nobody|no one) (believes|trusts) you",
    "(sleep at night|look in the mirror|face your users)",
    "(whose|all your|entirely your|your own) (fault|doing)",
    "(is|was) your (doing|fault|own fault)",
    "(maintainer|author|owner|dev|developer|he|she|you|they|person|devs|maintainers|people) .. (ignorant|untrustworthy"
    "|worthless|unreliable|fools|fool|idiot|idiots|liar|lazy|lasy|fakers|rude|entitled|toxic|unfair|joke|clowns|amateurs"
    "|shameful|serious)",
    "(dont|do not|stop) (be|being) (so) (rude|arrogant|lazy|ridiculous|stubborn)",
    "(dont|do not|stop) (waste|wasting) (our|my|everyones|peoples)",
    "(more|less) (serious|professional|responsible|reliable|competent) (maintainers|developers|people|team|maintainer)",
    "(illusion|pretence|appearance) of (maintenance|being maintained|support|activity)",
    "maintain the illusion",
    "call (yourself|yourselves)",
    "(thats|that is|its|it is|this is) [just|really|so|truly] (shameful|pathetic|disgraceful|sad|disrespectful|disgusting)",
    "you (lot|folks|guys) (only|never|always|just|simply|clearly)",
    "{you} .. (couldnt|could not|cant|cannot|could) (care less|be bothered|be trusted|be relied)",
    "doesnt so much as (read|answer|look)",
    "(choke|choking|strangle|strangling|killing|kill|ruin|ruining|destroy|destroying) [the|this|your|our] (project|repo"
    "|repository|community|library|ecosystem)",
    "(with|for) the mild neglect",
)
MORALS = phrases(
    "do the (decent|honourable|honorable|right) thing",
    "the (least|decent|honourable|honorable|honest|responsible) [thing] (you|they|he|thing to do|way) [can|could] (do"
    "|here|out|would|is)",
    "(would|should|could) be the (honourable|honorable|decent|honest|responsible|right|fair) thing",
    "(you|they|he|maintainer|maintainers) (owe|owes) (it|us|your|the|their|every|an|everyone|me|people)",
    "(owe it to|owed an explanation|owes us|deserve better|deserves better|deserve more|deserve an)",
    "(so much for|must be nice)",
    "(quit|stop) (expecting|hiding|pretending|wasting|making excuses|telling|clinging|playing)",
    "(hiding|hide) behind",
    "(thank you|thanks) for (nothing|lecturing|ignoring|wasting)",
    "(good|nice|great|glad) to (know|see) (where|that|how) (the|your|you|priorities|little)",
    "enjoy your",
    "you (have|had) (a|the|no) .. (duty|obligation|right to|responsibility)",
    "(doesnt|does not|dont|do not|wont) (require|cost) (you|much|anything|to)",
    "(costs|cost) nothing",
    "should not respond",
    "(nobody|no one) but you",
    "do (your|their|his) (job|work|duty)",
    "(dont|do not) let .... (delay|delaying|block|blocking) .. (release|releases)",
    "if none of .. matter to you",
    "(let|letting|lets) (everyone|everybody|us|the community|your users|people|all of us) [else] down",
    "(should|could) not have (let|published|promoted|started|accepted|taken)",
    "(anyone|anybody|person) (to|who) .. (matters|really wants) .. should",
    "whom .. matters should",
    "(hold|made to feel|left|hang) (hostage|hanging|in the dark|in limbo|on some more)",
    "tells people who .. served to",
    "(fund|pay|sponsor|collect) .. (sponsorships|donations|sponsors|money) .. (but|still|and|while)",
    "(still|and still|while) .. (collect|take|accept|ask for) .. (sponsorships|donations|money)",
    "(others|other projects|other people) manage",
)
WEAKNESS = phrases(
    "(sick|ill|illness|unwell|health|burned out|burnt out|burnout|burn out|exhausted|overwhelmed|overworked|depressed"
    "|depression|tired|sad|sorry) .... (but|no reason|still|should|owe|yet|however|does not|doesnt|isnt|not an) .. {you}",
    "(sick|ill|illness|unwell|health|burned out|burnt out|burnout|exhausted|overwhelmed|depressed|tired) .... (no reason"
    "|no excuse|not an excuse|isnt an excuse|waiting on you|owe|let everybody|let everyone|then you|excuse)",
    "(sick|ill|unwell|burned out|burnt out|tired|sorry) .... (whole ecosystem|users are|everybody is|everyone is|people"
    " are|we are) .. waiting",
    "(know|knowing|accept|admit|recognise|recognize|respect) (your|his|their) [own] (limits|limit|limitations)",
    "(cant|cannot|can not|not able to|unable to|no longer) (keep up|cope|handle|manage|keep pace)",
    "(only|just|merely) [a] hobby .... (should|not|then|but|why|shouldnt)",
    "(it is|its|thats|that is) [only|just] .. hobby .... (should not|shouldnt|then)",
    "(alone|by yourself|single handed) .... (fault|because you|your own|turned away|why not|choice|no wonder)",
    "(excuse|excuses|behind) .. (no time|hobby|free time|illness|health|family|volunteer|volunteers|spare time)",
    "(dont|do not|doesnt|does not|not) have [the|any|enough] (time|energy|strength) .. (then|any more|anymore|hand|give"
    "|so|let|step|find|add|why)",
    "(if|since|when|as) (you|he|they) .. (dont|do not|doesnt|have no|has no|lack|lacks) .. (time|energy|interest)",
    "(if|since) .. (health|illness|family) .. (not allow|doesnt allow|prevents|comes first)",
    "(wants|want|need|needs|take|takes) a break .. but",
    "(goes|went|gone|go) quiet",
    "(bad|rough|hard) (days|day|times|year) .. (lasted|years|but|forever)",
    "heart attack",
    "hit by a bus",
)
DECLINE = phrases(
    "(project|repo|repository|package|library|framework|software|tool|app|support|plugin|this|it|that|everything|thing)"
    " .... (dead|dying|abandoned|abandonware|unmaintained|rotting|withering|stalls|stalled|slowing down|collapse"
    "|collapses|withers)",
    "(dead|dying|abandoned) (project|framework|library|package|software|repo|repository)",
    "(before|while) .. (dies|is dead|rots|withers|collapses|it is too late|its too late)",
    "(project|library|package|repo) without an owner",
)
