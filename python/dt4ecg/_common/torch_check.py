"""Refuse, in one sentence, a torch that the extension was not compiled against."""

REQUIRED = "2.13.0"


def check() -> None:
    """Raise ImportError unless torch is the release that this package was built with.

    The local tag does not matter: ``2.13.0+cpu`` and ``2.13.0+cu130`` share one C++ interface.
    """
    way_out = f"install it with: pip install torch=={REQUIRED}"
    try:
        import torch
    except ImportError as error:
        raise ImportError(
            f"dt4ecg needs torch {REQUIRED}, which cannot be imported; {way_out}"
        ) from error
    found = torch.__version__.split("+")[0]
    if found != REQUIRED:
        raise ImportError(
            f"dt4ecg was compiled against torch {REQUIRED}, found {torch.__version__}; {way_out}"
        )
