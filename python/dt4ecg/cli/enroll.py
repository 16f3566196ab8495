"""Enrol a person in a gallery, or fit the thresholds of the gallery.

A gallery decides nothing before it has thresholds. They come from the scores of a background
cohort: people who are neither enrolled nor in the training data of the encoder.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from dt4ecg.cli.gallery_files import ENCODER, add_file_arguments, load_encoder, read_probe
from dt4ecg.cli.json_output import write_json
from dt4ecg.cli.messages import print_data, print_message, print_result, print_warning

if TYPE_CHECKING:
    from dt4ecg.biometrics import Encoder, Gallery


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("name", help="the person, any text but an empty one")
    add_file_arguments(parser)
    parser.add_argument(
        "--background",
        metavar="NAME|FOLDER",
        help="also fit thresholds with the people of this data set or folder with a manifest.csv",
    )
    again = parser.add_mutually_exclusive_group()
    again.add_argument(
        "--replace", action="store_true", help="replace the template of an enrolled person"
    )
    again.add_argument(
        "--update",
        action="store_true",
        help="add the recording to the template, if it is accepted at a false accept rate of 0.001",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from dt4ecg.storage.lock import changing

    encoder = load_encoder(arguments.encoder)
    # From reading to writing: what another enrolment writes in between would be lost.
    with changing(arguments.gallery):
        gallery, result, content = _enrolled(arguments, encoder)
        gallery.save(arguments.gallery)
    print_result(result)
    print_message(repr(gallery))
    if arguments.json is not None:
        write_json(arguments.json, content)
    return 0


def _enrolled(
    arguments: argparse.Namespace, encoder: Encoder
) -> tuple[Gallery, str, dict[str, Any]]:
    """Return the changed gallery, a line about the change, and its numbers for JSON."""
    from dt4ecg.biometrics import Gallery

    exists = arguments.gallery.exists()
    gallery = Gallery.load(arguments.gallery, encoder) if exists else Gallery(encoder)
    if arguments.background is not None:
        if arguments.encoder == ENCODER and arguments.background == "ecg-id":
            print_warning(
                f"enroll: 60 of the 90 people of ecg-id were in the training of {ENCODER}, so the "
                "thresholds may accept too many impostors; use recordings of your own"
            )
        _fit_thresholds(gallery, arguments.background)
    recording = read_probe("enroll", arguments, gallery)
    if arguments.update:
        decision = gallery.update(arguments.name, recording)
        return gallery, f"updated: {decision}", decision.to_dict()
    if arguments.name in gallery:
        if not arguments.replace:
            raise ValueError(
                f"enroll: {arguments.name!r} is enrolled; add --update to add the recording to the "
                "template, or --replace to make a new one"
            )
        gallery.dismiss(arguments.name)
    enrolment = gallery.enroll(arguments.name, recording)
    return gallery, str(enrolment), enrolment.to_dict()


def _fit_thresholds(gallery: Gallery, source: str) -> None:
    from dt4ecg.cli.arguments import data_source
    from dt4ecg.datasets.catalogue import load

    data = load(data_source(source), preprocessor=gallery.preprocessor)
    print_data(data)
    named = data.meta["subject"] != ""
    gallery.fit_thresholds(data.X[named], data.meta["subject"][named])
