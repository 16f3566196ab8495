"""Options and files of the commands ``enroll``, ``verify`` and ``identify``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dt4ecg._common.defaults import FALSE_ACCEPT_RATE
from dt4ecg.cli.arguments import add_reading_arguments, frequency, probability
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_mains, print_message, print_result
from dt4ecg.cli.reading import read_recording
from dt4ecg.runs import model_file

if TYPE_CHECKING:
    from dt4ecg.biometrics import Encoder, Gallery, Identification, Verification
    from dt4ecg.io import Recording

ENCODER = "identity-encoder"
REJECTED = 3
"""Exit status of a rejection; 1 is an error and 2 wrong usage."""

_Decision = TypeVar("_Decision", bound="Verification | Identification")


def add_file_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the recording, the gallery, the encoder and the options for reading."""
    parser.add_argument("recording", type=Path, help="a file that dt4ecg.read can read")
    add_gallery_argument(parser)
    parser.add_argument(
        "--encoder",
        default=ENCODER,
        metavar="NAME|FILE",
        help="the model that made the gallery: a file, a run folder, or a name of dt4ecg.load "
        f"(default: {ENCODER})",
    )
    add_reading_arguments(parser)
    parser.add_argument(
        "--mains",
        type=frequency,
        default=argparse.SUPPRESS,
        metavar="HZ|none",
        help="frequency of the encoder's notch, if it has one, for this recording; none if the "
        "recording has no mains interference (default: as the encoder was trained)",
    )
    add_json_argument(parser)


def add_gallery_argument(parser: argparse.ArgumentParser) -> None:
    """Add the file of the gallery."""
    parser.add_argument(
        "--gallery", type=Path, required=True, metavar="FILE", help="the enrolled people"
    )


def require_gallery(command: str, path: Path) -> None:
    """Raise ValueError unless there is a file."""
    if not path.exists():
        raise ValueError(
            f"{command}: there is no gallery {str(path)!r}; make it with dt4ecg enroll"
        )


def add_decision_arguments(parser: argparse.ArgumentParser, rate: str, meaning: str) -> None:
    """Add ``--activity`` and the rate, whose option has the name of the argument in Python."""
    parser.add_argument(
        f"--{rate}",
        type=probability,
        default=FALSE_ACCEPT_RATE,
        metavar="RATE",
        help=f"{meaning} (default: {FALSE_ACCEPT_RATE:g})",
    )
    parser.add_argument(
        "--activity",
        metavar="NAME",
        help="activity whose threshold to use, if the gallery has several (default: the encoder's "
        "activity head chooses)",
    )


def load_encoder(text: str) -> Encoder:
    """Read the encoder of ``--encoder``: a run folder, a file, or a name of ``dt4ecg.load``."""
    import dt4ecg

    path = Path(text)
    encoder: Encoder = dt4ecg.load(model_file(path) if path.exists() else text)
    return encoder


def read_probe(command: str, arguments: argparse.Namespace, gallery: Gallery) -> Recording:
    """Read the recording, and set the gallery's preprocessor for it."""
    preprocessor = gallery.preprocessor
    if preprocessor is None:
        raise ValueError(
            f"{command}: {arguments.encoder} was saved without its preprocessor; train with "
            "preprocessor=..., or make segments in Python"
        )
    preprocessor = preprocessor.at_mains(getattr(arguments, "mains", preprocessor.notch))
    if arguments.nan is not None:
        preprocessor.set_params(nan=arguments.nan)
    gallery.preprocessor = preprocessor
    recording = read_recording(command, arguments)
    print_message(recording.summary())
    print_mains(preprocessor)
    return recording


def decide(
    command: str,
    arguments: argparse.Namespace,
    decision: Callable[[Gallery, Recording], _Decision],
) -> int:
    """Make a decision about a recording, print it, and return the exit status."""
    from dt4ecg.biometrics import Gallery, NoThresholdError

    require_gallery(command, arguments.gallery)
    gallery = Gallery.load(arguments.gallery, load_encoder(arguments.encoder))
    recording = read_probe(command, arguments, gallery)
    try:
        found = decision(gallery, recording)
    except NoThresholdError as error:
        raise ValueError(
            f"{error}; here, fit them with dt4ecg enroll "
            "--background, whose NAME may be identity-cohort"
        ) from None
    print_result(str(found))
    if arguments.json is not None:
        write_json(arguments.json, found.to_dict())
    return 0 if found else REJECTED
