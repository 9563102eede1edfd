# syntax=docker/dockerfile:1
# One image for every role: the command says which stage runs in it. `--target gpu` makes one with CUDA in it.

# The environment is made in a stage of its own, so that pip, its cache and the sources of wheels stay out of the image.
FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/facetrail
ENV PATH=/opt/facetrail/bin:$PATH
WORKDIR /src
# The locks come first: as long as they stay, so does this layer, which is the large one.
COPY requirements-build.lock requirements-image.lock ./
RUN pip install --require-hashes --only-binary :all: --requirement requirements-build.lock \
    && pip install --require-hashes --no-build-isolation --use-pep517 --requirement requirements-image.lock
COPY pyproject.toml README.md LICENSE ./
COPY weights weights
COPY pipeline pipeline
COPY workers workers
COPY dashboards dashboards
# What pages load comes out of a package, by its sha256, and is part of the image: a browser is sent nowhere else.
RUN python -m dashboards.web.scripts && pip install --no-deps --no-build-isolation .

# TensorFlow with CUDA has the same files as the one without, so that one goes first. x86-64 only.
FROM build AS build-gpu
COPY requirements-gpu.lock ./
RUN pip uninstall --yes tensorflow-cpu \
    && pip install --require-hashes --only-binary :all: --requirement requirements-gpu.lock

FROM python:3.12-slim-bookworm AS runtime
LABEL org.opencontainers.image.title="Facetrail" \
      org.opencontainers.image.licenses="Apache-2.0"
# The folders belong to the user before volumes are mounted there, and fresh volumes take that over.
RUN useradd --system --uid 10001 --create-home facetrail \
    && install --directory --owner=facetrail --mode=0700 /data /data/weights
ENV PATH=/opt/facetrail/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TF_CPP_MIN_LOG_LEVEL=2 \
    MPLCONFIGDIR=/tmp/matplotlib \
    FACETRAIL_DATA=/data
# By number, so that an orchestrator can see that it is not root.
USER 10001
WORKDIR /data
VOLUME /data
ENTRYPOINT ["facetrail"]
CMD ["--help"]

FROM runtime AS gpu
COPY --from=build-gpu /opt/facetrail /opt/facetrail

# The last stage is the one that is built when none is named.
FROM runtime AS cpu
COPY --from=build /opt/facetrail /opt/facetrail
