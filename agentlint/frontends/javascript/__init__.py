"""The JavaScript frontend: JavaScript, TypeScript, JSX and the scripts of Vue and Svelte components to the neutral syntax tree."""

from agentlint.frontends.javascript.generated import is_generated
from agentlint.frontends.javascript.lowering import lower

__all__ = ["is_generated", "lower"]
