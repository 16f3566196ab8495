"""The commit in the environment of a cell."""

import re
import subprocess

from dt4ecg.paper.run import environment


def test_the_commit_is_that_of_the_sources(tmp_path, monkeypatch):
    package = tmp_path / "python" / "dt4ecg" / "reproduce"
    package.mkdir(parents=True)
    source, result = package / "__init__.py", tmp_path / "result.json"

    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", "-C", tmp_path, *identity, *arguments], check=True)

    git("init", "-q")
    source.write_text("")
    result.write_text("")
    monkeypatch.setattr(environment, "__file__", str(source))
    assert environment._commit() == ""
    git("add", ".")
    git("commit", "-qm", "first")
    commit = environment._commit()
    assert re.fullmatch("[0-9a-f]{12}", commit)
    result.write_text("a finished cell")
    assert environment._commit() == commit
    source.write_text("changed = True")
    assert environment._commit() == f"{commit}-dirty"
