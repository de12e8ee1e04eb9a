"""How fast the clients and the venue are, beside other people's and beside the floor of the machine.

``make bench``: one command; writes ``bench/results.json`` and, out of it, ``docs/bench.md``.
"""
