"""The phrases that signals are made of, in the language of `workers.pressure._forms`.

They are kept general: who is addressed, what is put on that person, what is to change. A phrase that only one comment
ever used does not belong here.
"""

from __future__ import annotations

from workers.pressure._forms import Forms

LISTS = {
    "you": "you|youre|youve|youll|your|yours|yourself|yall|he|hes|his|she|shes|they|theyre|theyve|their|maintainer"
    "|maintainers|owner|owners|author|authors|dev|devs|developer|developers|team|whoever|guys|project|in charge",
    "other": "someone|somebody|anyone|anybody|others|else|other people|other hands|another|different|community"
    "|organisation|organization|org|foundation|team|volunteers|contributor|contributors|more people|new people|a new"
    "|successor|replacement|those|whoever|us|users|people|him|her|them|active|who",
    "role": "maintainer|maintainers|maintainership|comaintainer|comaintainers|co maintainer|co maintainers|stewardship"
    "|leadership|management|committer|committers|owner|owners|ownership|project lead|lead maintainer|steward|admin"
    "|admins|collaborator|lead developer|successor|replacement|release manager",
    "thing": "project|repo|repos|repository|package|library|org|organisation|organization|maintenance|maintaining"
    "|maintainership|ownership|leadership|reins|stewardship|codebase|crate|gem|plugin|module|extension|control|torch"
    "|baton|wheel|maintainer role|npm name|name on npm|keys to|domain",
    "kind": "commit|push|merge|write|publish|publishing|release|admin|maintainer|owner|npm|pypi|upload|triage|committer"
    "|registry",
    "right": "access|right|rights|permission|permissions|privileges|bit|key|keys|powers|token",
    "must": "should|shouldnt|must|need to|needs to|ought to|has to|have to|had to|time to|better|please|pls|why not|why"
    " dont|why wont|why cant|want|expect|demand|insist|consider|when will|how about|what about|just|then|kindly|simply"
    "|could|can|would|may|maybe|perhaps|propose|suggest|until|unless|admit|time you|time that|time for|think|hope|wish"
    "|willing|helpful|instead",
    "give": "hand|handing|handed|pass|passing|passed|give|giving|given|turn|turning|sign|transfer|transferring"
    "|transferred|donate|donating|donated|move|moving|moved|reassign|reassigned|relinquish|relinquishing|surrender",
    "appoint": "find|finding|look for|looking for|get|getting|appoint|appointing|bring in|bringing in|choose|choosing"
    "|pick|advertise for|advertise|search for|searching for|recruit|recruiting|invite|inviting|add|adding|put|name"
    "|naming|nominate|nominating|promote|promoting|elect|electing|onboard|onboarding|accept|accepting|admit|request"
    "|requesting|make|making|change|replace|ask",
    "act": "run|take|maintain|lead|merge|own|cut|publish|release|handle|drive|manage|commit|look after|do the|make the"
    "|steer|in charge|care of",
    "self": "i|we|ill|id|im|ive|well|weve|were",
    "handing": "hand|handed|handing|pass|passed|give|gave|given|giving|transfer|transferred|transferring|move|moved"
    "|moving|step|stepping|stepped|resign|retire|relinquish|looking|look|find|share|shared|add|added|made|appointed"
    "|granted|going|grant|invite|invited|adding",
    "count": "more|another|new|other|different|additional|second|one or two|two|three|some|a few|fresh|better|active"
    "|proper|a",
    "fails": "dont|doesnt|didnt|do not|does not|did not|never|no longer|hasnt|havent|couldnt|cant|cannot|wont|not"
    "|stopped|isnt|arent|none|refuse to|refuses to|refused to|fail to|fails to|failed to",
    "not": "dont|doesnt|didnt|do not|does not|did not|never|no longer|hasnt|havent|couldnt|cant|cannot|wont|not|stopped"
    "|isnt|arent|nothing|no|none|without|nobody|refuse to|refuses to|refused to|fail to|failed to|fails to",
    "guard": "branch protection|required review|required reviews|required checks|review requirement|code owners"
    "|codeowners|signed commits|two factor|fuzzing|sanitizer|sanitizers|signature check|signature checks|signature"
    " verification|provenance|scorecard|codeql",
    "late": "year|years|yrs|month|months|week|weeks|decade|ages|summer|spring|winter|autumn",
    "number": "a|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|several|many|whole|few|couple"
    "|past|over|half|some|another|2|3|4|5|6|7|8|9|10|11|12|18|20",
    "ship": "merge|merged|release|released|releasing|publish|published|ship|shipped|fix|fixed|tag|land|landed|update|deploy",
}


def phrases(*written: str) -> Forms:
    """Return phrases written with these lists."""
    return Forms(LISTS, *written)


TRANSFER = phrases(
    "{must} .... {give} .. {thing} .. (over|on|off|away|along)",
    "{must} .... {give} .. {thing} .. (to|into|under) .. {other}",
    "{must} .... {give} (it|this|that|things|everything) (over|on|up|away|off) .. {other}",
    "{must} .... {give} (over|on) .. {thing}",
    "{must} .... (give up|surrender|relinquish|release) [the|your|his|their] {thing}",
    "{must} .... (give|giving) it up",
    "{must} .... (reassign|reassigned|relinquish|surrender|transfer|transferred) .. {thing}",
    "{thing} .. {must} .. be {give} .. (to|over|under) .. {other}",
    "{thing} .. {must} .. (move|go|pass|change) .. (to|into) .. {other}",
    "(role|job|task) of (maintaining|maintainer|owner) .. {must} .. (move|go|pass) .. {other}",
    "(hope|wish|better|best|great|good|nice) .... {thing} .. (move|moves|moved|go|goes|pass|passes|transferred|given"
    "|handed) .. to .. {other}",
    "(handing|passing|giving) (over|on|off|away) .. {thing}",
    "(hand|pass|handing|passing) (over|on|off) .. (project|repo|repository|package|library|maintainership|ownership) to"
    " .. {other}",
    "(would|will|could) [you|it] [be|not|it] (willing|open|possible|ready|fairer|better) .. {give} .. {thing}",
    "^ {give} [over|on|up] [the|this|your] {thing} .. (to|over|on|up|away) .. {other}",
    "^ {give} (it|this) (up|over|on) .. {other}",
    "^ {give} [over|on|up] [the|your] (ownership|control|maintainership|maintenance|commit rights|keys) .. {other}",
    "^ (hand|pass|give) (on|up|over) [the|your] (keys|ownership|control|maintainership|maintenance|commit|rights"
    "|repository|project)",
    "{give} .. (keys|reins|control|ownership|maintainership) .. to .. {other}",
    "(pass|passing|hand|handing) (the|on the|over the) (torch|baton|reins|wheel)",
    "(take|takes|taking) (the|over the) (wheel|reins|helm)",
)
STEP_DOWN = phrases(
    "{must} .... (step|stand|stepping|standing) (down|aside|back)",
    "(you|your|he|she|they|owner|author|maintainer) .. (step|stepping|steps) (down|aside|back)",
    "^ (step|stand) (down|aside|back)",
    "{must} .. {you} .. (resign|resigns|retire|retires|step down|steps down)",
    "{you} .. (resign|resigns|retire|retires|quit) .. (as|from|and|so|already)",
    "{must} .... (resign|retire) (as|from|and)",
    "(make|makes|making) (way|room) for .. {other}",
    "(stop|quit) (clinging|holding on|hanging on) .. to",
)
NEWCOMER = phrases(
    "{must} .... {appoint} .. {count} .. {role}",
    "{must} .... {appoint} [the|your|some] (maintainer|maintainers|successor|replacement|co maintainer|co maintainers"
    "|comaintainers|project lead)",
    "{must} .... {appoint} (someone|somebody|people|anyone|others) [else] [who|that|with] (can|will|is|has|wants|cares"
    "|willing|active|time|interest|to|else|does|actually)",
    "(maintainer|maintainers|owner|successor) .. (could|should|must|can|needs to|need to) .. be (requested|found"
    "|appointed|added|named|chosen|elected|replaced|recruited|changed)",
    "^ {appoint} [the|a|some] {count} .. (maintainer|maintainers|successor|replacement|owner)",
    "^ {appoint} [some|more|a] (co maintainers|co maintainer|comaintainers|comaintainer|successor|replacement)",
    "^ {appoint} [the|a|some] .. (as|a|to|an|the) (maintainer|maintainers|committer|co maintainer|comaintainer|owner|admin)",
    "{must} .. {appoint} .. (as|a|to|an|the) (maintainer|maintainers|committer|co maintainer|comaintainer|owner|admin)",
    "appoint [one|another|a new|a second|a|as] {role}",
    "(need|needs|require|requires|deserve|deserves|want|wants|get|gets) [a|an|some] (new|another|other|different|active"
    "|better|second|real|proper|fresh|additional) [and|active|lead] {role}",
    "(until|unless|before|without|off with|time for|about|be) [there|it|this|we|project|has|gets|is] [is|has|gets] [a"
    "|an] (new|another|different) [lead] {role}",
    "(vote|decide|agree) on a (new|different) (one|maintainer|owner|lead)",
    "(open up|extend|enlarge) the (maintainer|maintainers|core|admin|release) team",
    "{must} .... (put|add) .. more people .. (list|team|maintainer|access|rights)",
    "why wait .... (change|replace) .. {role}",
    "(change|replace) (the|this) (maintainer|maintainers|owner|leadership)",
    "(forgot|forget|forgotten|failed) to (leave|put|name|appoint) (someone|somebody|anyone) .. charge",
)
LET_OTHERS = phrases(
    "(let|allow|letting|allowing) [a|the|some|any] (someone|somebody|anyone|anybody|others|other people|another"
    "|different|community|new people|new|those|volunteers|contributors|people|anybody else) .. {act}",
    "(let|allow|letting|allowing) (him|her|them|others|us) .. (take over|maintain|merge|publish|release|cut|do the"
    " releases|lead)",
    "(someone|somebody|anyone|person) else .. (should|must|needs to|has to|ought to|could|can|to) .. {act}",
    "(someone|somebody|those) (who|with) .... (should|must|needs to|has to|ought to) .. (own|maintain|run|lead|manage"
    "|take over|take it|have the)",
    "(get|put|have|want|need|let) [a] (someone|somebody|people|others|different|another) [else|person] [run|in] (in"
    " charge|charge|run)",
    "(in|into|to) (other|better|new|different) hands",
)
LETTING_BY_NAME = phrases(
    "(let|letting|have) .. (cut|do|make|handle|publish) the (release|releases)",
    "(let|letting) .. (merge|commit|push) (her|his|their|this|it) [own] (own|patches|patch|work|himself|herself"
    "|themselves|changes)",
    "why (can|cant|may|does|is|should) .. (not|still have to|have to|not be allowed to) .. (commit|merge|push|release)"
    " .. (himself|herself|themselves|this|it)",
)
SHARE_RIGHTS = phrases(
    "{must} .... (give|grant|share|hand|granting|giving|sharing|allow|allowing) .. {other} .. {kind} {right}",
    "{must} .... (give|grant|share|hand|pass on|granting|giving|allow|allowing) .. {kind} {right} .. (to|with|for) .."
    " (anyone|someone|somebody|others|other|those|people|contributor|contributors|team|community|him|her|them|more)",
    "(give|grant|share|giving|granting) [the|out] {kind} {right} .. (to|with) .. (someone|somebody|others|those|people"
    "|contributor|contributors|team|community|him|her|them|more)",
    "{must} .. (give|grant|hand) (him|her|them|others|somebody|someone) .. (rights|access|keys|permissions|powers)",
    "{must} .. (share|pass on|hand over) [the|your] (release keys|signing keys|keys|commit rights|admin rights|access"
    "|credentials|rights)",
    "^ (share|pass on|hand over|give) [the|your|out] (release keys|signing keys|keys|commit rights|admin rights|merge"
    " rights|commit access|push access)",
    "(should|must|does|can|may|why is|why are|why must) .. [only] (one|single|1) (person|man|guy|individual|maintainer"
    "|human) .. (hold|have|own|control|keep|holds|has|owns|controls|decide)",
    "(only) (one|person|man|human) .. (who|that) (can|could|may|is able to|has) .. (publish|merge|release|push|access"
    "|rights)",
    "(somebody|someone) you trust with .. (key|keys|access|rights)",
    "(share|spread) the (admin|commit|merge|release) (rights|access|keys|work)",
)
TAKE_AWAY = phrases(
    "(take|wrest|get) (this|the|our) (project|repo|repository|package|library) (back|away)",
    "(community|we|us|somebody) .. (takes|take) over [the|this] (project|repository|repo|package) .. (without|from) .."
    " {you}",
    "move .. (repository|repo|project) under [an|a|the] (organisation|organization|org|foundation|umbrella)",
    "{must} .... (moving|move) .. (repository|repo|project|package) under",
    "(control|ownership) of [the|this] (project|repo|repository|package|library) .. to [the] (people|community|those"
    "|others|someone)",
)
OFFERS = phrases(
    "{self} [am|are|have|will|would|should|must|could|can|had|may|might] [just|already|also|probably|not|be|been|now"
    "|recently|then|like|gladly|never] [also|just|now] [to|need to|want to|like to|plan to|intend to|decided to|going to"
    "|have to|trying to|able to|happy to] {handing}",
    "(i|we) (need to|want to|plan to|intend to|decided to|have to|had to|am going to|are going to|would like to|tried to"
    "|offered to) {handing}",
    "(i|we|id|ill|im|were|employer) .. (happy|glad|willing|ready|love|available|interested|wondering|delighted) .. (help"
    "|maintain|take|step|look|send|work|co|to|review)",
    "if (someone|somebody|anyone|you|anybody) [is|are] (want|wants|would like|willing|interested|looking)",
    "(let me know|tell me|contact me|email me|write to me) .. (if|when|whether) you (want|wants|would like|are interested)",
    "(i am|im|we are|as) (the|a|one of the|former|current) (maintainer|maintainers|owner|owners|author|authors)",
    "(i|we) (maintain|am maintaining|are maintaining|own|wrote this)",
    "(as agreed|agreed on|as discussed|i was given|ive been given|i got)",
    "(happy|glad) to {handing}",
)
DEFENDS = phrases(
    "(rude|disrespectful|out of place|entitled|entitlement)",
    "be (kind|nice|patient|civil|respectful) , (the|they|he|she|maintainers|it)",
    "(owe|owes) (us|you|me|anyone|anybody|him|her) (nothing|anything)",
    "(talk|speak) to (them|him|her|people|maintainers) (like|that way|this way)",
    "(nobody|no one|nothing) (forces|owes|keeps) you",
    "(give) (him|her|them|the maintainer|the maintainers) (a|some) (break|rest|slack)",
    "(stop|quit) (telling|pressing|pushing|harassing|blaming|attacking) (him|her|them|people|maintainers|the)",
    "(in|during) (their|his|her|my|our) (free|spare) time",
    "(keep|stay|remain) [this|it] (civil|polite|friendly|respectful)",
    "(free|welcome) to fork",
    "you (can|could|are able to) (hire|pay|fork|sponsor|start)",
)
CLAIMS = phrases(
    "(give|grant) (me|us) .. {kind} {right}",
    "^ [just|then|so|please] (add|make|appoint|name) (me|us) .. (maintainer|owner|admin|committer|collaborator|member)",
    "(should|must|need to|have to|just|then) .. (hand|give|pass|transfer|handing) .. (project|repo|repository|package"
    "|maintainership|ownership|keys) .. to (me|us)",
    "i (want|demand|deserve|should have|expect) .. {kind} {right}",
    "(give|hand) (me|us) the (keys|rights|password|token|credentials)",
)
REQUESTS = phrases(
    "(can|could|may|might|please|would|will) .. (give|grant|get|have|need) .. {kind} {right}",
    "(add|invite|adding|inviting|make|making) .. (me|my account|us|myself) .. (as|to|a|an) .. (owner|owners|maintainer"
    "|maintainers|admin|collaborator|collaborators|maintainer team|committer)",
    "(pass|hand|give|transfer) .. (project|repo|repository|package|maintainership|ownership) .. to .. (me|myself|us)",
    "i (am|m) (ready|prepared|willing|happy) to (be|become) .. (owner|maintainer|admin)",
    "(let me|i will|ill|i can|i could|i would|id) .. (take over|become|be) .. (maintainer|owner|release|releases|package"
    "|project|maintenance)",
    "(become|becoming) the (owner|maintainer|admin) of",
    "i am ready to be that owner",
    "(namely) me",
)
GUARDS = phrases(
    "{must} .... (disable|turn off|switch off|lift|drop|remove|suspend|bypass|relax|skip|deactivate|disabling|removing"
    "|skipping) .. {guard}",
    "{guard} .. (should|must|could|has to|needs to|can) .. be (removed|disabled|switched off|turned off|skipped|relaxed"
    "|dropped|lifted)",
    "{must} .. (skip|forget|forgo|ignore|drop) the (review|reviews|ci|approval|checks|code review)",
    "(merge|land|push) .. without (waiting|review|a review|approval|checks|the checks)",
    "(fuzzing|sanitizer|sanitizers|branch protection) .... (should|must|better|have it) .. (off|disabled)",
)
