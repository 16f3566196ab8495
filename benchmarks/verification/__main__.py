"""The commands of the package's docstring."""

import argparse
from pathlib import Path

from benchmarks.verification import cohort, evaluation, motion_folds, noise, siamese, training
from dt4ecg.cli.json_output import write_json

PARTS = ("choice", "train", "test", "motion", "make-cohort", "cohort", "noise", "siamese")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verification")
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, help="steps of each training, for a quick look")
    parser.add_argument("--encoder", default="identity-encoder", help="name or file, for test")
    arguments = parser.parse_args()
    if arguments.part == "train":
        training.shipped(arguments.steps or training.STEPS).save(arguments.out)
    elif arguments.part == "choice":
        training.choice(arguments.steps or training.CHOICE_STEPS, arguments.out)
    elif arguments.part == "make-cohort":
        cohort.make(arguments.out)
    elif arguments.part == "cohort":
        write_json(arguments.out, cohort.test())
    elif arguments.part == "noise":
        write_json(arguments.out, noise.test())
    elif arguments.part == "siamese":
        siamese.claims(arguments.steps or siamese.STEPS, arguments.out)
    elif arguments.part == "motion":
        write_json(arguments.out, motion_folds.test(arguments.steps or motion_folds.STEPS))
    else:
        evaluation.test(arguments.encoder, arguments.out)


main()
