from dt4ecg._core import signal as signal

__version__: str
torch_version: str
compiler: str
