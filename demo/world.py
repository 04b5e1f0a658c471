"""Who and what exists in the demo's GitHub: accounts, the repository, the people in Slack. All numbers are made up."""

from __future__ import annotations

import datetime as dt

from demo import facts
from demo.facts import Commit, Name
from demo.standin.github_state import Account, GitHubState, Repo
from demo.standin.slack import Member
from github_app.policy import PATH

MAINTAINER, NEWCOMER = "Larhzu", "JiaT75"
LOGINS = {"lasse.collin@tukaani.org": MAINTAINER, "jiat0218@gmail.com": NEWCOMER, "jiat75@gmail.com": NEWCOMER}
"""Which account an address belongs to, as far as the story needs it."""
WEB_FLOW = "noreply@github.com"
START = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
REPOSITORY_ID = 900_001

SECURITY, LASSE, JIA, VISITOR = "U0SAM", "U0LASSE", "U0JIA", "U0VISITOR"
MEMBERS = [
    Member(SECURITY, "Sam (security team)", "sam@example.invalid"),
    Member(LASSE, "Lasse Collin", "lasse.collin@tukaani.org"),
    Member(JIA, "Jia Tan", "jiat0218@gmail.com"),
    Member(VISITOR, "Vic (not linked)", "vic@example.invalid"),
]
"""People of the Slack page. That Lasse Collin and Jia Tan share one with a security team is made up."""
LINKED = {SECURITY: ("sam-security", 900_010), LASSE: (MAINTAINER, 900_002), JIA: (NEWCOMER, 900_003)}
"""Which GitHub account each is linked to."""


POLICY = """version: 1
# Ten months pass in a minute here, so what would have come over months comes at once: each alert has its own message.
budget: { per_minute: 60, per_hour: 1000 }
"""


def state(*, app_id: int, public_key: str, git_dir: str) -> GitHubState:
    """Return the demo's GitHub as it is when the story begins."""
    hub = GitHubState(app_id=app_id, public_key=public_key)
    hub.mails.update(LOGINS)
    owner = facts.REPOSITORY.partition("/")[0]
    hub.add_account(Account(login=owner, id=900_000, kind="Organization", name="Tukaani Project"))
    hub.add_account(Account(login=MAINTAINER, id=900_002, name="Lasse Collin"))
    # The account is known to be from January 2021; the day is assumed.
    hub.add_account(Account(login=NEWCOMER, id=900_003, name="Jia Tan", created_at=dt.datetime(2021, 1, 26, tzinfo=dt.UTC)))
    made = dt.datetime(2022, 4, 1, tzinfo=dt.UTC)
    hub.add_account(Account(login="jigar-kumar-persona", id=900_004, name="Jigar Kumar", created_at=made))
    hub.add_account(Account(login="dennis-ens-persona", id=900_005, name="Dennis Ens", created_at=made))
    hub.add_account(Account(login="sam-security", id=900_010, name="Sam"))
    hub.add_account(Account(login="web-flow", id=900_011, name="GitHub Web Flow"))
    hub.add_repo(
        Repo(
            id=REPOSITORY_ID,
            full_name=facts.REPOSITORY,
            default_branch=facts.BRANCH,
            roles={MAINTAINER: "admin", "sam-security": "read"},
            git_dir=git_dir,
            files={PATH: POLICY},
        )
    )
    return hub


def login(name: Name) -> str:
    """Return the account behind a name in a commit, "" where the story does not know one."""
    return "web-flow" if name.mail == WEB_FLOW else LOGINS.get(name.mail, "")


def pusher(commit: Commit) -> str:
    """Return who put a commit on the branch.

    Git does not record it; the committer is taken for the pusher (assumed). For commits made with GitHub's buttons it
    is Jia Tan: each of the eight is either documented as merged by him or carries his time zone (assumed).
    """
    return NEWCOMER if commit.committer.mail == WEB_FLOW else login(commit.committer)
