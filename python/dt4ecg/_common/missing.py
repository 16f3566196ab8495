"""The texts that mark a missing value: an unknown label, or a lost sample."""

MISSING_TEXTS = frozenset(
    ["", "-", "--", "?", "na", "n/a", "#n/a", "#na", "<na>", "nan", "-nan", "nat"]
) | {"none", "null", "nil"}
"""In any case and with spaces around, as pandas, R, spreadsheets, Weka and Python write them."""


def is_missing_text(text: str) -> bool:
    """Return whether a text marks a missing value.

    Examples
    --------
    >>> from dt4ecg._common.missing import is_missing_text
    >>> is_missing_text(" N/A "), is_missing_text("unknown")
    (True, False)
    """
    return text.strip().lower() in MISSING_TEXTS
