"""Loops on several threads: equal bits under load, forked children, and the end of the process."""

import subprocess
import sys
import textwrap

import pytest
from benchmarks.measuring import competitors
from support.toy import assert_same_bits, trained

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and fork")


def output_of(script):
    """Run a script in a new process; it fails if it does not end."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_busy_machine_does_not_change_a_bit():
    expected = trained(n_threads=1, epochs=4)
    with competitors(3):
        for threads in (1, 2, 3):
            assert_same_bits(expected, trained(n_threads=threads, epochs=4))


TRAINING = """
    import numpy as np, torch
    import dt4ecg

    torch.set_num_threads(2)
    X = np.random.default_rng(0).normal(size=(256, 1, 300)).astype("float32")
    y = [["Ann", "Bo"][i % 2] for i in range(256)]

    def loss_of(threads):
        clf = dt4ecg.DT4ECGClassifier(tasks=("identity",), epochs=1, n_threads=threads).fit(X, y)
        return float(clf.history_["train"]["loss"][-1, 0])
"""


@LINUX
def test_forked_children_train_after_the_parent():
    script = f"""
        {textwrap.indent(textwrap.dedent(TRAINING), " " * 8).strip()}

        import concurrent.futures, multiprocessing
        expected = loss_of(2)
        with concurrent.futures.ProcessPoolExecutor(
            2, mp_context=multiprocessing.get_context("fork")
        ) as children:
            found = list(children.map(loss_of, [None, 1, 2, None], timeout=80))
        print([loss == expected for loss in found])
    """
    assert output_of(script) == "[True, True, True, True]\n"


@LINUX
def test_no_thread_outlives_the_interpreter():
    script = f"""
        import atexit, os, pathlib

        def names():
            return sorted(
                path.read_text().strip() for path in pathlib.Path("/proc/self/task").glob("*/comm")
            )

        atexit.register(lambda: print(sum(name.startswith("dt4ecg") for name in names())))
        {textwrap.indent(textwrap.dedent(TRAINING), " " * 8).strip()}

        loss_of(2)
        expected = min(2, len(os.sched_getaffinity(0))) - 1
        print(sum(name.startswith("dt4ecg") for name in names()) == expected)
    """
    assert output_of(script) == "True\n0\n"
