"""The policy: what an organisation and its repositories want, from `.github/trust-alerts.yml`. Pure.

parsed = parse(data, where=Place.REPOSITORY, detectors=ids, today=today)
policy = merge(organisation_file, parsed.file)
"""

from github_app.policy import obey
from github_app.policy.diff import Loss, losses, weakenings
from github_app.policy.merge import floor_problems, merge, severity_of, without_quiet
from github_app.policy.model import ORGANISATION_REPOSITORY, PATH, Parsed, Place, Policy, PolicyFile, Problem
from github_app.policy.parse import parse

__all__ = [
    "ORGANISATION_REPOSITORY",
    "PATH",
    "Loss",
    "Parsed",
    "Place",
    "Policy",
    "PolicyFile",
    "Problem",
    "floor_problems",
    "losses",
    "merge",
    "obey",
    "parse",
    "severity_of",
    "weakenings",
    "without_quiet",
]
