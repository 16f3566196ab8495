"""``python -m dt4ecg`` is the command line."""

import sys

from dt4ecg.cli import main

sys.exit(main())
