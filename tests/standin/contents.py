"""Files of the stand-in as the REST API shows them (docs.github.com/en/rest/repos/contents#get-repository-content)."""

from __future__ import annotations

import base64
import posixpath
from typing import TYPE_CHECKING, Any

from tests.standin.github import Answer

if TYPE_CHECKING:
    from tests.standin.repo import Repo

LINK, FOLDER, SUBMODULE = 0o120000, 0o040000, 0o160000
_IN_AN_ANSWER = 1 << 20
"""GitHub leaves the content of larger files out."""


def shown(repo: Repo, path: str, ref: str) -> Any:
    """Return a file, a folder's list or a submodule, None where there is nothing; a link to a file is that file."""
    known = repo.commits()
    commit = {**repo.branches(), **repo.tags}.get(ref, ref)
    if commit not in known:
        return Answer(status=404, body={"message": f"No commit found for the ref {ref}"})
    mode, content = repo.modes.get((commit, path)), repo.files.get((commit, path))
    if content is None:
        inside = [p for c, p in repo.files if c == commit and p.startswith(f"{path}/")]
        return [{"type": "file", "path": p} for p in inside] or None
    about = {"type": "file", "path": path, "size": len(content)}
    if mode == SUBMODULE:
        return {**about, "type": "submodule", "size": 0}
    if mode == LINK:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), content.decode()))
        if (commit, target) not in repo.files:
            return {**about, "type": "symlink", "target": content.decode()}
        content = repo.files[commit, target]
    if len(content) > _IN_AN_ANSWER:
        return {**about, "encoding": "none", "content": ""}
    return {**about, "size": len(content), "encoding": "base64", "content": base64.encodebytes(content).decode()}
