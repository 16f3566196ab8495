"""The fuzz test: a few damaged files of each format, and that it notices each kind of failure."""

from random import Random

import pytest
from support import broken_readers
from support.broken_readers import INTACT
from tests.fuzz.formats import FORMATS, Example, Format
from tests.fuzz.mutations import KINDS, mutate
from tests.fuzz.trial import run

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", list(FORMATS))
def test_damaged_files_are_refused_or_read(name, tmp_path):
    outcome = run(name, tmp_path, mutants=20, seconds=60)  # other tests use the processor too
    assert outcome.failures == []
    assert outcome.counts["refused"] > 0


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (broken_readers.hangs, "no end after 1 s"),
        (broken_readers.crashes, "crash with exit status 3"),
        (broken_readers.allocates, "more than 2 GiB of memory"),
        (broken_readers.has_a_bug, "TypeError: an integer is required"),
        (broken_readers.guesses, "instead of 7 signals, with an undamaged header"),
    ],
)
def test_each_kind_of_failure_is_noticed(read, reason, tmp_path, monkeypatch):
    monkeypatch.setitem(FORMATS, "broken", Format(_write, read))
    outcome = run("broken", tmp_path, mutants=6, seconds=1.0)
    assert outcome.failures
    assert all(reason in failure.reason for failure in outcome.failures)
    first = outcome.failures[0].mutant
    assert (tmp_path / f"failure-{first}-r.txt").read_bytes() != INTACT


@pytest.mark.parametrize("read", [broken_readers.refuses, broken_readers.counts_the_first_byte])
def test_a_refusal_and_damage_of_the_header_are_no_failures(read, tmp_path, monkeypatch):
    monkeypatch.setitem(FORMATS, "sound", Format(_write, read))
    outcome = run("sound", tmp_path, mutants=30)
    assert outcome.failures == []
    assert sum(outcome.counts.values()) == 30


def test_mutations_are_repeatable_and_of_every_kind():
    content = b"r 2 250 2000\n" * 100
    assert [mutate(content, Random(i)) for i in range(9)] == [
        mutate(content, Random(i)) for i in range(9)
    ]
    for kind in KINDS:
        assert any(kind(content, Random(i)) != content for i in range(9))
        kind(b"", Random(0))


def _write(folder):
    path = folder / "r.txt"
    path.write_bytes(INTACT)
    return Example(path, {path: 1})
