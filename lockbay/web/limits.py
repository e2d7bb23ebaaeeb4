"""What a client may take from us, in seconds, bytes and connections."""

from __future__ import annotations

from attrs import frozen


@frozen
class Limits:
    """Each bound ends a request or a connection; together they bound how long anybody can hold anything."""

    body: int = 64 * 1024  # bytes; a provider's event has about two thousand
    head: int = 32 * 1024  # bytes of request line and headers
    head_seconds: float = 5.0  # from connecting until the request line and headers are there
    idle_seconds: float = 15.0  # until the next request on the same connection begins
    body_seconds: float = 10.0
    answer_seconds: float = 20.0  # making the answer: BlockBee waits for 30 s altogether (docs/apis.md §2.3)
    send_seconds: float = 5.0  # for one piece of an answer
    connection_seconds: float = 45.0  # one request; more than all of the above together, for what they do not see
    grace_seconds: float = 3.0  # for requests in flight at shut-down
    connections: int = 256  # with more, who asks nothing is hung up on, else who is new: others need descriptors, too
    webhooks: int = 64  # of one provider at a time; more are told to come again
    pages: int = 2  # statements of all pages of people at a time, likewise
    statements: int = 1  # of webhooks at a time, beside payments: some of the pool's connections are always left
