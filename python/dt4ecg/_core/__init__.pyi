from dt4ecg._core import signal as signal
from dt4ecg._core import simulate as simulate

__version__: str
torch_version: str
compiler: str
