"""tag-unsigned: a custom of signing that is broken."""

from __future__ import annotations

from tests.detectors.telling import finding, findings


def story(last: str, *, signed: int = 5, begun: str = "") -> str:
    """Return a story of so many signed tags, one a month, and one act afterwards."""
    tags = "".join(
        f"  - 2020-{n:02}-01: {{tag: {{by: alice, name: v{n}, key: AAAAAAAA11111111}}}}\n" for n in range(1, signed + 1)
    )
    return f"past:\n{begun}{tags}then:\n  - 2020-12-01: {{tag: {last}}}\n"


def test_says_how_firm_the_custom_was_and_that_an_account_is_no_key() -> None:
    """The reader learns why a missing signature means something here."""
    found = finding("tag-unsigned", story("{by: alice, name: v6}"))
    assert found.title == "Tag v6 has no signature, though tags are signed here"
    assert "5 tags were signed here, the latest on 2020-05-01; none was without a signature." in found.why
    assert "@alice has signed tags here before; who has only their account does not have their key." in found.why


def test_somebody_who_never_signed_is_not_said_to_have_a_key() -> None:
    """The sentence about the key is for signers."""
    assert "has signed tags" not in finding("tag-unsigned", story("{by: eve, name: v6}")).why


def test_four_tags_are_no_custom() -> None:
    """A few signatures are a trial."""
    assert findings("tag-unsigned", story("{by: eve, name: v6}", signed=4)) == []


def test_an_unsigned_past_does_not_count_against_it() -> None:
    """A project that began to sign has the custom from then on."""
    begun = "  - 2015-01-01: {tag: {by: alice, name: old}}\n"
    assert (
        "the last one without a signature came on 2015-01-01."
        in finding("tag-unsigned", story("{by: eve, name: v6}", begun=begun)).why
    )


def test_once_broken_it_is_no_custom_for_a_year() -> None:
    """One alert says it; the next tags say nothing new."""
    assert findings("tag-unsigned", story("{by: eve, name: v6}") + "  - 2021-01-01: {tag: {by: eve, name: v7}}\n") == []


def test_signed_tags_are_quiet() -> None:
    """Whose key it is, is another detector's question."""
    assert findings("tag-unsigned", story("{by: eve, name: v6, key: BBBBBBBB22222222}")) == []
