"""A small server of one text, at one path, for Prometheus."""

from __future__ import annotations

import socket
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import BoundedSemaphore
from typing import Any

from ccmon.cli import say
from ccmon.report.openmetrics import OPENMETRICS, PROMETHEUS

PATH = "/metrics"
MOST_CONNECTIONS = 16
"""More at the same time are closed at once."""
TIMEOUT_S = 10.0
"""Who has not asked by then, or does not take the answer, is hung up on."""


class MetricsServer(ThreadingHTTPServer):
    """Answers GET /metrics with a text that is made when it is asked for."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], text: Callable[[], str]) -> None:
        """Listen at an address.

        Args:
            address: host, as a number, and port; port 0: any that is free.
            text: makes the text; called by several threads.

        Raises:
            OSError: the address cannot be used.
        """
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.text = text
        self._free = BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Listen without asking for the name of this machine, which may take long."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, if there are not too many."""
        if self._free.acquire(blocking=False):
            try:
                super().process_request(request, client_address)
            except BaseException:
                self._free.release()
                raise
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer; then there is room for another."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up before the answer has it so."""


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: MetricsServer
    server_version = "ccmon"
    sys_version = ""
    timeout = TIMEOUT_S

    def do_GET(self) -> None:
        """Answer with the metrics."""
        if self.path.partition("?")[0] != PATH:
            self._answer(HTTPStatus.NOT_FOUND, f"There is only {PATH} here.\n")
            return
        try:
            text = self.server.text()
        except Exception as error:  # the last resort: the next one who asks may get an answer
            say(f"this should not happen ({type(error).__name__}: {error}); please report it.")
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, "The figures could not be made.\n")
            return
        asked = self.headers.get("Accept", "")
        self._answer(HTTPStatus.OK, text, OPENMETRICS if "application/openmetrics-text" in asked else PROMETHEUS)

    def _refuse(self) -> None:
        self.close_connection = True
        self._answer(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET is answered here.\n", Allow="GET")

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _refuse  # noqa: N815 (the library's names)

    def _answer(self, status: HTTPStatus, text: str, kind: str = "text/plain; charset=utf-8", **headers: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 (the library's name)
        """Scrapes are not worth a line each."""
