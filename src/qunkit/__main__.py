"""``python -m qunkit``."""

from qunkit.cli.main import main

main()
