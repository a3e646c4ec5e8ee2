"""How a packed scene looks from a head that moves, against exact truth: python -m bench.novel_view --help"""
