"""The page's tips on client libraries: Pybit and CCXT, unmodified."""
