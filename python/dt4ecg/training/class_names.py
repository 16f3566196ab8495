"""Warnings about class names that are probably mistakes in the labels."""

import warnings
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from dt4ecg._common.labels import unknown_as_text


def warn_of_doubtful_names(
    task: str, labels: Iterable[Any], missing_label: Any, stacklevel: int = 2
) -> None:
    """Warn of classes that look like an unknown label, or like each other.

    Parameters
    ----------
    task : str
    labels : iterable of labels
        The known labels, before NumPy turns them into an array.
    missing_label : label or None
    stacklevel : int, default=2
        As in :func:`warnings.warn`.

    Examples
    --------
    >>> import warnings
    >>> from dt4ecg.training.class_names import warn_of_doubtful_names
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn_of_doubtful_names("activity", ["rest", "Rest", "-1"], missing_label=-1)
    >>> print(caught[0].message)
    fit: activity has the class '-1', which looks like an unknown label ...
    >>> print(caught[1].message)
    fit: the classes 'Rest', 'rest' of activity differ only in case or in spaces ...
    """
    names = sorted({label for label in labels if isinstance(label, str)})
    for name in unknown_as_text(names, missing_label):
        warnings.warn(
            f"fit: {task} has the class {name!r}, which looks like an unknown label that NumPy "
            "turned into text; pass y as a list of rows, or with dtype=object",
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
