"""The commands of the package's docstring."""

import argparse
from pathlib import Path

from benchmarks.verification import evaluation, training
from dt4ecg.cli.json_output import write_json


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verification")
    parser.add_argument("part", choices=("choice", "train", "test"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, help="steps of each training, for a quick look")
    parser.add_argument("--encoder", default="identity-encoder", help="name or file, for test")
    arguments = parser.parse_args()
    if arguments.part == "train":
        training.shipped(arguments.steps or training.STEPS).save(arguments.out)
    elif arguments.part == "choice":
        training.choice(arguments.steps or training.CHOICE_STEPS, arguments.out)
    else:
        write_json(arguments.out, evaluation.test(arguments.encoder))


main()
