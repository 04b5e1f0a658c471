"""Lists of words that more than one question is asked of."""

from __future__ import annotations


def words(*lines: str) -> frozenset[str]:
    """Return the words of some lines."""
    return frozenset(word for line in lines for word in line.split())


COMMON = words(
    ", @ a an and are any been as at be but by can could do does for from has have he his how i if in is it its",
    "just me more my new no not of on one",
    "or other our over people please she should so some than that the their them then there they",
    "this to two up us want was we what",
    "when which who why will with would yet you your",
)
"""Words that are in most sentences, so that looking for them saves nothing."""
FREQUENT = words(
    "merge merged release released add added fix fixed commit request version use used using change",
    "changed update updated pass",
    "remove removed name make move moved only without users user time instead project get allow still",
    "thanks thank see work works",
    "good need needs first after before one news pull know find same right help take give given look off",
    "set issue while since",
)
"""Words that are in many comments of programmers."""
CODE = words(
    "function functions method threads pointer pointers caller callee buffer lock locks mutex",
    "process server client file files folder",
    "directory daemon socket timeout api parser compiler callback handler cache node nodes replica",
    "leader primary cluster queue worker",
    "workers pod container session database table rows column object struct string array index",
    "memory allocator certificate runner",
    "account accounts variable parameter argument iterator scheduler kernel driver device header",
    "instance instances service endpoint",
    "widget window scope closure transaction connection connections packet stream host vm shard",
    "goroutine coroutine task tasks fiber",
    "consumer producer broker lease election elected tokens row",
)
"""Things of which verbs of handing over are said in programs."""
PAPERS = words("section field label template readme docs documentation guide guides heading paragraph badge")
"""Places where a maintainer is only written of."""
PEOPLE = words(
    "maintainer maintainers maintainership comaintainer comaintainers community successor repo",
    "repository project owners contributor",
    "contributors admin rights leadership replacement",
)
"""Words that show that a sentence with a thing of programs in it is about people nevertheless."""
ALSO_NAMES = words(
    "will mark may april june art bill grant drew rich rob sue dean max pat ray guy don gene jack",
    "jay lane miles page pierce rose",
    "summer chase christian the one and you your they",
)
"""First names that are also words, which at the start of a sentence name nobody."""
