"""A local stand-in for the outside world: Telegram with a chat page, payment providers, rates and a mail catcher."""

from lockbay.sandbox.world import Options, Sandbox, serve_sandbox

__all__ = ["Options", "Sandbox", "serve_sandbox"]
