"""Export a model to ONNX, with classes and preprocessing settings in its metadata.

The answers of ONNX Runtime are compared with those of the model before the file is written.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_message


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model file or a run folder")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the ONNX file (default: model.onnx next to it)"
    )
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    import json

    from dt4ecg import estimator, runs
    from dt4ecg.inference.export import export_onnx, metadata

    file = runs.model_file(arguments.model)
    out = file.with_suffix(".onnx") if arguments.out is None else arguments.out
    if file.exists() and out.exists() and out.samefile(file):
        raise ValueError(
            f"--out: {out} is the model itself, which the ONNX file would replace; choose another "
            "name, such as model.onnx"
        )
    classifier = estimator.load(file)
    export_onnx(classifier, out)
    if arguments.json is not None:
        facts = metadata(classifier)
        write_json(arguments.json, {key: json.loads(value) for key, value in facts.items()})
    print_message(f"{out}: model, as ONNX Runtime computes it too")
    return 0
