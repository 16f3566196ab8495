"""Headers and lines of text files as recorders and programs write them."""

import json
from collections.abc import Callable, Iterable
from typing import NamedTuple


class Dialect(NamedTuple):
    """A header, and the line for the sample of a number and a value."""

    header: str
    line: Callable[[int, str], str]

    def text(self, samples: Iterable[str]) -> str:
        """Return a file of some samples."""
        return self.header + "".join(self.line(i, x) for i, x in enumerate(samples))


_PREAMBLE = """Name,N N
Date of Birth,"1 Jan 1990"
Recorded Date,2024-03-05 10:00:00 +0100
Symptoms,
Device,"Watch6,1"
{rate}


{lead}
{unit}

"""


def _apple_watch(rate: str, lead: str, unit: str) -> Dialect:
    return Dialect(_PREAMBLE.format(rate=rate, lead=lead, unit=unit), lambda i, x: f"{x}\n")


_DEVICE = {
    "sensor": ["RAW", "ECGBIT"],
    "column": ["nSeq", "I1", "A2", "A3"],
    "time": "10:00:00.5",
    "date": "2024-3-5",
    "sampling rate": 100,
}
APPLE_WATCH = {
    "English": _apple_watch("Sample Rate,512 hertz", "Lead,Lead I", "Unit,µV"),
    "German": _apple_watch("Abtastrate,512 Hertz", "Ableitung,Ableitung I", "Einheit,µV"),
    "French": _apple_watch(
        'Fréquence d\'échantillonnage,"512,0 hertz"', "Dérivation,Dérivation I", "Unité,µV"
    ),
    "Spanish": _apple_watch(
        "Frecuencia de muestreo,512 hercios", "Derivación,Derivación I", "Unidad,µV"
    ),
}
LABCHART = Dialect(
    "Interval=\t0.0025 s\nExcelDateTime=\t4.5e+04\t05.03.2024 10:00:00\n"
    "ChannelTitle=\tECG\tTemp\nRange=\t5.0 mV\t40 °C\n",
    lambda i, x: f"{i * 0.0025:.4f}\t{x}\t36.5\n",
)
ACQKNOWLEDGE = Dialect(
    "a.acq\n4 msec/sample\n2 channels\nECG - ECG100C\nmV\nRSP\nVolts\n",
    lambda i, x: f"{x}\t0.5\n",
)
OPENSIGNALS = Dialect(
    f"# OpenSignals Text File Format\n# {json.dumps({'00:00': _DEVICE})}\n# EndOfHeader\n",
    lambda i, x: f"{i}\t0\t7\t{x}\t\n",
)
POLAR = Dialect(
    "Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV] \n",
    lambda i, x: (
        f"2024-03-05T10:00:{i // 130:02d}.{i % 130 * 1000 // 130:03d};"
        f"{599616050941733632 + i * 1000000000 // 130};{i * 1000 / 130:.6f};{x}\n"
    ),
)
PHYSIONET = Dialect(
    "'Elapsed time','MLII','V5'\n'hh:mm:ss.mmm','mV','mV'\n",
    lambda i, x: f"'0:{i / 100:06.3f}',{x},{x}\n",
)
SHIMMER = Dialect(
    '"sep=\t"\nS_Timestamp_Unix_CAL\tS_ECG_LL-RA_24BIT_CAL\tS_Battery_CAL\t\n'
    "CAL\tCAL\tCAL\t\nms\tmV\tmV\t\n",
    lambda i, x: f"{1.7e12 + i * 1000 / 512:.6f}\t{x}\t3.7\t\n",
)
EMPATICA = Dialect("1709632800.000000\n64.000000\n", lambda i, x: f"{x}\n")
