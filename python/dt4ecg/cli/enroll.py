"""Enrol a person in a gallery, or fit the thresholds of the gallery.

A gallery decides nothing before it has thresholds. They come from the scores of a background
cohort: people who are neither enrolled nor in the training data of the encoder.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from dt4ecg._common.defaults import PREDICTED
from dt4ecg.cli.gallery_files import ENCODER, add_file_arguments, load_encoder, read_probe
from dt4ecg.cli.json_output import write_json
from dt4ecg.cli.messages import print_data, print_message, print_result, print_warning

if TYPE_CHECKING:
    from dt4ecg.biometrics import Gallery


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("name", help="the person, any text but an empty one")
    add_file_arguments(parser)
    parser.add_argument(
        "--background",
        metavar="NAME|FOLDER",
        help="also fit thresholds with the people of this data set or folder with a manifest.csv, "
        "or with the cohort of the package, identity-cohort",
    )
    parser.add_argument(
        "--per-activity",
        choices=("labels", PREDICTED),
        help="fit a threshold for each activity of --background: by its labels, or as the "
        "encoder's activity head predicts it (default: one threshold for all)",
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

    if arguments.per_activity is not None and arguments.background is None:
        raise ValueError(
            "enroll: --per-activity belongs to --background; add the people whose activities have "
            "thresholds"
        )
    encoder = load_encoder(arguments.encoder)
    # From reading to writing: what another enrolment writes in between would be lost.
    with Gallery.changing(arguments.gallery, encoder) as gallery:
        result, content = _enrolled(arguments, gallery)
    print_result(result)
    print_message(repr(gallery))
    if arguments.json is not None:
        write_json(arguments.json, content)
    return 0


def _enrolled(arguments: argparse.Namespace, gallery: Gallery) -> tuple[str, dict[str, Any]]:
    """Change the gallery; return a line about the change, and its numbers for JSON."""
    if arguments.background is not None:
        if arguments.encoder == ENCODER and arguments.background == "ecg-id":
            print_warning(
                f"enroll: 60 of the 90 people of ecg-id were in the training of {ENCODER}, so the "
                "thresholds may accept too many impostors; use recordings of your own"
            )
        _fit_thresholds(gallery, arguments.background, arguments.per_activity)
    recording = read_probe("enroll", arguments, gallery)
    if arguments.update:
        decision = gallery.update(arguments.name, recording)
        return f"updated: {decision}", decision.to_dict()
    if arguments.name in gallery:
        if not arguments.replace:
            raise ValueError(
                f"enroll: {arguments.name!r} is enrolled; add --update to add the recording to the "
                "template, or --replace to make a new one"
            )
        gallery.dismiss(arguments.name)
    enrolment = gallery.enroll(arguments.name, recording)
    return str(enrolment), enrolment.to_dict()


def _fit_thresholds(gallery: Gallery, source: str, per_activity: str | None) -> None:
    from dt4ecg.biometrics import shipped_cohort
    from dt4ecg.cli.arguments import data_source
    from dt4ecg.datasets.catalogue import load

    if source == shipped_cohort.NAME:
        gallery.fit_thresholds(source, activity=per_activity)
        return
    data = load(data_source(source), preprocessor=gallery.preprocessor)
    print_data(data)
    named = data.meta["subject"] != ""
    activity = data.meta["activity"][named] if per_activity == "labels" else per_activity
    gallery.fit_thresholds(data.X[named], data.meta["subject"][named], activity)
