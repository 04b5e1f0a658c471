"""The phrases that signals are made of, compiled once. They meet `Sentence.text`: lower-case words, single spaces.

Gaps are a few words long, words are cut to a bounded length, and no repetition holds another one that can match the
same words in two ways, so matching takes time linear in the length of the text.
"""

from __future__ import annotations

import re

_NOT_CODE = (
    "(?! (?:field|file|files|section|label|guide|docs|documentation|tag|email|entry|column|script|type|class|of the file))"
)
_WORDS = {
    "you": "you|youre|youve|your|u|he|his|she|they|theyre|their|maintainers?|owners?|authors?|devs?|developers?"
    "|whoever|team",
    "other": "someone|somebody|anyone|others|other people|other hands|"
    "another (?:person|team|group|maintainer|developer)|the community|a community|people|a team"
    "|volunteers?|contributors?|more people|a new|new people|a successor|those who|whoever|us|users",
    "role": f"(?:maintainers?|maintainership|co ?maintainers?|stewardship|leadership|committers?|project leads?){_NOT_CODE}",
    "thing": "(?:project|repo|repos|repository|package|library|org|organi[sz]ation|maintenance|maintaining|maintainership"
    f"|reins|stewardship|codebase|crate|gem|plugin){_NOT_CODE}",
    "kind": "commit|push|merge|write|publish|publishing|release|admin|maintainer|owner|npm|pypi|upload|triage",
    "right": "access|rights?|permissions?|privileges?|bit|keys?|power",
    "must": "should|shouldnt|must|needs? to|ought to|has to|have to|got to|time to|better|please|why not|why dont|why wont"
    "|why cant|want|expect|demand|insist|consider|either|when will|how about|just|then|so|and|or|kindly|simply|now",
    "count": "more|another|new|other|different|additional|second|one or two|two|some|a few",
    "lack": "still|no|not|nothing|nobody|without|never|unreleased|unfixed|unanswered|yet|waiting|waited|ignored|only",
    "not": "dont|doesnt|didnt|do not|does not|did not|never|no longer|hasnt|havent|couldnt|cant|cannot|wont|not",
}
_GAP, _WIDE = "(?:[^ ]+ ){0,4}", "(?:[^ ]+ ){0,8}"


def _form(form: str) -> str:
    """Expand `{word}` into its list, ` .. ` into a gap of up to 4 words, ` .... ` into one of up to 8."""
    for name, words in _WORDS.items():
        form = form.replace(f"{{{name}}}", f"(?:{words})")
    return form.replace(" .... ", f" {_WIDE}").replace(" .. ", f" {_GAP}")


def _any(*forms: str, start: str = "(?<= )") -> re.Pattern[str]:
    return re.compile(f"{start}(?:{'|'.join(map(_form, forms))})(?= )")


_TRANSFER = (
    "(?:hand|pass|turn|give|sign) .. {thing} .. (?:over|on|off|away|along|to {other})",
    "(?:hand|pass|turn|give) (?:it |this |that |things )?(?:over|on|up|away|off) .. (?:{thing}|{role}|to {other})",
    "(?:transfer|relinquish|surrender|donate|move) .. {thing} .. to (?:{other}|them)",
    "(?:transfer|relinquish|surrender|give up|share) .. (?:ownership|control) of (?:the|this|your) {thing}",
    "(?:transfer|relinquish|surrender|pass on|hand over|give up) (?:the |your )?(?:{role}|maintenance)",
    "(?:step|stand) (?:down|aside)(?: as| from| and| so| if| in favou?r| already|$)",
    "(?:resign|retire) (?:as|from|and)",
    "make (?:way|room) for .. (?:{other}|{role})",
    "(?:find|look for|get|appoint|bring in|choose|pick|advertise for|search for|recruit|invite|add|put|name)"
    " .. {count} .. (?:{role}|successor)",
    "(?:change|replace|appoint|advertise for|find|recruit|bring in) (?:the |a )?(?:{role}|successor)",
    "(?:let|allow|have) {other} .. (?:take over|take it over|maintain|run it|lead|merge|do the releases?|make releases?)",
    "(?:give|grant|share|hand) .. {other} .. {kind} {right}",
    "(?:give|grant|share|hand) .. (?:{kind} {right}|(?:signing|release) keys?) .. (?:to|with) .. {other}",
    "share .. (?:{kind} {right}|(?:signing|release) keys?)",
)
DEMANDS = _any(
    *(f"{{must}} .... {transfer}" for transfer in _TRANSFER),
    "(?:someone|somebody) else (?:should|must|needs to|has to|ought to)"
    " .. (?:maintain|take over|take it over|run|own|merge)",
    "(?:this|the) {thing} (?:needs|requires|deserves|wants) .. (?:new|another|more|other|different|active|better) .. {role}",
    "(?:until|unless) .. (?:new|another|different) .. {role}",
    "(?:must|should|does|can|may) (?:only )?(?:one|a single|1) (?:person|man|guy|individual|maintainer)"
    " .. (?:hold|have|own|control|keep)s? .. (?:{right}|everything|project)",
    "(?:take|wrest|get) (?:this|the|our) {thing} (?:back|away)",
)
ORDERS = _any(*_TRANSFER, start="(?:^ |(?<= , ))")
OFFERS = _any(
    "(?:i|we|ill|id|im|ive|well|weve) .. (?:hand|pass|give|transfer|step|resign|retire|relinquish|looking|look|find|share)",
    "(?:i|we|id|ill|im) .. (?:happy|glad|willing|ready|love|available|interested|wondering) .. (?:help|maintain|take|step)",
    "if (?:someone|somebody|anyone|you) (?:wants?|would like|is willing|are willing|is interested)"
    " .. (?:maintain|take|help|co)",
    "(?:i am|im|we are) (?:the|a|one of the) (?:maintainers?|owners?|authors?)",
)
CLAIMS = _any(
    "(?:give|grant) (?:me|us) .. {kind} {right}",
    "(?:make|appoint|name) me .. (?:{role}|owner|admin)",
    "(?:should|must|need to|have to|just|then) .. (?:hand|give|pass|transfer) .. (?:{thing}|maintainership) .. to (?:me|us)",
    "i (?:want|demand|deserve|should have|expect) .. {kind} {right}",
)
REQUESTS = _any(
    "(?:can|could|may|might|please|would|will) .. (?:give|grant|get|have) .. {kind} {right}",
    "(?:add|invite) me as .. (?:{role}|owner|admin|collaborator)",
    "(?:pass|hand|give|transfer) .. (?:{thing}|{role}) .. to .. (?:me|myself|us)",
    "i (?:am|m) (?:ready|prepared|willing) to (?:be|become) .. (?:owner|maintainer)",
    "(?:let me|i will|ill|i can|i could|i would|id) .. (?:take over|become|be) .. (?:{role}|{thing}|owner)",
)
REPROACHES = _any(
    "{you} .. {not} .. (?:care|cares|cared|bother|bothered|listen|responded|reply|replied|answered|interested)",
    "{you} .. (?:ignored|ignoring|refused|refusing|refuses|neglecting|neglected|mistreat|mistreated)",
    "{you} (?:[^ ]+ ){0,2}(?:ignores?|refuse|neglect)"
    " (?:us|me|our|everyone|everybody|users|people|all|the many|the community)",
    "(?:nobody|no one|noone|none of you) .. (?:cares?|cared|bothers?|listens?|responds?|answers?|replies|assigned)",
    "(?:could not|couldnt|could) care less",
    "{you} (?:[^ ]+ ){0,3}(?:too|so|just|simply) lazy",
    "(?:lost interest|vanish(?:ed|ing) without|disappear(?:ed|ing) without|shame on you|you should be ashamed)",
    "(?:who|if you|if they) (?:really |actually )?cared",
    "waste of (?:my|our|everyones) time",
    "{you} .. (?:arrogance|arrogant|excuses|attitude|incompeten[^ ]+|impolite|selfish|irresponsible|hypocri[^ ]+)",
    "(?:arrogance|hypocrisy|contempt) .. (?:of|from) .. {you}",
)
DECLINE = _any(
    "(?:{thing}|framework|software|tool|app|support|this|it|that|everything|thing) .... (?:dead|dying|abandoned|abandonware"
    "|unmaintained|rotting|stalls?|stalled|slowing down)",
    "(?:dead|dying|abandoned) (?:{thing}|framework|software)",
    "(?:before|while) .. (?:dies|is dead|rots)",
)
LEVERAGE = _any(
    "(?:switch|switching|move|moving|migrate|migrating|going?|change) .. to"
    " .. (?:something else|alternatives?|another|elsewhere)",
    "(?:never|stop|avoid) (?:use|using) .. (?:{thing}|this|it)",
    "(?:keep|keeping|stay) .. (?:away|distance|clear)",
    "(?:steer clear|better without it|better off without|farewell|fork it|lost (?:all )?(?:faith|trust|confidence))",
    "(?:drop|ditch|dump|abandon|leave) .. (?:and|for) .. (?:go|use|switch|move|something|another)",
    "(?:im|i am|were|we are) done (?:with|here)",
    "(?:giving|gave|give) up on (?:it|this|you|the {thing})",
    "(?:losing|lose|cost|costs) .. (?:users|money|customers|trust|people)",
    "trust(?:ing)? .. (?:harder|anymore|any more)",
    "warn (?:others|everyone|people|users)",
)
ELAPSED = _any(
    "(?:[0-9]+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|many|whole|few|couple of|a|past|over)"
    " .. (?:years?|months?|weeks?|yrs?|decade|ages)",
    "(?:for|in|after) (?:years|months|ages|weeks)",
)
LACK = _any("{lack}", "(?:far )?too long", "(?:not|werent) (?:sufficient|enough)")
IMPATIENCE = _any(
    "how (?:much|many) .. (?:longer|years|more|additional)",
    "(?:will|does|is) (?:it|this|that|anything|anyone) .. ever",
    "how come (?:nobody|no one|noone|you|this|it)",
    "how hard (?:is|can) it",
    "(?:unacceptable|ridiculous|inexcusable|disgraceful|outrageous|pathetic|a joke|shameful)",
    "(?:completely|totally) (?:stuck|blocked)",
    "(?:hugely|extremely|really|incredibly) frustrating",
    "(?:how urgent|urgently|asap|immediately|right now)",
    "(?:somebody|someone|you|anyone) finally",
    "(?:were|we are|im|i am) (?:dying|desperate)",
    "missed .. deadline",
)
MORALS = _any(
    "(?:do the decent thing|the least (?:you|they) (?:can|could)|(?:you|they) owe|so much for|must be nice)",
    "(?:quit|stop) (?:expecting|hiding|pretending|wasting|making excuses|telling)",
    "(?:thank you|thanks) for (?:nothing|lecturing|ignoring|wasting)",
    "(?:good|nice|great|glad) to (?:know|see) (?:where|that|how)",
    "enjoy your",
    "(?:you have|have) (?:a|the|no) .. (?:duty|obligation|right to)",
    "(?:time|money) to .. but not to",
    "(?:doesnt|does not|dont|do not) (?:require|cost) (?:you|much|anything)",
    "(?:costs|cost) nothing",
    "should not respond",
    "nobody but you",
    "(?:stop|dont|do not) (?:let|delay|delaying|block|blocking) .... releases?",
)
AUTOMATIC = _any(
    "(?:automatically|been) (?:marked|closed|locked|labell?ed) .. (?:as )?(?:stale|inactive|automatically)",
    "marked as stale",
    "(?:this|i) (?:is|am|was) (?:a|an) (?:bot|automated|automatic)",
    "ignore this (?:major |minor |patch )?(?:version|dependency|update)",
)
