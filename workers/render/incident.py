"""The report of an incident: the message in Slack's thread, and what stands on GitHub. Facts only; it judges nobody."""

from __future__ import annotations

from dataclasses import replace

from slack_sdk.models.blocks import (
    MarkdownTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextListElement,
    RichTextSectionElement,
    SectionBlock,
)

from github_app import act_words, words
from github_app.acts import BlastRadius, Part
from github_app.links import Links
from github_app.model import Alert
from workers.render import blast_radius
from workers.render.escape import markdown, slack_mrkdwn, slack_plain
from workers.render.message import Incident
from workers.render.slack_alert import SlackMessage

Text = RichTextElementParts.Text
_BOLD = RichTextElementParts.TextStyle(bold=True)
_MOST_DEEDS = 6


def slack(incident: Incident, links: Links) -> SlackMessage:
    """Return what is said under the alert's message: what was done in its repository, and where the rest is."""
    found = incident.found
    here, others = of_place(found, incident.alert)
    again = "The report was made anew" if incident.version > 1 else "The report is there"
    head = f"{again}: what {found.person.label} touched since {words.day(found.since)}"
    deeds = [f"{act_words.TITLES[deed]}: {number:,}" for deed, number in (here.total if here else {}).items()]
    where = here.place if here else incident.alert.repository.full_name
    rows = [_row(deed) for deed in deeds[:_MOST_DEEDS]] or [_row("Nothing is known of what they did here")]
    if len(deeds) > _MOST_DEEDS:
        rows.append(_row(f"and {words.count(len(deeds) - _MOST_DEEDS, 'more kind')} of deeds"))
    if others:
        rows.append(_row(f"more in {words.count(others, 'other place')}, see the report"))
    blocks = [
        RichTextBlock(
            elements=[
                RichTextSectionElement(elements=[Text(text=slack_plain(head, 400), style=_BOLD)]),
                RichTextSectionElement(elements=[Text(text="In "), Text(text=slack_plain(where, 100))]),
                RichTextListElement(style="bullet", elements=rows),
                RichTextSectionElement(elements=[Text(text=act_words.NOTE)]),
            ]
        ),
        SectionBlock(text=MarkdownTextObject(text=_link(incident, links))),
    ]
    return SlackMessage(text=slack_mrkdwn(f"{head}.", 900), blocks=[block.to_dict() for block in blocks])


def github(incident: Incident, links: Links, mark: str, limit: int) -> tuple[str, str]:
    """Return title and body for GitHub: only what was done in the alert's own repository. Mentions nobody.

    Who may read the one repository may not know the others, so these are counted and not named.
    """
    alert, found = incident.alert, incident.found
    here, others = of_place(found, alert)
    title = f"Incident: what {found.person.label} touched in {alert.repository.full_name}"
    hidden = f"\n<!-- trust-alerts incident {mark} -->\n"
    report = blast_radius.markdown_page(replace(found, parts=(here,) if here else (), names=()), links)
    intro = f"Alert {alert.id}, {markdown(alert.finding.title, 400)}, was decided an incident on this evidence:\n\n"
    rest = f"\nThey also acted in {words.count(others, 'other place')}." if others else ""
    address = links.report(incident.number)
    rest += f"\n\nThe whole report, for people who may see it: {address}\n" if address else "\n"
    room = limit - len(intro) - len(rest) - len(hidden) - 80
    if len(report) > room:
        report = report[:room].rpartition("\n")[0] + "\n\nIt goes on; the whole report has the rest.\n"
    return markdown_title(title), f"{intro}{report}{rest}{hidden}"


def markdown_title(text: str) -> str:
    """Return a title: GitHub shows titles letter by letter, but a mention in one is looked at by other tools."""
    return slack_plain(text, 240).replace("@", "")


def of_place(found: BlastRadius, alert: Alert) -> tuple[Part | None, int]:
    """Return what was done where the alert is, and in how many other places something was done."""
    where, owner = alert.repository, f"org:{alert.repository.owner}"  # earlier reports name an organisation by its login
    scopes = {f"repo:{where.id}"} if where.id else {f"org:{where.owner_id}", owner}
    here = next((part for part in found.parts if part.scope in scopes), None)
    return here, sum(bool(part.acts) for part in found.parts if part is not here)


def _link(incident: Incident, links: Links) -> str:
    if address := links.report(incident.number):
        return f"<{address}|The whole report, with links> (for people who may write to the repository)"
    who = incident.found.person.login or incident.found.person.email
    return slack_mrkdwn(f"The whole report: trust-alerts blast-radius {who} --format html", 300)


def _row(text: str) -> RichTextSectionElement:
    return RichTextSectionElement(elements=[Text(text=slack_plain(text, 200))])
