"""Words, numbers and storage: what every other package builds on, and which knows none of them."""

__version__ = "0.1.0"
