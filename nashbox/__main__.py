"""`python -m nashbox` is `nashbox`."""

import sys

from nashbox.cli import main

if __name__ == "__main__":
    sys.exit(main())
