"""A server that runs out of open files before anything else: ``python -m tests.few_files`` serves until it is ended.

Each connection is an open file, held while its one request is served. With all of them open nobody accepts, and callers
wait in the accept queue, which is long.
"""

from __future__ import annotations

import errno
import resource
import socket
import threading
from typing import Final

FILES, SERVICE_SECONDS, BACKLOG = 64, 1.0, 1024
PATIENCE: Final = 10.0
REPLY: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
CLOSED = threading.Event()


def answer(connection: socket.socket) -> None:
    connection.settimeout(PATIENCE)
    with connection:
        while not connection.recv(4096).endswith(b"\r\n\r\n"):
            pass
        threading.Event().wait(SERVICE_SECONDS)
        connection.sendall(REPLY)
        connection.shutdown(socket.SHUT_RDWR)
    CLOSED.set()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    print("listening on http://{}:{}".format(*listener.getsockname()), flush=True)  # noqa: T201
    while True:
        CLOSED.clear()
        try:
            connection, _ = listener.accept()
        except OSError as error:
            if error.errno != errno.EMFILE:
                raise
            CLOSED.wait(SERVICE_SECONDS)
            continue
        threading.Thread(target=answer, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
