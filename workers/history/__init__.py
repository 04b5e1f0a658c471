"""Git as a source: running it safely, walking a history in landing order, reading tags, keeping clones.

Nothing in here checks files out, runs hooks, or trusts what a repository's own configuration says.
"""
