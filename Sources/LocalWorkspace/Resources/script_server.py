"""Starts Azure's inference server (azureml-inference-server-http) for a score.py, reachable from this machine only."""

import sys

from azureml_inference_server_http import constants

# The server listens on every address unless told otherwise, and has no option to be told.
constants.DEFAULT_HOST = "127.0.0.1"

from azureml_inference_server_http.amlserver import run  # noqa: E402

if __name__ == "__main__":
    sys.exit(run())
