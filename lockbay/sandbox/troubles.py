"""What can go wrong when the service calls a provider: the faults that name one."""

from __future__ import annotations

import trio
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response

from lockbay.sandbox.control import Handler
from lockbay.sandbox.faults import Fault, Faults
from lockbay.sandbox.http import Connections, gone


@frozen
class Troubles:
    """Puts faults between callers and a provider's handlers."""

    faults: Faults
    connections: Connections = field(repr=False)

    def around(self, provider: str, handler: Handler) -> Handler:
        """The handler, as it answers while that provider has its troubles. A fault's `method` is the path's end."""

        async def handle(request: Request) -> Response:
            await request.body()  # before anybody listens for the end of the connection
            struck = self.faults.strike(request.url.path.rstrip("/").rpartition("/")[2].lower(), None, provider)
            for fault in struck:
                if (response := await self._before(fault, request)) is not None:
                    return response
            response = await handler(request)
            for fault in struck:
                response = await self._after(fault, request, response)
            return response

        return handle

    async def _before(self, fault: Fault, request: Request) -> Response | None:
        match fault.kind:
            case "latency":
                await trio.sleep(fault.seconds)
            case "flood":
                return Response("Too many requests", 429, {"Retry-After": str(fault.retry_after)})
            case "server_error" | "refuse":
                return Response("<html><h1>It is not you, it is us</h1></html>", fault.status, media_type="text/html")
            case "reset_before":
                await self.connections.reset(request)
                return Response()
        return None

    async def _after(self, fault: Fault, request: Request, response: Response) -> Response:
        match fault.kind:
            case "timeout":
                await gone(request)
            case "reset_after":
                await self.connections.reset(request)
            case "malformed":
                return Response(bytes(response.body)[:-7], response.status_code, media_type="application/json")
        return response
