from dt4ecg._core import nn as nn
from dt4ecg._core import signal as signal
from dt4ecg._core import simulate as simulate
from dt4ecg._core import train as train
from dt4ecg._core import wavelets as wavelets

__version__: str
torch_version: str
compiler: str

class InvalidArgument(ValueError):
    operation: str | None
    parameter: str | None
    index: int | None
