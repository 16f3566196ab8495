"""Evidence of the pre-training without labels; each command continues its result file.

    python -m benchmarks.pretraining choice --weights FOLDER [--only NAME]
    python -m benchmarks.pretraining untrained
    python -m benchmarks.pretraining few --weights FOLDER --only NAME [--seeds 0 1 2]
    python -m benchmarks.pretraining all --weights FOLDER --only NAME [--seeds 0]
    python -m benchmarks.pretraining frozen --weights FOLDER --only NAME [--seeds 0 1 2]
    python -m benchmarks.pretraining ptbxl --weights FOLDER

The folder of the weights keeps what "choice" trains, and the predictions of each finished cell.
"""

import argparse
from pathlib import Path

import dt4ecg
from benchmarks.pretraining import cinc, ptbxl, training
from benchmarks.pretraining.cells import Cells
from dt4ecg.cli.json_output import write_json

RESULTS = Path(__file__).parents[1] / "results"


def few_or_all(weights: Path, name: str, share: float, seeds: list[int]) -> None:
    cells = Cells(weights / "cinc-2017-cells.json")
    for seed in seeds:
        for arm in ("scratch", name):
            if not cells.has("trained", arm, share, seed):
                cinc.trained(cells, weights, arm, share, seed)
                report(cells)


def frozen(weights: Path, name: str, seeds: list[int]) -> None:
    cells = Cells(weights / "cinc-2017-cells.json")
    for seed in seeds:
        for arm in ("random weights", name):
            if not cells.has("frozen", arm, 0.1, seed):
                cinc.frozen(cells, weights, arm, seed)
    report(cells)


def report(cells: Cells) -> None:
    found = {
        "command": "python -m benchmarks.pretraining few, all, frozen",
        **cinc.ABOUT,
        "dt4ecg": dt4ecg.__version__,
        **cinc.summary(cells),
    }
    write_json(RESULTS / "pretraining-cinc-2017.json", found)
    for arm, entry in found["arms"].items():
        print(arm, entry["macro_f1"], entry["interval"], entry.get("gain_interval"), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pretraining",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=("choice", "untrained", "few", "all", "frozen", "ptbxl"))
    parser.add_argument("--weights", type=Path, help="folder of the pre-trained networks")
    parser.add_argument("--only", help="name of a single candidate")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    arguments = parser.parse_args()
    weights, name = arguments.weights, arguments.only
    choice = RESULTS / "pretraining-choice.json"
    if arguments.command == "choice":
        training.choice(choice, weights, name)
    elif arguments.command == "untrained":
        training.untrained(choice)
    elif arguments.command == "few":
        few_or_all(weights, name, 0.1, arguments.seeds)
    elif arguments.command == "all":
        few_or_all(weights, name, 1.0, arguments.seeds)
    elif arguments.command == "frozen":
        frozen(weights, name, arguments.seeds)
    else:
        names = sorted(path.stem for path in weights.glob("*.safetensors"))
        found = {
            "command": "python -m benchmarks.pretraining ptbxl",
            **ptbxl.ABOUT,
            "dt4ecg": dt4ecg.__version__,
            "encoders": ptbxl.study(weights, names),
        }
        write_json(RESULTS / "pretraining-ptbxl-500.json", found)


if __name__ == "__main__":
    main()
