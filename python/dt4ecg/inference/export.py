"""Export a trained classifier to ONNX, with what a program needs to use it."""

from __future__ import annotations

import copy
import json
import logging
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dt4ecg._common.extras import import_extra

INPUT = "segments"
PREFIX = "dt4ecg."
OPSET = 18
_TOLERANCE = 1e-4  # of a probability
_CHECKED = 3  # segments


class _Probabilities(torch.nn.Module):
    """A network that returns the probabilities of each task."""

    def __init__(self, network: torch.nn.Module, temperatures: Mapping[str, float]) -> None:
        super().__init__()
        self.network = network
        self._temperatures = dict(temperatures)

    def forward(self, segments: torch.Tensor) -> tuple[torch.Tensor, ...]:
        logits = self.network(segments)
        return tuple(
            torch.softmax(of_task / self._temperatures.get(task, 1.0), dim=1)
            for task, of_task in logits.items()
        )


def export_onnx(classifier: Any, path: str | os.PathLike[str]) -> Path:
    """Write a fitted classifier as an ONNX file, and compare its answers with ONNX Runtime.

    The input ``segments`` has the shape (n, leads, segment_length), float32. The outputs have the
    names of the tasks, and hold the probabilities (n, classes), calibrated if the classifier is.

    The metadata of the file hold texts of JSON: ``dt4ecg.classes`` (labels by task),
    ``dt4ecg.preprocessor`` (settings, or null), ``dt4ecg.lead_names`` and ``dt4ecg.version``. ONNX
    Runtime gives them as ``session.get_modelmeta().custom_metadata_map``. Filters and segmentation
    are not part of the graph: apply ``Preprocessor.from_dict`` of the settings first.

    Parameters
    ----------
    classifier : DT4ECGClassifier
        A fitted classifier.
    path : path
        The file to write; an existing one is replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileNotFoundError
        If the folder of the file does not exist.
    ImportError
        If onnx, onnxscript or onnxruntime is not installed.
    OSError
        If the file cannot be written, or `path` exists and is not a regular file.
    ValueError
        If a task is called "segments", as the input is.
    RuntimeError
        If ONNX Runtime gives other probabilities; no file is written then.
    sklearn.exceptions.NotFittedError
        If the classifier is not fitted.

    See Also
    --------
    dt4ecg.DT4ECGClassifier.save : The model file of this package.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import DT4ECGClassifier, inference
    >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
    >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y)
    >>> inference.export_onnx(fitted, "folder/that/is/missing.onnx")
    Traceback (most recent call last):
    ...
    FileNotFoundError: export: there is no folder folder/that/is; make it first
    """
    from sklearn.utils.validation import check_is_fitted

    from dt4ecg.storage.container import require_writable, write_bytes

    check_is_fitted(classifier)
    target = Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"export: there is no folder {target.parent}; make it first")
    require_writable(target)
    if INPUT in classifier.network_.tasks:
        raise ValueError(
            f"export: the task {INPUT!r} has the name of the input of the ONNX file; train the "
            "classifier with another name for this task"
        )
    for module in ("onnx", "onnxscript", "onnxruntime"):
        import_extra(module, "onnx", "export")
    content = _model(classifier)
    _compare(classifier, content)
    write_bytes(target, content)
    return target


def _model(classifier: Any) -> bytes:
    """Return the ONNX file."""
    network = classifier.network_
    calibration = getattr(classifier, "calibration_", None)
    temperatures = {} if calibration is None else calibration.temperatures
    # A network can stay on another device after its training; the exporter needs one device.
    module = _Probabilities(copy.deepcopy(network).cpu(), temperatures).eval()
    example = torch.zeros(2, network.spec["in_channels"], network.spec["segment_length"])
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)  # it mentions optional packages
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the exporter about its own functions
            program = torch.onnx.export(
                module,
                (example,),
                input_names=[INPUT],
                output_names=list(network.tasks),
                dynamic_shapes={INPUT: {0: torch.export.Dim("n")}},
                opset_version=OPSET,
                dynamo=True,
                verbose=False,
            )
    finally:
        log.setLevel(level)
    proto = program.model_proto  # type: ignore[union-attr]
    for key, value in metadata(classifier).items():
        entry = proto.metadata_props.add()
        entry.key, entry.value = key, value
    content: bytes = proto.SerializeToString()
    return content


def metadata(classifier: Any) -> dict[str, str]:
    """Return the metadata of the ONNX file.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import DT4ECGClassifier
    >>> from dt4ecg.inference.export import metadata
    >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
    >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y)
    >>> metadata(fitted)["dt4ecg.classes"]
    '{"identity": ["Ann", "Bo"]}'
    """
    import dt4ecg

    preprocessor = classifier.preprocessor
    classes = {task: labels.tolist() for task, labels in classifier.classes_by_task.items()}
    content = {
        "classes": classes,
        "preprocessor": None if preprocessor is None else preprocessor.to_dict(),
        "lead_names": list(getattr(preprocessor, "lead_names_", ())),
        "version": dt4ecg.__version__,
    }
    return {PREFIX + key: json.dumps(value, ensure_ascii=False) for key, value in content.items()}


def _compare(classifier: Any, content: bytes) -> None:
    """Raise RuntimeError unless ONNX Runtime gives the classifier's probabilities."""
    runtime = import_extra("onnxruntime", "onnx", "export")
    spec = classifier.network_.spec
    shape = (_CHECKED, spec["in_channels"], spec["segment_length"])
    segments = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found = session.run(list(classifier.network_.tasks), {INPUT: segments})
    expected = classifier.predict_proba(segments)
    expected = [expected] if isinstance(expected, np.ndarray) else expected
    error = max(float(np.abs(a - b).max()) for a, b in zip(found, expected, strict=True))
    if not error <= _TOLERANCE:
        raise RuntimeError(
            f"export: ONNX Runtime differs by {error:.2g} from the classifier's probabilities, "
            f"more than {_TOLERANCE:g}; nothing was written"
        )
