"""`python -m rinda` is the command `rinda`."""

import sys

from rinda.command import main

sys.exit(main())
