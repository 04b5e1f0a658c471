"""GitHub tells of one tag twice, by `push` and by `create` or `delete`: it must not be told of twice here."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from github_app.fact import Fact
from github_app.ledger import Ledger
from github_app.model import Person, Power
from tests.facts import payloads as p
from tests.facts import signing as make
from tests.facts.conftest import INSTALLATION
from tests.standin.github import GitHub
from workers import detectors
from workers.facts.enrich import enrich
from workers.github import GitHubReader, Reader
from workers.judge import judge

PAST = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
LASSE = Person(id=217815, login="Larhzu")
MADE = (
    p.only("push", p.push(ref="refs/tags/v5.6.0", before=p.ZERO, after=p.OBJECT, commits=[], head_commit=p.commit(p.NEW))),
    p.only("create", p.payload(ref="v5.6.0", ref_type="tag")),
)
GONE = (
    p.only("push", p.push(ref="refs/tags/v5.6.0", before=p.OBJECT, after=p.ZERO, commits=[])),
    p.only("delete", p.payload(ref="v5.6.0", ref_type="tag")),
)


def alerts(facts: list[Fact], reader: Reader | None) -> list[tuple[str, str]]:
    """Return detector and fingerprint of what is raised, each fingerprint once, as the store keeps them."""
    ledger = Ledger(settled_at=PAST)
    for power in (Power.COMMITTER, Power.RELEASER):
        ledger.use(power, LASSE, PAST)
    ledger.use(Power.SIGNER, "pgp:38EE757D69184620", PAST, person=LASSE)
    raised = {}
    for fact in facts:
        judged = judge(enrich([fact], ledger, reader, INSTALLATION), ledger, detectors.load())
        assert judged.failures == []
        raised.update({alert.fingerprint: alert.finding.detector for alert in judged.alerts})
    return sorted((detector, mark) for mark, detector in raised.items())


@pytest.mark.parametrize("both", list(itertools.permutations(MADE)))
def test_a_new_tag_alerts_once(github: GitHub, reader: GitHubReader, both: tuple[Fact, ...]) -> None:
    """In either order, the second delivery adds nothing, for every detector there is."""
    signature = make.pgp_armor(make.new_packet(make.signature(make.fingerprint("22D465F2B4C173803B20C6DE59FCF207FEA7F445"))))
    proof = {"verified": True, "reason": "valid", "signature": signature, "payload": "object"}
    target = {"type": "commit", "sha": p.NEW}
    repository = "/repos/tukaani-project/xz/git"
    github.put(f"{repository}/tags/{p.OBJECT}", {"sha": p.OBJECT, "object": target, "tagger": None, "verification": proof})
    github.put(f"{repository}/ref/tags/v5.6.0", {"object": {"type": "tag", "sha": p.OBJECT}})
    raised = alerts(list(both), reader)
    assert [detector for detector, _ in raised] == sorted({detector for detector, _ in raised})
    assert "new-signer" in dict(raised)
    assert raised == alerts([both[0]], reader)


@pytest.mark.parametrize("both", [*itertools.permutations(MADE), *itertools.permutations(GONE)])
def test_no_detector_speaks_twice_of_one_tag(both: tuple[Fact, ...]) -> None:
    """Also where nobody can be asked, and when the tag is deleted."""
    raised = [detector for detector, _ in alerts(list(both), None)]
    assert raised == sorted(set(raised))
