"""``python -m repo_app.cli.command``: the command line without an installed script."""

from __future__ import annotations

from repo_app.cli import main

if __name__ == "__main__":
    main()
