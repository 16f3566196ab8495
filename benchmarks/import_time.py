"""What `import dt4ecg` adds to `import torch`: whole processes, in turn.

python benchmarks/import_time.py [--repeats N]
"""

import argparse
import statistics
import subprocess
import sys
import time


def seconds(statement: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=11)
    repeats = parser.parse_args().repeats
    seconds("import torch, dt4ecg")  # warms the file cache
    pairs = [(seconds("import torch"), seconds("import dt4ecg")) for _ in range(repeats)]
    torch_alone, ours = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"import torch {torch_alone:.2f} s, import dt4ecg {ours:.2f} s: {ratio:.2f}x")


if __name__ == "__main__":
    main()
