"""Logits of segments: dt4ecg's inference executor against the network in PyTorch eager.

python benchmarks/inference.py [--threads N] [--repeats N] [--json PATH]
"""

import argparse
import itertools
import json

import torch
from machine import medians, processor
from plain_torch import plain_copy
from train_step import network, segments

import dt4ecg
from dt4ecg.inference import Inference


def measure(backbone: str, batch: int, repeats: int) -> tuple[dict[str, float], float]:
    """Median microseconds of ours and the peer's, and how far the logits are apart."""
    trained = network(backbone)
    # Running statistics of data, so that there is something to fold.
    trained(torch.from_numpy(segments(64)[0]))
    plain, ours = plain_copy(trained).eval(), Inference(trained)
    x = torch.from_numpy(segments(batch)[0])
    with torch.inference_mode():
        mine, theirs = ours(x), plain(x)
        scale = max(float(logits.abs().max()) for logits in theirs.values())
        apart = max(float((mine[t] - theirs[t]).abs().max()) for t in theirs) / scale
        times = medians({"ours": lambda: ours(x), "eager": lambda: plain(x)}, repeats)
    return {name: seconds * 1e6 for name, seconds in times.items()}, apart


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(
        f"{processor()}, {arguments.threads} threads; dt4ecg {dt4ecg.__version__}, peer: PyTorch "
        f"{torch.__version__} eager, inference mode; 300 samples, float32"
    )
    rows = []
    for backbone, batch in itertools.product(dt4ecg.nn.backbones(), (1, 256)):
        us, apart = measure(backbone, batch, max(1, arguments.repeats // (1 if batch == 1 else 20)))
        assert apart < 1e-4, f"{backbone}: the answers differ by {apart:.1e}"
        rows.append({"network": backbone, "batch": batch, "us": us, "difference": apart})
        print(
            f"{backbone:12} batch {batch:3}: ours {us['ours']:.0f} us, eager {us['eager']:.0f} us, "
            f"{us['eager'] / us['ours']:.2f}x (logits agree to {apart:.0e})"
        )
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"processor": processor(), "threads": arguments.threads, "rows": rows}, file)


if __name__ == "__main__":
    main()
