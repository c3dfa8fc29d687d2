"""Hostile input for everything that reads: targets, words of the formats, a corpus, and what was found.

`PYTHONPATH=tests python -m fuzz TARGET FILE…` runs one input, ``make fuzz`` all targets under atheris. The plain tests here need no
atheris: they run the corpus, the finds and a few thousand random changes.
"""
