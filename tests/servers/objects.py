"""A small server that speaks the S3 protocol, and misbehaves when it is told to."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

BUCKET, KEY, SECRET = "stored", "the-key", "the-secret"
Fault = Callable[["Request"], bool]
"""Answers in place of the server if it says so; or spoils what is there, and lets the server answer."""


@dataclass
class Objects:
    port: int = 0
    kept: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    """The next request whose method and path match the pattern meets the fault, once."""
    asked: list[str] = field(default_factory=list)
    bucket: str = BUCKET
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
        }

    def fail(self, pattern: str, fault: Fault, times: int = 1) -> None:
        self.faults += [(pattern, fault)] * times

    def fault_of(self, line: str) -> Fault | None:
        with self.lock:
            self.asked.append(line)
            for at, (pattern, fault) in enumerate(self.faults):
                if re.search(pattern, line):
                    del self.faults[at]
                    return fault
        return None


class Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: Objects

    def log_message(self, format: str, *args: object) -> None: ...

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status: int, code: str) -> None:
        self.answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def cut(self, body: bytes) -> None:
        """Half of what is announced."""
        self.send_response(206)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Range", f"bytes 0-{len(body) - 1}/{len(body)}")
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        self.close_connection = True

    def serve(self) -> None:
        parts = urlsplit(self.path)
        self.query = parse_qs(parts.query, keep_blank_values=True)
        _, bucket, self.key = (*unquote(parts.path).split("/", 2), "")[:3]
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.objects.fault_of(f"{self.command} {self.path}")
        if fault is not None and fault(self):
            return
        if f"Credential={KEY}/" not in (self.headers.get("Authorization") or "") and not self.is_presigned():
            self.refuse(403, "InvalidAccessKeyId")
        elif bucket != self.objects.bucket:
            self.refuse(404, "NoSuchBucket")
        else:
            with self.objects.lock:
                getattr(self, f"its_{self.command.lower()}")()

    def is_presigned(self) -> bool:
        """By the key, for this method, and not too long ago; the signature itself is the library's to get right."""
        said = {name: values[0] for name, values in self.query.items()}
        if not said.get("X-Amz-Credential", "").startswith(f"{KEY}/") or self.command != "GET":
            return False
        began = datetime.strptime(said["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return datetime.now(UTC) < began + timedelta(seconds=int(said["X-Amz-Expires"]))

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = serve  # noqa: N815 - the library names them so

    def its_put(self) -> None:
        tag = f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'
        if "uploadId" in self.query:
            self.objects.uploads[self.query["uploadId"][0]][int(self.query["partNumber"][0])] = self.body
        elif self.headers.get("If-None-Match") == "*" and self.key in self.objects.kept:
            return self.refuse(412, "PreconditionFailed")
        else:
            self.objects.kept[self.key] = self.body
        return self.answer(200, ETag=tag)

    def its_post(self) -> None:
        if "uploads" in self.query:
            name = f"upload-{len(self.objects.uploads)}"
            self.objects.uploads[name] = {}
            told = f"<Bucket>{BUCKET}</Bucket><Key>{escape(self.key)}</Key><UploadId>{name}</UploadId>"
            return self.answer(200, f"<InitiateMultipartUploadResult>{told}</InitiateMultipartUploadResult>".encode())
        if "delete" in self.query:
            keys = re.findall(r"<Key>(.*?)</Key>", self.body.decode())
            for key in keys:
                self.objects.kept.pop(unescape(key), None)
            told = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            return self.answer(200, f"<DeleteResult>{told}</DeleteResult>".encode())
        parts = self.objects.uploads.pop(self.query["uploadId"][0])
        self.objects.kept[self.key] = b"".join(parts[number] for number in sorted(parts))
        told = f"<Key>{escape(self.key)}</Key><ETag>&quot;x-{len(parts)}&quot;</ETag>"
        return self.answer(200, f"<CompleteMultipartUploadResult>{told}</CompleteMultipartUploadResult>".encode())

    def its_get(self) -> None:
        if "list-type" in self.query:
            return self.answer(200, self.listed().encode())
        found = self.objects.kept.get(self.key)
        if found is None:
            return self.refuse(404, "NoSuchKey")
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range") or "")
        if asked is None:
            return self.answer(200, found, ETag='"x"', Last_Modified="Sat, 21 Nov 2026 11:30:00 GMT")
        first, last = int(asked[1]), min(int(asked[2]), len(found) - 1)
        place = f"bytes {first}-{last}/{len(found)}"
        known = {"ETag": '"x"', "Last_Modified": "Sat, 21 Nov 2026 11:30:00 GMT", "Content_Range": place}
        return self.answer(206, found[first : last + 1], **known)

    def listed(self) -> str:
        prefix = self.query.get("prefix", [""])[0]
        each = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(body)}</Size><ETag>x</ETag>"
            "<LastModified>2026-11-21T11:30:00.000Z</LastModified></Contents>"
            for key, body in sorted(self.objects.kept.items())
            if key.startswith(prefix)
        )
        return f"<ListBucketResult><Name>{BUCKET}</Name><IsTruncated>false</IsTruncated>{each}</ListBucketResult>"

    def its_head(self) -> None:
        found = self.objects.kept.get(self.key)
        if found is None:
            return self.answer(404)
        known = {"Content_Length": str(len(found)), "ETag": '"x"'}
        self.send_response(200)
        for name, value in {**known, "Last_Modified": "Sat, 21 Nov 2026 11:30:00 GMT"}.items():
            self.send_header(name.replace("_", "-"), value)
        return self.end_headers()

    def its_delete(self) -> None:
        if "uploadId" in self.query:
            self.objects.uploads.pop(self.query["uploadId"][0], None)
        else:
            self.objects.kept.pop(self.key, None)
        self.answer(204)


@contextmanager
def objects_served() -> Iterator[Objects]:
    objects = Objects()
    handler = type("Served", (Request,), {"objects": objects})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        objects.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield objects
        finally:
            server.shutdown()
            thread.join()
