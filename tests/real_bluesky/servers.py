"""Starts PostgreSQL, Redis and Bluesky's reference servers on loopback, and stops them again."""

from __future__ import annotations

import json
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from real_bluesky.client import Network

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = Path(__file__).parent
POSTGRES_HOMES = Path("/usr/lib/postgresql")
PATIENCE = 180.0
"""Seconds until a server must be ready, or have ended; a busy machine takes a minute."""
UNSAFE_BUT_FAST = (
    *(
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "wal_level=minimal",
        "max_wal_senders=0",
    ),
    *("jit=off", "autovacuum_naptime=1", "autovacuum_vacuum_cost_delay=0", "unix_socket_directories="),
)


def postgres_programs() -> Path | None:
    """The folder of Debian's newest PostgreSQL."""
    found = [home for home in POSTGRES_HOMES.glob("*/bin") if (home / "initdb").exists()]
    return max(found, key=lambda home: float(home.parent.name), default=None)


def missing() -> str | None:
    """What the servers need and this machine does not have, in one sentence."""
    wanted = {
        "node": shutil.which("node"),
        "`npm ci --prefix tests/real_bluesky`": (HERE / "node_modules/@atproto/dev-env").is_dir(),
        "PostgreSQL": postgres_programs(),
        "redis-server": shutil.which("redis-server"),
    }
    lacking = [name for name, found in wanted.items() if not found]
    return f"Bluesky's own servers need {', '.join(lacking)}" if lacking else None


@contextmanager
def running() -> Iterator[Network]:
    """Run the whole network: nothing of it is left afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="real-bluesky-")))
        environment = {
            **os.environ,
            "DB_POSTGRES_URL": stack.enter_context(_postgres(folder)),
            "REDIS_HOST": stack.enter_context(_redis(folder)),
            "TMPDIR": str(folder),
            "NODE_NO_WARNINGS": "1",
        }
        process = stack.enter_context(
            _process(folder, "node", str(HERE / "network.mjs"), environment=environment)
        )
        with Network(**_first_line(process, folder / "node.log")) as network:
            yield network


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    programs = postgres_programs()
    assert programs is not None
    data = folder / "postgres"
    data.mkdir()
    user = _unprivileged()
    if user:
        folder.chmod(0o711)
        shutil.chown(data, user)
    subprocess.run(
        [
            str(programs / "initdb"),
            "--no-sync",
            "-A",
            "trust",
            "-U",
            "bluesky",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            str(data),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=data,
        **_as(user),
    )
    port = _free_port()
    words = [str(programs / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port)]
    words += [word for setting in UNSAFE_BUT_FAST for word in ("-c", setting)]
    with _process(folder, *words, user=user, stop=signal.SIGINT):
        ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        _wait(
            lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL", folder / "postgres.log"
        )
        yield f"postgresql://bluesky@127.0.0.1:{port}/postgres"


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    port = _free_port()
    settings = {"port": port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": folder}
    words = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
    with _process(folder, "redis-server", *words):
        _wait(lambda: _listens(port), "Redis", folder / "redis-server.log")
        yield f"127.0.0.1:{port}"


@contextmanager
def _process(
    folder: Path,
    *words: str,
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
    stop: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[str]]:
    """Run a program until the end of the block; what it complains of goes to its log in the folder."""
    # So that a server ends also where the tests are killed. It would be nobody's otherwise.
    bound = ["setpriv", "--pdeathsig", stop.name.removeprefix("SIG"), "--"] if shutil.which("setpriv") else []
    with (folder / f"{Path(words[0]).name}.log").open("w") as log:
        process = subprocess.Popen(
            [*bound, *words],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if words[0] == "node" else log,
            stderr=log,
            env=environment,
            cwd=folder,
            **_as(user),
            start_new_session=True,  # Ctrl-C is for the tests, which stop it in order
        )
        with process:
            try:
                yield process
            finally:
                process.send_signal(stop)
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()


def _unprivileged() -> str | None:
    """Whom PostgreSQL runs as where we are root, which it refuses to."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as(user: str | None) -> dict[str, Any]:
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(ready: Any, name: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{name} does not answer: {log.read_text()[-2000:]}")
        time.sleep(0.05)


def _first_line(process: subprocess.Popen[str], log: Path) -> dict[str, str]:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
    line = process.stdout.readline() if ready else ""
    if not line:
        raise TimeoutError(f"Bluesky's servers do not start: {log.read_text()[-2000:]}")
    found: dict[str, str] = json.loads(line)
    return found
