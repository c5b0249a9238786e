"""Scores an MLflow model over HTTP as a no-code deployment of Azure ML does: a bare ASGI app for uvicorn.

Settings come from the environment: AZUREML_MODEL_DIR, and SCORING_TIMEOUT_MS, SCORING_CONCURRENCY, SCORING_QUEUE,
SCORING_BODY_LIMIT as below.
"""

import asyncio
import json
import logging
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from mlflow_model import InputError, Model, ModelError, one_line, plain

TIMEOUT = int(os.environ.get("SCORING_TIMEOUT_MS", "5000")) / 1000
CONCURRENCY = max(1, int(os.environ.get("SCORING_CONCURRENCY", "1")))
QUEUE = max(0, int(os.environ.get("SCORING_QUEUE", "128")))
BODY_LIMIT = int(os.environ.get("SCORING_BODY_LIMIT", str(16 << 20)))

log = logging.getLogger("scoring")
log.setLevel(logging.INFO)
log.propagate = False
_handler = logging.StreamHandler(sys.stdout)
_formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
_formatter.converter = time.gmtime
_handler.setFormatter(_formatter)
log.addHandler(_handler)


class Refusal(Exception):
    """An answer other than 200: status, code and one sentence."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class State:
    model = None
    pool = None
    slots = None
    pending = 0


def read_input(body):
    """The request's body as columns, rows and index: Azure ML's formats and MLflow's."""
    try:
        request = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError) as error:
        raise InputError("the body is not JSON: %s" % " ".join(str(error).split())[:200])
    except RecursionError:
        raise InputError("the body is nested too deeply")
    if not isinstance(request, dict):
        raise InputError('the body must be an object such as {"input_data": [[1, 2]]}')
    for key in ("input_data", "dataframe_split", "dataframe_records", "inputs", "instances"):
        if key in request:
            return read_table(request[key], key)
    raise InputError('the body has no "input_data" (nor dataframe_split, dataframe_records, inputs, instances)')


def read_table(data, key):
    if isinstance(data, dict) and isinstance(data.get("data"), list):
        columns, index = data.get("columns"), data.get("index")
        if columns is not None and not isinstance(columns, list):
            raise InputError('"columns" of %s is not a list' % key)
        if index is not None and (not isinstance(index, list) or len(index) != len(data["data"])):
            raise InputError('"index" of %s does not name each row' % key)
        if columns is not None and (not data["data"] or not isinstance(data["data"][0], list)):
            data = dict(data, data=[[value] for value in data["data"]])
        return columns, data["data"], index
    if isinstance(data, dict):
        if not data:
            raise InputError("%s is empty" % key)
        columns = list(data)
        if all(not isinstance(value, (list, dict)) for value in data.values()):
            return columns, [[data[name] for name in columns]], None
        if all(isinstance(value, dict) for value in data.values()):
            keys = list(next(iter(data.values())))
            if any(list(value) != keys for value in data.values()):
                raise InputError("the columns of %s do not have the same rows" % key)
            return columns, [[data[name][row] for name in columns] for row in keys], None
        if not all(isinstance(value, list) for value in data.values()):
            raise InputError("the columns of %s are not all lists" % key)
        lengths = {len(value) for value in data.values()}
        if len(lengths) != 1:
            raise InputError("the columns of %s differ in length" % key)
        return columns, [list(row) for row in zip(*data.values())], None
    if isinstance(data, list):
        if not data:
            raise InputError("%s is empty" % key)
        if all(isinstance(row, dict) for row in data):
            columns = []
            for row in data:
                columns.extend(name for name in row if name not in columns)
            return columns, [[row.get(name) for name in columns] for row in data], None
        if any(isinstance(row, dict) for row in data):
            raise InputError("%s mixes records with lists" % key)
        if not any(isinstance(row, list) for row in data):
            # A flat list is one row for a model with columns, as one sample is often sent.
            model = State.model
            width = len(model.columns) if model.columns else model.width
            if width is not None and width > 1 and len(data) == width:
                return None, [data], None
            return None, [[value] for value in data], None
        return None, data, None
    raise InputError("%s is neither a list nor an object" % key)


def score(body):
    """One request, in a thread of the pool."""
    columns, rows, index = read_input(body)
    if not rows:
        raise InputError("there are no rows to score")
    result = State.model.predict(State.model.frame(columns, rows, index))
    return json.dumps(plain(result), allow_nan=False, ensure_ascii=False).encode("utf-8")


async def answer(body):
    if State.pending >= CONCURRENCY + QUEUE:
        raise Refusal(429, "TooManyRequests", "the instance has as many requests as it may hold; try again")
    State.pending += 1
    released = False
    deadline = time.monotonic() + TIMEOUT
    try:
        try:
            await asyncio.wait_for(State.slots.acquire(), TIMEOUT)
        except asyncio.TimeoutError:
            raise Refusal(504, "RequestTimeout", "no answer within %d ms" % (TIMEOUT * 1000))
        work = asyncio.get_event_loop().run_in_executor(State.pool, score, body)
        released = True

        # The thread cannot be stopped: its place is free when it has ended, not when we stop waiting.
        def finish(done):
            State.slots.release()
            State.pending -= 1
            if not done.cancelled():
                done.exception()

        work.add_done_callback(finish)
        try:
            return await asyncio.wait_for(asyncio.shield(work), max(0.001, deadline - time.monotonic()))
        except asyncio.TimeoutError:
            raise Refusal(504, "RequestTimeout", "no answer within %d ms" % (TIMEOUT * 1000))
    except InputError as error:
        raise Refusal(400, "BadInput", str(error))
    except Refusal:
        raise
    except ModelError as error:
        log.error("the model failed", exc_info=error.__cause__ or error)
        raise Refusal(500, "ModelError", "the model failed: %s" % error)
    except Exception as error:
        log.error("the request failed", exc_info=error)
        raise Refusal(500, "ModelError", "the model failed: %s" % one_line(error))
    finally:
        if not released:
            State.pending -= 1


async def read_body(scope, receive):
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > BODY_LIMIT:
            raise Refusal(413, "RequestTooLarge", "the body is larger than %d bytes" % BODY_LIMIT)
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > BODY_LIMIT:
            raise Refusal(413, "RequestTooLarge", "the body is larger than %d bytes" % BODY_LIMIT)
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def swagger():
    model = State.model
    record = {name: {"type": "number" if model.types.get(name) in ("float", "double") else
                     "integer" if model.types.get(name) in ("integer", "long") else
                     "string" if model.types.get(name) == "string" else "object"}
              for name in (model.columns or [])}
    rows = {"type": "array", "items": {"type": "object", "properties": record} if record else
            {"type": "array", "items": {"type": "number"}}}
    body = {"type": "object", "properties": {"input_data": rows}, "required": ["input_data"]}
    return {
        "openapi": "3.0.3",
        "info": {"title": "MLflow model", "version": "1"},
        "paths": {"/score": {"post": {
            "operationId": "RunMLService",
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {"200": {"description": "the predictions", "content": {
                "application/json": {"schema": {"type": "array", "items": {}}}}}},
        }}},
    }


def as_json(value):
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


def safe(value):
    """A header for the log and for echoing: printable ASCII, bounded."""
    return "".join(chr(byte) for byte in value[:128] if 33 <= byte <= 126)


async def respond(scope, receive):
    path, method = scope["path"], scope["method"]
    if path in ("/", "/ready", "/health"):
        if State.model is None:
            return 503, as_json({"status": "loading"})
        return 200, as_json({"status": "ready"})
    if path == "/swagger.json" and method == "GET":
        return 200, as_json(swagger())
    if path not in ("/score", "/invocations"):
        raise Refusal(404, "NotFound", "there is only /score here")
    if method != "POST":
        raise Refusal(405, "MethodNotAllowed", "/score takes POST")
    body = await read_body(scope, receive)
    if body is None:
        return None, b""
    return 200, await answer(body)


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    if scope["type"] != "http":
        return
    started = time.monotonic()
    headers = dict(scope["headers"])
    extra = [(name, safe(headers[name]).encode()) for name in (b"x-ms-request-id", b"x-ms-client-request-id")
             if headers.get(name)]
    try:
        status, body = await respond(scope, receive)
        if status is None:
            return
    except Refusal as refusal:
        status = refusal.status
        body = as_json({"error": {"code": refusal.code, "message": refusal.message}})
        if status == 400:
            extra.append((b"ms-azureml-model-error-statuscode", b"400"))
    except Exception as error:
        log.error("the server failed", exc_info=error)
        status, body = 500, as_json({"error": {"code": "InternalError", "message": "the server failed; see its log"}})
    await send({"type": "http.response.start", "status": status, "headers": [
        (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())] + extra})
    await send({"type": "http.response.body", "body": body})
    if scope["path"] not in ("/", "/ready", "/health"):
        trace = safe(headers.get(b"traceparent", b""))
        log.info("%s %s %d %.1fms request=%s%s", scope["method"], scope["path"][:200].encode("ascii", "replace").decode(),
                 status, (time.monotonic() - started) * 1000, safe(headers.get(b"x-ms-request-id", b"-")),
                 " traceparent=%s" % trace if trace else "")


async def lifespan(receive, send):
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            try:
                # Warm before the first request: the port opens when this is done.
                State.model = Model(os.environ["AZUREML_MODEL_DIR"])
                State.pool = ThreadPoolExecutor(max_workers=CONCURRENCY)
                State.slots = asyncio.Semaphore(CONCURRENCY)
                log.info("model loaded by %s; %d at a time, %d may wait", State.model.loader, CONCURRENCY, QUEUE)
            except Exception as error:
                log.error("the model cannot be loaded", exc_info=error)
                log.error("FATAL the model cannot be loaded: %s", one_line(error))
                await send({"type": "lifespan.startup.failed", "message": one_line(error)})
                return
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            log.info("stopping")
            await send({"type": "lifespan.shutdown.complete"})
            return
