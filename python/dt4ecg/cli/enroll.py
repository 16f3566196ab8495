"""Enrol a person in a gallery, or fit the thresholds of the gallery.

A gallery decides nothing before it has thresholds. They come from the scores of a background
cohort: people who are neither enrolled nor in the training data of the encoder.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from dt4ecg.cli.gallery_files import add_file_arguments, load_encoder, read_probe
from dt4ecg.cli.json_output import write_json
from dt4ecg.cli.messages import print_data, print_message, print_result

if TYPE_CHECKING:
    from dt4ecg.biometrics import Gallery


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
    from dt4ecg.biometrics import Gallery

    encoder = load_encoder(arguments.encoder)
    exists = arguments.gallery.exists()
    gallery = Gallery.load(arguments.gallery, encoder) if exists else Gallery(encoder)
    if arguments.background is not None:
        _fit_thresholds(gallery, arguments.background)
    recording = read_probe("enroll", arguments, gallery)
    if arguments.update:
        decision = gallery.update(arguments.name, recording)
        print_result(f"updated: {decision}")
        content = decision.to_dict()
    else:
        if arguments.replace and arguments.name in gallery:
            gallery.dismiss(arguments.name)
        enrolment = gallery.enroll(arguments.name, recording)
        print_result(str(enrolment))
        content = enrolment.to_dict()
    gallery.save(arguments.gallery)
    print_message(repr(gallery))
    if arguments.json is not None:
        write_json(arguments.json, content)
    return 0


def _fit_thresholds(gallery: Gallery, source: str) -> None:
    from dt4ecg.cli.arguments import data_source
    from dt4ecg.datasets.catalogue import load

    data = load(data_source(source), preprocessor=gallery.preprocessor)
    print_data(data)
    named = data.meta["subject"] != ""
    gallery.fit_thresholds(data.X[named], data.meta["subject"][named])
