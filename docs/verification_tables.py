"""Markdown tables of the verification results in benchmarks/results."""

import json
from pathlib import Path
from typing import Any

from result_tables import difference, table

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"
ARMS = {
    "encoder": "`identity-encoder`",
    "classifier": "features of a classifier",
    "median beats": "correlation of median beats",
}
FOLDS = {
    "classifier": "features of a classifier of the other people, pairs within a fold",
    "trained encoder": "an encoder also trained on the other people, pairs within a fold",
}
TRIALS = {"1": "one segment of 3 s", "5": "five segments"}


def results(name: str) -> dict[str, Any]:
    """Return the content of a file."""
    return json.loads((RESULTS / f"verification-{name}.json").read_bytes())


def percent(rate: float, interval: list[float] | None = None) -> str:
    """ "5.3 (2.1-9.0)" for a rate and its interval."""
    text = f"{100 * rate:.1f}"
    return f"{text} ({100 * interval[0]:.1f}-{100 * interval[1]:.1f})" if interval else text


def equal_error(found: dict[str, Any]) -> str:
    """Return an equal error rate with its interval."""
    return percent(found["equal_error_rate"], found["equal_error_interval"])


def _rows(name: str, arms: dict[str, Any]) -> list[list[str]]:
    rows = []
    for arm, label in ARMS.items():
        found = arms.get(arm)
        if found:
            less = found.get("encoder less this")
            pairs = f"{found['n_same']} / {found['n_different']}"
            rows.append([name, label, pairs, equal_error(found), difference(less) if less else ""])
    return rows


HEAD = ("probe", "compared by", "pairs, same / different", "equal error rate, %", "encoder less it")


def other_day() -> str:
    """Return the table of the probes of another day."""
    found = results("test")["ecg-id"]
    return table(HEAD, [row for n, name in TRIALS.items() for row in _rows(name, found[n])])


def first_encoder() -> str:
    """Return the table of the encoder that was tested first."""
    rows = [
        [f"ECG-ID, other day, {name}", equal_error(results("first")["ecg-id"][n]["encoder"])]
        for n, name in TRIALS.items()
    ] + [
        [f"motion set, other electrode, {activity}", equal_error(arms["encoder"])]
        for activity, arms in results("first")["motion-ecg"].items()
    ]
    return table(("probe", "equal error rate, %"), rows)


def other_electrode() -> str:
    """Return the table of the probes with another electrode."""
    rows = []
    for activity, arms in results("test")["motion-ecg"].items():
        rows += _rows(activity, arms)
        for arm, found in results("motion")[activity].items():
            pairs = f"{found['n_same']} / {found['n_different']}"
            rows.append([activity, FOLDS[arm], pairs, equal_error(found), ""])
    return table(HEAD, rows)


def strangers() -> str:
    """Return the table of strangers who are accepted."""
    found = results("test")["strangers"]
    rows = []
    for n, name in TRIALS.items():
        claims, names = found["claims"][n], found["names"][n]
        pairs = map(_counted, (claims["impostors"], claims["own accepted"]))
        rows.append([name, *pairs, *map(_counted, (names["strangers"], names["right names"]))])
    head = ("probe", "false claims accepted, %", "own claims accepted, %")
    return table((*head, "strangers named, %", "right names, %"), rows)


def _counted(found: dict[str, Any]) -> str:
    low, high = (100 * end for end in found["interval"])
    return f"{100 * found['k'] / found['n']:.1f} ({found['k']}/{found['n']}, {low:.1f}-{high:.1f})"


def cohort() -> str:
    """Return the table of the people who are accepted at thresholds of the shipped cohort."""
    found = results("cohort")
    rows = []
    for key, source in (
        ("ecg-id", "ECG-ID, other day"),
        ("cinc-2017", "CinC 2017, same recording"),
    ):
        claims, names = found[key]["claims"], found[key]["names"]
        for n, name in TRIALS.items():
            cells = (claims[n]["impostors"], claims[n]["own accepted"])
            more = (names[n]["strangers"], names[n]["right names"])
            rows.append([source, name, *map(_counted, (*cells, *more))])
    head = ("people", "probe", "false claims accepted, %", "own claims accepted, %")
    return table((*head, "strangers named, %", "right names, %"), rows)


def noise() -> str:
    """Return the table of noise and other signals in a gallery."""
    found = results("noise")
    columns = ("usable", "named", "claims accepted", "named without the quality check")
    rows = [
        [name, *(_counted(cells[column]) for column in columns)]
        for name, cells in found["signals"].items()
    ]
    rows += [
        [f"{name} (clean)", _counted(cell), "", "", ""] for name, cell in found["clean"].items()
    ]
    return table(("segments of 3 s", *(f"{column}, %" for column in columns)), rows)


def upside_down() -> str:
    """Return the table of probes with the opposite sign."""
    rows = [
        [name, _counted(cells["named"]), _counted(cells["warned"])]
        for name, cells in results("noise")["upside down"].items()
    ]
    return table(("probes of 3 s", "named, %", "warned, %"), rows)


def cromotex() -> str:
    """Return the claims and the code of CroMoTEX, and what was found."""
    found = results("choice")["candidates"]

    def rates(name: str) -> str:
        return " / ".join(percent(found[name][n]["equal_error_rate"]) for n in TRIALS)

    weights = ", ".join(f"`{one}` {rates(f'weights {one}')}" for one in ("topk", "linear", "exp"))
    rows = [
        [
            "text: hard negatives get larger weights",
            "code: `topk`, `linear` and `exp` weigh all compared segments, the true pair too. With "
            "aligned pairs, `topk` then has a loss of log 5 in place of 0",
            "contradiction; `mask_positives=True` follows the text, False the code",
        ],
        [
            "code: weights `exp` at the temperature 0.01",
            "1 + exp(5 s / 0.01) is infinite in single precision for s above 0.18. The loss is the "
            "constant -log(1e-8) = 18.4, and its gradient is not a number",
            "cannot train as released; here all sums are of logarithms",
        ],
        [
            "configuration: 8 attention heads",
            "code: the number is not passed on, so the default of 4 is used",
            "contradiction, read in the code",
        ],
        [
            "code: a checkpoint is chosen by the AUROC of the logits of the ECG encoder",
            "code: the loss takes these logits and does not use them",
            "the chosen head is not trained, read in the code",
        ],
        [
            "weights of hard negatives improve the encoder",
            f"equal error rates with one segment / with five, %: without weights "
            f"{rates('cnn, supervised contrastive')}; {weights} (one seed, temperature 0.1)",
            "inconclusive for `topk` and `linear`; `exp` has far larger rates",
        ],
    ]
    return table(("statement", "found", "verdict"), rows)


def candidates() -> str:
    """Return the table of the losses, backbones and changes that were compared."""
    rows = [
        [name, *(equal_error(found[n]) for n in TRIALS), str(found["seconds"])]
        for name, found in results("choice")["candidates"].items()
    ]
    return table(("candidate", *TRIALS.values(), "seconds of one core"), rows)


SIAMESE = {"transformer": "Transformer", "cnn_transformer": "CNN-Transformer"}
PAIRS = {
    "seen, random": "people of the training, random pairs of other segments",
    "new, any": "new people, any pairs",
    "new, other day": "new people, another day",
}


def siamese() -> str:
    """Return the table of the two Siamese networks on pairs of segments."""
    rows = []
    for network, label in SIAMESE.items():
        for kind, text in PAIRS.items():
            found = results("siamese")["networks"][network][kind]
            right = f"{found['k']}/{found['n']}"
            accuracy = percent(found["k"] / found["n"], found["interval"])
            rows.append([label, text, accuracy, right, equal_error(found)])
    return table(("network", "pairs", "right pairs, %", "k/N", "equal error rate, %"), rows)


TABLES = {
    "verification-first-encoder": first_encoder,
    "verification-other-day": other_day,
    "verification-other-electrode": other_electrode,
    "verification-strangers": strangers,
    "verification-cohort": cohort,
    "verification-noise": noise,
    "verification-upside-down": upside_down,
    "verification-cromotex": cromotex,
    "verification-candidates": candidates,
    "verification-siamese": siamese,
}
