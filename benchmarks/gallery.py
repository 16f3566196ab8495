"""Search for the best names in a gallery of 100,000 templates, compared with a full sort."""

import time
from collections.abc import Iterator

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.measuring import Row, Settings, agree, medians
from dt4ecg.biometrics.fusion import normalised
from dt4ecg.biometrics.templates import Templates

TEMPLATES = 100_000
DIMENSIONS = (64, 128)  # 128 are those of the backbone resnet
BEST = 5


def run(settings: Settings) -> Iterator[Row]:
    with threadpool_limits(settings.threads):
        for dimensions in DIMENSIONS:
            yield _search(settings, dimensions)


def _search(settings: Settings, dimensions: int) -> Row:
    generator = np.random.default_rng(0)
    vectors = normalised(generator.standard_normal((TEMPLATES, dimensions), dtype=np.float32))
    templates = Templates(
        [str(k) for k in range(TEMPLATES)], vectors, np.ones(TEMPLATES, dtype=np.int64)
    )
    probe = normalised(generator.standard_normal((1, dimensions), dtype=np.float32))[0]

    def ours():
        return templates.best(probe, BEST)

    def sorted_by_numpy():
        scores = vectors @ probe
        rows = np.argsort(-scores)[:BEST]
        return rows, scores[rows]

    if ours()[0].tolist() != sorted_by_numpy()[0].tolist():
        raise ArithmeticError("gallery: the best templates differ from those of a full sort")
    difference = agree("gallery", ours()[1], sorted_by_numpy()[1], 1e-5)
    repeats = settings.repeats(200)
    work = []
    for _ in range(repeats):
        start = time.thread_time()
        ours()
        work.append((time.thread_time() - start) * 1e3)
    times = medians({"ours": ours, "sort": sorted_by_numpy}, repeats)
    note = "" if settings.quick else f"; least processor time {min(work):.2f} ms"
    return Row(
        f"best {BEST} of {TEMPLATES} x {dimensions}",
        "NumPy product and sort",
        settings.threads,
        times["ours"],
        times["sort"],
        difference,
        note,
    )
