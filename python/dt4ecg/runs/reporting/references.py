"""The works that the methods paragraph of a report cites."""

from __future__ import annotations

import inspect
import re

DT4ECG = "dt4ecg"
ADAM = "adam"
ADAMW = "adamw"
COSINE = "cosine"
SMOOTHING = "smoothing"
STOPPING = "stopping"
GUIDANCE = "guidance"
CONFUSION = "confusion"
REVERSAL = "reversal"
RELEASED = "released"
BUTTERWORTH = "butterworth"
WILSON = "wilson"
BOOTSTRAP = "bootstrap"

WORKS = {
    DT4ECG: (
        "S. You, B. Gu, Y. Yang, S. Yu, S. Guo, DT4ECG: A dual-task learning framework for "
        "ECG-based human identity recognition and human activity detection, 2025"
    ),
    ADAM: "D. P. Kingma, J. Ba, Adam: A method for stochastic optimization, ICLR 2015",
    ADAMW: "I. Loshchilov, F. Hutter, Decoupled weight decay regularization, ICLR 2019",
    COSINE: "I. Loshchilov, F. Hutter, SGDR: Stochastic gradient descent with warm restarts, "
    "ICLR 2017",
    SMOOTHING: "C. Szegedy et al., Rethinking the Inception architecture for computer vision, "
    "CVPR 2016",
    STOPPING: "L. Prechelt, Early stopping - but when?, in: Neural Networks: Tricks of the Trade, "
    "Springer 1998",
    GUIDANCE: "T. T. Showrav, S. I. Lincoln, M. K. Hasan, EXGnet: a single-lead explainable-AI "
    "guided multiresolution network with train-only quantitative features for trustworthy ECG "
    "arrhythmia classification, arXiv 2506.12404, 2025",
    CONFUSION: "E. Tzeng, J. Hoffman, T. Darrell, K. Saenko, Simultaneous deep transfer across "
    "domains and tasks, ICCV 2015",
    REVERSAL: "Y. Ganin, V. Lempitsky, Unsupervised domain adaptation by backpropagation, "
    "ICML 2015",
    RELEASED: "Pi et al., MOSCARD, arXiv 2506.19174, 2025",
    BUTTERWORTH: "S. Butterworth, On the theory of filter amplifiers, Experimental Wireless and "
    "the Wireless Engineer 7:536-541, 1930",
    WILSON: "E. B. Wilson, Probable inference, the law of succession, and statistical inference, "
    "Journal of the American Statistical Association 22:209-212, 1927",
    BOOTSTRAP: "C. A. Field, A. H. Welsh, Bootstrapping clustered data, Journal of the Royal "
    "Statistical Society B 69:369-390, 2007",
}
_MARK = re.compile(r"\{cite:([a-z0-9_]+)\}")


def of_object(value: object) -> str | None:
    """Return the first work in the section References of an object's docstring, or None.

    Examples
    --------
    >>> from dt4ecg.weighting import Chen2018
    >>> of_object(Chen2018())[:24]
    'Z. Chen, V. Badrinarayan'
    """
    doc = inspect.getdoc(value) or ""
    section = re.search(r"^References\n-+\n(.*?)(?=\n\n|\Z)", doc, re.M | re.S)
    if section is None:
        return None
    return " ".join(section[1].split()).replace('"', "").rstrip(".")


def cite(key: str) -> str:
    """Return the mark of a citation, which :func:`numbered` and the LaTeX output replace."""
    return f"{{cite:{key}}}"


def cited(text: str) -> list[str]:
    """Return the keys of the works that a text cites, in the order of the first citations.

    Examples
    --------
    >>> cited("Adam {cite:adam}, as before {cite:dt4ecg}, {cite:adam}.")
    ['adam', 'dt4ecg']
    """
    return list(dict.fromkeys(_MARK.findall(text)))


def numbered(text: str) -> str:
    """Replace each mark by the number of the work in square brackets.

    Examples
    --------
    >>> numbered("Adam {cite:adam}, as before {cite:dt4ecg}, {cite:adam}.")
    'Adam [1], as before [2], [1].'
    """
    order = cited(text)
    return _MARK.sub(lambda found: f"[{order.index(found[1]) + 1}]", text)


def with_commands(text: str) -> str:
    r"""Replace each mark by a command of LaTeX.

    Examples
    --------
    >>> with_commands("Adam {cite:adam}.")
    'Adam~\\cite{adam}.'
    """
    return re.sub(r" ?" + _MARK.pattern, lambda found: rf"~\cite{{{found[1]}}}", text)
