"""Errors of a gallery. Each is a ValueError with a text that says how to fix it."""


class AlreadyEnrolledError(ValueError):
    """A name is enrolled twice.

    Examples
    --------
    >>> from dt4ecg.biometrics import AlreadyEnrolledError
    >>> issubclass(AlreadyEnrolledError, ValueError)
    True
    """


class NotEnrolledError(ValueError):
    """A name is not enrolled, or the gallery is empty.

    Examples
    --------
    >>> from dt4ecg.biometrics import NotEnrolledError
    >>> issubclass(NotEnrolledError, ValueError)
    True
    """


class NoThresholdError(ValueError):
    """A gallery without thresholds, or with too few impostor scores for a rate, cannot decide.

    Examples
    --------
    >>> from dt4ecg.biometrics import NoThresholdError
    >>> issubclass(NoThresholdError, ValueError)
    True
    """


class DoubtfulProbeError(ValueError):
    """A probe is not similar enough to update a template, or is not usable for an enrolment.

    Examples
    --------
    >>> from dt4ecg.biometrics import DoubtfulProbeError
    >>> issubclass(DoubtfulProbeError, ValueError)
    True
    """


class EncoderMismatchError(ValueError):
    """The templates of a gallery were made by another encoder.

    Examples
    --------
    >>> from dt4ecg.biometrics import EncoderMismatchError
    >>> issubclass(EncoderMismatchError, ValueError)
    True
    """
