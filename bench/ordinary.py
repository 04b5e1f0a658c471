"""A stream of ordinary comments: what maintainers, users and bots write all day, angry, polite, quoting, in any language.

The sentences are our own and hold none of the pressure that `trust-alerts pressure` looks for, close as they come to it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

_SLOTS = {
    "thing": "parser|scheduler|cache|login page|build|importer|date picker|driver|websocket client|config loader|test suite"
    "|installer|plugin API|router|database layer|tokenizer|worker pool|docs site|type checker|CLI",
    "verb": "crashes|hangs|leaks memory|returns the wrong value|ignores the option|is slow|prints garbage|loses data"
    "|deadlocks|rejects valid input|never responds|dies after an hour|drops the connection|refuses to start",
    "version": "1.2|2.0.1|3.4|5.0-beta2|0.9|main|the nightly|7.1.3|2024.2",
    "system": "Fedora 40|macOS 14|Windows 11|Alpine|Debian stable|FreeBSD|Ubuntu 24.04|a Raspberry Pi|WSL",
    "time": "two weeks|three months|a year|ten days|half a year|a while|two years",
    "name": "@karim|@lotte|@petrov|@nina-w|@oskar|@yuki|@dagmar|@felix-r",
    "number": "12|431|77|2085|9|610|1337",
    "adjective": "horrible|broken|useless|confusing|ugly|terrible|weird|insane|ridiculous|awful",
    "good": "great|lovely|fantastic|solid|really useful|impressive",
    "word": "owner|maintainer|release|merge|key|access|transfer|lead|admin|handover",
}
STRANGERS = (
    "The {thing} {verb} since {version}, here is how to see it: start it on {system} and wait.",
    "I get the same on {system} with {version}.",
    "+1",
    "+1, this would be {good}.",
    "Any news on this?",
    "Any update? We hit this on {system} too.",
    "Is there an ETA for {version}?",
    "When will this be released?",
    "Is this still being worked on?",
    "Is the {thing} still maintained?",
    "Friendly ping, the pull request has been open for {time}.",
    "It has been {time}. Is anything missing here? I can rebase.",
    "Still happening in {version} after {time}.",
    "Why is this not merged yet?",
    "Could somebody review #{number}, please?",
    "Could you please tag a release? #{number} is what we need.",
    "Please add an option to turn the {thing} off.",
    "The {thing} is {adjective}. Who thought that this default is a good idea?",
    "This {thing} is the most {adjective} piece of code that I have seen in {time}.",
    "What a {adjective} error message, it cost me {time}.",
    "I hate the new {thing}, the old one was fine.",
    "The docs of the {thing} are {adjective}, half of it is out of date.",
    "{version} is a regression, the {thing} {verb} now and that is a shame because it used to be {good}.",
    "I switched to {version} and the {thing} {verb} less often.",
    "I would be happy to work on the {thing} if that helps.",
    "Can I take this one? It would be my first contribution.",
    "Let me know if you need a hand with the {thing}.",
    "If you are looking for co-maintainers, I have some time this month.",
    "I can help with the {thing}, I know {system} well.",
    "Thanks for the {good} work!",
    "Thank you {name}, that fixed it.",
    "I forked it and fixed the {thing}, would you take a pull request?",
    "Never mind, my mistake: I had two copies of the {thing}.",
    "The {word} field of the {thing} is empty in {version}.",
    "How do I set the {word} of a {thing}?",
    "The process that is the {word} of the lock dies, then the {thing} {verb}.",
    "You have to pass the {word} to the {thing} before you call it, or else it {verb}.",
    "The leader should step down when another node has a higher term, but the {thing} {verb}.",
    "Ownership should be handed over to the caller, otherwise the {thing} leaks.",
    "Please give the service account write access to the bucket, the {thing} needs it.",
    "The runner needs push access to the registry for the {thing}.",
    "The signature check of the {thing} fails on {system}.",
    "Tests of the {thing} are skipped on {system}, is that on purpose?",
    "> {word}: hand the project over to someone who cares\n\nThat is harsh, {name}, people do this for free.",
    "> You do not care about your users!\n\nI disagree. They answered me within {time}.",
    "```\nyou should step down and hand over the {thing} to others\n```\nWhere does this text"
    " come from? It is in the log of the {thing}.",
    "`find a new maintainer` is printed by the {thing}, is that a joke?",
    "{name} the {thing} works for me on {system}, what is different at your end?",
    "I do not care which {thing} is used as long as it does not crash.",
    "Nobody uses {version} any more, so I would not bother.",
    "This can be closed, #{number} did it.",
    "Is there a workaround for {version}?",
    "We use this in production on {system} and wait for {version}, thanks for your patience with all of us.",
    "I am not sure that this is right: the {thing} should ignore it, not fail.",
    "Does the {thing} respect the {word} setting?",
    "The link in the {word} guide is dead.",
    "Wir sehen das auch unter {system}, gibt es schon eine Lösung für {version}?",
    "Même problème avec {version}, merci pour votre aide et pour ce projet.",
    "Tengo el mismo problema con {version}, ¿alguien sabe cómo se arregla?",
    "同じ問題が {system} で起きています。",
    "\u0423 меня то же самое на {system}, версия {version}.",
)
STANDING = (
    "I have little time these weeks, please be patient.",
    "We will not take this, it makes the {thing} harder to test.",
    "Fixed in #{number}, will be in {version}.",
    "Please rebase, then I merge it.",
    "I am stepping down as maintainer of the {thing}; {name} takes over.",
    "I do not care about {system}, but patches are welcome.",
    "We need somebody who takes over the {thing}. Write to me if you want commit access.",
    "You should find another project if you cannot stay polite.",
    "Closing, this is a question for the forum.",
    "{name} has commit access now.",
    "Let us drop the check on {system} until the {thing} is fixed.",
)
BOTS = (
    "This issue has been automatically marked as stale because it has not had recent activity.",
    "Bumps {thing} from {version} to 9.1. You can trigger a rebase of this pull request by commenting.",
    "Thank you for your contribution! A maintainer will look at it soon.",
    "Coverage went down by 0.{number} % in the {thing}.",
)
_SLOT = re.compile(r"\{(\w+)\}")


def stream(count: int, seed: int = 1) -> Iterator[tuple[str, str, str]]:
    """Yield `(author, association, text)`: mostly strangers; the same for the same seed."""
    choose = random.Random(seed)  # noqa: S311  # a benchmark, no secret
    slots = {name: values.split("|") for name, values in _SLOTS.items()}

    def said(templates: tuple[str, ...]) -> str:
        return _SLOT.sub(lambda m: choose.choice(slots[m[1]]), choose.choice(templates))

    for _ in range(count):
        dice = choose.random()
        if dice < 0.75:
            parts = [said(STRANGERS) for _ in range(choose.choice((1, 1, 1, 2, 2, 3, 5)))]
            yield f"user{choose.randrange(5_000)}", choose.choice(("NONE", "NONE", "CONTRIBUTOR")), "\n\n".join(parts)
        elif dice < 0.93:
            yield f"maintainer{choose.randrange(8)}", "MEMBER", said(STANDING)
        else:
            yield "helper[bot]", "NONE", said(BOTS)
