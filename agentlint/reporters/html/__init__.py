"""The report for architects: one file that opens offline, with everything that a person needs who was not there."""

from agentlint.reporters.html.page import render

__all__ = ["render"]
