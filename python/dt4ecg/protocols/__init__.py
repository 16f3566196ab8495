"""Which segments train and which test, and what the one knows of the other.

A random split of segments, the paper's protocol, puts a neighbour of most test segments into the
training part and says little about another day or another person. The other protocols ask these
questions one by one; ``leak_report`` measures what a split lets through.
"""

from dt4ecg.protocols.base import Protocol, Split
from dt4ecg.protocols.leakage import LeakReport, leak_report
from dt4ecg.protocols.splits import PROTOCOLS, folds, split

__all__ = ["PROTOCOLS", "LeakReport", "Protocol", "Split", "folds", "leak_report", "split"]
