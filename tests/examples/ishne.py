"""The header of an ISHNE Holter file (Badilini 1998)."""

import struct


def header(n_samples=1500, n_leads=3, rate=200, offset=522, magic=b"ISHNE1.0", resolution=2500):
    content = bytearray(522)
    content[:8] = magic
    struct.pack_into("<iiii", content, 10, 0, n_samples, 522, offset)
    struct.pack_into("<3h", content, 138, 5, 3, 2024)
    struct.pack_into("<3h", content, 150, 10, 30, 0)
    struct.pack_into("<h", content, 156, n_leads)
    struct.pack_into("<12h", content, 158, 6, 12, 0, *[0] * 9)  # II, V2, unknown
    struct.pack_into("<12h", content, 206, *[resolution] * 12)
    struct.pack_into("<h", content, 272, rate)
    return bytes(content)
