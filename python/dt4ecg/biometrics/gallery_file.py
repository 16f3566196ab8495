"""The file of a gallery: templates, names, cohort, and numbers that recognise the encoder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dt4ecg import __version__
from dt4ecg._common.wording import counted
from dt4ecg.biometrics.cohort import Cohort, CohortProbes
from dt4ecg.biometrics.errors import EncoderMismatchError
from dt4ecg.biometrics.fingerprint import is_same_encoder
from dt4ecg.biometrics.fusion import Embeddings
from dt4ecg.biometrics.probes import Encoder
from dt4ecg.biometrics.templates import Templates
from dt4ecg.storage import container

KIND = "gallery"
_LENGTH_ERROR = 1e-3
_MOST_NAME_BYTES = 90_000_000  # the header of a safetensors file has at most 100,000,000
_MOST_SAMPLES = 10**7  # of a segment
_SETTINGS = {"sampling_rate", "preprocessor"}
_VECTORS = {"vectors", "reference", "templates"}  # the last parts of the names of their tensors


@dataclass(frozen=True, eq=False)
class GalleryFile:
    """The content of the file of a gallery.

    Attributes
    ----------
    templates : Templates
    cohort : Cohort or None
    shape : (int, int) or None
        Leads and samples of a segment.
    settings : dict
        Sampling rate and preprocessor.
    reference : float32 array (4, d) or None
        The encoder's embeddings of the fixed signals.

    Examples
    --------
    >>> import tempfile
    >>> from dt4ecg.biometrics.gallery_file import GalleryFile
    >>> from dt4ecg.biometrics.templates import Templates
    >>> path = tempfile.mkdtemp() + "/gallery.safetensors"
    >>> settings = {"sampling_rate": 100, "preprocessor": None}
    >>> GalleryFile(Templates(), None, None, settings, None).write(path)
    >>> len(GalleryFile.read(path).templates)
    0
    """

    templates: Templates
    cohort: Cohort | None
    shape: tuple[int, int] | None
    settings: Mapping[str, Any]
    reference: Embeddings | None

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the file, atomically.

        Raises
        ------
        OSError
            If the file cannot be written.
        ValueError
            If the names take too many bytes.
        """
        size = len(json.dumps(json.dumps(self.templates.names)))  # as text within a text
        if size > _MOST_NAME_BYTES:
            raise ValueError(
                f"save: the names of {counted(len(self.templates), 'person', 'people')} take "
                f"{size:,} bytes, but a file can hold {_MOST_NAME_BYTES:,}; choose shorter names, "
                "or use several galleries"
            )
        arrays: dict[str, NDArray[Any]] = {}
        header = {
            "dt4ecg": __version__,
            "kind": KIND,
            "names": self.templates.names,
            "shape": self.shape,
            "settings": dict(self.settings),
            "cohort": None,
        }
        if len(self.templates):
            arrays |= {"vectors": self.templates.vectors, "counts": self.templates.counts}
        if self.reference is not None:
            arrays["reference"] = self.reference
        if self.cohort is not None:
            probes = self.cohort.probes
            header["cohort"] = {
                "activities": list(self.cohort.activities),
                "sizes": sorted(probes),
            }
            arrays["cohort.templates"] = self.cohort.templates
            for size, of_size in probes.items():
                arrays |= {f"cohort.{size}.{key}": v for key, v in of_size.__dict__.items()}
        tensors = {name: torch.from_numpy(np.ascontiguousarray(v)) for name, v in arrays.items()}
        container.write(path, tensors, header)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> GalleryFile:
        """Read the file and check each part of it.

        Raises
        ------
        OSError
            If the file cannot be read.
        ValueError
            If it is damaged, or not a gallery.
        """
        tensors, header = container.read(path)
        if header.get("kind") != KIND:
            raise ValueError(
                f"load: {str(path)!r} is a file of dt4ecg, but not a gallery; pass a file that "
                "Gallery.save wrote"
            )
        try:
            return _checked({name: tensor.numpy() for name, tensor in tensors.items()}, header)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ValueError(
                f"load: {str(path)!r} is not a gallery that this dt4ecg can read ({error}); save "
                "the gallery again, or use an older copy"
            ) from error

    def require_encoder(
        self, path: str | os.PathLike[str], encoder: Encoder, settings: Mapping[str, Any]
    ) -> None:
        """Raise EncoderMismatchError unless the templates are of this encoder."""
        differing = [key for key, value in self.settings.items() if settings.get(key) != value]
        if differing:
            raise EncoderMismatchError(
                f"load: {str(path)!r} was made with another {' and '.join(differing)}; load it "
                "with the encoder and the preprocessor that enrolled its people"
            )
        if self.reference is None or self.shape is None:
            return
        if not is_same_encoder(encoder, self.shape, self.reference):
            raise EncoderMismatchError(
                f"load: the templates in {str(path)!r} are of another encoder; load the gallery "
                "with the encoder that enrolled its people, or enrol them again"
            )


def _checked(arrays: Mapping[str, NDArray[Any]], header: Mapping[str, Any]) -> GalleryFile:
    names, shape = header["names"], header["shape"]
    legal = isinstance(names, list) and all(isinstance(n, str) and n.strip() for n in names)
    if not legal or len(set(names)) != len(names):
        raise ValueError("its names must be different texts")
    templates = Templates()
    if names:
        vectors, counts = _unit(arrays["vectors"]), arrays["counts"]
        if len(vectors) != len(names) or counts.shape != (len(names),):
            raise ValueError(f"it has {len(names)} names for {len(vectors)} templates")
        if counts.dtype != np.int64 or (counts < 1).any() or (counts > 2**53).any():
            raise ValueError("its counts must be integers from 1 to 2**53")
        templates = Templates(names, vectors, counts)
    if shape is not None:
        shape = tuple(shape)
        if len(shape) != 2 or not all(type(n) is int and n > 0 for n in shape):
            raise ValueError(f"its shape must be leads and samples, got {shape}")
        if shape[0] * shape[1] > _MOST_SAMPLES:  # signals of this shape are made for the encoder
            raise ValueError(f"a segment must have at most {_MOST_SAMPLES} samples, got {shape}")
    reference = _unit(arrays["reference"]) if "reference" in arrays else None
    settings = header["settings"]
    if not isinstance(settings, dict) or settings.keys() != _SETTINGS:
        raise ValueError(f"its settings must be {' and '.join(sorted(_SETTINGS))}")
    cohort = _cohort(arrays, header["cohort"])
    if (names or cohort is not None) and (reference is None or shape is None):
        raise ValueError("it lacks the numbers that recognise the encoder")
    lengths = {v.shape[1] for key, v in arrays.items() if key.split(".")[-1] in _VECTORS}
    if len(lengths) > 1:
        raise ValueError(f"its vectors must have one length, got {sorted(lengths)}")
    return GalleryFile(templates, cohort, shape, settings, reference)


def _cohort(arrays: Mapping[str, NDArray[Any]], stored: Any) -> Cohort | None:
    if stored is None:
        return None
    templates, activities = _unit(arrays["cohort.templates"]), tuple(stored["activities"])
    legal = isinstance(stored["activities"], list) and len(set(activities)) == len(activities)
    legal = legal and all(isinstance(name, str) for name in activities)
    if not legal or 1 not in stored["sizes"]:
        raise ValueError("its cohort must have names of activities, and probes of one segment")
    sizes = stored["sizes"]
    if not all(type(size) is int and size > 0 for size in sizes) or len(set(sizes)) != len(sizes):
        raise ValueError("the sizes of its probes must be different integers above 0")
    probes = {}
    for size in sizes:
        vectors = _unit(arrays[f"cohort.{size}.vectors"])
        people, kinds = (arrays[f"cohort.{size}.{key}"] for key in ("people", "activities"))
        for index, most in ((people, len(templates)), (kinds, max(len(activities), 1))):
            legal = index.shape == (len(vectors),) and index.dtype == np.int64
            if not legal or (index < 0).any() or (index >= most).any():
                raise ValueError("its cohort has an index without a person or an activity")
        probes[size] = CohortProbes(vectors, people, kinds)
    return Cohort(templates, probes, activities)


def _unit(vectors: NDArray[Any]) -> Embeddings:
    """Return vectors (n, d) of length 1, or raise ValueError."""
    if vectors.dtype != np.float32 or vectors.ndim != 2:
        raise ValueError(f"its vectors must be float32 (n, d), got {vectors.dtype} {vectors.shape}")
    if not (np.abs(np.linalg.norm(vectors, axis=1) - 1) < _LENGTH_ERROR).all():
        raise ValueError("its vectors must be finite and of length 1")
    return vectors
