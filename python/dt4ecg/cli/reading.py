"""The recording that a command works on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dt4ecg.io import Recording


def read_recording(command: str, arguments: argparse.Namespace) -> Recording:
    """Read the file ``arguments.recording`` with the options of ``add_reading_arguments``.

    Parameters
    ----------
    command : str
        Start of the error messages.
    arguments : argparse.Namespace

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file cannot be read as a recording.
    """
    from dt4ecg.io import read

    try:
        return read(arguments.recording, arguments.sampling_rate, leads=arguments.lead)
    except FileNotFoundError:
        raise FileNotFoundError(
            f"{command}: there is no recording {str(arguments.recording)!r}"
        ) from None
    except ValueError as error:
        raise ValueError(f"{command}: {error}") from None
