"""``--json PATH``: files, links, pipes and streams of the shell."""

import json
import os
import subprocess
import sys

import pytest
from support.command_line import strict_json

from dt4ecg.cli import main
from dt4ecg.cli.json_output import _open_descriptor


@pytest.mark.parametrize("place", ["before", "after"])
def test_json_may_precede_or_follow_the_action(place, tmp_path):
    file = tmp_path / "sets.json"
    option = ["--json", str(file)]
    words = ["show", "motion-ecg"]
    assert main(["datasets", *(option + words if place == "before" else words + option)]) == 0
    assert [row["name"] for row in strict_json(file)] == ["motion-ecg"]


def test_json_follows_a_link(tmp_path):
    """/dev/stdout is a link too; root must not replace it by a file."""
    target, link = tmp_path / "target.json", tmp_path / "link"
    target.touch()
    link.symlink_to(target)
    assert main(["datasets", "--json", str(link)]) == 0
    assert link.is_symlink()
    assert strict_json(target)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "redirection"),
    [("/dev/stdout", ">>"), ("/dev/stderr", "2>>"), ("/dev/fd/3", "3>>"), ("/dev/stdout", ">")],
)
def test_json_does_not_truncate_a_file_opened_by_the_shell(path, redirection, tmp_path):
    log = tmp_path / "log"
    log.write_text("precious\n")
    command = f"{sys.executable} -m dt4ecg datasets --json {path} {redirection} {log}"
    subprocess.run(["bash", "-c", command], check=True, stdout=subprocess.DEVNULL, timeout=120)
    text = log.read_text()
    assert text.startswith("precious\n") == (">>" in redirection)
    assert ("paper-cohort  " in text) == (path == "/dev/stdout")
    assert json.loads(text[text.index("[\n") :])


def test_a_file_may_be_open_as_the_shells_descriptors_1_to_9(tmp_path, monkeypatch):
    asked = []
    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", lambda number: asked.append(number) or os.stat(tmp_path))
        assert _open_descriptor(tmp_path / "absent.json") is None
        (tmp_path / "present.json").touch()
        assert _open_descriptor(tmp_path / "present.json") is None
    assert asked == [*range(1, 10)] * 2


def test_json_can_be_written_to_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True)
    try:
        assert main(["datasets", "--json", str(pipe)]) == 0
        assert json.loads(reader.communicate(timeout=60)[0])
    finally:
        reader.kill()
    assert pipe.is_fifo()
