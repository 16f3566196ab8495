"""Remove a person and the template from a gallery.

The encoder is not needed. A name that is not enrolled is an error.
"""

from __future__ import annotations

import argparse

from dt4ecg._common.text import printable
from dt4ecg._common.wording import counted
from dt4ecg.cli.gallery_files import add_gallery_argument, require_gallery
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("name", help="the person")
    add_gallery_argument(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from dt4ecg.biometrics.enrolled_names import require_enrolled
    from dt4ecg.biometrics.gallery_file import GalleryFile
    from dt4ecg.storage.lock import changing

    require_gallery("dismiss", arguments.gallery)
    with changing(arguments.gallery):
        stored = GalleryFile.read(arguments.gallery)
        require_enrolled("dismiss", arguments.name, stored.templates)
        stored.templates.remove(arguments.name)
        stored.write(arguments.gallery)
    left = len(stored.templates)
    print_result(
        f"dismissed {printable(arguments.name)}; {counted(left, 'person', 'people')} enrolled"
    )
    if arguments.json is not None:
        write_json(arguments.json, {"name": arguments.name, "n_enrolled": left})
    return 0
