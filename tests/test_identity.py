"""Which names are one person's."""

from __future__ import annotations

import pytest

from github_app.identity import is_web_flow, keys, normalise_email, wears_bot_name
from github_app.model import Person


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (Person(), ()),
        (Person(id=42), ("id:42",)),
        (Person(id=42, login="Octo", email="O@Example.org"), ("id:42", "mail:o@example.org", "login:octo")),
        (Person(name="Octo", email="42+octo@users.noreply.github.com"), ("id:42", "login:octo")),
        (Person(email="octo@users.noreply.github.com"), ("login:octo",)),
        (Person(email="49+dependabot[bot]@users.noreply.github.com"), ("id:49", "login:dependabot[bot]")),
        (Person(id=7, login="mallory", email="42+octo@users.noreply.github.com"), ("id:7", "login:mallory")),
        (Person(name="GitHub", email="noreply@github.com"), ("name:github",)),
        (Person(name=" Lasse Collin ", email="no address"), ("name:lasse collin",)),
        (Person(name="Lasse", email="<lasse@Example.org> "), ("mail:lasse@example.org",)),
        (Person(email="1" * 13 + "+x@users.noreply.github.com"), (f"mail:{'1' * 13}+x@users.noreply.github.com",)),
    ],
)
def test_keys_are_strongest_first(person: Person, expected: tuple[str, ...]) -> None:
    """The numeric id, then the address, then the login; a display name only when there is nothing else."""
    assert keys(person) == expected


def test_a_no_reply_address_cannot_lend_another_accounts_id() -> None:
    """The account that acted is who acted, whatever address its commits carry."""
    assert "id:42" not in keys(Person(id=7, email="42+octo@users.noreply.github.com"))


def test_addresses_are_bounded() -> None:
    """A commit's address can be as long as its author likes."""
    assert len(normalise_email("a" * 5000 + "@example.org")) == 320


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (Person(email="noreply@github.com"), True),
        (Person(login="web-flow"), True),
        (Person(login="octo", email="octo@example.org"), False),
    ],
)
def test_web_flow_is_githubs_own_committer(person: Person, *, expected: bool) -> None:
    """Its name on a commit says nothing about who pressed the button."""
    assert is_web_flow(person) is expected


def test_a_bots_name_is_recognised_on_a_person() -> None:
    """A person who wears a bot's name is a finding, so the name is told from the account's kind."""
    assert wears_bot_name(Person(id=7, login="mallory", name="dependabot"))
    assert wears_bot_name(Person(name="renovate[bot]"))
    assert not wears_bot_name(Person(login="robotnik", name="Robert Botham"))
