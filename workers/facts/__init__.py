"""Facts: what the outside says, turned into the words of `github_app.fact`; one file per source and family."""
