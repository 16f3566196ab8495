"""The recipes on people and electrodes that they have never seen, over all folds.

    python -m benchmarks.robust --out benchmarks/results/robust.json
    python -m benchmarks.robust --out benchmarks/results/robust.json --seeds 0 1 2 3 4

The motion set, five folds of people and each electrode in turn. A file that exists is continued, so
seeds can be added later. The tables of docs/recipes.md are made from the file.
"""

import argparse
import json
from pathlib import Path

import torch

from benchmarks import study
from benchmarks.robust import evaluation, summary
from dt4ecg.storage.container import write_bytes


def text_of(made: dict) -> str:
    """Return the file's text, with one line per trial."""
    parts = []
    for key, content in made.items():
        lines = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in content.items())
        parts.append(f" {json.dumps(key)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--arms", nargs="+", default=summary.ARMS, choices=summary.ARMS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    data = evaluation.load()
    about = {
        "data": "motion-ecg, Preprocessor.paper(notch=50)",
        "epochs": evaluation.EPOCHS,
        "context": evaluation.CONTEXT,
        "activities": data.dense.classes["activity"],
    }
    trials = evaluation.trials(data, arguments.arms, arguments.seeds)
    found = study.run(arguments.out, about, trials)
    made = json.loads(arguments.out.read_text())
    made["summary"] = summary.summary(found, about["activities"])
    write_bytes(arguments.out, text_of(made).encode())
    for question, result in made["summary"].items():
        for recipe, scores in result["recipes"].items():
            for what in ("alone", "context"):
                k, n, low, high = scores[what]
                print(
                    f"{question}: {recipe}, {what}: {100 * k / n:.1f} ({k}/{n}, {low:.1f}-"
                    f"{high:.1f}), seeds {scores['seeds']}"
                )


if __name__ == "__main__":
    main()
