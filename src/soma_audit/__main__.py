"""`python -m soma_audit` and the console script."""

from soma_audit.cli import main

if __name__ == "__main__":
    main()
