"""Only regular files are read."""

import os

import pytest

from dt4ecg._common.files import require_regular_file


def test_regular_files_and_links_to_them_are_accepted(tmp_path):
    file, link = tmp_path / "file", tmp_path / "link"
    file.touch()
    link.symlink_to(file)
    require_regular_file(file)
    require_regular_file(str(link))


def test_everything_else_is_refused(tmp_path):
    pipe, loop = tmp_path / "pipe", tmp_path / "loop"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    for path, error in (
        (tmp_path / "absent", FileNotFoundError),
        ("a\0b", FileNotFoundError),
        (tmp_path, IsADirectoryError),
        (pipe, OSError),
        ("/dev/zero", OSError),
        (loop, OSError),
    ):
        with pytest.raises(error):
            require_regular_file(path)
