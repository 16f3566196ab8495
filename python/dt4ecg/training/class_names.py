"""Warnings about class names that are probably mistakes in the labels."""

import warnings
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

# They may also be the name of a class, such as that of other people, so they stay one.
_WORDS = frozenset(
    ["unknown", "unk", "unlabelled", "unlabeled", "no label", "missing", "undefined", "invalid"]
) | {"not available", "not applicable", "not known", "tbd"}


def warn_of_doubtful_names(task: str, labels: Iterable[Any], stacklevel: int = 2) -> None:
    """Warn of classes that are words for an unknown label, or look like each other.

    Parameters
    ----------
    task : str
    labels : iterable of labels
        The known labels, before NumPy turns them into an array.
    stacklevel : int, default=2
        As in :func:`warnings.warn`.

    Examples
    --------
    >>> import warnings
    >>> from dt4ecg.training.class_names import warn_of_doubtful_names
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn_of_doubtful_names("activity", ["rest", "Rest", "unknown"])
    >>> print(caught[0].message)
    fit: activity has the class 'unknown', which is trained as any other; ...
    >>> print(caught[1].message)
    fit: the classes 'Rest', 'rest' of activity differ only in case or in spaces ...
    """
    names = sorted({label for label in labels if isinstance(label, str)})
    for name in names:
        if name.strip().casefold() in _WORDS:
            warnings.warn(
                f"fit: {task} has the class {name!r}, which is trained as any other; if it means "
                "that the label is unknown, leave it empty, or pass missing_label",
                UserWarning,
                stacklevel,
            )
    groups = defaultdict(list)
    for name in names:
        groups[name.strip().casefold()].append(name)
    for alike in groups.values():
        if len(alike) > 1:
            warnings.warn(
                f"fit: the classes {', '.join(map(repr, alike))} of {task} differ only in case or "
                "in spaces around them; give one class one spelling",
                UserWarning,
                stacklevel,
            )
