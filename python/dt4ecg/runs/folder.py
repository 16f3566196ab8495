"""The files of a run folder."""

from __future__ import annotations

from pathlib import Path

from dt4ecg.runs.config import CONFIG, read_config
from dt4ecg.storage.lock import LOCK, remove_partial_files

CHECKPOINT = "checkpoint.safetensors"
MODEL = "model.safetensors"


def model_file(path: Path) -> Path:
    """Return the model file of a run folder; any other path is returned unchanged.

    An interrupted run has no model yet, but its checkpoint is a model too.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from dt4ecg import runs
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / runs.CHECKPOINT).touch()
    >>> runs.model_file(folder).name
    'checkpoint.safetensors'
    >>> runs.model_file(Path("other.safetensors")).name
    'other.safetensors'
    """
    if not path.is_dir():
        return path
    model, checkpoint = path / MODEL, path / CHECKPOINT
    return checkpoint if checkpoint.exists() and not model.exists() else model


def remove_leftovers(folder: Path) -> bool:
    """Remove the files of a run that was killed before its first epoch ended.

    Returns
    -------
    bool
        False if the folder holds any other file. Then only temporary files are removed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from dt4ecg import runs
    >>> folder = Path(tempfile.mkdtemp())
    >>> runs.remove_leftovers(folder)
    True
    >>> (folder / "notes.txt").touch()
    >>> runs.remove_leftovers(folder)
    False
    """
    remove_partial_files(folder)
    config = folder / CONFIG
    found = {file for file in folder.iterdir() if file.name != LOCK}
    if found not in (set(), {config}):
        return False
    if found:
        try:
            read_config(folder)
        except (OSError, ValueError):
            return False
        config.unlink()
    return True
