"""`python -m agentlint`."""

from agentlint.cli.main import run

run()
