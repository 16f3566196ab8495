"""Evidence of the pre-training without labels.

python -m benchmarks.pretraining choice --weights FOLDER [--only NAME]
python -m benchmarks.pretraining untrained
"""

import argparse
from pathlib import Path

from benchmarks.pretraining import training

RESULTS = Path(__file__).parents[1] / "results"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pretraining", description=__doc__)
    parser.add_argument("command", choices=("choice", "untrained"))
    parser.add_argument("--weights", type=Path, help="folder of the pre-trained networks")
    parser.add_argument("--only", help="name of a single candidate")
    arguments = parser.parse_args()
    out = RESULTS / "pretraining-choice.json"
    if arguments.command == "choice":
        training.choice(out, arguments.weights, arguments.only)
    else:
        training.untrained(out)


if __name__ == "__main__":
    main()
