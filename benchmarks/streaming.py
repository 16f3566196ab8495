"""64 recordings that are labelled while they arrive, in one process.

The chunks have 30 samples and arrive at the times of their recorders. Their processing is measured,
and a queue with one server gives the time from the arrival of a chunk to the answers for the
segments that it completes. The peer is a loop of usual parts: SciPy's filters with their state and
the same network in PyTorch, without resampling, lost samples and quality. It does less work.
"""

import heapq
import itertools
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from scipy import signal

import dt4ecg
from benchmarks.measuring import Row, Settings

STREAMS = 64
RATES = (130.0, 250.0, 360.0, 500.0, 1000.0)  # Hz, of one stream after the other
CHUNK = 30  # samples
SECONDS = 60
WEEK = 7 * 24 * 3600

# Returns the number of segments that a chunk (1, CHUNK) completes and labels.
Push = Callable[[np.ndarray], int]


@dataclass
class Measured:
    """Seconds from arrival to answer of each chunk that completed a segment, and processor time."""

    waits: list[float] = field(default_factory=list)
    processor: float = 0.0

    def milliseconds(self, percent: float) -> float:
        return float(np.percentile(self.waits, percent)) * 1e3

    @property
    def note(self) -> str:
        share = self.processor / SECONDS
        return f"p50 {self.milliseconds(50):.2f} ms, {100 * share / STREAMS:.2f} % of a core each"


def run(settings: Settings) -> Iterator[Row]:
    classifier = trained()
    recordings = {rate: arriving(rate, 9 if settings.quick else SECONDS) for rate in RATES}
    require_equal_answers(classifier, recordings[500.0], 500.0)
    with torch.inference_mode():
        ours = serve(lambda rate: ours_of(classifier, rate), recordings)
        theirs = serve(lambda rate: peer_of(classifier.network_, rate), recordings)
    yield Row(
        f"p99, {STREAMS} streams",
        "SciPy and PyTorch, less work",
        settings.threads,
        ours.milliseconds(99),
        theirs.milliseconds(99),
        note=f"; ours {ours.note}; peer {theirs.note}",
    )
    yield memory(classifier, settings)


def trained() -> dt4ecg.DT4ECGClassifier:
    """Return a model with the paper's network; the times do not depend on its training."""
    preprocessor = dt4ecg.Preprocessor(zero_phase=False)
    cohort = dt4ecg.datasets.simulate_cohort(subjects=15, seconds=12)
    data = dt4ecg.datasets.from_recordings(cohort, preprocessor)
    classifier = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=preprocessor)
    return classifier.fit(data.X, data.labels)


def arriving(rate: float, seconds: int) -> np.ndarray:
    """Return simulated samples (1, T) of one person."""
    cohort = dt4ecg.datasets.simulate_cohort(subjects=1, seconds=seconds, sampling_rate=rate)
    return cohort[0].samples


def require_equal_answers(classifier, samples: np.ndarray, rate: float) -> None:
    """Raise ArithmeticError unless a stream has the probabilities of the whole recording."""
    stream, pushed = classifier.stream(rate), []
    for chunk in chunks_of(samples):
        pushed += stream.push(chunk)
    found = np.array([one.probabilities["identity"] for one in pushed])
    whole = classifier.predict_recording(samples, rate).probabilities[0]
    if not np.array_equal(found, whole[: len(found)], equal_nan=True) or len(found) < 2:
        raise ArithmeticError("streaming: a stream and predict_recording differ")


def chunks_of(samples: np.ndarray) -> list[np.ndarray]:
    return [samples[:, i : i + CHUNK] for i in range(0, samples.shape[1], CHUNK)]


def ours_of(classifier, rate: float) -> Push:
    stream = classifier.stream(rate)
    return lambda chunk: len(stream.push(chunk))


def peer_of(network: torch.nn.Module, rate: float) -> Push:
    """Return the usual loop: filter a chunk, keep the samples, label complete segments."""
    sections = np.concatenate(
        [
            signal.butter(4, 0.5, "highpass", fs=rate, output="sos"),
            signal.tf2sos(*signal.iirnotch(60, 30, fs=rate)),
        ]
    )
    length = network.spec["segment_length"]
    state, kept = np.zeros((len(sections), 1, 2)), np.zeros((1, 0))
    step = max(1, round(rate / 100))

    def push(chunk: np.ndarray) -> int:
        nonlocal state, kept
        filtered, state = signal.sosfilt(sections, chunk, zi=state)
        kept = np.concatenate([kept, filtered], axis=1)
        count = 0
        while kept.shape[1] >= length * step:
            segment, kept = kept[:, : length * step : step], kept[:, length * step :]
            segment = (segment - segment.mean()) / segment.std()
            network(torch.from_numpy(segment[None].astype(np.float32)))
            count += 1
        return count

    return push


def serve(opened: Callable[[float], Push], recordings: dict[float, np.ndarray]) -> Measured:
    """Push the chunks of all streams in the order of their arrival."""
    measured, free = Measured(), 0.0
    queue: list[tuple[float, int, float, Push, Iterator[np.ndarray]]] = []
    for number, rate in zip(range(STREAMS), itertools.cycle(RATES), strict=False):
        phase = number / STREAMS * CHUNK / rate  # recorders do not start together
        push, chunks = opened(rate), iter(chunks_of(recordings[rate]))
        heapq.heappush(queue, (phase + CHUNK / rate, number, rate, push, chunks))
    while queue:
        arrival, number, rate, push, chunks = heapq.heappop(queue)
        chunk = next(chunks, None)
        if chunk is None:
            continue
        processor, start = time.process_time(), time.perf_counter()
        completed = push(chunk)
        taken = time.perf_counter() - start
        measured.processor += time.process_time() - processor
        free = max(free, arrival) + taken
        if completed:
            measured.waits.append(free - arrival)
        heapq.heappush(queue, (arrival + CHUNK / rate, number, rate, push, chunks))
    return measured


def memory(classifier, settings: Settings) -> Row:
    """Label a week of one recorder of 130 Hz, as fast as possible; the peer is its first hour."""
    rate = 130.0
    chunks = chunks_of(arriving(rate, 9 if settings.quick else 600))
    stream = classifier.stream(rate)
    most, hours = [], 2 if settings.quick else WEEK // 3600
    start = time.perf_counter()
    for _ in range(hours):
        for _ in range(1 if settings.quick else 6):  # ten minutes each
            for chunk in chunks:
                stream.push(chunk)
        most.append(megabytes())
    taken = time.perf_counter() - start
    note = f"; most memory {most[0]:.0f} MB after the first hour, {most[-1]:.0f} MB at the end"
    return Row(
        f"{hours} h of one stream" if not settings.quick else "one stream",
        "the recording's own duration",
        settings.threads,
        taken * 1e3,
        hours * 3600e3,
        note=note,
    )


def megabytes() -> float:
    """Return the largest resident memory of the process so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
