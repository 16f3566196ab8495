"""An XDF file with a stream of ECG and one of markers."""

import struct

import numpy as np

ECG = np.random.default_rng(0).normal(size=2600).astype(np.float32)


def chunk(tag, content):
    return b"\x04" + struct.pack("<IH", len(content) + 2, tag) + content


def header(stream, kind, rate, form, more=""):
    text = (
        f"<?xml version='1.0'?><info><name>s</name><type>{kind}</type>"
        f"<channel_count>1</channel_count><nominal_srate>{rate}</nominal_srate>"
        f"<channel_format>{form}</channel_format>{more}</info>"
    )
    return chunk(2, struct.pack("<I", stream) + text.encode())


def rows(stream, times, values):
    body = b"".join(b"\x08" + struct.pack("<d", t) + v for t, v in zip(times, values, strict=True))
    return chunk(3, struct.pack("<I", stream) + b"\x04" + struct.pack("<I", len(times)) + body)


def write(path, times, label="<desc/>", more=b""):
    """Write an ECG stream of nominally 130 Hz, and the markers rest at 0 s and run at 10 s.

    ``more`` holds the chunks of other streams.
    """
    texts = [b"\x01" + bytes([len(text)]) + text for text in (b"rest", b"run")]
    path.write_bytes(
        b"XDF:"
        + chunk(1, b"<?xml version='1.0'?><info><version>1.0</version></info>")
        + header(1, "ECG", 130, "float32", label)
        + header(2, "Markers", 0, "string")
        + rows(1, times, [struct.pack("<f", value) for value in ECG[: len(times)]])
        + rows(2, [times[0], times[0] + 10], texts)
        + more
    )
    return path
