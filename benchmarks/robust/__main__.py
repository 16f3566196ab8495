"""The recipes on people and electrodes that they have never seen, over all folds.

    python -m benchmarks.robust --out benchmarks/results/robust.json
    python -m benchmarks.robust --out benchmarks/results/robust.json --seeds 0 1 2 3 4

The motion set, five folds of people and each electrode in turn. A file that exists is continued, so
seeds can be added later. The tables of docs/recipes.md are made from the file.
"""

import argparse
from pathlib import Path

import torch

from benchmarks import study
from benchmarks.robust import evaluation, summary

RECIPES = ("paper", "strong", "robust")
FOLDS = {"subject": 5, "session": 3}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--recipes", nargs="+", default=list(RECIPES), choices=RECIPES)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    data = evaluation.load()
    about = {
        "data": "motion-ecg, Preprocessor.paper(notch=50)",
        "epochs": evaluation.EPOCHS,
        "context": evaluation.CONTEXT,
        "activities": data.dense.classes["activity"],
    }
    trials = evaluation.trials(data, arguments.recipes, arguments.seeds)
    found = study.run(arguments.out, about, trials)
    for question, (protocol, place) in summary.QUESTIONS.items():
        for recipe in RECIPES:
            own = list(summary.counts(found, recipe, protocol, place))
            seeds = summary.complete_seeds(own, FOLDS[protocol])
            own = [one for one in own if one.seed in seeds]
            for what in ("alone", "context") if own else ():
                k, n, low, high = summary.accuracy(own, what)
                print(
                    f"{question}: {recipe}, {what}: {100 * k / n:.1f} ({k}/{n}, {low:.1f}-"
                    f"{high:.1f}), seeds {seeds}"
                )


if __name__ == "__main__":
    main()
